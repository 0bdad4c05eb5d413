import pytest

from qa_bot.conversation import MAX_CHARACTERS, standalone
from qa_bot.dialogue import Conversation
from qa_bot.errors import InvalidQuestion
from qa_bot.types import Query

NEW = Conversation()


def test_white_space_is_put_in_order() -> None:
    """What is searched has single spaces; what was typed is kept."""
    asked = " Where\tdoes \n Ana  live? "
    assert standalone(asked, NEW) == Query("Where does Ana live?", asked)


@pytest.mark.parametrize("question", ["", " ", "\n\t", "?!", "…", "🙂", "\u200b", "\x00", "- / -"])
def test_no_word(question: str) -> None:
    """A question without a letter or a digit is empty."""
    with pytest.raises(InvalidQuestion, match=r"^The question is empty: type a question in words\.$"):
        standalone(question, NEW)


@pytest.mark.parametrize("question", ["a", "7", "日本?", "où"])
def test_short(question: str) -> None:
    """One letter or digit of any script is a question."""
    assert standalone(question, NEW).text == question


def test_length() -> None:
    """The longest question is read; one more character, or 100,000, is refused with both numbers."""
    assert standalone("a" * MAX_CHARACTERS, NEW).text == "a" * MAX_CHARACTERS
    with pytest.raises(InvalidQuestion, match=r"has 2,001 characters and at most 2,000 are read"):
        standalone("a" * (MAX_CHARACTERS + 1), NEW)
    with pytest.raises(InvalidQuestion, match=r"has 100,000 characters and at most 2,000 are read: ask it in fewer"):
        standalone("what " * 20_000, NEW)
