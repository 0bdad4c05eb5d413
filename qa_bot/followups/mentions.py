"""Names in running text: where they stand, and what their words tell of whom they name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from qa_bot.followups.lexicon import (
    AUXILIARIES,
    CALENDAR,
    FUNCTION_WORDS,
    Gender,
    gender_of,
    is_organisation,
    is_title,
    word_set,
)
from qa_bot.text import Offsets, words

# Small words inside a name, as in "Prince Bernhard of Lippe", and how many of them may stand in a row.
_LINKS = word_set("of de da di del della der den des la le van von zu al bin ibn the")
_SENTENCE_ENDS = frozenset(".!?:\n")
_SKIPPED = frozenset(" \t\"'“”‘’«»()[]")
# "in the ", and the letter before it.
_IN_LENGTH = 8
_LAST_JOINTS = frozenset({" and ", ", and ", " or "})
_LIST_ENDS = frozenset(".,;:!?)\n") | {""}
_JOINTS = frozenset({" ", "-", ". ", " & ", "'", "’", ".", "–"})
_LONGEST_NAME = 8
# Of what comes after "of" behind these, nobody has the name: "the mayor of Mirow".
_OF_PLACES = word_set(
    "mayor president king queen capital city town village port university council state government people army north"
    " south east west coast island bank minister"
)
_SAYING = word_set("said says told became began went made took won left met")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as it stands in a text.

    `modifies` where a noun follows it, as in "the CNN investigation"; `unsure` where it may have its capital only
    because a sentence begins with it.
    """

    name: str
    start: int
    end: int
    gender: Gender | None
    person: bool
    organisation: bool
    modifies: bool
    unsure: bool


