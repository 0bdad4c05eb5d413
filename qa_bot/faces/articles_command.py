"""`qa-bot articles`."""

# A command imports what it needs when it runs.
# ruff: noqa: PLC0415

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa_bot.faces.options import settings_of, with_folders

if TYPE_CHECKING:
    from qa_bot.index.selecting import Selection
    from qa_bot.types import Filters

_SOME, _NONE = 0, 1
_FIELDS = ("source:", "author:", "title:", "after:", "before:", "on:")


class _Filtered(click.Command):
    """A command whose arguments may begin with one dash, as `-without` does."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments read, filters last."""
        filters = [word for word in args if word[:1] == "-" and word[1:2] not in ("-", "") and word != "-h"]
        return super().parse_args(ctx, [*(word for word in args if word not in filters), "--", *filters])


@click.command(cls=_Filtered)
@click.argument("filters", metavar="[FILTER]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON for each article.")
@with_folders
def articles(filters: tuple[str, ...], *, as_json: bool, corpus_dir: Path | None, index_dir: Path | None) -> int:
    """List the articles, the newest first and those without a date last.

    FILTER is a word of the title, or as in a question: source:cnn, author:quist, title:"ferry fire", after:2022-11-01,
    before:2023, on:2022-11, '"exact phrase"' and -without. "copies +2" means that two more articles tell the same
    story. Where the output is no terminal, values stand whole, with tabs between them. Exit code: 0 something is
    listed, 1 no article is left, 2 error.
    """
    from qa_bot.faces.opening import open_archive
    from qa_bot.faces.terminal import block, make_console

    wanted = filters_of(filters)
    index = open_archive(settings_of(corpus_dir, index_dir))
    selection = index.selector.select(wanted) if wanted else None
    found = index.store.articles(selection.numbers if selection else None)
    copies = index.store.copies([info.id for info in found])

    from rich.text import Text

    from qa_bot.faces.listing import listing_object, newest_first, plain_rows, table
    from qa_bot.faces.paging import page

    found = newest_first(found)
    if as_json:
        from qa_bot.faces.asking import print_json

        for info in found:
            print_json(listing_object(info, copies))
        return _SOME if found else _NONE
    console = make_console()
    told = "\n".join(_told(len(found), wanted, selection))
    if console.is_terminal:
        ellipsis = "..." if console.options.ascii_only else "…"
        rows = table(found, copies, width=console.width, ellipsis=ellipsis) if found else ()
        told = block(console, Text(told), indent=0).plain
        page(console, "".join(f"{row}\n" for row in (*rows, *([""] if found else []), told)))
    else:
        click.echo("".join(f"{row}\n" for row in plain_rows(found, copies)), nl=False)
        click.echo(told, err=True)
    return _SOME if found else _NONE


def filters_of(arguments: tuple[str, ...]) -> "Filters":
    """The filters that the arguments state; what else is in them are words of the title. Raises InvalidQuestion."""
    from dataclasses import replace

    from qa_bot.filters import stated_filters

    stated = stated_filters(" ".join(map(_requoted, arguments)))
    # The words of a phrase stay in the text of a question, and are no words of the title.
    phrases = " ".join(stated.filters.phrases).split()
    rest = [word for word in stated.text.split() if word not in phrases]
    return replace(stated.filters, titles=(*stated.filters.titles, *rest))


def _requoted(argument: str) -> str:
    """The argument with the quotation marks that the shell took away: `title:ferry fire` is one filter."""
    field, mark, value = argument.partition(":")
    several = any(name in value.lower() for name in _FIELDS)
    if field.lower() + mark in _FIELDS and " " in value and '"' not in value and not several:
        return f'{field}:"{value}"'
    return argument


def _told(count: int, filters: "Filters", selection: "Selection | None") -> list[str]:
    """How many articles are listed and what was left out, a line each."""
    from qa_bot.faces.safe_text import counted, one_line
    from qa_bot.filters import described
    from qa_bot.narrowing import left_out

    if selection is None:
        return [counted(count, "article")]
    only = one_line(", ".join(described(filters)))
    return [f"{count:,} of {counted(selection.of, 'article')}: {only}", *left_out(selection)]
