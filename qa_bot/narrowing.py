"""Which part of the archive a query is searched in, and what the reply says of that."""

from collections.abc import Iterator
from dataclasses import replace

from qa_bot.filters import described, implied_filters
from qa_bot.index.generation import Index
from qa_bot.index.selecting import Selection
from qa_bot.types import Filters, Query


def implied(query: Query, index: Index, *, times: bool = True) -> Query:
    """The query narrowed by what its plain words say of source and date; as it is where they say nothing.

    What filters of the question say already is not changed; without `times` words for a time stay words.
    """
    found = implied_filters(query.text, index.selector, times=times)
    new, old = found.filters, query.filters
    if not new or (new.sources and old.sources) or (new.since and (old.since or old.until)):
        return query
    dated = new if new.since else old
    filters = replace(old, sources=new.sources or old.sources, since=dated.since, until=dated.until)
    return replace(query, text=found.text, filters=filters)


def selected(query: Query, index: Index) -> Selection | None:
    """The rows that the filters of the query leave; None where it has none."""
    return index.selector.select(query.filters) if query.filters else None


def told(filters: Filters, selection: Selection) -> Iterator[str]:
    """What was searched, and what was left out though nothing is known against it, in sentences for people."""
    only = ", ".join(described(filters))
    yield f"searched {selection.articles:,} of {selection.of:,} articles: {only}"
    yield from left_out(selection)


def left_out(selection: Selection) -> Iterator[str]:
    """What was left out though nothing is known against it, in sentences for people."""
    if selection.undated:
        yield f"left out, because their date is not known: {_counted(selection.undated)}"
    if selection.unsourced:
        yield f"left out, because their source is not known: {_counted(selection.unsourced)}"


def _counted(number: int) -> str:
    return f"{number:,} article{'' if number == 1 else 's'}"
