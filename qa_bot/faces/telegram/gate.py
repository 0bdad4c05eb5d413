"""Who may ask: one gate in front of everything."""

from collections.abc import Collection

from telegram import Update
from telegram.ext import ApplicationHandlerStop, ContextTypes

from qa_bot.faces.telegram.delivery import Place
from qa_bot.faces.telegram.desk import Desk

ALERT_CHARACTERS = 200


class Gate:
    """Lets through those who are `allowed` (people or groups, everybody where there are none) and not banned."""

    def __init__(self, desk: Desk, *, allowed: Collection[int], admins: Collection[int]) -> None:
        self._desk = desk
        self._allowed = frozenset(allowed)
        self._admins = frozenset(admins)

    @property
    def is_open(self) -> bool:
        """Whether everybody may ask who was not banned."""
        return not self._allowed

    def is_admin(self, user: int | None) -> bool:
        """Whether the person may change the archive."""
        return user in self._admins

    def admits(self, user: int | None, chat: int | None) -> bool:
        """Whether that person may ask in that chat."""
        if self.is_admin(user):
            return True
        known = [self._desk.people.access(person) for person in (user, chat) if person is not None]
        if False in known:
            return False
        return self.is_open or True in known or bool({user, chat} & self._allowed)

    async def check(self, update: object, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Stops an update of somebody who may not ask; they are told so once."""
        if not isinstance(update, Update):
            return
        user, chat = update.effective_user, update.effective_chat
        if self.admits(user.id if user else None, chat.id if chat else None):
            return
        person = user or chat
        words = (
            "You may not ask here."
            if person is None
            else f"You may not ask here. Your id is {person.id}: give it to whoever runs this bot."
        )
        if update.callback_query:
            await update.callback_query.answer(words[:ALERT_CHARACTERS], show_alert=True)
        elif update.inline_query:
            await update.inline_query.answer([], cache_time=0, is_personal=True)
        elif chat and chat.type == "private" and self._desk.people.first_refusal(chat.id):
            await self._desk.say(Place(chat.id), words)
        raise ApplicationHandlerStop
