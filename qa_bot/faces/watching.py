"""`qa-bot index --watch`: the index follows the folder of articles, and each update is told in one line."""

import signal
from collections.abc import Callable, Iterable
from datetime import datetime
from threading import Event
from types import FrameType
from typing import NoReturn

import click
from rich.console import Console
from rich.text import Text

from qa_bot.corpus.reader import check_folder
from qa_bot.errors import CorpusError
from qa_bot.faces.building import build, changes, summary, tell_faults
from qa_bot.faces.safe_text import one_line
from qa_bot.faces.stage_bar import StageBar
from qa_bot.faces.terminal import make_console, write
from qa_bot.following import follow
from qa_bot.indexing import BuildReport, update_index
from qa_bot.models.kept import keep_encoder
from qa_bot.settings import Settings
from qa_bot.types import Skipped


def watch(settings: Settings, *, rebuild: bool) -> None:
    """Follows the folder of articles until Ctrl-C or SIGTERM.

    Raises CorpusError where there is no such folder, and whatever else keeps the first build from being made; a folder
    without an article is waited for.
    """
    check_folder(settings.corpus_dir)
    console = make_console(stderr=True)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        skipped = _first(settings, rebuild=rebuild)
        _say(console, f"watching {settings.corpus_dir}; Ctrl-C ends it")
        updates = follow(
            settings.corpus_dir,
            _updater(settings, console),
            polling=settings.watch == "polling",
            stop=Event(),
            told=lambda problem: _say(console, problem),
        )
        _tell(console, updates, skipped)
    except KeyboardInterrupt:
        _say(console, "stopped")


def _first(settings: Settings, *, rebuild: bool) -> tuple[Skipped, ...]:
    """What was skipped in bringing the index up to date."""
    try:
        report = build(settings, rebuild=rebuild)
    except CorpusError:  # the update that follows once the folder is watched says it again
        return ()
    click.echo(summary(report))
    return report.skipped


def _updater(settings: Settings, console: Console) -> Callable[[], BuildReport]:
    kept = keep_encoder()

    def update() -> BuildReport:
        with StageBar(console, passing=True) as bar:
            return update_index(
                settings.corpus_dir,
                settings.index_dir,
                embedding_model=settings.embedding_model,
                precision=settings.embedding_precision,
                kept=kept,
                progress=bar.show,
            )

    return update


def _tell(console: Console, updates: Iterable[BuildReport], skipped: tuple[Skipped, ...]) -> None:
    """Each change on standard output; on standard error what could not be read, once for as long as it stays so."""
    for report in updates:
        tell_faults(console, [one for one in report.skipped if one not in skipped], report.notes)
        skipped = report.skipped
        if told := changes(report):
            click.echo(f"{datetime.now().astimezone():%H:%M:%S} {told}")


def _say(console: Console, words: str) -> None:
    write(console, Text(one_line(words), "dim"))


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
