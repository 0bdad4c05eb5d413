import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.text import paragraphs, sentences, words

# Letters of many scripts, marks that combine, emoji, text from right to left, control characters, and what ends or
# begins a sentence, often enough to meet.
ANY_TEXT = st.text(
    alphabet=st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from(list("aAbB.!?\"“”‘’'()[] \n\t\r\x00\u2028\u00a0é\u0301😀ش。1-#")),
    ),
    max_size=200,
)


def sentence_texts(text: str) -> list[str]:
    """The words of each sentence."""
    return [text[start:end] for start, end in sentences(text)]


def paragraph_texts(text: str) -> list[str]:
    """The words of each paragraph."""
    return [text[start:end] for start, end in paragraphs(text)]


def word_texts(text: str) -> list[str]:
    """Each word."""
    return [text[start:end] for start, end in words(text)]


def assert_partition(text: str, spans: list[tuple[int, int]]) -> None:
    """The spans are trimmed, in order, not empty, and leave out nothing but white space."""
    position = 0
    for start, end in spans:
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip() != ""
        assert start >= position
        position = end
    assert not text[position:].strip()


@given(ANY_TEXT)
@settings(max_examples=300, deadline=None)
def test_every_character_is_in_one_paragraph_and_one_sentence(text: str) -> None:
    """Paragraphs and sentences are trimmed, in order, and lose no character of any text."""
    assert_partition(text, paragraphs(text))
    assert_partition(text, sentences(text))


@given(ANY_TEXT)
@settings(max_examples=200, deadline=None)
def test_sentences_are_those_of_each_paragraph(text: str) -> None:
    """No sentence reaches over the end of a paragraph, and a part of the text has the offsets of the whole."""
    assert sentences(text) == [span for start, end in paragraphs(text) for span in sentences(text, start, end)]


@given(ANY_TEXT)
@settings(max_examples=200, deadline=None)
def test_words_hold_every_letter_and_digit(text: str) -> None:
    """Every letter and digit is in one word, words are in order, and none holds white space."""
    spans = words(text)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    inside = {place for start, end in spans for place in range(start, end)}
    assert inside >= {place for place, character in enumerate(text) if character.isalnum()}
    assert not any(text[place].isspace() for place in inside)


