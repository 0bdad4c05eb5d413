from collections.abc import Sequence
from math import log2

import ir_measures
import pytest

from qa_bot.evaluation.ranking import RANKING_MEASURES, ranking_values


@pytest.mark.parametrize(
    ("ranked", "golds", "expected"),
    [
        ("abc", "a", (1, 1, 1, 1, 1, 1)),
        # Rank 3: DCG = 1 / log2(1 + 3) = .5
        ("bca", "a", (0, 1, 0, 1, 1 / 3, 0.5)),
        # Golds at ranks 1 and 6: DCG = 1 + 1/log2(7), ideal DCG = 1 + 1/log2(3)
        ("abcdef", "af", (1, 1, 0.5, 0.5, 1, (1 + 1 / log2(7)) / (1 + 1 / log2(3)))),
        # Rank 11 is beyond every cut-off.
        ("bcdefghijka", "a", (0, 0, 0, 0, 0, 0)),
        # One of two golds found at rank 2: RR counts the first, recall the share.
        ("ba", "az", (0, 1, 0, 0.5, 0.5, (1 / log2(3)) / (1 + 1 / log2(3)))),
        ("", "a", (0, 0, 0, 0, 0, 0)),
    ],
)
def test_worked_examples(ranked: str, golds: str, expected: Sequence[float]) -> None:
    """Success, recall, reciprocal rank and nDCG are those of the textbook; nothing found is 0."""
    values = ranking_values(list(ranked), list(golds))

    assert tuple(values) == RANKING_MEASURES
    assert tuple(values.values()) == pytest.approx(tuple(expected))


def test_means_are_those_of_ir_measures() -> None:
    """The mean of our values is what ir_measures aggregates, a question for which nothing was found included."""
    golds = {"q1": ["a"], "q2": ["b", "c"], "q3": ["d"]}
    ranked = {"q1": ["b", "a"], "q2": ["c", "x", "b"], "q3": []}
    reference = ir_measures.calc_aggregate(
        [ir_measures.parse_measure(name) for name in RANKING_MEASURES],
        [ir_measures.Qrel(query, gold, 1) for query in golds for gold in golds[query]],
        [ir_measures.ScoredDoc(query, doc, 1 / (i + 1)) for query in ranked for i, doc in enumerate(ranked[query])],
    )

    for measure, mean in reference.items():
        ours = sum(ranking_values(ranked[query], golds[query])[str(measure)] for query in golds) / len(golds)
        assert ours == pytest.approx(mean)


def test_ids_of_any_characters() -> None:
    """An id may have a lone surrogate (a file name that is not UTF-8), a NUL or nothing in it."""
    ids = ["", "a\0b", "a\0c", "\udcff", "x" * 100_000]

    assert ranking_values(ids, ["\udcff"])["RR@10"] == pytest.approx(1 / 4)
