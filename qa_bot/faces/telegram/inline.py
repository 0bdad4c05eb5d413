"""Inline mode: cited quotations to put into any chat."""

import asyncio

from telegram import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Update,
)
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from qa_bot.errors import IndexMissing, InvalidQuestion
from qa_bot.faces.safe_text import one_line
from qa_bot.faces.telegram.desk import Desk
from qa_bot.faces.telegram.markup import Block, Fragment, fits, html_of
from qa_bot.faces.telegram.messages import entry_blocks, shortened
from qa_bot.faces.telegram.records import Quotation, Record

# Each letter typed is a query of its own: the last one is answered, once it has been the last for so long.
_PAUSE = 0.35
_FEWEST_CHARACTERS = 3
_MOST_RESULTS = 5
_CACHE_SECONDS = 30
_DESCRIPTION = 120
HINT = "Type a question about the articles"
SILENT = "The articles do not say"
EMPTY = "The archive has no articles now"


class Inline:
    """Handler of inline queries; answers are `personal` where not everybody may ask."""

    def __init__(self, desk: Desk, *, personal: bool) -> None:
        self._desk = desk
        self._personal = personal
        self._latest: dict[int, str] = {}

    async def asked(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Up to five quotations for what was typed; nothing for what was typed over meanwhile."""
        query = update.inline_query
        if query is None:
            return
        user = query.from_user.id
        self._latest[user] = query.id
        await asyncio.sleep(_PAUSE)
        if self._latest.get(user) != query.id:
            return
        del self._latest[user]
        if len(query.query.strip()) < _FEWEST_CHARACTERS:
            await self._reply(query, [], HINT)
            return
        try:
            record = (await self._desk.ask(query.query, ())).record
        except InvalidQuestion:
            await self._reply(query, [], HINT)
            return
        except IndexMissing:
            await self._reply(query, [], EMPTY)
            return
        results = _results(record)
        await self._reply(query, results, None if results else SILENT)

    async def _reply(self, query: InlineQuery, results: list[InlineQueryResultArticle], button: str | None) -> None:
        try:
            await query.answer(
                results,
                cache_time=_CACHE_SECONDS,
                is_personal=self._personal,
                button=InlineQueryResultsButton(button, start_parameter="inline") if button else None,
            )
        except TelegramError:  # typed over, or too old: nobody sees it
            return


def _results(record: Record) -> list[InlineQueryResultArticle]:
    """The quotations that answer, each a message that stands by itself."""
    results = []
    for number, entry in enumerate(record.entries[: min(record.answering, _MOST_RESULTS)]):
        blocks = [Block((Fragment(one_line(record.query), italic=True),)), *entry_blocks(entry, 1, marked=True)]
        if fits(blocks):  # a quotation is never cut
            results.append(
                InlineQueryResultArticle(
                    id=str(number),
                    title=_words(entry),
                    description=shortened(f"{entry.quote} ({entry.title})", most=_DESCRIPTION),
                    input_message_content=InputTextMessageContent(html_of(blocks)),
                )
            )
    return results


def _words(entry: Quotation) -> str:
    first, last = (offset - entry.start for offset in entry.highlight)
    return shortened(entry.quote[first:last], most=_DESCRIPTION) or shortened(entry.title)
