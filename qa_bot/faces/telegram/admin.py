"""Commands of those who run the bot."""

import time
from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Update
from telegram.ext import ContextTypes

from qa_bot.faces.naming import NoSuchArticle
from qa_bot.faces.telegram.archive import Archive
from qa_bot.faces.telegram.commands import Handler
from qa_bot.faces.telegram.desk import Desk
from qa_bot.faces.telegram.gate import Gate
from qa_bot.faces.telegram.publishing import Publishing
from qa_bot.faces.telegram.questions import place_of

_DAY = 24 * 3600


class Admin:
    """Handlers of admins' commands; for everybody else they do not exist."""

    def __init__(self, desk: Desk, gate: Gate, archive: Archive, publishing: Publishing, *, otherwise: Handler) -> None:
        self._desk = desk
        self._gate = gate
        self._archive = archive
        self._publishing = publishing
        self._otherwise = otherwise

    def handlers(self) -> dict[str, Handler]:
        """The commands by name."""
        commands = {
            "stats": self._stats,
            "reindex": self._reindex,
            "remove": self._remove,
            "allow": self._allow,
            "ban": self._ban,
        }
        return {name: self._guarded(command) for name, command in commands.items()}

    def _guarded(self, command: Callable[[list[str]], Coroutine[Any, Any, str]]) -> Handler:
        async def handler(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
            user, message = update.effective_user, update.effective_message
            if message is None or user is None or not self._gate.is_admin(user.id):
                await self._otherwise(update, context)
            else:
                await self._desk.say(place_of(message), await command(context.args or []))

        return handler

    async def _stats(self, _: list[str]) -> str:
        people, now = self._desk.people, time.time()
        day, week = people.count_since(now - _DAY), people.count_since(now - 7 * _DAY)
        good, bad = people.count_votes()
        summary = await self._desk.in_background(self._archive.summary)
        return (
            f"{summary}.\nQuestions answered: {day[0]:,} by {day[1]:,} people in a day, {week[0]:,} by {week[1]:,} in a"
            f" week.\nVotes: {good:,} up, {bad:,} down."
        )

    async def _reindex(self, _: list[str]) -> str:
        return await self._desk.in_background(self._publishing.bring_up_to_date)

    async def _remove(self, arguments: list[str]) -> str:
        if not arguments:
            return "Say which article: /remove NUMBER, as /sources counts them, or its name."
        try:
            article = await self._desk.in_background(lambda: self._archive.find_one(" ".join(arguments)))
        except NoSuchArticle as error:
            return str(error)
        return await self._desk.in_background(lambda: self._publishing.remove(article))

    async def _allow(self, arguments: list[str]) -> str:
        return self._decide(arguments, allowed=True)

    async def _ban(self, arguments: list[str]) -> str:
        return self._decide(arguments, allowed=False)

    def _decide(self, arguments: list[str], *, allowed: bool) -> str:
        try:
            person = int(arguments[0])
        except (IndexError, ValueError):
            return "Say whom, by their numeric id: /allow 123456789"
        if self._gate.is_admin(person):
            return f"{person} is an admin: take them out of QA_BOT_TELEGRAM_ADMINS."
        self._desk.people.set_access(person, allowed=allowed)
        return f"{person} may {'ask' if allowed else 'not ask any more'}."
