import pytest

from qa_bot.evaluation.squad import exact_match, holds, squad_words, token_f1


def test_normalisation() -> None:
    """Case, ASCII punctuation, English articles and white space do not count; punctuation is deleted, not spaced."""
    words = squad_words(" The U.S.'s  10,000\nactors, an (anti-war) theory")

    assert words == ["uss", "10000", "actors", "antiwar", "theory"]


def test_what_would_vanish_is_kept() -> None:
    """An answer that is only an article or a sign stays as it is written."""
    assert squad_words("A") == ["A"]
    assert squad_words("#") == ["#"]


@pytest.mark.parametrize(
    ("answer", "gold", "f1", "same"),
    [
        ("the Denver Broncos", "Denver Broncos", 1.0, True),
        # 2 words in common; precision 2/3, recall 2/2: F1 = 2 * 2/3 / (2/3 + 1) = .8
        ("Denver Broncos team", "Denver Broncos", 0.8, False),
        # A word counts as often as both have it: precision 1/2, recall 1/1: F1 = 2/3
        ("New New", "new", 2 / 3, False),
        ("Carolina", "Denver", 0.0, False),
        ("", "Denver", 0.0, False),
        ("", "A", 0.0, False),
        ("the", "A", 0.0, False),
        ("A", "A", 1.0, True),
    ],
)
def test_token_f1_and_exact_match(answer: str, gold: str, f1: float, *, same: bool) -> None:
    """Token F1 and exact match are SQuAD's, worked by hand."""
    assert token_f1(answer, gold) == pytest.approx(f1)
    assert exact_match(answer, gold) is same


@pytest.mark.parametrize(
    ("quotation", "gold", "held"),
    [
        ("It was won by the Denver Broncos.", "The Denver broncos", True),
        ("It was won by the Denver and Broncos.", "Denver Broncos", False),
        ("He was born in 1973-74.", "1973", True),
        ("He was born in 1973–74.", "1973", True),
        ("He paid 19731 dollars.", "1973", False),
        ("The U.S. won.", "US", True),
        ("Classic FM's station", "Classic FM", True),
        ("It has vitamin A.", "A", True),
        ("It has vitamins.", "A", False),
        ("He wrote C# in a week.", "#", False),
        ("He wrote # in a week.", "#", True),
        ("", "1973", False),
    ],
)
def test_holds(quotation: str, gold: str, *, held: bool) -> None:
    """A quotation holds an answer whose words stand in it one after another, whole."""
    assert holds(quotation, gold) is held
