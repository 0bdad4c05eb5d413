"""Which articles filters leave, by SQL over what is known of them and by the words that they have."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

import numpy as np

from qa_bot.index.lexical import LexicalIndex, analyze
from qa_bot.index.sqlite_file import damage_told, read_only
from qa_bot.index.store import STORE_FILE
from qa_bot.text import words
from qa_bot.types import Filters, Rows

_ASKED = "SELECT value FROM json_each(?)"
_ROWS_OF = f"SELECT row FROM passages WHERE article IN ({_ASKED}) ORDER BY row"  # noqa: S608
_ROWS_BUT = f"SELECT row FROM passages WHERE article NOT IN ({_ASKED}) ORDER BY row"  # noqa: S608
_TEXTS_OF = (
    "SELECT DISTINCT number, title, text FROM passages JOIN articles ON number = article"  # noqa: S608
    f" WHERE row IN ({_ASKED})"
)
_NO_SOURCE = "source IS NULL AND url IS NULL"


@dataclass(frozen=True, slots=True)
class Selection:
    """The `rows`, ascending, of the passages that filters leave, or of those that they leave out: the fewer articles.

    It `keeps` the rows or leaves them out. `articles` of `of` articles are left, with these `numbers`; `undated` more
    would be if their date were known, and `unsourced` if their source were.
    """

    rows: Rows
    keeps: bool
    articles: int
    of: int
    undated: int
    unsourced: int
    numbers: tuple[int, ...]


class Selector:
    """Read access to what is known of the articles of one generation; safe to share between threads."""

    def __init__(self, connection: sqlite3.Connection, lexical: LexicalIndex) -> None:
        self._connection = connection
        self._lexical = lexical
        # One thread at a time, for its SQL has functions of Python's: see `read_only`.
        self._lock = Lock()

    @classmethod
    def open(cls, folder: Path, lexical: LexicalIndex) -> "Selector":
        """That of the generation in `folder`; raises IndexUnavailable where it cannot be opened."""
        path = folder / STORE_FILE
        with damage_told(path):
            # Opened at once, though few questions need it: a generation that is in use may be removed by builds.
            connection = read_only(path)
        connection.create_function("folded", 1, _folded, deterministic=True)
        connection.create_function("host", 1, _host, deterministic=True)
        return cls(connection, lexical)

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The sources of the archive, each once, in the order of their names."""
        query = "SELECT DISTINCT source FROM articles WHERE source IS NOT NULL ORDER BY source"
        with self._lock:
            return tuple(source for (source,) in self._connection.execute(query))

    @cached_property
    def newest(self) -> str | None:
        """The day of the newest article; None where none is dated to the day."""
        query = "SELECT max(substr(published, 1, 10)) FROM articles WHERE length(published) >= 10"
        with self._lock:
            (day,) = self._connection.execute(query).fetchone()
        return None if day is None else str(day)

    def has_dates(self, since: str, until: str) -> bool:
        """Whether any article is of that time."""
        conditions, values = _date_conditions(Filters(since=since, until=until))
        with self._lock:
            return self._count(conditions, values) > 0

    def select(self, filters: Filters) -> Selection:
        """What the filters leave; names are compared without regard to case, and part of one is enough."""
        with self._lock:
            return self._selected(filters)

    def _selected(self, filters: Filters) -> Selection:
        own, own_values = _field_conditions(filters)
        worded, word_values = self._word_conditions(filters)
        dated, dated_values = _date_conditions(filters)
        sourced, sourced_values = _source_conditions(filters)
        own, own_values = [*own, *worded], [*own_values, *word_values]
        query = f"SELECT number FROM articles WHERE {_all([*own, *dated, *sourced])}"  # noqa: S608
        kept = self._connection.execute(query, [*own_values, *dated_values, *sourced_values])
        numbers = [number for (number,) in kept]
        of = self._count([], [])
        keeps = 2 * len(numbers) <= of
        rows = self._connection.execute(_ROWS_OF if keeps else _ROWS_BUT, [json.dumps(numbers)])
        return Selection(
            rows=np.array([row for (row,) in rows], dtype=np.int64),
            keeps=keeps,
            articles=len(numbers),
            of=of,
            undated=self._count([*own, *sourced, "published IS NULL"], [*own_values, *sourced_values]) if dated else 0,
            unsourced=self._count([*own, *dated, _NO_SOURCE], [*own_values, *dated_values]) if sourced else 0,
            numbers=tuple(numbers),
        )

    def _count(self, conditions: Sequence[str], values: Sequence[str]) -> int:
        query = f"SELECT count(*) FROM articles WHERE {_all(conditions)}"  # noqa: S608
        (count,) = self._connection.execute(query, values).fetchone()
        return int(count)

    def _word_conditions(self, filters: Filters) -> tuple[list[str], list[str]]:
        wanted = [("IN", phrase) for phrase in filters.phrases] + [("NOT IN", word) for word in filters.without]
        conditions = [f"number {inside} ({_ASKED})" for inside, _ in wanted]
        return conditions, [json.dumps(sorted(self._articles_with(phrase))) for _, phrase in wanted]

    def _articles_with(self, phrase: str) -> set[int]:
        """The numbers of the articles that have exactly those words in a row, in their text or title."""
        rows = self._lexical.rows_with_all(analyze(phrase))
        found = self._connection.execute(_TEXTS_OF, [json.dumps(rows.tolist())])
        wanted = _words(phrase)
        return {number for number, *texts in found if any(_has(text, wanted) for text in texts)}


def _all(conditions: Sequence[str]) -> str:
    return " AND ".join(conditions) or "1"


def _field_conditions(filters: Filters) -> tuple[list[str], list[str]]:
    named = [("author", value) for value in filters.authors] + [("title", value) for value in filters.titles]
    return [f"folded({field}) LIKE ? ESCAPE '\\'" for field, _ in named], [_pattern(value) for _, value in named]


def _source_conditions(filters: Filters) -> tuple[list[str], list[str]]:
    if not filters.sources:
        return [], []
    each = "(folded(source) LIKE ? ESCAPE '\\' OR host(url) LIKE ? ESCAPE '\\')"
    # Of several sources an article may have any.
    patterns = [_pattern(value) for value in filters.sources for _ in range(2)]
    return ["(" + " OR ".join([each] * len(filters.sources)) + ")"], patterns


def _date_conditions(filters: Filters) -> tuple[list[str], list[str]]:
    bounds = [("substr(published, 1, 10) >= ?", filters.since), ("substr(published, 1, 10) < ?", filters.until)]
    return [condition for condition, value in bounds if value], [value for _, value in bounds if value]


def _pattern(value: str) -> str:
    escaped = value.casefold().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _folded(text: str | None) -> str | None:
    return None if text is None else text.casefold()


def _host(url: str | None) -> str | None:
    return None if url is None else urlsplit(url).hostname


def _has(text: str, wanted: Sequence[str]) -> bool:
    if wanted[0] not in text.casefold():
        return False
    found = _words(text)
    first, length = wanted[0], len(wanted)
    return any(word == first and found[at : at + length] == wanted for at, word in enumerate(found))


def _words(text: str) -> list[str]:
    return [text[start:end].casefold().replace("’", "'").removesuffix("'s") for start, end in words(text)]
