"""The nouns of the house: frozen values that every other module speaks in.

Offsets count Unicode code points of an article's text as stored. Ranks and paragraphs start at 1.
"""

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Article:
    """One article as read: the text that quotations are cut from, and what is known about it.

    `published` is the article's own date as ISO 8601 (`2022-11-17`, or with a time); what is not known is `None`.
    `sha256` covers the text and all metadata, not `id` and `path`: equal hashes mean equal content.
    `language` is a BCP 47 tag (`en`, `pt-BR`); `pages` has the offset at which each page begins, none where there are
    no pages.
    """

    id: str
    path: str
    title: str
    text: str
    source: str | None
    author: str | None
    url: str | None
    published: str | None
    sha256: str
    language: str | None = None
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file (or a line of one) that could not be read: where it is, and one sentence that says why.

    `unread` says that it is there and the system would not give it: what was read of it before may still hold.
    """

    path: str
    reason: str
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A non-empty slice of an article; its text is the slice, so it cannot drift."""

    article: Article
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= len(self.article.text):
            raise ValueError(
                f"span {self.start}-{self.end} is not inside article {self.article.id!r}"
                f" of {len(self.article.text)} characters"
            )

    @property
    def text(self) -> str:
        """The exact words: `article.text[start:end]`."""
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Passage(Span):
    """The unit of retrieval: whole sentences, as many as the encoder's window holds.

    `sentences` are `(start, end)` in the article's text, in order, inside the passage.
    """

    sentences: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article that tells the same story in mostly the same words: its id, and where it appeared and when."""

    id: str
    source: str | None
    published: str | None


@dataclass(frozen=True, slots=True)
class Citation(Span):
    """The unit of evidence: whole sentences that support an answer, and the exact words that answer.

    `support` is the calibrated probability that it answers the question; `also` are other articles of the same story.
    """

    highlight: Span
    paragraph: int
    support: float
    also: tuple[Copy, ...] = ()

    def __post_init__(self) -> None:
        Span.__post_init__(self)
        if not (self.start <= self.highlight.start and self.highlight.end <= self.end):
            raise ValueError(f"highlight {self.highlight.start}-{self.highlight.end} is outside its quotation")
        if not 0.0 <= self.support <= 1.0:
            raise ValueError(f"support {self.support} is not a probability")

    @property
    def page(self) -> int | None:
        """The number, from 1, of the page on which it begins; None where the article has no pages."""
        return bisect_right(self.article.pages, self.start) or None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles are searched: names are parts of those of the articles, and phrases are exact words.

    `since` and `until` are beginnings of ISO dates: an article is kept if its day is not before the one and before the
    other.
    """

    sources: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched (`text`, in the articles that `filters` leave) and what the person typed (`asked`).

    `notes` are sentences for people on how the question was understood, where that is not plain from `text`. What is
    `incomplete` ("Where was she?", and nobody was named) has no answer.
    """

    text: str
    asked: str
    notes: tuple[str, ...] = ()
    filters: Filters = Filters()
    incomplete: bool = False


@dataclass(frozen=True, slots=True)
class SentenceMatch:
    """How one sentence of a passage, `(start, end)` in the article, meets the question.

    `similarity` is the cosine of question and sentence; `matched` has, for each word of the question, its weight
    where the sentence or the article's title has the word, and 0 where not.
    """

    start: int
    end: int
    similarity: float
    matched: tuple[float, ...]

    @property
    def coverage(self) -> float:
        """The share of the question's weight that is matched, 0 to 1."""
        return sum(self.matched)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query, with the fused `score` and what each side said of it.

    `similarity` is the cosine of question and passage; `bm25` is 0 where no word matched; `sentences` match
    those of the passage, in order. A rank is `None` where that side did not find it.
    """

    passage: Passage
    score: float
    similarity: float
    bm25: float
    dense_rank: int | None
    lexical_rank: int | None
    sentences: tuple[SentenceMatch, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a reader saw in one hit: the citation it would give, with its support.

    `margin` is how much better the highlighted words answer than "it is not here" (in logits), `None` where the
    passage was not read.
    """

    hit: Hit
    citation: Citation
    margin: float | None


@dataclass(frozen=True, slots=True)
class Reading:
    """The evidence of all hits, best first, and notes for people on what could not be read as it was given."""

    evidence: tuple[Evidence, ...]
    notes: tuple[str, ...]


class Reason(StrEnum):
    """Why there is no answer: a closed set."""

    WEAK_SUPPORT = "weak_support"
    NOTHING_FOUND = "nothing_found"
    NOTHING_SELECTED = "nothing_selected"


class Relation(StrEnum):
    """How the sides of an answer stand to each other: a closed set."""

    SAME = "same"  # all say the same
    DIFFER = "differ"  # not all of them can be right
    LIST = "list"  # each is one of several answers
    CHOICE = "choice"  # the question names them: "A or B?"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the answers that are given: a citation of each article that gives it, best first.

    `independent` counts copies of an article once. `asked` are the question's own words for this side, if it is one of
    two that the question names; only such a side may have no citation.
    """

    citations: tuple[Citation, ...]
    independent: int
    asked: str | None = None

    def __post_init__(self) -> None:
        if not self.citations and self.asked is None:
            raise ValueError("a side that the question does not name needs a citation")


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply in the articles' words: at least one citation, best first; `support` is that of the first.

    `sides` are all answers that the articles give, where they were weighed; those that differ have the newest first.
    """

    query: Query
    citations: tuple[Citation, ...]
    sides: tuple[Side, ...] = ()
    relation: Relation = Relation.SAME

    def __post_init__(self) -> None:
        if not self.citations:
            raise ValueError("an answer without a citation cannot be built")

    @property
    def support(self) -> float:
        """The calibrated probability that the first citation answers the question."""
        return self.citations[0].support


@dataclass(frozen=True, slots=True)
class Abstention:
    """The reply "the articles do not say": why, and the closest passages, which are *not* an answer."""

    query: Query
    reason: Reason
    closest: tuple[Citation, ...]

    @property
    def support(self) -> float:
        """How near it came: the support of the closest citation, 0 where nothing was found."""
        return self.closest[0].support if self.closest else 0.0


Reply = Answer | Abstention


@dataclass(frozen=True, slots=True)
class Timing:
    """Wall time of each step of one question, in milliseconds.

    `dense`, `lexical` and `sentences` (all that comes after both sides have been asked) are parts of `search`;
    `evidence` is what is made of the reading: a reply, and where else its story appeared.
    """

    encode: float
    search: float
    read: float
    total: float
    dense: float = 0.0
    lexical: float = 0.0
    sentences: float = 0.0
    evidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its reply, with all that was weighed, and the time it took."""

    query: Query
    reply: Reply
    reading: Reading
    timing: Timing

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """All evidence that was weighed, best first."""
        return self.reading.evidence
