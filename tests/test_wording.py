import pytest

from qa_bot.errors import InvalidQuestion
from qa_bot.wording import pieces_of, place_of_pieces, slice_of, window, words_of

TEXT = "“We’ll pay $5,” he said – twice. The rate fell to −3 °C; 20% of people left, Ana Kovač among them."


def _place(quotation: str) -> str | None:
    found = place_of_pieces(words_of(TEXT), pieces_of(quotation))
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
    start, end = window(text, piece, 0)
    assert start <= 40
    assert end >= 46
    assert end - start <= 14
    assert window(text, words_of("w1 " * 200), 3) == (3, 100)


def test_slice() -> None:
    """A slice is what is written, from the first word to the last; no words are no text."""
    words = words_of(TEXT)
    assert slice_of(words, (0, 2)) == "We’ll pay"
    assert slice_of(words, (3, 3)) == ""
