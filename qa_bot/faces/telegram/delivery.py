"""Messages on their way out: each is sent once, or it is known that this cannot be told."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import httpx
from aiolimiter import AsyncLimiter
from telegram import Bot, InlineKeyboardMarkup, Message, ReplyParameters
from telegram.constants import ChatAction
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Evenly spaced, under Telegram's thirty a second; a whole second's worth at once would be two in the first.
SENDS_PER_SECOND = 25
# Telegram asks for about one message a second in a chat; short bursts pass.
_SPACING = 1.05
_BURST = 3
_MOST_CHATS = 10_000
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
# Failures in which the request never left, or the server says itself that it did nothing.
_NOT_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_SERVER_FAILED = ("bad gateway", "internal server error", "service unavailable", "gateway timeout")


class Undeliverable(Exception):
    """The chat cannot be written to: the bot was blocked or removed, or the chat is gone."""


class Unsure(Exception):
    """It is not known whether Telegram took the message: the connection broke while it was being sent."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes: a chat, its topic (0 is none), and the message that it replies to."""

    chat: int
    thread: int = 0
    reply_to: int | None = None


class Sender:
    """Sends and edits messages; `migrated` is told where a group goes on as a supergroup."""

    def __init__(self, bot: Bot, *, migrated: Callable[[int, int], None]) -> None:
        self._bot = bot
        self._migrated = migrated
        self._next: OrderedDict[int, float] = OrderedDict()
        self._pace = AsyncLimiter(1, 1 / SENDS_PER_SECOND)

    async def send(
        self,
        place: Place,
        parts: Sequence[str],
        keyboard: InlineKeyboardMarkup | None = None,
        *,
        leaves: Callable[[], None] = lambda: None,
    ) -> list[Message]:
        """The parts as messages, the keyboard under the last one; raises Undeliverable or Unsure.

        `leaves` is called when a part's turn has come, right before it leaves.
        """
        sent: list[Message] = []
        for number, part in enumerate(parts):
            under = keyboard if number == len(parts) - 1 else None
            await self._await_turn(place.chat)
            leaves()
            try:
                sent.append(await self._send_one(place, part, under))
            except ChatMigrated as error:
                self._migrated(place.chat, error.new_chat_id)
                place = Place(error.new_chat_id, place.thread)
                sent.append(await self._send_one(place, part, under))
        return sent

    async def send_file(self, place: Place, name: str, text: str) -> None:
        """The text as a document; raises Undeliverable or Unsure."""
        await self._await_turn(place.chat)

        async def send_once() -> Message:
            return await self._bot.send_document(
                place.chat, text.encode(), filename=name, message_thread_id=place.thread or None
            )

        try:
            await _retried(send_once, also_unsure=False)
        except (Forbidden, BadRequest, ChatMigrated) as error:
            raise Undeliverable(str(error)) from error

    async def edit(self, chat: int, message: int, html: str, keyboard: InlineKeyboardMarkup | None) -> bool:
        """Whether the message now has that text; False where it cannot be edited any more."""

        async def edit_once() -> bool:
            async with self._pace:
                pass
            await self._bot.edit_message_text(html, chat_id=chat, message_id=message, reply_markup=keyboard)
            return True

        try:
            # An edit leaves the same message behind however often it is made.
            return await _retried(edit_once, also_unsure=True)
        except BadRequest as error:
            if "not modified" in str(error).lower():
                return True
            logger.warning("message %s of chat %s cannot be edited: %s", message, chat, error)
            return False
        except Forbidden:
            return False

    async def type(self, place: Place) -> None:
        """The chat shows for a few seconds that the bot is at work, unless messages wait to be sent."""
        if self._pace.has_capacity():
            async with self._pace:
                pass
            with suppress(TelegramError):  # a sign of life is never worth an answer
                await self._bot.send_chat_action(place.chat, ChatAction.TYPING, message_thread_id=place.thread or None)

    async def _send_one(self, place: Place, html: str, keyboard: InlineKeyboardMarkup | None) -> Message:
        async def send_once() -> Message:
            reply = ReplyParameters(place.reply_to, allow_sending_without_reply=True) if place.reply_to else None
            return await self._bot.send_message(
                place.chat,
                html,
                message_thread_id=place.thread or None,
                reply_parameters=reply,
                reply_markup=keyboard,
            )

        try:
            return await _retried(send_once, also_unsure=False)
        except Forbidden as error:
            raise Undeliverable(str(error)) from error
        except BadRequest as error:
            if place.thread and "thread not found" in str(error).lower():  # the topic was deleted
                return await self._send_one(Place(place.chat, 0, place.reply_to), html, keyboard)
            raise Undeliverable(str(error)) from error

    async def _await_turn(self, chat: int) -> None:
        """Waits until the chat, and Telegram as a whole, may have another message."""
        now = time.monotonic()
        # A chat that was quiet may have a few at once.
        at = max(self._next.pop(chat, 0.0), now - (_BURST - 1) * _SPACING) + _SPACING
        self._next[chat] = at
        while len(self._next) > _MOST_CHATS:
            self._next.popitem(last=False)
        await asyncio.sleep(max(0.0, at - _SPACING - now))
        async with self._pace:
            pass


async def _retried(request: Callable[[], Awaitable[T]], *, also_unsure: bool) -> T:
    """What the request gives, asked again while it is certain that it was not done, or while that does not matter."""
    for pause in _PAUSES:
        try:
            return await request()
        except RetryAfter as error:
            seconds = error.retry_after
            await asyncio.sleep((seconds if isinstance(seconds, int) else seconds.total_seconds()) + 0.1)
        except (BadRequest, Forbidden, ChatMigrated):
            raise
        except TelegramError as error:
            if not (also_unsure or _was_not_done(error)):
                raise Unsure(str(error)) from error
            logger.info("asked again in %s s: %s", pause, error)
            await asyncio.sleep(pause)
    try:
        return await request()
    except (BadRequest, Forbidden, ChatMigrated):
        raise
    except TelegramError as error:
        raise Unsure(str(error)) from error


def _was_not_done(error: TelegramError) -> bool:
    if isinstance(error.__cause__, _NOT_CONNECTED):
        return True
    return (
        isinstance(error, NetworkError)
        and not isinstance(error, TimedOut)
        and error.__cause__ is None
        and any(words in str(error).lower() for words in _SERVER_FAILED)
    )
