"""Fits qa_bot/data/support.json: how features of a quotation become the probability that it answers.

    qa-bot index --corpus SQUAD_DEV --index SQUAD_INDEX
    qa-bot index --corpus NQ --index NQ_INDEX
    python training/support.py SQUAD_INDEX SQUAD_QUESTIONS.jsonl.gz NQ_INDEX NQ_QUESTIONS.jsonl.gz

The indexes are read with the reader that is now in qa_bot/data/, whichever they carry themselves.

Three kinds of question are asked of each: those that it answers, the same with their gold paragraph taken out of
the search, and adversarial ones. Every one is asked twice: of the whole archive, and of a small one that has only its
paragraph and a few more, of the same article where there are so many. Only articles of one part of each set are used
(split.py); the other part is for `qa-bot evaluate` to report on.

Fitting goes in two steps. A logistic regression over all passages that were read tells quotations that hold a gold
answer from others; its score orders the passages. Platt scaling (Platt 1999) over the first passage of each reply then
makes of its score the probability that the reply is right. The threshold is the lowest support at which, of the replies
that are given to questions of the first set whose gold paragraph is there and to as many whose paragraph is gone, the
stated share is right.
"""

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from lines import read_lines
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from split import is_fitted, paragraph_of, sampled

from qa_bot.conversation import standalone
from qa_bot.evaluation.squad import holds
from qa_bot.index.generation import ENCODER_FOLDER, Index, open_index
from qa_bot.models.encoder import OnnxEncoder
from qa_bot.models.reader import READ, features, find_candidates
from qa_bot.models.span_model import SpanModel
from qa_bot.retrieval import retrieve
from qa_bot.support import FEATURES, FORMAT
from qa_bot.types import Conversation

_SETS = "SQUAD_INDEX SQUAD_QUESTIONS NQ_INDEX NQ_QUESTIONS"
_TARGET = Path(__file__).parents[1] / "qa_bot" / "data" / "support.json"
# How much each kind of question weighs in the fit.
_WEIGHTS = {"there": 1.0, "gone": 0.5, "adversarial": 0.5}
# How much the first set weighs, each of the others weighing 1: see docs/log.md.
_FIRST_SET = 3.0
# How many other paragraphs a small archive has: as many as a news article or two.
_SMALL = (3, 40)
# Of the replies that are given, this share is to be right; and of what kinds of question, in equal numbers.
_PRECISION, _JUDGED = 0.8, ("there", "gone")


@dataclass(frozen=True, slots=True)
class Asked:
    """Passages that were read, question by question: their features, whether they hold an answer, their question."""

    features: NDArray[np.float64]
    correct: NDArray[np.bool_]
    question: NDArray[np.int64]
    kind: NDArray[np.str_]
    weight: NDArray[np.float64]


def ask_all(index: Index, model: SpanModel, questions: list[dict[str, Any]], *, seed: int) -> Asked:
    """Every question asked of the index and of a small part of it, the answerable ones also without their paragraph."""
    encoder = OnnxEncoder.load(index.folder / ENCODER_FOLDER)
    titles = {article.id: article.title for article in index.store.articles()}
    rows: list[tuple[tuple[float, ...], bool, int, str]] = []
    number = 0
    for question in questions:
        query = standalone(question["question"], Conversation())
        vector = encoder.encode_question(query.text)
        small = outside_small_archive(question, titles, random.Random(f"{seed} {question['id']}"))
        for kind, left_out in product(("there", "gone") if question["answerable"] else ("adversarial",), ((), small)):
            gold = question["gold_ids"] if kind == "gone" else ()
            hits = retrieve(query, vector, index, exclude=frozenset((*left_out, *gold)))
            candidates = find_candidates(query, hits[:READ], model)
            answers = question["answers"] if kind == "there" else ()
            for candidate in candidates:
                correct = any(holds(candidate.quotation.span.text, answer) for answer in answers)
                rows.append((features(candidate, candidates), correct, number, kind))
            number += 1
    weight = np.array([_WEIGHTS[kind] for *_, kind in rows])
    return Asked(*map(np.array, (*zip(*rows, strict=True), weight / weight.sum())))


