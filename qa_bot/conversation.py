"""A question as typed turned into what is searched."""

from qa_bot.dialogue import Conversation
from qa_bot.errors import InvalidQuestion
from qa_bot.followups.rewriting import rewrite
from qa_bot.protocols import Encoder
from qa_bot.types import Query

# A question that a person asks has a few dozen words; what is longer is a text pasted by mistake.
MAX_CHARACTERS = 2_000


def standalone(question: str, conversation: Conversation, *, encoder: Encoder | None = None) -> Query:
    """The query for a question asked at this point of a conversation; the `encoder` helps to tell a new topic.

    Raises InvalidQuestion where there is no word in it or it is longer than `MAX_CHARACTERS`.
    """
    if len(question) > MAX_CHARACTERS:
        raise InvalidQuestion(
            f"The question has {len(question):,} characters and at most {MAX_CHARACTERS:,} are read:"
            " ask it in fewer words."
        )
    # What is no text (a lone surrogate, from bytes that are not UTF-8) cannot be encoded, and matches nothing.
    text = " ".join(question.encode("utf-8", "replace").decode().split())
    if not any(character.isalnum() for character in text):
        raise InvalidQuestion("The question is empty: type a question in words.")
    rewritten = rewrite(text, conversation.exchanges, encoder=encoder)
    notes = (f"It is not clear who or what “{rewritten.unclear}” is: name it.",) if rewritten.unclear else ()
    return Query(text=rewritten.text, asked=question, notes=notes)
