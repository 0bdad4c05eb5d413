"""Articles taken out of the archive, seen from a terminal."""

# A command imports what it needs when it runs.
# ruff: noqa: PLC0415

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa_bot.faces.completing import complete_article
from qa_bot.faces.options import settings_of, with_folders
from qa_bot.faces.safe_text import counted, one_line

if TYPE_CHECKING:
    from qa_bot.corpus.removal import Doomed, Remover
    from qa_bot.index.generation import Index
    from qa_bot.settings import Settings

_REMOVED, _LEFT = 0, 1


@click.command()
@click.argument("wanted", metavar="ARTICLE...", nargs=-1, required=True, shell_complete=complete_article)
@click.option("--yes", is_flag=True, help="Do not ask; every ARTICLE is then its whole id, title or file.")
@click.option("--no-index", is_flag=True, help="Only take them out: `qa-bot index` brings the index up to date later.")
@with_folders
def remove(
    wanted: tuple[str, ...], *, yes: bool, no_index: bool, corpus_dir: Path | None, index_dir: Path | None
) -> int:
    """Take articles out of the archive, after asking.

    ARTICLE is named as in `qa-bot show`; a file takes all that is in it along, an id of a .jsonl file only that line.
    What is taken out is kept in the folder "removed" of QA_BOT_STATE_DIR, from where `qa-bot add` brings it back. Exit
    code: 0 all is taken out, 1 nothing, 2 error.
    """
    from qa_bot.corpus.removal import ASIDE, Remover
    from qa_bot.faces.opening import open_archive

    settings = settings_of(corpus_dir, index_dir)
    index = open_archive(settings)
    remover = Remover(settings.corpus_dir, settings.state_dir / ASIDE)
    doomed = dict(_doomed(index, remover, name, whole=yes) for name in wanted)
    for told in doomed.values():
        click.echo(told, err=True)
    if not yes and not click.confirm(f"Remove {'this' if len(doomed) == 1 else 'these'}?", err=True):
        click.echo("Nothing was removed.", err=True)
        return _LEFT
    try:
        for one in doomed:
            kept = remover.remove(one)
            click.echo(f"removed {one_line(one.line_id or one.file.as_posix())}, kept as {one_line(kept.as_posix())}")
    finally:
        if not no_index:
            _bring_up_to_date(settings)
    return _REMOVED


def _doomed(index: "Index", remover: "Remover", wanted: str, *, whole: bool) -> "tuple[Doomed, str]":
    """What is to be taken out, and the line that says so; raises NoSuchArticle."""
    from qa_bot.corpus.formats import LINES
    from qa_bot.corpus.removal import Doomed
    from qa_bot.faces.naming import article_id

    file = None if index.store.article(wanted) else remover.file_named(wanted)
    if file is not None:
        lines = file.name.lower().endswith(LINES)
        inside = [name for name in index.store.names() if Path(name.path).name == file.name] if lines else []
        return Doomed(file, None), one_line(file.as_posix()) + (f" with {counted(len(inside), 'article')}" * lines)
    article = index.store.article(article_id(index.store, wanted, whole=whole))
    if article is None:
        raise KeyError(wanted)
    doomed = Doomed.of(article, index.manifest.corpus)
    among = f", one line of {one_line(doomed.file.as_posix())}" if doomed.line_id else ""
    return doomed, f"{one_line(article.id)}: {one_line(article.title)}{among}"


def _bring_up_to_date(settings: "Settings") -> None:
    """The index without what was taken out."""
    from qa_bot.faces.building import NOTHING_LEFT, build, retired_if_empty, summary

    empty = retired_if_empty(settings.corpus_dir, settings.index_dir)
    click.echo(NOTHING_LEFT if empty else summary(build(settings, rebuild=False)))
