"""What articles can be called by."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

# Names that have less in common with what was typed help nobody (of 100).
_LEAST_LIKE = 60
# The ways in which a name is whole are the first of all ways.
_WHOLE = 3


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
        name.id for name in names if asked in (_file(name), _plain(name.source or ""), *_authors(name))
    )


def called(names: Sequence[ArticleName], wanted: str, *, whole: bool = False) -> list[ArticleName]:
    """The articles that `wanted` can mean, by the strictest way in which it means any; `whole` names only.

    By id or path; these or a title without regard to case; the file's name; a beginning of id, file or title; a part of
    id or title.
    """
    asked = _plain(wanted.strip().strip("…"))
    ways: tuple[Callable[[ArticleName], bool], ...] = (
        lambda name: wanted in (name.id, name.path),
        lambda name: asked in (_plain(name.id), _plain(name.path), _plain(name.title)),
        lambda name: asked == _file(name),
        lambda name: any(known.startswith(asked) for known in (_plain(name.id), _file(name), _plain(name.title))),
        lambda name: asked in _plain(name.id) or asked in _plain(name.title),
    )
    found = ([name for name in names if way(name)] for way in ways[: _WHOLE if whole else None] if asked)
    return next((articles for articles in found if articles), [])


def nearest(names: Sequence[ArticleName], wanted: str, *, most: int) -> list[str]:
    """The ids of the articles whose id, file or title is most like `wanted`, the likest first."""
    likeness: dict[str, float] = {}
    for name_of in (lambda name: _plain(name.id), _file, lambda name: _plain(name.title)):
        choices = {name.id: name_of(name) for name in names}
        for _, score, article_id in process.extract(
            _plain(wanted), choices, scorer=fuzz.ratio, limit=most, score_cutoff=_LEAST_LIKE
        ):
            likeness[article_id] = max(score, likeness.get(article_id, 0.0))
    return sorted(likeness, key=lambda article_id: (-likeness[article_id], article_id))[:most]


def _authors(name: ArticleName) -> list[str]:
    """The authors, together and one by one."""
    return [_plain(name.author or ""), *map(_plain, (name.author or "").split(", "))]


def _file(name: ArticleName) -> str:
    return _plain(name.id.rpartition("/")[2])


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
