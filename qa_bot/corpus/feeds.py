"""Feeds (RSS, Atom, RDF) and sitemaps: the addresses of the pages that they list."""

import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from qa_bot.corpus.package import parse_xml
from qa_bot.corpus.unreadable import Unreadable

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# A sitemap has at most 50,000 addresses (sitemaps.org), and they are unpacked to no more than any page may have: a tree
# of 10 MB that is nothing but elements takes 250 MB of memory.
_MOST_LISTED = 50_000
_MOST_BYTES = 10 * 1024 * 1024
_BEGINNING = 2048
_ROOTS = (b"<rss", b"<feed", b"<rdf:rdf", b"<urlset", b"<sitemapindex")


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of a feed or sitemap, with what says of its last change; `listing` if it is another sitemap."""

    url: str
    updated: str | None
    listing: bool = False


def is_listing(content: bytes) -> bool:
    """Whether the content is a feed or a sitemap, packed or not."""
    start = content[:_BEGINNING]
    if start.startswith(b"\x1f\x8b"):
        try:
            start = zlib.decompressobj(wbits=31).decompress(start, _BEGINNING)
        except zlib.error:
            return False
    start = start.lower()
    return any(root in start for root in _ROOTS) and b"<html" not in start


def entries(content: bytes, base: str) -> list[Entry]:
    """The pages that a feed or sitemap found at `base` lists, in its order, each once; raises `Unreadable`."""
    root = parse_xml(_unpacked(content).lstrip(), "The feed")
    found: dict[str, Entry] = {}
    for url, updated, listing in _listed(root):
        address = urljoin(base, url.strip())
        if address.startswith(("http://", "https://")):
            found.setdefault(address, Entry(address, updated, listing))
    return list(found.values())


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        with gzip.open(io.BytesIO(content)) as file:
            unpacked = file.read(_MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable("The sitemap is damaged: it cannot be unpacked.") from error
    if len(unpacked) > _MOST_BYTES:
        raise Unreadable(f"The sitemap unpacks to more than {_MOST_BYTES // 1024 // 1024} MB.")
    return unpacked


def _listed(root: "Element") -> Iterator[tuple[str, str | None, bool]]:
    """Address, last change, and whether it is another sitemap."""
    for count, element in enumerate(root.iter("{*}item", "{*}entry", "{*}url", "{*}sitemap")):
        if count == _MOST_LISTED:
            raise Unreadable(f"It lists more than {_MOST_LISTED:,} pages, which no feed or sitemap may.")
        name = str(element.tag).rpartition("}")[2]
        updated = _text(element, "lastmod") or _text(element, "updated") or _text(element, "pubDate")
        if url := _atom_link(element) if name == "entry" else _text(element, "link") or _text(element, "loc"):
            yield url, updated, name == "sitemap"
        elif (guid := next(element.iterchildren("{*}guid"), None)) is not None and guid.get("isPermaLink") != "false":
            yield str(guid.text or ""), updated, False


def _atom_link(entry: "Element") -> str | None:
    """The address of an Atom entry's page (RFC 4287, 4.2.7)."""
    links = [link for link in entry.iterchildren("{*}link") if link.get("rel") in (None, "alternate")]
    return next((urljoin(str(link.base or ""), str(link.get("href"))) for link in links if link.get("href")), None)


def _text(element: "Element", name: str) -> str | None:
    return next((str(child.text).strip() for child in element.iterchildren(f"{{*}}{name}") if child.text), None)
