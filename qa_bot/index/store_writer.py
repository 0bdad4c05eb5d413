"""Writes the store of a generation that is being built: an empty one, or a copy of the one before taken further."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from qa_bot.index.article_rows import ARTICLE_COLUMNS, stored_article
from qa_bot.index.store import STORE_FILE
from qa_bot.index.stories import STORIES_SCHEMA, StoredStory, stories_in_order, write_story
from qa_bot.index.versions import VERSIONS_SCHEMA, carry_versions, forget_versions, hand_versions_on, keep_version
from qa_bot.types import Article, Passage

_SCHEMA = """
CREATE TABLE articles (
    number INTEGER PRIMARY KEY, line INTEGER NOT NULL, id TEXT NOT NULL UNIQUE, path TEXT NOT NULL,
    title TEXT NOT NULL, text TEXT NOT NULL, source TEXT, author TEXT, url TEXT, published TEXT, sha256 TEXT NOT NULL,
    language TEXT, pages BLOB NOT NULL, characters INTEGER NOT NULL
);
CREATE INDEX articles_in ON articles (path);
CREATE INDEX articles_with ON articles (sha256);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, article INTEGER NOT NULL REFERENCES articles, "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL, first_sentence INTEGER NOT NULL, sentences BLOB NOT NULL
);
CREATE INDEX passages_of ON passages (article);
CREATE INDEX known_of ON articles (source, author, url, published);
CREATE TABLE files (place TEXT PRIMARY KEY, stamp TEXT);
"""
# A build that is cut off is thrown away as a whole, or only read from, so no journal is needed.
_PRAGMAS = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"


# Start and end of a sentence, in four bytes each.
_SENTENCE_BYTES = 8


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """What tells whether an article is as it was, and where it was read."""

    number: int
    path: str
    line: int
    sha256: str


class StoreWriter:
    """Articles first, then passages in the order of rows; rows and sentences are numbered on from `rows`, `sentences`.

    Numbers of articles and rows are never given twice in what grows out of one store: vectors are found by them.
    """

    def __init__(self, connection: sqlite3.Connection, *, rows: int, sentences: int) -> None:
        self._connection = connection
        self.rows = self.first_row = rows
        self.sentences = sentences
        self.first_new: int = connection.execute("SELECT ifnull(max(number), -1) + 1 FROM articles").fetchone()[0]
        self._next: int = self.first_new
        self.torn_stories: set[int] = set()

    @classmethod
    def create(cls, folder: Path) -> "StoreWriter":
        """An empty store in `folder`."""
        connection = sqlite3.connect(folder / STORE_FILE)
        connection.executescript(_PRAGMAS + _SCHEMA + STORIES_SCHEMA + VERSIONS_SCHEMA)
        return cls(connection, rows=0, sentences=0)

    @classmethod
    def open(cls, folder: Path, *, rows: int, sentences: int) -> "StoreWriter":
        """The store that was copied into `folder`, to be taken further."""
        connection = sqlite3.connect(folder / STORE_FILE)
        connection.executescript(_PRAGMAS)
        return cls(connection, rows=rows, sentences=sentences)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    @property
    def articles(self) -> int:
        """How many articles there are."""
        return self._count("articles")

    @property
    def passages(self) -> int:
        """How many passages there are."""
        return self._count("passages")

    @property
    def living_sentences(self) -> int:
        """How many sentences the passages have."""
        count: int = self._connection.execute("SELECT ifnull(sum(length(sentences)), 0) FROM passages").fetchone()[0]
        return count // _SENTENCE_BYTES

    @property
    def new_numbers(self) -> range:
        """The numbers of the articles that were added to what the store had at first."""
        return range(self.first_new, self._next)

    @property
    def told(self) -> int:
        """How many articles have a story."""
        return self._count("stories")

    def _count(self, table: str) -> int:
        count: int = self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
        return count

    def add_article(self, article: Article, line: int) -> int:
        """The number of one more article, read in that line of its file."""
        *values, pages = (getattr(article, name) for name in ARTICLE_COLUMNS.split(", "))
        self._connection.execute(
            f"INSERT INTO articles (number, line, {ARTICLE_COLUMNS}, characters) VALUES (?, ?{', ?' * 12})",  # noqa: S608
            (self._next, line, *values, np.array(pages, dtype="<i4").tobytes(), len(article.text)),
        )
        number = self._next
        self._next += 1
        return number

    def new_articles(self) -> Iterator[tuple[int, Article]]:
        """The articles that were added to what the store had at first, and their numbers, one at a time."""
        with closing(self._connection.cursor()) as cursor:
            for number, *values in cursor.execute(
                f"SELECT number, {ARTICLE_COLUMNS} FROM articles WHERE number >= ? ORDER BY number",  # noqa: S608
                (self.first_new,),
            ):
                yield number, stored_article(*values)

    def known(self, article_id: str) -> KnownArticle | None:
        """What is known of the article with that id; None where there is none."""
        found = self._connection.execute(
            "SELECT number, path, line, sha256 FROM articles WHERE id = ?", (article_id,)
        ).fetchone()
        return KnownArticle(*found) if found else None

    def name_of(self, number: int) -> tuple[str, str]:
        """The id of the article with that number, and the hash of its content."""
        article_id, sha256 = self._connection.execute(
            "SELECT id, sha256 FROM articles WHERE number = ?", (number,)
        ).fetchone()
        return article_id, sha256

    def new_with(self, sha256: str) -> list[str]:
        """The ids of the articles of that content that were added to what the store had at first, in their order."""
        select = "SELECT id FROM articles WHERE sha256 = ? AND number >= ? ORDER BY number"
        return [article_id for (article_id,) in self._connection.execute(select, (sha256, self.first_new))]

    def numbers_in(self, places: Iterable[str]) -> set[int]:
        """The numbers of all articles that were read in those files."""
        select = "SELECT number FROM articles WHERE path = ?"
        return {number for place in places for (number,) in self._connection.execute(select, (place,))}

    def move_article(self, number: int, path: str, line: int) -> None:
        """The article is now read in that line of that file."""
        self._connection.execute("UPDATE articles SET path = ?, line = ? WHERE number = ?", (path, line, number))

    def remove_article(self, number: int) -> list[int]:
        """The rows, now dead, of an article that is no more; its story is among `torn_stories`."""
        rows = [row for (row,) in self._connection.execute("SELECT row FROM passages WHERE article = ?", (number,))]
        stories = self._connection.execute("SELECT story FROM stories WHERE article = ?", (number,))
        self.torn_stories.update(story for (story,) in stories)
        for table, column in (("passages", "article"), ("stories", "article"), ("articles", "number")):
            self._connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (number,))  # noqa: S608
        return rows

    def keep_text(self, article_id: str, text: str) -> None:
        """The text is kept as one that the article had until now."""
        keep_version(self._connection, article_id, text)

    def forget_texts(self, article_id: str) -> None:
        """No earlier text of the article with that id is kept."""
        forget_versions(self._connection, article_id)

    def hand_texts_on(self, article_id: str, new_id: str) -> None:
        """The earlier texts of an article are those of its new id."""
        hand_versions_on(self._connection, article_id, new_id)

    def carry_texts(self, previous: Path) -> None:
        """Earlier texts of the articles come from the generation `previous`; raises IndexUnavailable."""
        carry_versions(self._connection, previous / STORE_FILE)

    def set_stamp(self, place: str, stamp: str | None) -> None:
        """The file at that place was read with that stamp; None where it has to be read again."""
        self._connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", (place, stamp))

    def forget_file(self, place: str) -> None:
        """There is no file at that place."""
        self._connection.execute("DELETE FROM files WHERE place = ?", (place,))

    def text_of(self, number: int) -> str:
        """The text of the article with that number."""
        text: str = self._connection.execute("SELECT text FROM articles WHERE number = ?", (number,)).fetchone()[0]
        return text

    def stories(self) -> Iterator[tuple[int, StoredStory]]:
        """The number of each article that has a story, in order, and its story."""
        return stories_in_order(self._connection)

    def set_story(self, number: int, stored: StoredStory) -> None:
        """The story of the article with that number."""
        write_story(self._connection, number, stored)

    def add_passage(self, number: int, passage: Passage) -> None:
        """One more passage of the article with that number, in the next row."""
        self._connection.execute(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?)",
            (self.rows, number, passage.start, passage.end, self.sentences, _pack(passage.sentences)),
        )
        self.rows += 1
        self.sentences += len(passage.sentences)

    def commit(self) -> None:
        """What was added is on disk for readers."""
        self._connection.commit()


def _pack(sentences: tuple[tuple[int, int], ...]) -> bytes:
    return np.array(sentences, dtype="<i4").tobytes()
