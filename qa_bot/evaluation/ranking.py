"""Ranking measures of one question, computed by ir_measures and named as it names them."""

from collections.abc import Collection, Sequence

# R is recall, the share of the gold articles; RR is the reciprocal rank, whose mean is known as MRR.
RANKING_MEASURES = ("Success@1", "Success@5", "R@1", "R@5", "RR@10", "nDCG@10")


def ranking_values(ranked: Sequence[str], gold_ids: Collection[str]) -> dict[str, float]:
    """Each of `RANKING_MEASURES`, 0 to 1, of distinct article ids, best first; all 0 where nothing was found.

    `gold_ids` are not empty: without a relevant article the measures are undefined.
    """
    import ir_measures  # noqa: PLC0415 - sets up a logger of its own when imported

    # Numbers stand for the ids: the C code beneath breaks on what a file name may have in it.
    numbers = {article: str(number) for number, article in enumerate(dict.fromkeys([*ranked, *gold_ids]))}
    golds = [ir_measures.Qrel("q", numbers[article], 1) for article in gold_ids]
    run = [ir_measures.ScoredDoc("q", numbers[article], -float(rank)) for rank, article in enumerate(ranked)]
    measures = [ir_measures.parse_measure(name) for name in RANKING_MEASURES]
    values = ir_measures.calc_aggregate(measures, golds, run)
    return {name: float(values[measure]) for name, measure in zip(RANKING_MEASURES, measures, strict=True)}
