"""Articles that admins send: read, confirmed, put into the corpus, and the index brought up to date."""

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from telegram import CallbackQuery, Message, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from qa_bot.corpus.fetching import Page
from qa_bot.corpus.formats import file_type
from qa_bot.corpus.intake import unused
from qa_bot.corpus.reader import parse_content
from qa_bot.corpus.removal import Doomed, Remover
from qa_bot.corpus.unreadable import Unreadable
from qa_bot.corpus.web_intake import with_address
from qa_bot.errors import CorpusError, QABotError
from qa_bot.faces.safe_text import counted, one_line
from qa_bot.faces.telegram.buttons import upload_keyboard
from qa_bot.faces.telegram.commands import Handler
from qa_bot.faces.telegram.desk import Desk
from qa_bot.faces.telegram.gate import Gate
from qa_bot.faces.telegram.markup import html_of, line, messages
from qa_bot.faces.telegram.questions import place_of
from qa_bot.types import Article

if TYPE_CHECKING:
    from qa_bot.indexing import BuildReport

logger = logging.getLogger(__name__)

# What Telegram lets a bot download.
MOST_BYTES = 20 * 1024 * 1024
_NAME_CHARACTERS = 60
TOO_BIG = "The document is too big: Telegram lets me read at most 20 MB."
NOT_FOR_YOU = "I read text only: type a question, and I answer in the words of the articles. /help says more."


