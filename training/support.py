"""Fits qa_bot/data/support.json: how features of a quotation become the probability that it answers.

    qa-bot index --corpus SQUAD_DEV --index INDEX
    python training/support.py INDEX QUESTIONS.jsonl.gz

Three kinds of question are asked of the index: those that it answers, the same with their gold paragraph taken out of
the search, and adversarial ones. The articles are split in two halves by a hash of their title: one half is fitted, the
other is reported on.

Fitting goes in two steps. A logistic regression tells questions whose gold paragraph is there from those without; its
coefficients order the replies. Platt scaling (Platt 1999) then makes of its score the probability that the quotation
holds a gold answer.
"""

import gzip
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from qa_bot.conversation import standalone
from qa_bot.evaluation.squad import holds
from qa_bot.index.generation import ENCODER_FOLDER, open_index
from qa_bot.models.encoder import OnnxEncoder
from qa_bot.models.reader import features, quote
from qa_bot.retrieval import retrieve
from qa_bot.support import FEATURES, FORMAT
from qa_bot.types import Conversation

_TARGET = Path(__file__).parents[1] / "qa_bot" / "data" / "support.json"
# Adversarial questions have the features of answerable ones, so that much weight on them only blurs the rest.
_ADVERSARIAL_WEIGHT = 0.3
# People ask more often for what is there than for what is not.
_GONE_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Asked:
    """All questions asked: features of the first quotation, and what it was asked for."""

    features: NDArray[np.float64]
    answerable: NDArray[np.bool_]
    gone: NDArray[np.bool_]
    correct: NDArray[np.bool_]
    fitted: NDArray[np.bool_]


def ask_all(index_dir: Path, questions: list[dict[str, Any]]) -> Asked:
    """Every question asked of the index, the answerable ones a second time without their gold paragraph."""
    index = open_index(index_dir)
    encoder = OnnxEncoder.load(index.folder / ENCODER_FOLDER)
    rows = []
    for question in questions:
        query = standalone(question["question"], Conversation())
        vector = encoder.encode_question(query.text)
        paragraph = (question["gold_ids"] or [question.get("context_id")])[0]
        fitted = int(hashlib.sha256(paragraph.rsplit("#", 1)[0].encode()).hexdigest()[:8], 16) % 2 == 0
        for gone in (False, True) if question["answerable"] else (False,):
            hits = retrieve(query, vector, index, exclude=frozenset(question["gold_ids"]) if gone else frozenset())
            quotation = quote(query, hits[0])
            correct = not gone and any(holds(quotation.span.text, answer) for answer in question["answers"])
            rows.append((features(query, quotation, hits), question["answerable"], gone, correct, fitted))
    found, answerable, gone_too, correct_too, half = zip(*rows, strict=True)
    return Asked(
        np.array(found), *(np.array(column, dtype=bool) for column in (answerable, gone_too, correct_too, half))
    )


def fit(asked: Asked) -> tuple[NDArray[np.float64], float]:
    """Coefficients for the plain features, and the intercept."""
    spread = asked.features.std(axis=0)
    scaled = asked.features / spread
    here = asked.fitted
    weights = np.where(asked.answerable, 1.0, _ADVERSARIAL_WEIGHT)
    order = LogisticRegression(C=10.0, max_iter=3000)
    order.fit(scaled[here], (asked.answerable & ~asked.gone)[here], sample_weight=weights[here])
    score = order.decision_function(scaled)
    platt = LogisticRegression(C=1e6)
    platt.fit(score[here, None], asked.correct[here], sample_weight=np.where(asked.gone, _GONE_WEIGHT, 1.0)[here])
    slope = float(platt.coef_[0, 0])
    return order.coef_[0] * slope / spread, float(order.intercept_[0] * slope + platt.intercept_[0])


def best_threshold(asked: Asked, support: NDArray[np.float64]) -> float:
    """The threshold that best tells a gold paragraph that is there from one that is gone (Youden 1950), as fitted."""
    there = support[asked.fitted & asked.answerable & ~asked.gone]
    gone = support[asked.fitted & asked.gone]
    thresholds = np.arange(0.05, 0.95, 0.01)
    gains = [(there >= threshold).mean() - (gone >= threshold).mean() for threshold in thresholds]
    return round(float(thresholds[int(np.argmax(gains))]), 2)


def measures(asked: Asked, support: NDArray[np.float64], threshold: float) -> dict[str, float]:
    """What the fit reaches on the articles that were not fitted."""
    held = ~asked.fitted
    there, gone, adversarial = (
        support[held & kind] for kind in (asked.answerable & ~asked.gone, asked.gone, ~asked.answerable)
    )
    return {
        "AUROC (gold gone)": _auroc(there, gone),
        "AUROC (adversarial)": _auroc(there, adversarial),
        "answered, gold there": round(float((there >= threshold).mean()), 4),
        "answered, gold gone": round(float((gone >= threshold).mean()), 4),
        "answered, adversarial": round(float((adversarial >= threshold).mean()), 4),
        "answers that hold a gold answer, gold there": round(
            float(asked.correct[held & asked.answerable & ~asked.gone][there >= threshold].mean()), 4
        ),
    }


def _auroc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    labels = np.r_[np.ones(len(positive)), np.zeros(len(negative))]
    return round(float(roc_auc_score(labels, np.r_[positive, negative])), 4)


def main(index_dir: Path, questions_path: Path) -> None:
    """The calibration is fitted, measured, written and shown."""
    with gzip.open(questions_path, "rt", encoding="utf-8") as lines:
        questions = [json.loads(line) for line in lines]
    asked = ask_all(index_dir, questions)
    coefficients, intercept = fit(asked)
    support = 1.0 / (1.0 + np.exp(-(asked.features @ coefficients + intercept)))
    threshold = best_threshold(asked, support)
    data = {
        "format": FORMAT,
        "model": open_index(index_dir).manifest.model,
        "features": list(FEATURES),
        "coefficients": [round(float(value), 5) for value in coefficients],
        "intercept": round(intercept, 5),
        "threshold": threshold,
        "provenance": {
            "data": "SQuAD dev (CC BY-SA 4.0), every other article of it; one half fitted, the other held out",
            "command": "python training/support.py INDEX QUESTIONS.jsonl.gz",
            "questions": len(questions),
            "held_out": measures(asked, support, threshold),
        },
    }
    _TARGET.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    print(_TARGET.read_text(encoding="utf-8"))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
