"""Messages that ask: in private chats, in groups, and edited afterwards."""

import time

from telegram import Message, Update
from telegram.ext import ContextTypes

from qa_bot.faces.telegram.addressed import question_in, topic_of, without_mention
from qa_bot.faces.telegram.delivery import Place
from qa_bot.faces.telegram.desk import Desk, Question

WHAT_WORKS = "I read text only: type a question, and I answer in the words of the articles. /help says more."
# Who has waited longer, because the bot was not running, has gone elsewhere: they are told so rather than answered.
FRESH_SECONDS = 15 * 60
SORRY = "I was not running when you asked this, and it was a while ago: ask again if you still want to know."
ASK_HOW = "Write the question after the command: /ask When did it happen?"


def place_of(message: Message) -> Place:
    """Where a reply to the message goes."""
    return Place(message.chat_id, topic_of(message), message.message_id)


class Questions:
    """Handlers of messages that ask something."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def asked(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A message in words, new or edited, if it is for the bot."""
        message = update.effective_message
        if message is None:
            return
        text = question_in(message, bot_id=context.bot.id, username=context.bot.username)
        if text is not None:
            await self._take(update, message, text)

    async def command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """`/ask QUESTION`, or `/ask` in reply to the message that asks."""
        message = update.effective_message
        if message is None:
            return
        _, _, text = (message.text or "").partition(" ")
        replied = message.reply_to_message
        own = bool(replied and replied.from_user and replied.from_user.id == context.bot.id)
        if not text.strip() and replied and not own:
            _, text = without_mention(replied, bot_id=context.bot.id, username=context.bot.username)
            text = text or replied.caption or ""
        if text.strip():
            await self._take(update, message, text)
        else:
            await self._desk.say(place_of(message), ASK_HOW)

    async def example(self, update: Update, text: str) -> None:
        """The example question of a button, as if it had been typed."""
        message, user = update.effective_message, update.effective_user
        if message and user:
            place = Place(message.chat_id, topic_of(message) if isinstance(message, Message) else 0)
            await self._desk.answer(
                Question(update.update_id, text, user.id, place, message.message_id, self._head(place))
            )

    async def other(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """What is no text gets one useful line, in groups only where it replies to the bot."""
        message = update.effective_message
        if message is None or update.edited_message or message.via_bot:
            return
        replied = message.reply_to_message
        to_bot = bool(replied and replied.from_user and replied.from_user.id == context.bot.id)
        if message.chat.type == "private" or to_bot:
            await self._desk.say(place_of(message), WHAT_WORKS)

    async def _take(self, update: Update, message: Message, text: str) -> None:
        user = message.from_user
        place = place_of(message)
        edits = self._desk.journal.answer_to(message.chat_id, message.message_id) if update.edited_message else None
        if update.edited_message and edits is None and message.chat.type != "private":
            return  # a message of a group that was not for the bot when it was written
        follows = edits.parent if edits else self._followed(message, place)
        asker = user.id if user else message.chat_id
        if time.time() - (message.edit_date or message.date).timestamp() > FRESH_SECONDS:
            await self._desk.say(place, SORRY)
            return
        await self._desk.answer(Question(update.update_id, text, asker, place, message.message_id, follows, edits))

    def _followed(self, message: Message, place: Place) -> int | None:
        """The answer that the message replies to, else the last one of the chat's topic."""
        replied = message.reply_to_message
        known = self._desk.journal.answer_in(message.chat_id, replied.message_id) if replied else None
        return known.id if known else self._head(place)

    def _head(self, place: Place) -> int | None:
        return self._desk.journal.head(place.chat, place.thread)
