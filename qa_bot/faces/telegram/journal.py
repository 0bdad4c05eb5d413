"""What was asked and answered: updates until they are done with, answers, and which follows on which."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from qa_bot.faces.telegram.database import Database
from qa_bot.faces.telegram.records import Record

# Telegram delivers an update again for at most a day.
_KEPT_SECONDS = 2 * 24 * 3600
# Questions before this one that a conversation goes back to.
_TURNS = 5
_SELECT = """SELECT id, at, "update", chat, thread, user, message, parent, generation, state, record FROM answers"""


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer of the journal: where it was asked, by whom, and whether it is known to have been delivered.

    `state` is "ready" until it leaves, "sending" until Telegram confirms it, and then "sent"; "unsure" once the user
    was told that it is not known whether it arrived.
    """

    id: int
    at: float
    update: int
    chat: int
    thread: int
    user: int
    message: int
    parent: int | None
    generation: int
    state: str
    record: Record


class Journal:
    """The part of the bot's file that is about questions and answers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def arrived(self, update: int, *, user: int | None, payload: str) -> bool:
        """Whether the update is new; it is then open until `done`."""
        found = self._database.run(
            "INSERT OR IGNORE INTO updates (id, at, user, payload) VALUES (?, ?, ?, ?)",
            (update, time.time(), user, payload),
        )
        return found.rowcount == 1

    def done(self, update: int) -> None:
        """The update is done with; only that it was there is remembered."""
        self._database.run("UPDATE updates SET done = 1, payload = '' WHERE id = ?", (update,))

    def open_updates(self) -> list[tuple[int, str]]:
        """The number and the payload of each update that is not done with, oldest first."""
        return self._database.run("SELECT id, payload FROM updates WHERE NOT done ORDER BY id").fetchall()

    def tidy(self) -> None:
        """Updates that cannot come again are forgotten."""
        self._database.run("DELETE FROM updates WHERE done AND at < ?", (time.time() - _KEPT_SECONDS,))

    def add_answer(
        self,
        *,
        update: int,
        chat: int,
        thread: int,
        user: int,
        message: int,
        parent: int | None,
        generation: int,
        record: Record,
    ) -> int:
        """The number of a new answer to `message`, which is ready to be sent."""
        values = (time.time(), update, chat, thread, user, message, parent, generation, record.to_json())
        with self._database.transaction():
            found = self._database.run(
                'INSERT INTO answers (at, "update", chat, thread, user, message, parent, generation, record, state)'
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'ready')",
                values,
            )
            number = int(found.lastrowid or 0)
            self._database.run("INSERT OR REPLACE INTO heads VALUES (?, ?, ?)", (chat, thread, number))
        return number

    def replace_answer(self, number: int, *, record: Record, generation: int) -> None:
        """The answer has another record: its question was edited."""
        self._database.run(
            "UPDATE answers SET record = ?, generation = ? WHERE id = ?", (record.to_json(), generation, number)
        )

    def sending(self, number: int) -> None:
        """The answer leaves now: from here on it may have arrived."""
        self._database.run("UPDATE answers SET state = 'sending' WHERE id = ?", (number,))

    def sent(self, number: int, *, chat: int, messages: list[int]) -> None:
        """Telegram confirmed the answer, as those messages."""
        with self._database.transaction():
            self._database.run("UPDATE answers SET state = 'sent' WHERE id = ?", (number,))
            for message in messages:
                self._database.run("INSERT OR REPLACE INTO sent VALUES (?, ?, ?)", (chat, message, number))

    def unsure(self, number: int, *, chat: int, note: int) -> None:
        """The message `note` told the user that the answer may or may not have arrived; it can become the answer."""
        with self._database.transaction():
            self._database.run("UPDATE answers SET state = 'unsure' WHERE id = ?", (number,))
            self._database.run("INSERT OR REPLACE INTO sent VALUES (?, ?, ?)", (chat, note, number))

    def answer(self, number: int) -> Stored | None:
        """The answer of that number."""
        return self._stored("id = ?", (number,))

    def answer_for_update(self, update: int) -> Stored | None:
        """The answer that an update was given."""
        return self._stored('"update" = ?', (update,))

    def answer_to(self, chat: int, message: int) -> Stored | None:
        """The newest answer to the question in that message."""
        return self._stored("chat = ? AND message = ?", (chat, message))

    def answer_in(self, chat: int, message: int) -> Stored | None:
        """The answer that was sent as that message."""
        found = self._database.run("SELECT answer FROM sent WHERE chat = ? AND message = ?", (chat, message)).fetchone()
        return self.answer(found[0]) if found else None

    def messages_of(self, number: int) -> list[int]:
        """The messages that the answer was sent as, in order."""
        rows = self._database.run("SELECT message FROM sent WHERE answer = ? ORDER BY message", (number,))
        return [message for (message,) in rows]

    def head(self, chat: int, thread: int) -> int | None:
        """The answer that the next question of a chat's topic follows on; None in a new conversation."""
        found = self._database.run("SELECT answer FROM heads WHERE chat = ? AND thread = ?", (chat, thread)).fetchone()
        return found[0] if found else None

    def begin_anew(self, chat: int, thread: int) -> None:
        """The next question of the chat's topic follows on nothing."""
        self._database.run("INSERT OR REPLACE INTO heads VALUES (?, ?, NULL)", (chat, thread))

    def conversation(self, number: int | None, *, most: int = _TURNS) -> list[Stored]:
        """The answer of that number and those before it in its conversation, oldest first, `most` at most."""
        turns: list[Stored] = []
        while number is not None and len(turns) < most and (stored := self.answer(number)):
            turns.append(stored)
            number = stored.parent
        return turns[::-1]

    def migrate(self, old: int, new: int) -> None:
        """A group goes on as the supergroup `new`."""
        with self._database.transaction():
            for table in ("answers", "sent", "heads"):
                self._database.run(f"UPDATE OR REPLACE {table} SET chat = ? WHERE chat = ?", (new, old))  # noqa: S608
            self._database.run("UPDATE OR REPLACE access SET id = ? WHERE id = ?", (new, old))

    def answers(self) -> Iterator[Stored]:
        """All answers, oldest first."""
        for row in self._database.run(f"{_SELECT} ORDER BY id").fetchall():
            yield _stored(row)

    def _stored(self, where: str, values: tuple[int, ...]) -> Stored | None:
        row = self._database.run(f"{_SELECT} WHERE {where} ORDER BY id DESC LIMIT 1", values).fetchone()
        return _stored(row) if row else None


def _stored(row: tuple[Any, ...]) -> Stored:
    *facts, record = row
    return Stored(*(*facts, Record.from_json(record)))
