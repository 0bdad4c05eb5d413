"""The pipeline opened for a face, and the index built first where there is none."""

import click

from qa_bot.errors import IndexMissing
from qa_bot.faces.live import Live
from qa_bot.index.generation import Index, current_folder, open_index
from qa_bot.models.kept import KeptModels
from qa_bot.pipeline import Pipeline
from qa_bot.settings import Settings


def open_pipeline(settings: Settings, models: KeptModels | None = None) -> Pipeline:
    """The pipeline over the index; where there is none it is first built from the corpus, told on standard error."""
    try:
        return Pipeline.open(settings.index_dir, min_support=settings.min_support, models=models)
    except IndexMissing:
        _build(settings)
        return Pipeline.open(settings.index_dir, min_support=settings.min_support, models=models)


def open_live(settings: Settings) -> Live:
    """The pipeline over whichever generation is live; where there is no index it is first built."""
    models = KeptModels()
    return Live(
        open_live=lambda: open_pipeline(settings, models),
        live_name=lambda: current_folder(settings.index_dir).name,
    )


def open_archive(settings: Settings) -> Index:
    """The articles without the models that answer; where there is no index it is first built."""
    try:
        return open_index(settings.index_dir)
    except IndexMissing:
        _build(settings)
        return open_index(settings.index_dir)


def _build(settings: Settings) -> None:
    # What builds is far slower to import than what asks.
    from qa_bot.faces.building import build, summary  # noqa: PLC0415

    report = build(settings, rebuild=False)
    click.echo(summary(report), err=True)
