"""Ids of articles completed in a shell."""

# A command imports what it needs when it runs.
# ruff: noqa: PLC0415

import click
from click.shell_completion import CompletionItem

# More than this nobody looks through.
_MOST = 100


def complete_article(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The articles whose id begins so, with their titles; none where there is no index that can be opened."""
    from qa_bot.errors import QABotError
    from qa_bot.faces.options import settings_of
    from qa_bot.faces.safe_text import one_line
    from qa_bot.index.generation import open_index

    try:
        settings = settings_of(ctx.params.get("corpus_dir"), ctx.params.get("index_dir"))
        names = open_index(settings.index_dir).store.names()
    except QABotError:
        return []
    found = [name for name in names if name.id.startswith(incomplete) and one_line(name.id) == name.id]
    return [CompletionItem(name.id, help=one_line(name.title)) for name in found[:_MOST]]
