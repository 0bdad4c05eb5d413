"""What came of each gold question: one record a question, from which every average is taken."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qa_bot.evaluation.gold import Question
from qa_bot.evaluation.kinds import Kind, kind_of
from qa_bot.evaluation.ranking import ranking_values
from qa_bot.evaluation.squad import exact_match, holds, token_f1
from qa_bot.types import Abstention, Answer, Citation, Reply, Turn


@dataclass(frozen=True, slots=True)
class Gone:
    """What came of a question when its gold articles were not searched."""

    answered: bool
    support: float


@dataclass(frozen=True, slots=True)
class Record:
    """What came of one question.

    `ranked` are the ids of the articles found, each at its best passage; `relevant_rank` is that of the first gold one,
    from 1, `None` if none was found. The quotation is the first one of the answer or, where the bot abstained, the
    closest; `None` if nothing was found. What compares with gold that the question does not have is `None`: `ranking`
    without gold ids; `answer_in_quotation` and the scores of the highlight (0 to 1) without answers.
    """

    question: Question
    kind: Kind
    ranked: tuple[str, ...]
    relevant_rank: int | None
    ranking: Mapping[str, float] | None
    answered: bool
    support: float
    quotation: str | None
    highlight: str | None
    answer_in_quotation: bool | None
    highlight_f1: float | None
    highlight_exact: bool | None
    offsets_ok: bool
    latency_ms: float
    gone: Gone | None

    @property
    def correct(self) -> bool | None:
        """Whether the quotation holds a gold answer, never so for an unanswerable question; `None` if unknown."""
        return self.answer_in_quotation if self.question.answerable else False

    @property
    def answered_in_quotation(self) -> bool | None:
        """Whether the bot answered, with a gold answer in its quotation; `None` if unknown or unanswerable."""
        return None if self.answer_in_quotation is None else self.answered and self.answer_in_quotation


def make_record(question: Question, turn: Turn, gone: Turn | None) -> Record:
    """The record of a question, its turn and, where it was asked so, the turn without its gold articles."""
    ranked = tuple(dict.fromkeys(evidence.hit.passage.article.id for evidence in turn.evidence))
    ranks = (rank for rank, article in enumerate(ranked, start=1) if article in question.gold_ids)
    best = next(iter(_citations(turn.reply)), None)
    quotation, highlight = (best.text, best.highlight.text) if best else (None, None)
    return Record(
        question=question,
        kind=kind_of(question.question),
        ranked=ranked,
        relevant_rank=next(ranks, None),
        ranking=ranking_values(ranked, question.gold_ids) if question.gold_ids else None,
        answered=isinstance(turn.reply, Answer),
        support=float(turn.reply.support),
        quotation=quotation,
        highlight=highlight,
        answer_in_quotation=_any(holds(quotation or "", gold) for gold in question.answers),
        highlight_f1=max((token_f1(highlight or "", gold) for gold in question.answers), default=None),
        highlight_exact=_any(exact_match(highlight or "", gold) for gold in question.answers),
        offsets_ok=offsets_ok(turn),
        latency_ms=float(turn.timing.total),
        gone=None if gone is None else Gone(isinstance(gone.reply, Answer), float(gone.reply.support)),
    )


def judged(records: Iterable[Record]) -> list[tuple[float, bool]]:
    """Support and correctness of every reply whose correctness is known."""
    return [(record.support, record.correct) for record in records if record.correct is not None]


def offsets_ok(turn: Turn) -> bool:
    """Whether every citation, given or weighed, can be checked: its words are where its offsets say."""
    weighed = [evidence.citation for evidence in turn.evidence]
    same_article = all(evidence.citation.article == evidence.hit.passage.article for evidence in turn.evidence)
    return same_article and all(_is_exact(citation) for citation in [*_citations(turn.reply), *weighed])


def _citations(reply: Reply) -> tuple[Citation, ...]:
    """The reply's quotations, best first: those of the answer, or the closest."""
    match reply:
        case Answer(citations=given):
            return given
        case Abstention(closest=closest):
            return closest


def _is_exact(citation: Citation) -> bool:
    text, highlight = citation.article.text, citation.highlight
    return (
        text[citation.start : citation.end] == citation.text
        and highlight.article == citation.article
        and text[highlight.start : highlight.end] in citation.text
    )


def _any(verdicts: Iterable[bool]) -> bool | None:
    """Whether any is true; `None` where there are none."""
    known = list(verdicts)
    return any(known) if known else None
