"""BM25 over passages, by tantivy, and the one analysis of words that every lexical part uses."""

import shutil
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import tantivy
from numpy.typing import NDArray

from qa_bot.errors import IndexUnavailable
from qa_bot.index.search import Ranking
from qa_bot.types import Rows

LEXICAL_FOLDER = "lexical"
_ANALYZER = "words"
# What tantivy says where it cannot make the file by which it locks a folder.
_LOCKED_OUT = "Failed to acquire Lockfile"
# In bytes: longer tokens are addresses and noise. tantivy's own 40 would drop long words that are not in Latin letters.
_LONGEST_WORD = 160
# One writing thread and one heap keep the order of documents, and so of ties, the same in every build.
_HEAP_BYTES = 128_000_000


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a question as it is searched: `edits` letters may be wrong where the index lacks the exact word."""

    text: str
    edits: int


@cache
def _analyzer() -> tantivy.TextAnalyzer:
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.remove_long(_LONGEST_WORD),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stemmer("english"),
    ):
        words = words.filter(step)
    return words.build()


def analyze(text: str) -> list[str]:
    """The words of the text as the index knows them: lower case, without diacritics, stemmed (English)."""
    terms: list[str] = _analyzer().analyze(text)
    return terms


def allowed_edits(word: str) -> int:
    """How many letters of a word that the index lacks may be wrong: 0 up to three letters, 1 up to seven, then 2.

    Longer than what search engines call automatic fuzziness (2 from six letters on): in an archive of names, six
    letters with two wrong are another name.
    """
    if any(letter.isdigit() for letter in word) or len(word) <= 3:  # noqa: PLR2004
        return 0
    return 1 if len(word) <= 7 else 2  # noqa: PLR2004


class LexicalIndex:
    """Passages by BM25 (k1 1.2, b 0.75; Robertson and Zaragoza 2009) of title and text."""

    def __init__(self, index: tantivy.Index) -> None:
        self._schema = index.schema
        self._searcher = index.searcher()

    @classmethod
    def open(cls, folder: Path) -> "LexicalIndex":
        """The BM25 index in `folder`; raises IndexUnavailable where it cannot be read."""
        path = folder / LEXICAL_FOLDER
        try:
            return cls._read(path)
        except (ValueError, OSError) as error:
            if _LOCKED_OUT in str(error):
                return cls._read_elsewhere(path)
            raise IndexUnavailable(
                f"The word index {path} cannot be opened ({error}): run `qa-bot index --rebuild`.", path=path
            ) from error

    @classmethod
    def _read(cls, path: Path) -> "LexicalIndex":
        index = tantivy.Index.open(str(path))
        index.register_tokenizer(_ANALYZER, _analyzer())
        return cls(index)

    @classmethod
    def _read_elsewhere(cls, path: Path) -> "LexicalIndex":
        """The index in a folder that cannot be written: tantivy locks what it reads, so it reads by links to it."""
        links = None
        try:
            links = mkdtemp(prefix="qa-bot-")
            for file in path.iterdir():
                if not file.name.endswith(".lock"):
                    (Path(links) / file.name).symlink_to(file.absolute())
            lexical = cls._read(Path(links))
        except (ValueError, OSError) as error:
            shutil.rmtree(links or "", ignore_errors=True)
            raise IndexUnavailable(
                f"The word index {path} cannot be opened ({error}): make it or a folder for temporary files writable.",
                path=path,
            ) from error
        weakref.finalize(lexical, shutil.rmtree, links, ignore_errors=True)
        return lexical

    @property
    def passages(self) -> int:
        """The number of passages."""
        count: int = self._searcher.num_docs
        return count

    def rows(self) -> Rows:
        """The rows of all passages, ascending."""
        return np.sort(self._run(tantivy.Query.all_query(), max(self.passages, 1))[0])

    def document_frequency(self, word: str) -> int:
        """The number of passages with that (analysed) word."""
        frequency: int = self._searcher.doc_freq("text", word)
        return frequency

    def terms(self, question: str) -> list[Term]:
        """The distinct words of the question in their order; only a word that the index lacks may have edits."""
        words = dict.fromkeys(analyze(question))
        return [Term(word, 0 if self.document_frequency(word) else allowed_edits(word)) for word in words]

    def rows_with_all(self, words: Sequence[str]) -> Rows:
        """The rows that have all of the (analysed) words, ascending."""
        most = min((self.document_frequency(word) for word in words), default=0)
        if not most:
            return np.empty(0, np.int64)
        every = [
            (tantivy.Occur.Must, tantivy.Query.term_query(self._schema, "text", word)) for word in dict.fromkeys(words)
        ]
        return np.sort(self._run(tantivy.Query.boolean_query(every), most)[0])

    def search(self, question: Sequence[Term], limit: int, *, exclude: Rows, only: Rows | None = None) -> Ranking:
        """The `limit` rows of greatest BM25 that have at least one of the words, none in `exclude`, all in `only`."""
        if not question:
            return Ranking(np.empty(0, np.int64), np.empty(0, np.float32))
        query = self._any_of(question)
        if len(exclude):
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, query), (tantivy.Occur.MustNot, self._rows(exclude))]
            )
        if only is not None:
            inside = tantivy.Query.const_score_query(self._rows(only), 0.0)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, inside)])
        rows, scores = self._best(query, limit)
        order = np.lexsort((rows, -scores))[:limit]
        return Ranking(rows[order], scores[order])

    def having_all(self, words: Sequence[Term], limit: int) -> Rows:
        """At most `limit` rows that have every one of the words, in no order of importance."""
        if not words:
            return np.empty(0, np.int64)
        query = tantivy.Query.boolean_query([(tantivy.Occur.Must, self._term(word)) for word in words])
        rows, _ = self._run(query, limit)
        return np.sort(rows)

    def scores(self, question: Sequence[Term], rows: Rows) -> NDArray[np.float32]:
        """The BM25 of each of the rows, 0 where none of the words occurs."""
        found: dict[int, float] = {}
        if question and len(rows):
            # Row by row, for a few dozen of them, in half the time of a set of terms.
            each = [(tantivy.Occur.Should, self._row(row)) for row in rows.tolist()]
            inside = tantivy.Query.const_score_query(tantivy.Query.boolean_query(each), 0.0)
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, self._any_of(question)), (tantivy.Occur.Must, inside)]
            )
            hits, scores = self._run(query, len(rows))
            found = dict(zip(hits.tolist(), scores.tolist(), strict=True))
        return np.array([found.get(row, 0.0) for row in rows.tolist()], dtype=np.float32)

    def _best(self, query: tantivy.Query, limit: int) -> tuple[Rows, NDArray[np.float32]]:
        """The hits of greatest score, with all that are equal to the one at the limit: tantivy keeps any of those."""
        wanted = limit + 1
        while True:
            rows, scores = self._run(query, wanted)
            if len(rows) < wanted or scores[-1] < scores[limit - 1]:
                return rows, scores
            wanted *= 2

    def _any_of(self, terms: Sequence[Term]) -> tantivy.Query:
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, self._term(term)) for term in terms])

    def _term(self, term: Term) -> tantivy.Query:
        if not term.edits:
            return tantivy.Query.term_query(self._schema, "text", term.text)
        fuzzy = tantivy.Query.fuzzy_term_query(self._schema, "text", term.text, distance=term.edits)
        # tantivy scores every fuzzy match 1; it is worth what a word of one passage is worth.
        return tantivy.Query.boost_query(fuzzy, float(np.log1p((self.passages - 0.5) / 1.5)))

    def _row(self, row: int) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, "row", row)

    def _rows(self, rows: Rows) -> tantivy.Query:
        return tantivy.Query.term_set_query(self._schema, "row", rows.tolist())

    def _run(self, query: tantivy.Query, limit: int) -> tuple[Rows, NDArray[np.float32]]:
        hits = self._searcher.search(query, limit, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        return np.array(rows, dtype=np.int64), np.array([score for score, _ in hits], dtype=np.float32)


def write_lexical(folder: Path, added: Iterable[tuple[int, str]], removed: Rows) -> None:
    """The BM25 index in `folder`, made where there is none, has the texts added in their rows, and no removed rows.

    Raises OSError where it cannot be written.
    """
    path = folder / LEXICAL_FOLDER
    try:
        index = tantivy.Index.open(str(path)) if path.exists() else _empty(path)
        index.register_tokenizer(_ANALYZER, _analyzer())
        writer = index.writer(_HEAP_BYTES, num_threads=1)
        if len(removed):
            writer.delete_documents_by_query(tantivy.Query.term_set_query(index.schema, "row", removed.tolist()))
        for row, text in added:
            writer.add_document(_document(row, text))
        writer.commit()
        writer.wait_merging_threads()
    except ValueError as error:  # what tantivy raises for every failure, a full disk included
        raise OSError(f"{path} cannot be written: {error}") from error


def _empty(path: Path) -> tantivy.Index:
    path.mkdir()
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", indexed=True, fast=True)
    builder.add_text_field("text", tokenizer_name=_ANALYZER, index_option="freq")
    return tantivy.Index(builder.build(), path=str(path))


def _document(row: int, text: str) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned("row", row)
    document.add_text("text", text)
    return document
