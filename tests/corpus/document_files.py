"""Small documents of every packed format, written byte by byte."""

import io
import zipfile
from collections.abc import Mapping, Sequence

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)

# A line of a page: its left end, its height, its words.
PrintedLine = tuple[float, float, str]


def pdf(pages: Sequence[Sequence[PrintedLine]], *, info: str = "", lang: str = "", size: int = 11) -> bytes:
    """A PDF of US letter pages (612 by 792 points) in Helvetica; `info` is the inside of its information dictionary."""
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {f'/Lang ({lang})' if lang else ''} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        f"<< {info} >>",
    ]
    for number, lines in enumerate(pages):
        shown = " ".join(f"1 0 0 1 {left} {height} Tm ({words}) Tj" for left, height, words in lines)
        stream = f"BT /F1 {size} Tf {shown} ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {6 + 2 * number} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(stream.encode('cp1252'))} >>\nstream\n{stream}\nendstream")
    body = b"%PDF-1.4\n" + b"".join(
        f"{number} 0 obj\n{content}\nendobj\n".encode("cp1252") for number, content in enumerate(objects, start=1)
    )
    return body + f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info 4 0 R >>\n%%EOF".encode()


def packed(files: Mapping[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive of the files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def docx(body: str, *, core: str = "", **others: str) -> bytes:
    """A Word document; `core` is the inside of its core properties, `others` are files of `word/`."""
    files = {"word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>"}
    if core:
        files["docProps/core.xml"] = (
            '<cp:coreProperties xmlns:cp="c" xmlns:dc="http://purl.org/dc/elements/1.1/"'
            f' xmlns:dcterms="http://purl.org/dc/terms/">{core}</cp:coreProperties>'
        )
    return packed(files | {f"word/{name}.xml": content for name, content in others.items()})


def paragraph(text: str, *, style: str = "") -> str:
    """A paragraph of a Word document."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def epub(chapters: Sequence[str | bytes], *, metadata: str = "", spine: str = "", **others: str) -> bytes:
    """An EPUB of chapters (whole documents); `others` are further files, `__` in a name stands for `/`."""
    items = "".join(
        f'<item id="c{number}" href="c%20{number}.xhtml" media-type="application/xhtml+xml"/>'
        for number in range(len(chapters))
    )
    order = "".join(f'<itemref idref="c{number}"/>' for number in range(len(chapters)))
    opf = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:opf="http://www.idpf.org/2007/opf">'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata>'
        f'<manifest>{items}<item id="n" href="n.xhtml" properties="nav" media-type="application/xhtml+xml"/></manifest>'
        f'<spine><itemref idref="n"/>{spine or order}</spine></package>'
    )
    files: dict[str, str | bytes] = {"mimetype": "application/epub+zip", "META-INF/container.xml": CONTAINER}
    files |= {"OEBPS/book.opf": opf, "OEBPS/n.xhtml": "<html><body><p>Contents</p></body></html>"}
    files |= {f"OEBPS/c {number}.xhtml": chapter for number, chapter in enumerate(chapters)}
    return packed(files | {name.replace("__", "/"): content for name, content in others.items()})


def chapter(inside: str) -> str:
    """A chapter of an EPUB."""
    return f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>{inside}</body></html>'


def mhtml(page: str, *, charset: str = "utf-8", head: str = "", location: str = "https://news.example/a") -> bytes:
    """A saved page with a picture beside it."""
    return (
        (
            f"From: <Saved by Blink>\r\n{head}Date: Tue, 24 Nov 2026 10:00:00 -0000\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/related; type="text/html"; boundary="----b"\r\n\r\n'
            "------b\r\nContent-Type: text/html; charset=" + charset + "\r\nContent-Transfer-Encoding: 8bit\r\n"
            f"Content-Location: {location}\r\n\r\n"
        ).encode()
        + page.encode(charset)
        + (
            b"\r\n------b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            b"iVBORw0KGgo=\r\n------b--\r\n"
        )
    )
