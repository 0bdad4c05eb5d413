"""The kind of an English question, read from its form."""

import re
from enum import StrEnum
from itertools import pairwise

_WORD = re.compile(r"[a-z]+")
# What turns a statement into a question of yes or no.
_AUXILIARIES = frozenset(
    [
        *("am", "are", "is", "was", "were", "do", "does", "did", "has", "have", "had"),
        *("can", "could", "will", "would", "shall", "should", "may", "might", "must"),
    ]
)


class Kind(StrEnum):
    """What a question asks with: a closed set."""

    WHO = "who"
    WHEN = "when"
    WHERE = "where"
    HOW_MANY = "how many"
    WHY = "why"
    HOW = "how"
    WHAT = "what"
    YES_NO = "yes-no"
    OTHER = "other"


_BY_WORD = {
    "who": Kind.WHO,
    "whom": Kind.WHO,
    "whose": Kind.WHO,
    "when": Kind.WHEN,
    "where": Kind.WHERE,
    "why": Kind.WHY,
    "how": Kind.HOW,
    "what": Kind.WHAT,
    "which": Kind.WHAT,
}


def kind_of(question: str) -> Kind:
    """Yes-no if the first word is an auxiliary verb, else the kind of the first question word anywhere in it.

    "In what year" asks with *what*: the form is read, not the meaning.
    """
    words = _WORD.findall(question.lower())
    if words and words[0] in _AUXILIARIES:
        return Kind.YES_NO
    for word, after in pairwise([*words, ""]):
        if word == "how" and after in {"many", "much"}:
            return Kind.HOW_MANY
        if word in _BY_WORD:
            return _BY_WORD[word]
    return Kind.OTHER
