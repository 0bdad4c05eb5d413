import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from records_double import record

from qa_bot.faces.telegram.database import JOURNAL_FILE, Database, JournalUnavailable
from qa_bot.faces.telegram.journal import Journal
from qa_bot.faces.telegram.people import People


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty file."""
    with Database.open(tmp_path) as opened:
        yield opened


@pytest.fixture
def journal(database: Database) -> Journal:
    """An empty journal."""
    return Journal(database)


def answered(
    journal: Journal,
    *,
    update: int = 1,
    chat: int = 5,
    thread: int = 0,
    message: int = 2,
    user: int = 7,
    parent: int | None = None,
) -> int:
    """The number of an answer that is being sent."""
    return journal.add_answer(
        update=update,
        chat=chat,
        thread=thread,
        user=user,
        message=message,
        parent=parent,
        generation=1,
        record=record(),
    )


def test_an_update_is_new_once(journal: Journal) -> None:
    """An update that comes again is known, also after it is done with."""
    assert journal.arrived(10, user=1, payload="{}")
    assert not journal.arrived(10, user=1, payload="{}")
    journal.done(10)
    assert not journal.arrived(10, user=1, payload="{}")


def test_open_updates_are_kept_in_order_until_done(journal: Journal) -> None:
    """What is not done with is there after a restart, oldest first, and then its words are gone."""
    for number in (12, 11):
        journal.arrived(number, user=1, payload=f'{{"n": {number}}}')
    journal.done(12)

    assert journal.open_updates() == [(11, '{"n": 11}')]


def test_old_updates_are_forgotten(journal: Journal, database: Database) -> None:
    """Updates that were done with days ago leave the file; open ones never do."""
    for number in (1, 2, 3):
        journal.arrived(number, user=1, payload="{}")
    journal.done(1)
    journal.done(2)
    database.run("UPDATE updates SET at = ? WHERE id IN (1, 3)", (time.time() - 10 * 24 * 3600,))
    journal.tidy()

    assert [row[0] for row in database.run("SELECT id FROM updates ORDER BY id")] == [2, 3]


def test_an_answer_is_ready_and_leaves_and_is_sent(journal: Journal) -> None:
    """The state says what is known of its delivery, and the messages lead back to it."""
    number = answered(journal)
    assert (journal.answer(number) or pytest.fail("lost")).state == "ready"
    journal.sending(number)
    assert (journal.answer(number) or pytest.fail("lost")).state == "sending"
    journal.sent(number, chat=5, messages=[30, 31])

    stored = journal.answer_in(5, 31)
    assert stored is not None
    assert (stored.id, stored.state, stored.record) == (number, "sent", record())
    assert journal.messages_of(number) == [30, 31]
    assert journal.answer_in(6, 31) is None
    assert journal.answer_for_update(1) == stored
    assert journal.answer_to(5, 2) == stored


def test_conversations_are_chains(journal: Journal) -> None:
    """An answer follows on the one before it in its topic, until /new; other topics are others' conversations."""
    first = answered(journal, message=1)
    second = answered(journal, message=2, parent=first)
    other = answered(journal, message=3, thread=9)

    assert (journal.head(5, 0), journal.head(5, 9)) == (second, other)
    assert [stored.id for stored in journal.conversation(journal.head(5, 0))] == [first, second]
    journal.begin_anew(5, 0)
    assert journal.head(5, 0) is None
    assert journal.conversation(None) == []


def test_a_supergroup_goes_on_as_the_group(journal: Journal, database: Database) -> None:
    """Answers, messages, conversations and access move with a group."""
    number = answered(journal, chat=-5)
    journal.sent(number, chat=-5, messages=[8])
    People(database).set_access(-5, allowed=True)
    journal.migrate(-5, -1005)

    assert (journal.answer_in(-1005, 8) or pytest.fail("lost")).chat == -1005
    assert journal.head(-1005, 0) == number
    assert People(database).access(-1005) is True


def test_the_last_vote_counts(journal: Journal, database: Database) -> None:
    """Each person has one vote on an answer."""
    people, number = People(database), answered(journal)
    people.vote(number, user=1, vote=1)
    people.vote(number, user=1, vote=-1)
    people.vote(number, user=2, vote=1)

    assert sorted(people.votes(number)) == [-1, 1]
    assert people.count_votes() == (1, 1)


def test_forgetting_takes_all_of_one_person(journal: Journal, database: Database) -> None:
    """Questions, answers, votes and waiting documents of a person are gone, those of others stay."""
    people = People(database)
    mine, other = answered(journal, user=1), answered(journal, user=2, message=9)
    journal.sent(mine, chat=5, messages=[4])
    people.vote(other, user=1, vote=1)
    people.vote(mine, user=2, vote=1)
    people.add_upload(user=1, name="a.txt", content=b"x")
    journal.arrived(77, user=1, payload='{"text": "secret"}')

    assert people.forget(1) == 1
    assert journal.answer(mine) is None
    assert journal.answer(other) is not None
    assert journal.answer_in(5, 4) is None
    assert (people.votes(mine), people.votes(other)) == ([], [])
    assert people.take_upload(1) is None
    assert journal.open_updates() == []


def test_a_document_is_taken_once(database: Database) -> None:
    """Two presses of a button publish a document once."""
    people = People(database)
    number = people.add_upload(user=1, name="a.txt", content=b"x")

    assert people.take_upload(number) == ("a.txt", b"x")
    assert people.take_upload(number) is None


def test_a_person_is_refused_in_words_once(database: Database) -> None:
    """The refusal is told once, and again after an admin decided anew."""
    people = People(database)

    assert (people.first_refusal(1), people.first_refusal(1)) == (True, False)
    people.set_access(1, allowed=False)
    assert people.first_refusal(1)


def test_what_was_written_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    """The file outlives the process, and only its owner can read it."""
    with Database.open(tmp_path) as database:
        number = answered(Journal(database))
    with Database.open(tmp_path) as database:
        assert (Journal(database).answer(number) or pytest.fail("lost")).record == record()
    assert (tmp_path / JOURNAL_FILE).stat().st_mode & 0o077 == 0


def test_a_file_that_is_no_journal(tmp_path: Path) -> None:
    """A damaged file, one of another version, and a folder that cannot be had are one sentence each."""
    (tmp_path / JOURNAL_FILE).write_bytes(b"no database at all" * 100)
    with pytest.raises(JournalUnavailable, match="cannot be opened"):
        Database.open(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    with sqlite3.connect(other / JOURNAL_FILE) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(JournalUnavailable, match="format 99"):
        Database.open(other)
    with pytest.raises(JournalUnavailable, match="cannot be opened"):
        Database.open(tmp_path / JOURNAL_FILE / "below")
