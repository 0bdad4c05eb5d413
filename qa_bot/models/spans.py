"""The best span from each token of a row on, from scores of every token as a span's start and as its end."""

import numpy as np
from numpy.typing import NDArray

# Answers are names, dates, phrases and clauses: of SQuAD's training set, 99.8 % have at most so many tokens.
LONGEST = 30

Scores = NDArray[np.float32]
Positions = NDArray[np.int64]


def spans_by_start(starts: Scores, ends: Scores, *, first: int, stop: int) -> tuple[Positions, Scores]:
    """For each token from `first` up to, not including, `stop`: the last token of the best span from it, its margin.

    `starts` and `ends` have a score for each token of the row. The score of a span is that of its start and its end
    together; its margin is how much that is above `null_score` (Devlin et al. 2019). No span has more than `LONGEST`
    tokens or reaches `stop`; of equals the shorter one is best.
    """
    padded = np.full(stop - first + LONGEST - 1, -np.inf, dtype=np.float32)
    padded[: stop - first] = ends[first:stop]
    candidates = np.lib.stride_tricks.sliding_window_view(padded, LONGEST)
    last = np.arange(first, stop) + candidates.argmax(axis=1)
    margins: Scores = starts[first:stop] + ends[last] - null_score(starts, ends)
    return last, margins


def null_score(starts: Scores, ends: Scores) -> np.float32:
    """The score of "it is not here": that of `[CLS]`, the row's first token, as a span."""
    score: np.float32 = starts[0] + ends[0]
    return score
