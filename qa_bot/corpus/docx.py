"""Articles in Office Open XML (DOCX)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qa_bot.corpus.metadata import Metadata, language_tag, make_article
from qa_bot.corpus.package import Package, document_part, stated
from qa_bot.corpus.unreadable import Unreadable
from qa_bot.types import Article

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_CORE, _NOTES = "docProps/core.xml", ("word/footnotes.xml", "word/endnotes.xml")
# Deleted and moved words, what a field computes from, and what only older programs show.
_NOT_READ = {"del", "moveFrom", "instrText", "Fallback", "rPr", "pPr", "rubyPr", "rt"}
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# Programs that write documents put their own names there.
_NO_AUTHORS = {"python-docx", "Microsoft Office User", "Un-named", "Unknown"}
# What Word locks with a password, and what it wrote before 2007, is packed as one (MS-CFB, 2.2).
COMPOUND = b"\xd0\xcf\x11\xe0"


def parse_docx(data: bytes, article_id: str, path: str) -> Article:
    """The article of a `.docx` file: its paragraphs with a blank line between them, then its notes.

    Changes that are tracked count as accepted. A row of a table is one line, with tabs, where each cell has at most one
    paragraph. Heads and feet of pages, and what is hidden, are left out. The date stays unknown: a document states the
    day on which somebody began it, or the one that it is a copy of. Raises `Unreadable`.
    """
    if data.startswith(COMPOUND):
        raise Unreadable("It is locked with a password, or of Word before 2007: save it as DOCX without a password.")
    package = Package(data, "Word document")
    body = next(package.xml(document_part(package)).iterchildren("{*}body"), None)
    if body is None:
        raise Unreadable("The Word document has no body.")
    paragraphs = list(_blocks(body))
    for notes in _NOTES:
        if notes in package:
            paragraphs.extend(_notes(package.xml(notes)))
    title = next((text for text, style in paragraphs if style.casefold() == "title"), None)
    text = "\n\n".join(text for text, _ in paragraphs)
    return make_article(article_id, path, text, Metadata(title=title).over(_metadata(package)))


def _blocks(parent: "Element") -> Iterator[tuple[str, str]]:
    """The paragraphs under the element that have words, each with the name of its style, "" for none."""
    for child in parent.iterchildren("{*}*"):
        match _name(child):
            case "p":
                yield from _paragraph(child)
            case "tbl":
                for row in child.iterchildren("{*}tr"):
                    yield from _row(row)
            case "sdt" | "sdtContent" | "ins" | "moveTo" | "customXml" | "smartTag":
                yield from _blocks(child)


def _row(row: "Element") -> Iterator[tuple[str, str]]:
    cells = [list(_blocks(cell)) for cell in row.iterchildren("{*}tc")]
    if all(len(cell) <= 1 for cell in cells):
        if line := "\t".join(cell[0][0] if cell else "" for cell in cells).strip():
            yield line, ""
    else:
        for cell in cells:
            yield from cell


def _paragraph(element: "Element") -> Iterator[tuple[str, str]]:
    """The paragraph, if it has words, and then those of the text boxes that are anchored in it."""
    boxes: list[Element] = []
    lines = "".join(_inline(element, boxes)).split("\n")
    style = next((value for found in element.iterfind("{*}pPr/{*}pStyle") for value in found.attrib.values()), "")
    if text := "\n".join(filter(None, (" ".join(line.split()) for line in lines))):
        yield text, str(style)
    for box in boxes:
        yield from _blocks(box)


def _inline(element: "Element", boxes: list["Element"]) -> Iterator[str]:
    for child in element.iterchildren("{*}*"):
        name = _name(child)
        if name in _NOT_READ or (name == "r" and _is_hidden(child)):
            continue
        if name == "txbxContent":
            boxes.append(child)
        elif name == "t":
            yield (child.text or "").replace("\n", " ")
        elif name in _SIGNS:
            yield _SIGNS[name]
        else:
            yield from _inline(child, boxes)


def _is_hidden(run: "Element") -> bool:
    """Whether the run is text that Word does not show."""
    mark = next(run.iterfind("{*}rPr/{*}vanish"), None)
    return mark is not None and not {"0", "false", "off"} & set(map(str, mark.attrib.values()))


def _notes(root: "Element") -> Iterator[tuple[str, str]]:
    """The paragraphs of notes, but for the lines that part them from the text."""
    for note in root.iterchildren("{*}footnote", "{*}endnote"):
        if not any(key.endswith("}type") for key in note.attrib):
            yield from _blocks(note)


def _name(element: "Element") -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _metadata(package: Package) -> Metadata:
    """What the core properties state."""
    if _CORE not in package:
        return Metadata()
    core = package.xml(_CORE)
    authors = [name.strip() for value in stated(core, "creator") for name in value.split(";")]
    return Metadata(
        title=next(stated(core, "title"), None),
        author=", ".join(name for name in authors if name and name not in _NO_AUTHORS) or None,
        language=next(filter(None, map(language_tag, stated(core, "language"))), None),
    )
