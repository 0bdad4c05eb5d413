"""Every word of the archive as it is spelt there, found by other spellings of it (SQLite)."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rapidfuzz.distance import OSA

from qa_bot.index.lexical import allowed_edits, write_lexical
from qa_bot.index.sounds import latin, sound
from qa_bot.text import words

VOCABULARY_FILE = "words.sqlite"
# Letters at either end of a word that one wrong letter elsewhere leaves as they are.
_END = 3
# Of two spellings of a name that sound alike, the letters that are the same: "Kadhafi" and "Gaddafi" have .71.
_SAME_LETTERS = 0.7
_LONGEST_WORD = 40

_SCHEMA = """
CREATE TABLE words (
    plain TEXT PRIMARY KEY, spelt TEXT NOT NULL, count INTEGER NOT NULL, name INTEGER NOT NULL,
    sound TEXT NOT NULL, head TEXT NOT NULL, tail TEXT NOT NULL
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
    """Read access to the words of one generation, opened when it is first asked; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / VOCABULARY_FILE

    @cached_property
    def _connection(self) -> sqlite3.Connection:
        uri = f"{self._path.absolute().as_uri()}?mode=ro&immutable=1"
        return sqlite3.connect(uri, uri=True, check_same_thread=False)

    def nearest(self, word: str, *, name: bool) -> Known | None:
        """The word that is meant by one which the archive lacks; None where none is near enough.

        It is the same in Latin letters without diacritics; or it differs by as many letters as may be wrong; or, where
        it is a name (and `name` says that the word may be one), sounds like it. The nearest is taken, then the one
        that sounds the same, then the more frequent.
        """
        plain = latin(word)
        best = min(self._near(plain, name=name), default=None, key=lambda one: one[0])
        return best[1] if best else None

    def _near(self, plain: str, *, name: bool) -> Iterator[tuple[tuple[int, bool, int, str], Known]]:
        heard = sound(plain)
        rows = self._connection.execute(
            "SELECT plain, spelt, count, name, sound FROM words WHERE plain = ? OR sound = ? OR head = ? OR tail = ?",
            (plain, heard, plain[:_END], plain[-_END:]),
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


def write_words(folder: Path, texts: Iterable[str]) -> None:
    """The BM25 index of the texts, in the order of rows, and their vocabulary are in `folder`.

    Raises OSError or sqlite3.Error where they cannot be written.
    """
    spellings: Counter[str] = Counter()
    write_lexical(folder, _counted(texts, spellings))
    write_vocabulary(folder, spellings)


def _counted(texts: Iterable[str], spellings: Counter[str]) -> Iterator[str]:
    """The texts, whose words are counted as they go by."""
    for text in texts:
        spellings.update(_without_ending(text[start:end]) for start, end in words(text))
        yield text


def write_vocabulary(folder: Path, spellings: Counter[str]) -> None:
    """The words, each with how often it stands so in the texts, are in `folder`."""
    by_plain: dict[str, Counter[str]] = {}
    for spelling, count in spellings.items():
        if spelling.isalpha() and 1 < len(spelling) <= _LONGEST_WORD:
            by_plain.setdefault(latin(spelling), Counter())[spelling] += count
    connection = sqlite3.connect(folder / VOCABULARY_FILE)
    try:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
        connection.executemany(
            "INSERT INTO words VALUES (?, ?, ?, ?, ?, ?, ?)", (_row(*item) for item in sorted(by_plain.items()))
        )
        connection.commit()
    finally:
        connection.close()


def _row(plain: str, spellings: Counter[str]) -> tuple[str, str, int, bool, str, str, str]:
    count = spellings.total()
    capital = sum(number for spelling, number in spellings.items() if spelling[0].isupper())
    spelt = min(spellings, key=lambda spelling: (-spellings[spelling], spelling))
    return plain, spelt, count, 2 * capital > count, sound(plain), plain[:_END], plain[-_END:]


def _without_ending(word: str) -> str:
    return word[:-2] if word.endswith(("'s", "’s")) else word
