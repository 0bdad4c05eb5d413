"""Whom and what a conversation was about: its names and noun phrases, with what a pronoun must agree with."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from qa_bot.dialogue import Exchange
from qa_bot.followups.lexicon import (
    AUXILIARIES,
    FEMALE_PRONOUNS,
    FUNCTION_WORDS,
    GROUP_NOUNS,
    MALE_PRONOUNS,
    THING_NOUNS,
    Gender,
)
from qa_bot.followups.mentions import Mention, Token, mentions, tokens

# What a name weighs by where it stands: who asks about somebody says whom the conversation is about. An article's
# title names its subject; a name that only qualifies a noun, or may be none, is seldom referred to.
_IN_QUESTION, _IN_ANSWER, _IN_TITLE, _IN_CONTEXT = 2.0, 1.0, 1.5, 0.25
_FIRST_OF_TEXT, _MODIFIER, _UNSURE = 1.5, 0.4, 0.5
# What is left of a weight one exchange later.
_DECAY = 0.75
_LONGEST_PHRASE = 4
_PHRASE = 0.75
_SHORT_ANSWER = 6
_BEING = frozenset({"is", "are", "was", "were"})


@dataclass(slots=True)
class Referent:
    """Something that was named; `last` is the number of the exchange in which it was named last.

    `name` is its longest form, `spoken` the one that was used last in a question, or else was used last.
    """

    name: str
    spoken: str = ""
    weight: float = 0.0
    last: int = 0
    genders: dict[Gender, float] = field(default_factory=dict)
    person: bool = False
    thing: bool = False
    plural: bool = False
    phrase: bool = False
    sure: bool = False
    asked: bool = False

    @property
    def gender(self) -> Gender | None:
        """The gender that its words, or pronouns near it, told most often; None where nothing told it."""
        if not self.genders:
            return None
        return max(self.genders, key=lambda gender: (self.genders[gender], gender))

    @property
    def words(self) -> frozenset[str]:
        """The words of its name, in lower case."""
        return frozenset(token.lower for token in tokens(self.name))


def referents(exchanges: Sequence[Exchange]) -> list[Referent]:
    """What was named, the most prominent first; ties in the order of naming."""
    texts = list(_texts(exchanges))
    known = _name_words(text for _, text, _ in texts)
    found: list[Referent] = []
    for number, text, weight in texts:
        age = len(exchanges) - 1 - number
        _take(found, text, number, weight * _DECAY**age, known, asked=weight == _IN_QUESTION)
        if weight == _IN_ANSWER and tokens(exchanges[number].question)[:1]:
            _hear_the_answer(found, exchanges[number], _DECAY**age)
    return sorted(found, key=lambda one: -one.weight)


def _hear_the_answer(found: list[Referent], exchange: Exchange, weight: float) -> None:
    """Who answers a "who" is a person, unless it is known not to be, and what is asked about next.

    What answers a "where" or a "what team" is none. Where the answering words are not known, a short answer is they.
    """
    asking = [token.lower for token in tokens(exchange.question)[:2]]
    short = exchange.answer if len(tokens(exchange.answer)) <= _SHORT_ANSWER else ""
    asks_who = asking[0] in {"who", "whom", "whose"}
    asks_thing = asking[0] == "where" or asking[-1] in THING_NOUNS or asking[-1] in GROUP_NOUNS
    for mention in mentions(exchange.words or short) if asks_who or asks_thing else ():
        referent = _same(found, mention.name, phrase=False)
        if referent and asks_who:
            referent.person = referent.person or not referent.thing
            referent.weight += _IN_QUESTION * weight
        elif referent and not referent.gender:
            referent.thing = not referent.person


def _texts(exchanges: Sequence[Exchange]) -> Iterator[tuple[int, str, float]]:
    for number, exchange in enumerate(exchanges):
        yield number, exchange.question, _IN_QUESTION
        if exchange.title:
            yield number, exchange.title, _IN_TITLE
        if exchange.context:
            yield number, exchange.context, _IN_CONTEXT
        if exchange.answer:
            yield number, exchange.answer, _IN_ANSWER


def _name_words(texts: Iterable[str]) -> frozenset[str]:
    """Words that are names somewhere, beyond doubt."""
    sure = (one for text in texts for one in mentions(text) if not one.unsure)
    return frozenset(token.lower for one in sure for token in tokens(one.name)) - FUNCTION_WORDS - THING_NOUNS


def _take(found: list[Referent], text: str, number: int, weight: float, known: frozenset[str], *, asked: bool) -> None:
    """Adds what one text names to what was found, and lets its pronouns tell the genders."""
    own = mentions(text, known=known)
    placed = [
        (one.start, _same(found, one.name, phrase=False) or _new(found, one.name), _worth(one, weight)) for one in own
    ]
    for one, (_, referent, worth) in zip(own, placed, strict=True):
        referent.person = referent.person or one.person
        referent.thing = referent.thing or one.organisation
        referent.sure = referent.sure or not one.unsure
        if one.gender:
            referent.genders[one.gender] = referent.genders.get(one.gender, 0.0) + 2.0
        if asked or not referent.asked:
            referent.spoken, referent.asked = one.name, asked
        if len(one.name) > len(referent.name) and not one.unsure:
            referent.name = one.name
        referent.weight, referent.last = referent.weight + worth, number
    for start, phrase, plural in [*phrases(text), *(asked_phrases(text) if asked else ())]:
        if any(one.start <= start + len("the ") < one.end for one in own):
            continue
        referent = _same(found, phrase, phrase=True) or _new(found, phrase)
        referent.phrase, referent.sure, referent.plural, referent.thing = True, True, plural, not plural
        referent.spoken, referent.asked = phrase, referent.asked or asked
        referent.weight, referent.last = referent.weight + _PHRASE * weight, number
    if not asked:
        here = {token.lower for token in tokens(text)}
        for known_phrase in found:
            if known_phrase.phrase and known_phrase.asked and known_phrase.words - FUNCTION_WORDS <= here:
                known_phrase.weight, known_phrase.last = known_phrase.weight + _PHRASE * weight, number
    _hear_pronouns(text, [(start, referent) for start, referent, _ in placed])


def _worth(mention: Mention, weight: float) -> float:
    if mention.unsure:
        return weight * _UNSURE
    if mention.modifies:
        return weight * _MODIFIER
    return weight * (_FIRST_OF_TEXT if mention.start == 0 else 1.0)


def _same(found: list[Referent], name: str, *, phrase: bool) -> Referent | None:
    """The one that a name means: of which it has the words, or the other way about; the last such one."""
    words = Referent(name).words - FUNCTION_WORDS
    for other in sorted(found, key=lambda one: -one.last):
        theirs = other.words - FUNCTION_WORDS
        if other.phrase is phrase and words and theirs and (words <= theirs or theirs <= words):
            return other
    return None


def _new(found: list[Referent], name: str) -> Referent:
    referent = Referent(name)
    found.append(referent)
    return referent


def _hear_pronouns(text: str, placed: Sequence[tuple[int, Referent]]) -> None:
    """A "she" tells the gender of the one that was named last before it, if that may be a person."""
    for token in tokens(text):
        gender = _pronoun_gender(token)
        if gender is None:
            continue
        before = [one for start, one in placed if start < token.start and not one.thing and not one.phrase]
        if before:
            # The one that is named most, of those before: mostly the subject of what is told.
            subject = max(before, key=lambda one: one.weight)
            subject.genders[gender] = subject.genders.get(gender, 0.0) + 0.5


def _pronoun_gender(token: Token) -> Gender | None:
    if token.lower in FEMALE_PRONOUNS:
        return Gender.FEMALE
    return Gender.MALE if token.lower in MALE_PRONOUNS else None


def phrases(text: str) -> Iterator[tuple[int, str, bool]]:
    """Noun phrases that begin with an article, as "the second bridge of Mirna", and whether they are plural."""
    found = tokens(text)
    for place, token in enumerate(found):
        if token.lower not in {"the", "a", "an"}:
            continue
        for last in range(place + 1, min(place + 1 + _LONGEST_PHRASE, len(found))):
            word = found[last].lower
            if word in FUNCTION_WORDS:
                break
            if word in THING_NOUNS or word in GROUP_NOUNS or (word.endswith("s") and word[:-1] in THING_NOUNS):
                end = _with_complement(found, last)
                yield token.start, "the" + text[token.end : found[end].end], word not in THING_NOUNS
                break


def asked_phrases(question: str) -> Iterator[tuple[int, str, bool]]:
    """Noun phrases of a question whose nouns are not known as such: "the breakwater" of "Will the breakwater hold?"."""
    found = tokens(question)
    for place, token in enumerate(found):
        last = place
        while last + 1 < len(found) and found[last + 1].lower not in FUNCTION_WORDS:
            last += 1
        # Behind an auxiliary the verb comes after the noun.
        verb = (
            place > 0
            and found[place - 1].lower in AUXILIARIES
            and (found[place - 1].lower not in _BEING or found[last].lower.endswith(("ed", "en", "lt")))
        )
        end = last - 1 if verb and last > place + 1 else last
        if token.lower == "the" and place < end <= place + _LONGEST_PHRASE and found[end].text.islower():
            plural = found[end].lower.endswith("s") and not found[end].lower.endswith("ss")
            yield token.start, question[token.start : found[end].end], plural


def _with_complement(found: Sequence[Token], last: int) -> int:
    """The last token of a phrase with the name behind it: "of Mirna", "in East London"."""
    if last + 2 < len(found) and found[last + 1].lower in {"of", "in", "at"} and found[last + 2].capital:
        last += 2
        while last + 1 < len(found) and found[last + 1].capital and found[last + 1].start == found[last].end + 1:
            last += 1
    return last
