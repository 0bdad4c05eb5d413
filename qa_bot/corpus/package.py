"""Files that are ZIP archives of other files (DOCX, EPUB), read within limits and never unpacked to the disk."""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qa_bot.corpus.unreadable import Unreadable

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# A book of a thousand pages has 3 MB of text and a few hundred files; text hardly ever shrinks to a thirtieth.
_MOST_FILES = 10_000
_MOST_UNPACKED = 100 * 1024 * 1024
_MOST_RATIO = 200
_SMALL = 10 * 1024 * 1024
_DOCUMENT, _RELATIONS = "word/document.xml", "_rels/.rels"
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError, KeyError)


class Package:
    """The files inside a ZIP archive; `kind` is what it is called to the user."""

    def __init__(self, data: bytes, kind: str) -> None:
        self._kind = kind
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            entries = self._archive.infolist()
        except _DAMAGED as error:
            raise Unreadable(f"The {kind} is damaged: it is not a whole ZIP archive.") from error
        if len(entries) > _MOST_FILES:
            raise Unreadable(f"The {kind} holds {len(entries):,} files, more than {_MOST_FILES:,}.")
        for entry in entries:
            self._check(entry)
        self._left = _MOST_UNPACKED
        self._entries = {entry.filename: entry for entry in entries}

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def read(self, name: str) -> bytes:
        """The content of a file inside; raises `Unreadable` where it is missing, damaged or too big."""
        entry = self._entries.get(name)
        if entry is None:
            raise Unreadable(f"The {self._kind} is damaged: {name} is missing in it.")
        self._left -= entry.file_size
        if self._left < 0:
            raise Unreadable(f"The {self._kind} unpacks to more than {_MOST_UNPACKED // 1024 // 1024} MB.")
        try:
            return self._archive.read(entry)
        except _DAMAGED as error:
            raise Unreadable(f"The {self._kind} is damaged: {name} in it cannot be unpacked.") from error

    def xml(self, name: str) -> "Element":
        """The root of an XML file inside; raises `Unreadable`, also where it declares entities."""
        return parse_xml(self.read(name), f"{name} in the {self._kind}")

    def _check(self, entry: zipfile.ZipInfo) -> None:
        """Raises `Unreadable` for a name that leads out of the archive, a bomb, and what cannot be unpacked."""
        name = entry.filename
        if name.startswith("/") or "\\" in name or ".." in name.split("/") or "\0" in entry.orig_filename:
            raise Unreadable(f"The {self._kind} holds a path that leads out of it ({entry.orig_filename!r}).")
        if entry.flag_bits & 1:
            raise Unreadable(f"The {self._kind} is encrypted.")
        if entry.compress_type not in _METHODS:
            raise Unreadable(f"The {self._kind} is packed in a way that is not read.")
        if entry.file_size > _SMALL and entry.file_size > _MOST_RATIO * max(entry.compress_size, 1):
            raise Unreadable(
                f"The {self._kind} would unpack to {entry.file_size:,} bytes from {entry.compress_size:,}."
            )


def document_part(package: Package) -> str:
    """The file that holds the text of a Word document: the one that the package names (ECMA-376-2, 9.3)."""
    if _DOCUMENT in package or _RELATIONS not in package:
        return _DOCUMENT
    targets = [
        inner_path("", str(relation.get("Target") or "").lstrip("/"))
        for relation in package.xml(_RELATIONS).iter("{*}Relationship")
        if str(relation.get("Type")).endswith("/officeDocument")
    ]
    return next((target for target in targets if target in package), _DOCUMENT)


def parse_xml(data: bytes, what: str) -> "Element":
    """The root of an XML document; nothing is loaded from elsewhere and no entity expanded. Raises `Unreadable`."""
    from lxml import etree  # noqa: PLC0415

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(f"{what} is not XML ({' '.join(str(error).split())}).") from error
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise Unreadable(f"{what} declares XML entities, which are refused.")
    return root


def inner_path(base: str, href: str) -> str:
    """The path inside the archive that `href` means in the file `base`; raises `Unreadable` where it leads out."""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(base), href))
    if path.startswith(("/", "..")):
        raise Unreadable(f"It refers to a path that leads out of it ({href!r}).")
    return path


def stated(root: "Element", name: str) -> Iterator[str]:
    """The texts of all elements of that local name, on one line, without blank ones."""
    for element in root.iter(f"{{*}}{name}"):
        if text := " ".join("".join(element.itertext()).split()):
            yield text
