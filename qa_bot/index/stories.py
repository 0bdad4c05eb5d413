"""The stories of the articles, in the store: which of them are copies of each other."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from qa_bot.types import Copy

STORIES_SCHEMA = """
CREATE TABLE stories (
    article INTEGER PRIMARY KEY REFERENCES articles, story INTEGER NOT NULL, signature BLOB NOT NULL
);
CREATE INDEX articles_of ON stories (story);
"""
_ASKED = "SELECT value FROM json_each(?)"


@dataclass(frozen=True, slots=True)
class StoredStory:
    """The story that an article tells, and its signature, by which copies of it are found."""

    story: int
    signature: bytes


def stories_of(connection: sqlite3.Connection, article_ids: Iterable[str]) -> dict[str, int]:
    """The story of each of those articles; unknown ids have none."""
    found = connection.execute(
        f"SELECT id, story FROM articles JOIN stories ON article = number WHERE id IN ({_ASKED})",  # noqa: S608
        (json.dumps(list(article_ids)),),
    )
    return dict(found)


def copies_of(connection: sqlite3.Connection, article_ids: Iterable[str]) -> dict[str, tuple[Copy, ...]]:
    """The other articles of the story of each of those, in the order of the corpus."""
    found = connection.execute(
        "SELECT one.id, other.id, other.source, other.published FROM articles AS one"  # noqa: S608
        " JOIN stories AS mine ON mine.article = one.number"
        " JOIN stories AS theirs ON theirs.story = mine.story AND theirs.article != mine.article"
        " JOIN articles AS other ON other.number = theirs.article"
        f" WHERE one.id IN ({_ASKED}) ORDER BY other.number",
        (json.dumps(list(article_ids)),),
    )
    copies: dict[str, list[Copy]] = {}
    for article_id, *values in found:
        copies.setdefault(article_id, []).append(Copy(*values))
    return {article_id: tuple(others) for article_id, others in copies.items()}


def stories_by_content(connection: sqlite3.Connection) -> dict[str, StoredStory]:
    """The story and the signature of each article, by the hash of its content."""
    found = connection.execute("SELECT sha256, story, signature FROM articles JOIN stories ON article = number")
    return {sha256: StoredStory(story, signature) for sha256, story, signature in found}


def write_story(connection: sqlite3.Connection, number: int, stored: StoredStory) -> None:
    """The story of the article with that number, in place of any that it had."""
    connection.execute("INSERT OR REPLACE INTO stories VALUES (?, ?, ?)", (number, stored.story, stored.signature))
