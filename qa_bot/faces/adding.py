"""Files and pages taken into the corpus, seen from a terminal."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa_bot.faces.options import settings_of, with_folders
from qa_bot.faces.safe_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qa_bot.corpus.intake import Taken
    from qa_bot.types import Skipped

_SOME_SKIPPED = 1


@click.command()
@click.argument("sources", metavar="PATH|URL...", nargs=-1, required=True)
@click.option("--no-index", is_flag=True, help="Only take them in: `qa-bot index` brings the index up to date later.")
@with_folders
def add(sources: tuple[str, ...], *, no_index: bool, corpus_dir: Path | None, index_dir: Path | None) -> int:
    """Take articles into the archive: files, folders, pages, feeds and sitemaps.

    Files are copied, a folder with all that is read in it. An address is a page or document, or a feed (RSS, Atom) or
    sitemap, whose pages are fetched; robots.txt is respected. Nothing that is there is written over. Exit code: 0
    everything was taken in or was there before, 1 something was skipped, 2 error.
    """
    from qa_bot.corpus.intake import Taken  # noqa: PLC0415 - a question needs none of it
    from qa_bot.faces.building import build, summary  # noqa: PLC0415

    settings = settings_of(corpus_dir, index_dir)
    skipped = False
    for outcome in _outcomes(sources, settings.corpus_dir, private=settings.fetch_private):
        if isinstance(outcome, Taken):
            place = one_line((settings.corpus_dir / outcome.article).as_posix())
            origin = one_line(outcome.origin)
            click.echo(f"added {place}" if outcome.new else f"{origin} is there already: {place}")
        else:
            skipped = True
            click.echo(f"skipped {one_line(outcome.path)}: {one_line(outcome.reason)}", err=True)
    if no_index or not any(settings.corpus_dir.iterdir()):
        return _SOME_SKIPPED if skipped else 0
    report = build(settings, rebuild=False)
    click.echo(summary(report))
    return _SOME_SKIPPED if skipped or report.skipped else 0


def _outcomes(sources: tuple[str, ...], corpus: Path, *, private: bool) -> "Iterator[Taken | Skipped]":
    """What became of each file and address, in the order in which they were given."""
    from qa_bot.corpus.intake import Intake  # noqa: PLC0415
    from qa_bot.corpus.isolation import Isolation  # noqa: PLC0415

    with Isolation() as isolation:
        intake = Intake(corpus, isolation)
        web = None
        for source in sources:
            if not source.lower().startswith(("http://", "https://")):
                yield from intake.take(Path(source))
                continue
            if web is None:
                from qa_bot.corpus.web_intake import WebIntake  # noqa: PLC0415

                web = WebIntake(intake, corpus, private=private)
            yield from web.take(source)
