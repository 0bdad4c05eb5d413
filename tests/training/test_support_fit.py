import numpy as np
import pytest
from support import Asked, first_of_each, fit, precise_threshold


def asked(*rows: tuple[int, float, bool, str]) -> Asked:
    """Passages as `(question, feature, whether it is right, kind)`."""
    question, feature, correct, kind = zip(*rows, strict=True)
    return Asked(np.array(feature, dtype=float)[:, None], np.array(correct), np.array(question), np.array(kind))


def test_weights_by_kind() -> None:
    """A question asked without its paragraph weighs a quarter of the others."""
    passages = asked((0, 0.0, True, "there"), (1, 0.0, False, "gone"), (2, 0.0, False, "adversarial"))
    assert passages.weight.tolist() == [1.0, 0.25, 1.0]


def test_first_of_each_question() -> None:
    """The row of greatest score of each question, the first of equals."""
    passages = asked(*[(number, 0.0, False, "there") for number in (0, 0, 1, 1)])
    assert first_of_each(passages, np.array([0.2, 0.9, 0.5, 0.5])).tolist() == [1, 2]


def test_threshold_by_hand() -> None:
    """From .6 on four of five replies are right; at .5 it is four of six."""
    right = np.array([True, False, True, True, True, False])
    assert precise_threshold(np.array([0.9, 0.8, 0.85, 0.7, 0.6, 0.5]), right) == 0.6


def test_no_threshold_is_an_error() -> None:
    """Where not even the best replies are right often enough, the fit ends with a sentence that says so."""
    with pytest.raises(SystemExit, match=r"No support reaches a precision of 0.8: the best is 0.500"):
        precise_threshold(np.array([0.9, 0.4]), np.array([False, True]))


def test_fit_gives_probabilities() -> None:
    """Three of four replies with the feature are right and one of four without it: so says support."""
    rows = [(number, float(number % 2), (number // 2 % 4 < 3) is bool(number % 2), "there") for number in range(80)]
    coefficients, intercept = fit(asked(*rows))
    probability = 1 / (1 + np.exp(-(np.array([0.0, 1.0]) * coefficients[0] + intercept)))
    assert probability.tolist() == pytest.approx([0.25, 0.75], abs=0.01)
