import pytest

from qa_bot.evaluation.calibration import (
    Bin,
    RiskPoint,
    area_under_risk_coverage,
    brier_score,
    expected_calibration_error,
    reliability,
    risk_coverage,
)


def test_reliability_and_ece_by_hand() -> None:
    """Two bins: .9 and .95, one right of two; .2 and .24, none right.

    |.5 - .925| * 2/4 + |0 - .22| * 2/4 = .2125 + .11 = .3225
    """
    replies = [(0.95, False), (0.2, False), (0.9, True), (0.24, False)]

    low, high = reliability(replies)

    assert (low.low, low.high, low.n, low.accuracy) == (0.2, 0.3, 2, 0.0)
    assert low.support == pytest.approx(0.22)
    assert (high.low, high.high, high.n, high.accuracy) == (0.9, 1.0, 2, 0.5)
    assert high.support == pytest.approx(0.925)
    assert expected_calibration_error(replies) == pytest.approx(0.3225)


def test_certainty_is_in_the_last_bin() -> None:
    """Support of 1 belongs with .9 and above, 0 with below .1; a bin has its lower edge and not its upper."""
    assert reliability([(1.0, True), (0.0, False), (0.1, False)]) == [
        Bin(0.0, 0.1, 1, 0.0, 0.0),
        Bin(0.1, 0.2, 1, 0.1, 0.0),
        Bin(0.9, 1.0, 1, 1.0, 1.0),
    ]
    assert expected_calibration_error([(1.0, True), (0.0, False)]) == 0.0


def test_brier_by_hand() -> None:
    """((.9 - 1)^2 + (.2 - 0)^2 + (.5 - 0)^2) / 3 = (.01 + .04 + .25) / 3 = .1"""
    assert brier_score([(0.9, True), (0.2, False), (0.5, False)]) == pytest.approx(0.1)


def test_risk_coverage_by_hand() -> None:
    """Right, right, wrong, right from high to low support: risks 0, 0, 1/3, 1/4; their mean is 7/48."""
    replies = [(0.6, True), (0.9, True), (0.7, False), (0.8, True)]

    assert risk_coverage(replies) == [
        RiskPoint(0.25, 0.0),
        RiskPoint(0.5, 0.0),
        RiskPoint(0.75, 1 / 3),
        RiskPoint(1.0, 0.25),
    ]
    assert area_under_risk_coverage(replies) == pytest.approx(7 / 48)


def test_equal_support_is_covered_together() -> None:
    """No threshold parts equal supports: right at .9, then one right and one wrong at .5, whichever comes first.

    The risks at the replies' own supports are 0, 1/3, 1/3: AURC = 2/9.
    """
    replies = [(0.5, False), (0.9, True), (0.5, True)]

    for order in (replies, replies[::-1]):
        assert risk_coverage(order) == [RiskPoint(1 / 3, 0.0), RiskPoint(1.0, 1 / 3)]
        assert area_under_risk_coverage(order) == pytest.approx(2 / 9)


def test_curves_of_no_replies_are_empty() -> None:
    """Without replies there is no point and no bin."""
    assert risk_coverage([]) == []
    assert reliability([]) == []
