"""The bot's SQLite file: opened, of one format, every change on disk when the call returns."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from qa_bot.errors import QABotError

JOURNAL_FILE = "telegram.sqlite"
_FORMAT = 1

_SCHEMA = """
CREATE TABLE updates (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, user INTEGER, payload TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX updates_open ON updates (done, id);
CREATE TABLE answers (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, "update" INTEGER NOT NULL, chat INTEGER NOT NULL,
    thread INTEGER NOT NULL, user INTEGER NOT NULL, message INTEGER NOT NULL, parent INTEGER,
    generation INTEGER NOT NULL, record TEXT NOT NULL, state TEXT NOT NULL
);
CREATE INDEX answers_to ON answers (chat, message);
CREATE INDEX answers_of ON answers ("update");
CREATE TABLE sent (
    chat INTEGER NOT NULL, message INTEGER NOT NULL, answer INTEGER NOT NULL, PRIMARY KEY (chat, message)
);
CREATE TABLE heads (chat INTEGER NOT NULL, thread INTEGER NOT NULL, answer INTEGER, PRIMARY KEY (chat, thread));
CREATE TABLE votes (
    answer INTEGER NOT NULL, user INTEGER NOT NULL, vote INTEGER NOT NULL, at REAL NOT NULL, PRIMARY KEY (answer, user)
);
CREATE TABLE access (id INTEGER PRIMARY KEY, allowed INTEGER NOT NULL);
CREATE TABLE refused (id INTEGER PRIMARY KEY, at REAL NOT NULL);
CREATE TABLE uploads (id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, user INTEGER NOT NULL, name TEXT NOT NULL,
    content BLOB NOT NULL);
"""


class JournalUnavailable(QABotError):
    """The journal cannot be opened or is of another version."""


class Database:
    """One connection, for one event loop; each call takes well under a millisecond."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, state_dir: Path) -> "Database":
        """The file in the state folder, made where there is none; raises JournalUnavailable."""
        path = state_dir / JOURNAL_FILE
        try:
            state_dir.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            path.chmod(0o600)
            # What a killed process wrote stays; only a power failure may cost the last moments.
            connection.executescript(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;"
            )
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_FORMAT}; COMMIT;")
        except (sqlite3.Error, OSError) as error:
            raise JournalUnavailable(
                f"The journal {path} cannot be opened ({error}): mend its permissions, or set QA_BOT_STATE_DIR."
            ) from error
        if version not in (0, _FORMAT):
            raise JournalUnavailable(
                f"The journal {path} has format {version}, this version reads format {_FORMAT}: move it away."
            )
        return cls(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def run(self, statement: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        """The statement done."""
        return self._connection.execute(statement, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All statements of the block, or none of them."""
        self.run("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.run("ROLLBACK")
            raise
        self.run("COMMIT")
