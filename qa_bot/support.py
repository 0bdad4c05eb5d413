"""Support: the calibrated probability that a quotation answers a question."""

import json
from dataclasses import dataclass
from importlib.resources import files
from math import exp, isfinite, log
from pathlib import Path
from typing import Any

from qa_bot.errors import IndexUnavailable

SUPPORT_FILE = "support.json"
FORMAT = 1
# Nearer to 0 or 1 than this no probability is told from certainty.
_CERTAIN = 1e-9

# What the calibration weighs, in the order of its coefficients.
FEATURES = (
    "sentence_similarity",
    "passage_similarity",
    "quotation_coverage",
    "passage_coverage",
    "value_missing",
    "similarity_lead",
    "sentence_lead",
    "bm25_lead",
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression over `FEATURES`, the threshold of an answer, and where both come from.

    Coefficients are for the features as they are (no scaling); `provenance` names model, data, command and measures.
    """

    model: str
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


def log_odds(probability: float) -> float:
    """The natural logarithm of the odds, kept finite at 0 and 1."""
    inside = min(max(probability, _CERTAIN), 1.0 - _CERTAIN)
    return log(inside / (1.0 - inside))


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
            coefficients=tuple(data["coefficients"]),
            intercept=data["intercept"],
            threshold=data["threshold"],
            provenance=data["provenance"],
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"calibration without {error}") from error


def load_calibration(folder: Path) -> Calibration:
    """The calibration stored in a generation's folder; raises IndexUnavailable where it is damaged."""
    path = folder / SUPPORT_FILE
    try:
        return parse_calibration(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise IndexUnavailable(
            f"The index is damaged ({path}: {error}): run `qa-bot index --rebuild`.", path=path
        ) from error
