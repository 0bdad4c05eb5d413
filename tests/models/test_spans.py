import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from qa_bot.models.spans import LONGEST, spans_by_start


def _scores(*scores: float) -> NDArray[np.float32]:
    return np.array(scores, dtype=np.float32)


def _by_loops(starts: list[int], ends: list[int], first: int, stop: int) -> tuple[list[int], list[float]]:
    """The best span from each token on, every span looked at in turn."""
    lasts, margins = [], []
    for start in range(first, stop):
        best, best_score = start, starts[start] + ends[start]
        for end in range(start + 1, stop):
            score = starts[start] + ends[end]
            if end - start < LONGEST and score > best_score:
                best, best_score = end, score
        lasts.append(best)
        margins.append(float(best_score - starts[0] - ends[0]))
    return lasts, margins


@st.composite
def _rows(draw: st.DrawFn) -> tuple[list[int], list[int], int, int]:
    """Scores of few values, so that many are equal, and a passage in the row."""
    pairs = draw(st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4)), min_size=2, max_size=90))
    first = draw(st.integers(1, len(pairs) - 1))
    stop = draw(st.integers(first + 1, len(pairs)))
    return [start for start, _ in pairs], [end for _, end in pairs], first, stop


@given(_rows())
def test_all_spans_are_looked_at(row: tuple[list[int], list[int], int, int]) -> None:
    """The best span from each token, and its margin, are those that loops over all spans find."""
    starts, ends, first, stop = row
    last, margins = spans_by_start(_scores(*starts), _scores(*ends), first=first, stop=stop)
    assert (last.tolist(), margins.tolist()) == _by_loops(*row)


def test_by_hand() -> None:
    """Of `[CLS] who [SEP] title [SEP] a b c d [SEP]` the passage is read: from each of its tokens, the best end."""
    starts = _scores(1, 9, 9, 9, 9, 5, 0, 3, 2, 9)
    ends = _scores(2, 9, 9, 9, 9, 0, 4, 1, 3, 9)
    last, margins = spans_by_start(starts, ends, first=5, stop=9)
    assert last.tolist() == [6, 6, 8, 8]
    assert margins.tolist() == [5 + 4 - 3, 0 + 4 - 3, 3 + 3 - 3, 2 + 3 - 3]


def test_margin_is_counted_from_null() -> None:
    """What `[CLS]` scores more, as start or as end, every span has less; the spans are the same."""
    starts, ends = _scores(0, 3, 1), _scores(0, 0, 2)
    last, margins = spans_by_start(starts, ends, first=1, stop=3)
    assert (last.tolist(), margins.tolist()) == ([2, 2], [5, 3])
    for null in ((7, 0), (0, 7), (3, 4)):
        starts[0], ends[0] = null
        found, lower = spans_by_start(starts, ends, first=1, stop=3)
        assert (found.tolist(), lower.tolist()) == ([2, 2], [-2, -4])


@pytest.mark.parametrize(("distance", "reached"), [(LONGEST - 1, True), (LONGEST, False)])
def test_longest(distance: int, reached: bool) -> None:  # noqa: FBT001
    """A span has at most `LONGEST` tokens: of a better end that is one further away nothing is seen."""
    ends = np.zeros(60, dtype=np.float32)
    ends[1 + distance] = 8
    last, margins = spans_by_start(np.zeros(60, dtype=np.float32), ends, first=1, stop=59)
    assert (last[0], margins[0]) == ((1 + distance, 8) if reached else (1, 0))
    assert last[1] == 1 + distance


def test_stop_is_never_reached() -> None:
    """A better end after the passage does not count, however bad those in it are."""
    starts, ends = np.zeros(8, dtype=np.float32), _scores(0, 9, -60000, -60001, -60000, 9, 9, 9)
    last, margins = spans_by_start(starts, ends, first=2, stop=5)
    assert (last.tolist(), margins.tolist()) == ([2, 4, 4], [-60000, -60000, -60000])


def test_of_equals_the_shorter_is_best() -> None:
    """Where several ends are as good, the span ends with the first of them."""
    last, _ = spans_by_start(np.zeros(6, dtype=np.float32), _scores(0, 1, 2, 2, 1, 2), first=1, stop=6)
    assert last.tolist() == [2, 2, 3, 5, 5]
