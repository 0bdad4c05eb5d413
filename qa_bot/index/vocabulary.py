"""Every word of the archive as it is spelt there, found by other spellings of it (SQLite)."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import OSA

from qa_bot.index.lexical import allowed_edits, analyze
from qa_bot.index.sounds import from_german, latin, sound
from qa_bot.index.sqlite_file import damage_told, read_only, sqlite_damage
from qa_bot.text import words

VOCABULARY_FILE = "words.sqlite"
# Letters at either end of a word that one wrong letter elsewhere leaves as they are.
_END = 3
# Of two spellings of a name that sound alike, the letters that are the same: "Kadhafi" and "Gaddafi" have .71.
_SAME_LETTERS = 0.7
_LONGEST_WORD = 40
_MOST_EDITS = 2

_SCHEMA = """
CREATE TABLE words (
    plain TEXT PRIMARY KEY, spelt TEXT NOT NULL, count INTEGER NOT NULL, name INTEGER NOT NULL,
    sound TEXT NOT NULL, head TEXT NOT NULL, tail TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE spellings (
    plain TEXT NOT NULL, spelt TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (plain, spelt)
) WITHOUT ROWID;
CREATE INDEX by_sound ON words (sound);
CREATE INDEX by_head ON words (head);
CREATE INDEX by_tail ON words (tail);
"""


@dataclass(frozen=True, slots=True)
class Known:
    """A word of the archive: as it is spelt most often, how often, and whether mostly with a capital."""

    plain: str
    spelt: str
    count: int
    name: bool


class Vocabulary:
    """Read access to the words of one generation; safe to share between threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, folder: Path) -> "Vocabulary":
        """The words of the generation in `folder`; raises IndexUnavailable where they are missing."""
        path = folder / VOCABULARY_FILE
        with damage_told(path):
            # Opened at once, though few questions need it: a generation that is in use may be removed by builds.
            return cls(read_only(path))

    def damage(self) -> list[str]:
        """What SQLite finds wrong with its file, all of which it reads; empty where it is whole."""
        return sqlite_damage(self._connection)

    def holds(self, spelling: str) -> bool:
        """Whether the word is known, or is of those that are not kept."""
        found = self._connection.execute("SELECT 1 FROM words WHERE plain = ?", (latin(spelling),)).fetchone()
        return found is not None or not _is_kept(spelling)

    def nearest(self, word: str, *, name: bool) -> Known | None:
        """The word that is meant by one which the archive lacks; None where none is near enough.

        It is the same in Latin letters without diacritics; or it differs by as many letters as may be wrong; or, where
        it is a name (and `name` says that the word may be one), sounds like it, as English or German writes it. The
        nearest is taken, then the one that sounds the same, then the more frequent.
        """
        plain = latin(word)
        best = min(self._near(plain, name=name), default=None, key=lambda one: one[0])
        if name and best is None and from_german(plain) != plain:
            best = min(self._near(from_german(plain), name=name), default=None, key=lambda one: one[0])
        if best or name:
            return best[1] if best else None
        same_stem = min(self._near_stems(plain), default=None, key=lambda one: one[0])
        return same_stem[1] if same_stem else None

    def _near_stems(self, plain: str) -> Iterator[tuple[tuple[int, int, str], Known]]:
        """The words in another form: "revael" means "revealed" where no article has "reveal"."""
        rows = self._connection.execute(
            "SELECT plain, spelt, count FROM words WHERE NOT name AND head = ?", (plain[:_END],)
        )
        edits = allowed_edits(plain)
        for found, spelt, count in rows:
            stem = (analyze(found) or [found])[0]
            distance = OSA.distance(plain, stem, score_cutoff=edits)
            if distance <= edits:
                yield (distance, -count, found), Known(found, spelt, count, name=False)

    def _near(self, plain: str, *, name: bool) -> Iterator[tuple[tuple[int, bool, int, str], Known]]:
        heard = sound(plain)
        rows = self._connection.execute(
            "SELECT plain, spelt, count, name, sound FROM words WHERE (plain = ? OR sound = ? OR head = ? OR tail = ?)"
            " AND abs(length(plain) - ?) <= ?",
            (plain, heard, plain[:_END], plain[-_END:], len(plain), max(_MOST_EDITS, len(plain) // 2)),
        )
        edits = allowed_edits(plain)
        for found, spelt, count, is_name, its_sound in rows:
            alike = name and bool(is_name) and its_sound == heard and len(heard) > 1
            longest = max(len(plain), len(found))
            reach = max(edits, int((1 - _SAME_LETTERS) * longest)) if alike else edits
            distance = OSA.distance(plain, found, score_cutoff=reach)
            if distance <= reach and not (name and is_name and not alike and longest <= 5):  # noqa: PLR2004
                # Of people with names of five letters, one letter makes another person.
                yield (distance, its_sound != heard, -count, found), Known(found, spelt, count, bool(is_name))


def spellings_of(text: str) -> Iterator[str]:
    """The words of a text as they are spelt there, without a genitive's ending."""
    return (_without_ending(text[start:end]) for start, end in words(text))


def write_vocabulary(folder: Path, spellings: Counter[str]) -> None:
    """The vocabulary in `folder`, made where there is none, has each spelling so many times more, or less.

    Raises sqlite3.Error where it cannot be written.
    """
    counts = [(latin(word), word, count) for word, count in sorted(spellings.items()) if count and _is_kept(word)]
    path = folder / VOCABULARY_FILE
    schema = "" if path.exists() else _SCHEMA
    connection = sqlite3.connect(path)
    try:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + schema)
        connection.executemany(
            "INSERT INTO spellings VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count", counts
        )
        connection.execute("DELETE FROM spellings WHERE count <= 0")
        for plain in dict.fromkeys(plain for plain, _, _ in counts):
            _renew(connection, plain)
        connection.commit()
    finally:
        connection.close()


def _renew(connection: sqlite3.Connection, plain: str) -> None:
    """The word is what its spellings make it."""
    spellings = Counter(dict(connection.execute("SELECT spelt, count FROM spellings WHERE plain = ?", (plain,))))
    if spellings:
        connection.execute("INSERT OR REPLACE INTO words VALUES (?, ?, ?, ?, ?, ?, ?)", _row(plain, spellings))
    else:
        connection.execute("DELETE FROM words WHERE plain = ?", (plain,))


def _is_kept(spelling: str) -> bool:
    return spelling.isalpha() and 1 < len(spelling) <= _LONGEST_WORD


def _row(plain: str, spellings: Counter[str]) -> tuple[str, str, int, bool, str, str, str]:
    count = spellings.total()
    capital = sum(number for spelling, number in spellings.items() if spelling[0].isupper())
    spelt = min(spellings, key=lambda spelling: (-spellings[spelling], spelling))
    return plain, spelt, count, 2 * capital > count, sound(plain), plain[:_END], plain[-_END:]


def _without_ending(word: str) -> str:
    return word[:-2] if word.endswith(("'s", "’s")) else word
