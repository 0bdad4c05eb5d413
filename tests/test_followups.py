"""Follow-ups made stand-alone by what was said before: plain words in, plain words out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.conversation import standalone
from qa_bot.dialogue import Conversation, Exchange
from qa_bot.errors import InvalidQuestion
from qa_bot.types import Query, Vectors

ANA = Exchange("Where does Ana Kovač live?", "Ana Kovač, an engineer, has lived in Mirna since 1990.")
BRIDGE = Exchange("When did the bridge of Mirna fall?", "The bridge of Mirna fell in 1921, Peter Novak said.")
BAND = Exchange("Who founded the Harbour Lights?", "The Harbour Lights were founded by Ana Kovač and Ivan Horvat.")


_PIECES = [
    "why",
    "?",
    "who",
    "else",
    "and",
    "in",
    "2021",
    "what",
    "about",
    "Ana",
    "it",
    "she",
    "her",
    "them",
    "of",
    ".",
    ",",
    ":",
    "-",
    "“",
    "”",
    "'",
    "’s",
    "source:",
    "after:2022",
    "on:20",
    "-x",
    "?!",
    "🙂",
    "Почему",
    "谁",
    "\u200b",
    "(",
    "Mr.",
    "J.",
    "B.",
    "&",
    "Ö",
    "²",
    "_",
    "a",
    "the",
    "last",
    "week",
    "according",
    "to",
    "Mirna:",
    "::",
    "was",
    "does",
    "the",
    "bridge",
]
_TEXTS = st.lists(st.sampled_from([*_PIECES, ""]), max_size=10).map(" ".join)


def _searched(question: str, *said: Exchange) -> str:
    return standalone(question, Conversation(earlier=said)).text


@pytest.mark.parametrize(
    ("said", "question", "searched"),
    [
        (ANA, "When was she born?", "When was Ana Kovač born?"),
        (ANA, "What is her profession?", "What is Ana Kovač's profession?"),
        (ANA, "Who met her?", "Who met Ana Kovač?"),
        (BRIDGE, "Why did it fall?", "Why did the bridge of Mirna fall?"),
        (BRIDGE, "What did he say?", "What did Peter Novak say?"),
        (BAND, "When did they break up?", "When did Harbour Lights break up?"),
        (BAND, "Where was she born?", "Where was Ana Kovač born?"),
        (BAND, "Where was he born?", "Where was Ivan Horvat born?"),
    ],
)
def test_pronouns(said: Exchange, question: str, searched: str) -> None:
    """A pronoun is replaced by the most prominent of what agrees with it in number and gender."""
    assert _searched(question, said) == searched


def test_listed_places_are_nobody() -> None:
    """Of names listed behind what something is in, each is a place: "he" is none of them."""
    flood = Exchange(
        "Who is Eva Sorrel?", "Eva Sorrel is a geologist.", context="Houses stood in Hallen, Mirow and Tern."
    )

    assert _searched("What did he say?", flood) == "What did he say?"
    assert _searched("What did she say?", flood) == "What did Eva Sorrel say?"


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ("Brandl voted against it. In Mirow, Brandl said no.", "What did Brandl say?"),
        ("After ten years in Hallen, Brandl resigned.", "What did Brandl say?"),
        ("Scholz stayed in Berlin and Brandl flew home.", "What did Brandl say?"),
        ("Houses stood in Hallen, Mirow and Tern, and Brandl left.", "What did Brandl say?"),
    ],
)
def test_who_follows_a_place_may_be_somebody(told: str, asked: str) -> None:
    """A subject behind a place begins a clause, and is in no list of places."""
    assert _searched("What did he say?", Exchange("What did Brandl do?", told)) == asked


@pytest.mark.parametrize(
    ("said", "question", "searched"),
    [
        (BRIDGE, "why?", "Why did the bridge of Mirna fall?"),
        (BRIDGE, "And where was that?", "Where did the bridge of Mirna fall?"),
        (BRIDGE, "How did it happen?", "How did the bridge of Mirna fall?"),
        (BAND, "who else?", "Who else founded the Harbour Lights?"),
        (ANA, "What about Ivan Horvat?", "Where does Ivan Horvat live?"),
        (ANA, "and Ivan Horvat?", "Where does Ivan Horvat live?"),
        (ANA, "and in 2021?", "Where does Ana Kovač live in 2021?"),
        (Exchange("Where did Ana live in 1990?", ""), "and in 2021?", "Where did Ana live in 2021?"),
        (Exchange("Did Ana leave Mirna?", ""), "when?", "When did Ana leave Mirna?"),
    ],
)
def test_what_is_left_out(said: Exchange, question: str, searched: str) -> None:
    """What a question leaves out comes from the question before; a name takes the place of a name, a time of a time."""
    assert _searched(question, said) == searched


VOTE = Exchange("Who voted against the plan?", "Tomas Brandl voted against the plan. He left.", words="Tomas Brandl")


@pytest.mark.parametrize(
    ("said", "question", "searched"),
    [
        (VOTE, "why?", "Tomas Brandl voted against the plan: why?"),
        (VOTE, "and how much?", "Tomas Brandl voted against the plan: how much?"),
        (
            Exchange("Who is the mayor of Mirna?", "Ana Kovač"),
            "since when?",
            "Ana Kovač is the mayor of Mirna: since when?",
        ),
        (Exchange("Which country lent money?", "Brenland"), "when?", "Brenland lent money: when?"),
        (Exchange("How many soldiers did Mirna send?", "350"), "where?", "Where did Mirna send soldiers?"),
        (Exchange("How many years was Ivan sentenced to?", "six"), "for what?", "For what was Ivan sentenced?"),
        (Exchange("Where does Ana live?", "In Mirna."), "why?", "Why does Ana live there?"),
        (BRIDGE, "How old is it?", "How old is the bridge of Mirna?"),
        (VOTE, "who?", "Who voted against the plan?"),
    ],
)
def test_another_question_word(said: Exchange, question: str, searched: str) -> None:
    """A bare question word asks about what was said: of whoever did it, and of what was counted."""
    assert _searched(question, said) == searched


@pytest.mark.parametrize("asked", ["Who voted against the plan?", "Who is Ana Kovač?", "What caused the fire?"])
def test_why_without_an_answer(asked: str) -> None:
    """Where nobody was found, "why?" has no answer, and the reply says so."""
    query = standalone("why?", Conversation(earlier=(Exchange(asked, ""),)))
    assert query == Query("why?", "why?", ("It is not clear what “why” asks about: ask it in full.",), incomplete=True)


def test_a_first_question_about_nobody() -> None:
    """A first "she" has no answer; where the question may say itself whom it means, it is asked."""
    assert standalone("Where does she live?", Conversation()).incomplete
    for question in (
        "What did the captain do before he left?",
        "Who moved his court?",
        "In his book, what did Luther say?",
    ):
        assert standalone(question, Conversation()) == Query(question, question)


@pytest.mark.parametrize("words", ["thanks", "Really?", "ok!"])
def test_what_asks_nothing(words: str) -> None:
    """What asks nothing gets no topic."""
    assert _searched(words, BRIDGE) == words


def test_another_thing_is_a_new_topic() -> None:
    """A short question about a thing of which nothing was said stands alone; one about a thing of the article not."""
    assert _searched("How many boats did the ferry have?", BRIDGE) == "How many boats did the ferry have?"
    quoted = Exchange(BRIDGE.question, BRIDGE.answer, text="The bridge fell in 1921. A ferry took its place.")
    assert _searched("How many boats did the ferry have?", quoted) == (
        "the bridge of Mirna: How many boats did the ferry have?"
    )


def test_a_question_that_names_nothing_gets_its_topic() -> None:
    """A short question without a name of its own is about what the conversation is about."""
    assert _searched("Who else lived there?", ANA) == "Ana Kovač: Who else lived there?"


@pytest.mark.parametrize(
    "question",
    [
        "Where does Ivan Horvat live?",
        "What did Luther say about his teaching?",
        "Which two countries signed the treaty that ended the long war over the northern islands?",
        "Why do plants need light to make their food?",
    ],
)
def test_what_stands_alone_stays(question: str) -> None:
    """A question with names, many words or an antecedent of its own is searched as typed, whatever was said."""
    assert _searched(question, ANA, BRIDGE) == question


@pytest.mark.parametrize("question", ["Where does she live?", "When did he leave?", "why?", "and in 2021?"])
def test_a_first_question_is_as_typed(question: str) -> None:
    """Where nothing was said there is nothing to refer to."""
    assert _searched(question) == question


@pytest.mark.parametrize(
    ("said", "question", "pronoun"),
    [
        (ANA, "Where was he born?", "he"),
        (Exchange("Where was Ivan Horvat born?", "In Mirna."), "Did she marry?", "she"),
        (Exchange("When did the bridge fall?", "It fell in 1921."), "Where was she?", "she"),
    ],
)
def test_nothing_that_fits(said: Exchange, question: str, pronoun: str) -> None:
    """Where nobody of that gender was named, the question is asked as typed, has no answer, and the reply says why."""
    note = f"It is not clear who or what “{pronoun}” is: name it."
    assert standalone(question, Conversation(earlier=(said,))) == Query(question, question, (note,), incomplete=True)


def test_who_was_asked_about_last() -> None:
    """Of two that agree, the one that the conversation is about now is meant."""
    later = Exchange("Where did Maria Horvat study?", "Maria Horvat studied in Zagreb.")
    assert _searched("When was she born?", ANA, later) == "When was Maria Horvat born?"
    assert _searched("When was she born?", later, ANA) == "When was Ana Kovač born?"


def test_a_chain_of_follow_ups() -> None:
    """Each question of a history is understood from those before it, so that the last one is, too."""
    said = (ANA, Exchange("When was she born?", "In 1950."), Exchange("Where?", "In Zagreb."))
    assert _searched("And why did she leave?", *said) == "And why did Ana Kovač leave?"
    assert _searched("why?", *said) == "Why was Ana Kovač born?"


def test_a_topic_goes_on() -> None:
    """What stands before a question as its topic stands before what follows on it; a question word does not pile up."""
    lake = Exchange("Lake Orsa: How many people fled?", "2,300 people fled.")
    assert _searched("when?", lake) == "Lake Orsa: people fled: when?"
    assert _searched("why?", Exchange("Why: Who voted against the plan?", "Tomas Brandl.")) == (
        "Tomas Brandl voted against the plan: why?"
    )


class _TwoTopics:
    """An encoder of two dimensions: how much a text is about bridges, and about tax."""

    def encode_question(self, question: str) -> Vectors:
        """The unit vector of the two counts."""
        counts = np.array([question.lower().count("bridge"), question.lower().count("tax")], dtype=np.float32)
        unit: Vectors = counts / max(float(np.linalg.norm(counts)), 1.0)
        return unit


def test_a_new_topic() -> None:
    """With an encoder, a question that names nothing is a new topic where it is not like what was said last."""
    conversation = Conversation(earlier=(BRIDGE,))
    near = standalone("Who pays for bridges?", conversation, encoder=_TwoTopics())
    far = standalone("Who pays tax?", conversation, encoder=_TwoTopics())
    assert near.text.endswith(": Who pays for bridges?")
    assert far.text == "Who pays tax?"


@settings(max_examples=60, deadline=None)
@given(question=_TEXTS, said=st.lists(st.builds(Exchange, _TEXTS, _TEXTS, _TEXTS, _TEXTS, _TEXTS), max_size=3))
def test_anything_can_be_said(question: str, said: list[Exchange]) -> None:
    """Whatever was said and is asked, what is searched has a word in it, or the question is refused in words."""
    conversation = Conversation(earlier=tuple(said))
    try:
        searched = standalone(question, conversation).text
    except InvalidQuestion:
        searched = "refused"
    assert any(character.isalnum() for character in searched)
