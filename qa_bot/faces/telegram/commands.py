"""Commands: what they do, and the lists of them that Telegram shows."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from telegram import (
    Bot,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    InlineKeyboardMarkup,
    Message,
    Update,
)
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from qa_bot.errors import InvalidQuestion
from qa_bot.faces.keeping import NAMES, written
from qa_bot.faces.safe_text import counted
from qa_bot.faces.telegram.archive import Archive
from qa_bot.faces.telegram.buttons import article_key, example_keyboard
from qa_bot.faces.telegram.delivery import Undeliverable, Unsure
from qa_bot.faces.telegram.desk import Desk
from qa_bot.faces.telegram.markup import Block, line, messages
from qa_bot.faces.telegram.messages import verification_blocks
from qa_bot.faces.telegram.questions import place_of

# Questions of one conversation in a document: more than anybody asks in one.
_MOST_EXPORTED = 500

PRIVATE = {
    "ask": "ask the articles: /ask QUESTION",
    "sources": "the articles that I answer from",
    "article": "read an article: /article NUMBER or words of its title",
    "export": "this conversation as a document: /export md, json, bibtex or csl",
    "verify": "check a quotation: /verify QUOTATION --in NAME",
    "new": "begin a new conversation",
    "help": "how I work",
    "privacy": "what I keep, and for how long",
    "forget": "delete what I keep of you",
}
GROUP = {name: PRIVATE[name] for name in ("ask", "sources", "new", "help")}
ADMIN = {
    "stats": "how much I am asked",
    "reindex": "bring the index up to date with the folder of articles",
    "remove": "take an article out: /remove NUMBER",
    "allow": "let a person or a group ask: /allow ID",
    "ban": "stop a person or a group: /ban ID",
}
DESCRIPTION = (
    "Ask me about the articles of this archive. I answer in their exact words and say where they stand, or I say that"
    " the articles do not say. I write nothing of my own."
)
SHORT_DESCRIPTION = "Answers from an archive of articles, word for word and with citations."
Handler = Callable[[Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]

ARTICLE_LINK = "a_"
HELP = """Type a question, and I answer with the exact words of the articles: the words that answer are in bold, and \
under the quotation it says which article and which paragraph it is from, and how well it is supported. Where the \
articles do not answer, I say so and show the closest passages, which are not an answer.

A question may follow on what was said: "why?", "and in 2021?". source:cnn, author:, title:, after:2022-11-01, \
before:, on:2022-11, "exact phrase" and -without narrow it.

