"""The earlier texts of articles that were corrected, in the store: what old citations were cut from."""

import hashlib
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from qa_bot.errors import IndexUnavailable
from qa_bot.index.article_rows import ARTICLE_COLUMNS, sound_article
from qa_bot.index.sqlite_file import read_only

VERSIONS_SCHEMA = """
CREATE TABLE versions (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, until TEXT NOT NULL, sha256 TEXT NOT NULL, packed BLOB NOT NULL
);
CREATE INDEX versions_of ON versions (id);
"""
# A report that is written on through a day is corrected a few times; more often than this, its oldest texts go.
MOST_VERSIONS = 10
# Every citation of a reply names the hash of its text, and long texts are cited several times.
_HASHES_KEPT = 16
_INSERT = "INSERT INTO versions (id, until, sha256, packed) VALUES (?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Version:
    """A text that an article had until a build found another, at that time in UTC; `sha256` is that of the text."""

    until: str
    sha256: str
    text: str


@lru_cache(maxsize=_HASHES_KEPT)
def text_sha256(text: str) -> str:
    """The SHA-256 of a text in UTF-8, which for a plain file is that of the file."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def versions_of(connection: sqlite3.Connection, article_id: str) -> tuple[Version, ...]:
    """The earlier texts of the article with that id, the latest first."""
    found = connection.execute(
        "SELECT until, sha256, packed FROM versions WHERE id = ? ORDER BY number DESC", (article_id,)
    )
    return tuple(Version(until, digest, zlib.decompress(packed).decode()) for until, digest, packed in found)


def keep_version(connection: sqlite3.Connection, article_id: str, text: str) -> None:
    """The text is kept as one that the article had until now, and the oldest of too many is forgotten."""
    until = datetime.now(UTC).isoformat(timespec="seconds")
    connection.execute(_INSERT, (article_id, until, text_sha256(text), zlib.compress(text.encode())))
    connection.execute(
        "DELETE FROM versions WHERE id = ?1 AND number NOT IN"
        " (SELECT number FROM versions WHERE id = ?1 ORDER BY number DESC LIMIT ?2)",
        (article_id, MOST_VERSIONS),
    )


def forget_versions(connection: sqlite3.Connection, article_id: str) -> None:
    """Nothing is kept of an article that is no more: who takes one out wants its words gone."""
    connection.execute("DELETE FROM versions WHERE id = ?", (article_id,))


def hand_versions_on(connection: sqlite3.Connection, article_id: str, new_id: str) -> None:
    """What was kept of an article is that of its new id."""
    connection.execute("UPDATE versions SET id = ? WHERE id = ?", (new_id, article_id))


def carry_versions(connection: sqlite3.Connection, store: Path) -> None:
    """What the store of the generation before kept of the articles that are here, and its own texts that differ.

    An article that has another id now is known by its content; texts that are not as they were written are passed
    over. Raises IndexUnavailable where that store cannot be read; what could be read is kept.
    """
    contents = dict(_read(store, "articles", "id, sha256"))
    for article_id, until, digest, packed in _read(store, "versions", "id, until, sha256, packed"):
        heir = _heir(connection, article_id, contents.get(article_id))
        if heir is not None and _is_whole(digest, packed):
            connection.execute(_INSERT, (heir, until, digest, packed))
    for values in _read(store, "articles", ARTICLE_COLUMNS):
        article = sound_article(*values)
        if article and _text(connection, article.id) not in (None, article.text):
            keep_version(connection, article.id, article.text)


def _is_whole(digest: str, packed: bytes) -> bool:
    try:
        return hashlib.sha256(zlib.decompress(packed)).hexdigest() == digest
    except zlib.error:
        return False


def _heir(connection: sqlite3.Connection, article_id: str, content: str | None) -> str | None:
    """The id under which an article is here now, None where it is not."""
    found = connection.execute(
        "SELECT id FROM articles WHERE id = ?1 OR sha256 = ?2 ORDER BY id != ?1, number", (article_id, content)
    ).fetchone()
    return found[0] if found else None


def _text(connection: sqlite3.Connection, article_id: str) -> str | None:
    found = connection.execute("SELECT text FROM articles WHERE id = ?", (article_id,)).fetchone()
    return found[0] if found else None


def _read(store: Path, table: str, columns: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a table of another store in the order of their numbers; none where it has no such table."""
    try:
        with closing(read_only(store)) as connection:
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone():
                rows = connection.execute(f"SELECT {columns} FROM {table} ORDER BY number")  # noqa: S608
                while row := rows.fetchone():
                    yield row
    except sqlite3.Error as error:
        raise IndexUnavailable(f"The earlier texts in {store} cannot be read ({error}).", path=store) from error
