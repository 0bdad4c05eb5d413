"""The bot put together: handlers in their order, behind one gate."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from telegram import ChatMemberUpdated, LinkPreviewOptions, MessageEntity, Update
from telegram.constants import ParseMode
from telegram.ext import (
    AIORateLimiter,
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    Defaults,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)
from telegram.request import HTTPXRequest

from qa_bot.corpus.fetching import fetch
from qa_bot.corpus.removal import ASIDE
from qa_bot.errors import IndexMissing
from qa_bot.faces.telegram.admin import Admin
from qa_bot.faces.telegram.archive import Archive
from qa_bot.faces.telegram.commands import Commands
from qa_bot.faces.telegram.database import Database
from qa_bot.faces.telegram.delivery import Place, Sender
from qa_bot.faces.telegram.desk import Desk
from qa_bot.faces.telegram.gate import Gate
from qa_bot.faces.telegram.inline import EMPTY, Inline
from qa_bot.faces.telegram.journal import Journal
from qa_bot.faces.telegram.library import Library
from qa_bot.faces.telegram.limits import Line, TokenBuckets
from qa_bot.faces.telegram.metrics import Metrics
from qa_bot.faces.telegram.people import People
from qa_bot.faces.telegram.presses import Presses
from qa_bot.faces.telegram.publishing import Publishing
from qa_bot.faces.telegram.questions import Questions
from qa_bot.faces.telegram.updates import JournalledQueue, OrderedProcessor

if TYPE_CHECKING:
    from qa_bot.indexing import BuildReport

logger = logging.getLogger(__name__)

App = Application[Any, Any, Any, Any, Any, Any]

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
GREETING = "Hello. Write /ask and a question about the articles, or reply to one of my answers."
# The rate limiter has the limits of groups, and waits where Telegram says so. The overall limit is the sender's: what
# waited for it here would already count as having left.
_RETRIES = 3
_TIMEOUT = 20.0
_POOL = 128


@dataclass(frozen=True, slots=True)
class Options:
    """What the settings say of the bot.

    Updates are pushed to `webhook_url`, or asked for where there is none; `listen` is the host and the port of the web
    server. `watch` is how changes in the folder of articles are seen.
    """

    token: str = field(repr=False)
    base_url: str
    base_file_url: str
    allowed: tuple[int, ...]
    admins: tuple[int, ...]
    corpus_dir: Path
    index_dir: Path
    state_dir: Path
    threads: int
    fetch_private: bool = False
    watch: Literal["auto", "polling", "off"] = "off"
    webhook_url: str | None = None
    listen: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """The bot, and those of its parts that whoever runs it needs."""

    app: App
    queue: JournalledQueue
    desk: Desk
    archive: Archive
    gate: Gate
    metrics: Metrics


def assemble(
    options: Options,
    database: Database,
    library: Library,
    *,
    threads: Executor,
    background: Executor,
    polls: HTTPXRequest,
    update: "Callable[[], BuildReport]",
) -> Parts:
    """The bot with all its handlers; `polls` is what it asks for updates with. Nothing is sent yet."""
    journal = Journal(database)
    queue, metrics = JournalledQueue(journal), Metrics()
    app = _application(options, journal, queue, polls)
    waiting = Line(servers=options.threads)
    metrics.watch("qa_bot_waiting", "Questions that wait or are being answered.", lambda: waiting.waiting)
    desk = Desk(
        journal=journal,
        people=People(database),
        library=library,
        sender=Sender(app.bot, migrated=journal.migrate),
        threads=threads,
        background=background,
        waiting=waiting,
        buckets=TokenBuckets(),
        metrics=metrics,
    )
    archive = Archive(library)
    gate = Gate(desk, allowed=options.allowed, admins=options.admins)
    publishing = Publishing(
        desk,
        gate,
        corpus_dir=options.corpus_dir,
        index_dir=options.index_dir,
        removed_dir=options.state_dir / ASIDE,
        update=update,
        fetch=partial(fetch, private=options.fetch_private),
    )
    _add_handlers(app, desk, archive, gate, publishing)
    return Parts(app, queue, desk, archive, gate, metrics)


def _application(options: Options, journal: Journal, queue: JournalledQueue, polls: HTTPXRequest) -> App:
    return (
        Application.builder()
        .token(options.token)
        .base_url(options.base_url)
        .base_file_url(options.base_file_url)
        .defaults(Defaults(parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)))
        .rate_limiter(AIORateLimiter(overall_max_rate=0, max_retries=_RETRIES))
        .request(
            HTTPXRequest(
                connection_pool_size=_POOL,
                read_timeout=_TIMEOUT,
                write_timeout=_TIMEOUT,
                connect_timeout=_TIMEOUT,
                pool_timeout=_TIMEOUT,
            )
        )
        .get_updates_request(polls)
        .update_queue(queue)
        .concurrent_updates(OrderedProcessor(journal))
        .build()
    )


def _add_handlers(app: App, desk: Desk, archive: Archive, gate: Gate, publishing: Publishing) -> None:
    questions, commands = Questions(desk), Commands(desk, archive)
    admin = Admin(desk, gate, archive, publishing, otherwise=commands.unknown)
    presses = Presses(desk, questions, archive, publishing)
    written = filters.UpdateType.MESSAGE
    app.add_handler(TypeHandler(Update, gate.check), group=-1)
    app.add_handler(CommandHandler("ask", questions.command))
    for name, handler in (commands.handlers() | admin.handlers()).items():
        app.add_handler(CommandHandler(name, handler, filters=written))
    app.add_handler(MessageHandler(filters.COMMAND & written, commands.unknown))
    text = filters.TEXT & ~filters.COMMAND
    links = text & filters.Entity(MessageEntity.URL) & filters.ChatType.PRIVATE & written
    app.add_handler(MessageHandler(links, publishing.link(otherwise=questions.asked)))
    app.add_handler(MessageHandler(text & filters.UpdateType.MESSAGES, questions.asked))
    app.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE & written, _migrated(desk)))
    app.add_handler(MessageHandler(filters.Document.ALL & filters.ChatType.PRIVATE & written, publishing.document))
    app.add_handler(MessageHandler(~filters.StatusUpdate.ALL & written, questions.other))
    app.add_handler(CallbackQueryHandler(presses.pressed))
    app.add_handler(InlineQueryHandler(Inline(desk, personal=not gate.is_open).asked))
    app.add_handler(ChatMemberHandler(_greeter(desk), ChatMemberHandler.MY_CHAT_MEMBER))
    app.add_error_handler(_error_handler(desk))


def _migrated(desk: Desk) -> Callable[[Update, ContextTypes.DEFAULT_TYPE], Any]:
    async def migrated(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message and message.migrate_to_chat_id:
            desk.journal.migrate(message.chat_id, message.migrate_to_chat_id)

    return migrated


def _greeter(desk: Desk) -> Callable[[Update, ContextTypes.DEFAULT_TYPE], Any]:
    async def added(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        change = update.my_chat_member
        if change and change.chat.type in ("group", "supergroup") and _joined(change):
            await desk.say(Place(change.chat.id), GREETING)

    return added


def _joined(change: ChatMemberUpdated) -> bool:
    inside = ("member", "administrator")
    return change.old_chat_member.status not in inside and change.new_chat_member.status in inside


def _error_handler(desk: Desk) -> Callable[[object, ContextTypes.DEFAULT_TYPE], Any]:
    async def failed(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        if isinstance(context.error, asyncio.CancelledError):
            return
        if isinstance(context.error, IndexMissing):
            told = f"{EMPTY}."
        else:
            reference = secrets.token_hex(4)
            desk.metrics.error()
            logger.error("handling failed, reference %s", reference, exc_info=context.error)
            told = f"Something broke (reference {reference}): ask again, please."
        message = update.message if isinstance(update, Update) else None
        if message:
            await desk.say(Place(message.chat_id, 0, message.message_id), told)

    return failed
