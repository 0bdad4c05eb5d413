"""A question as typed turned into what is searched."""

from qa_bot.errors import InvalidQuestion
from qa_bot.types import Conversation, Query

# A question that a person asks has a few dozen words; what is longer is a text pasted by mistake.
MAX_CHARACTERS = 2_000


def standalone(question: str, conversation: Conversation) -> Query:  # noqa: ARG001
    """The query for a question asked at this point of a conversation.

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
    return Query(text=text, asked=question)
