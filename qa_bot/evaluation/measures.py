"""Averages over records, named as in the literature; what is undefined is `None`, never 0."""

from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import NamedTuple

import numpy as np

from qa_bot.evaluation.calibration import area_under_risk_coverage, brier_score, expected_calibration_error
from qa_bot.evaluation.ranking import RANKING_MEASURES
from qa_bot.evaluation.records import Record, judged


class Measure(NamedTuple):
    """A measure's name, its value (`None` where it is undefined), and how many replies it is taken over."""

    name: str
    value: float | None
    n: int


def measures(records: Sequence[Record]) -> list[Measure]:
    """All measures of the records, always the same ones in the same order."""
    return [*_rankings(records), *_quotations(records), *_abstention(records), *_trust(records), *_latency(records)]


def _rankings(records: Sequence[Record]) -> list[Measure]:
    """Over the questions with gold ids; one for which nothing was found counts as 0."""
    values = [record.ranking for record in records if record.ranking is not None]
    return [_mean(name, (value[name] for value in values)) for name in RANKING_MEASURES]


def _quotations(records: Sequence[Record]) -> list[Measure]:
    """Over the questions with answers; where the bot abstained, the closest quotation is judged but for the second."""
    return [
        _mean("Answer in quotation", (record.answer_in_quotation for record in records)),
        _mean("Answered, answer in quotation", (record.answered_in_quotation for record in records)),
        _mean("F1 (highlight)", (record.highlight_f1 for record in records)),
        _mean("EM (highlight)", (record.highlight_exact for record in records)),
        _mean("Offsets exact", (record.offsets_ok for record in records)),
    ]


def _abstention(records: Sequence[Record]) -> list[Measure]:
    """Of telling unanswerable questions, the positive ones, from others: by support (AUROC) and as the bot did."""
    answerable = [record.support for record in records if record.question.answerable]
    unanswerable = [record.support for record in records if not record.question.answerable]
    abstained = [record for record in records if not record.answered]
    right = sum(not record.question.answerable for record in abstained)
    asked_twice = [(record.support, record.gone) for record in records if record.gone is not None]
    return [
        _auroc("AUROC", answerable, unanswerable),
        _ratio("P (abstention)", right, len(abstained)),
        _ratio("R (abstention)", right, len(unanswerable)),
        _f1("F1 (abstention)", right, len(abstained), len(unanswerable)),
        _auroc("AUROC (gold gone)", [there for there, _ in asked_twice], [gone.support for _, gone in asked_twice]),
        _mean("R (abstention, gold gone)", (not gone.answered for _, gone in asked_twice)),
    ]


def _trust(records: Sequence[Record]) -> list[Measure]:
    """Over the replies whose correctness is known: what support is worth, and what answering as it did cost."""
    replies = judged(records)
    known = [record for record in records if record.correct is not None]
    return [
        Measure("ECE", expected_calibration_error(replies) if replies else None, len(replies)),
        Measure("Brier", brier_score(replies) if replies else None, len(replies)),
        Measure("AURC", area_under_risk_coverage(replies) if replies else None, len(replies)),
        _mean("Coverage", (record.answered for record in known)),
        _mean("Selective risk", (not record.correct for record in known if record.answered)),
    ]


def _latency(records: Sequence[Record]) -> list[Measure]:
    times = [record.latency_ms for record in records]
    return [
        Measure(f"Latency p{percent} (ms)", float(np.percentile(times, percent)) if times else None, len(times))
        for percent in (50, 95)
    ]


def _mean(name: str, values: Iterable[float | None]) -> Measure:
    """The mean of the values that are defined."""
    known = [float(value) for value in values if value is not None]
    return Measure(name, fmean(known) if known else None, len(known))


def _ratio(name: str, part: int, whole: int) -> Measure:
    return Measure(name, part / whole if whole else None, whole)


def _f1(name: str, right: int, abstained: int, unanswerable: int) -> Measure:
    """The harmonic mean of precision and recall, over the questions that it abstained on or should have."""
    value = 2 * right / (abstained + unanswerable) if unanswerable else None
    return Measure(name, value, abstained + unanswerable - right)


def _auroc(name: str, higher: Sequence[float], lower: Sequence[float]) -> Measure:
    """How often support is higher where it should be, ties counting half: 1 parts the two, .5 is chance."""
    n = len(higher) + len(lower)
    if not higher or not lower:
        return Measure(name, None, n)
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415 - costs 800 ms, and only this measure needs it

    truth = [True] * len(higher) + [False] * len(lower)
    return Measure(name, float(roc_auc_score(truth, [*higher, *lower])), n)