def outside_small_archive(question: dict[str, Any], titles: dict[str, str], chance: random.Random) -> frozenset[str]:
    """All articles but the question's own and a few others, those of the same title first."""
    own = paragraph_of(question)
    others = [name for name in titles if name != own]
    chance.shuffle(others)
    others.sort(key=lambda name: titles[name] != titles[own])
    fewest, most = _SMALL
    return frozenset(others[round(fewest * (most / fewest) ** chance.random()) :])


def joined(parts: Sequence[Asked]) -> Asked:
    """The passages of several sets as one, their questions numbered on; weights are 1 on average."""
    offsets = np.cumsum([0, *(part.question.max() + 1 for part in parts[:-1])])
    weight = np.concatenate([parts[0].weight * _FIRST_SET, *(part.weight for part in parts[1:])])
    return Asked(
        features=np.concatenate([part.features for part in parts]),
        correct=np.concatenate([part.correct for part in parts]),
        question=np.concatenate([part.question + offset for part, offset in zip(parts, offsets, strict=True)]),
        kind=np.concatenate([part.kind for part in parts]),
        weight=weight * len(weight) / weight.sum(),
    )


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


def precise_threshold(asked: Asked, support: NDArray[np.float64]) -> float:
    """The lowest support from which on `_PRECISION` of the replies judged are right, rounded up to two decimals."""
    first = first_of_each(asked, support)
    judged = first[np.isin(asked.kind[first], _JUDGED)]
    order = judged[np.argsort(-support[judged])]
    precision = np.cumsum(asked.correct[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= _PRECISION)
    if not len(enough):
        raise SystemExit(f"No support reaches a precision of {_PRECISION}: the best is {precision.max():.3f}.")
    return float(np.ceil(support[order[enough[-1]]] * 100) / 100)


def ask_sets(sets: Sequence[tuple[Index, Path]], model: SpanModel, *, sample: int, seed: int) -> list[Asked]:
    """Of each set, at most `sample` questions of the part that is fitted, drawn at random and asked."""
    parts = []
    for index, path in sets:
        questions = [question for question in read_lines(path) if is_fitted(question)]
        parts.append(ask_all(index, model, sampled(questions, sample, seed=seed), seed=seed))
    return parts


def main() -> None:
    """The calibration is fitted, written and shown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path, nargs="+", metavar="INDEX QUESTIONS")
    parser.add_argument("--sample", type=int, default=800, help="how many questions of the fitted part of each set")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()

    sets = [(open_index(index), questions) for index, questions in zip(given.sets[::2], given.sets[1::2], strict=True)]
    model = SpanModel.load(_TARGET.parent / "reader")
    write_calibration(ask_sets(sets, model, sample=given.sample, seed=given.seed), model, sets[0][0], given)


def write_calibration(parts: Sequence[Asked], model: SpanModel, index: Index, given: argparse.Namespace) -> None:
    """What is fitted to the sets' questions, where the package has it."""
    coefficients, intercept = fit(joined(parts))
    support = 1.0 / (1.0 + np.exp(-(parts[0].features @ coefficients + intercept)))
    data = {
        "format": FORMAT,
        "model": index.manifest.model,
        "reader": model.card.name,
        "features": list(FEATURES),
        "coefficients": [round(float(value), 5) for value in coefficients],
        "intercept": round(intercept, 5),
        "threshold": precise_threshold(parts[0], support),
        "provenance": {
            "data": "SQuAD dev (CC BY-SA 4.0), every other article of it, and half of Natural Questions' gold passages"
            " (CC BY-SA 3.0); of both the part that split.py fits on",
            "command": f"python training/support.py {_SETS} --sample {given.sample} --seed {given.seed}",
            "replies": [int(part.question.max()) + 1 for part in parts],
            "passages_read": READ,
            "precision_above_threshold": _PRECISION,
        },
    }
    _TARGET.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    print(_TARGET.read_text(encoding="utf-8"))  # noqa: T201


if __name__ == "__main__":
    main()
