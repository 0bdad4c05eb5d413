"""The archive as the bot asks it: always the live generation, taken up without a restart."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa_bot.chunking import paragraph_number
from qa_bot.dialogue import Conversation
from qa_bot.errors import IndexMissing
from qa_bot.faces.live import Live
from qa_bot.faces.telegram.buttons import article_key
from qa_bot.faces.telegram.journal import Stored
from qa_bot.faces.telegram.records import Quotation, Record
from qa_bot.index.store import ArticleInfo
from qa_bot.pipeline import Pipeline
from qa_bot.tracing import new_place
from qa_bot.types import Abstention, Answer, Article, Citation, Query, Reading, Reason, Reply, Span, Timing, Turn

_NO_TIME = Timing(0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Asked:
    """The record of a reply, and the generation that it cites."""

    record: Record
    generation: int


class Library:
    """The archive behind a `live` pipeline; safe to share between threads."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def pipeline(self) -> Pipeline:
        """The pipeline over the live generation."""
        return self._live.pipeline()

    def ask(self, question: str, before: Sequence[Stored]) -> Asked:
        """The reply to a question that follows on those answers; raises InvalidQuestion."""
        pipeline = self.pipeline()
        conversation = Conversation(tuple(_turn(pipeline, stored.record) for stored in before))
        return Asked(Record.of(pipeline.ask(question, conversation)), pipeline.manifest.generation)

    def article(self, article_id: str) -> Article | None:
        """The article with that id, as it is now."""
        return self.pipeline().article(article_id)

    def articles(self) -> list[ArticleInfo]:
        """All articles, in the order of the corpus."""
        return self.pipeline().articles()

    def holds(self, sha256: str) -> bool:
        """Whether an article has that content; none has in an archive without articles."""
        try:
            return self.pipeline().holds(sha256)
        except IndexMissing:
            return False

    def article_by_key(self, key: str) -> Article | None:
        """The article that `buttons.article_key` gave that key."""
        found = next((info.id for info in self.articles() if article_key(info.id) == key), None)
        return None if found is None else self.article(found)


def still_there(article: Article | None, quotation: Quotation) -> bool:
    """Whether the quotation still stands in the article, at its place."""
    return article is not None and article.text[quotation.start : quotation.end] == quotation.quote


def moved(article: Article, quotation: Quotation) -> Quotation | None:
    """The quotation where its words stand in an article that changed since; None where they do not any more."""
    place = new_place(article, quotation.quote, near=quotation.start)
    if place is None:
        return None
    by = place.start - quotation.start
    exact = place.text == quotation.quote
    highlight = tuple(offset + by for offset in quotation.highlight) if exact else (place.start, place.end)
    return replace(
        quotation,
        start=place.start,
        end=place.end,
        quote=place.text,
        highlight=(highlight[0], highlight[1]),
        paragraph=paragraph_number(article, place.start),
        page=bisect_right(article.pages, place.start) or None,
    )


def _turn(pipeline: Pipeline, record: Record) -> Turn:
    """The turn of a record, with those of its quotations that still stand in the articles."""
    query = Query(text=record.query, asked=record.question)
    found = [_citation(pipeline.article(entry.article), entry) for entry in record.entries[: record.own]]
    citations = tuple(citation for citation in found if citation)
    reply: Reply
    if record.answered and citations:
        reply = Answer(query, citations)
    else:
        reply = Abstention(query, Reason.WEAK_SUPPORT if citations else Reason.NOTHING_FOUND, citations)
    return Turn(query, reply, Reading((), ()), _NO_TIME)


def _citation(article: Article | None, entry: Quotation) -> Citation | None:
    if article is None or not still_there(article, entry):
        return None
    highlight = Span(article, *entry.highlight)
    return Citation(article, entry.start, entry.end, highlight, entry.paragraph, entry.support)