@pytest.mark.parametrize(
    "text",
    [
        "The envoy of the U.S. Army met Mr. Jones, Mrs. Smith, Ms. Brown and Dr. No on Jan. 5.",
        "J. R. R. Tolkien lived at No. 5 and paid 3.14 dollars, e.g. in cash.",
        "George\u00a0W. Bush spoke.",
        "See Vol. 5, or Fig. 3, for approx. 20 percent.",
        "Hey Arnold! is an American series.",
        "“Are you sure?” she asked.",
        '"Go!" he cried.',
        "Wait... what was that?",
        "Opposition leader says report is ‘proof’",
        "He died.[12]",
        "It is said.[citation needed][3]",
        "1. The first item of the list.",
        "😀",
        "Она живёт в г. Минске.",
        "А. С. Пушкин писал стихи.",
        "“We came. We saw,” he said.",
    ],
)
def test_one_sentence_stays_whole(text: str) -> None:
    """Abbreviations, initials, numbers, notes, names and short quotations do not end a sentence."""
    assert sentence_texts(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He lives in the U.S. She does not.", ["He lives in the U.S.", "She does not."]),
        ("He died.[12] The city fell.", ["He died.[12]", "The city fell."]),
        ("It fell.[citation needed] Then it rose.", ["It fell.[citation needed]", "Then it rose."]),
        ("The end.The next one.", ["The end.", "The next one."]),
        ("“It is so.” “It is not.” He left.", ["“It is so.”", "“It is not.”", "He left."]),
        ("She left… Then it rained. Who? Me!", ["She left… Then it rained.", "Who?", "Me!"]),
        ("今天天气很好。我们去公园吧。", ["今天天气很好。", "我们去公园吧。"]),
        ("كيف حالك؟ أنا بخير.", ["كيف حالك؟", "أنا بخير."]),
        ("😀 Hello. 𝒜 e\u0301 B. Then.", ["😀 Hello.", "𝒜 e\u0301 B.", "Then."]),
        ("He said “this. And then it went on. And on.", ["He said “this.", "And then it went on.", "And on."]),
        ("A\x00b. C\x1fd.", ["A\x00b.", "C\x1fd."]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    """Stops, notes, closing marks and other scripts end a sentence at the right character."""
    assert sentence_texts(text) == expected


def test_a_long_quotation_is_divided_inside() -> None:
    """A quotation of more than 400 characters ends sentences inside; marks stay with the words they enclose."""
    line = "We have seen with our own eyes what happened in the village that night, and we shall tell it."
    told = sentence_texts(f"He said: “{line} {line} ‘They’re gone.’ {line} {line}” Nobody spoke.")
    assert told == [f"He said: “{line}", line, "‘They’re gone.’", line, f"{line}”", "Nobody spoke."]


def test_headlines_and_list_items_are_sentences_of_their_own() -> None:
    """A line of its own does not run into the next one where it has no full stop."""
    text = "Headline of the story\n\nFirst fact. Second fact.\n\n- milk\n- bread. And butter.\n# Part two\nShort text"
    assert sentence_texts(text) == [
        *("Headline of the story", "First fact.", "Second fact.", "- milk", "- bread.", "And butter."),
        *("# Part two", "Short text"),
    ]


def test_a_line_is_a_paragraph_where_lines_are_not_wrapped() -> None:
    """Paragraphs of one long line each, with no blank line between them, are told apart."""
    long = "This paragraph is written on a single line, " * 4 + "and it ends here"
    assert paragraph_texts(f"Headline\n{long}.\n{long}.\r\nThe end") == ["Headline", f"{long}.", f"{long}.", "The end"]


def test_wrapped_lines_are_one_paragraph() -> None:
    """Text wrapped at a column is joined to paragraphs, but for a headline that would have had room for more."""
    wrapped = (
        "This is a paragraph that somebody wrapped by hand at about sixty\n"
        "characters. The president of the U.S. lives in Washington, in\n"
        "the White House. He\nleft."
    )
    assert paragraph_texts(f"The headline\n{wrapped}\n \n{wrapped}") == ["The headline", wrapped, wrapped]
    assert sentence_texts(wrapped)[1] == "The president of the U.S. lives in Washington, in\nthe White House."


def test_a_line_cut_in_the_middle_of_a_sentence_goes_on() -> None:
    """A line without a stop before a lower-case letter is not the end of a paragraph, however long the lines are."""
    text = "Although " + "some of the very many people " * 8 + "know\nwisdom teeth, others do not.\nNext."
    assert paragraph_texts(text) == [text.removesuffix("\nNext."), "Next."]
    formula = "Oxygen is a gas, and " + "it is breathed by all of us " * 8 + "as O\n2 in the air."
    assert sentence_texts(formula) == [formula]


def test_words_of_any_script() -> None:
    """Apostrophes, decimals and combining marks stay inside a word; hyphens and other marks end it."""
    assert word_texts(
        "Don't pay l’homme $3.14, 10,000 e\u0301te\u0301 — well-known 'words', हिन्दी Привет 今天 U.S."
    ) == [
        *("Don't", "pay", "l’homme", "3.14", "10,000", "e\u0301te\u0301", "well", "known", "words"),
        *("हिन्दी", "Привет", "今天", "U", "S"),
    ]


def test_nothing_in_nothing() -> None:
    """An empty or blank text has no paragraph, sentence or word."""
    for text in ("", " \n\t\r\n "):
        assert (paragraphs(text), sentences(text), words(text)) == ([], [], [])


@pytest.mark.parametrize("unit", ["x", "слово ", "今天天气很好。", "“Quoted. ", ". ", "a\n", "a. b [1]", " ", "Mr. "])
def test_time_is_linear(unit: str) -> None:
    """A text of 300,000 characters takes seconds at the very most, whatever is repeated in it."""
    text = unit * (300_000 // len(unit))
    began = time.perf_counter()
    assert_partition(text, sentences(text))
    assert time.perf_counter() - began < 10
