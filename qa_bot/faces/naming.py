"""Articles as people name them, and spans of their texts."""

from typing import Protocol

from qa_bot.errors import QABotError
from qa_bot.faces.safe_text import one_line
from qa_bot.index.names import ArticleName, called, nearest
from qa_bot.types import Article

# As many as are read at a glance.
_SUGGESTED = 5
# No text has as many characters as a number of more digits says.
_MOST_DIGITS = 15


class Named(Protocol):
    """What knows its articles by name."""

    def article(self, article_id: str, /) -> Article | None:
        """The article with that id; None where there is none."""
        ...

    def names(self) -> list[ArticleName]:
        """What each article can be called by."""
        ...


class NoSuchArticle(QABotError):
    """No article is called so, or several are."""


class NoSuchSpan(QABotError):
    """What stands behind the article is no span."""


def article_id(archive: Named, wanted: str, *, whole: bool = False) -> str:
    """The id of the one article that is called so, if wanted by its `whole` name.

    Raises NoSuchArticle, with what was perhaps meant.
    """
    if archive.article(wanted) is not None:
        return wanted
    names = archive.names()
    return _only(wanted, called(names, wanted, whole=whole), names)


def target(archive: Named, wanted: str) -> tuple[str, tuple[int, int] | None]:
    """The id of an article and the span behind it, of `ARTICLE` or `ARTICLE:START-END`; an id may have colons itself.

    Raises NoSuchArticle and NoSuchSpan.
    """
    name, colon, span = wanted.rpartition(":")
    if archive.article(wanted) is not None:
        return wanted, None
    if colon and archive.article(name) is not None:
        return name, _span(span, name)
    names = archive.names()
    whole = called(names, wanted)
    if whole or not colon:
        return _only(wanted, whole, names), None
    found = called(names, name)
    article = _only(name if found or _numbers(span) else wanted, found, names)
    return article, _span(span, article)


def _only(wanted: str, found: list[ArticleName], names: list[ArticleName]) -> str:
    """The id of the article that was found; raises NoSuchArticle where there is none, or several."""
    if len(found) != 1:
        raise NoSuchArticle(_several(wanted, found) if found else _none(wanted, names))
    return found[0].id


def _span(span: str, article: str) -> tuple[int, int]:
    numbers = _numbers(span)
    if numbers is None:
        raise NoSuchSpan(
            f"“{one_line(span)}” is no span of {one_line(article)}: write START-END in characters, as in :512-640."
        )
    if numbers[0] >= numbers[1]:
        raise NoSuchSpan(f"The span {one_line(span)} is empty: END must be greater than START.")
    return numbers


def _numbers(span: str) -> tuple[int, int] | None:
    start, _, end = span.partition("-")
    if not all(part.isascii() and part.isdecimal() for part in (start, end)):
        return None
    first, last = (int(part) if len(part) <= _MOST_DIGITS else 10**_MOST_DIGITS for part in (start, end))
    return first, last


def _none(wanted: str, names: list[ArticleName]) -> str:
    near = nearest(names, wanted, most=_SUGGESTED)
    meant = f" did you mean {', '.join(map(one_line, near))}?" if near else " `qa-bot articles` lists them."
    return f"There is no article called {one_line(wanted)!r}:{meant}"


def _several(wanted: str, found: list[ArticleName]) -> str:
    named = ", ".join(one_line(name.id) for name in found[:_SUGGESTED])
    more = f" and {len(found) - _SUGGESTED:,} more" if len(found) > _SUGGESTED else ""
    return f"{len(found):,} articles are called {one_line(wanted)!r}: {named}{more}; name one by its id."
