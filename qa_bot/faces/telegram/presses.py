"""Buttons that were pressed: the message is edited in place."""

from collections.abc import Sequence

from telegram import CallbackQuery, InlineKeyboardMarkup, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from qa_bot.errors import IndexMissing
from qa_bot.faces.telegram.archive import Archive
from qa_bot.faces.telegram.buttons import (
    Action,
    Press,
    back_keyboard,
    context_keyboard,
    page_keyboard,
    read,
    reply_keyboard,
)
from qa_bot.faces.telegram.desk import Desk
from qa_bot.faces.telegram.journal import Stored
from qa_bot.faces.telegram.library import moved, still_there
from qa_bot.faces.telegram.markup import Block, line, messages
from qa_bot.faces.telegram.messages import (
    context_blocks,
    context_bounds,
    page_blocks,
    page_count,
    reply_blocks,
    sides_blocks,
)
from qa_bot.faces.telegram.publishing import Publishing
from qa_bot.faces.telegram.questions import Questions

STALE = "This button is out of date: ask again, please."
GONE = "The article is not in the archive any more."
CHANGED = "The article was corrected since, and does not have these words any more: ask again, please."
MOVED = "The article was corrected since; now the quotation stands here:"
THANKS = {1: "Thank you.", -1: "Thank you: this will be looked at."}
_FURTHEST = 10_000


class _Stale(Exception):
    """The button refers to nothing that there is."""


class Presses:
    """Handlers of callback queries. A press is answered before anything slow is done, exactly once."""

    def __init__(self, desk: Desk, questions: Questions, archive: Archive, publishing: Publishing) -> None:
        self._desk = desk
        self._questions = questions
        self._archive = archive
        self._publishing = publishing

    async def pressed(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """What the button promises; a toast where it is out of date."""
        query = update.callback_query
        if query is None:
            return
        press = read(query.data or "")
        try:
            if press:
                await self._obey(update, query, press)
                return
        except (_Stale, ValueError, IndexMissing):
            pass
        await _toast(query, STALE)

    async def _obey(self, update: Update, query: CallbackQuery, press: Press) -> None:
        match press.action:
            case Action.PAGE | Action.SHOW:
                await self._page(query, press)
            case Action.CONTEXT:
                await self._context(query, press)
            case Action.WHO:
                stored = self._stored(query, press)
                await self._show(query, sides_blocks(stored.record), back_keyboard(stored.id))
            case Action.VOTE:
                await self._vote(query, press)
            case Action.EXAMPLE:
                examples = self._archive.examples
                number = press.number(0)
                if not 0 <= number < len(examples):
                    raise _Stale
                await _toast(query)
                await self._questions.example(update, examples[number])
            case Action.LIST:
                number = press.number(0)
                await self._show(query, *await self._desk.in_background(lambda: self._archive.list_page(number)))
            case Action.ARTICLE:
                key, number = press.text(0), press.number(1)
                page = await self._desk.in_background(lambda: self._archive.article_page(key, number))
                if page is None:
                    raise _Stale
                await self._show(query, *page)
            case Action.PUBLISH | Action.DISCARD:
                await _toast(query)
                await self._publishing.decided(query, press.number(0), publish=press.action is Action.PUBLISH)

    async def _page(self, query: CallbackQuery, press: Press) -> None:
        stored = self._stored(query, press)
        page = press.number(1) if press.action is Action.PAGE else 0
        if not 0 <= page <= page_count(stored.record):
            raise _Stale
        if page == 0:
            await self._show(query, reply_blocks(stored.record), reply_keyboard(stored.id, stored.record))
        else:
            keyboard = page_keyboard(stored.id, stored.record, page)
            await self._show(query, page_blocks(stored.record, page), keyboard)

    async def _context(self, query: CallbackQuery, press: Press) -> None:
        stored = self._stored(query, press)
        number, shift = press.number(1), press.number(2)
        if not 1 <= number <= len(stored.record.entries) or abs(shift) > _FURTHEST:
            raise _Stale
        entry = stored.record.entries[number - 1]
        article = await self._desk.in_background(lambda: self._desk.library.article(entry.article))
        if article is None:
            await _toast(query, GONE)
            return
        now = entry if still_there(article, entry) else moved(article, entry)
        if now is None:
            await _toast(query, CHANGED)
            return
        start, end = context_bounds(article, now, shift=shift)
        keyboard = context_keyboard(stored.id, number, shift, earlier=start > 0, later=end < len(article.text))
        note = [line(MOVED)] if now != entry else []
        await self._show(query, [*note, *context_blocks(article, now, number, shift=shift)], keyboard)

    async def _vote(self, query: CallbackQuery, press: Press) -> None:
        stored = self._stored(query, press)
        vote = press.number(1)
        if vote not in THANKS:
            raise _Stale
        self._desk.people.vote(stored.id, user=query.from_user.id, vote=vote)
        await _toast(query, THANKS[vote])

    def _stored(self, query: CallbackQuery, press: Press) -> Stored:
        """The answer that the button belongs to, if it was given in this chat."""
        stored = self._desk.journal.answer(press.number(0))
        if stored is None or query.message is None or query.message.chat.id != stored.chat:
            raise _Stale
        return stored

    async def _show(self, query: CallbackQuery, blocks: Sequence[Block], keyboard: InlineKeyboardMarkup | None) -> None:
        """The blocks in the place of what the message says, as much as one message holds."""
        await _toast(query)
        if query.message is None:
            return
        # What is too long for one message is only ever a single quotation: its beginning stands there.
        html = messages(blocks or [line(STALE)])[0]
        await self._desk.sender.edit(query.message.chat.id, query.message.message_id, html, keyboard)


async def _toast(query: CallbackQuery, text: str | None = None) -> None:
    """The press answered, with a few words if there are any; one that is too old cannot be."""
    try:
        await query.answer(text)
    except TelegramError:
        return
