import pytest
from evaluation_doubles import answerable, cite, ranking_turn, reply_record, turn, unanswerable

from qa_bot.evaluation.measures import Measure, measures
from qa_bot.evaluation.records import Gone, Record, make_record


def _measured(records: list[Record], name: str) -> tuple[object, int]:
    """The value of the one measure of that name, and what it is taken over."""
    [row] = [row for row in measures(records) if row.name == name]
    return row.value, row.n


def test_nothing_found_stays_in_the_denominator_of_rankings() -> None:
    """Gold at rank 1, at rank 2, and a question for which nothing was found; one without gold ids is left out."""
    records = [
        make_record(answerable("1", gold_ids=["a"]), ranking_turn("ab"), None),
        make_record(answerable("2", gold_ids=["b"]), ranking_turn("ab"), None),
        make_record(answerable("3", gold_ids=["c"]), ranking_turn(""), None),
        make_record(answerable("4", "Words"), ranking_turn("ab"), None),
    ]

    assert _measured(records, "Success@1") == (pytest.approx(1 / 3), 3)
    assert _measured(records, "R@5") == (pytest.approx(2 / 3), 3)
    assert _measured(records, "RR@10") == (pytest.approx((1 + 0.5 + 0) / 3), 3)


def test_quotations_are_counted_with_and_without_abstention() -> None:
    """Of four answerable questions one is answered rightly, one wrongly, and on two the bot abstained.

    One of the abstentions has the answer in its closest quotation, the other found nothing: 2 of 4 quotations hold an
    answer, 1 of 4 was also given. Token F1 of the highlights: 1, 0, 2/3, 0, mean 5/12.
    """
    records = [
        make_record(answerable("1", "2016"), turn(cite("a", "In 2016.", "2016", 0.9), answered=True), None),
        make_record(answerable("2", "2016"), turn(cite("a", "In 2015.", "2015", 0.8), answered=True), None),
        make_record(answerable("3", "2016"), turn(cite("a", "In 2016.", "In 2016", 0.2), answered=False), None),
        make_record(answerable("4", "2016"), turn(answered=False), None),
        make_record(unanswerable("5"), turn(answered=False), None),
    ]

    assert _measured(records, "Answer in quotation") == (0.5, 4)
    assert _measured(records, "Answered, answer in quotation") == (0.25, 4)
    assert _measured(records, "F1 (highlight)") == (pytest.approx(5 / 12), 4)
    assert _measured(records, "EM (highlight)") == (0.25, 4)
    assert _measured(records, "Offsets exact") == (1.0, 5)


def test_abstention_by_hand() -> None:
    """Answerable at .9 .6 .3, unanswerable at .6 .1; it answers from .5.

    AUROC: of 3 * 2 pairs, .9 beats both, .6 ties one (half) and beats one, .3 beats one: (2 + 1.5 + 1) / 6 = .75.
    It abstained at .3 and .1, rightly once: precision 1/2; recall 1/2; F1 1/2, over the 3 questions that count there.
    """
    records = [
        reply_record(0.9, correct=True, answered=True),
        reply_record(0.6, correct=False, answered=True),
        reply_record(0.3, correct=True, answered=False),
        reply_record(0.6, correct=None, answered=True),
        reply_record(0.1, correct=None, answered=False),
    ]

    assert _measured(records, "AUROC") == (pytest.approx(0.75), 5)
    assert _measured(records, "P (abstention)") == (0.5, 2)
    assert _measured(records, "R (abstention)") == (0.5, 2)
    assert _measured(records, "F1 (abstention)") == (0.5, 3)
    assert _measured(records, "Coverage") == (0.6, 5)
    # Answered: right, wrong, and one that has no answer.
    assert _measured(records, "Selective risk") == (pytest.approx(2 / 3), 3)


def test_gold_gone_by_hand() -> None:
    """Asked as usual .9 .4, with the gold gone .5 .1: 3 of 4 pairs are in order; it abstained on one of two."""
    records = [
        reply_record(0.9, correct=True, answered=True, gone=Gone(answered=True, support=0.5)),
        reply_record(0.4, correct=True, answered=False, gone=Gone(answered=False, support=0.1)),
        reply_record(0.99, correct=None, answered=True),
    ]

    assert _measured(records, "AUROC (gold gone)") == (0.75, 4)
    assert _measured(records, "R (abstention, gold gone)") == (0.5, 2)


def test_trust_by_hand() -> None:
    """Right at .9, unanswerable at .2: Brier (.01 + .04) / 2; ECE (.1 + .2) / 2; AURC (0 + 1/2) / 2."""
    records = [
        reply_record(0.9, correct=True, answered=True),
        reply_record(0.2, correct=None, answered=False),
        make_record(answerable("unknown", gold_ids=["a"]), ranking_turn("a"), None),
    ]

    assert _measured(records, "Brier") == (pytest.approx(0.025), 2)
    assert _measured(records, "ECE") == (pytest.approx(0.15), 2)
    assert _measured(records, "AURC") == (pytest.approx(0.25), 2)


def test_latency_by_hand() -> None:
    """Of 10, 20, 30, 40, 50 ms the median is 30, and 95 % lies at 48, .8 of the way from 40 to 50."""
    records = [make_record(unanswerable("q"), turn(answered=False, latency_ms=ms), None) for ms in (50, 10, 40, 20, 30)]

    assert _measured(records, "Latency p50 (ms)") == (30.0, 5)
    assert _measured(records, "Latency p95 (ms)") == (pytest.approx(48.0), 5)


def test_what_is_undefined_has_no_value() -> None:
    """Without unanswerable questions nothing can be said about telling them apart; precision of no abstention is none.

    An abstention on an answerable question is still a wrong one.
    """
    answered, abstained = (
        reply_record(0.9, correct=True, answered=True),
        reply_record(0.1, correct=True, answered=False),
    )

    for name in ("AUROC", "R (abstention)", "F1 (abstention)", "AUROC (gold gone)", "R (abstention, gold gone)"):
        assert _measured([answered, abstained], name)[0] is None
    assert _measured([answered], "P (abstention)") == (None, 0)
    assert _measured([answered, abstained], "P (abstention)") == (0.0, 1)
    assert _measured([abstained], "Selective risk") == (None, 0)


def test_an_f1_of_never_abstaining_is_zero() -> None:
    """A bot that answers everything has recall 0 and F1 0 where there was something to abstain on."""
    records = [reply_record(0.9, correct=True, answered=True), reply_record(0.8, correct=None, answered=True)]

    assert _measured(records, "R (abstention)") == (0.0, 1)
    assert _measured(records, "F1 (abstention)") == (0.0, 1)


def test_no_records_leave_everything_undefined() -> None:
    """All measures are there, in the same order, without a value."""
    rows = measures([])

    assert [row.name for row in rows] == [row.name for row in measures([reply_record(1, correct=True, answered=True)])]
    assert rows == [Measure(row.name, None, 0) for row in rows]
