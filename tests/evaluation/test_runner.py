import json

import pytest
from evaluation_doubles import answerable, cite, turn, unanswerable

from qa_bot.errors import InvalidQuestion
from qa_bot.evaluation.gold import Question, QuestionsError
from qa_bot.evaluation.kinds import Kind
from qa_bot.evaluation.records import Gone
from qa_bot.evaluation.runner import Evaluation, evaluate, gold_articles
from qa_bot.types import Turn

_ARCHIVE = {
    "lake": cite("lake", "The lake is 300 m deep.", "300 m", 0.8),
    "hill": cite("hill", "The hill was first climbed in 1907.", "1907", 0.6),
}
_QUESTIONS = [
    Question("deep", "How deep is the lake?", ("300 m",), ("lake",), answerable=True),
    Question("when", "When was the hill climbed?", ("1907",), ("hill",), answerable=True),
    Question("who", "Who painted the moon?", (), (), answerable=False),
]


def _ask(question: str, exclude: frozenset[str]) -> Turn:
    """The one article whose name is in the question, or nothing."""
    found = [citation for name, citation in _ARCHIVE.items() if name in question and name not in exclude]
    return turn(*found, answered=bool(found))


def _no_progress(done: int, total: int) -> None:
    """Nothing is shown."""


def _evaluation() -> Evaluation:
    return evaluate(_ask, _QUESTIONS, gone=gold_articles, progress=_no_progress)


def test_each_question_is_asked_in_order() -> None:
    """There is one record a question, in their order, and progress is told after each."""
    seen: list[tuple[int, int]] = []

    evaluation = evaluate(_ask, _QUESTIONS, progress=lambda done, total: seen.append((done, total)))

    assert [record.question.id for record in evaluation.records] == ["deep", "when", "who"]
    assert [record.support for record in evaluation.records] == [0.8, 0.6, 0.0]
    assert [record.gone for record in evaluation.records] == [None, None, None]
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_rows_name_value_and_denominator() -> None:
    """A row is a name, a value and the number of replies it is taken over; all are told apart by name."""
    rows = {name: (value, n) for name, value, n in _evaluation().rows()}

    assert len(rows) == len(_evaluation().rows())
    assert rows["Success@1"] == (1.0, 2)
    assert rows["Answer in quotation"] == (1.0, 2)
    assert rows["AUROC"] == (1.0, 3)
    assert rows["AUROC (gold gone)"] == (1.0, 4)
    assert rows["F1 (abstention)"] == (1.0, 1)


def test_rows_by_kind_split_the_records() -> None:
    """Each kind that occurs has the measures of its own questions."""
    by_kind = _evaluation().rows_by_kind()

    assert {kind: {row.name: row.n for row in rows}["Coverage"] for kind, rows in by_kind.items()} == {
        Kind.WHO: 1,
        Kind.WHEN: 1,
        Kind.HOW: 1,
    }


def test_gold_articles_are_taken_out_for_answerable_questions_only() -> None:
    """Each question with gold ids is asked a second time without exactly those."""
    asked: list[tuple[str, frozenset[str]]] = []

    def ask(question: str, exclude: frozenset[str]) -> Turn:
        asked.append((question, exclude))
        return _ask(question, exclude)

    evaluate(ask, [*_QUESTIONS, answerable("x", "y")], gone=gold_articles, progress=_no_progress)

    nothing = frozenset[str]()
    assert asked == [
        ("How deep is the lake?", nothing),
        ("How deep is the lake?", frozenset({"lake"})),
        ("When was the hill climbed?", nothing),
        ("When was the hill climbed?", frozenset({"hill"})),
        ("Who painted the moon?", nothing),
        ("What is it?", nothing),
    ]


def test_what_is_taken_out_is_the_callers_to_say() -> None:
    """The measures called "gold gone" are taken without the articles that the caller names for each question."""
    both = [Question("both", "What are lake and hill?", ("300 m",), ("lake",), answerable=True)]

    def gone(taken_out: frozenset[str]) -> Gone | None:
        return evaluate(_ask, both, gone=lambda _: taken_out, progress=_no_progress).records[0].gone

    assert gone(frozenset({"lake"})) == Gone(answered=True, support=0.6)
    assert gone(frozenset({"lake", "hill"})) == Gone(answered=False, support=0.0)


def test_a_search_that_does_not_exclude_is_found_out() -> None:
    """Gold articles that come back although they were taken out are an error, not a measure."""
    with pytest.raises(ValueError, match=r"question 'deep' was asked without \['lake'\], yet found them"):
        evaluate(lambda asked, _: _ask(asked, frozenset()), _QUESTIONS, gone=gold_articles, progress=_no_progress)


def test_a_question_that_cannot_be_asked_is_named() -> None:
    """A refused question ends the evaluation with its id and the reason."""

    def refuse(question: str, _exclude: frozenset[str]) -> Turn:
        raise InvalidQuestion(f"{question!r} is too long.")

    with pytest.raises(QuestionsError, match=r"^Question 'u' cannot be asked: 'What is it\?' is too long\.$"):
        evaluate(refuse, [unanswerable("u")], progress=_no_progress)


def test_json_holds_measures_curves_and_questions() -> None:
    """The JSON form is strict JSON, with undefined measures as null and every question's record."""
    found = json.loads(json.dumps(_evaluation().as_json(), allow_nan=False))

    assert found["measures"]["RR@10"] == {"value": 1.0, "n": 2}
    assert found["by_kind"]["when"]["AUROC"] == {"value": None, "n": 1}
    assert found["risk_coverage"][-1] == {"coverage": 1.0, "risk": pytest.approx(1 / 3)}
    assert found["reliability"][0] == {"low": 0.0, "high": 0.1, "n": 1, "support": 0.0, "accuracy": 0.0}
    assert found["questions"][0] == {
        "id": "deep",
        "question": "How deep is the lake?",
        "answerable": True,
        "kind": "how",
        "answered": True,
        "support": 0.8,
        "ranked": ["lake"],
        "gold_ids": ["lake"],
        "relevant_rank": 1,
        "ranking": dict.fromkeys(["Success@1", "Success@5", "R@1", "R@5", "RR@10", "nDCG@10"], 1.0),
        "answers": ["300 m"],
        "quotation": "The lake is 300 m deep.",
        "highlight": "300 m",
        "answer_in_quotation": True,
        "answered_in_quotation": True,
        "highlight_f1": 1.0,
        "highlight_exact": True,
        "offsets_ok": True,
        "latency_ms": 1.0,
        "gone": {"answered": False, "support": 0.0},
    }


def test_no_questions_are_an_empty_evaluation() -> None:
    """Without questions there is nothing to divide by, and nothing fails."""
    found = evaluate(_ask, [], progress=_no_progress).as_json()

    assert found["questions"] == []
    assert {measure["value"] for measure in found["measures"].values()} == {None}
