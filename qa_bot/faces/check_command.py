"""`qa-bot index --check`: what is broken in the index is said, and built anew from the corpus."""

import click
from rich.console import Console
from rich.text import Text

from qa_bot.checking import Examined, examine, mend
from qa_bot.errors import QABotError
from qa_bot.faces.building import summary, tell_faults
from qa_bot.faces.safe_text import one_line
from qa_bot.faces.stage_bar import StageBar
from qa_bot.faces.terminal import block, make_console, write
from qa_bot.settings import Settings

WHOLE, MENDED, BROKEN = 0, 1, 2
# As wide as the columns before what was found: "BROKEN  live generation  ".
_INDENT = 25


def check_and_mend(settings: Settings) -> int:
    """The exit code: 0 the index is whole, 1 it was broken and is whole again, 2 it is broken still."""
    console = make_console()
    found = _look(settings, console)
    if found.live and found.whole:
        click.echo("The index is whole.")
        return WHOLE
    click.echo(f"It is mended from the articles in {one_line(str(settings.corpus_dir))}.")
    try:
        _mend(settings, found)
    except QABotError as error:
        click.echo(f"qa-bot: The index is broken, and was not mended. {one_line(str(error))}", err=True)
        return BROKEN
    found = _look(settings, console)
    if found.live and found.whole:
        click.echo("The index was broken and is whole again.")
        return MENDED
    click.echo("qa-bot: The index is broken still: look at the disk, then run `qa-bot index --rebuild`.", err=True)
    return BROKEN


def _look(settings: Settings, console: Console) -> Examined:
    """What was found, printed."""
    with StageBar(make_console(stderr=True)) as bar:
        found = examine(settings.index_dir, progress=bar.show)
    if not found.live:
        _print(console, "live generation", "", ("CURRENT names no generation.",))
    elif found.folder:
        _print(console, "live generation", found.folder.name, ())
    for one in found.checks:
        _print(console, one.part, one.found, one.faults)
    return found


def _print(console: Console, part: str, found: str, faults: tuple[str, ...]) -> None:
    mark = ("BROKEN", "bold red") if faults else ("ok    ", "green")
    told = block(console, Text(one_line(" ".join(faults) or found)), indent=_INDENT)
    write(console, Text.assemble(mark, f"  {part:<{_INDENT - 8}}", told[_INDENT:]))


def _mend(settings: Settings, found: Examined) -> None:
    console = make_console(stderr=True)
    with StageBar(console) as bar:
        report = mend(
            settings.index_dir,
            settings.corpus_dir,
            found,
            embedding_model=settings.embedding_model,
            precision=settings.embedding_precision,
            progress=bar.show,
        )
    if report is not None:
        tell_faults(console, report.skipped, report.notes)
        click.echo(summary(report))
