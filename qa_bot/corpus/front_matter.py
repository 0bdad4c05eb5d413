"""Metadata in YAML between two lines `---` at the top of a file."""

import re

import yaml

from qa_bot.corpus.metadata import Metadata, read_metadata
from qa_bot.corpus.unreadable import Unreadable

# The metadata of an article are shorter; YAML of this length is read within two seconds.
_LONGEST = 64 * 1024
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
# What YAML calls null; every value is read as the words that stand there, so that a title `1984` or `No` stays one.
_NULL = ("", "~", "null", "Null", "NULL")


def split_front_matter(text: str, path: str) -> tuple[Metadata, str]:
    """The metadata and the text after the front matter; a text without any comes back whole.

    Front matter that is never closed, or is longer than 64 KB, is text. `path` is only for the log.
    Raises `Unreadable`, with the line, for front matter that is not a YAML mapping.
    """
    match = _FRONT_MATTER.match(text)
    if match is None or len(match.group(1)) > _LONGEST:
        return Metadata(), text
    fields = {name: value for name, value in _mapping(match.group(1)).items() if value not in _NULL}
    return read_metadata(fields, path), text[match.end() :]


def _mapping(block: str) -> dict[str, object]:
    """The fields of the block, values as strings (or lists and mappings of them)."""
    try:
        fields = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506 - makes nothing but strings, lists, mappings
    except yaml.YAMLError as error:
        raise Unreadable(f"The front matter is not YAML (line {_line(block, error)}).") from error
    except RecursionError as error:
        raise Unreadable("The front matter is not YAML (too deeply nested).") from error
    if fields is None:
        return {}
    if not isinstance(fields, dict):
        raise Unreadable('The front matter has no fields such as "title: ..." (line 2).')
    return {str(name): value for name, value in fields.items()}


def _line(block: str, error: yaml.YAMLError) -> int:
    """The line of the file where YAML found the fault; the block begins in line 2."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return int(error.problem_mark.line) + 2
    return block.count("\n", 0, getattr(error, "position", 0)) + 2
