"""Measures readers alone, with the paragraph given, as SQuAD does (Rajpurkar et al. 2016, 2018).

    python training/given_paragraph.py READER_FOLDER... --corpus CORPUS.jsonl.gz --questions QUESTIONS.jsonl.gz

F1 and EM are those of the best span of answerable questions, whatever its margin; AUROC is how well the margin tells
answerable questions from adversarial ones. SQuAD 2.0's F1 and EM are over all questions, "it is not here" being right
where there is no answer; the margin from which a reader answers is chosen on the fitted part of the articles (see
split.py), and they are taken over the other part.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from time import perf_counter
from typing import Any

import numpy as np
from lines import read_lines
from sklearn.metrics import roc_auc_score
from split import add_sample_arguments, is_fitted, paragraph_of, sampled
from tables import table

from qa_bot.evaluation.kinds import Kind, kind_of
from qa_bot.evaluation.squad import exact_match, token_f1
from qa_bot.models.span_model import SpanModel, Text

_HEADINGS = ("questions", "F1", "EM", "answerable", "AUROC", "all", "F1 (2.0)", "EM (2.0)", "held out")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question: the margin of its best span, and how well that agrees with the nearest gold answer.

    Where there is no gold answer, `f1` and `exact` are 0.
    """

    kind: Kind
    answerable: bool
    fitted: bool
    margin: float
    f1: float
    exact: float
    ms: float


def read(model: SpanModel, question: dict[str, Any], paragraph: Text) -> Outcome:
    """What comes of a question whose paragraph is given."""
    started = perf_counter()
    [[span]] = model.read(question["question"], [paragraph])
    ms = (perf_counter() - started) * 1000
    if span is None:
        raise ValueError(f"question {question['id']!r}: its paragraph has no tokens")
    words, answers = paragraph.text[span.start : span.end], question["answers"]
    return Outcome(
        kind=kind_of(question["question"]),
        answerable=question["answerable"],
        fitted=is_fitted(question),
        margin=span.margin,
        f1=max((token_f1(words, answer) for answer in answers), default=0.0),
        exact=max((float(exact_match(words, answer)) for answer in answers), default=0.0),
        ms=ms,
    )


def best_threshold(outcomes: Sequence[Outcome]) -> float:
    """The margin from which on answering gives the greatest F1 of SQuAD 2.0; infinite where never answering does."""
    negated, groups = np.unique([-outcome.margin for outcome in outcomes], return_inverse=True)
    gains = [outcome.f1 - (not outcome.answerable) for outcome in outcomes]
    totals = np.r_[0.0, np.cumsum(np.bincount(groups, weights=gains))]
    return float(np.r_[np.inf, -negated][totals.argmax()])


def squad_2(outcomes: Sequence[Outcome], threshold: float) -> tuple[list[float], list[float]]:
    """F1 and EM of SQuAD 2.0 for each question, where margins below the threshold mean "it is not here"."""
    silent = [float(not outcome.answerable) for outcome in outcomes]
    given = [outcome.margin >= threshold for outcome in outcomes]
    f1 = [outcome.f1 if said else null for outcome, said, null in zip(outcomes, given, silent, strict=True)]
    exact = [outcome.exact if said else null for outcome, said, null in zip(outcomes, given, silent, strict=True)]
    return f1, exact


def auroc(outcomes: Sequence[Outcome]) -> float | None:
    """How often the margin of an answerable question is above that of an adversarial one; None without either."""
    truth = [outcome.answerable for outcome in outcomes]
    if len(set(truth)) != 2:  # noqa: PLR2004
        return None
    return float(roc_auc_score(truth, [outcome.margin for outcome in outcomes]))


def row(name: str, outcomes: Sequence[Outcome], threshold: float) -> tuple[str, ...]:
    """The line of the table for some of the questions, in the order of its headings."""
    there = [outcome for outcome in outcomes if outcome.answerable]
    held_out = [outcome for outcome in outcomes if not outcome.fitted]
    f1, exact = squad_2(held_out, threshold)
    return (
        name,
        *(_mean([outcome.f1 for outcome in there]), _mean([outcome.exact for outcome in there]), f"{len(there):,}"),
        *(_number(auroc(outcomes)), f"{len(outcomes):,}"),
        *(_mean(f1), _mean(exact), f"{len(held_out):,}"),
    )


def report(folder: Path, outcomes: Sequence[Outcome]) -> str:
    """A reader's measures over all questions and over each kind of them, as an aligned table."""
    threshold = best_threshold([outcome for outcome in outcomes if outcome.fitted])
    by_kind = {kind: [outcome for outcome in outcomes if outcome.kind == kind] for kind in Kind}
    groups = {"all": outcomes, **{str(kind): found for kind, found in by_kind.items() if found}}
    rows = [_HEADINGS, *(row(name, found, threshold) for name, found in groups.items())]
    ms = fmean(outcome.ms for outcome in outcomes)
    return f"{folder}: {ms:.1f} ms a question, answers from a margin of {threshold:.3f} on\n{table(rows)}"


def _mean(values: Sequence[float]) -> str:
    return _number(fmean(values) if values else None)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def main() -> None:
    """Each reader's table is shown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("readers", type=Path, nargs="+", metavar="READER_FOLDER")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    add_sample_arguments(parser)
    given = parser.parse_args()
    articles = read_lines(given.corpus)
    texts = {one["id"]: Text(one["title"], one["text"], ((0, len(one["text"])),)) for one in articles}
    questions = sampled(read_lines(given.questions), given.sample, seed=given.seed)
    for folder in given.readers:
        model = SpanModel.load(folder)
        outcomes = [read(model, question, texts[paragraph_of(question)]) for question in questions]
        print(report(folder, outcomes), end="\n\n")  # noqa: T201


if __name__ == "__main__":
    main()
