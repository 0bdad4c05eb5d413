r"""Paragraphs, sentences and words of a text as `(start, end)` offsets; the text itself is never altered.

Offsets count Unicode code points. Line ends are `\n`; any other white space, `\r` included, only separates words.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

from sentencex import get_sentence_boundaries

Offsets = tuple[int, int]

# Where the combining marks of living scripts are; to look through all of Unicode would take a question 40 ms.
_MARKS = (range(0x300, 0x3100), range(0xA600, 0xAC00), range(0xFE00, 0xFE30))
# A line without the white space around it.
_LINE = re.compile(r"\S(?:[^\n]*\S)?")
_RUN = re.compile(r"\S+")
# What begins a block of its own: a bullet, a number, a Markdown heading, table row or code fence. Dashes do not:
# prose that was wrapped by hand often has one at the head of a line.
_BLOCK_START = re.compile(r"[-*+•‣▪●◦]\s|\d{1,3}[.)]\s|#{1,6}\s|\||```")
_HEADING = re.compile(r"#{1,6}\s|```")
# Text wrapped by hand is 45 (a narrow newspaper column) to 120 (a wide editor) characters wide.
_NARROWEST, _WIDEST = 45, 120
# How full a wrapped line is at least: proportional fonts and OCR leave a ragged edge.
_FULL = 0.8
_STOPS = frozenset(".!?…:;\"'”’»)]。！？")

# The library takes time quadratic in a paragraph that is not ASCII; real paragraphs are shorter than this.
_MOST_AT_ONCE = 5_000
# A quotation of several sentences is kept whole up to here: about five lines, what a reader takes in at a glance.
_LONGEST_QUOTATION = 400
_WHITE_SPACE = re.compile(r"\s")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
# Quotation marks, but not the apostrophe inside a word.
_QUOTATION_MARKS = re.compile(r"[\"“”«»„]|(?<!\w)['‘’]|['‘’](?!\w)")
_CLOSING_MARKS = re.compile(r"[\"'”’»)\]]*")

# Where the library ends a sentence too early, what comes before or after the end shows it.
_NO_WORD = re.compile(r"[\W_]*")
_NOTE = re.compile(r"(?:\[[^\[\]]{1,40}\])+")
_LIST_NUMBER = re.compile(r"\d{1,3}\.")
_TITLE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Mx|Dr|Prof|Gen|Lt|Col|Maj|Capt|Cmdr|Adm|Sgt|Sen|Rep|Gov|Amb|Atty|Cllr|Insp|Supt"
    r"|Rev|Hon|Messrs|Mme|Mlle|Ste|Ft|approx)\.\Z"
)
_NUMBERED = re.compile(r"\b(?:Nos?|Figs?|[Vv]ol|Ch|Sec|Art|pp?|est|им|рис|стр|ст)\.\Z")
_LONGEST_ABBREVIATION = 8


def paragraphs(text: str) -> list[Offsets]:
    """The paragraphs in order, without the white space around them; every non-blank character is in one.

    A blank line ends a paragraph. Inside a block of lines, a line goes on with the next one

    - when it does not end in a stop and the next begins with a lower-case letter (or with a digit, where lines are
      longer than any that are wrapped: a subscript that was put on a line of its own), or
    - when the block is as narrow as text wrapped by hand, and the next line's first word would not have fitted.

    Any other line is a paragraph of its own, and so is a heading or a list item.
    """
    return list(iterate_paragraphs(text, 0, len(text)))


def iterate_paragraphs(text: str, start: int, end: int) -> Iterator[Offsets]:
    """The paragraphs of `text[start:end]`, one at a time, with offsets in `text`."""
    for lines in _blocks(text, start, end):
        width = max(last - first for first, last in lines)
        begin = lines[0][0]
        for line, following in pairwise(lines):
            if not _goes_on_below(text, line, following, width):
                yield begin, line[1]
                begin = following[0]
        yield begin, lines[-1][1]


def _blocks(text: str, start: int, end: int) -> Iterator[list[Offsets]]:
    """The lines between blank lines, each without the white space around it."""
    block: list[Offsets] = []
    for line in _LINE.finditer(text, start, end):
        if block and text.count("\n", block[-1][1], line.start()) > 1:
            yield block
            block = []
        block.append(line.span())
    if block:
        yield block


def _goes_on_below(text: str, line: Offsets, following: Offsets, width: int) -> bool:
    """Whether two lines of a block `width` characters wide belong to one paragraph."""
    if _BLOCK_START.match(text, following[0]) or _HEADING.match(text, line[0]):
        return False
    next_character = text[following[0]]
    if text[line[1] - 1] not in _STOPS and (
        next_character.islower() or (next_character.isdecimal() and width > _WIDEST)
    ):
        return True
    if not _NARROWEST <= width <= _WIDEST:
        return False
    word = _RUN.match(text, *following)
    return word is not None and line[1] - line[0] + 1 + word.end() - word.start() > _FULL * width


def sentences(text: str, start: int = 0, end: int | None = None) -> list[Offsets]:
    """The sentences of `text[start:end]` in order, with offsets in `text`, without the white space around them.

    Every non-blank character is in one, and none reaches over the end of a paragraph. A direct quotation of several
    sentences is one sentence with the words that introduce it, up to 400 characters; a longer one is divided.
    """
    stop = len(text) if end is None else end
    return [
        span for paragraph in iterate_paragraphs(text, start, stop) for span in paragraph_sentences(text, *paragraph)
    ]


def paragraph_sentences(text: str, start: int, end: int) -> list[Offsets]:
    """The sentences of the paragraph `text[start:end]`, with offsets in `text`."""
    # The library panics on white space of several bytes before an initial, and gives single line ends a meaning.
    flat = _WHITE_SPACE.sub(" ", text[start:end])
    language = "ru" if 2 * len(_CYRILLIC.findall(flat)) > len(flat) else "en"
    spans: list[Offsets] = []
    for first, last in _joined(flat, _library_sentences(flat, language)):
        if last - first > _LONGEST_QUOTATION:
            spans.extend(_inner_sentences(flat, first, last, language))
        else:
            spans.append((first, last))
    return [(start + first, start + last) for first, last in spans]


def _library_sentences(flat: str, language: str) -> Iterator[Offsets]:
    """The library's sentences, trimmed; one longer than it is given at once is cut at white space."""
    position = 0
    while position < len(flat):
        window = flat[position : position + _MOST_AT_ONCE]
        ends = [bound["end_index"] for bound in get_sentence_boundaries(language, window)] or [len(window)]
        if position + len(window) < len(flat):
            # The last sentence of a window may go on after it.
            ends = ends[:-1] or [window.rstrip().rfind(" ") + 1 or len(window)]
        yield from _trimmed(flat, [position, *(position + end for end in ends)])
        position += ends[-1]


