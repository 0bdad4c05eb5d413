"""What a page says of its article in JSON-LD (schema.org)."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qa_bot.corpus.metadata import on_one_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement

Item = dict[str, object]

_ARTICLES, _PAGES = ("Article", "Posting", "Report"), ("Page",)
# A description inside a description is an article's within its page; deeper ones are of other things.
_DEEPEST = 3


def described(tree: "HtmlElement", *, own: frozenset[str]) -> list[Item]:
    """The descriptions of the page's article, then those of the page.

    A page may describe other articles as well, those that it points to. Its own is the one that has one of the `own`
    addresses or headlines; where none has, the first one. References to what another block describes are followed.
    """
    items = [item for script in tree.xpath('//script[@type="application/ld+json"]') for item in _things(script.text)]
    articles = [item for item in items if _is_a(item, _ARTICLES)]
    named = [item for item in articles if own & {on_one_line(name) for name in _called(item)}]
    by_id = {str(item["@id"]): item for item in reversed(items) if len(item) > 1 and "@id" in item}
    chosen = [*(named or articles[:1]), *(item for item in items if _is_a(item, _PAGES) and item not in articles)]
    return [{key: _followed(value, by_id) for key, value in item.items()} for item in chosen]


def names(item: Item, key: str) -> Iterator[str]:
    """The value under a key as text, or the names (of pages the addresses) of what it describes."""
    value = item.get(key)
    for entry in value if isinstance(value, list) else [value]:
        name = (entry.get("name") or entry.get("@id")) if isinstance(entry, dict) else entry
        if isinstance(name, str) and name.strip():
            yield on_one_line(name)


def _things(text: str | None) -> Iterator[Item]:
    """What a block describes: at the top, in its graph, and as the main thing of a page."""
    try:
        pending = [(json.loads(text or "", strict=False), 0)]
    except (ValueError, RecursionError):
        return
    while pending:
        thing, depth = pending.pop(0)
        if isinstance(thing, list):
            pending[:0] = [(one, depth) for one in thing]
        elif isinstance(thing, dict):
            yield thing
            if depth < _DEEPEST:
                pending[:0] = [(thing.get(key), depth + 1) for key in ("@graph", "mainEntity")]


def _is_a(item: Item, kinds: tuple[str, ...]) -> bool:
    return any(kind in str(item.get("@type")) for kind in kinds)


def _called(item: Item) -> Iterator[str]:
    """The addresses and headlines of what is described."""
    for key in ("url", "mainEntityOfPage", "@id", "headline"):
        yield from names(item, key)


def _followed(value: object, by_id: dict[str, Item]) -> object:
    """The value with what is only referred to in its place."""
    if isinstance(value, list):
        return [_followed(one, by_id) for one in value]
    if isinstance(value, dict) and "name" not in value:
        return by_id.get(str(value.get("@id")), value)
    return value
