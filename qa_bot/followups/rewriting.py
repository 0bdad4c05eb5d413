"""A follow-up question put into words that stand alone, as far as what was said before allows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from qa_bot.dialogue import Exchange
from qa_bot.followups.ellipsis import completed, is_bare
from qa_bot.followups.lexicon import (
    AUXILIARIES,
    FEMALE_PRONOUNS,
    FUNCTION_WORDS,
    MALE_PRONOUNS,
    QUESTION_WORDS,
    word_set,
)
from qa_bot.followups.mentions import mentions, tokens
from qa_bot.followups.pronouns import resolve
from qa_bot.followups.referents import Referent, referents
from qa_bot.protocols import Encoder

# Further back nobody refers to without naming it again.
_REMEMBERED = 8
# A question with more words of its own than that is rarely a follow-up (9 of 10 follow-ups of CANARD have at most 3,
# 9 of 10 questions of SQuAD more); with a pronoun it may have somewhat more.
_FEW_WORDS, _SOME_WORDS = 3, 5
# Cosine of a question that names nothing with what was said last: above it 7 of 10 follow-ups of CANARD, below it 8 of
# 10 questions of SQuAD after an unrelated conversation.
_RELATED = 0.1
# Letters of the shortest word whose ending may differ: "ferry" and "ferries".
_ENDED = 4
_WHO = word_set("who whom whose")
_OF_PERSONS = FEMALE_PRONOUNS | MALE_PRONOUNS
# Words that go on from what was said.
_GOING_ON = word_set("else other others another more this that these those instead next anything then besides")


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What to search; `unclear` is the pronoun that nothing said before fits, or the bare "why" that asks nothing yet.

    Without it the question `means_nothing`: it asks about some "she", not about some thing that its words may tell.
    """

    text: str
    unclear: str | None = None

    @property
    def means_nothing(self) -> bool:
        """Whether any answer would be a guess."""
        return self.unclear is not None and (is_bare(self.unclear) or self.unclear.lower() in _OF_PERSONS)


def rewrite(question: str, exchanges: Sequence[Exchange], *, encoder: Encoder | None = None) -> Rewrite:
    """The question made stand-alone; as typed where it stands alone, or where nothing fits.

    With an `encoder`, a question that neither refers back nor names anything is taken for a new topic where it does not
    resemble what was said last.
    """
    before = _stand_alone(exchanges[-_REMEMBERED:])
    return _rewrite(question, before, encoder)


def _stand_alone(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """The exchanges with their questions made stand-alone, one after the other."""
    done: list[Exchange] = []
    for exchange in exchanges:
        text = _rewrite(exchange.question, done, None).text if done else exchange.question
        done.append(replace(exchange, question=text))
    return done


def _rewrite(question: str, before: Sequence[Exchange], encoder: Encoder | None) -> Rewrite:
    if not before:
        return Rewrite(question, _of_nobody(question))
    named = referents(before)
    if whole := completed(question, before[-1], named):
        resolution = resolve(whole, named)
        return Rewrite(resolution.text, resolution.unclear)
    return _bare(question) or _with_topic(question, before, named, encoder)


def _bare(question: str) -> Rewrite | None:
    """A bare "why?" to which nothing said before is the rest."""
    return Rewrite(question, question.strip(" ?.!")) if is_bare(question) else None


def _with_topic(
    question: str, before: Sequence[Exchange], named: Sequence[Referent], encoder: Encoder | None
) -> Rewrite:
    """The question with its pronouns replaced, or else behind what the conversation is about, if it is about that."""
    own_words = [token for token in tokens(question) if token.lower not in FUNCTION_WORDS]
    if len(own_words) <= _SOME_WORDS:
        resolution = resolve(question, named)
        if resolution.replaced or resolution.unclear:
            return Rewrite(resolution.text, resolution.unclear)
    topic = _topic(question, named) if len(own_words) <= _FEW_WORDS else None
    if topic and _asks_about_something_else(question, before):
        topic = None
    goes_on = not _GOING_ON.isdisjoint(token.lower for token in tokens(question))
    if topic is None or (encoder and not goes_on and _similarity(question, topic, before[-1], encoder) < _RELATED):
        return Rewrite(question)
    return Rewrite(f"{topic}: {question}")


def _similarity(question: str, topic: str, last: Exchange, encoder: Encoder) -> float:
    said = f"{topic}. {last.question} {last.answer}"
    return float(encoder.encode_question(question) @ encoder.encode_question(said))


def _topic(question: str, named: Sequence[Referent]) -> str | None:
    """What the conversation is about, for a question that names nothing of its own."""
    sure = [one for one in named if one.sure]
    if not sure or not _asks(question) or any(not one.unsure for one in mentions(question)):
        return None
    theirs = {token.lower for token in tokens(question)} - FUNCTION_WORDS
    return None if theirs & sure[0].words else sure[0].spoken


def _of_nobody(question: str) -> str | None:
    """The "she" of a first question that names nobody, nor asks who."""
    unclear = resolve(question, ()).unclear
    asks_who = any(token.lower in _WHO for token in tokens(question))
    named = asks_who or any(not one.unsure for one in mentions(question))
    return unclear if unclear and not named and unclear.lower() in _OF_PERSONS else None


def _asks(question: str) -> bool:
    """Whether it asks anything: "thanks" and "really?" do not."""
    found = [token.lower for token in tokens(question)]
    return not (QUESTION_WORDS | AUXILIARIES | _GOING_ON).isdisjoint(found) or len(found) > 2  # noqa: PLR2004


def _asks_about_something_else(question: str, before: Sequence[Exchange]) -> bool:
    """Whether the things that it names ("the ferry") were in none of what was said, nor in an article quoted for it."""
    found = tokens(question)
    things = [
        {token.lower for token in takewhile(lambda token: token.lower not in FUNCTION_WORDS, found[place + 1 :])}
        for place, token in enumerate(found)
        if token.lower == "the"
    ]
    said = " ".join(part for one in before for part in (one.question, one.answer, one.title, one.text)).lower()
    return any(things) and not any(_is_said(word, said) for words in things for word in words)


def _is_said(word: str, said: str) -> bool:
    """Whether the word, or one with another ending, is among what was said."""
    stem = word[:-1] if len(word) > _ENDED else word
    place = said.find(stem)
    while place > 0 and said[place - 1].isalnum():
        place = said.find(stem, place + 1)
    return place >= 0