def _trimmed(flat: str, bounds: Iterable[int]) -> Iterator[Offsets]:
    """The non-blank pieces between the bounds, without the white space around them."""
    for first, last in pairwise(bounds):
        piece = flat[first:last]
        if piece.strip():
            yield first + len(piece) - len(piece.lstrip()), first + len(piece.rstrip())


def _joined(flat: str, spans: Iterable[Offsets]) -> list[Offsets]:
    """The spans, with those put together again that the library took apart wrongly."""
    joined: list[Offsets] = []
    for span in spans:
        after = _without_note(flat, joined, span)
        if after and joined and _goes_on(flat, joined[-1], after):
            joined[-1] = (joined[-1][0], after[1])
        elif after:
            joined.append(after)
    return joined


def _without_note(flat: str, joined: list[Offsets], span: Offsets) -> Offsets | None:
    """The span without a note such as `[12]` that stands right after the last one, which takes the note over."""
    note = _NOTE.match(flat, *span) if joined and joined[-1][1] == span[0] else None
    if note is None:
        return span
    joined[-1] = (joined[-1][0], note.end())
    rest = _RUN.search(flat, note.end(), span[1])
    return (rest.start(), span[1]) if rest else None


def _goes_on(flat: str, before: Offsets, after: Offsets) -> bool:
    """Whether two neighbours are one sentence: a title and a name, a number and its word, a name like "Yahoo!"."""
    if _NO_WORD.fullmatch(flat, *after) or (before[0] == 0 and _LIST_NUMBER.fullmatch(flat, *before)):
        return True
    tail = flat[max(before[0], before[1] - _LONGEST_ABBREVIATION) : before[1]]
    if tail[-1] in "!?":
        return flat[after[0]].islower()
    return bool(_TITLE.search(tail)) or (flat[after[0]].isdecimal() and bool(_NUMBERED.search(tail)))


def _inner_sentences(flat: str, start: int, end: int, language: str) -> list[Offsets]:
    """The sentences inside and around the quotations of `flat[start:end]`, closing marks with what they close."""
    piece = flat[start:end]
    unquoted = _QUOTATION_MARKS.sub(" ", piece)
    bounds = [0]
    for _, last in _library_sentences(unquoted, language):
        closing = _CLOSING_MARKS.match(piece, last)
        bounds.append(closing.end() if closing else last)
    bounds[-1] = len(piece)
    return [(start + first, start + last) for first, last in _joined(piece, _trimmed(piece, bounds))]


def words(text: str) -> list[Offsets]:
    """The words in order: letters, digits and their combining marks, in any script.

    An apostrophe between letters (`don't`) and a point or comma between digits (`3.14`, `10,000`) stay inside a word.
    """
    return [match.span() for match in _word_pattern().finditer(text)]


@cache
def _word_pattern() -> re.Pattern[str]:
    """The pattern of a word; made on first use, because `re` has no name for combining marks."""
    marks = "".join(chr(code) for codes in _MARKS for code in codes if unicodedata.category(chr(code))[0] == "M")
    letters = rf"[^\W_](?:[^\W_]|[{marks}])*"
    return re.compile(rf"{letters}(?:(?:['’]|(?<=\d)[.,](?=\d)){letters})*")
