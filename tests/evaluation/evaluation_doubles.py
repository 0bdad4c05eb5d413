"""Turns made by hand, for the tests of evaluation: an archive in which every article is one sentence."""

from collections.abc import Sequence
from dataclasses import replace

from qa_bot.evaluation.gold import Question
from qa_bot.evaluation.records import Gone, Record, make_record
from qa_bot.types import (
    Abstention,
    Answer,
    Article,
    Citation,
    Evidence,
    Hit,
    Passage,
    Query,
    Reading,
    Reason,
    SentenceMatch,
    Span,
    Timing,
    Turn,
)


def cite(article_id: str, text: str, highlight: str, support: float) -> Citation:
    """The whole text of a new article as quotation, its first `highlight` highlighted."""
    article = Article(article_id, f"corpus/{article_id}", "", text, None, None, None, None, "")
    start = text.index(highlight)
    return Citation(article, 0, len(text), Span(article, start, start + len(highlight)), 1, support)


def turn(*cited: Citation, answered: bool, latency_ms: float = 1.0) -> Turn:
    """A turn that weighed the citations, best first, and answered with them or abstained."""
    query = Query("q", "q")
    evidence = tuple(Evidence(_hit(citation, rank), citation, None) for rank, citation in enumerate(cited, start=1))
    reason = Reason.WEAK_SUPPORT if cited else Reason.NOTHING_FOUND
    reply = Answer(query, cited) if answered else Abstention(query, reason, cited)
    return Turn(query, reply, Reading(evidence, ()), Timing(0.0, 0.0, 0.0, latency_ms))


def ranking_turn(article_ids: Sequence[str]) -> Turn:
    """An answer for which these articles were found, best first."""
    return turn(*(cite(article_id, "Words.", "Words", 0.5) for article_id in article_ids), answered=bool(article_ids))


def answerable(question_id: str, *answers: str, gold_ids: Sequence[str] = ()) -> Question:
    """A question that can be answered."""
    return Question(question_id, "What is it?", answers, tuple(gold_ids), answerable=True)


def unanswerable(question_id: str) -> Question:
    """A question that cannot be answered."""
    return Question(question_id, "What is it?", (), (), answerable=False)


def reply_record(support: float, *, correct: bool | None, answered: bool, gone: Gone | None = None) -> Record:
    """The record of a reply; `correct` is `None` for an unanswerable question."""
    question = unanswerable("q") if correct is None else answerable("q", "right")
    words = "right" if correct else "wrong"
    reply = turn(cite("a", f"It is {words}.", words, support), answered=answered)
    return replace(make_record(question, reply, None), gone=gone)


def _hit(citation: Citation, rank: int) -> Hit:
    article = citation.article
    sentence = SentenceMatch(0, len(article.text), 0.5, ())
    passage = Passage(article, 0, len(article.text), ((0, len(article.text)),))
    return Hit(passage, 1 / rank, 0.5, 0.0, rank, None, (sentence,))
