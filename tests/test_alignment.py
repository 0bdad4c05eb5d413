from functools import cache
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qa_bot.alignment import Run, align

LETTERS = st.lists(st.sampled_from("abc"), max_size=6)


def _told(quoted: str, text: str) -> list[tuple[str, str, bool]]:
    return [
        ("".join(quoted[slice(*run.quoted)]), "".join(text[slice(*run.actual)]), run.same)
        for run in align(quoted, text)
    ]


def test_what_differs() -> None:
    """Words replaced, put in and left out are told, each with what stands there; words around are not part of it."""
    assert _told("abcd", "xabqdy") == [("ab", "ab", True), ("c", "q", False), ("d", "d", True)]
    assert _told("abcd", "xabdy") == [("ab", "ab", True), ("c", "", False), ("d", "d", True)]
    assert _told("abd", "xabcdy") == [("ab", "ab", True), ("", "c", False), ("d", "d", True)]
    assert _told("abc", "abx") == [("ab", "ab", True), ("c", "x", False)]
    assert _told("cab", "xab") == [("c", "x", False), ("ab", "ab", True)]
    assert _told("ab", "abab") == [("ab", "ab", True)]
    assert align("ab", "") == [Run((0, 2), (0, 0), same=False)]


@given(LETTERS.filter(bool), LETTERS)
def test_fewest_changes(quoted: list[str], text: list[str]) -> None:
    """The runs join without a gap, those that are the same are, and no other part of the text needs fewer changes."""
    runs = align(quoted, text)
    assert runs[0].quoted[0] == 0
    assert runs[-1].quoted[1] == len(quoted)
    for one, other in pairwise(runs):
        assert (one.quoted[1], one.actual[1], one.same) == (other.quoted[0], other.actual[0], not other.same)
    assert all(run.same == (quoted[slice(*run.quoted)] == text[slice(*run.actual)]) for run in runs)
    changes = sum(max(run.quoted[1] - run.quoted[0], run.actual[1] - run.actual[0]) for run in runs if not run.same)
    parts = [text[i:j] for i in range(len(text) + 1) for j in range(i, len(text) + 1)]
    assert changes == min(_distance(tuple(quoted), tuple(part)) for part in parts)


@cache
def _distance(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Levenshtein's distance, by its definition."""
    if not one or not other:
        return len(one) + len(other)
    return min(
        _distance(one[1:], other) + 1,
        _distance(one, other[1:]) + 1,
        _distance(one[1:], other[1:]) + (one[0] != other[0]),
    )
