"""Scores of different kinds made comparable, and added up."""

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


def z_scores(scores: Scores) -> Scores:
    """How many standard deviations each score lies above their mean; zeros where all are equal or there are none.

    Lee, "Analyses of multiple evidence combination" (SIGIR 1997), with the standard deviation for the range.
    """
    spread = scores.std() if len(scores) else 0.0
    if spread < np.finfo(np.float32).eps:
        return np.zeros_like(scores)
    standardised: Scores = (scores - scores.mean()) / spread
    return standardised


def fuse(*weighted: tuple[float, Scores]) -> Scores:
    """The weighted sum of the z-scores of each list of scores; all lists are of the same candidates."""
    total: Scores = np.sum([weight * z_scores(scores) for weight, scores in weighted], axis=0, dtype=np.float32)
    return total
