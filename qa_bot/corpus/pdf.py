"""Articles in PDF."""

import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qa_bot.corpus.metadata import Metadata, language_tag, make_article, on_one_line, printed_date
from qa_bot.corpus.pdf_columns import WIDE_GAP, Cell, in_columns
from qa_bot.corpus.pdf_layout import Line, PrintedPage, running_text
from qa_bot.corpus.unreadable import Unreadable
from qa_bot.types import Article

if TYPE_CHECKING:
    import pypdfium2

logger = logging.getLogger(__name__)

# PDFium's sign for a hyphen that parts a word at the end of a line.
_BREAK = "\x02"
_SOFT_HYPHEN = "\xad"
_LINE = re.compile(r"[^\r\n\x02]+")
_INKED = re.compile(r"[^\s\x00-\x1f]+")
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_DROPPED = dict.fromkeys([*range(9), *range(0x0E, 0x20), 0x7F, 0xAD, 0xFEFF, 0xFFFE, 0xFFFF])
_SIGNS = str.maketrans({**_DROPPED, **_LIGATURES})
_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(?:(Z)|([+-]\d\d)'?(\d\d)?)?")
# A title that a program made of the name of a file, or none at all.
_NO_TITLE = re.compile(
    r"(?:Microsoft \w+ - .*|untitled.*|.*\.(?:docx?|indd|qxd|pdf|tex|dvi|rtf|odt|html?|pptx?))", re.I
)
# They print what is there already, scan it or read it: the date of such a file says when somebody saved it.
_COPIERS = re.compile(
    r"Skia/PDF|Mozilla|Chrom|Firefox|Safari|wkhtmltopdf|WeasyPrint|Prince|cairo|Quartz PDFContext|Print To PDF"
    r"|PDFCreator|CutePDF|doPDF|novaPDF|PrimoPDF|Bullzip|cups|scan|ABBYY|FineReader|OCR|Tesseract|Paper Capture"
    r"|img2pdf",
    re.IGNORECASE,
)
# How publishers state dates in a PDF's XMP (PRISM 3.0), as elements or attributes; the packet is hardly ever packed.
_PUBLISHED = re.compile(
    rb"prism:(?:publicationDate|onlineDisplayDate|coverDate)\b[^<>=]{0,40}(?:>|=[\"'])\s*([\w:+./-]{8,40})"
)
# Columns show in four rows at least, so that a page without a wide gap in every third line has none.
_PROBED = 3
# Where more letters than this have no known meaning, what is left is not the text.
_MOST_UNKNOWN = 0.5


def parse_pdf(data: bytes, article_id: str, path: str) -> Article:
    """The article of a `.pdf` file: its pages as running text, with the offsets where they begin.

    Title, author, language and date are those that the document states: the date of publication in its XMP, else that
    of its making, but for one that was printed or scanned from something else. Raises `Unreadable`, also for a scanned
    document, which has no text.
    """
    import pypdfium2  # noqa: PLC0415 - a corpus may have no PDF

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Unreadable("The PDF is locked with a password: save it without one.") from error
        raise Unreadable("The PDF is damaged: it cannot be opened.") from error
    try:
        pages = list(_pages(document))
        _check(pages, path)
        text, starts = running_text(pages)
        return make_article(article_id, path, text, _metadata(document, data), starts)
    except pypdfium2.PdfiumError as error:
        raise Unreadable(f"The PDF is damaged: {error}") from error
    finally:
        document.close()


def _check(pages: list[PrintedPage], path: str) -> None:
    empty = [str(number) for number, page in enumerate(pages, start=1) if not page.lines]
    if len(empty) == len(pages):
        raise Unreadable("The PDF has no text, so it was probably scanned: run OCR on it, with ocrmypdf for example.")
    if empty:
        logger.warning("%s: no text on page %s (scanned, or empty)", path, ", ".join(empty))


def _pages(document: "pypdfium2.PdfDocument") -> Iterator[PrintedPage]:
    """The lines of every page; raises `Unreadable` where the letters have no meaning."""
    unknown = known = 0
    for page in document:
        text_page = page.get_textpage()
        try:
            codes = _codes(text_page)
            unknown += codes.count("\0")
            known += sum(code > " " for code in codes)
            yield PrintedPage(tuple(_lines(codes, text_page)), page.get_height())
        finally:
            text_page.close()
            page.close()
    if unknown > _MOST_UNKNOWN * (unknown + known):
        raise Unreadable("The fonts of the PDF do not say which letters they show: run OCR on it.")


def _codes(text_page: "pypdfium2.PdfTextPage") -> list[str]:
    """The character at each index of the page; one that is no character is U+0000."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    codes = (pdfium.FPDFText_GetUnicode(text_page.raw, index) for index in range(text_page.count_chars()))
    return [chr(code) if code < 0x110000 else "\0" for code in codes]  # noqa: PLR2004 - the end of Unicode


def _lines(codes: list[str], text_page: "pypdfium2.PdfTextPage") -> Iterator[Line]:
    """The lines that have letters, in the order of reading, with the boxes of their first and last ones."""
    page = "".join(codes)
    for cells in in_columns(list(_cells(page, text_page))):
        start, end = cells[0].start, cells[-1].end
        text = on_one_line(_characters(page[start:end]))
        if text:
            left, bottom, _, top = text_page.get_charbox(start, loose=True)
            _, low, right, high = text_page.get_charbox(cells[-1].last, loose=True)
            broken = page[end : end + 1] == _BREAK or page[end - 1] == _SOFT_HYPHEN
            whole, parted = _parted(text, broken=broken)
            yield Line(whole, left, right, min(bottom, low), max(top, high), broken=parted)


def _cells(page: str, text_page: "pypdfium2.PdfTextPage") -> Iterator[Cell]:
    """The stretches of the lines that have letters, as they come, between gaps that can be those of columns."""
    lines = [(line.end(), _words(page, line)) for line in _LINE.finditer(page)]
    has_gaps = any(len(list(_stretches(words, text_page))) > 1 for _, words in lines[::_PROBED])
    for number, (line_end, words) in enumerate(lines):
        for stretch in _stretches(words, text_page) if has_gaps else filter(None, [words]):
            start, last = stretch[0][0], stretch[-1][1] - 1
            left, bottom, _, top = text_page.get_charbox(start, loose=True)
            _, low, right, high = text_page.get_charbox(last, loose=True)
            end = line_end if stretch[-1] == words[-1] else last + 1
            yield Cell(number, start, last, end, page[start:end], left, right, min(bottom, low), max(top, high))


def _words(page: str, line: re.Match[str]) -> list[tuple[int, int]]:
    """Where the words of a line begin and end."""
    return [word.span() for word in _INKED.finditer(page, *line.span())]


def _stretches(words: list[tuple[int, int]], text_page: "pypdfium2.PdfTextPage") -> Iterator[list[tuple[int, int]]]:
    """The words of a line between its wide gaps."""
    first = 0
    for number in range(1, len(words)):
        _, bottom, end, top = text_page.get_charbox(words[number - 1][1] - 1, loose=True)
        begin, *_ = text_page.get_charbox(words[number][0], loose=True)
        if begin - end > WIDE_GAP * (top - bottom):
            yield words[first:number]
            first = number
    if words:
        yield words[first:]


def _parted(text: str, *, broken: bool) -> tuple[str, bool]:
    """The line without the hyphen that parts its last word, and whether there is one."""
    if broken:
        return (text, True) if text[-1].isalnum() else (f"{text}-", False)
    if text[-1] == "-" and text[-2:-1].isalnum():
        return text[:-1], True
    return text, False


def _characters(page: str) -> str:
    """The characters in plain letters: halves put together, ligatures taken apart, signs of control left out."""
    text = page.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.translate(_SIGNS)


def _metadata(document: "pypdfium2.PdfDocument", data: bytes) -> Metadata:
    stated = {name: on_one_line(_readable(value)) for name, value in document.get_metadata_dict().items()}
    title = stated.get("Title", "")
    copied = _COPIERS.search(f"{stated.get('Creator', '')} {stated.get('Producer', '')}")
    issued = (printed_date(match.group(1).decode("ascii", "replace")) for match in _PUBLISHED.finditer(data))
    return Metadata(
        title=title if title and not _NO_TITLE.fullmatch(title) else None,
        author=stated.get("Author", "").replace("; ", ", ") or None,
        published=next(filter(None, issued), None) or (None if copied else _date(stated.get("CreationDate", ""))),
        language=language_tag(_language(document)),
    )


def _readable(value: str) -> str:
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").translate(_SIGNS)


def _language(document: "pypdfium2.PdfDocument") -> str:
    """The language that the catalogue states; "" where it states none."""
    import ctypes  # noqa: PLC0415

    import pypdfium2.raw as pdfium  # noqa: PLC0415

    size = pdfium.FPDFCatalog_GetLanguage(document.raw, None, 0)
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFCatalog_GetLanguage(document.raw, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\0")


def _date(value: str) -> str | None:
    """The date of a PDF (ISO 32000, 7.9.4) in ISO 8601; `None` where it is not one."""
    match = _DATE.match(value.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, zulu, offset, offset_minutes = match.groups()
    if hour is None:
        return printed_date(f"{year}-{month}-{day}")
    zone = "+00:00" if zulu else f"{offset}:{offset_minutes or '00'}" if offset else ""
    return printed_date(f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{zone}")
