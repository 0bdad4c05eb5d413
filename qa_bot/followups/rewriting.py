"""A follow-up question put into words that stand alone, as far as what was said before allows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa_bot.dialogue import Exchange
from qa_bot.followups.ellipsis import completed
from qa_bot.followups.lexicon import FUNCTION_WORDS, word_set
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
# Words that go on from what was said.
_GOING_ON = word_set("else other others another more this that these those instead next anything then besides")


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What to search; `unclear` is the pronoun that nothing said before fits, if any."""

    text: str
    unclear: str | None = None


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
        return Rewrite(question)
    named = referents(before)
    if whole := completed(question, before[-1], named):
        resolution = resolve(whole, named)
        return Rewrite(resolution.text, resolution.unclear)
    own_words = [token for token in tokens(question) if token.lower not in FUNCTION_WORDS]
    if len(own_words) <= _SOME_WORDS:
        resolution = resolve(question, named)
        if resolution.replaced or resolution.unclear:
            return Rewrite(resolution.text, resolution.unclear)
    topic = _topic(question, named) if len(own_words) <= _FEW_WORDS else None
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
    if not sure or any(not one.unsure for one in mentions(question)):
        return None
    theirs = {token.lower for token in tokens(question)} - FUNCTION_WORDS
    return None if theirs & sure[0].words else sure[0].spoken
