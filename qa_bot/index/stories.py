"""The stories of the articles, in the store: which of them are copies of each other."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qa_bot.types import Copy

STORIES_SCHEMA = """
CREATE TABLE stories (
    article INTEGER PRIMARY KEY REFERENCES articles, story INTEGER NOT NULL, signature BLOB NOT NULL
);
CREATE INDEX articles_of ON stories (story);
"""
_ASKED = "SELECT value FROM json_each(?)"
_STORIES_OF = f"SELECT id, story FROM articles JOIN stories ON article = number WHERE id IN ({_ASKED})"  # noqa: S608
# Most stories are told by one article, which is all that a question has to be told of them.
_TOLD_BY_OTHERS = (
    f"{_STORIES_OF} AND EXISTS"  # noqa: S608
    " (SELECT 1 FROM stories AS others WHERE others.story = stories.story AND others.article != number)"
)


@dataclass(frozen=True, slots=True)
class StoredStory:
    """The story that an article tells, and its signature, by which copies of it are found."""

    story: int
    signature: bytes


def stories_of(connection: sqlite3.Connection, article_ids: Iterable[str]) -> dict[str, int]:
    """The story of each of those articles; unknown ids have none."""
    return dict(connection.execute(_STORIES_OF, (json.dumps(list(article_ids)),)).fetchall())


def copies_of(connection: sqlite3.Connection, article_ids: Iterable[str]) -> dict[str, tuple[Copy, ...]]:
    """The other articles of the story of each of those, in the order of the corpus."""
    stories = dict(connection.execute(_TOLD_BY_OTHERS, (json.dumps(list(article_ids)),)).fetchall())
    found = connection.execute(
        "SELECT story, id, source, published FROM stories JOIN articles ON number = article"  # noqa: S608
        f" WHERE story IN ({_ASKED}) ORDER BY path, line",
        (json.dumps(sorted(set(stories.values()))),),
    )
    told: dict[int, list[Copy]] = {}
    for story, *values in found:
        told.setdefault(story, []).append(Copy(*values))
    return {
        article_id: tuple(copy for copy in told[story] if copy.id != article_id)
        for article_id, story in stories.items()
    }


def stories_of_rows(connection: sqlite3.Connection, rows: Iterable[int]) -> dict[int, tuple[int, int]]:
    """The story and the article's number of the passage in each of those rows."""
    found = connection.execute(
        "SELECT row, story, stories.article FROM passages JOIN stories USING (article)"  # noqa: S608
        f" WHERE row IN ({_ASKED})",
        (json.dumps(list(rows)),),
    )
    return {row: (story, article) for row, story, article in found}


def stories_in_order(connection: sqlite3.Connection) -> Iterator[tuple[int, StoredStory]]:
    """The number of each article that has a story, in order, and its story."""
    for number, *stored in connection.execute("SELECT article, story, signature FROM stories ORDER BY article"):
        yield number, StoredStory(*stored)


def write_story(connection: sqlite3.Connection, number: int, stored: StoredStory) -> None:
    """The story of the article with that number, in place of any that it had."""
    connection.execute("INSERT OR REPLACE INTO stories VALUES (?, ?, ?)", (number, stored.story, stored.signature))
