"""What a generation holds, held against itself: counts, spans, hashes of texts, rows of every part of the search."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from qa_bot.errors import QABotError
from qa_bot.index.article_rows import ARTICLE_COLUMNS, is_as_read, stored_article
from qa_bot.index.dense import DenseIndex
from qa_bot.index.lexical import LexicalIndex, analyze
from qa_bot.index.manifest import Manifest
from qa_bot.index.sqlite_file import read_only, sqlite_damage
from qa_bot.index.store import STORE_FILE, Store, StoredPassage
from qa_bot.index.vectors import VectorStore
from qa_bot.index.vocabulary import VOCABULARY_FILE, Vocabulary, spellings_of
from qa_bot.types import Article, Rows

Progress = Callable[[str, int, int | None], None]

# Faults of one part that are told; the rest are counted.
_TOLD = 3
# Passages looked for in every part of the search.
SAMPLE = 16
_SEED = 0
# Lengths of vectors in single and in half precision differ from 1 by less.
_ROUNDED, _ROUNDED_HALF = 1e-4, 2e-3
_COPIED = 4096
_SENTENCE_BYTES = 8


@dataclass(frozen=True, slots=True)
class Check:
    """One part of an index that was looked at: what was found there, and a sentence for each of the first faults."""

    part: str
    found: str
    faults: tuple[str, ...] = ()


def checked(part: str, found: str, faults: Iterable[str]) -> Check:
    """The check of a part; of many faults some are told and the rest are counted."""
    try:
        every = list(faults)
    except QABotError as error:
        every = [str(error)]
    told = every[:_TOLD]
    if len(every) > _TOLD:
        told.append(f"{len(every) - _TOLD:,} more faults of this kind.")
    return Check(part, found, tuple(told))


def check_texts(folder: Path, manifest: Manifest, progress: Progress) -> Iterator[Check]:
    """Articles are as they were read, and passages and sentences lie inside them in order."""
    with closing(read_only(folder / STORE_FILE)) as connection:
        if damage := sqlite_damage(connection):
            yield checked("articles", "the store", (f"{STORE_FILE}: {fault}." for fault in damage))
            return
        articles = _count(connection, "articles")
        yield checked(
            "articles", f"{articles:,}, each text as it was read", _article_faults(connection, manifest, progress)
        )
        found = f"{_count(connection, 'passages'):,} inside their articles, {manifest.sentences:,} sentences in order"
        yield checked("passages", found, _passage_faults(connection, manifest))


def _count(connection: sqlite3.Connection, table: str) -> int:
    count: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
    return count


def _article_faults(connection: sqlite3.Connection, manifest: Manifest, progress: Progress) -> Iterator[str]:
    articles = _count(connection, "articles")
    if articles != manifest.articles:
        yield f"There are {articles:,} articles, and should be {manifest.articles:,}."
    for done, (number, *values) in enumerate(
        connection.execute(f"SELECT number, {ARTICLE_COLUMNS} FROM articles ORDER BY number"),  # noqa: S608
        start=1,
    ):
        article = stored_article(*values)
        if not is_as_read(article):
            yield f'The text or the facts of "{article.id}" are not those that were read.'
        yield from _span_faults(connection, number, article)
        progress("checking texts", done, articles)
    (untold,) = connection.execute(
        "SELECT count(*) FROM articles WHERE number NOT IN (SELECT article FROM stories)"
    ).fetchone()
    if untold:
        yield f"{untold:,} articles are of no story."


def _span_faults(connection: sqlite3.Connection, number: int, article: Article) -> Iterator[str]:
    ended = 0
    passages = connection.execute(
        'SELECT row, "start", "end", sentences FROM passages WHERE article = ? ORDER BY row', (number,)
    )
    for row, start, end, sentences in passages:
        if not ended <= start < end <= len(article.text):
            yield f'The passage in row {row} is not in its place in "{article.id}" (characters {start}-{end}).'
        inside = np.frombuffer(sentences, dtype="<i4")
        if not len(inside) or len(inside) % 2 or not start <= inside[0] or not inside[-1] <= end:
            yield f"The sentences of the passage in row {row} are not inside it."
        elif (np.diff(inside) < 0).any() or (inside[::2] >= inside[1::2]).any():
            yield f"The sentences of the passage in row {row} are not in order."
        ended = end
    if not ended:
        yield f'"{article.id}" has no passage.'


def _passage_faults(connection: sqlite3.Connection, manifest: Manifest) -> Iterator[str]:
    found = connection.execute("SELECT row, first_sentence, length(sentences), article FROM passages ORDER BY row")
    rows = np.array(found.fetchall(), dtype=np.int64).reshape(-1, 4)
    counts = rows[:, 2] // _SENTENCE_BYTES
    if len(rows) != manifest.passages:
        yield f"There are {len(rows):,} passages, and should be {manifest.passages:,}."
    if counts.sum() != manifest.sentences:
        yield f"There are {counts.sum():,} sentences, and should be {manifest.sentences:,}."
    if (rows[1:, 1] < rows[:-1, 1] + counts[:-1]).any():
        yield "Two passages share the number of a sentence."
    known = [number for (number,) in connection.execute("SELECT number FROM articles")]
    if len(strays := rows[~np.isin(rows[:, 3], known), 0]):
        yield f"{len(strays):,} passages are of no article, the first in row {strays[0]}."


def check_vectors(folder: Path, manifest: Manifest, store: Store) -> Check:
    """Every passage and every sentence has a vector, and all are of unit length."""
    vectors, rows = VectorStore.open(folder), store.rows()
    last = store.passage(int(rows[-1])) if len(rows) else None
    sentences = last.first_sentence + len(last.passage.sentences) if last else 0
    found = f"{vectors.rows:,} of passages, {vectors.sentences:,} of sentences, {manifest.dimension} numbers each"
    return checked("vectors", found, _vector_faults(vectors, manifest, rows, sentences))


def _vector_faults(vectors: VectorStore, manifest: Manifest, rows: Rows, sentences: int) -> Iterator[str]:
    if vectors.dimension != manifest.dimension:
        yield f"Vectors have {vectors.dimension} numbers, and should have {manifest.dimension}."
    if len(rows) and rows[-1] >= vectors.rows:
        yield f"{vectors.rows:,} passages have a vector, and the last passage is in row {rows[-1]:,}."
    if sentences > vectors.sentences:
        yield f"{vectors.sentences:,} sentences have a vector, and {sentences:,} should."
    for start in range(0, vectors.rows, _COPIED):
        lengths = np.linalg.norm(vectors.passage_vectors(range(start, min(start + _COPIED, vectors.rows))), axis=1)
        for place in np.flatnonzero(~(np.abs(lengths - 1) < _ROUNDED)):
            yield f"The vector of the passage in row {start + place} has the length {lengths[place]:.3f}, not 1."
    for start in range(0, vectors.sentences, _COPIED):
        count = min(_COPIED, vectors.sentences - start)
        lengths = np.linalg.norm(vectors.sentence_vectors(start, count), axis=1)
        for place in np.flatnonzero(~(np.abs(lengths - 1) < _ROUNDED_HALF)):
            yield f"The vector of sentence {start + place} has the length {lengths[place]:.3f}, not 1."


def check_dense(folder: Path, rows: Rows, sample: list[tuple[int, StoredPassage]]) -> Check:
    """FAISS has every row, those that are dead are hidden, and a passage of the sample is found by its own vector."""
    dense = DenseIndex.open(folder)
    return checked(
        "dense search", f"{dense.rows:,} rows, {len(dense.dead):,} hidden", _dense_faults(dense, rows, sample)
    )


def _dense_faults(dense: DenseIndex, rows: Rows, sample: list[tuple[int, StoredPassage]]) -> Iterator[str]:
    if dense.rows != dense.vectors.rows:
        yield f"FAISS has {dense.rows:,} rows, and {dense.vectors.rows:,} passages have a vector."
    if not np.array_equal(np.union1d(rows, dense.dead), np.arange(dense.vectors.rows)):
        yield "Some rows are neither those of a passage nor hidden."
    if len(both := np.intersect1d(rows, dense.dead)):
        yield f"{len(both):,} passages are hidden, the first in row {both[0]}."
    for row, _ in sample:
        found = dense.search(dense.vectors.passage_vectors([row])[0], 1, exclude=np.empty(0, np.int64))
        if not len(found.rows) or abs(found.scores[0] - 1) > _ROUNDED:
            yield f"The passage in row {row} is not found by its own vector."


def check_lexical(folder: Path, rows: Rows, sample: list[tuple[int, StoredPassage]], texts: list[str]) -> Check:
    """BM25 has exactly the passages, and those of the sample are found by their words; `texts` are what is searched."""
    lexical = LexicalIndex.open(folder)
    return checked("word search", f"{lexical.passages:,} passages", _lexical_faults(lexical, rows, sample, texts))


def check_spellings(folder: Path, texts: list[str]) -> Check:
    """The words of these texts are among those that the archive knows."""
    vocabulary = Vocabulary.open(folder)
    spelt = list(dict.fromkeys(word for text in texts for word in spellings_of(text)))
    faults = [f"{VOCABULARY_FILE}: {fault}." for fault in vocabulary.damage()]
    faults = faults or [f"The word {word!r} is not known." for word in spelt if not vocabulary.holds(word)]
    return checked("spellings", f"{len(spelt):,} words of the sample are known", faults)


def _lexical_faults(
    lexical: LexicalIndex, rows: Rows, sample: list[tuple[int, StoredPassage]], texts: list[str]
) -> Iterator[str]:
    if not np.array_equal(lexical.rows(), rows):
        yield f"BM25 has {lexical.passages:,} passages, and they are not the {len(rows):,} of the store."
    for (row, _), text in zip(sample, texts, strict=True):
        words = analyze(text)
        if words and row not in lexical.rows_with_all(words):
            yield f"The passage in row {row} is not found by its words."


def sample_passages(store: Store, rows: Rows) -> list[tuple[int, StoredPassage]]:
    """Some passages from all over the archive, the same each time, with their rows."""
    chosen = np.random.default_rng(_SEED).permutation(rows)
    return [(row, store.passage(row)) for row in sorted(islice(chosen.tolist(), SAMPLE))]
