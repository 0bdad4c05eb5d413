"""What kind of thing a question asks for, and the words of a text that are of that kind (English)."""

import re
from enum import StrEnum

from qa_bot.text import Offsets, words


class AnswerType(StrEnum):
    """What would answer the question."""

    DATE = "date"
    NUMBER = "number"
    NAME = "name"
    OTHER = "other"


_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"
)
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_YEAR = r"(?:1\d{3}|20\d{2})s?"
_DATE = re.compile(
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?)?\b{_MONTH}(?:\s+\d{{1,2}}(?:st|nd|rd|th)?\b)?(?:,?\s+{_YEAR}\b)?"
    rf"|\b{_YEAR}(?!\S*\d)\b|\b{_WEEKDAY}\b|\b\d{{1,2}}(?:st|nd|rd|th)\s+century\b|\b(?:yesterday|today|tomorrow)\b",
)
_COUNTED = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion"
    " hundreds thousands millions billions dozen dozens half once twice"
).replace(" ", "|")
_NUMBER = re.compile(
    rf"[$€£¥]?\d+(?:[.,]\d+)*(?:\s?%|\s(?:percent|per cent)\b)?(?:\s(?:hundred|thousand|million|billion|trillion)\b)?"
    rf"|\b(?:{_COUNTED})(?:[\s-](?:{_COUNTED}))*\b",
    re.IGNORECASE,
)
_ASKS = (
    (
        AnswerType.NUMBER,
        re.compile(
            r"\bhow (?:many|much|long|old|far|tall|large|big|often|high|deep|wide|heavy|fast)\b"
            r"|\b(?:what|which) (?:percentage|percent|number|amount|population|proportion|fraction)\b",
            re.IGNORECASE,
        ),
    ),
    (
        AnswerType.DATE,
        re.compile(r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade|time)\b", re.IGNORECASE),
    ),
    (
        AnswerType.NAME,
        re.compile(
            r"\b(?:who|whom|whose|where)\b"
            r"|\b(?:what|which) (?:city|country|place|state|town|person|man|woman)\b"
            r"|\b(?:what|which) (?:company|organi[sz]ation|team|university)\b"
            r"|\bname of\b",
            re.IGNORECASE,
        ),
    ),
)
# Small words that may stand inside a name: "Bank of England", "Ludwig van Beethoven".
_INNER = frozenset({"of", "the", "de", "la", "van", "von", "der", "den", "du", "di", "and", "al", "bin"})
# Words that have a capital because a sentence begins with them.
_OPENING_WORDS = """
A After Although An And As At Before But By During For From He Her His How I If In It Its On Our She Since So Some That
The Their Then There These They This Those To Under Until We What When Where While Who With You
"""
_OPENERS = frozenset(_OPENING_WORDS.split())


def asked_type(question: str) -> AnswerType:
    """What kind of thing the question asks for; OTHER where its words do not say."""
    return next((kind for kind, pattern in _ASKS if pattern.search(question)), AnswerType.OTHER)


def candidates(kind: AnswerType, text: str) -> list[Offsets]:
    """The `(start, end)` of the expressions in the text that are of that kind, in order; none for OTHER."""
    match kind:
        case AnswerType.DATE:
            return [found.span() for found in _DATE.finditer(text)]
        case AnswerType.NUMBER:
            return [found.span() for found in _NUMBER.finditer(text)]
        case AnswerType.NAME:
            return _names(text)
        case AnswerType.OTHER:
            return []


def _names(text: str) -> list[Offsets]:
    """Runs of capitalised words, small words inside included; a word that merely opens a sentence is none."""
    names: list[Offsets] = []
    for start, end in words(text):
        word = text[start:end]
        if word[0].isupper() and word not in _OPENERS:
            if names and _is_inside_name(text[names[-1][1] : start]):
                names[-1] = (names[-1][0], end)
            else:
                names.append((start, end))
    return names


def _is_inside_name(gap: str) -> bool:
    """Whether what stands between two capitalised words joins them: a space, an initial's stop, or small words."""
    inner = gap.split()
    return gap in {" ", "-", ". "} or (bool(inner) and _INNER.issuperset(inner) and gap == f" {' '.join(inner)} ")
