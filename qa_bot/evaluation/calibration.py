"""How far support can be taken at its word: reliability, calibration errors, risk against coverage.

Each function takes the judged replies, `(support, correct)`. A curve of none is empty; a number needs at least one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean

Judged = Sequence[tuple[float, bool]]

# As in Naeini et al. 2015; a set of some hundred questions still has a few in each.
_BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The replies whose support lies in one of ten equal parts of 0 to 1: `low <= support < high`, the last with 1."""

    low: float
    high: float
    n: int
    support: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """The share of replies that have at least some support, and the share of those that are wrong."""

    coverage: float
    risk: float


def reliability(judged: Judged) -> list[Bin]:
    """The bins that hold a reply, from low to high, with their mean support and the share that is correct."""
    bins = []
    for number, group in groupby(sorted(judged), key=lambda reply: _bin_number(reply[0])):
        replies = list(group)
        support, accuracy = fmean(support for support, _ in replies), fmean(correct for _, correct in replies)
        bins.append(Bin(number / _BINS, (number + 1) / _BINS, len(replies), support, accuracy))
    return bins


def expected_calibration_error(judged: Judged) -> float:
    """ECE: the mean distance of accuracy from support in the bins, weighted by their replies (Naeini et al. 2015)."""
    return sum(part.n * abs(part.accuracy - part.support) for part in reliability(judged)) / len(judged)


def brier_score(judged: Judged) -> float:
    """The mean squared distance of support from 1 where correct and 0 where not (Brier 1950)."""
    return fmean((support - correct) ** 2 for support, correct in judged)


def risk_coverage(judged: Judged) -> list[RiskPoint]:
    """A point for each support as threshold, from few replies to all of them (Geifman and El-Yaniv 2017).

    Replies of equal support are covered together, since no threshold parts them.
    """
    points, covered, wrong = [], 0, 0
    for _, group in groupby(sorted(judged, reverse=True), key=lambda reply: reply[0]):
        replies = list(group)
        covered += len(replies)
        wrong += sum(not correct for _, correct in replies)
        points.append(RiskPoint(covered / len(judged), wrong / covered))
    return points


def area_under_risk_coverage(judged: Judged) -> float:
    """AURC: the mean over all replies of the risk at their own support as threshold (Geifman et al. 2019)."""
    area, before = 0.0, 0.0
    for point in risk_coverage(judged):
        area += (point.coverage - before) * point.risk
        before = point.coverage
    return area


def _bin_number(support: float) -> int:
    return min(int(support * _BINS), _BINS - 1)
