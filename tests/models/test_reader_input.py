from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qa_bot.models.reader_input import (
    CLS,
    QUESTION_TOKENS,
    SEP,
    TITLE_TOKENS,
    WINDOW,
    ReaderInput,
    assemble,
    room,
    shortened,
    windows,
)

# What is left to a passage by the longest question and title that are read, and by none.
LEAST, MOST = room(range(QUESTION_TOKENS), range(TITLE_TOKENS)), room((), ())
# Tokens that two windows have in common.
SHARED = 128

passages = st.tuples(st.integers(1, 2000), st.integers(LEAST, MOST))


def test_assemble_by_hand() -> None:
    """Question, title and passage stand in that order, each closed; all but the question are of type 1."""
    assert assemble([7, 8], [9], [4, 5, 6]) == ReaderInput(
        ids=[CLS, 7, 8, SEP, 9, SEP, 4, 5, 6, SEP], types=[0, 0, 0, 0, 1, 1, 1, 1, 1, 1], first=6
    )


def test_nothing_is_still_a_row() -> None:
    """Without question, title and passage the special tokens are left."""
    assert assemble((), (), ()) == ReaderInput([CLS, SEP, SEP, SEP], [0, 0, 1, 1], 3)


ids = st.lists(st.integers(1000, 2000), max_size=60)


@given(ids, ids, ids)
def test_the_passage_is_where_it_is_said_to_be(question: list[int], title: list[int], passage: list[int]) -> None:
    """From `first` up to the last token there is the passage and nothing else."""
    row = assemble(question, title, passage)
    assert row.ids[row.first : -1] == passage
    assert row.ids[1 : 1 + len(question)] == question
    assert len(row.types) == len(row.ids)


@given(st.integers(0, QUESTION_TOKENS), st.integers(0, TITLE_TOKENS))
def test_room_fills_the_window(question: int, title: int) -> None:
    """A passage that takes all the room makes a row of exactly the window."""
    asked, named = [1] * question, [2] * title
    assert len(assemble(asked, named, [3] * room(asked, named)).ids) == WINDOW


def test_long_questions_keep_their_ends() -> None:
    """Of a question that is too long the first and the last tokens are kept, half of the limit each."""
    half = QUESTION_TOKENS // 2
    assert list(shortened(range(1000))) == [*range(half), *range(1000 - half, 1000)]
    assert list(shortened(range(QUESTION_TOKENS + 1))) == [*range(half), *range(half + 1, QUESTION_TOKENS + 1)]


def test_other_questions_stay_whole() -> None:
    """A question up to the limit is read as it is."""
    for tokens in (0, 1, QUESTION_TOKENS - 1, QUESTION_TOKENS):
        assert list(shortened(range(tokens))) == list(range(tokens))


def test_windows_by_hand() -> None:
    """Windows of 300 tokens begin 172 tokens apart; the last one ends with the passage."""
    assert list(windows(600, 300)) == [(0, 300), (172, 472), (344, 600)]
    assert list(windows(472, 300)) == [(0, 300), (172, 472)]
    assert list(windows(473, 300)) == [(0, 300), (172, 472), (344, 473)]


@given(passages)
def test_windows_cover_the_passage(given_passage: tuple[int, int]) -> None:
    """Every token is in a window, no window is longer than the room, and each goes on where the last one ended."""
    tokens, most = given_passage
    found = list(windows(tokens, most))
    assert found[0][0] == 0
    assert found[-1][1] == tokens
    assert all(end - start <= most for start, end in found)
    assert all(end < following for (_, end), (_, following) in pairwise(found))
    assert {token for window in found for token in range(*window)} == set(range(tokens))


@given(passages)
def test_windows_share_what_stands_at_their_edges(given_passage: tuple[int, int]) -> None:
    """As many tokens in a row as two windows share are together in one window, wherever they stand."""
    tokens, most = given_passage
    found = list(windows(tokens, most))
    assert all(end - start == SHARED for (_, end), (start, _) in pairwise(found))
    for first in range(max(1, tokens - SHARED + 1)):
        assert any(start <= first and min(first + SHARED, tokens) <= end for start, end in found)


def test_what_fits_is_read_at_once() -> None:
    """A passage that fits has one window, one token more makes two, and no token none."""
    assert list(windows(LEAST, LEAST)) == [(0, LEAST)]
    assert list(windows(0, LEAST)) == []
    assert list(windows(LEAST + 1, LEAST)) == [(0, LEAST), (LEAST - SHARED, LEAST + 1)]
