"""The bot started from the settings."""

import os
from collections.abc import Callable
from logging import Formatter
from typing import TextIO

from qa_bot.faces.build_process import BuildProcess
from qa_bot.faces.opening import open_live
from qa_bot.faces.safe_text import counted
from qa_bot.faces.telegram.application import Options
from qa_bot.faces.telegram.database import Database
from qa_bot.faces.telegram.exporting import export
from qa_bot.faces.telegram.journal import Journal
from qa_bot.faces.telegram.library import Library
from qa_bot.faces.telegram.people import People
from qa_bot.faces.telegram.redaction import RedactingFormatter
from qa_bot.faces.telegram.running import TelegramUnavailable, run_bot
from qa_bot.settings import Settings

_LAYOUT = "%(asctime)s %(levelname)s %(message)s"


def start(settings: Settings, *, log: Callable[[Formatter], None]) -> None:
    """Answers until it is told to stop; `log` is given how lines of the log are written. Raises QABotError."""
    token = _token(settings)
    if settings.telegram_webhook_url and not settings.telegram_listen:
        raise TelegramUnavailable("QA_BOT_TELEGRAM_WEBHOOK_URL needs QA_BOT_TELEGRAM_LISTEN, as in 127.0.0.1:8080.")
    log(RedactingFormatter(_LAYOUT, secret=token))
    library = Library(open_live(settings))
    options = Options(
        token=token,
        base_url=settings.telegram_base_url,
        base_file_url=settings.telegram_base_file_url,
        allowed=settings.telegram_allowed,
        admins=settings.telegram_admins,
        corpus_dir=settings.corpus_dir,
        index_dir=settings.index_dir,
        state_dir=settings.state_dir,
        threads=os.cpu_count() or 1,
        fetch_private=settings.fetch_private,
        watch=settings.watch,
        webhook_url=settings.telegram_webhook_url,
        listen=_listen(settings),
    )
    with BuildProcess(
        settings.corpus_dir,
        settings.index_dir,
        embedding_model=settings.embedding_model,
        precision=settings.embedding_precision,
    ) as builds:
        run_bot(options, library, update=builds.update)


def export_journal(settings: Settings, lines: TextIO) -> str:
    """What was written of the journal, in words; raises JournalUnavailable."""
    with Database.open(settings.state_dir) as database:
        return f"{counted(export(Journal(database), People(database), lines), 'answer')} written."


def _token(settings: Settings) -> str:
    """The token of the settings or of their file; raises TelegramUnavailable."""
    token = settings.telegram_token.get_secret_value() if settings.telegram_token else ""
    if not token and settings.telegram_token_file:
        try:
            token = settings.telegram_token_file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise TelegramUnavailable(
                f"The token cannot be read from {settings.telegram_token_file}: check QA_BOT_TELEGRAM_TOKEN_FILE."
            ) from error
    token = token.strip()
    if not token:
        raise TelegramUnavailable(
            "There is no Telegram token: get one from @BotFather and put it into QA_BOT_TELEGRAM_TOKEN."
        )
    number, _, secret = token.partition(":")
    if not (number.isdecimal() and secret and token.isascii() and not any(map(str.isspace, token))):
        raise TelegramUnavailable(
            "QA_BOT_TELEGRAM_TOKEN is no token: it is a number, a colon and letters, as BotFather gave it."
        )
    return token


def _listen(settings: Settings) -> tuple[str, int] | None:
    if not settings.telegram_listen:
        return None
    host, _, port = settings.telegram_listen.rpartition(":")
    return host, int(port)
