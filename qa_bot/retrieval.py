"""The passages that a question is most likely answered in, by vectors, BM25 and their best sentence."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from qa_bot.duplicates import Shingles, overlap, shingles
from qa_bot.fusion import Scores, fuse
from qa_bot.index.coverage import WordFinder, matched_weights, question_terms, term_weights
from qa_bot.index.generation import Index
from qa_bot.index.lexical import LexicalIndex, Term
from qa_bot.index.search import PassageSearch, Ranking
from qa_bot.index.selecting import Selection
from qa_bot.index.store import Store, StoredPassage
from qa_bot.models.quoting import sentence_score
from qa_bot.stopwatch import Stopwatch
from qa_bot.types import Hit, Query, Rows, SentenceMatch, Vectors

# Passages taken from each side. More do not raise R@5 on the benchmark's corpora.
_CANDIDATES = 50
# A word that more passages have, and more than this share of them, finds none; those that other words find are weighed
# by it all the same. The time of a search is that of reading every passage of its words: docs/benchmarks.md.
_COMMON, _COMMON_SHARE = 10_000, 0.1
# Passages whose sentences are looked at, and that are handed on: the gold passage is among them in 99.6 %.
_DEPTH = 20
# Copies of a passage that may be read: with one more than the first, another edit can be the better one to quote; a
# story that a hundred outlets ran must not be all that is read.
_TOLD_AT_MOST = 2
# Weights of dense, BM25 and best sentence: see docs/benchmarks.md.
_DENSE, _LEXICAL, _SENTENCE = 0.3, 0.4, 1.0
_NONE = Ranking(np.empty(0, np.int64), np.empty(0, np.float32))

Q = TypeVar("Q")
# The story and the article of each row.
Stories = Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Question:
    vector: Vectors
    terms: Sequence[Term]
    weights: tuple[float, ...]
    finder: WordFinder


@dataclass(frozen=True, slots=True)
class _Weighed:
    """Rows, with what each side says of them, and their stories."""

    rows: Rows
    similarity: Scores
    bm25: Scores
    stories: Stories


def retrieve(
    query: Query,
    vector: Vectors,
    index: Index,
    *,
    exclude: frozenset[str] = frozenset(),
    selection: Selection | None = None,
    watch: Stopwatch | None = None,
) -> list[Hit]:
    """The hits for the query, best first, ties by row; `vector` is the encoded query.

    What two other articles of the same story say as well comes after all else.
    Articles whose id is in `exclude` are left out of the search, and so is what a `selection` leaves out.
    The steps are timed on `watch`.
    """
    watch = watch or Stopwatch()
    excluded = index.store.rows_of(sorted(exclude))
    only = None
    if selection and selection.keeps:
        only = selection.rows
    elif selection:
        excluded = np.unique(np.concatenate([excluded, selection.rows]))
    with watch.step("lexical"):
        words = index.lexical.terms(query.text)
        terms = question_terms(words)
        question = _Question(vector, terms, term_weights(terms, index.lexical), WordFinder(terms))
        finding = _finding(words, index.lexical)
        lexical = _candidates(index.lexical, finding, excluded, only)
    with watch.step("dense"):
        dense = _candidates(index.dense, vector, excluded, only)
        rows = np.array(sorted({*dense.rows.tolist(), *lexical.rows.tolist()}), dtype=np.int64)
        similarity = index.dense.scores(vector, rows)
    with watch.step("lexical"):
        bm25 = _bm25(index.lexical, words, rows, lexical if finding == words else _NONE)
    with watch.step("sentences"):
        kept, stories = _shortlist(rows, similarity, bm25, index.store)
        weighed = _Weighed(rows[kept], similarity[kept], bm25[kept], stories)
        return _hits(question, index, weighed, _ranks(dense), _ranks(lexical))


def _candidates(search: PassageSearch[Q], question: Q, exclude: Rows, only: Rows | None) -> Ranking:
    return search.search(question, _CANDIDATES, exclude=exclude, only=only)


def _finding(words: list[Term], lexical: LexicalIndex) -> list[Term]:
    """The words of a question that passages are found by; all where each of them is common."""
    common = max(_COMMON, _COMMON_SHARE * lexical.passages)
    return [word for word in words if lexical.document_frequency(word.text) <= common] or words


def _bm25(side: PassageSearch[Sequence[Term]], words: Sequence[Term], rows: Rows, found: Ranking) -> Scores:
    """The BM25 of each of the rows, that of rows which are in the ranking taken from there."""
    scores = np.empty(len(rows), dtype=np.float32)
    places = np.searchsorted(rows, found.rows)
    scores[places] = found.scores
    others = np.delete(np.arange(len(rows)), places)
    scores[others] = side.scores(words, rows[others])
    return scores


def _hits(
    question: _Question, index: Index, weighed: _Weighed, dense_ranks: dict[int, int], lexical_ranks: dict[int, int]
) -> list[Hit]:
    rows, similarity, bm25 = weighed.rows, weighed.similarity, weighed.bm25
    stored = index.store.passages_in(rows.tolist())
    sentences = [_sentence_matches(question, index, passage) for passage in stored]
    best = np.array([max(map(sentence_score, matches)) for matches in sentences], dtype=np.float32)
    scores = fuse((_DENSE, similarity), (_LEXICAL, bm25), (_SENTENCE, best))
    return [
        Hit(
            passage=stored[i].passage,
            score=float(scores[i]),
            similarity=float(similarity[i]),
            bm25=float(bm25[i]),
            dense_rank=dense_ranks.get(int(rows[i])),
            lexical_rank=lexical_ranks.get(int(rows[i])),
            sentences=sentences[i],
        )
        for i in _copies_last(_order(scores, rows), rows, weighed.stories, index.store)
    ]


def _shortlist(rows: Rows, similarity: Scores, bm25: Scores, store: Store) -> tuple[Rows, Stories]:
    """The places of the best rows, best first, by both sides together, and their stories."""
    order = _order(fuse((_DENSE, similarity), (_LEXICAL, bm25)), rows)
    best = order[:_DEPTH]
    stories = store.stories_of_rows(rows[best].tolist())
    if _crowded(stories.values()):  # some of the best may have to make room
        stories = store.stories_of_rows(rows.tolist())
        best = _copies_last(order, rows, stories, store)[:_DEPTH]
    return best, stories


def _copies_last(order: Rows, rows: Rows, stories: Stories, store: Store) -> Rows:
    """The order with what two other articles of the same story have said before put behind all else."""
    seen: dict[int, list[tuple[int, Shingles]]] = {}
    first: list[int] = []
    last: list[int] = []
    crowded = _crowded(stories[row] for row in rows.tolist())
    for place in order.tolist():
        row = int(rows[place])
        story, article = stories[row]
        if story not in crowded:
            first.append(place)
            continue
        words = shingles(store.passage(row).passage.text)
        before = seen.setdefault(story, [])
        alike = {other for other, their in before if other != article and overlap(words, their)}
        (last if len(alike) >= _TOLD_AT_MOST else first).append(place)
        before.append((article, words))
    return np.array([*first, *last], dtype=np.int64)


def _crowded(stories: Iterable[tuple[int, int]]) -> set[int]:
    """The stories that more articles tell than may tell the same."""
    articles = Counter(story for story, _ in set(stories))
    return {story for story, count in articles.items() if count > _TOLD_AT_MOST}


def _sentence_matches(question: _Question, index: Index, stored: StoredPassage) -> tuple[SentenceMatch, ...]:
    passage, words_of = stored.passage, question.finder.words_of
    text, title = passage.article.text, words_of(passage.article.title)
    cosines = index.dense.sentence_scores(question.vector, stored.first_sentence, len(passage.sentences))
    return tuple(
        SentenceMatch(
            start,
            end,
            float(cosine),
            matched_weights(question.terms, question.weights, words_of(text[start:end]) | title),
        )
        for (start, end), cosine in zip(passage.sentences, cosines, strict=True)
    )


def _order(scores: Scores, rows: Rows) -> Rows:
    return np.lexsort((rows, -scores))


def _ranks(ranking: Ranking) -> dict[int, int]:
    return {row: rank for rank, row in enumerate(ranking.rows.tolist(), start=1)}
