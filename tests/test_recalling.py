from qa_bot.dialogue import Conversation, Exchange
from qa_bot.pipeline import Pipeline

QUOTED = "But he was forced to leave Belarus amid a Kremlin-backed crackdown on the government."
ASKED = "Where does she live?"


def _searched(pipeline: Pipeline, answer: str) -> str:
    history = Conversation(earlier=(Exchange("Why did people leave?", answer),))
    return pipeline.ask(ASKED, history).query.text


def test_the_article_of_an_earlier_answer(shipped: Pipeline) -> None:
    """Of an answer that is quoted from an article, what stands before it there tells whom the next question means."""
    assert _searched(shipped, QUOTED) == "Where does Tsikhanouskaya live?"


def test_an_answer_of_no_article(shipped: Pipeline) -> None:
    """Words that no article has as they stand, or too few to tell, stay mere words."""
    for words in (QUOTED.replace("forced", "made"), "amid a Kremlin-backed crackdown", "", " "):
        assert _searched(shipped, words) == ASKED
