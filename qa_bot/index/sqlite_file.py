"""A file of SQLite that nobody changes any more: opened to be read, and looked through."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qa_bot.errors import IndexUnavailable


def read_only(path: Path) -> sqlite3.Connection:
    """A connection that threads may share; raises sqlite3.Error where there is no such file.

    Where several threads ask at once, no function of Python's may be given to its SQL: a thread that is called back
    waits for the interpreter, which another holds that waits for the connection.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(uri, uri=True, check_same_thread=False)


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """IndexUnavailable, with the command that mends it, in place of what SQLite raises inside."""
    try:
        yield
    except sqlite3.Error as error:
        raise IndexUnavailable(
            f"The index is damaged ({path}: {error}): run `qa-bot index --rebuild`.", path=path
        ) from error


def sqlite_damage(connection: sqlite3.Connection) -> list[str]:
    """What SQLite finds wrong with a file, all of which it reads; empty where it is whole."""
    try:
        said = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
    except sqlite3.Error as error:
        return [str(error)]
    return [] if said == ["ok"] else said
