"""What an HTML page states of itself in its markup; nothing is guessed from addresses or prose.

`trafilatura` finds dates also in the address, in scripts and in sentences of the article, drops authors of one word,
and makes the name of a site of its address; so these fields are read here.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qa_bot.corpus.metadata import iso_date, language_tag, on_one_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Names of <meta> that mean first publication, the most exact first.
_DATE_NAMES = (
    *("article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date", "sailthru.date"),
    *("pubdate", "publishdate", "publish-date", "date", "dc.date", "dc.date.issued", "dcterms.date", "dcterms.issued"),
    "citation_publication_date",
)
_AUTHOR_NAMES = ("author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "citation_author")
_STATED_TIMES = '//time[@pubdate or @itemprop="datePublished" or contains(@class, "published")]/@datetime'
_STATED_ITEMS = '//*[@itemprop="datePublished"]/@content'
# Times in the head of an article, or in the line of its author and date, but for those of changes.
_PLACES = ("byline", "dateline", "entry-meta", "post-meta", "article-meta", "posted-on", "pubdate", "publish")
_NEAR = " or ".join(f"contains(@class, '{place}')" for place in _PLACES)
_HEAD_TIMES = (
    "//time[@datetime][not(contains(@class, 'updat') or contains(@class, 'modif') or contains(@itemprop, 'Modified'))]"
    f"[ancestor::header[ancestor::article] or ancestor-or-self::*[{_NEAR}]]"
    "/@datetime"
)
_SOURCE_NAMES = ("og:site_name", "article:publisher", "citation_journal_title", "dc.publisher", "dcterms.publisher")
_LANGUAGE_NAMES = ("og:locale", "content-language", "dc.language", "dcterms.language", "citation_language")


def stated_date(tree: "HtmlElement") -> str | None:
    """The date of publication in ISO 8601, from `<meta>`, JSON-LD or a `<time>` marked as such."""
    marked = [*tree.xpath(_STATED_ITEMS), *tree.xpath(_STATED_TIMES)]
    dates = [*_metas(tree, _DATE_NAMES), *_linked(tree, "datePublished"), *map(str, marked)]
    return next(filter(None, map(iso_date, dates)), None) or _date_in_the_head(tree)


def _date_in_the_head(tree: "HtmlElement") -> str | None:
    """The date of the times in the article's head, if all of them are of one day."""
    dates = [date for date in map(iso_date, map(str, tree.xpath(_HEAD_TIMES))) if date]
    return dates[0] if len({date[:10] for date in dates}) == 1 else None


def stated_source(tree: "HtmlElement") -> str | None:
    """The name of the site or publisher, from `<meta>` or JSON-LD; an address is no name."""
    names = [*_metas(tree, _SOURCE_NAMES), *_linked(tree, "publisher")]
    return next((name for name in names if not name.startswith(("http:", "https:", "@"))), None)


def stated_url(tree: "HtmlElement") -> str | None:
    """The page's own address: the canonical one, that of OpenGraph, or of JSON-LD."""
    canonical = map(str, tree.xpath("//link[contains(concat(' ', @rel, ' '), ' canonical ')]/@href"))
    addresses = [*canonical, *_metas(tree, ("og:url",)), *_linked(tree, "url"), *_linked(tree, "mainEntityOfPage")]
    return next((on_one_line(url) for url in addresses if url.strip().startswith(("http://", "https://"))), None)


def stated_language(tree: "HtmlElement") -> str | None:
    """The language of the page, a BCP 47 tag: that of its JSON-LD, of `<html>`, or of `<meta>`."""
    root = [tree.get("lang") or tree.get("xml:lang") or ""]
    tags = [*_linked(tree, "inLanguage"), *root, *_metas(tree, _LANGUAGE_NAMES)]
    return next(filter(None, map(language_tag, tags)), None)


def stated_author(tree: "HtmlElement") -> str | None:
    """The author or authors, joined with ", ", from JSON-LD or `<meta>`."""
    names = list(dict.fromkeys(_linked(tree, "author"))) or list(dict.fromkeys(_metas(tree, _AUTHOR_NAMES)))
    return ", ".join(name for name in names if not name.startswith(("http:", "https:"))) or None


def _metas(tree: "HtmlElement", names: tuple[str, ...]) -> list[str]:
    """The contents of the page's `<meta>` of the first of the names that it has."""
    found: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or meta.get("http-equiv") or ""
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
    """The value as text, or the names (of pages the addresses) of what it describes."""
    for item in value if isinstance(value, list) else [value]:
        name = (item.get("name") or item.get("@id")) if isinstance(item, dict) else item
        if isinstance(name, str) and name.strip():
            yield on_one_line(name)
