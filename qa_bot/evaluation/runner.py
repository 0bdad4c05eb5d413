"""Gold questions asked one by one, and what came of them."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from qa_bot.errors import InvalidQuestion
from qa_bot.evaluation.calibration import reliability, risk_coverage
from qa_bot.evaluation.gold import Question, QuestionsError
from qa_bot.evaluation.kinds import Kind
from qa_bot.evaluation.measures import Measure, measures
from qa_bot.evaluation.records import Record, judged, make_record
from qa_bot.types import Turn

# Called with a question and the ids of the articles that are not searched.
Ask = Callable[[str, frozenset[str]], Turn]
# The ids of the articles that are taken out for a question, all its gold ids among them.
TakenOut = Callable[[Question], frozenset[str]]
# Called with how many questions are done, and of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One record for each question, in their order; every measure is taken from them."""

    records: tuple[Record, ...]

    def rows(self) -> list[Measure]:
        """The measures of all questions, `(name, value, n)`, always the same ones in the same order."""
        return measures(self.records)

    def rows_by_kind(self) -> dict[Kind, list[Measure]]:
        """The same measures for each kind of question that there is."""
        kinds = {kind: [record for record in self.records if record.kind == kind] for kind in Kind}
        return {kind: measures(records) for kind, records in kinds.items() if records}

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON values: measures, measures by kind, both curves, and a record for each question."""
        replies = judged(self.records)
        return {
            "measures": _by_name(self.rows()),
            "by_kind": {str(kind): _by_name(rows) for kind, rows in self.rows_by_kind().items()},
            "risk_coverage": [asdict(point) for point in risk_coverage(replies)],
            "reliability": [asdict(part) for part in reliability(replies)],
            "questions": [_record_object(record) for record in self.records],
        }


def gold_articles(question: Question) -> frozenset[str]:
    """The ids of the question's gold articles, and of no other."""
    return frozenset(question.gold_ids)


def evaluate(
    ask: Ask, questions: Sequence[Question], *, gone: TakenOut | None = None, progress: Progress
) -> Evaluation:
    """What comes of each question; each with gold ids is also asked without the articles that `gone` says, if given.

    A question whose gold articles are gone counts as unanswerable in the measures called "gold gone", though another
    article may say the same: those measures are, if anything, too low.

    Raises QuestionsError for a question that cannot be asked.
    """
    records = []
    for done, question in enumerate(questions, start=1):
        try:
            turn = ask(question.question, frozenset())
            without = _ask_without(ask, question, gone(question)) if gone and question.gold_ids else None
        except InvalidQuestion as error:
            raise QuestionsError(f"Question {question.id!r} cannot be asked: {error}") from error
        records.append(make_record(question, turn, without))
        progress(done, len(questions))
    return Evaluation(tuple(records))


def _ask_without(ask: Ask, question: Question, taken_out: frozenset[str]) -> Turn:
    turn = ask(question.question, taken_out)
    found = {evidence.hit.passage.article.id for evidence in turn.evidence} & taken_out
    if found:
        raise ValueError(f"question {question.id!r} was asked without {sorted(found)}, yet found them")
    return turn


def _by_name(rows: Sequence[Measure]) -> dict[str, dict[str, float | int | None]]:
    return {row.name: {"value": row.value, "n": row.n} for row in rows}


def _record_object(record: Record) -> dict[str, Any]:
    """The record as JSON values, the question's own fields first."""
    question = record.question
    return {
        "id": question.id,
        "question": question.question,
        "answerable": question.answerable,
        "kind": str(record.kind),
        "answered": record.answered,
        "support": record.support,
        "ranked": list(record.ranked),
        "gold_ids": list(question.gold_ids),
        "relevant_rank": record.relevant_rank,
        "ranking": None if record.ranking is None else dict(record.ranking),
        "answers": list(question.answers),
        "quotation": record.quotation,
        "highlight": record.highlight,
        "answer_in_quotation": record.answer_in_quotation,
        "answered_in_quotation": record.answered_in_quotation,
        "highlight_f1": record.highlight_f1,
        "highlight_exact": record.highlight_exact,
        "offsets_ok": record.offsets_ok,
        "latency_ms": record.latency_ms,
        "gone": None if record.gone is None else asdict(record.gone),
    }
