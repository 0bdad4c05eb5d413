import random
import time

import pytest

from qa_bot.errors import InvalidQuestion
from qa_bot.wording import pieces_of, places_of_pieces, slice_of, window, words_of

TEXT = "“We’ll pay $5,” he said – twice. The rate fell to −3 °C; 20% of people left, Ana Kovač among them."


def _place(quotation: str) -> str | None:
    found = next(places_of_pieces(words_of(TEXT), pieces_of(quotation)), None)
    return TEXT[slice(*found)] if found else None


@pytest.mark.parametrize(
    ("quotation", "place"),
    [
        ("we'll pay $5, HE SAID", "We’ll pay $5,” he said"),
        ("said-twice", "said – twice"),
        ("20% of people left", "20% of people left"),
        ("ana kovac\u030c", "Ana Kovač"),
        ("fell\nto  -3", "fell to −3"),
        ("he said ... 20% of", "he said – twice. The rate fell to −3 °C; 20% of"),
        (
            "… we’ll pay [...] among them …",
            "We’ll pay $5,” he said – twice. The rate fell to −3 °C; 20% of people left, Ana Kovač among them",
        ),
        ("we'll pay €5", None),  # another currency, no per cent, no minus, another order: other words
        ("we'll pay 5", None),
        ("20 of people", None),
        ("fell to 3", None),
        ("20% ... he said", None),
        ("ana kovac", None),
        ("said he", None),
    ],
)
def test_what_is_the_same(quotation: str, place: str | None) -> None:
    """Case, quotation marks, dashes and white space make no difference; words and signs that are read aloud do."""
    assert _place(quotation) == place


@pytest.mark.parametrize("quotation", ["", "  ", "... “…”", "?!"])
def test_nothing_to_look_for(quotation: str) -> None:
    """A quotation without a word is refused."""
    with pytest.raises(InvalidQuestion, match="There is no word in the quotation"):
        pieces_of(quotation)


def test_too_long() -> None:
    """More than 20,000 characters are refused with the limit."""
    with pytest.raises(InvalidQuestion, match="longer than 20,000 characters"):
        pieces_of("a " * 10_001)


def test_window_holds_the_likeliest_words() -> None:
    """What is most like a piece is inside the window, with a few words around it."""
    text = words_of(" ".join(f"w{i}" for i in range(100)))
    piece = words_of("w40 w41 wrong w43 w44 w45")
    bounds = window(text, piece, 0)
    assert bounds is not None
    start, end = bounds
    assert start <= 40
    assert end >= 46
    assert end - start <= 14
    assert window(text, words_of("w1 " * 200), 3) == (3, 100)
    assert window(text, words_of("other words"), 0) is None


def test_window_of_a_long_piece_in_a_book() -> None:
    """Two thousand words are found in a hundred thousand at once, altered ones too, and what is nowhere is not held
    against every page.
    """
    draw = random.Random(0)  # noqa: S311
    book = draw.choices([f"w{i}" for i in range(3000)], k=100_000)
    altered = [*book[40_000:41_000], "put", "in", *book[41_100:42_000]]
    altered[::7] = ["wrong"] * len(altered[::7])
    text, piece, other = (
        words_of(" ".join(words)) for words in (book, altered, draw.choices(["so", "it", "is"], k=2000))
    )
    started = time.monotonic()
    bounds = window(text, piece, 0)
    assert bounds is not None
    assert 38_000 < bounds[0] <= 40_000
    assert 42_000 <= bounds[1] < 44_500
    assert window(text, other, 0) is None
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("quotation", "text"),
    [
        ("П’ять кораблів", "П'ять кораблів"),
        ("Пʼять кораблів", "П’ять кораблів"),
        ("ещё не всё", "Еще не все"),
        ("co\u00adoperation of\u200b states", "cooperation of states"),
        ("[T]he minister [sic] said", "The minister said"),
        ("„Wir bleiben“, ‹so› «hier»", "Wir bleiben, so hier"),
        ("cafe\u0301", "caf\u00e9"),
    ],
)
def test_what_print_varies(quotation: str, text: str) -> None:
    """Apostrophes, ё, hyphens that are not seen, marks of every kind and what editors put in change no word."""
    assert pieces_of(quotation)[0].plain == words_of(text).plain


def test_what_is_no_variety_of_print() -> None:
    """Other letters and words in brackets are other words."""
    assert words_of("мой").plain != words_of("мои").plain
    assert pieces_of("[the minister] said")[0].plain == ("the", "minister", "said")


def test_every_place() -> None:
    """Each place of the first piece with the nearest places of the others is told, from the first on."""
    text = words_of("no word, no sound, no word")
    assert list(places_of_pieces(text, pieces_of("no word"))) == [(0, 7), (19, 26)]
    assert list(places_of_pieces(text, pieces_of("no ... word"))) == [(0, 7), (9, 26), (19, 26)]


def test_slice() -> None:
    """A slice is what is written, from the first word to the last; no words are no text."""
    words = words_of(TEXT)
    assert slice_of(words, (0, 2)) == "We’ll pay"
    assert slice_of(words, (3, 3)) == ""
