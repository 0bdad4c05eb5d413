"""Bytes of a file to text: byte order mark, UTF-8, then the declared encoding, then the likeliest of a closed list."""

import codecs
import logging
import re

from qa_bot.corpus.unreadable import Unreadable

logger = logging.getLogger(__name__)

# Longer marks first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The encodings of text files before UTF-8. Of all that Python knows, a few words would often fit an exotic one better.
_LEGACY = (
    *("cp1252", "cp1250", "cp1251", "iso8859_2", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256"),
    *("gb18030", "big5", "cp932", "euc_jp", "euc_kr"),
)
# Western European text wins a tie, also when it looks a little messier (curly quotation marks, Portuguese ã beside ç).
_COMMONEST = "cp1252"
_MESSIER_AT_MOST = 0.1
# Declared as one of these, a page means Windows-1252 (WHATWG Encoding Standard, names and labels).
_MEANS_COMMONEST = frozenset({"iso8859-1", "ascii"})
_CONTROLS = bytes({*range(0x20), 0x7F} - set(b"\t\n\x0c\r\x1b"))
# The HTML standard has the declaration within the first 1,024 bytes; XML has it in its first line.
_DECLARED = re.compile(
    rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})"
    rb"|<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})",
    re.IGNORECASE,
)
_DECLARED_WITHIN = 1024
# What letters of an unknown encoding are looked at: 64 KB of text tell as much as 32 MB, which take 2 GB of memory.
_LOOKED_AT = 64 * 1024
# Text has next to no control characters; compressed and machine code have one in ten bytes.
_MOST_CONTROLS = 0.01


def decode(data: bytes, path: str, *, declared: str | None = None) -> str:
    r"""The text without its byte order mark, line ends read as `\n`; `declared` is the encoding that the file names.

    `path` is only for the log. Raises `Unreadable` for binary data and for bytes that no encoding explains, naming the
    first such byte.
    """
    return _decoded(data, path, declared).replace("\r\n", "\n").replace("\r", "\n")


def declared_encoding(page: bytes) -> str | None:
    """The encoding that a page of HTML or XHTML says it is in, in its `<meta>` or XML declaration."""
    found = _DECLARED.findall(page[:_DECLARED_WITHIN])
    names = [meta for _, meta in found if meta] + [xml for xml, _ in found if xml]
    return names[0].decode() if names else None


def _decoded(data: bytes, path: str, declared: str | None) -> str:
    """The text as it is, line ends included."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding, skipped=len(mark))
    if (zero := data.find(b"\0")) >= 0:
        raise Unreadable(f"The file is binary, not text (byte {zero} is zero).")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        return _legacy(data, path, declared, error)


def _strictly(data: bytes, encoding: str, *, skipped: int) -> str:
    """The text in exactly this encoding, which stands after `skipped` bytes of the file."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding.upper()
        raise Unreadable(
            f"The file is not valid {name} although it begins as such (byte {skipped + error.start})."
        ) from error


def _legacy(data: bytes, path: str, declared: str | None, error: UnicodeDecodeError) -> str:
    """The text of a file that is not UTF-8, as `error` says."""
    if len(data) - len(data.translate(None, _CONTROLS)) > _MOST_CONTROLS * len(data):
        raise Unreadable("The file is binary, not text (it is full of control characters).") from error
    if declared is not None:
        try:
            name = codecs.lookup(declared).name
            return data.decode(_COMMONEST if name in _MEANS_COMMONEST else name)
        except (LookupError, UnicodeDecodeError) as problem:
            logger.info("%s: the declared encoding %s does not fit: %s", path, declared, problem)
    refusal = Unreadable(f"The file is not valid UTF-8 (byte {error.start}), and no other encoding explains it.")
    if _is_damaged_utf8(data) or (encoding := _likeliest(_sample(data, error.start))) is None:
        raise refusal from error
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise refusal from error
    logger.warning("%s: the file is not UTF-8 and was read as %s", path, encoding)
    return text


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether more of the characters beyond ASCII are good UTF-8 than not: no other encoding looks so by chance."""
    text = data.decode(errors="replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return 2 * text.count("\ufffd") < beyond_ascii


def _sample(data: bytes, first: int) -> bytes:
    """The lines from that of the `first` letter beyond ASCII on, cut at white space, so that no letter is halved."""
    start = data.rfind(b"\n", 0, first) + 1
    sample = data[max(start, first - _LOOKED_AT) :][: 2 * _LOOKED_AT]
    if len(sample) < 2 * _LOOKED_AT:
        return sample
    return sample[: max(sample.rfind(b"\n"), sample.rfind(b" ")) + 1] or sample


def _likeliest(data: bytes) -> str | None:
    """The name of the encoding that makes the most sense of the bytes, or `None`."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 - costs 50 ms, and most corpora are UTF-8

    matches = from_bytes(data, cp_isolation=list(_LEGACY))
    best = matches.best()
    if best is None:
        return None
    for match in matches:
        as_good = match.coherence >= best.coherence and match.chaos <= best.chaos + _MESSIER_AT_MOST
        if _COMMONEST in match.could_be_from_charset and as_good:
            return _COMMONEST
    return best.encoding
