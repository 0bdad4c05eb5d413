"""The articles of the archive as a table, as lines for programs, and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len, set_cell_size

from qa_bot.faces.article_json import known_object
from qa_bot.faces.safe_text import one_line
from qa_bot.index.store import ArticleInfo
from qa_bot.types import Copy

Copies = Mapping[str, Sequence[Copy]]
_GAP = "  "
_FIGURES = ("characters", "copies")


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its name, the fewest cells in which it still says something, and how soon it is left out (last: 0)."""

    name: str
    least: int
    rank: int


_COLUMNS = (
    _Column("id", 12, 0),
    _Column("title", 24, 1),
    _Column("source", 8, 3),
    _Column("author", 8, 5),
    _Column("published", 10, 2),
    _Column("language", 8, 6),
    _Column("characters", 10, 7),
    _Column("copies", 6, 4),
)


def newest_first(articles: Sequence[ArticleInfo]) -> list[ArticleInfo]:
    """The articles by their dates, the newest first and those without a date last."""
    dated = [info for info in articles if info.published]
    dated.sort(key=lambda info: info.published or "", reverse=True)
    return [*dated, *(info for info in articles if not info.published)]


def listing_object(info: ArticleInfo, copies: Copies) -> dict[str, Any]:
    """What is known of an article, in the words of a citation of `ask --json`; `characters` is its length."""
    return {
        **known_object(info),
        "language": info.language,
        "path": info.path,
        "characters": info.characters,
        "also": [copy.id for copy in copies.get(info.id, ())],
    }


def plain_rows(articles: Sequence[ArticleInfo], copies: Copies) -> Iterator[str]:
    """A line for each article, whole, with tabs between its values: for programs that cut and sort."""
    return ("\t".join(row) for row in _rows(articles, copies))


def table(articles: Sequence[ArticleInfo], copies: Copies, *, width: int, ellipsis: str) -> Iterator[str]:
    """A head and a line for each article, none wider than `width` cells.

    What is too long is cut, an id at its beginning, since ids of one archive begin alike. What no article has is left
    out, and so are the least important columns where there is no room for all.
    """
    rows = list(_rows(articles, copies))
    natural = [max(map(cell_len, values), default=0) for values in zip(*rows, strict=True)]
    shown = _shown(natural, width)
    widths = _widths(natural, shown, width)
    head = [_fitted(_COLUMNS[at].name, widths[at], ellipsis, figure=_is_figure(at)) for at in shown]
    yield _GAP.join(head).rstrip()
    for row in rows:
        cells = [_fitted(row[at], widths[at], ellipsis, figure=_is_figure(at), end=at == 0) for at in shown]
        yield _GAP.join(cells).rstrip()


def _rows(articles: Sequence[ArticleInfo], copies: Copies) -> Iterator[tuple[str, ...]]:
    for info in articles:
        told = len(copies.get(info.id, ()))
        known = (info.id, info.title, info.source or "", info.author or "", info.published or "", info.language or "")
        yield (*map(one_line, known), str(info.characters), f"+{told}" if told else "")


def _is_figure(at: int) -> bool:
    return _COLUMNS[at].name in _FIGURES


def _shown(natural: Sequence[int], width: int) -> list[int]:
    """The places of the columns that have something to say and for which there is room, in their order."""
    room = width
    shown: list[int] = []
    for at in sorted((at for at in range(len(_COLUMNS)) if natural[at]), key=lambda at: _COLUMNS[at].rank):
        needed = _needed(natural, at) + (len(_GAP) if shown else 0)
        if needed > room and shown:
            break
        shown.append(at)
        room -= needed
    return sorted(shown)


def _needed(natural: Sequence[int], at: int) -> int:
    return min(max(natural[at], len(_COLUMNS[at].name)), _COLUMNS[at].least)


def _widths(natural: Sequence[int], shown: Sequence[int], width: int) -> dict[int, int]:
    """The width of each column: what it needs, and the room that is left given where most is missing for the least."""
    widths = {at: min(_needed(natural, at), width) for at in shown}
    room = width - sum(widths.values()) - len(_GAP) * (len(shown) - 1)
    wanting = [at for at in shown if natural[at] > widths[at]]
    while room > 0 and wanting:
        narrowest = min(wanting, key=lambda at: widths[at])
        widths[narrowest] += 1
        room -= 1
        wanting = [at for at in wanting if natural[at] > widths[at]]
    return widths


def _fitted(value: str, width: int, ellipsis: str, *, figure: bool, end: bool = False) -> str:
    """The value in exactly so many cells, cut where it is too long; an `end` is kept in place of the beginning."""
    length = cell_len(value)
    if length <= width:
        return " " * (width - length) + value if figure else value + " " * (width - length)
    if width <= len(ellipsis):
        return set_cell_size(value, width)
    if not end:
        return set_cell_size(value, width - len(ellipsis)).rstrip() + ellipsis
    while cell_len(value) > width - len(ellipsis):
        value = value[max(1, (cell_len(value) - width) // 2) :]
    return ellipsis + value
