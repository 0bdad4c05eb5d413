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
_INNER = frozenset(["of", "the", "de", "la", "van", "von", "der", "den", "du", "di", "and", "al", "bin"])


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
    """Runs of capitalised words, with small words inside; a lone capital at the start of the text is no sign."""
    names: list[Offsets] = []
    pending: Offsets | None = None
    small: bool = False
    last = 0
    for start, end in words(text):
        word, gap = text[start:end], text[last:start]
        joined = pending is not None and (gap.isspace() or gap in {"-", ". "})
        if word[0].isupper():
            if joined and pending is not None:
                pending = (pending[0], end)
            else:
                if pending is not None:
                    names.append(pending)
                pending = (start, end)
            small = False
        elif not (joined and word in _INNER and not small):
            if pending is not None:
                names.append(pending)
            pending = None
        else:
            small = True
        last = end
    if pending is not None:
        names.append(pending)
    return [name for name in names if not (name[0] == 0 and " " not in text[slice(*name)] and len(names) > 1)]
