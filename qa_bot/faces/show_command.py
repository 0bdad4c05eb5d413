"""`qa-bot show`."""

# A command imports what it needs when it runs.
# ruff: noqa: PLC0415

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa_bot.faces.completing import complete_article
from qa_bot.faces.options import settings_of, with_folders

if TYPE_CHECKING:
    from qa_bot.faces.showing import Shown
    from qa_bot.index.store import Store

_AS_IT_WAS, _CHANGED = 0, 1


@click.command()
@click.argument("wanted", metavar="ARTICLE[:START-END]", shell_complete=complete_article)
@click.option("--json", "as_json", is_flag=True, help="Print the article as one line of JSON.")
@with_folders
def show(wanted: str, *, as_json: bool, corpus_dir: Path | None, index_dir: Path | None) -> int:
    """Show an article, in the pager where the output is a terminal.

    ARTICLE is an id, a file or its name, a title, or a beginning or part of an id that only one has; :START-END marks
    those characters, as citations name them. Where the text was corrected since, what stood there before is told, and
    where it stands now. Exit code: 0 the text at that place is as it was, 1 it changed, 2 error.
    """
    from qa_bot.faces.opening import open_archive
    from qa_bot.faces.showing import article_object, print_article

    found = shown(open_archive(settings_of(corpus_dir, index_dir)).store, wanted)
    if as_json:
        from qa_bot.faces.asking import print_json

        print_json(article_object(found))
    else:
        from qa_bot.faces.terminal import make_console

        print_article(make_console(), found)
    return _CHANGED if found.earlier else _AS_IT_WAS


def shown(store: "Store", wanted: str) -> "Shown":
    """What is to be shown of `ARTICLE[:START-END]`; raises NoSuchArticle and NoSuchSpan."""
    from qa_bot.faces.naming import NoSuchSpan, target
    from qa_bot.faces.safe_text import counted, one_line
    from qa_bot.faces.showing import Shown
    from qa_bot.tracing import earlier_words
    from qa_bot.types import Span

    article_id, place = target(store, wanted)
    article = store.article(article_id)
    if article is None:
        raise KeyError(article_id)
    copies = store.copies([article_id]).get(article_id, ())
    if place is None:
        return Shown(article, copies, None, ())
    start, end = place
    earlier = tuple(earlier_words(article, store.earlier_texts(article_id), start, end))
    inside = end <= len(article.text)
    if not inside and not earlier:
        raise NoSuchSpan(
            f"{one_line(article_id)} has {counted(len(article.text), 'character')}: the span ends beyond them."
        )
    return Shown(article, copies, Span(article, start, end) if inside else None, earlier)