class Publishing:
    """Handlers of documents and of the buttons under them.

    `update` brings the index up to date, `fetch` gets a page.
    """

    def __init__(
        self,
        desk: Desk,
        gate: Gate,
        *,
        corpus_dir: Path,
        index_dir: Path,
        removed_dir: Path,
        update: "Callable[[], BuildReport]",
        fetch: Callable[[str], Page],
    ) -> None:
        self._desk = desk
        self._gate = gate
        self._corpus_dir = corpus_dir
        self._index_dir = index_dir
        self._removed_dir = removed_dir
        self._update = update
        self._fetch = fetch

    async def document(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """A document: of an admin it is read and waits for a decision, anybody else is told what works."""
        message, user = update.message, update.effective_user
        if message is None or message.document is None or message.chat.type != "private":
            return
        if user is None or not self._gate.is_admin(user.id):
            await self._desk.say(place_of(message), NOT_FOR_YOU)
        elif (message.document.file_size or 0) > MOST_BYTES:
            await self._desk.say(place_of(message), TOO_BIG)
        else:
            await self._receive(message, user.id)

    def link(self, *, otherwise: Handler) -> Handler:
        """The handler of messages with an address in them: of an admin, a message that is nothing else is fetched."""

        async def handler(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
            message, user = update.message, update.effective_user
            url = (message.text or "").strip() if message else ""
            if message and user and self._gate.is_admin(user.id) and _is_address(url):
                await self._follow(message, user.id, url)
            else:
                await otherwise(update, context)

        return handler

    async def decided(self, query: CallbackQuery, number: int, *, publish: bool) -> None:
        """The document of that number is published or thrown away, once."""
        if not self._gate.is_admin(query.from_user.id):
            return
        upload = self._desk.people.take_upload(number)
        if upload is None:
            await self._edit(query, "This document was dealt with before.")
        elif not publish:
            await self._edit(query, f"Discarded: {one_line(upload[0])}")
        else:
            name, content = upload
            await self._edit(query, f"Publishing {one_line(name)} ...")
            await self._edit(query, await self._desk.in_background(lambda: self._publish(name, content)))

    def remove(self, article: Article) -> str:
        """What became of taking the article out of the corpus; it is kept aside."""
        doomed = Doomed.of(article, self._desk.library.pipeline().manifest.corpus)
        try:
            kept = Remover(self._corpus_dir, self._removed_dir).remove(doomed)
        except CorpusError as error:
            return one_line(str(error))
        done = self.bring_up_to_date(may_be_empty=True)
        return f"Removed {one_line(article.id)}, kept as {one_line(kept.name)}. {done}"

    def bring_up_to_date(self, *, may_be_empty: bool = False) -> str:
        """What bringing the index up to date did, or why it could not be.

        A folder without articles is a mistake, unless the last one was taken out on purpose and it `may_be_empty`.
        """
        # What builds is far slower to import than what asks.
        from qa_bot.faces.building import NOTHING_LEFT, retired_if_empty, summary  # noqa: PLC0415

        try:
            if may_be_empty and retired_if_empty(self._corpus_dir, self._index_dir):
                return NOTHING_LEFT
            return f"The index is up to date: {summary(self._update())}."
        except QABotError as error:
            return str(error)
        except OSError as error:
            logger.exception("the index could not be brought up to date")
            return f"The index could not be brought up to date ({error.strerror or error}): the one before answers."

    async def _receive(self, message: Message, user: int) -> None:
        document = message.document
        if document is None:
            return
        try:
            file = await document.get_file()
            content = bytes(await file.download_as_bytearray())
        except TelegramError as error:
            logger.warning("document of message %s: %s", message.message_id, error)
            await self._desk.say(place_of(message), "The document could not be downloaded: send it again, please.")
            return
        await self._propose(message, user, one_line(document.file_name or "") or "document", content)

    async def _follow(self, message: Message, user: int, url: str) -> None:
        try:
            page = await self._desk.in_background(lambda: self._fetch(url))
        except Unreadable as error:
            await self._desk.say(place_of(message), f"{one_line(url)} cannot be read. {error}")
            return
        name = _page_name(page)
        content, _ = with_address(page, file_type(page.content, name) or "")
        await self._propose(message, user, name, content)

    async def _propose(self, message: Message, user: int, name: str, content: bytes) -> None:
        """The article is shown as it was read, with buttons to publish or discard it."""
        try:
            article = await self._desk.in_background(lambda: _read(content, name))
        except Unreadable as error:
            await self._desk.say(place_of(message), f"{name} cannot be read. {error}")
            return
        if self._desk.library.holds(article.sha256):
            await self._desk.say(place_of(message), f"{one_line(article.title)!r} is in the archive already.")
            return
        number = self._desk.people.add_upload(user=user, name=name, content=content)
        facts = [
            one_line(article.title),
            f"date: {article.published or 'not stated'}",
            f"source: {one_line(article.source) if article.source else 'not stated'}",
            counted(len(article.text), "character"),
        ]
        await self._desk.post(place_of(message), messages([line("\n".join(facts))]), upload_keyboard(number))

    def _publish(self, name: str, content: bytes) -> str:
        try:
            self._corpus_dir.mkdir(parents=True, exist_ok=True)
            path = unused(self._corpus_dir / _safe_name(name, content))
            draft = path.with_name(f".{path.name}.new")
            draft.write_bytes(content)
            draft.replace(path)
        except OSError as error:
            return f"The article could not be written ({error.strerror or error}): send it again later."
        return f"Published as {one_line(path.name)}. {self.bring_up_to_date()}"

    async def _edit(self, query: CallbackQuery, text: str) -> None:
        if query.message:
            await self._desk.sender.edit(query.message.chat.id, query.message.message_id, html_of([line(text)]), None)


def _is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://")) and not any(map(str.isspace, text))


def _page_name(page: Page) -> str:
    """A name for the page's file: its host and the last part of its path."""
    parts = urlsplit(page.url)
    return f"{parts.hostname}-{parts.path.rstrip('/').rpartition('/')[2]}".rstrip("-") + ".html"


def _read(content: bytes, name: str) -> Article:
    """The article in a document; raises Unreadable."""
    return parse_content(content, _safe_name(name, content))


def _safe_name(name: str, content: bytes) -> str:
    """A name for the document's file, of plain letters and with the ending of what it holds."""
    stem = name.rpartition(".")[0] or name
    plain = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in stem)
    plain = plain.strip("-")[:_NAME_CHARACTERS] or hashlib.sha256(content).hexdigest()[:12]
    return plain + (file_type(content, name) or ".bin")
