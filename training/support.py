"""Fits qa_bot/data/support.json: how features of a quotation become the probability that it answers.

    qa-bot index --corpus SQUAD_DEV --index INDEX
    python training/support.py INDEX QUESTIONS.jsonl.gz

The index is read with the reader that is now in qa_bot/data/, whichever it carries itself.

Three kinds of question are asked of it: those that it answers, the same with their gold paragraph taken out of
the search, and adversarial ones. Only articles of one part of the set are used (split.py); the other part is for
`qa-bot evaluate` to report on.

Fitting goes in two steps. A logistic regression over all passages that were read tells quotations that hold a gold
answer from others; its score orders the passages. Platt scaling (Platt 1999) over the first passage of each reply then
makes of its score the probability that the reply is right. The threshold is the lowest support at which, of the replies
that are given to questions whose gold paragraph is there and to as many whose paragraph is gone, the stated share is
right.
"""

import argparse
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from lines import read_lines
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from split import is_fitted

from qa_bot.conversation import standalone
from qa_bot.dialogue import Conversation
from qa_bot.evaluation.squad import holds
from qa_bot.index.generation import ENCODER_FOLDER, Index, open_index
from qa_bot.models.encoder import OnnxEncoder
from qa_bot.models.reader import READ, features, find_candidates
from qa_bot.models.span_model import SpanModel
from qa_bot.retrieval import retrieve
from qa_bot.support import FEATURES, FORMAT

_TARGET = Path(__file__).parents[1] / "qa_bot" / "data" / "support.json"
# How much each kind of question weighs in the fit.
_WEIGHTS = {"there": 1.0, "gone": 0.25, "adversarial": 1.0}
# Of the replies that are given, this share is to be right; and of what kinds of question, in equal numbers.
_PRECISION, _JUDGED = 0.8, ("there", "gone")


@dataclass(frozen=True, slots=True)
class Asked:
    """Passages that were read, question by question: their features, whether they hold an answer, their question."""

    features: NDArray[np.float64]
    correct: NDArray[np.bool_]
    question: NDArray[np.int64]
    kind: NDArray[np.str_]

    @property
    def weight(self) -> NDArray[np.float64]:
        """The weight of each passage in the fit."""
        return np.array([_WEIGHTS[str(kind)] for kind in self.kind])


def ask_all(index: Index, model: SpanModel, questions: list[dict[str, Any]]) -> Asked:
    """Every question asked of the index, the answerable ones a second time without their gold paragraph."""
    encoder = OnnxEncoder.load(index.folder / ENCODER_FOLDER)
    rows: list[tuple[tuple[float, ...], bool, int, str]] = []
    number = 0
    for question in questions:
        query = standalone(question["question"], Conversation())
        vector = encoder.encode_question(query.text)
        for kind in ("there", "gone") if question["answerable"] else ("adversarial",):
            hits = retrieve(query, vector, index, exclude=frozenset(question["gold_ids"] if kind == "gone" else ()))
            candidates = find_candidates(query, hits[:READ], model)
            answers = question["answers"] if kind == "there" else ()
            for candidate in candidates:
                correct = any(holds(candidate.quotation.span.text, answer) for answer in answers)
                rows.append((features(candidate, candidates), correct, number, kind))
            number += 1
    return Asked(*map(np.array, zip(*rows, strict=True)))


def fit(asked: Asked) -> tuple[NDArray[np.float64], float]:
    """Coefficients for the plain features, and the intercept."""
    spread = asked.features.std(axis=0)
    scaled = asked.features / np.where(spread > 0, spread, 1.0)
    order = LogisticRegression(C=10.0, max_iter=3000)
    order.fit(scaled, asked.correct, sample_weight=asked.weight)
    score = order.decision_function(scaled)
    first = first_of_each(asked, score)
    platt = LogisticRegression(C=1e6)
    platt.fit(score[first, None], asked.correct[first], sample_weight=asked.weight[first])
    slope = float(platt.coef_[0, 0])
    coefficients = order.coef_[0] * slope / np.where(spread > 0, spread, 1.0)
    return coefficients, float(order.intercept_[0] * slope + platt.intercept_[0])


def first_of_each(asked: Asked, score: NDArray[np.float64]) -> NDArray[np.int64]:
    """The row of each question that has the highest score, the first of equals."""
    order = np.lexsort((np.arange(len(score)), -score, asked.question))
    return order[np.unique(asked.question[order], return_index=True)[1]]


def precise_threshold(support: NDArray[np.float64], correct: NDArray[np.bool_]) -> float:
    """The lowest support from which on `_PRECISION` of all replies are right, rounded up to two decimals."""
    order = np.argsort(-support)
    precision = np.cumsum(correct[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= _PRECISION)
    if not len(enough):
        raise SystemExit(f"No support reaches a precision of {_PRECISION}: the best is {precision.max():.3f}.")
    return float(np.ceil(support[order][enough[-1]] * 100) / 100)


def main() -> None:
    """The calibration is fitted, written and shown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--sample", type=int, default=3000, help="how many questions of the fitted half to ask")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()

    questions = [question for question in read_lines(given.questions) if is_fitted(question)]
    random.Random(given.seed).shuffle(questions)
    index, model = open_index(given.index), SpanModel.load(_TARGET.parent / "reader")
    asked = ask_all(index, model, questions[: given.sample])
    coefficients, intercept = fit(asked)
    support = 1.0 / (1.0 + np.exp(-(asked.features @ coefficients + intercept)))
    first = first_of_each(asked, support)
    judged = first[np.isin(asked.kind[first], _JUDGED)]
    data = {
        "format": FORMAT,
        "model": index.manifest.model,
        "reader": model.card.name,
        "features": list(FEATURES),
        "coefficients": [round(float(value), 5) for value in coefficients],
        "intercept": round(intercept, 5),
        "threshold": precise_threshold(support[judged], asked.correct[judged]),
        "provenance": {
            "data": "SQuAD dev (CC BY-SA 4.0), every other article of it, of these the part that split.py fits on",
            "command": f"python training/support.py INDEX QUESTIONS --sample {given.sample} --seed {given.seed}",
            "questions": min(given.sample, len(questions)),
            "replies": len(first),
            "passages_read": READ,
            "precision_above_threshold": _PRECISION,
        },
    }
    _TARGET.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    print(_TARGET.read_text(encoding="utf-8"))  # noqa: T201


if __name__ == "__main__":
    main()
