"""Lines of printed pages to running text: what repeats at head and foot is left out, and words are made whole again."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

# Heads and feet stand in the outermost eighth of a page, in at most this many lines.
_MARGIN = 0.125
_MARGIN_LINES = 3
# What stands at the same height on so many pages, or on all, is no text of the article.
_REPEATED = 3
# Typesetters part paragraphs by half a line or more, and indent them by one letter's height or more.
_GAP = 1.35
_INDENT = 0.9
# No text is set wider than this many times the height of its letters; what is farther apart is no text.
_WIDEST_STEP = 2.2
# Headings differ in size from the text by a tenth at least; boxes of letters vary by less.
_OTHER_SIZE = 0.1
# A last line that is shorter than this share of the column shows the end of a paragraph.
_SHORT = 0.88
_STOPS = frozenset(".!?…:;\"'”’»)]。！？")
_WORD = re.compile(r"\w+(?:-\w+)*")
_LAST_WORD = re.compile(r"\w+(?:-\w+)*\Z")
_DIGITS = re.compile(r"\d+")
_END_NUMBERS = re.compile(r"\A\d{1,5}\b|\b\d{1,5}\Z")
# Half of all pages have their number at the same distance from the count; pictures and new chapters have none.
_NUMBERED = 0.5
# Points by which the letters of one row can differ in height.
_SAME_ROW = 2.0
# A page's number, alone or in words such as "Page 3 of 9" or "- 3 -".
_PAGE_NUMBER = re.compile(r"(?:page|seite|стр\.?|страница|p\.)?\W*#(?:\W*(?:of|von|из|/|\|)\W*#)?\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A line as printed, in points from the page's lower left corner; `broken` if a hyphen parts its last word."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    broken: bool = False


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """The lines of a page in their order, and its height in points."""

    lines: tuple[Line, ...]
    height: float


def running_text(pages: Sequence[PrintedPage]) -> tuple[str, tuple[int, ...]]:
    """The text of the pages in paragraphs with a blank line between them, and the offset where each page begins.

    Running heads and feet and page numbers are left out. Words that a hyphen parts at the end of a line or page are put
    together; the hyphen stays where the document writes the word with it elsewhere.
    """
    kept = _without_margins(pages)
    flow = _Flow(_vocabulary(kept))
    for lines in kept:
        flow.begin_page()
        for start, line in _with_starts(lines):
            flow.add(line, starts=start)
    return flow.text, tuple(flow.pages)


class _Flow:
    """The text as far as it was put together."""

    def __init__(self, vocabulary: set[str]) -> None:
        self._vocabulary = vocabulary
        self._pieces: list[str] = []
        self._length = 0
        self._tail = ""
        self._broken = False
        self._new_page = True
        self.pages: list[int] = []

    @property
    def text(self) -> str:
        return "".join(self._pieces) + ("-" if self._broken else "")

    def begin_page(self) -> None:
        """What is added from here on stands on the next page."""
        self.pages.append(self._length)
        self._new_page = True

    def add(self, line: Line, *, starts: bool) -> None:
        """One more line; it `starts` a paragraph if the page's layout says so."""
        if self._pieces:
            if self._broken and line.text[0].isalnum():
                self._append(self._hyphen(line.text))
            elif starts and not (self._new_page and _goes_on(self._tail, line.text)):
                self._append(("-" if self._broken else "") + "\n\n")
            else:
                self._append("- " if self._broken else " ")
        if self._new_page:
            self.pages[-1] = self._length
            self._new_page = False
        self._append(line.text)
        self._tail, self._broken = line.text, line.broken

    def _append(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += len(piece)

    def _hyphen(self, following: str) -> str:
        """The hyphen between the last word and the next, or nothing where it only parted the word."""
        left, right = _LAST_WORD.search(self._tail), _WORD.match(following)
        if left is None or right is None:
            return "-"
        first, rest = left.group().casefold(), right.group().casefold()
        if f"{first}-{rest}" in self._vocabulary:
            return "-"
        if first + rest in self._vocabulary:
            return ""
        return "" if first[-1].isalpha() and right.group()[0].islower() else "-"


def _goes_on(tail: str, following: str) -> bool:
    """Whether a paragraph goes on over the end of a page or a column."""
    return tail[-1] not in _STOPS and not following[0].isupper()


def _vocabulary(pages: Iterable[Sequence[Line]]) -> set[str]:
    """The words that stand whole in some line."""
    words: set[str] = set()
    for lines in pages:
        for line in lines:
            found = _WORD.findall(line.text.casefold())
            words.update(found[1:-1] if line.broken else found)
    return words


def _with_starts(lines: Sequence[Line]) -> Iterator[tuple[bool, Line]]:
    """The lines, each with whether it begins a paragraph."""
    steps = [before.bottom - line.bottom for before, line in pairwise(lines)]
    usual = median([step for step in steps if step > 0] or [0.0])
    for number, line in enumerate(lines):
        if number == 0:
            yield True, line
            continue
        before = lines[number - 1]
        if before.bottom <= line.bottom:  # the next column, or the same row
            yield not _goes_on(before.text, line.text), line
        else:
            yield _is_start(before, line, lines, usual), line


def _is_start(before: Line, line: Line, lines: Sequence[Line], usual: float) -> bool:
    """Whether `line`, which stands under `before`, begins a paragraph."""
    size, size_before = line.top - line.bottom, before.top - before.bottom
    if before.bottom - line.bottom > _GAP * min(usual, _WIDEST_STEP * size) or abs(
        size - size_before
    ) > _OTHER_SIZE * max(size, size_before):
        return True
    if before.left + _INDENT * size < line.left < before.left + 4 * size and before.text[-1] in _STOPS:
        return True
    column = [other for other in lines if abs(other.left - before.left) <= 2 * size]
    left, right = min(other.left for other in column), max(other.right for other in column)
    return before.text[-1] in _STOPS and before.right - left < _SHORT * (right - left)


def _without_margins(pages: Sequence[PrintedPage]) -> list[list[Line]]:
    """The lines of each page but those of running heads and feet."""
    marginal = [_marginal(page) for page in pages]
    counts = Counter(key for keys in marginal for key in set(keys.values()))
    most = min(_REPEATED, len(pages)) if len(pages) > 1 else _REPEATED
    shift = _shift(pages)
    kept = []
    for number, (page, keys) in enumerate(zip(pages, marginal, strict=True), start=1):
        numbered = set() if shift is None else {line for line in _outermost(page) if number + shift in _at_ends(line)}
        lines = [
            line
            for line in page.lines
            if line not in keys or not (line in numbered or _runs(line, keys[line], counts[keys[line]], number, most))
        ]
        kept.append(lines)
    return kept


def _shift(pages: Sequence[PrintedPage]) -> int | None:
    """How much the numbers that are printed are more than those counted from 1, if the pages have numbers."""
    shifts = Counter(
        shift
        for number, page in enumerate(pages, start=1)
        for shift in {printed - number for line in _outermost(page) for printed in _at_ends(line)}
    )
    shift, count = shifts.most_common(1)[0] if shifts else (0, 0)
    return shift if count >= max(_REPEATED, _NUMBERED * len(pages)) else None


def _outermost(page: PrintedPage) -> list[Line]:
    """The lines of the first and the last row of the page."""
    first = max((line.bottom for line in page.lines), default=0.0)
    last = min((line.bottom for line in page.lines), default=0.0)
    return [line for line in page.lines if min(abs(line.bottom - first), abs(line.bottom - last)) < _SAME_ROW]


def _at_ends(line: Line) -> set[int]:
    """The numbers with which the line begins and ends."""
    return {int(number) for match in _END_NUMBERS.finditer(line.text) if (number := match.group()).isascii()}


def _runs(line: Line, key: tuple[str, int], count: int, number: int, most: int) -> bool:
    """Whether a line in a margin is a running head or foot, or the number of the page."""
    if count >= most:
        return True
    return bool(_PAGE_NUMBER.fullmatch(key[0])) and (count > 1 or str(number) in _DIGITS.findall(line.text))


def _marginal(page: PrintedPage) -> dict[Line, tuple[str, int]]:
    """The lines in the margins of the page, with what they have in common on other pages: words and height."""
    by_height = sorted(page.lines, key=lambda line: -line.bottom)
    head = [line for line in by_height[:_MARGIN_LINES] if line.bottom > (1 - _MARGIN) * page.height]
    foot = [line for line in by_height[-_MARGIN_LINES:] if line.top < _MARGIN * page.height]
    return {line: (_DIGITS.sub("#", line.text).casefold(), round(line.bottom / 4)) for line in (*head, *foot)}
