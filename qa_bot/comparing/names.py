"""Names in an answer, and whether two of them are of one person, place or body."""

import re
import unicodedata
from functools import cache

from rapidfuzz import fuzz

from qa_bot.text import words

_list = str.split  # lists of words read best as prose

# Spellings of one name in Latin letters, transliterations included, are at least so alike (0 to 100).
_ALIKE = 75
_INITIALS = 2
_JOINING = frozenset(_list("of the and de van von der al bin for"))
# Titles are no part of a name.
_TITLES = frozenset(
    _list(
        "mr mrs ms dr prof professor sir dame president premier prime minister mayor councillor captain judge king"
        " queen chief general senator governor chancellor opposition leader the a an"
    )
)


def only_name(answer: str) -> str | None:
    """The answer without article and titles if it is one name and nothing else, else None."""
    cut = answer.strip(" .,;:“”\"'‘’")
    tokens = [cut[start:end] for start, end in words(cut)]
    while tokens and tokens[0].lower() in _TITLES:
        tokens = tokens[1:]
    named = [token for token in tokens if token.lower() not in _JOINING]
    if not named or not all(token[0].isupper() for token in named) or re.search(r",|;|\band\b|\bor\b|\d", cut):
        return None
    return " ".join(tokens)


def same_name(one: str, other: str) -> bool | None:
    """Whether two names are of one person or thing; None where that cannot be told.

    "Kessler" is Anna Kessler, "WHO" is the World Health Organization, and spellings that are alike are one name.
    """
    if _is_latin(one) != _is_latin(other):
        return None
    ours, theirs = _parts(one), _parts(other)
    if not ours or not theirs:
        return None
    if _is_short_for(one, theirs) or _is_short_for(other, ours):
        return True
    shorter, longer = sorted((ours, theirs), key=len)
    left = list(longer)
    for part in shorter:
        near = max(left, key=lambda candidate: _likeness(part, candidate), default="")
        if not near or _likeness(part, near) < _ALIKE:
            break
        left.remove(near)
    else:
        return True
    # "Anna Kessler" and "Otto Kessler" are two people, "A. Kessler" and "Anna Keßler" one or two.
    return None if any(len(part) < _INITIALS for part in (*ours, *theirs)) else False


def _likeness(one: str, other: str) -> float:
    return fuzz.ratio(one, other)


def _is_short_for(short: str, parts: list[str]) -> bool:
    letters = short.replace(".", "")
    return letters.isupper() and len(letters) >= _INITIALS and letters.lower() == "".join(part[0] for part in parts)


def _is_latin(name: str) -> bool:
    return all("LATIN" in unicodedata.name(letter, "") for letter in name if letter.isalpha())


@cache
def _parts(name: str) -> list[str]:
    """The words of the name in lower case, without marks over letters and without the words that join."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(letter)
    )
    return [plain[start:end] for start, end in words(plain) if plain[start:end] not in _JOINING]
