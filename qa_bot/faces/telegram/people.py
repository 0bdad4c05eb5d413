"""What is known of people: how they voted, whether they may ask, and the documents that admins sent."""

import time

from qa_bot.faces.telegram.database import Database

_ANSWERS_OF = "SELECT id FROM answers WHERE user = ?"


class People:
    """The part of the bot's file that is about people."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def vote(self, number: int, *, user: int, vote: int) -> None:
        """The user finds the answer good (1) or bad (-1); the last vote counts."""
        self._database.run("INSERT OR REPLACE INTO votes VALUES (?, ?, ?, ?)", (number, user, vote, time.time()))

    def votes(self, number: int) -> list[int]:
        """The votes on an answer."""
        return [
            vote for (vote,) in self._database.run("SELECT vote FROM votes WHERE answer = ? ORDER BY at", (number,))
        ]

    def set_access(self, person: int, *, allowed: bool) -> None:
        """A person or a group may ask, or may not, whatever the settings say."""
        with self._database.transaction():
            self._database.run("INSERT OR REPLACE INTO access VALUES (?, ?)", (person, allowed))
            self._database.run("DELETE FROM refused WHERE id = ?", (person,))

    def access(self, person: int) -> bool | None:
        """What an admin decided of a person or a group; None where nothing."""
        found = self._database.run("SELECT allowed FROM access WHERE id = ?", (person,)).fetchone()
        return bool(found[0]) if found else None

    def first_refusal(self, person: int) -> bool:
        """Whether the person has not been told before that they may not ask."""
        return self._database.run("INSERT OR IGNORE INTO refused VALUES (?, ?)", (person, time.time())).rowcount == 1

    def forget(self, user: int) -> int:
        """Everything that the user asked and voted is gone; returns how many answers that were."""
        with self._database.transaction():
            for table in ("sent", "heads", "votes"):
                self._database.run(f"DELETE FROM {table} WHERE answer IN ({_ANSWERS_OF})", (user,))  # noqa: S608
            self._database.run("DELETE FROM votes WHERE user = ?", (user,))
            self._database.run("DELETE FROM uploads WHERE user = ?", (user,))
            self._database.run("UPDATE updates SET user = NULL, payload = '', done = 1 WHERE user = ?", (user,))
            return self._database.run("DELETE FROM answers WHERE user = ?", (user,)).rowcount

    def add_upload(self, *, user: int, name: str, content: bytes) -> int:
        """The number under which a document waits to be published."""
        found = self._database.run(
            "INSERT INTO uploads (at, user, name, content) VALUES (?, ?, ?, ?)", (time.time(), user, name, content)
        )
        return int(found.lastrowid or 0)

    def take_upload(self, number: int) -> tuple[str, bytes] | None:
        """The name and the content of the document, which no longer waits; None where it does not."""
        found = self._database.run("DELETE FROM uploads WHERE id = ? RETURNING name, content", (number,)).fetchone()
        return (found[0], found[1]) if found else None

    def count_since(self, moment: float) -> tuple[int, int]:
        """How many answers were given since that time, and to how many people."""
        found = self._database.run(
            "SELECT count(*), count(DISTINCT user) FROM answers WHERE at >= ?", (moment,)
        ).fetchone()
        return (found[0], found[1])

    def count_votes(self) -> tuple[int, int]:
        """How many good and how many bad votes there are."""
        found = self._database.run(
            "SELECT count(*) FILTER (WHERE vote > 0), count(*) FILTER (WHERE vote < 0) FROM votes"
        )
        good, bad = found.fetchone()
        return (good, bad)
