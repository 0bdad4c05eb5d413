"""Rows that go over two or more columns of a page are read column by column.

A page is cut at its gutters, the white bands between columns, and each part again (XY-cut: Nagy and Seth 1984). It is
cut only where both sides are running text; a table, a list and whatever else is in doubt stay as they were written.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

# A gap that is wider than this share of the letters' height can be a gutter; words are mostly set closer.
WIDE_GAP = 0.7
# What lines up in so many rows with a gap as wide as that is a gutter; a wider one, as between most columns, needs
# fewer rows. Two spaces of a typewriter measure 1.1 times the height, so that they never count as the wider one.
_ROWS = 10
_WIDER_GAP = 1.2
_WIDER_ROWS = 4
# A sheet of paper has fewer rows; on a page of more, as programs make, each would be compared with too many.
_MOST_ROWS = 1000
# Text that goes on is set closer than this many times the usual step, a blank line among it.
_STEP = 2.2
# Lines of one height vary by less.
_OTHER_SIZE = 0.1
# A column is text if half of its lines have this many letters, three columns to a page have 30 or so, ...
_LETTERS = 12
_LETTERS_SHARE = 0.7
# ... and if of its lines three in five fill it, begin where the others do, and go on with what stands above them.
_MOST = 0.6
_FULL = 0.7
_ALIGNED = 0.3


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch of a printed line between two wide gaps, and its box in points.

    In the signs of the page it goes from `start`, its first letter, up to `end`; its last letter is at `last`.
    """

    line: int
    start: int
    last: int
    end: int
    text: str
    left: float
    right: float
    bottom: float
    top: float


_Row = tuple[Cell, ...]
_Gutter = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Band:
    """The rows from `first` up to `end` that a gutter parts, `both` of them with letters on both sides of it."""

    first: int
    end: int
    gutter: _Gutter
    both: int


def in_columns(cells: Sequence[Cell]) -> list[_Row]:
    """The cells of a page in their order of reading, those together that belong to one line; they come as written."""
    waiting, read = [list(_rows(cells))], list[_Row]()
    while waiting:
        rows = waiting.pop()
        band = next((band for band in _bands(rows) if _parts_text(rows, band)), None)
        if band is None:
            read.extend(rows)
        else:
            inside = rows[band.first : band.end]
            left, right = _side(inside, band, left=True), _side(inside, band, left=False)
            waiting.extend([rows[band.end :], right, left, rows[: band.first]])
    return [line for row in read for line in _by_line(row)]


def _rows(cells: Sequence[Cell]) -> Iterator[_Row]:
    """The cells that follow one another from left to right at one height."""
    row: list[Cell] = []
    for cell in cells:
        if row and not (cell.line == row[-1].line or _beside(row[-1], cell)):
            yield tuple(row)
            row = []
        row.append(cell)
    if row:
        yield tuple(row)


def _beside(before: Cell, cell: Cell) -> bool:
    shared = min(before.top, cell.top) - max(before.bottom, cell.bottom)
    return before.right < cell.left and shared > min(_size(before), _size(cell)) / 2


def _by_line(row: _Row) -> Iterator[_Row]:
    """The cells of a row, apart where they were written as lines of their own."""
    start = 0
    for end in range(1, len(row) + 1):
        if end == len(row) or row[end].line != row[start].line:
            yield row[start:end]
            start = end


def _size(cell: Cell) -> float:
    return cell.top - cell.bottom


def _bands(rows: Sequence[_Row]) -> list[_Band]:
    """Where the rows can be parted, the longest first; nowhere if they are too many for a sheet of paper."""
    found: list[_Band] = []
    if len(rows) > _MOST_ROWS:
        return found
    for number, row in enumerate(rows):
        for before, after in pairwise(row):
            if not any(_covers(band, number, before, after) for band in found):
                band = _band(rows, number, (before.right, after.left))
                found.extend([band] if _is_long(rows, band) else [])
    return sorted(found, key=lambda band: -band.both)


def _covers(band: _Band, number: int, before: Cell, after: Cell) -> bool:
    left, right = band.gutter
    return band.first <= number < band.end and before.right <= left and right <= after.left


