import pytest

from qa_bot.pipeline import Pipeline

ASKED = "Where has Tsikhanouskaya lived since 2020?"


@pytest.mark.parametrize("name", ["Tikhanovskaya", "Ціханоўская", "Тихановская", "Tsikhanouskaja", "Tsikanouskaya"])
def test_a_name_spelt_otherwise(shipped: Pipeline, name: str) -> None:
    """Search and reader get the archive's own spelling: the same evidence and support; the reply says what was done."""
    turn, right = shipped.ask(f"Where has {name} lived since 2020?"), shipped.ask(ASKED)
    assert turn.query.text == ASKED
    assert turn.query.notes == (f"also searched: Tsikhanouskaya (“{name}” is in no article)",)
    assert turn.reply.support == right.reply.support
    assert [item.citation for item in turn.evidence] == [item.citation for item in right.evidence]


@pytest.mark.parametrize(
    "question",
    [
        "Who is Lukashenka?",  # the archive has it beside Lukashenko
        "Who is the president of France?",
        "Where do bananas grow?",
        "Who is Macron?",
        "What happened in 2O2O?",
    ],
)
def test_what_is_left_as_typed(shipped: Pipeline, question: str) -> None:
    """A word that an article has, a common word, and a name that is like none stay as they are."""
    turn = shipped.ask(question)
    assert (turn.query.text, turn.query.notes) == (question, ())


def test_a_possessive_keeps_its_ending(shipped: Pipeline) -> None:
    """Only the word itself is put as the archive spells it."""
    assert shipped.ask("What is Lukashenco's regime?").query.text == "What is Lukashenko's regime?"
