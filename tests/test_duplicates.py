from itertools import combinations

import numpy as np
import pytest

from qa_bot.duplicates import group, is_copy, shingles, signature

# Forty words, all different: of a text's shingles as many are known as of its words.
WORDS = [f"{first}{second}" for first in ("ba", "ke", "li", "mo", "nu") for second in "bcdfghkl"]
ORIGINAL = " ".join(WORDS)
OTHER = " ".join(reversed(WORDS))


def _group(*texts: str, known: list[int | None] | None = None) -> list[int]:
    signatures = np.stack([signature(text) for text in texts])
    return group(signatures, known or [None] * len(texts), texts.__getitem__)


def test_shingles_are_runs_of_three_words() -> None:
    """Forty words are 38 runs of three, without case, punctuation and line ends."""
    assert len(shingles(ORIGINAL)) == 38
    assert "bab bac bad" in shingles(ORIGINAL)
    assert shingles(ORIGINAL.replace(" ", ",\n").upper()) == shingles(ORIGINAL)
    assert shingles(ORIGINAL.replace("bab", "bab’s")) == shingles(ORIGINAL.replace("bab", "bab's"))


def test_short_text_is_one_shingle() -> None:
    """A text of fewer than 25 words is only like a text of the same words; one without a word, like the same signs."""
    assert shingles("Article 12 is about 144.") == {"article 12 is about 144"}
    assert shingles(" ?! ") == {"?!"}
    assert len(shingles(" ".join(WORDS[:24]))) == 1
    assert len(shingles(" ".join(WORDS[:25]))) == 23


@pytest.mark.parametrize(
    ("kept", "added", "copy"),
    [
        (40, 36, True),  # 38 of 74 shingles: .51
        (40, 40, True),  # 38 of 78: .49, but all of the shorter is in the longer
        (40, 89, False),  # 38 of 127: .299, an excerpt
        (27, 14, False),  # 25 of 52 shared, 25 of 39 of the shorter: neither half nor three quarters
    ],
)
def test_what_a_copy_is(kept: int, added: int, copy: bool) -> None:  # noqa: FBT001
    """Half of all shingles make a copy, or three quarters of the shorter text's where they are .3 of all."""
    text = [*WORDS[:kept], *(f"word{i}" for i in range(added))]
    assert is_copy(shingles(ORIGINAL), shingles(" ".join(text))) is copy


def test_signature_is_the_same_in_every_process() -> None:
    """The seed is fixed, so a signature can be kept in an index; these are its first numbers of a known text."""
    assert signature(ORIGINAL).shape == (50,)
    assert signature(ORIGINAL)[:3].tolist() == [613927695, 682024158, 4023687825]
    np.testing.assert_array_equal(signature(ORIGINAL.upper() + "!"), signature(ORIGINAL))


def test_groups_are_called_by_their_first_row() -> None:
    """Copies have the number of the first of them; what is like nothing else has its own."""
    edited = ORIGINAL.replace("kek", "changed")
    assert _group(OTHER, ORIGINAL, "Short.", edited, "short", ORIGINAL) == [0, 1, 2, 1, 2, 1]


def test_copies_of_copies_are_one_story() -> None:
    """A text in between makes one story of two that are not copies of each other; without it they are two."""
    first, between, last = " ".join(WORDS[:30]), ORIGINAL, " ".join(WORDS[10:])
    assert not is_copy(shingles(first), shingles(last))
    assert _group(first, last, between) == [0, 0, 0]
    assert _group(first, last) == [0, 1]


def test_rows_that_are_known_are_not_compared() -> None:
    """Only fresh rows are read; what was grouped before is taken over as it was."""
    texts = [ORIGINAL, OTHER, ORIGINAL, ORIGINAL]
    read: list[int] = []

    def text_of(row: int) -> str:
        read.append(row)
        return texts[row]

    signatures = np.stack([signature(text) for text in texts])
    assert group(signatures, [7, 3, 9, 9], text_of) == [0, 1, 2, 2]
    assert read == []
    assert group(signatures, [7, 3, None, 9], text_of) == [0, 1, 0, 0]
    assert 1 not in read


def test_one_by_one_is_all_at_once() -> None:
    """Texts that come one after the other are grouped as if they had come together, in any order."""
    texts = [" ".join([*WORDS[start : start + 28], *(f"x{start}y{i}" for i in range(6))]) for start in range(0, 12, 2)]
    for order in ([0, 1, 2, 3, 4, 5], [5, 2, 0, 4, 1, 3]):
        ordered = [texts[i] for i in order]
        step: list[int | None] = []
        for count in range(1, len(ordered) + 1):
            step = [*_group(*ordered[:count], known=[*step, None])]
        together = _group(*ordered)
        assert _pairs(step) == _pairs(together)
        assert len(_pairs(together)) > 0


def test_many_copies_of_one_story_are_held_against_one() -> None:
    """Of bulletins in the same words each is read once: a thousand are no million of comparisons."""
    texts = [f"{ORIGINAL} Number {number}." for number in range(1_500)]
    read: list[int] = []
    signatures = np.array([signature(text) for text in texts])

    def text_of(row: int) -> str:
        read.append(row)
        return texts[row]

    assert group(signatures, [None] * len(texts), text_of) == [0] * len(texts)
    assert sorted(read) == list(range(len(texts)))


def _pairs(stories: list[int] | list[int | None]) -> set[tuple[int, int]]:
    return {(a, b) for a, b in combinations(range(len(stories)), 2) if stories[a] == stories[b]}
