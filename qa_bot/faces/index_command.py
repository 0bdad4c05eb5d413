"""`qa-bot index`."""

# A command imports what it needs when it runs.
# ruff: noqa: PLC0415

from pathlib import Path

import click

from qa_bot.faces.options import settings_of, with_folders

_SOME_SKIPPED = 1


@click.command()
@click.option("--rebuild", is_flag=True, help="Build everything anew, also what has not changed.")
@click.option("--watch", is_flag=True, help="Then follow the folder: take in whatever changes there, until Ctrl-C.")
@click.option("--status", is_flag=True, help="Say what the index holds, and build nothing.")
@click.option("--check", is_flag=True, help="Hold every part of the index against what was written, and mend it.")
@with_folders
def index(
    *, rebuild: bool, watch: bool, status: bool, check: bool, corpus_dir: Path | None, index_dir: Path | None
) -> int:
    """Bring the index up to date with the articles.

    Only what changed is embedded again. Exit code: 0 every file was read, 1 the index is built but some files were
    skipped, 2 error. With --watch: 0 it was ended by Ctrl-C or SIGTERM, 2 error. With --check: 0 the index is whole,
    1 it was broken and is mended, 2 it is broken still.
    """
    if status and (rebuild or watch):
        raise click.UsageError(f"--status builds nothing: leave out --{'rebuild' if rebuild else 'watch'}.")
    if check and (rebuild or watch or status):
        raise click.UsageError("--check mends what is broken, and is given alone.")
    if check:
        from qa_bot.faces.check_command import check_and_mend

        return check_and_mend(settings_of(corpus_dir, index_dir))
    from qa_bot.faces.building import build, description, summary
    from qa_bot.index.generation import read_manifest

    settings = settings_of(corpus_dir, index_dir)
    if status:
        click.echo(description(read_manifest(settings.index_dir)))
        return 0
    if watch:
        from qa_bot.faces.watching import watch as follow_folder

        follow_folder(settings, rebuild=rebuild)
        return 0
    report = build(settings, rebuild=rebuild)
    click.echo(summary(report))
    return _SOME_SKIPPED if report.skipped else 0
