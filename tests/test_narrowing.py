import pytest

from qa_bot.dialogue import Conversation, Exchange
from qa_bot.errors import InvalidQuestion
from qa_bot.pipeline import Pipeline
from qa_bot.types import Abstention, Filters, Reason

ASKED = "Where has Tsikhanouskaya lived since 2020?"


def test_a_filter_that_leaves_nothing(shipped: Pipeline) -> None:
    """Where no article passes the filters, the reply says so, and how many were left out for want of a date."""
    turn = shipped.ask(f"{ASKED} after:2022-11-01")
    assert turn.reply == Abstention(turn.query, Reason.NOTHING_SELECTED, ())
    assert turn.query.notes == (
        "searched 0 of 1 articles: from 2022-11-01 on",
        "left out, because their date is not known: 1 article",
    )


def test_a_filter_that_leaves_all(shipped: Pipeline) -> None:
    """A phrase that the article has changes nothing but the note; what was typed is kept."""
    turn, plain = shipped.ask(f'{ASKED} title:"CNN report"'), shipped.ask(ASKED)
    assert [item.citation for item in turn.evidence] == [item.citation for item in plain.evidence]
    assert (turn.query.text, turn.query.filters) == (ASKED, Filters(titles=("CNN report",)))
    assert turn.query.notes == ("searched 1 of 1 articles: title “CNN report”",)


@pytest.mark.parametrize(
    "question", ["What happened in February 2022?", "Who fell last week?", "According to Reuters, who helped Russia?"]
)
def test_plain_words_where_nothing_is_known(shipped: Pipeline, question: str) -> None:
    """In an archive without dates and sources, times and sources are ordinary words."""
    turn = shipped.ask(question)
    assert (turn.query.text, turn.query.filters, turn.query.notes) == (question, Filters(), ())


def test_filters_alone(shipped: Pipeline) -> None:
    """Only filters narrow the question before; where there was none, that is told."""
    before = Conversation(earlier=(Exchange(ASKED, "In Lithuania."),))
    for question in ("title:CNN", "and title:CNN?"):
        assert shipped.ask(question, before).query.text == ASKED
    with pytest.raises(InvalidQuestion, match=r"^The question is only filters: type what you want to know as well\.$"):
        shipped.ask("title:CNN")
