from collections import Counter
from pathlib import Path

import pytest

from qa_bot.index.sounds import latin, sound
from qa_bot.index.vocabulary import Vocabulary, spellings_of, write_vocabulary

TEXTS = [
    "Sviatlana Tsikhanouskaya met Muammar Gaddafi and Muhammad Orlov. Tsikhanouskaya’s office spoke of the harbour.",
    "The harbour department paid. Zelensky, Łukasz and Müller looked at the harbours; a marker stood. Merker left.",
]


@pytest.fixture
def vocabulary(tmp_path: Path) -> Vocabulary:
    """The words of two texts."""
    write_vocabulary(tmp_path, Counter(word for text in TEXTS for word in spellings_of(text)))
    return Vocabulary.open(tmp_path)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Ціханоўская", "tsikhanouskaya"),
        ("Тихановская", "tikhanovskaya"),
        ("Лукашэнка", "lukashenka"),
        ("Müller", "muller"),
        ("Łukasz", "lukasz"),
        ("Kovač", "kovac"),
    ],
)
def test_latin(written: str, plain: str) -> None:
    """Cyrillic is romanised as newspapers do, and diacritics are left out."""
    assert latin(written) == plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tikhanovskaya", "tsikhanouskaya"),
        ("lukashenko", "lukashenka"),
        ("gaddafi", "qaddafi"),
        ("kadhafi", "gaddafi"),
        ("mohammed", "muhammad"),
        ("zelenskyy", "zelensky"),
        ("gomel", "homiel"),
        ("tchaikovsky", "tschaikowsky"),
    ],
)
def test_spellings_of_one_name_sound_alike(one: str, other: str) -> None:
    """What differs in vowels, doubled letters and the ways to write one consonant has one sound."""
    assert sound(one) == sound(other)


@pytest.mark.parametrize(("one", "other"), [("merkel", "macron"), ("putin", "biden"), ("minsk", "moscow")])
def test_other_names_sound_otherwise(one: str, other: str) -> None:
    """Names with other consonants have other sounds."""
    assert sound(one) != sound(other)


@pytest.mark.parametrize(
    ("typed", "spelt"),
    [
        ("Tikhanovskaya", "Tsikhanouskaya"),
        ("Tichanowskaja", "Tsikhanouskaya"),
        ("Ціханоўская", "Tsikhanouskaya"),
        ("Qaddafi", "Gaddafi"),
        ("Mohammed", "Muhammad"),
        ("Zelenskyy", "Zelensky"),
        ("Lukasz", "Łukasz"),
        ("Muller", "Müller"),
        ("hrabour", "harbour"),
        ("departmnt", "department"),
    ],
)
def test_nearest(vocabulary: Vocabulary, typed: str, spelt: str) -> None:
    """Other spellings, transliterations, missing diacritics and wrong letters find the archive's own spelling."""
    known = vocabulary.nearest(typed, name=typed[0].isupper())
    assert known is not None
    assert known.spelt == spelt


@pytest.mark.parametrize("typed", ["Macron", "Tkachenko", "banana", "harmony", "Orban"])
def test_nothing_near(vocabulary: Vocabulary, typed: str) -> None:
    """What is merely like another word is not taken for it; of a short name one letter makes another person."""
    assert vocabulary.nearest(typed, name=True) is None


def test_the_more_frequent(vocabulary: Vocabulary) -> None:
    """Of two that are equally near, the one that sounds the same is taken, then the more frequent."""
    known = vocabulary.nearest("harbouri", name=False)
    assert known is not None
    assert (known.spelt, known.count, known.name) == ("harbour", 2, False)


def test_taken_further(vocabulary: Vocabulary, tmp_path: Path) -> None:
    """Words that are added later are known, as the more frequent spelling; words that are gone are not."""
    write_vocabulary(tmp_path, Counter({"Gadaffi": 2, "Muammar": -1, "lighthouse": 1}))
    nearest = {word: vocabulary.nearest(word, name=True) for word in ("Ghadaffi", "Muamar", "lighthuose")}
    assert {word: known and known.spelt for word, known in nearest.items()} == {
        "Ghadaffi": "Gadaffi",
        "Muamar": None,
        "lighthuose": "lighthouse",
    }
