"""A question as typed turned into what is searched."""

from collections.abc import Sequence

from qa_bot.dialogue import Conversation, Exchange
from qa_bot.errors import InvalidQuestion
from qa_bot.filters import Filtered, stated_filters
from qa_bot.followups.ellipsis import is_bare
from qa_bot.followups.rewriting import rewrite
from qa_bot.protocols import Encoder
from qa_bot.types import Query

# A question that a person asks has a few dozen words; what is longer is a text pasted by mistake.
MAX_CHARACTERS = 2_000
_LEADS = frozenset({"and", "but", "also", "what about", "how about"})


def standalone(question: str, conversation: Conversation, *, encoder: Encoder | None = None) -> Query:
    """The query for a question asked at this point of a conversation; the `encoder` helps to tell a new topic.

    Raises InvalidQuestion where there is no word in it, it is longer than `MAX_CHARACTERS`, or a filter
    in it cannot be read.
    """
    if len(question) > MAX_CHARACTERS:
        raise InvalidQuestion(
            f"The question has {len(question):,} characters and at most {MAX_CHARACTERS:,} are read:"
            " ask it in fewer words."
        )
    # What is no text (a lone surrogate, from bytes that are not UTF-8) cannot be encoded, and matches nothing.
    text = " ".join(question.encode("utf-8", "replace").decode().split())
    if not _has_word(text):
        raise InvalidQuestion("The question is empty: type a question in words.")
    filtered = stated_filters(text)
    exchanges = conversation.exchanges
    if _asks_again(filtered, exchanges):
        text, exchanges = exchanges[-1].question, exchanges[:-1]
    else:
        text = filtered.text
    rewritten = rewrite(text, exchanges, encoder=encoder)
    notes = (_not_clear(rewritten.unclear),) if rewritten.unclear else ()
    return Query(rewritten.text, question, notes, filtered.filters, incomplete=rewritten.means_nothing)


def _not_clear(word: str) -> str:
    if is_bare(word):
        return f"It is not clear what “{word}” asks about: ask it in full."
    return f"It is not clear who or what “{word}” is: name it."


def _has_word(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _asks_again(filtered: Filtered, exchanges: Sequence[Exchange]) -> bool:
    """Whether there are only filters, or nothing but "and" before them: the question before is meant."""
    if not _has_word(filtered.text):
        if not (exchanges and _has_word(exchanges[-1].question)):
            raise InvalidQuestion("The question is only filters: type what you want to know as well.")
        return True
    return bool(filtered.filters and exchanges) and filtered.text.lower().strip(" ?,.") in _LEADS
