"""The words of a text as quotations are compared by, and where they stand."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from qa_bot.errors import InvalidQuestion
from qa_bot.text import Offsets, words

# What joins two pieces of a quotation between which words were left out.
_ELLIPSES = ("[...]", "[…]", "(...)", "(…)", "...", "…", ". . .")
# Signs that are read aloud: with another one the words are not the same.
_SPOKEN = frozenset("%‰&@#§°") | frozenset("+=<>~×÷±−")
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text as they are compared, and where in it each stands."""

    text: str
    plain: tuple[str, ...]
    spans: tuple[Offsets, ...]


def words_of(text: str) -> Words:
    """The words of the text, and the signs between them that are read aloud.

    Case, the form of apostrophes and of dashes, and how letters are composed make no difference.
    """
    spans: list[Offsets] = []
    last = 0
    for start, end in [*words(text), (len(text), len(text))]:
        spans += [(at, at + 1) for at in _spoken(text, last, start)]
        spans.append((start, end))
        last = end
    del spans[-1]
    return Words(text, tuple(_plain(text[start:end]) for start, end in spans), tuple(spans))


def pieces_of(quotation: str) -> list[Words]:
    """The words between ellipses, one piece after the other; raises InvalidQuestion where there is none."""
    if len(quotation) > _LONGEST:
        raise InvalidQuestion(f"The quotation is longer than {_LONGEST:,} characters: verify it in parts.")
    for sign in _ELLIPSES:
        quotation = quotation.replace(sign, "\0")
    pieces = [found for piece in quotation.split("\0") if (found := words_of(piece)).plain]
    if not pieces:
        raise InvalidQuestion("There is no word in the quotation: type the words to look for.")
    return pieces


def place_of_pieces(text: Words, pieces: Sequence[Words]) -> Offsets | None:
    """Where all pieces stand word for word, one after the other, in characters: the first such place."""
    bounds: list[int] = []
    first = 0
    for piece in pieces:
        at = _position(text.plain, piece.plain, first)
        if at is None:
            return None
        first = at + len(piece.plain)
        bounds += [at, first - 1]
    return text.spans[bounds[0]][0], text.spans[bounds[-1]][1]


def window(text: Words, piece: Words, first: int) -> Offsets:
    """Where, from word `first` on, what is most like the piece is to be looked for, with some words on either side."""
    found = fuzz.partial_ratio_alignment(piece.plain, text.plain[first:])
    if found is None or len(piece.plain) > len(text.plain) - first:
        return first, len(text.plain)
    slack = 2 + len(piece.plain) // 3
    return max(first, first + found.dest_start - slack), min(first + found.dest_end + slack, len(text.plain))


def slice_of(text: Words, places: Offsets) -> str:
    """The text from one word to another, as written."""
    first, last = places
    return text.text[text.spans[first][0] : text.spans[last - 1][1]] if first < last else ""


def _spoken(text: str, start: int, end: int) -> Iterator[int]:
    """Where between two words there is a sign that is read aloud: a currency, a percentage, a minus before a number."""
    for at in range(start, end):
        sign = text[at]
        number_follows = at + 1 == end < len(text) and text[end].isdecimal()
        minus = sign in "-–" and number_follows and (at == 0 or text[at - 1].isspace())
        if minus or sign in _SPOKEN or unicodedata.category(sign) == "Sc":
            yield at


def _plain(word: str) -> str:
    """The word as it is compared."""
    if word.isascii():
        return "−" if word == "-" else word.lower()
    plain = word.replace("’", "'").replace("‘", "'").replace("–", "−")
    return unicodedata.normalize("NFC", plain).casefold()


def _position(text: Sequence[str], piece: Sequence[str], first: int) -> int | None:
    """The first position from `first` on at which the piece's words stand in a row."""
    length = len(piece)
    for at in range(first, len(text) - length + 1):
        if text[at] == piece[0] and text[at : at + length] == piece:
            return at
    return None
