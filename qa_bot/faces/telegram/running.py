"""The bot run until it is told to stop: one instance for each token, by polling or by webhook."""

import asyncio
import logging
import os
import secrets
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from filelock import FileLock, Timeout
from telegram import Update
from telegram.error import Conflict, InvalidToken, NetworkError, TelegramError
from telegram.request import HTTPXRequest

from qa_bot import __version__
from qa_bot.errors import QABotError
from qa_bot.faces.safe_text import one_line
from qa_bot.faces.telegram.application import ALLOWED_UPDATES, Options, Parts, assemble
from qa_bot.faces.telegram.commands import register
from qa_bot.faces.telegram.database import Database
from qa_bot.faces.telegram.following import Following
from qa_bot.faces.telegram.library import Library
from qa_bot.faces.telegram.recovery import recover
from qa_bot.faces.telegram.web import serving

if TYPE_CHECKING:
    from qa_bot.indexing import BuildReport

logger = logging.getLogger(__name__)

_POLL_SECONDS = 25
# A build in one of them, lists and articles in the others.
_BACKGROUND_THREADS = 3
# A poll that is answered at least so often is contact with Telegram.
_SILENT_SECONDS = 90.0
# Two instances end each other's polls in turn; one that ended badly may still hold its last poll for a moment.
_CONFLICTS, _CONFLICT_SECONDS = 3, 60.0
# Shorter than what supervisors wait before they kill; what is not answered by then is answered after the restart.
_STOP_SECONDS = 8.0


class TelegramUnavailable(QABotError):
    """The bot cannot run: no token, a wrong one, no network, or another instance runs."""


class PollRequest(HTTPXRequest):
    """Asks for updates, and knows when that last worked."""

    def __init__(self) -> None:
        super().__init__(connection_pool_size=2, read_timeout=_POLL_SECONDS + 10.0)
        self.last = time.monotonic()

    async def do_request(self, *arguments: Any, **options: Any) -> tuple[int, bytes]:
        """The status and the body of the answer."""
        status, body = await super().do_request(*arguments, **options)
        if status == 200:  # noqa: PLR2004
            self.last = time.monotonic()
        return status, body


def run_bot(options: Options, library: Library, *, update: "Callable[[], BuildReport]") -> None:
    """Answers until SIGINT or SIGTERM; raises TelegramUnavailable, JournalUnavailable or CannotListen."""
    with _only_instance(options), Database.open(options.state_dir) as database:
        asyncio.run(_until_signal(options, database, library, update))


async def _until_signal(
    options: Options, database: Database, library: Library, update: "Callable[[], BuildReport]"
) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(options, database, library, update=update, stop=stop)


async def serve(
    options: Options, database: Database, library: Library, *, update: "Callable[[], BuildReport]", stop: asyncio.Event
) -> None:
    """Answers until `stop` is set, and follows the folder of articles with `update`.

    Raises TelegramUnavailable or CannotListen.
    """
    problems, polls = list[str](), PollRequest()
    threads = ThreadPoolExecutor(options.threads, thread_name_prefix="asking")
    background = ThreadPoolExecutor(_BACKGROUND_THREADS, thread_name_prefix="background")
    parts = assemble(options, database, library, threads=threads, background=background, polls=polls, update=update)
    url = options.webhook_url

    def healthy() -> bool:
        return bool(url) or time.monotonic() - polls.last < _SILENT_SECONDS

    async with AsyncExitStack() as stack:
        for executor in (threads, background):
            stack.callback(executor.shutdown, wait=False, cancel_futures=True)
        await stack.enter_async_context(_connected(parts, options))
        secret = secrets.token_urlsafe(32)
        if options.listen:
            webhook = (urlsplit(url).path or "/", secret, _taker(parts)) if url else None
            web = serving(*options.listen, metrics=parts.metrics, healthy=healthy, webhook=webhook)
            await stack.enter_async_context(web)
        parts.desk.journal.tidy()
        await recover(parts.desk, parts.queue, parts.app.bot)
        if options.watch != "off":
            following = Following(
                parts.desk,
                folder=options.corpus_dir,
                update=update,
                polling=options.watch == "polling",
                admins=options.admins,
            )
            await stack.enter_async_context(following.at_work())
        await stack.enter_async_context(_updates(parts, url, secret, _conflicts(problems, stop)))
        _say_hello(parts, url)
        examples = asyncio.create_task(parts.desk.in_background(parts.archive.find_examples))
        await stop.wait()
        examples.cancel()
        logger.info("stopping")
    if problems:
        raise TelegramUnavailable(problems[0])


