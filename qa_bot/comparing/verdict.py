"""Whether two citations give the same answer to a question, another one, or none that can be compared."""

from collections.abc import Callable
from enum import Enum, StrEnum, auto
from typing import TypeVar

from qa_bot.comparing.amounts import Amount, amounts
from qa_bot.comparing.dates import When, dates
from qa_bot.comparing.names import only_name, same_name
from qa_bot.comparing.polarity import affirms
from qa_bot.text import sentences, words
from qa_bot.types import Citation, Span

# Words behind a number that say nothing of what is counted.
_ANY_NOUN = frozenset(
    ["", "people", "persons", "men", "of", "were", "was", "are", "have", "had", "in", "and", "to", "on"]
)


T = TypeVar("T")


class Wants(StrEnum):
    """What a question wants to know: a closed set."""

    AMOUNT = auto()
    TIME = auto()
    NAME = auto()
    WHETHER = auto()
    ANYTHING = auto()


# Letters by which a noun of the question is known in the singular and the plural.
_STEM = 5
_YEAR_DIGITS = 4
_CENTURIES = ("18", "19", "20")


class Verdict(Enum):
    """What a comparison says."""

    SAME = auto()
    DIFFERENT = auto()
    UNKNOWN = auto()


_list = str.split  # lists of words read best as prose

_AUXILIARIES = frozenset(_list("did do does is was are were has have had can could will would should must may might"))
_AMOUNTS = frozenset(_list("many much old long far tall high large big deep heavy wide fast often"))
_NAMED = frozenset(["who", "whom", "whose", "which", "where"])


def wanted(question: str) -> Wants:
    """What the question wants to know, by its first words that ask."""
    tokens = [question[start:end].lower() for start, end in words(question)]
    for word, following in zip(tokens, [*tokens[1:], ""], strict=True):
        if word == "how":
            return Wants.AMOUNT if following in _AMOUNTS else Wants.ANYTHING
        if word == "when" or (word in ("what", "which") and following in ("year", "day", "date", "month", "time")):
            return Wants.TIME
        if word in _NAMED:
            return Wants.NAME
        if word in ("what", "why"):
            return Wants.NAME if word == "what" and following in ("country", "town", "city") else Wants.ANYTHING
    return Wants.WHETHER if tokens and tokens[0] in _AUXILIARIES else Wants.ANYTHING


def compare(question: str, one: Citation, other: Citation) -> Verdict:
    """Whether the highlighted words of both give the same answer; UNKNOWN rather than a false alarm."""
    if _plain(one) == _plain(other):
        return Verdict.SAME
    if _of_other_years(one, other):
        return Verdict.UNKNOWN
    comparison = _COMPARISONS[wanted(question)]
    agree = comparison(question, one, other)
    if agree is None:
        return Verdict.UNKNOWN
    return Verdict.SAME if agree else Verdict.DIFFERENT


def _of_other_years(one: Citation, other: Citation) -> bool:
    """Whether the quotations speak of different years: what was true in one need not be in the other."""
    ours, theirs = _years_beside(one), _years_beside(other)
    return bool(ours) and bool(theirs) and ours.isdisjoint(theirs)


def _years_beside(citation: Citation) -> set[str]:
    """The years in the quotation that are not what answers."""
    start = citation.highlight.start - citation.start
    end = citation.highlight.end - citation.start
    text = citation.text
    found = (text[first:last] for first, last in words(text) if last <= start or first >= end)
    return {word for word in found if len(word) == _YEAR_DIGITS and word.isdecimal() and word[:2] in _CENTURIES}


def _plain(citation: Citation) -> tuple[str, ...]:
    text = citation.highlight.text
    return tuple(text[start:end].lower() for start, end in words(text))


def _amounts_agree(question: str, one: Citation, other: Citation) -> bool | None:
    ours, theirs = _only(_amounts_of(one)), _only(_amounts_of(other))
    if ours is None or theirs is None or ours.kind != theirs.kind:
        return None
    if ours.agrees(theirs):
        return True
    return None if _count_other_things(question, ours, theirs) else False


def _count_other_things(question: str, one: Amount, other: Amount) -> bool:
    """Whether the numbers stand before different nouns, of which the question has only one."""
    if one.kind != "count" or one.noun == other.noun:
        return False
    asked = {noun for noun in (one.noun, other.noun) if noun and noun[:_STEM] in question.lower()}
    rest = {one.noun, other.noun} - asked
    return len(asked) == 1 and not rest & _ANY_NOUN


def _amounts_of(citation: Citation) -> list[Amount]:
    sentence, start, end = _sentence(citation)
    return [found for found in amounts(sentence.text) if found.start < end and start < found.end]


def _times_agree(question: str, one: Citation, other: Citation) -> bool | None:
    del question
    ours, theirs = _only(_times_of(one)), _only(_times_of(other))
    return None if ours is None or theirs is None else ours.agrees(theirs)


def _times_of(citation: Citation) -> list[When]:
    sentence, start, end = _sentence(citation)
    return [
        found for found in dates(sentence.text, citation.article.published) if found.start < end and start < found.end
    ]


def _names_agree(question: str, one: Citation, other: Citation) -> bool | None:
    del question
    ours, theirs = only_name(one.highlight.text), only_name(other.highlight.text)
    return None if ours is None or theirs is None else same_name(ours, theirs)


def _polarities_agree(question: str, one: Citation, other: Citation) -> bool | None:
    del question
    ours, theirs = _polarity(one), _polarity(other)
    return None if ours is None or theirs is None else ours == theirs


def _polarity(citation: Citation) -> bool | None:
    sentence, start, end = _sentence(citation)
    return affirms(sentence.text, start, end)


def _nothing_agrees(question: str, one: Citation, other: Citation) -> bool | None:
    del question, one, other
    return None


_COMPARISONS: dict[Wants, Callable[[str, Citation, Citation], bool | None]] = {
    Wants.AMOUNT: _amounts_agree,
    Wants.TIME: _times_agree,
    Wants.NAME: _names_agree,
    Wants.WHETHER: _polarities_agree,
    Wants.ANYTHING: _nothing_agrees,
}


def _only(found: list[T]) -> T | None:
    """What was found, if it is one: an answer with two numbers says more than one thing."""
    return found[0] if len(found) == 1 else None


def _sentence(citation: Citation) -> tuple[Span, int, int]:
    """The sentence that has the first answering word, and where the answering words are in it."""
    article, highlight = citation.article, citation.highlight
    for start, end in sentences(article.text, citation.start, citation.end):
        if start <= highlight.start < end:
            return Span(article, start, end), highlight.start - start, min(highlight.end, end) - start
    return Span(article, citation.start, citation.end), highlight.start - citation.start, highlight.end - citation.start
