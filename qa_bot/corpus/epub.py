"""Books and articles in EPUB."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from qa_bot.corpus.encoding import declared_encoding, decode
from qa_bot.corpus.html_blocks import html_paragraphs
from qa_bot.corpus.metadata import Metadata, language_tag, make_article, printed_date
from qa_bot.corpus.package import Package, inner_path, parse_xml, stated
from qa_bot.corpus.unreadable import Unreadable
from qa_bot.types import Article

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_CONTAINER, _ENCRYPTION = "META-INF/container.xml", "META-INF/encryption.xml"
_CHAPTERS = {"application/xhtml+xml", "text/html", "application/x-dtbook+xml"}


def parse_epub(data: bytes, article_id: str, path: str) -> Article:
    """The article of an `.epub` file: its chapters in reading order, a blank line between paragraphs.

    The table of contents is left out. Source is the publisher. Raises `Unreadable`.
    """
    package = Package(data, "EPUB")
    rootfile = next(package.xml(_CONTAINER).iter("{*}rootfile"), None)
    if rootfile is None:
        raise Unreadable("The EPUB is damaged: it does not say where its contents are.")
    opf = inner_path("", str(rootfile.get("full-path") or ""))
    root = package.xml(opf)
    locked = _locked(package)
    paragraphs: list[str] = []
    for chapter in _chapters(root, opf):
        if chapter in locked:
            raise Unreadable("The EPUB is encrypted (DRM).")
        paragraphs.extend(_paragraphs(package.read(chapter)))
    return make_article(article_id, path, "\n\n".join(paragraphs), _metadata(root))


def _chapters(root: "Element", opf: str) -> Iterator[str]:
    """The paths of the chapters in reading order."""
    items = {str(item.get("id")): item for item in root.iter("{*}item")}
    for reference in root.iter("{*}itemref"):
        item = items.get(str(reference.get("idref")))
        if item is None or reference.get("linear") == "no" or "nav" in str(item.get("properties") or "").split():
            continue
        if item.get("media-type") in _CHAPTERS:
            yield inner_path(opf, unquote(str(item.get("href") or "")))


def _paragraphs(data: bytes) -> Iterator[str]:
    """The paragraphs of a chapter, which is read as HTML where it is not XML."""
    from lxml import etree  # noqa: PLC0415

    if b"<!ENTITY" in data:
        raise Unreadable("A chapter of the EPUB declares XML entities, which are refused.")
    try:
        root = parse_xml(data, "A chapter")
        # Names such as &nbsp; are HTML's, and an XML parser does not know them.
        if any(True for _ in root.iter(etree.Entity)):
            root = _html(data)
    except Unreadable:
        if not data.strip():
            return
        try:
            root = _html(data)
        except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
            raise Unreadable("A chapter of the EPUB cannot be read.") from error
    yield from html_paragraphs(root)


def _html(data: bytes) -> "Element":
    """The root of a chapter read as HTML: libxml2 would take what names no encoding for Latin-1."""
    from lxml import html  # noqa: PLC0415

    text = decode(data, "a chapter", declared=declared_encoding(data))
    return html.fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))


def _locked(package: Package) -> set[str]:
    """The paths of what is encrypted."""
    if _ENCRYPTION not in package:
        return set()
    return {unquote(str(found.get("URI") or "")) for found in package.xml(_ENCRYPTION).iter("{*}CipherReference")}


def _metadata(root: "Element") -> Metadata:
    """What the book's Dublin Core states."""
    authors = list(dict.fromkeys(stated(root, "creator")))
    addresses = [*stated(root, "identifier"), *stated(root, "source")]
    return Metadata(
        title=next(stated(root, "title"), None),
        source=next(stated(root, "publisher"), None),
        author=", ".join(authors) or None,
        url=next((address for address in addresses if address.startswith(("https://", "http://"))), None),
        published=next(filter(None, map(printed_date, _dates(root))), None),
        language=next(filter(None, map(language_tag, stated(root, "language"))), None),
    )


def _dates(root: "Element") -> Iterator[str]:
    """The dates of publication, first those that are marked as such; of a change none."""
    dates = [(_event(element), "".join(element.itertext())) for element in root.iter("{*}date")]
    yield from (date for event, date in dates if event == "publication")
    yield from (date for event, date in dates if not event)


def _event(element: "Element") -> str:
    return next((str(value) for key, value in element.attrib.items() if str(key).endswith("event")), "")
