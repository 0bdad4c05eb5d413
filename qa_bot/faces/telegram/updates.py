"""Updates on their way in: written down before Telegram is told that they arrived, handled in order in each chat."""

import asyncio
import json
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from qa_bot.faces.telegram.journal import Journal

logger = logging.getLogger(__name__)

# More than can ever wait: what bounds the line is how long it takes (`limits.Line`).
_MOST_AT_ONCE = 4096


class JournalledQueue(asyncio.Queue[object]):
    """The queue between Telegram and the handlers.

    Telegram takes an update as delivered when the next ones are asked for, which happens after `put`: by then it is in
    the journal. One that was there before is not queued again.
    """

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal

    async def put(self, item: object) -> None:
        """The update is in the journal and in the queue."""
        if not isinstance(item, Update) or self._is_new(item):
            await super().put(item)

    async def replay(self, update: Update) -> None:
        """An update of the journal is in the queue again."""
        await super().put(update)

    def _is_new(self, update: Update) -> bool:
        user = update.effective_user
        try:
            payload = json.dumps(update.to_dict())  # in ASCII: halves of characters, which people can send, survive
            return self._journal.arrived(update.update_id, user=user.id if user else None, payload=payload)
        except sqlite3.Error:  # a full disk must not silence the bot
            logger.exception("update %s is not in the journal", update.update_id)
            return True


class OrderedProcessor(BaseUpdateProcessor):
    """Handles the messages of a chat one after the other, those of different chats at once, and presses at any time.

    An update that was handled is closed in the journal; one whose handling was cut off stays open.
    """

    def __init__(self, journal: Journal) -> None:
        super().__init__(_MOST_AT_ONCE)
        self._journal = journal
        self._chats: dict[int, _Turnstile] = {}

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """The update handled when it is its turn."""
        if not isinstance(update, Update):
            await coroutine
            return
        message = update.message or update.edited_message
        if message is None:
            await coroutine
        else:
            async with self._chats.setdefault(message.chat_id, _Turnstile(message.chat_id, self._chats.pop)):
                await coroutine
        try:
            self._journal.done(update.update_id)
        except sqlite3.Error:
            logger.exception("update %s is not closed in the journal", update.update_id)

    async def initialize(self) -> None:
        """Nothing."""

    async def shutdown(self) -> None:
        """Nothing."""


class _Turnstile:
    """A lock that hands itself over in order of arrival, and calls `leave` when nobody waits any more."""

    def __init__(self, chat: int, leave: Callable[[int], object]) -> None:
        self._chat = chat
        self._leave = leave
        self._lock = asyncio.Lock()
        self._inside = 0

    async def __aenter__(self) -> None:
        self._inside += 1
        await self._lock.acquire()

    async def __aexit__(self, *_: object) -> None:
        self._lock.release()
        self._inside -= 1
        if not self._inside:
            self._leave(self._chat)