@asynccontextmanager
async def _connected(parts: Parts, options: Options) -> AsyncIterator[None]:
    """The bot known to Telegram and its handlers at work; raises TelegramUnavailable."""
    await _introduce(parts, options)
    await parts.app.start()
    try:
        yield
    finally:
        # What is being answered is finished; what is not by then stays open in the journal.
        with suppress(TimeoutError):
            await asyncio.wait_for(parts.app.stop(), _STOP_SECONDS)
        with suppress(RuntimeError):
            await parts.app.shutdown()


async def _introduce(parts: Parts, options: Options) -> None:
    """The bot known to Telegram, and its commands and descriptions shown there; raises TelegramUnavailable."""
    try:
        await parts.app.initialize()
        await register(parts.app.bot, admins=options.admins)
    except InvalidToken:  # its own words contain the token
        problem = "Telegram does not know the token: copy it from BotFather into QA_BOT_TELEGRAM_TOKEN."
    except NetworkError as error:
        problem = (
            f"Telegram cannot be reached at {_host(options.base_url)} ({one_line(str(error))[:100]}):"
            " check the network, or QA_BOT_TELEGRAM_BASE_URL."
        )
    except TelegramError as error:
        problem = f"Telegram refused to start the bot: {one_line(str(error))}."
    else:
        return
    await parts.app.bot.shutdown()
    raise TelegramUnavailable(problem)


@asynccontextmanager
async def _updates(
    parts: Parts, webhook_url: str | None, secret: str, on_error: Callable[[TelegramError], None]
) -> AsyncIterator[None]:
    """Updates coming in."""
    bot, updater = parts.app.bot, parts.app.updater
    if webhook_url:
        await bot.set_webhook(webhook_url, secret_token=secret, allowed_updates=ALLOWED_UPDATES)
        yield
    elif updater:
        await updater.start_polling(
            timeout=_POLL_SECONDS, bootstrap_retries=3, allowed_updates=ALLOWED_UPDATES, error_callback=on_error
        )
        try:
            yield
        finally:
            await updater.stop()


def _taker(parts: Parts) -> Callable[[dict[str, Any]], Any]:
    async def take(update: dict[str, Any]) -> None:
        await parts.queue.put(Update.de_json(update, parts.app.bot))

    return take


def _conflicts(problems: list[str], stop: asyncio.Event) -> Callable[[TelegramError], None]:
    """Ends the bot where another instance polls with the same token, and logs every other failure to poll."""
    times: list[float] = []

    def failed(error: TelegramError) -> None:
        logger.warning("polling: %s", error)
        if isinstance(error, Conflict):
            times.append(time.monotonic())
            if len([at for at in times if times[-1] - at < _CONFLICT_SECONDS]) >= _CONFLICTS:
                problems.append("Another program answers with the same token: stop it, or use a token of its own.")
                stop.set()

    return failed


@contextmanager
def _only_instance(options: Options) -> Iterator[None]:
    """The right to answer with this token on this machine."""
    path = options.state_dir / f"telegram-{options.token.partition(':')[0]}.lock"
    try:
        Path(options.state_dir).mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        lock.acquire(blocking=False)
    except Timeout:
        raise TelegramUnavailable(
            f"The bot is running already with this token (it holds {path}): stop that one first."
        ) from None
    except OSError as error:
        raise TelegramUnavailable(
            f"The folder {options.state_dir} cannot be written ({error.strerror or error}): set QA_BOT_STATE_DIR."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _say_hello(parts: Parts, webhook_url: str | None) -> None:
    me = parts.app.bot.bot
    logger.info(
        "qa-bot %s answers as @%s by %s over %s; %s; groups: %s; inline mode %s; process %s",
        __version__,
        me.username,
        "webhook" if webhook_url else "polling",
        parts.archive.summary(),
        "open to everybody" if parts.gate.is_open else "open to those who are listed",
        "all messages" if me.can_read_all_group_messages else "commands and replies",
        "on" if me.supports_inline_queries else "off (BotFather's /setinline turns it on)",
        os.getpid(),
    )


def _host(url: str) -> str:
    return urlsplit(url).netloc or url
