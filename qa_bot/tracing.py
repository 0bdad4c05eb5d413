"""Old citations of an article that was corrected since: what stood at their place, and where it stands now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa_bot.errors import InvalidQuestion
from qa_bot.index.versions import Version
from qa_bot.types import Article, Span
from qa_bot.verification import find_in


@dataclass(frozen=True, slots=True)
class Earlier:
    """The words that an earlier text of an article had at a place, and where they stand now; None if they are gone."""

    version: Version
    quote: str
    now: Span | None


def earlier_words(article: Article, versions: Sequence[Version], start: int, end: int) -> list[Earlier]:
    """What stood at that place in the article's earlier texts and does not now, each wording once, the latest first."""
    found: dict[str, Version] = {}
    for version in versions:
        quote = version.text[start:end]
        if len(quote) == end - start and quote != article.text[start:end]:
            found.setdefault(quote, version)
    return [Earlier(version, quote, new_place(article, quote, near=start)) for quote, version in found.items()]


def cited_from(versions: Sequence[Version], start: int, end: int, quote: str) -> Version | None:
    """The latest of the earlier texts that has exactly those words at that place; None where none has."""
    return next((version for version in versions if version.text[start:end] == quote), None)


def new_place(article: Article, quote: str, *, near: int) -> Span | None:
    """Where the words stand in the article now, of several places the one nearest to `near`; None where they do not.

    Where they do not stand letter for letter, case, punctuation and white space are passed over.
    """
    places = list(_places(article.text, quote))
    if places:
        start = min(places, key=lambda place: abs(place - near))
        return Span(article, start, start + len(quote))
    try:
        return find_in(article, quote)
    except InvalidQuestion:  # there is no word in it
        return None


def _places(text: str, quote: str) -> Iterator[int]:
    start = text.find(quote)
    while start >= 0:
        yield start
        start = text.find(quote, start + 1)
