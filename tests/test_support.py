import json
from math import exp
from pathlib import Path

import pytest

from qa_bot.errors import IndexUnavailable
from qa_bot.support import (
    FEATURES,
    SUPPORT_FILE,
    Calibration,
    default_calibration_text,
    load_calibration,
    parse_calibration,
)

COUNT = len(FEATURES)
SHIPPED = parse_calibration(default_calibration_text())


def _calibration(coefficients: tuple[float, ...], intercept: float) -> Calibration:
    return Calibration("m", "r", coefficients, intercept, 0.5, {})


def test_probability_by_hand() -> None:
    """The logistic function of intercept and weighted features: here of -1 + 2 * .75 + 3 * .5 = 2."""
    calibration = _calibration((2.0, 3.0) + (0.0,) * (COUNT - 2), -1.0)
    features = (0.75, 0.5) + (9.0,) * (COUNT - 2)
    assert calibration.probability(features) == pytest.approx(1 / (1 + exp(-2)))
    assert _calibration((0.0,) * COUNT, 0.0).probability((1.0,) * COUNT) == 0.5


def test_wrong_number() -> None:
    """Coefficients or features that are too few or too many are refused with both numbers."""
    with pytest.raises(ValueError, match=rf"2 coefficients for {COUNT} features"):
        _calibration((1.0, 2.0), 0.0)
    with pytest.raises(ValueError, match=rf"1 features for {COUNT} coefficients"):
        _calibration((0.0,) * COUNT, 0.0).probability((1.0,))


def test_shipped_calibration(tmp_path: Path) -> None:
    """The shipped calibration is read from an index as it is shipped, with a threshold and its provenance."""
    (tmp_path / SUPPORT_FILE).write_text(default_calibration_text(), encoding="utf-8")
    calibration = load_calibration(tmp_path, reader=SHIPPED.reader)
    assert calibration == parse_calibration(default_calibration_text())
    assert 0 < calibration.threshold < 1
    assert calibration.provenance["data"]
    assert calibration.provenance["command"]


@pytest.mark.parametrize(
    "changed",
    [
        {"format": 99},
        {"features": ["other"]},
        {"coefficients": [1.0]},
        {"coefficients": None},
        {"intercept": ...},
        {"threshold": 2},
        {"intercept": float("nan")},
    ],
)
def test_other_version_is_refused(tmp_path: Path, changed: dict[str, object]) -> None:
    """A calibration of another format, for other features or with a part missing is refused with the command."""
    data = {**json.loads(default_calibration_text()), **changed}
    data = {name: value for name, value in data.items() if value is not ...}
    (tmp_path / SUPPORT_FILE).write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(IndexUnavailable, match=r"support\.json: .*run `qa-bot index --rebuild`"):
        load_calibration(tmp_path, reader=SHIPPED.reader)


def test_calibration_for_another_reader_is_refused(tmp_path: Path) -> None:
    """A calibration that was fitted for another reader is refused with both names and the command."""
    (tmp_path / SUPPORT_FILE).write_text(default_calibration_text(), encoding="utf-8")
    with pytest.raises(
        IndexUnavailable, match=rf"fitted for the reader {SHIPPED.reader}, the index carries other\): run `qa-bot index"
    ):
        load_calibration(tmp_path, reader="other")


@pytest.mark.parametrize("content", [None, b"", b"[]", b"\xff", b"null"])
def test_damage_is_told(tmp_path: Path, content: bytes | None) -> None:
    """A file that is missing or no calibration is refused with the command that mends it."""
    if content is not None:
        (tmp_path / SUPPORT_FILE).write_bytes(content)
    with pytest.raises(IndexUnavailable, match="run `qa-bot index --rebuild`"):
        load_calibration(tmp_path, reader=SHIPPED.reader)