@dataclass(frozen=True, slots=True)
class Token:
    """A word with its place, and whether a sentence begins with it."""

    text: str
    start: int
    end: int
    first: bool

    @property
    def lower(self) -> str:
        """The word in lower case, without a possessive ending."""
        return without_possessive(self.text).lower()

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter (or, as in "3M" and "iPhone", has one)."""
        return any(letter.isupper() for letter in self.text[:2])


def without_possessive(word: str) -> str:
    """The word without "'s"."""
    return word[:-2] if word.endswith(("'s", "’s")) else word


@lru_cache(maxsize=256)
def tokens(text: str) -> tuple[Token, ...]:
    """The words of a text in order."""
    return tuple(Token(text[start:end], start, end, _begins_sentence(text, start)) for start, end in words(text))


@lru_cache(maxsize=256)
def mentions(text: str, *, known: frozenset[str] = frozenset()) -> tuple[Mention, ...]:
    """The names in the text, in order.

    `known` has words of names, in lower case, that stood elsewhere: where a sentence begins with one, it is a name here
    too, and in a text without capitals wherever it stands.
    """
    found = tokens(text)
    anywhere = known if text[1:] == text[1:].lower() else frozenset[str]()
    return tuple(_with_listed_places(text, [_mention(text, found, run, known) for run in _runs(text, found, anywhere)]))


def _with_listed_places(text: str, named: Sequence[Mention]) -> Iterator[Mention]:
    """The names; of a list of places, as "in Hallen, Mirow and Tern.", those behind the first are no persons either."""
    listed = -1
    for number, mention in enumerate(named):
        before = text[max(mention.start - _IN_LENGTH, 0) : mention.start].lower().split()
        if before[-1:] == ["in"] or before[-2:] == ["in", "the"]:
            listed = _last_listed(text, named, number)
        yield replace(mention, organisation=True) if number <= listed and not mention.person else mention


def _last_listed(text: str, named: Sequence[Mention], first: int) -> int:
    """The last name of the list that begins with the first; the first itself where it is no list, but clauses."""
    last = first
    while last + 1 < len(named):
        gap, last = text[named[last].end : named[last + 1].start], last + 1
        if gap in _LAST_JOINTS:
            return last if text[named[last].end : named[last].end + 1] in _LIST_ENDS else first
        if gap != ", ":
            return first
    return first


def _begins_sentence(text: str, start: int) -> bool:
    place = start - 1
    while place >= 0 and text[place] in _SKIPPED:
        place -= 1
    if place < 0 or text[place] not in _SENTENCE_ENDS:
        return place < 0
    # An initial or a title before the stop: "J. B. Books", "Mr. Regal".
    word = text[:place].rsplit(maxsplit=1)[-1:] if text[place] == "." else []
    return not (word and (len(word[0]) == 1 or is_title(word[0].lower())))


def _runs(text: str, found: Sequence[Token], known: frozenset[str]) -> Iterator[Offsets]:
    """The first and last token, inclusive, of each name."""
    place = 0
    while place < len(found):
        if not _may_begin(found[place], known):
            place += 1
            continue
        last = _end_of_run(text, found, place, known)
        yield place, last
        place = last + 1


def _may_begin(token: Token, known: frozenset[str]) -> bool:
    word = token.lower
    if word in CALENDAR or (word in FUNCTION_WORDS and not (token.text.isupper() and len(word) > 1)):
        return False
    return (token.capital and word != "jr") or word in known


def _end_of_run(text: str, found: Sequence[Token], first: int, known: frozenset[str]) -> int:
    last = first
    place = first + 1
    while place < min(len(found), first + _LONGEST_NAME) and _joined(text, found[place - 1], found[place]):
        word = found[place].lower
        if found[place].capital or word in known or (found[place].text[0].isdigit() and len(word) < 3):  # noqa: PLR2004
            last = place
        elif word not in _LINKS:
            break
        place += 1
    return last


def _joined(text: str, before: Token, after: Token) -> bool:
    gap = text[before.end : after.start]
    if before.text.endswith(("'s", "’s")) or gap not in _JOINTS:
        return False
    return gap != ". " or len(before.text) == 1 or is_title(before.lower)


def _is_unsure(found: Sequence[Token], place: int, known: frozenset[str]) -> bool:
    token = found[place]
    if not token.first or token.lower in known or not token.text[1:].islower():
        return False
    after = found[place + 1].lower if place + 1 < len(found) else ""
    # A verb behind it, or a possessive ending, makes it a name.
    named = (
        after in AUXILIARIES or after.endswith("ed") or after in _SAYING or token.text != without_possessive(token.text)
    )
    return not named and gender_of([token.lower], "") is None


def _mention(text: str, found: Sequence[Token], run: Offsets, known: frozenset[str]) -> Mention:
    first, last = found[run[0]], found[run[1]]
    lower = [token.lower for token in found[run[0] : run[1] + 1]]
    before = found[run[0] - 1].lower if run[0] else ""
    # Nobody is called "the Rockies", and people are seldom what something is in.
    organisation = (
        is_organisation(lower)
        or before in {"the", "in", "at", "near"}
        or _is_of_a_place(found, run[0])
        or _is_part_of_a_word(text, last.end)
        or (first is last and first.text.isupper() and len(first.text) > 1 and not text.isupper())  # "CNN"
    )
    gender = None if organisation else gender_of(lower, before)
    end = first.start + len(without_possessive(text[first.start : last.end]))
    return Mention(
        name=text[first.start : end],
        start=first.start,
        end=end,
        gender=gender,
        person=not organisation and (gender is not None or is_title(before) or is_title(lower[0])),
        organisation=organisation,
        modifies=gender is None and first is last and _has_noun_behind(text, found, run[1]),
        unsure=first is last and _is_unsure(found, run[0], known),
    )


def _is_of_a_place(found: Sequence[Token], place: int) -> bool:
    return place > 1 and found[place - 1].lower == "of" and found[place - 2].lower in _OF_PLACES


def _is_part_of_a_word(text: str, end: int) -> bool:
    """Whether a small letter is joined to it, as in "Kremlin-backed"."""
    return text[end : end + 1] == "-" and text[end + 1 : end + 2].islower()


def _has_noun_behind(text: str, found: Sequence[Token], place: int) -> bool:
    """Whether a word follows at once that is probably a noun: no function word, no verb in the past."""
    if place + 1 == len(found) or text[found[place].end : found[place + 1].start] != " ":
        return False
    after = found[place + 1]
    return after.text.islower() and after.lower not in FUNCTION_WORDS and not after.lower.endswith(("ed", "ly"))