Buttons: More shows further passages, Context what stands around the quotation.
Reply to one of my answers to go on from there; /new begins anew.
In groups write /ask and your question, or reply to me. Inline: write my name and a question in any chat."""
PRIVACY = """I keep the questions that you ask me, my answers to them and your votes on them, with your numeric id, in \
one file on the machine that I run on. Whoever runs me can read them to make the answers better. They are sent to \
nobody else. /forget deletes all of them."""
NO_ARTICLE = "There is no such article: /sources lists them, and /article takes a number or words of a title."


class Commands:
    """Handlers of the commands that everybody has."""

    def __init__(self, desk: Desk, archive: Archive) -> None:
        self._desk = desk
        self._archive = archive

    def handlers(self) -> dict[str, Handler]:
        """The commands but /ask, by name."""
        return {
            "start": self._start,
            "help": self._help,
            "sources": self._sources,
            "article": self._article,
            "export": self._export,
            "verify": self._verify,
            "new": self._new,
            "privacy": self._privacy,
            "forget": self._forget,
        }

    async def unknown(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """One line on a command that does not exist, in private chats only: in groups it may be another bot's."""
        message = update.effective_message
        if message and message.chat.type == "private":
            await self._desk.say(place_of(message), "I do not know that command: /help says what I can do.")

    async def _start(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is None:
            return
        payload = context.args[0] if context.args else ""
        if payload.startswith(ARTICLE_LINK):
            page = await self._desk.in_background(
                lambda: self._archive.article_page(payload.removeprefix(ARTICLE_LINK), 0)
            )
            if page:
                await self._post(message, *page)
                return
        summary = await self._desk.in_background(self._archive.summary)
        text = (
            f"I answer from {summary}, in the exact words of the articles and with citations."
            " Where they do not say, I say so. Type a question"
            + (", or try one of these:" if self._archive.examples else ".")
        )
        await self._post(message, [line(text)], example_keyboard(self._archive.examples))

    async def _help(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._tell(update, HELP)

    async def _privacy(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._tell(update, PRIVACY)

    async def _sources(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            await self._post(message, *await self._desk.in_background(lambda: self._archive.list_page(0)))

    async def _article(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is None:
            return
        wanted = " ".join(context.args or [])
        article = await self._desk.in_background(lambda: self._archive.find(wanted)) if wanted else None
        page = self._archive.page_of(article, 0) if article else None
        if article is None or page is None:
            await self._tell(update, NO_ARTICLE)
            return
        blocks, keyboard = page
        link = f"https://t.me/{context.bot.username}?start={ARTICLE_LINK}{article_key(article.id)}"
        await self._post(message, [*blocks, line(f"Link to this article: {link}")], keyboard)

    async def _export(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is None:
            return
        place = place_of(message)
        kind = NAMES.get((context.args or ["md"])[0].lower())
        journal = self._desk.journal
        turns = journal.conversation(journal.head(place.chat, place.thread), most=_MOST_EXPORTED)
        if kind is None:
            await self._tell(update, f"Write what you want: /export {', '.join(NAMES)}.")
        elif not turns:
            await self._tell(update, "There is nothing to export yet: ask a question first.")
        else:
            text = written([stored.record.reply_object() for stored in turns], kind)
            try:
                await self._desk.sender.send_file(place, f"conversation.{kind}", text)
            except (Undeliverable, Unsure):
                await self._tell(update, "The document could not be sent: try again, please.")

    async def _verify(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is None:
            return
        text = (message.text or "").partition(" ")[2].strip() or _replied_text(message)
        try:
            result = await self._desk.in_background(lambda: self._archive.verify(text))
        except InvalidQuestion as error:
            await self._tell(update, f"{error} Write /verify and the quotation.")
        else:
            await self._post(message, verification_blocks(result))

    async def _new(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            place = place_of(message)
            self._desk.journal.begin_anew(place.chat, place.thread)
            await self._tell(update, "A new conversation: ask away.")

    async def _forget(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if user := update.effective_user:
            count = self._desk.people.forget(user.id)
            await self._tell(
                update, f"Done: {counted(count, 'question')} of yours and all that belongs to them is gone."
            )

    async def _tell(self, update: Update, text: str) -> None:
        if message := update.effective_message:
            await self._desk.say(place_of(message), text)

    async def _post(
        self, message: Message, blocks: Sequence[Block], keyboard: InlineKeyboardMarkup | None = None
    ) -> None:
        await self._desk.post(place_of(message), messages(blocks), keyboard)


def _replied_text(message: Message) -> str:
    """What the message replies to."""
    replied = message.reply_to_message
    return (replied.text or replied.caption or "") if replied else ""


async def register(bot: Bot, *, admins: Sequence[int]) -> None:
    """The lists of commands and the descriptions that Telegram shows; what it refuses is left as it is."""
    await bot.set_my_commands(list(PRIVATE.items()), scope=BotCommandScopeAllPrivateChats())
    await bot.set_my_commands(list(GROUP.items()), scope=BotCommandScopeAllGroupChats())
    await bot.set_my_description(DESCRIPTION)
    await bot.set_my_short_description(SHORT_DESCRIPTION)
    for admin in admins:
        try:
            await bot.set_my_commands(list((PRIVATE | ADMIN).items()), scope=BotCommandScopeChat(admin))
        except TelegramError:  # an admin who has not written to the bot yet
            continue
