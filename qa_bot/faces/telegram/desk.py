"""The desk where questions are answered: asked of the archive, written down, delivered once."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from telegram import InlineKeyboardMarkup

from qa_bot.errors import InvalidQuestion
from qa_bot.faces.telegram.buttons import reply_keyboard, show_keyboard
from qa_bot.faces.telegram.delivery import Place, Sender, Undeliverable, Unsure
from qa_bot.faces.telegram.journal import Journal, Stored
from qa_bot.faces.telegram.library import Asked, Library
from qa_bot.faces.telegram.limits import Line, TokenBuckets, whole_seconds
from qa_bot.faces.telegram.markup import line, messages
from qa_bot.faces.telegram.messages import reply_blocks
from qa_bot.faces.telegram.metrics import Metrics
from qa_bot.faces.telegram.people import People
from qa_bot.faces.telegram.records import Record

logger = logging.getLogger(__name__)

T = TypeVar("T")

UNSURE = "The connection broke while I was sending the answer to this question. If you do not see it above:"
# A sign of life for what takes longer; it is shown for five seconds.
_TYPING_AFTER, _TYPING_EVERY = 0.5, 4.5
_FIRST_TRY = 2.0


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it came: the update and the message that it stands in, who asked, and where.

    `follows` is the answer that it follows on; `edits` the answer that it is to replace, as its question was edited.
    """

    update: int
    text: str
    user: int
    place: Place
    message: int
    follows: int | None
    edits: Stored | None = None


class Desk:
    """Everything that answering needs; the archive is asked in `threads`, all else that takes time is `background`."""

    def __init__(
        self,
        *,
        journal: Journal,
        people: People,
        library: Library,
        sender: Sender,
        threads: Executor,
        background: Executor,
        waiting: Line,
        buckets: TokenBuckets,
        metrics: Metrics,
    ) -> None:
        self.journal = journal
        self.people = people
        self.library = library
        self.sender = sender
        self.metrics = metrics
        self._threads = threads
        self._background = background
        self._waiting = waiting
        self._buckets = buckets

    async def answer(self, question: Question) -> None:
        """The question is answered, or the person told why not."""
        if known := self.journal.answer_for_update(question.update):
            # Its handling was cut off before.
            await self.settle(known)
            return
        if refusal := self._refusal(question.user):
            self.metrics.outcome("refused")
            await self.say(question.place, refusal)
            return
        came = time.monotonic()
        self._waiting.waiting += 1
        try:
            async with self._typing(question.place):
                asked = await self.ask(question.text, self.journal.conversation(question.follows))
        except InvalidQuestion as error:
            self.metrics.outcome("invalid")
            await self.say(question.place, str(error))
            return
        finally:
            self._waiting.waiting -= 1
        self.metrics.outcome("answered" if asked.record.answered else "not_supported")
        if question.edits:
            await self._replace(question.edits, asked)
        else:
            await self._deliver(question, asked)
        self.metrics.latency(time.monotonic() - came)

    async def ask(self, text: str, before: Sequence[Stored]) -> Asked:
        """What the archive says, asked in a thread; raises InvalidQuestion."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(self._timed, text, before))

    async def in_background(self, work: Callable[[], T]) -> T:
        """What `work` gives, off the event loop and out of the way of those who ask."""
        return await asyncio.get_running_loop().run_in_executor(self._background, work)

    async def say(self, place: Place, text: str) -> None:
        """A message in plain words; one that cannot be delivered is only logged."""
        await self.post(place, messages([line(text)]))

    async def post(self, place: Place, parts: Sequence[str], keyboard: InlineKeyboardMarkup | None = None) -> None:
        """Messages that nothing hangs on."""
        try:
            await self.sender.send(place, parts, keyboard)
        except (Undeliverable, Unsure) as error:
            logger.warning("chat %s was not told: %s", place.chat, error)

    async def settle(self, known: Stored) -> None:
        """An answer that the process before had: sent if it had not left; if it may have arrived, that is told."""
        place = Place(known.chat, known.thread, known.message)
        if known.state == "ready":
            await self._send(known.id, place, known.record)
        elif known.state == "sending":
            await self._tell_unsure(place, known.id)

    def _timed(self, text: str, before: Sequence[Stored]) -> Asked:
        started = time.monotonic()
        try:
            return self.library.ask(text, before)
        finally:
            self._waiting.answered_in(time.monotonic() - started)

    def _refusal(self, user: int) -> str | None:
        if wait := self._buckets.wait(user):
            return f"You ask faster than I can read: try again in {whole_seconds(wait)} s."
        if self._waiting.is_full():
            return f"Many people are asking just now: try again in {whole_seconds(self._waiting.expected())} s."
        return None

    async def _deliver(self, question: Question, asked: Asked) -> None:
        place = question.place
        number = self.journal.add_answer(
            update=question.update,
            chat=place.chat,
            thread=place.thread,
            user=question.user,
            message=question.message,
            parent=question.follows,
            generation=asked.generation,
            record=asked.record,
        )
        await self._send(number, place, asked.record)

    async def _send(self, number: int, place: Place, record: Record) -> None:
        """The answer of that number sent, and written down how that went."""
        parts, keyboard = messages(reply_blocks(record)), reply_keyboard(number, record)
        try:
            sent = await self.sender.send(place, parts, keyboard, leaves=lambda: self.journal.sending(number))
        except Undeliverable as error:
            logger.info("answer %s cannot be delivered: %s", number, error)
        except Unsure:
            await self._tell_unsure(place, number)
        else:
            chat = sent[-1].chat_id
            self.journal.sent(number, chat=chat, messages=[message.message_id for message in sent])

    async def _replace(self, stored: Stored, asked: Asked) -> None:
        """The answer to a question that was edited takes the place of the one before."""
        self.journal.replace_answer(stored.id, record=asked.record, generation=asked.generation)
        shown, parts = self.journal.messages_of(stored.id), messages(reply_blocks(asked.record))
        keyboard = reply_keyboard(stored.id, asked.record)
        if not (shown and len(parts) == 1 and await self.sender.edit(stored.chat, shown[-1], parts[0], keyboard)):
            await self._send(stored.id, Place(stored.chat, stored.thread, stored.message), asked.record)

    async def _tell_unsure(self, place: Place, number: int) -> None:
        pause = _FIRST_TRY
        for _ in range(5):
            with suppress(Unsure):
                try:
                    sent = await self.sender.send(place, messages([line(UNSURE)]), show_keyboard(number))
                except Undeliverable:
                    return
                self.journal.unsure(number, chat=sent[-1].chat_id, note=sent[-1].message_id)
                return
            await asyncio.sleep(pause)
            pause *= 2
        logger.error("answer %s: it cannot be told whether it arrived", number)

    @asynccontextmanager
    async def _typing(self, place: Place) -> AsyncIterator[None]:
        """The chat shows that the bot is at work, if that takes a while."""
        task = asyncio.create_task(self._type(place))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _type(self, place: Place) -> None:
        await asyncio.sleep(_TYPING_AFTER)
        while True:
            await self.sender.type(place)
            await asyncio.sleep(_TYPING_EVERY)
