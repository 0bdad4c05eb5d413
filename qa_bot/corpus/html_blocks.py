"""The words of an HTML tree in paragraphs, where all of it is the article."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_SKIPPED = {"head", "script", "style", "template", "noscript", "svg", "math", "rt", "rp", "iframe", "object"}
_BLOCKS = {
    *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt"),
    *(
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
    ),
    *("ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"),
}
_CELLS = {"td", "th"}
# Ends of lines and of cells until white space is put in order; no document may hold them (XML 1.0, 2.2).
_LINE_END, _CELL_END = "\x1e", "\x1f"


def html_paragraphs(root: "Element") -> Iterator[str]:
    """The paragraphs in order, white space put in order, `<br>` as an end of line and cells of a row with tabs."""
    pieces: list[str] = []
    for piece in _pieces(root):
        if piece is not None:
            pieces.append(piece)
            continue
        if text := _in_order("".join(pieces)):
            yield text
        pieces = []
    if text := _in_order("".join(pieces)):
        yield text


def _pieces(root: "Element") -> Iterator[str | None]:
    """The pieces of text, and `None` at every end of a block."""
    from lxml import etree  # noqa: PLC0415

    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        name = str(element.tag).rpartition("}")[2].lower() if event in ("start", "end") else ""
        if event == "start":
            if name in _SKIPPED:
                walk.skip_subtree()
            elif name in _BLOCKS:
                yield None
            if name == "br":
                yield _LINE_END
            if name not in _SKIPPED:
                yield element.text or ""
        else:
            if name in _CELLS:
                yield _CELL_END
            if name in _BLOCKS:
                yield None
            yield element.tail or "" if element is not root else ""


def _in_order(text: str) -> str:
    """The text with single spaces, without blank lines or blank cells at its end."""
    lines = ("\t".join(" ".join(cell.split()) for cell in line.split(_CELL_END)) for line in text.split(_LINE_END))
    return "\n".join(line.strip() for line in lines if line.strip())
