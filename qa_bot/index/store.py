"""Articles and passages in SQLite: the texts that quotations are cut from."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np

from qa_bot.errors import IndexUnavailable
from qa_bot.index.stories import (
    STORIES_SCHEMA,
    StoredStory,
    copies_of,
    stories_by_content,
    stories_of,
    stories_of_rows,
    write_story,
)
from qa_bot.types import Article, Copy, Passage, Rows

STORE_FILE = "store.sqlite"
# Articles kept in memory for quotations: a question touches a few dozen at most.
_ARTICLES_KEPT = 64

_SCHEMA = """
CREATE TABLE articles (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, path TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,
    source TEXT, author TEXT, url TEXT, published TEXT, sha256 TEXT NOT NULL, language TEXT, pages BLOB NOT NULL
);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, article INTEGER NOT NULL REFERENCES articles, "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL, first_sentence INTEGER NOT NULL, sentences BLOB NOT NULL
);
CREATE INDEX passages_of ON passages (article);
"""
_ARTICLE = "id, path, title, text, source, author, url, published, sha256, language, pages"


@dataclass(frozen=True, slots=True)
class ArticleInfo:
    """What a list of articles shows of one; `characters` is the length of its text."""

    id: str
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

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._article = lru_cache(maxsize=_ARTICLES_KEPT)(self._read_article)

    @classmethod
    def open(cls, folder: Path) -> "Store":
        """The store in `folder`, read-only; raises IndexUnavailable where it cannot be opened."""
        path = folder / STORE_FILE
        try:
            connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            connection.execute("SELECT 1 FROM passages LIMIT 1").fetchone()
            # SQLite's own length ends at a zero character.
            connection.create_function("characters", 1, len, deterministic=True)
        except sqlite3.Error as error:
            raise IndexUnavailable(
                f"The index is damaged ({path}: {error}): run `qa-bot index --rebuild`.", path=path
            ) from error
        return cls(connection)

    def close(self) -> None:
        """Nothing; the file is let go."""
        self._connection.close()

    def articles(self) -> list[ArticleInfo]:
        """All articles in the order of the corpus, without their texts."""
        rows = self._connection.execute(
            "SELECT id, title, source, author, url, published, characters(text), language FROM articles ORDER BY number"
        )
        return [ArticleInfo(*row) for row in rows]

    def article(self, article_id: str) -> Article | None:
        """The article with that id; None where there is none."""
        found = self._connection.execute("SELECT number FROM articles WHERE id = ?", (article_id,)).fetchone()
        return self._article(found[0]) if found else None

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

    def article_numbers(self) -> dict[str, int]:
        """The number in this store of each article, by the hash of its content."""
        return dict(self._connection.execute("SELECT sha256, number FROM articles"))

    def article_states(self) -> dict[str, tuple[str, str]]:
        """The path and the hash of each article's content, by its id."""
        return _states(self._connection)

    def stories(self, article_ids: Iterable[str]) -> dict[str, int]:
        """The story of each of those articles: one number for copies of each other; unknown ids have none."""
        return stories_of(self._connection, article_ids)

    def copies(self, article_ids: Iterable[str]) -> dict[str, tuple[Copy, ...]]:
        """The other articles that tell the same story as each of those, in the order of the corpus."""
        return copies_of(self._connection, article_ids)

    def stories_of_rows(self, rows: Iterable[int]) -> dict[int, tuple[int, int]]:
        """The story and the article's number of the passage in each of those rows."""
        return stories_of_rows(self._connection, rows)

    def stories_by_content(self) -> dict[str, StoredStory]:
        """The story and the signature of each article, by the hash of its content."""
        return stories_by_content(self._connection)

    def passage(self, row: int) -> StoredPassage:
        """The passage in that row."""
        found = self._connection.execute(
            'SELECT article, "start", "end", first_sentence, sentences FROM passages WHERE row = ?', (row,)
        ).fetchone()
        number, start, end, first_sentence, sentences = found
        passage = Passage(self._article(number), start, end, _unpack(sentences))
        return StoredPassage(passage, first_sentence)

    def passages(self) -> Iterator[StoredPassage]:
        """All passages in the order of their rows."""
        for (row,) in self._connection.execute("SELECT row FROM passages ORDER BY row"):
            yield self.passage(row)

    def passages_of(self, number: int) -> list[tuple[int, StoredPassage]]:
        """The rows and passages of the article with that number, in order."""
        rows = self._connection.execute("SELECT row FROM passages WHERE article = ? ORDER BY row", (number,))
        return [(row, self.passage(row)) for (row,) in rows.fetchall()]

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
        row = self._connection.execute(f"SELECT {_ARTICLE} FROM articles WHERE number = ?", (number,))  # noqa: S608
        return _article(*row.fetchone())


