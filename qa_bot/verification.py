"""Quotations held against the archive: exact, altered, misattributed, or not found."""

import unicodedata
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import islice

from qa_bot.alignment import align
from qa_bot.attribution import attribution
from qa_bot.index.generation import Index
from qa_bot.index.names import named
from qa_bot.types import Article, Citation, Span
from qa_bot.wording import Words, pieces_of, places_of_pieces, slice_of, window, words_of

# Passages that have all words of the quotation, looked through for them in a row, and those that have most of them.
_MOST_WITH_ALL, _CLOSEST = 2_000, 30
# The same for the words of half of a quotation, which may run over the end of a passage.
_MOST_WITH_HALF = 500
# The share of its words that a quotation has in common, in order, with the wording that it is said to be an alteration
# of: see docs/benchmarks.md.
_LEAST_SIMILARITY = 0.6
# Exact places that are told: who needs more has the list of copies. Places in one article that are looked through for
# the one who is said to say the words.
MOST_PLACES, _MOST_IN_ONE = 20, 20
_KEPT = 64


@dataclass(frozen=True, slots=True)
class Edit:
    """Words of the quotation and what stands in their place in the article, each as written; either may be empty."""

    quoted: str
    actual: str
    same: bool


class Verdict(StrEnum):
    """What a quotation is: a closed set."""

    EXACT = "exact"
    ALTERED = "altered"
    MISATTRIBUTED = "misattributed"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdict on a quotation: where its words stand, or the nearest wording and its differences.

    `edits` tell the quotation from the wording at the first place, word by word; `similarity` is the share of the
    quotation's and the wording's words that are equal, 0 to 1. `claimed` is what the quotation was said to be from.
    """

    verdict: Verdict
    quotation: str
    claimed: str | None
    places: tuple[Span, ...]
    similarity: float
    edits: tuple[Edit, ...]


def verify(index: Index, quotation: str, *, claimed: str | None = None) -> Verification:
    """What the archive says of the quotation; `claimed` is an article, an outlet, an author or a speaker.

    Case, punctuation, quotation marks, white space, the form of dashes and what editors put in brackets (`[T]he`,
    `[sic]`) are passed over; an ellipsis stands for words left out between two pieces of one article. Raises
    InvalidQuestion where there is nothing to look for.
    """
    pieces = pieces_of(quotation)
    checker = _Checker(index, claimed)
    exact = checker.exact(pieces)
    if exact:
        own = [place for place in exact if checker.is_claimed(place)]
        verdict = Verdict.EXACT if own else Verdict.MISATTRIBUTED
        return Verification(verdict, quotation, claimed, tuple(own or exact)[:MOST_PLACES], 1.0, ())
    nearest = checker.nearest(pieces)
    if nearest is None or nearest[1] < _LEAST_SIMILARITY:
        return Verification(Verdict.NOT_FOUND, quotation, claimed, (), 0.0, ())
    place, similarity, edits = nearest
    return Verification(Verdict.ALTERED, quotation, claimed, (place,), similarity, edits)


def split_claim(text: str) -> tuple[str, str | None]:
    """The quotation and what it is said to be from, of words typed as `QUOTATION --in NAME`."""
    quotation, mark, claimed = text.rpartition(" --in ")
    return (quotation, claimed.strip() or None) if mark else (text, None)


def find_in(article: Article, quotation: str) -> Span | None:
    """Where exactly those words stand in the article, the first place of several; None where they do not."""
    found = next(places_of_pieces(words_of(article.text), pieces_of(quotation)), None)
    return Span(article, *found) if found else None


class _Checker:
    """One quotation's search through an index."""

    def __init__(self, index: Index, claimed: str | None) -> None:
        self._index = index
        self._claimed = claimed
        self._articles = named(index.store.names(), claimed) if claimed else frozenset()
        self._words = lru_cache(maxsize=_KEPT)(lambda article_id: words_of(self._article(article_id).text))

    def is_claimed(self, place: Span) -> bool:
        """Whether the words at that place are from where they are said to be, or by whom."""
        if self._claimed is None:
            return True
        if self._articles:
            return place.article.id in self._articles
        return _is_said_by(place, self._claimed)

    def exact(self, pieces: Sequence[Words]) -> list[Span]:
        """A place in every article where the pieces stand word for word, in order; if possible as is claimed."""
        likely = self._candidates(pieces, every=True)
        return self._standing(likely, pieces) or self._standing(self._over_an_end(pieces, likely), pieces)

    def _standing(self, ids: Iterable[str], pieces: Sequence[Words]) -> list[Span]:
        found = []
        for article_id in ids:
            places = places_of_pieces(self._words(article_id), pieces)
            spans = [Span(self._article(article_id), *place) for place in islice(places, _MOST_IN_ONE)]
            if spans:
                found.append(next(filter(self.is_claimed, spans), spans[0]))
        return found

    def nearest(self, pieces: Sequence[Words]) -> tuple[Span, float, tuple[Edit, ...]] | None:
        """The wording most like the quotation, if possible from where it is said to be; its similarity and edits."""
        found = [
            near for article_id in self._candidates(pieces, every=False) if (near := self._near(article_id, pieces))
        ]
        likely = [near for near in found if near[1] >= _LEAST_SIMILARITY and self.is_claimed(near[0])]
        return max(likely or found, key=lambda near: near[1], default=None)

    def _near(self, article_id: str, pieces: Sequence[Words]) -> tuple[Span, float, tuple[Edit, ...]] | None:
        text = self._words(article_id)
        edits: list[Edit] = []
        start, first, same, total = None, 0, 0, 0
        for piece in pieces:
            place = window(text, piece, first)
            if place is None and len(pieces) == 1:
                return None
            low, high = place or (first, min(first + len(piece.plain), len(text.plain)))
            runs = align(piece.plain, text.plain[low:high])
            for run in runs:
                actual = (low + run.actual[0], low + run.actual[1])
                edits.append(Edit(slice_of(piece, run.quoted), slice_of(text, actual), run.same))
                length = max(run.quoted[1] - run.quoted[0], actual[1] - actual[0])
                same, total = same + run.same * length, total + length
            start = low + runs[0].actual[0] if start is None else start
            first = low + runs[-1].actual[1]
        if start is None or first <= start:
            return None
        span = Span(self._article(article_id), text.spans[start][0], text.spans[first - 1][1])
        return span, same / total, tuple(edits)

    def _candidates(self, pieces: Sequence[Words], *, every: bool) -> dict[str, None]:
        """Ids of articles that may hold the pieces, the likeliest first."""
        lexical, store = self._index.lexical, self._index.store
        terms = lexical.terms(unicodedata.normalize("NFC", " ".join(piece.text for piece in pieces)))
        rows = lexical.search(terms, _CLOSEST, exclude=store.rows_of([])).rows.tolist()
        if every:
            rows = [*rows, *lexical.having_all(terms, _MOST_WITH_ALL).tolist()]
        ids = dict.fromkeys(store.passage(row).passage.article.id for row in rows)
        ids |= dict.fromkeys(copy.id for copies in store.copies(list(ids)[:_CLOSEST]).values() for copy in copies)
        return ids | dict.fromkeys(sorted(self._articles)[:_CLOSEST])

    def _over_an_end(self, pieces: Sequence[Words], known: Container[str]) -> list[str]:
        """Ids, but for those known, of articles that may hold the pieces where a passage ends: one has half of them."""
        words = [word for piece in pieces for word in piece.plain]
        lexical, middle = self._index.lexical, len(words) // 2
        halves = [lexical.terms(" ".join(half)) for half in (words[:middle], words[middle:]) if middle]
        rows = [row for terms in halves for row in lexical.having_all(terms, _MOST_WITH_HALF).tolist()]
        found = dict.fromkeys(self._index.store.passage(row).passage.article.id for row in rows)
        return [article_id for article_id in found if article_id not in known]

    def _article(self, article_id: str) -> Article:
        article = self._index.store.article(article_id)
        if article is None:
            raise KeyError(article_id)
        return article


def _is_said_by(place: Span, name: str) -> bool:
    """Whether the article has a person of that family name say the words at that place."""
    first = words_of(place.text).spans[0]
    begins = Span(place.article, place.start + first[0], place.start + first[1])
    said = attribution(Citation(place.article, place.start, place.end, begins, 1, 0.0))
    return said is not None and words_of(name).plain[-1:] == words_of(said.name.text).plain[-1:]
