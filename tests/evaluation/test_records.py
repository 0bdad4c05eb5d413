from dataclasses import replace

import pytest
from evaluation_doubles import answerable, cite, ranking_turn, turn, unanswerable

from qa_bot.evaluation.kinds import Kind
from qa_bot.evaluation.records import Gone, judged, make_record, offsets_ok
from qa_bot.types import Article, Reading, Span, Turn


def test_an_answer_is_judged_by_its_first_citation() -> None:
    """Quotation and highlight are those of the first citation; the best of several golds counts."""
    reply = turn(
        cite("a", "The Denver Broncos won in 2016.", "Denver Broncos won", 0.75),
        cite("b", "Carolina lost.", "Carolina", 0.5),
        answered=True,
        latency_ms=12.5,
    )

    made = make_record(answerable("1", "Carolina", "Denver Broncos", gold_ids=["b"]), reply, None)

    assert (made.quotation, made.highlight) == ("The Denver Broncos won in 2016.", "Denver Broncos won")
    assert (made.answered, made.support, made.latency_ms) == (True, 0.75, 12.5)
    assert (made.answer_in_quotation, made.answered_in_quotation, made.correct) == (True, True, True)
    # 2 of 3 and 2 of 2 words in common: F1 = 2 * 2 / 5
    assert made.highlight_f1 == pytest.approx(0.8)
    assert made.highlight_exact is False
    assert (made.ranked, made.relevant_rank) == (("a", "b"), 2)
    assert made.ranking is not None
    assert made.ranking["RR@10"] == pytest.approx(0.5)
    assert (made.kind, made.gone, made.offsets_ok) == (Kind.WHAT, None, True)


def test_an_abstention_is_judged_by_its_closest_quotation() -> None:
    """Where the bot abstained, its closest quotation may hold the answer, but was not given as one."""
    made = make_record(answerable("1", "2016"), turn(cite("a", "In 2016.", "2016", 0.2), answered=False), None)

    assert (made.answer_in_quotation, made.answered_in_quotation, made.correct) == (True, False, True)
    assert (made.answered, made.support) == (False, 0.2)
    assert (made.highlight_f1, made.highlight_exact) == (1.0, True)
    assert made.ranking is None


def test_nothing_found_is_wrong_and_not_left_out() -> None:
    """An answerable question for which nothing was found has 0 everywhere, not nothing."""
    made = make_record(answerable("1", "A", gold_ids=["a"]), turn(answered=False), None)

    assert (made.quotation, made.highlight, made.ranked, made.relevant_rank) == (None, None, (), None)
    assert (made.answer_in_quotation, made.highlight_f1, made.highlight_exact) == (False, 0.0, False)
    assert made.ranking is not None
    assert set(made.ranking.values()) == {0.0}
    assert (made.support, made.correct) == (0.0, False)


def test_an_unanswerable_question_is_never_correct() -> None:
    """A reply to an unanswerable question is wrong whatever it quotes; its quotation cannot be compared."""
    made = make_record(unanswerable("1"), turn(cite("a", "In 2016.", "2016", 0.9), answered=True), None)

    assert (made.correct, made.answer_in_quotation, made.highlight_f1, made.ranking) == (False, None, None, None)


def test_without_answers_correctness_is_unknown() -> None:
    """A question that has gold ids only is ranked but not judged."""
    made = make_record(answerable("1", gold_ids=["a"]), ranking_turn("a"), None)

    assert made.correct is None
    assert judged([made]) == []


def test_an_article_counts_at_its_best_passage() -> None:
    """Several passages of one article are one article, at the rank of the first."""
    made = make_record(answerable("1", gold_ids=["b", "c"]), ranking_turn("aabacb"), None)

    assert (made.ranked, made.relevant_rank) == (("a", "b", "c"), 2)


def test_the_turn_without_gold_is_kept_beside() -> None:
    """What came of asking without the gold articles is in the record, and changes nothing else there."""
    question, reply = answerable("1", "2016", gold_ids=["a"]), turn(cite("a", "In 2016.", "2016", 0.9), answered=True)
    gone = turn(cite("b", "In 2015.", "2015", 0.25), answered=False)

    made = make_record(question, reply, gone)

    assert made.gone == Gone(answered=False, support=0.25)
    assert replace(made, gone=None) == make_record(question, reply, None)


@pytest.mark.parametrize("answered", [True, False])
def test_a_highlight_in_another_article_is_not_exact(*, answered: bool) -> None:
    """A citation whose highlight belongs to another article cannot be checked, given or only weighed."""
    good, citation = cite("a", "In 2016.", "2016", 0.9), cite("b", "In 2016.", "2016", 0.8)
    stranger = Article("z", "z", "", "In 2099.", None, None, None, None, "")
    bad = replace(citation, highlight=Span(stranger, 3, 7))

    assert offsets_ok(turn(good, citation, answered=answered))
    assert not offsets_ok(turn(good, bad, answered=answered))


def test_a_quotation_from_another_article_than_its_passage_is_not_exact() -> None:
    """A citation from an article other than the one that was found is not exact."""
    found, other = turn(cite("a", "In 2016.", "2016", 0.9), answered=True), cite("b", "In 2016.", "2016", 0.9)
    swapped = Turn(found.query, found.reply, Reading((replace(found.evidence[0], citation=other),), ()), found.timing)

    assert not offsets_ok(swapped)
