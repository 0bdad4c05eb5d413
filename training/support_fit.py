"""How support is fitted: an order of passages, the probability of its first one, and the threshold of an answer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

# How much each kind of question weighs in the order, and in the probability: see docs/log.md. The first decides between
# the passages of one question, the second says how often such replies are right in SQuAD 2.0's own mixture.
_ORDER = {"there": 1.0, "gone": 0.6, "adversarial": 0.2}
_PROBABILITY = {"there": 1.0, "gone": 0.25, "adversarial": 1.0}
# The penalty on coefficients of features of unit spread: it only keeps them finite, there are thousands of replies.
_PENALTY = 0.05
# Of the replies that are given, this share is to be right; and of what kinds of question, in equal numbers.
PRECISION, JUDGED = 0.8, ("there", "gone")


@dataclass(frozen=True, slots=True)
class Asked:
    """Passages that were read, reply by reply: their features, whether they hold an answer, their reply, its kind.

    `judged` are those of replies that support and threshold are fitted to, the others only count for the order, in
    which each passage's set weighs `share`.
    """

    features: Floats
    correct: NDArray[np.bool_]
    reply: Numbers
    kind: NDArray[np.str_]
    judged: NDArray[np.bool_]
    share: Floats

    @classmethod
    def joined(cls, parts: Sequence["Asked"]) -> "Asked":
        """The passages of several sets as one, their replies numbered on; sets weigh by their numbers and shares."""
        offsets = np.cumsum([0, *(part.reply.max() + 1 for part in parts[:-1])])
        return cls(
            np.concatenate([part.features for part in parts]),
            np.concatenate([part.correct for part in parts]),
            np.concatenate([part.reply + offset for part, offset in zip(parts, offsets, strict=True)]),
            np.concatenate([part.kind for part in parts]),
            np.concatenate([part.judged for part in parts]),
            np.concatenate([part.share for part in parts]),
        )

    def weight(self, of_kind: dict[str, float]) -> Floats:
        """The weight of each passage's reply."""
        return np.array([of_kind[str(kind)] for kind in self.kind])


def fit(asked: Asked, never_against: Collection[int] = ()) -> tuple[Floats, float]:
    """Coefficients for the plain features, and the intercept, with which the logistic function gives support.

    More of a feature whose column is in `never_against` is never taken as a sign that a passage is wrong.
    """
    order = fit_order(asked, never_against)
    score = asked.features @ order
    first = first_of_each(asked, score)
    first = first[asked.judged[first]]
    platt = LogisticRegression(C=1e6)
    weight = asked.weight(_PROBABILITY)[first]
    platt.fit(score[first, None], asked.correct[first], sample_weight=weight)
    return order * platt.coef_[0, 0], float(platt.intercept_[0])


def fit_order(asked: Asked, never_against: Collection[int] = ()) -> Floats:
    """Coefficients whose score puts right passages before wrong ones, and before "none of these" where none is right.

    The probability of a passage is its share of the exponentials of all scores of the reply, "none" having score 0; the
    likelihood is that of all right passages together (Clark and Gardner 2018, with their option of no answer).
    """
    spread, centre = asked.features.std(axis=0), asked.features.mean(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    scaled = (asked.features - centre) / spread
    _, reply = np.unique(asked.reply, return_inverse=True)
    weights = asked.weight(_ORDER) * asked.share

    def loss(given: Floats) -> tuple[float, Floats]:
        found, gradient = _loss(scaled @ given[:-1] + given[-1], reply, asked.correct, weights)
        slope = scaled.T @ gradient + 2 * _PENALTY * given[:-1]
        return found + _PENALTY * float((given[:-1] ** 2).sum()), np.r_[slope, gradient.sum()]

    start = np.zeros(scaled.shape[1] + 1)
    bounds = [(0.0 if column in never_against else None, None) for column in range(len(start))]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
    coefficients: Floats = found.x[:-1] / spread
    return coefficients


def _loss(score: Floats, reply: Numbers, correct: NDArray[np.bool_], weights: Floats) -> tuple[float, Floats]:
    """The negative log-likelihood of all replies, and its gradient by the score of each passage."""
    replies = int(reply.max()) + 1
    highest = np.zeros(replies)
    np.maximum.at(highest, reply, score)
    share, none = np.exp(score - highest[reply]), np.exp(-highest)
    every = none + np.bincount(reply, share, replies)
    answered = np.bincount(reply, correct, replies) > 0
    right = np.where(answered, np.bincount(reply, share * correct, replies), none)
    weight = np.zeros(replies)
    weight[reply] = weights
    gradient = weights * (share / every[reply] - np.where(correct, share / right[reply], 0.0))
    return float((weight * (np.log(every) - np.log(right))).sum()), gradient


def first_of_each(asked: Asked, score: Floats) -> Numbers:
    """The row of each reply that has the highest score, the first of equals."""
    order = np.lexsort((np.arange(len(score)), -score, asked.reply))
    return order[np.unique(asked.reply[order], return_index=True)[1]]


def threshold(asked: Asked, support: Floats) -> float:
    """The lowest support from which on enough replies are right, of those that are judged and of the kinds judged."""
    first = first_of_each(asked, support)
    judged = first[asked.judged[first] & np.isin(asked.kind[first], JUDGED)]
    return precise_threshold(support[judged], asked.correct[judged])


def precise_threshold(support: Floats, correct: NDArray[np.bool_]) -> float:
    """The lowest support from which on `PRECISION` of all replies are right, rounded up to two decimals."""
    order = np.argsort(-support)
    precision = np.cumsum(correct[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= PRECISION)
    if not len(enough):
        raise SystemExit(f"No support reaches a precision of {PRECISION}: the best is {precision.max():.3f}.")
    return float(np.ceil(support[order][enough[-1]] * 100) / 100)
