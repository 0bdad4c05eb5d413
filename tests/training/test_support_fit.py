import numpy as np
import pytest
from support import Asked, first_of_each, fit, joined, precise_threshold


def asked(*rows: tuple[int, float, bool, str], weight: float = 1.0) -> Asked:
    """Passages as `(question, feature, whether it is right, kind)`, each of the same weight."""
    question, feature, correct, kind = zip(*rows, strict=True)
    return Asked(
        np.array(feature, dtype=float)[:, None],
        np.array(correct),
        np.array(question),
        np.array(kind),
        np.full(len(rows), weight),
    )


def test_sets_weigh_alike() -> None:
    """Of two sets the one with fewer passages weighs as much in all, weights are 1 on average, questions stay apart."""
    one = asked((0, 1.0, True, "there"), weight=1.0)
    other = asked(*[(number, 0.0, False, "there") for number in (0, 0, 1)], weight=1 / 3)
    both = joined([one, other])
    assert both.question.tolist() == [0, 1, 1, 2]
    assert both.weight.tolist() == pytest.approx([2.0, 2 / 3, 2 / 3, 2 / 3])
    assert both.features[:, 0].tolist() == [1.0, 0.0, 0.0, 0.0]
    assert both.correct.tolist() == [True, False, False, False]


def test_first_of_each_question() -> None:
    """The row of greatest score of each question, the first of equals."""
    passages = asked(*[(number, 0.0, False, "there") for number in (0, 0, 1, 1)])
    assert first_of_each(passages, np.array([0.2, 0.9, 0.5, 0.5])).tolist() == [1, 2]


def test_threshold_by_hand() -> None:
    """From .6 on four of five replies are right; at .5 it is four of six. Adversarial questions are not counted."""
    right = [True, True, False, True, True, False, True]
    kinds = ["there", "gone", "there", "gone", "there", "gone", "adversarial"]
    passages = asked(*[(number, 0.0, right[number], kinds[number]) for number in range(7)])
    passages.weight[passages.kind == "gone"] = 0.25  # as in the fit; all kinds count alike here
    assert precise_threshold(passages, np.array([0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.95])) == 0.6


def test_no_threshold_is_an_error() -> None:
    """Where not even the best replies are right often enough, the fit ends with a sentence that says so."""
    passages = asked((0, 0.0, False, "there"), (1, 0.0, True, "there"))
    with pytest.raises(SystemExit, match=r"No support reaches a precision of 0.8: the best is 0.500"):
        precise_threshold(passages, np.array([0.9, 0.4]))


def test_fit_gives_probabilities() -> None:
    """Three of four replies with the feature are right and one of four without it: so says support."""
    rows = [(number, float(number % 2), (number // 2 % 4 < 3) is bool(number % 2), "there") for number in range(80)]
    coefficients, intercept = fit(asked(*rows))
    probability = 1 / (1 + np.exp(-(np.array([0.0, 1.0]) * coefficients[0] + intercept)))
    assert probability.tolist() == pytest.approx([0.25, 0.75], abs=0.01)
