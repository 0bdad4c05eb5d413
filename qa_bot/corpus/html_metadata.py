"""What an HTML page states of itself in its markup; nothing is guessed from addresses or prose.

`trafilatura` finds dates also in the address, in scripts and in sentences of the article, drops authors of one word,
and makes the name of a site of its address; so these fields are read here.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qa_bot.corpus.linked_data import described, names
from qa_bot.corpus.metadata import language_tag, on_one_line, printed_date

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Names of <meta> that mean first publication, the most exact first, and those that also stand for other dates.
_DATE_NAMES = (
    *("article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date", "sailthru.date"),
    *("pubdate", "publishdate", "publish-date", "citation_publication_date", "citation_online_date"),
    *("dc.date.issued", "dcterms.issued"),
)
_VAGUE_DATE_NAMES = ("date", "dc.date", "dcterms.date")
_AUTHOR_NAMES = ("author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "citation_author")
_STATED_TIMES = '//time[@pubdate or @itemprop="datePublished" or contains(@class, "published")]/@datetime'
_STATED_ITEMS = '//*[@itemprop="datePublished" or @property="datePublished"]/@content'
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
    exact = (date for name in _DATE_NAMES for date in _metas(tree, (name,)))
    dates = [*exact, *_linked(tree, "datePublished"), *map(str, marked), *_metas(tree, _VAGUE_DATE_NAMES)]
    return next(filter(None, map(printed_date, dates)), None) or _date_in_the_head(tree)


def _date_in_the_head(tree: "HtmlElement") -> str | None:
    """The date of the times in the article's head, if all of them are of one day."""
    dates = [date for date in map(printed_date, map(str, tree.xpath(_HEAD_TIMES))) if date]
    return dates[0] if len({date[:10] for date in dates}) == 1 else None


def stated_source(tree: "HtmlElement") -> str | None:
    """The name of the site or publisher, from `<meta>` or JSON-LD; an address is no name."""
    names = [*_metas(tree, _SOURCE_NAMES), *_linked(tree, "publisher")]
    return next((name for name in names if not name.startswith(("http:", "https:", "@"))), None)


def stated_url(tree: "HtmlElement") -> str | None:
    """The page's own address: the canonical one, that of OpenGraph, or of JSON-LD."""
    addresses = [*_own_addresses(tree), *_linked(tree, "url"), *_linked(tree, "mainEntityOfPage")]
    return next((url for url in addresses if url.startswith(("http://", "https://"))), None)


def _own_addresses(tree: "HtmlElement") -> list[str]:
    canonical = map(str, tree.xpath("//link[contains(concat(' ', @rel, ' '), ' canonical ')]/@href"))
    return [*map(on_one_line, canonical), *_metas(tree, ("og:url",))]


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
    """The texts, or names, under a key of what the page's JSON-LD says of its article."""
    headlines = [*tree.xpath("//h1"), *tree.xpath("//title")]
    titles = [on_one_line(headline.text_content()) for headline in headlines]
    own = frozenset(filter(None, [*_own_addresses(tree), *_metas(tree, ("og:title",)), *titles]))
    for item in described(tree, own=own):
        yield from names(item, key)
