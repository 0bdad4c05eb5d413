"""Support: the calibrated probability that a quotation answers a question."""

import json
from dataclasses import dataclass
from importlib.resources import files
from math import exp, isfinite
from pathlib import Path
from typing import Any

from qa_bot.errors import IndexUnavailable

SUPPORT_FILE = "support.json"
FORMAT = 3

# What the calibration weighs, in the order of its coefficients.
FEATURES = (
    "margin",
    "null_score",
    "found",
    "retrieval_lead",
    "passage_similarity",
    "sentence_similarity",
    "quotation_coverage",
    "passage_coverage",
    "score_lead",
    "agreement",
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression over `FEATURES`, the threshold of an answer, and where both come from.

    Coefficients are for the features as they are (no scaling). `model` and `reader` are those that it was fitted
    for; `provenance` names data, command and what was aimed at.
    """

    model: str
    reader: str
    coefficients: tuple[float, ...]
    intercept: float
    threshold: float
    provenance: dict[str, Any]

    def __post_init__(self) -> None:
        if len(self.coefficients) != len(FEATURES):
            raise ValueError(f"{len(self.coefficients)} coefficients for {len(FEATURES)} features")
        if not all(map(isfinite, (*self.coefficients, self.intercept))) or not 0 <= self.threshold <= 1:
            raise ValueError("a coefficient is no number, or the threshold is no probability")

    def probability(self, features: tuple[float, ...]) -> float:
        """The probability that a quotation with these features answers, 0 to 1."""
        if len(features) != len(FEATURES):
            raise ValueError(f"{len(features)} features for {len(FEATURES)} coefficients")
        terms = (weight * feature for weight, feature in zip(self.coefficients, features, strict=True))
        return 1.0 / (1.0 + exp(-(self.intercept + sum(terms))))


def default_calibration_text() -> str:
    """The calibration that the package ships, as it is stored in an index."""
    return files("qa_bot").joinpath(f"data/{SUPPORT_FILE}").read_text(encoding="utf-8")


def parse_calibration(text: str) -> Calibration:
    """The calibration from its JSON; raises ValueError where it is damaged or of another version."""
    data = json.loads(text)
    if not isinstance(data, dict) or data.get("format") != FORMAT or data.get("features") != list(FEATURES):
        raise ValueError("calibration of another version")
    try:
        return Calibration(
            model=data["model"],
            reader=data["reader"],
            coefficients=tuple(data["coefficients"]),
            intercept=data["intercept"],
            threshold=data["threshold"],
            provenance=data["provenance"],
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"calibration without {error}") from error


def load_calibration(folder: Path, *, reader: str) -> Calibration:
    """The calibration in a generation's folder; raises IndexUnavailable where it is damaged or for another reader."""
    path = folder / SUPPORT_FILE
    try:
        return _checked(parse_calibration(path.read_text(encoding="utf-8")), reader)
    except (OSError, ValueError) as error:
        raise IndexUnavailable(
            f"The index is damaged ({path}: {error}): run `qa-bot index --rebuild`.", path=path
        ) from error


def _checked(calibration: Calibration, reader: str) -> Calibration:
    if calibration.reader != reader:
        raise ValueError(f"it was fitted for the reader {calibration.reader}, the index carries {reader}")
    return calibration
