"""Earlier answers of which only the words are known, found again in the articles that they are quotations from."""

from dataclasses import replace

from qa_bot.dialogue import Conversation, Exchange
from qa_bot.index.generation import Index
from qa_bot.text import words
from qa_bot.types import Article, Span

# Further back an article hardly weighs on what a question means, and each takes a search.
_RECALLED = 3
# Fewer words may stand in any article; the median sentence of a news article has twenty.
_LEAST_WORDS = 6
_LOOKED_AT = 5


def recalled(conversation: Conversation, index: Index) -> Conversation:
    """The conversation, the last of its earlier answers with the article that they are quoted from, word for word.

    What no article has as it stands, or what is too short to tell, stays mere words.
    """
    earlier = conversation.earlier
    known = tuple(_recalled(exchange, index) for exchange in earlier[-_RECALLED:])
    return replace(conversation, earlier=(*earlier[:-_RECALLED], *known)) if earlier else conversation


def _recalled(exchange: Exchange, index: Index) -> Exchange:
    if exchange.title or len(words(exchange.answer)) < _LEAST_WORDS:
        return exchange
    place = _place_of(exchange.answer.strip(), index)
    return Exchange.quoting(exchange.question, place) if place else exchange


def _place_of(quotation: str, index: Index) -> Span | None:
    """Where the words stand, in the likeliest article."""
    rows = index.lexical.search(index.lexical.terms(quotation), _LOOKED_AT, exclude=index.store.rows_of([])).rows
    for row in rows.tolist():
        article = index.store.passage(row).passage.article
        if place := _place_in(article, quotation):
            return place
    return None


def _place_in(article: Article, quotation: str) -> Span | None:
    start = article.text.find(quotation)
    return Span(article, start, start + len(quotation)) if start >= 0 else None
