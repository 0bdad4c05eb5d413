"""Which parser reads which kind of file."""

import io
import zipfile
from collections.abc import Callable

from qa_bot.corpus.docx import COMPOUND, parse_docx
from qa_bot.corpus.epub import parse_epub
from qa_bot.corpus.html import parse_html
from qa_bot.corpus.markdown import parse_markdown
from qa_bot.corpus.mhtml import parse_mhtml
from qa_bot.corpus.pdf import parse_pdf
from qa_bot.corpus.plain import parse_plain
from qa_bot.types import Article

Parser = Callable[[bytes, str, str], Article]

PLAIN: dict[str, Parser] = {".txt": parse_plain, ".md": parse_markdown}
# What libraries for foreign formats read: in a process of its own, for a file may be made to break them.
DOCUMENTS: dict[str, Parser] = {
    ".html": parse_html,
    ".htm": parse_html,
    ".mhtml": parse_mhtml,
    ".mht": parse_mhtml,
    ".pdf": parse_pdf,
    ".docx": parse_docx,
    ".epub": parse_epub,
}
LINES = (".jsonl", ".jsonl.gz")
READ = (*PLAIN, *DOCUMENTS, *LINES)
# An article of a million words has 6 MB; documents have pictures in them.
MOST_BYTES = dict.fromkeys(PLAIN, 32 * 1024 * 1024) | dict.fromkeys(DOCUMENTS, 200 * 1024 * 1024)

_PAGE_STARTS = (b"<!doctype html", b"<html", b"<?xml")
_SAVED_STARTS = (b"from: <saved by", b"mime-version:")
_BEGINNING = 1024


def file_type(content: bytes, name: str) -> str | None:
    """The ending that says how a document is read: what it holds decides, then its name; `None` for no text."""
    start = content[:_BEGINNING].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if content[:_BEGINNING].find(b"%PDF-") >= 0:
        return ".pdf"
    if content.startswith((b"PK\x03\x04", b"\x1f\x8b", COMPOUND)):
        return _packed_type(content)
    if start.startswith(_SAVED_STARTS) or (name.lower().endswith((".mht", ".mhtml")) and b"mime-version" in start):
        return ".mhtml"
    if start.startswith(_PAGE_STARTS) or b"<html" in start:
        return ".html"
    return ".md" if name.lower().endswith(".md") else ".txt"


def _packed_type(content: bytes) -> str | None:
    """What kind of document a ZIP archive is, or what is packed in another way."""
    if content.startswith(COMPOUND):
        return ".docx"
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    if any(name.startswith("word/") for name in names):
        return ".docx"
    return ".epub" if "META-INF/container.xml" in names else None
