"""What articles can be called by."""

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ArticleName:
    """What an article can be called by, beside what it says."""

    id: str
    path: str
    title: str
    source: str | None
    author: str | None


def names_of(connection: sqlite3.Connection) -> list[ArticleName]:
    """What each article can be called by, in the order of the corpus."""
    rows = connection.execute("SELECT id, path, title, source, author FROM articles ORDER BY number")
    return [ArticleName(*row) for row in rows]


def named(names: list[ArticleName], wanted: str) -> frozenset[str]:
    """The ids of the articles that are called so: by id, path or title, else by file, outlet or author."""
    asked = _plain(wanted)
    exact = {name.id for name in names if asked in (_plain(name.id), _plain(name.path), _plain(name.title))}
    return frozenset(exact) or frozenset(
        name.id
        for name in names
        if asked in (_plain(name.id.rpartition("/")[2]), _plain(name.source or ""), _plain(name.author or ""))
    )


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
