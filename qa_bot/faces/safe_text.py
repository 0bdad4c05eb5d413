"""Text made safe for a terminal and for a line of JSON."""

import json

_REPLACEMENT = "\ufffd"
_CONTROL_PICTURES = 0x2400  # the block of signs such as ␛ that stand for U+0000 and those after it


def _substitutes() -> dict[int, str]:
    table = {code: chr(_CONTROL_PICTURES + code) for code in range(0x20)}
    table |= {0x7F: "\u2421"}
    table |= dict.fromkeys(range(0x80, 0xA0), _REPLACEMENT)  # C1: some terminals obey these like ESC sequences
    table |= dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], _REPLACEMENT)  # they reorder what is read
    table |= dict.fromkeys(range(0xD800, 0xE000), _REPLACEMENT)  # halves of a character: no encoding has them
    # Other ends of line than \n would break the layout, and a tab has no width of its own.
    return table | {0x2028: " ", 0x2029: " ", ord("\t"): " ", ord("\n"): "\n"}


_SUBSTITUTES = _substitutes()
_ESCAPES = {code: f"\\u{code:04x}" for code in _SUBSTITUTES if code > ord("~")}


def visible(text: str) -> str:
    """The text with everything that could steer a terminal replaced by a sign; each character keeps its place."""
    return text.translate(_SUBSTITUTES)


def one_line(text: str) -> str:
    """The text made safe for a terminal, on one line."""
    return " ".join(visible(text).split())


def json_line(value: object, encoding: str) -> str:
    """The value as JSON on one line, exact, with nothing in it that steers a terminal or that `encoding` lacks."""
    line = json.dumps(value, ensure_ascii=False).translate(_ESCAPES)
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        return json.dumps(value)
    return line


def counted(number: int, noun: str) -> str:
    """The number with its noun: `1 article`, `1,200 articles`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
