"""Pronouns of a question, replaced by whom or what they mean."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa_bot.followups.lexicon import (
    ALWAYS_POSSESSIVE,
    AUXILIARIES,
    ENDS_A_PHRASE,
    FEMALE_PRONOUNS,
    FUNCTION_WORDS,
    MALE_PRONOUNS,
    PLURAL_PRONOUNS,
    THING_PRONOUNS,
    Gender,
    word_set,
)
from qa_bot.followups.mentions import Token, mentions, tokens
from qa_bot.followups.referents import Referent

# What people asked about themselves, they go on asking about.
_ASKED = 1.5
_ARTICLES = word_set("the a an")
_IMPERSONAL = word_set("take takes took taken rain true possible important necessary called mean")


@dataclass(frozen=True, slots=True)
class Resolution:
    """The question with its pronouns replaced; `unclear` is one that nothing fits."""

    text: str
    replaced: tuple[str, ...]
    unclear: str | None


def resolve(question: str, named: Sequence[Referent]) -> Resolution:
    """The question with each pronoun that looks back beyond it replaced by what is most prominent of what fits."""
    found = tokens(question)
    own = [one.start for one in mentions(question, known=_known(named)) if not one.unsure]
    edits: list[tuple[Token, str]] = []
    done: set[frozenset[str]] = set()
    used: list[Referent] = []
    unclear: str | None = None
    for place, token in enumerate(found):
        kind = _kind(found, place)
        if kind is None or kind in done or any(start < token.start for start in own):
            continue
        if kind in {PLURAL_PRONOUNS, THING_PRONOUNS} and _is_inside(found, place):
            continue
        free = [one for one in named if one not in used]
        referent = max(free, key=lambda one: one.weight * _fitness(one, kind), default=None)
        if referent is None or not _fitness(referent, kind):
            unclear = unclear or (None if _may_be_inside(found, place) else token.text)
            continue
        done.add(kind)
        used.append(referent)
        edits.append((token, _worded(referent, possessive=_is_possessive(found, place))))
    text = question
    for token, words in reversed(edits):
        text = text[: token.start] + words + text[token.end :]
    return Resolution(text, tuple(words for _, words in edits), None if edits else unclear)


def _known(named: Sequence[Referent]) -> frozenset[str]:
    return frozenset().union(*(one.words for one in named if not one.phrase)) - FUNCTION_WORDS


def _kind(found: Sequence[Token], place: int) -> frozenset[str] | None:
    """The family of pronouns that the word belongs to, where it stands for something."""
    word = found[place].lower
    after = found[place + 1].lower if place + 1 < len(found) else ""
    for family in (FEMALE_PRONOUNS, MALE_PRONOUNS, PLURAL_PRONOUNS):
        if word in family:
            return family
    if word in THING_PRONOUNS:
        return None if after in _IMPERSONAL else THING_PRONOUNS
    return None


def _is_inside(found: Sequence[Token], place: int) -> bool:
    """Whether the pronoun may well mean something in the question itself: a noun before it, and it is no subject."""
    if found[place - 1].lower in AUXILIARIES:
        return False
    nouns = [token.lower for token in found[:place] if token.lower not in FUNCTION_WORDS]
    return len(nouns) > 1


def _may_be_inside(found: Sequence[Token], place: int) -> bool:
    """Whether the question itself may say whom the pronoun means: "What did the captain do before he left?"."""
    return any(token.lower in _ARTICLES for token in found[:place])


def _fitness(referent: Referent, family: frozenset[str]) -> float:
    """How well a pronoun of the family goes with the referent: 0 where number or gender forbid it."""
    if not referent.sure:
        return 0.0
    if family is FEMALE_PRONOUNS or family is MALE_PRONOUNS:
        gender = Gender.FEMALE if family is FEMALE_PRONOUNS else Gender.MALE
        if referent.thing or referent.phrase or referent.gender not in {None, gender}:
            return 0.0
        return (2.0 if referent.gender or referent.person else 1.0) * (_ASKED if referent.asked else 1.0)
    if referent.person or referent.gender:
        return 0.0
    if family is PLURAL_PRONOUNS:
        fitness = 1.0 if referent.plural else (0.0 if referent.phrase else 0.5)
    else:
        fitness = 0.0 if referent.plural else 1.0 if referent.thing else 0.5
    return fitness * (_ASKED if referent.asked else 1.0)


def _is_possessive(found: Sequence[Token], place: int) -> bool:
    word = found[place].lower
    after = found[place + 1].lower if place + 1 < len(found) else ""
    return word in ALWAYS_POSSESSIVE or (word == "her" and after != "" and after not in ENDS_A_PHRASE)


def _worded(referent: Referent, *, possessive: bool) -> str:
    if not possessive:
        return referent.spoken
    return f"{referent.spoken}'" if referent.spoken.endswith("s") else f"{referent.spoken}'s"