class StoreWriter:
    """Writes the store of a generation that is being built: articles first, then passages in the order of rows."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.articles = 0
        self.passages = 0
        self.sentences = 0

    @classmethod
    def create(cls, folder: Path) -> "StoreWriter":
        """An empty store in `folder`."""
        connection = sqlite3.connect(folder / STORE_FILE)
        # A build that is cut off is thrown away as a whole, so no journal is needed.
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA + STORIES_SCHEMA)
        return cls(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def add_article(self, article: Article) -> None:
        """One more article in the store."""
        *values, pages = (getattr(article, name) for name in _ARTICLE.split(", "))
        self._connection.execute(
            f"INSERT INTO articles (number, {_ARTICLE}) VALUES (?{', ?' * 11})",  # noqa: S608
            (self.articles, *values, np.array(pages, dtype="<i4").tobytes()),
        )
        self.articles += 1

    def stored_articles(self) -> Iterator[tuple[int, Article]]:
        """The articles and their numbers, one at a time."""
        with closing(self._connection.cursor()) as cursor:
            for number, *values in cursor.execute(f"SELECT number, {_ARTICLE} FROM articles ORDER BY number"):  # noqa: S608
                yield number, _article(*values)

    def article_states(self) -> dict[str, tuple[str, str]]:
        """The path and the hash of each article's content, by its id."""
        return _states(self._connection)

    def contents(self) -> list[tuple[int, str]]:
        """The number and the hash of the content of each article, in order."""
        return list(self._connection.execute("SELECT number, sha256 FROM articles ORDER BY number"))

    def text_of(self, number: int) -> str:
        """The text of the article with that number."""
        text: str = self._connection.execute("SELECT text FROM articles WHERE number = ?", (number,)).fetchone()[0]
        return text

    def set_story(self, number: int, stored: StoredStory) -> None:
        """The story of the article with that number."""
        write_story(self._connection, number, stored)

    def add_passage(self, number: int, passage: Passage) -> None:
        """One more passage of the article with that number, in the next row."""
        self._connection.execute(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?)",
            (self.passages, number, passage.start, passage.end, self.sentences, _pack(passage.sentences)),
        )
        self.passages += 1
        self.sentences += len(passage.sentences)

    def commit(self) -> None:
        """What was added is on disk for readers."""
        self._connection.commit()


def _states(connection: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    return {key: (path, sha256) for key, path, sha256 in connection.execute("SELECT id, path, sha256 FROM articles")}


def _article(*values: Any) -> Article:
    article = Article(*values)
    return replace(article, pages=tuple(np.frombuffer(bytes(values[-1]), dtype="<i4").tolist()))


def _pack(sentences: tuple[tuple[int, int], ...]) -> bytes:
    return np.array(sentences, dtype="<i4").tobytes()


def _unpack(blob: bytes) -> tuple[tuple[int, int], ...]:
    pairs = np.frombuffer(blob, dtype="<i4").reshape(-1, 2).tolist()
    return tuple((start, end) for start, end in pairs)
