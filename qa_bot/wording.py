"""The words of a text as quotations are compared by, and where they stand."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from qa_bot.errors import InvalidQuestion
from qa_bot.text import Offsets, words

# What joins two pieces of a quotation between which words were left out.
_ELLIPSES = ("[...]", "[…]", "(...)", "(…)", "...", "…", ". . .")
# Signs inside a word that nobody sees: soft hyphens and joiners, which pages and PDFs carry along.
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
# Letters and marks that stand for each other in print.
_ALIKE = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "–": "−", "ё": "е", "Ё": "Е"})
# Signs that are read aloud: with another one the words are not the same.
_SPOKEN = frozenset("%‰&@#§°") | frozenset("+=<>~×÷±−")
_LONGEST = 20_000
# What is less like a piece (of 100) is no alteration of it.
_LEAST_LIKE = 40.0
# A piece of so many words that was altered has runs of three words left, by which it is found in a book in 0.1 s; to
# hold it against every part of one takes 20 s.
_LONG, _RUN = 100, 3


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text as they are compared, and where in it each stands."""

    text: str
    plain: tuple[str, ...]
    spans: tuple[Offsets, ...]


def words_of(text: str) -> Words:
    """The words of the text, and the signs between them that are read aloud.

    Case, the form of apostrophes and of dashes, how letters are composed, ё for е, and signs inside words that are not
    seen make no difference.
    """
    spans: list[Offsets] = []
    last = 0
    for start, end in [*words(text), (len(text), len(text))]:
        between = text[last:start]
        if between == " ":
            spans.append((start, end))
        elif spans and between and start < end and not between.translate(_UNSEEN):
            spans[-1] = (spans[-1][0], end)
        else:
            spans += [(at, at + 1) for at in _spoken(text, last, start)]
            spans.append((start, end))
        last = end
    del spans[-1]
    return Words(text, tuple(_plain(text[start:end]) for start, end in spans), tuple(spans))


def pieces_of(quotation: str) -> list[Words]:
    """The words between ellipses, one piece after the other; raises InvalidQuestion where there is none."""
    if len(quotation) > _LONGEST:
        raise InvalidQuestion(f"The quotation is longer than {_LONGEST:,} characters: verify it in parts.")
    quotation = _unbracketed(quotation)
    for sign in _ELLIPSES:
        quotation = quotation.replace(sign, "\0")
    pieces = [found for piece in quotation.split("\0") if (found := words_of(piece)).plain]
    if not pieces:
        raise InvalidQuestion("There is no word in the quotation: type the words to look for.")
    return pieces


def _unbracketed(quotation: str) -> str:
    """The quotation without what editors put in: a letter made big or small, as in `[T]he`, and `[sic]`."""
    before, *pieces = quotation.replace("[sic]", "").split("[")
    return before + "".join(
        piece[0] + piece[2:] if piece[:1].isalpha() and piece[1:2] == "]" else f"[{piece}" for piece in pieces
    )


def places_of_pieces(text: Words, pieces: Sequence[Words]) -> Iterator[Offsets]:
    """Where all pieces stand word for word, one after the other, in characters: every place of the first piece."""
    first = 0
    while found := _place_from(text, pieces, first):
        place, first = found
        yield place


def _place_from(text: Words, pieces: Sequence[Words], first: int) -> tuple[Offsets, int] | None:
    """The first place of the pieces from word `first` on, and the word after the one that it begins with."""
    bounds: list[int] = []
    for piece in pieces:
        at = _position(text.plain, piece.plain, first)
        if at is None:
            return None
        first = at + len(piece.plain)
        bounds += [at, first - 1]
    return (text.spans[bounds[0]][0], text.spans[bounds[-1]][1]), bounds[0] + 1


def window(text: Words, piece: Words, first: int) -> Offsets | None:
    """Where, from word `first` on, what is most like the piece is to be looked for, with some words on either side.

    `None` where nothing is much like it.
    """
    length, slack = len(piece.plain), 2 + len(piece.plain) // 3
    if length > len(text.plain) - first:
        return first, len(text.plain)
    if length > _LONG:
        start = _densest(piece.plain, text.plain[first:], slack)
        ends = None if start is None else (start, start + slack + length)
    else:
        found = fuzz.partial_ratio_alignment(piece.plain, text.plain[first:], score_cutoff=_LEAST_LIKE)
        ends = None if found is None else (found.dest_start, found.dest_end)
    if ends is None:
        return None
    return max(first, first + ends[0] - slack), min(first + ends[1] + slack, len(text.plain))


def _densest(piece: Sequence[str], text: Sequence[str], width: int) -> int | None:
    """About where in the text the piece begins, by most of the runs of three words that both have; `None` for none."""
    runs = {tuple(piece[at : at + _RUN]): at for at in range(len(piece) - _RUN, -1, -1)}
    begins = (
        (at - runs[run]) // width
        for at, run in enumerate(zip(*(text[shift:] for shift in range(_RUN)), strict=False))
        if run in runs
    )
    counts = Counter(begins)
    if not counts:
        return None
    best = max(counts, key=lambda at: (counts[at] + counts[at + 1], -at))
    return max(best * width, 0)


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
    return unicodedata.normalize("NFC", word.translate(_UNSEEN)).translate(_ALIKE).casefold()


def _position(text: Sequence[str], piece: Sequence[str], first: int) -> int | None:
    """The first position from `first` on at which the piece's words stand in a row."""
    length = len(piece)
    for at in range(first, len(text) - length + 1):
        if text[at] == piece[0] and text[at : at + length] == piece:
            return at
    return None
