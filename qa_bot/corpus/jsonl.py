"""Articles in JSON Lines: one article a line, `.jsonl` or `.jsonl.gz`, read line by line."""

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path

from qa_bot.corpus.metadata import make_article, read_metadata
from qa_bot.corpus.unreadable import Unreadable
from qa_bot.types import Article, Skipped

# An article of a million words has 6 MB; what is longer is no article, or was made to fill the memory: 16 MB of
# brackets are 400 MB of lists.
LONGEST = 16 * 1024 * 1024


def read_jsonl(file: Path, path: str) -> Iterator[tuple[int, Article | Skipped]]:
    """Each line's number, from 1, and its article, or why there is none; `path` names the file to the user.

    Blank lines are passed over. A file ends with a `Skipped` at a line that is too long, and a compressed file that
    breaks off with that of the line after the last good one. Raises `OSError` if the file cannot be opened or read.
    """
    number = 0
    try:
        with gzip.open(file) if file.name.lower().endswith(".gz") else file.open("rb") as lines:
            for number, line in enumerate(iter(lambda: lines.readline(LONGEST + 1), b""), start=1):
                if len(line) > LONGEST:
                    reason = f"The line is longer than {LONGEST // 1024 // 1024} MB; the rest of the file is left out."
                    yield number, Skipped(line_place(path, number), reason)
                    return
                if line.strip():
                    yield number, _outcome(line, number, path)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        yield number + 1, Skipped(line_place(path, number + 1), f"The compressed file is damaged: {error}.")


def line_place(path: str, number: int) -> str:
    """How a line of a file is named to the user."""
    return f"{path}, line {number}"


def line_id(line: bytes) -> str | None:
    """The id of the article in a line; None where there is none."""
    try:
        fields = json.loads(line.rstrip().decode("utf-8-sig"))
        return _identity(fields.get("id")) if isinstance(fields, dict) else None
    except (ValueError, RecursionError, Unreadable):
        return None


def _outcome(line: bytes, number: int, path: str) -> Article | Skipped:
    """The article of one line, or why there is none."""
    try:
        return _article(line, number, path)
    except Unreadable as error:
        return Skipped(line_place(path, number), str(error))


def _article(line: bytes, number: int, path: str) -> Article:
    """The article of one line; its text is exactly the JSON string."""
    try:
        fields = json.loads(line.rstrip().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable(f"The line is not valid UTF-8 (byte {error.start} of the line).") from error
    except json.JSONDecodeError as error:
        raise Unreadable(f"The line is not JSON ({error.msg}, column {error.colno}).") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"The line cannot be read as JSON: {error}.") from error
    if not isinstance(fields, dict):
        raise Unreadable("The line is not a JSON object with the fields of an article.")
    text = fields.get("text")
    if not isinstance(text, str):
        raise Unreadable('The field "text" is missing or not text.')
    return make_article(_identity(fields.get("id")), path, text, read_metadata(fields, line_place(path, number)))


def _identity(value: object) -> str:
    """The line's own id, a number written out."""
    if isinstance(value, str) and value.strip():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Unreadable('The field "id" is missing, or neither a text nor a whole number.')
