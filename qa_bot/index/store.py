"""Articles and passages in SQLite: the texts that quotations are cut from."""

import json
import sqlite3
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from qa_bot.errors import IndexUnavailable
from qa_bot.index.article_rows import ARTICLE_COLUMNS, is_as_read, stored_article
from qa_bot.index.names import ArticleName, names_of
from qa_bot.index.sqlite_file import damage_told, read_only, sqlite_damage
from qa_bot.index.stories import (
    copies_of,
    stories_of,
    stories_of_rows,
)
from qa_bot.index.versions import Version, versions_of
from qa_bot.types import Article, Copy, Passage, Rows

STORE_FILE = "store.sqlite"
_PASSAGES = 'SELECT row, article, "start", "end", first_sentence, sentences FROM passages WHERE row '
_PASSAGE, _PASSAGES_IN = _PASSAGES + "= ?", _PASSAGES + "IN (SELECT value FROM json_each(?))"  # noqa: S608
# Articles kept in memory for quotations: a question touches a few dozen at most.
_ARTICLES_KEPT = 64


@dataclass(frozen=True, slots=True)
class ArticleInfo:
    """What a list of articles shows of one; `characters` is the length of its text."""

    id: str
    path: str
    title: str
    source: str | None
    author: str | None
    url: str | None
    published: str | None
    characters: int
    language: str | None = None


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with the number of its first sentence among all sentences of the index."""

    passage: Passage
    first_sentence: int


class Store:
    """Read access to the articles and passages of one generation; safe to share between threads."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._article = lru_cache(maxsize=_ARTICLES_KEPT)(self._read_article)

    @classmethod
    def open(cls, folder: Path) -> "Store":
        """The store in `folder`, read-only; raises IndexUnavailable where it cannot be opened."""
        path = folder / STORE_FILE
        with damage_told(path):
            connection = read_only(path)
            connection.execute("SELECT 1 FROM passages LIMIT 1").fetchone()
        return cls(connection, path)

    def close(self) -> None:
        """Nothing; the file is let go."""
        self._connection.close()

    def damage(self) -> list[str]:
        """What SQLite finds wrong with its file, all of which it reads; empty where it is whole."""
        return sqlite_damage(self._connection)

    def articles(self, numbers: Iterable[int] | None = None) -> list[ArticleInfo]:
        """All articles, or those with these numbers, in the order of the corpus, without their texts."""
        kept = "1" if numbers is None else "number IN (SELECT value FROM json_each(?))"
        rows = self._connection.execute(
            "SELECT id, path, title, source, author, url, published, characters, language FROM articles"  # noqa: S608
            f" WHERE {kept} ORDER BY path, line",
            () if numbers is None else (json.dumps(list(numbers)),),
        )
        return [ArticleInfo(*row) for row in rows]

    def names(self) -> list[ArticleName]:
        """What each article can be called by, in the order of the corpus."""
        return names_of(self._connection)

    def article(self, article_id: str) -> Article | None:
        """The article with that id; None where there is none."""
        found = self._connection.execute("SELECT number FROM articles WHERE id = ?", (article_id,)).fetchone()
        return self._article(found[0]) if found else None

    def earlier_texts(self, article_id: str) -> tuple[Version, ...]:
        """The texts that the article with that id had before it was corrected, the latest first."""
        return versions_of(self._connection, article_id)

    def holds(self, sha256: str) -> bool:
        """Whether an article of exactly that content is there."""
        return self._connection.execute("SELECT 1 FROM articles WHERE sha256 = ?", (sha256,)).fetchone() is not None

    def published_between(self) -> tuple[str, str] | None:
        """The earliest and the latest day of publication; None where no article has one."""
        # Compared by their days: a date may have a time behind it.
        first, last = self._connection.execute(
            "SELECT min(substr(published, 1, 10)), max(substr(published, 1, 10)) FROM articles"
        ).fetchone()
        return (first, last) if first else None

    def file_stamps(self) -> dict[str, str | None]:
        """The stamp of each file of the corpus, by its place; None where it has to be read again."""
        return dict(self._connection.execute("SELECT place, stamp FROM files"))

    def passages_with(self, sha256: str) -> list[tuple[int, StoredPassage]]:
        """The rows and passages of an article of exactly that content, in order; empty where there is none."""
        found = self._connection.execute("SELECT min(number) FROM articles WHERE sha256 = ?", (sha256,)).fetchone()
        return self.passages_of(found[0])

    def articles_from(self, number: int) -> Iterator[tuple[int, Article]]:
        """The numbers and articles from that number on, in order."""
        rows = self._connection.execute("SELECT number FROM articles WHERE number >= ? ORDER BY number", (number,))
        for (found,) in rows.fetchall():
            yield found, self._article(found)

    def stories(self, article_ids: Iterable[str]) -> dict[str, int]:
        """The story of each of those articles: one number for copies of each other; unknown ids have none."""
        return stories_of(self._connection, article_ids)

    def copies(self, article_ids: Iterable[str]) -> dict[str, tuple[Copy, ...]]:
        """The other articles that tell the same story as each of those, in the order of the corpus."""
        return copies_of(self._connection, article_ids)

    def stories_of_rows(self, rows: Iterable[int]) -> dict[int, tuple[int, int]]:
        """The story and the article's number of the passage in each of those rows."""
        return stories_of_rows(self._connection, rows)

    def passage(self, row: int) -> StoredPassage:
        """The passage in that row."""
        _, *columns = self._connection.execute(_PASSAGE, (row,)).fetchone()
        return self._stored(*columns)

    def passages_in(self, rows: Sequence[int]) -> list[StoredPassage]:
        """The passages in those rows, in the order of the rows given."""
        found = self._connection.execute(_PASSAGES_IN, (json.dumps(rows),)).fetchall()
        stored = {row: self._stored(*columns) for row, *columns in found}
        return [stored[row] for row in rows]

    def _stored(self, number: int, start: int, end: int, first_sentence: int, sentences: bytes) -> StoredPassage:
        return StoredPassage(Passage(self._article(number), start, end, _unpack(sentences)), first_sentence)

    def passages(self) -> Iterator[StoredPassage]:
        """All passages in the order of their rows."""
        return (stored for _, stored in self.passages_from(0))

    def passages_from(self, first: int) -> Iterator[tuple[int, StoredPassage]]:
        """The passages from that row on, in order, with their rows; there may be gaps."""
        for (row,) in self._connection.execute("SELECT row FROM passages WHERE row >= ? ORDER BY row", (first,)):
            yield row, self.passage(row)

    def passages_of(self, number: int) -> list[tuple[int, StoredPassage]]:
        """The rows and passages of the article with that number, in order."""
        rows = self._connection.execute("SELECT row FROM passages WHERE article = ? ORDER BY row", (number,))
        return [(row, self.passage(row)) for (row,) in rows.fetchall()]

    def rows(self) -> Rows:
        """The rows of all passages, ascending."""
        found = self._connection.execute("SELECT row FROM passages ORDER BY row")
        return np.array([row for (row,) in found], dtype=np.int64)

    def rows_of(self, article_ids: Iterable[str]) -> Rows:
        """The rows of all passages of those articles, ascending; unknown ids have none."""
        rows: list[int] = []
        for article_id in article_ids:
            found = self._connection.execute(
                "SELECT row FROM passages JOIN articles ON article = number WHERE id = ?", (article_id,)
            )
            rows.extend(row for (row,) in found)
        return np.array(sorted(rows), dtype=np.int64)

    def _read_article(self, number: int) -> Article:
        row = self._connection.execute(f"SELECT {ARTICLE_COLUMNS} FROM articles WHERE number = ?", (number,))  # noqa: S608
        article = stored_article(*row.fetchone())
        if not is_as_read(article):  # no word is quoted that was not read
            raise IndexUnavailable(
                f'The index is damaged (the text of "{article.id}" is not what was read): run `qa-bot index --check`.',
                path=self._path,
            )
        return article


def _unpack(blob: bytes) -> tuple[tuple[int, int], ...]:
    return tuple(struct.iter_unpack("<ii", blob))
