"""Date and author as an HTML page states them in its markup; nothing is guessed from addresses or prose.

`trafilatura` finds dates also in the address, in scripts and in sentences of the article, and drops authors of one
word; so these two fields are read here.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qa_bot.corpus.metadata import iso_date, on_one_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

# Names of <meta> that mean first publication, the most exact first.
_DATE_NAMES = (
    *("article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date", "sailthru.date"),
    *("pubdate", "publishdate", "publish-date", "date", "dc.date", "dc.date.issued", "dcterms.date", "dcterms.issued"),
    "citation_publication_date",
)
_AUTHOR_NAMES = ("author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "citation_author")
_STATED_TIMES = '//time[@pubdate or @itemprop="datePublished" or contains(@class, "published")]/@datetime'


def stated_date(tree: "HtmlElement") -> str | None:
    """The date of publication in ISO 8601, from `<meta>`, JSON-LD or a `<time>` marked as such."""
    dates = [*_metas(tree, _DATE_NAMES), *_linked(tree, "datePublished"), *map(str, tree.xpath(_STATED_TIMES))]
    return next(filter(None, map(iso_date, dates)), None)


def stated_author(tree: "HtmlElement") -> str | None:
    """The author or authors, joined with ", ", from JSON-LD or `<meta>`."""
    names = list(dict.fromkeys(_linked(tree, "author"))) or list(dict.fromkeys(_metas(tree, _AUTHOR_NAMES)))
    return ", ".join(name for name in names if not name.startswith(("http:", "https:"))) or None


def _metas(tree: "HtmlElement", names: tuple[str, ...]) -> list[str]:
    """The contents of the page's `<meta>` of the first of the names that it has."""
    found: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        if content := on_one_line(meta.get("content") or ""):
            found.setdefault(name.lower(), []).append(content)
    return next((found[name] for name in names if name in found), [])


def _linked(tree: "HtmlElement", key: str) -> Iterator[str]:
    """The texts, or names, under a key of the articles that the page's JSON-LD describes."""
    for script in tree.xpath('//script[@type="application/ld+json"]'):
        try:
            data = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        for item in _items(data):
            yield from _names(item.get(key))


def _items(data: object) -> Iterator[dict[str, object]]:
    """The things described at the top level or in the top level's `@graph`, with a type of article or page."""
    graph = data.get("@graph", data) if isinstance(data, dict) else data
    for item in graph if isinstance(graph, list) else [graph]:
        if isinstance(item, dict) and any(
            word in str(item.get("@type")) for word in ("Article", "Posting", "Report", "Page")
        ):
            yield item


def _names(value: object) -> Iterator[str]:
    """The value as text, or the names of the persons that it describes."""
    for item in value if isinstance(value, list) else [value]:
        name = item.get("name") if isinstance(item, dict) else item
        if isinstance(name, str) and name.strip():
            yield on_one_line(name)
