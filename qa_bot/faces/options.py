"""What every command takes, and the settings that come of it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from qa_bot.settings import Settings

PATH = click.Path(path_type=Path)


def with_folders(command: Callable[..., int]) -> Callable[..., int]:
    """The command with the options that every command has."""
    index = click.option("--index", "index_dir", metavar="DIR", type=PATH, help="The folder of the index.")
    corpus = click.option("--corpus", "corpus_dir", metavar="DIR", type=PATH, help="The folder of the articles.")
    return corpus(index(command))


def settings_of(corpus_dir: Path | None, index_dir: Path | None) -> "Settings":
    """The settings in force, the folders that were given before all others."""
    from qa_bot.settings import read_settings  # noqa: PLC0415 (`--help` is instant)

    return read_settings(corpus_dir=corpus_dir, index_dir=index_dir)
