import pytest

from qa_bot.several import asks_for_several


@pytest.mark.parametrize(
    "question",
    [
        "Which countries lent money?",
        "What companies were fined?",
        "which two towns did it flood?",
        "What reasons of the delay are named?",
    ],
)
def test_a_noun_in_the_plural(question: str) -> None:
    """A plural noun behind "which" or "what", and a verb or "of" behind that, ask for several answers."""
    assert asks_for_several(question)


@pytest.mark.parametrize(
    "question",
    [
        "Which country lent money?",
        "What happens when iron rusts?",
        "What causes rust?",
        "Which bus is late?",
        "What is this?",
        "Who lent money?",
        "Which river separates the two towns?",
        "",
    ],
)
def test_one_answer_is_asked_for(question: str) -> None:
    """A verb in the third person, or a noun that only ends like a plural, asks for one."""
    assert not asks_for_several(question)