def _is_long(rows: Sequence[_Row], band: _Band) -> bool:
    is_wider = band.gutter[1] - band.gutter[0] >= _WIDER_GAP * _size(rows[band.first][0])
    return band.both >= (_WIDER_ROWS if is_wider else _ROWS)


def _band(rows: Sequence[_Row], seed: int, gutter: _Gutter) -> _Band:
    """The band of rows around `seed` that have the gutter, without what stands apart above and below."""
    first, gutter = _reach(rows, seed, -1, gutter)
    last, gutter = _reach(rows, seed, 1, gutter)
    sided = [number for number in range(first, last + 1) if _has_both(rows[number], gutter)]
    steps = [rows[one][0].bottom - rows[one + 1][0].bottom for one in range(sided[0], sided[-1])]
    step, size = median(steps or [0.0]), _size(rows[seed][0])
    start, end = sided[0], sided[-1]
    while start > first and _follows(rows[start - 1], rows[start], step, size):
        start -= 1
    while end < last and _follows(rows[end], rows[end + 1], step, size):
        end += 1
    return _Band(start, end + 1, gutter, len(sided))


def _reach(rows: Sequence[_Row], seed: int, step: int, gutter: _Gutter) -> tuple[int, _Gutter]:
    """The last row from `seed` downwards (1) or upwards (-1) that has the gutter, and what all of them have of it."""
    number = seed
    while 0 <= number + step < len(rows):
        near, row = rows[number][0], rows[number + step][0]
        narrower = _white(rows[number + step], gutter)
        if (near.bottom - row.bottom) * step <= 0 or narrower[1] - narrower[0] < WIDE_GAP * _size(row):
            break
        number, gutter = number + step, narrower
    return number, gutter


def _white(row: _Row, gutter: _Gutter) -> _Gutter:
    """The widest part of the gutter in which the row has no letters."""
    left, right = gutter
    inside = [(cell.left, cell.right) for cell in row if cell.right > left and cell.left < right]
    ends = [left, *(edge for cell in inside for edge in cell), right]
    return max(zip(ends[::2], ends[1::2], strict=True), key=lambda white: white[1] - white[0])


def _has_both(row: _Row, gutter: _Gutter) -> bool:
    return row[0].right <= gutter[0] and row[-1].left >= gutter[1]


def _follows(above: _Row, below: _Row, step: float, size: float) -> bool:
    """Whether two rows are as close and as high as the text of the band."""
    return above[0].bottom - below[0].bottom <= _STEP * step and all(
        abs(_size(row[0]) - size) <= _OTHER_SIZE * size for row in (above, below)
    )


def _side(rows: Iterable[_Row], band: _Band, *, left: bool) -> list[_Row]:
    """What of the rows stands on that side of the gutter."""
    middle = sum(band.gutter) / 2
    sides = (tuple(cell for cell in row if (cell.left < middle) == left) for row in rows)
    return [side for side in sides if side]


def _parts_text(rows: Sequence[_Row], band: _Band) -> bool:
    """Whether running text stands on both sides of the gutter."""
    inside = rows[band.first : band.end]
    return all(_is_text(_side(inside, band, left=left)) for left in (True, False))


def _is_text(rows: Sequence[_Row]) -> bool:
    """Whether the rows of a column are lines of running text: full, under one another, and going on."""
    texts = ["".join(cell.text for cell in row) for row in rows]
    left, right = median(row[0].left for row in rows), max(row[-1].right for row in rows)
    letters = [sum(map(str.isalpha, cell.text)) for row in rows for cell in row]
    signs = sum(not sign.isspace() for text in texts for sign in text)
    full = sum(row[-1].right - left >= _FULL * (right - left) for row in rows)
    aligned = sum(abs(row[0].left - left) <= _ALIGNED * _size(row[0]) for row in rows)
    going_on = sum(text[0].isalpha() and not text[0].isupper() for text in texts[1:])
    return (
        median(letters) >= _LETTERS
        and sum(letters) >= _LETTERS_SHARE * signs
        and min(full, aligned) >= _MOST * len(rows)
        and going_on >= _MOST * (len(rows) - 1)
    )
