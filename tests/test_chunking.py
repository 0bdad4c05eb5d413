import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.chunking import CountTokens, chunk, paragraph_number
from qa_bot.text import paragraphs, sentences
from qa_bot.types import Article, Passage

SHIPPED = Path(__file__).parent.parent / "corpus" / "belarus-cnn-report.txt"


def article(text: str) -> Article:
    """An article of this text."""
    return Article("id", "path", "title", text, None, None, None, None, "hash")


def count_words(texts: Sequence[str]) -> list[int]:
    """A token is a run without white space."""
    return [len(text.split()) for text in texts]


def count_quarters(texts: Sequence[str]) -> list[int]:
    """A token is four characters, white space too, so a whole has more than its parts."""
    return [-(-len(text) // 4) for text in texts]


def texts(passages: list[Passage]) -> list[str]:
    """The words of each passage."""
    return [passage.text for passage in passages]


@given(
    st.text(
        alphabet=st.one_of(
            st.characters(exclude_categories=["Cs"]), st.sampled_from(list("aB.!? “”\n\n\t\r\x00\x1fé\u0301😀שׁش。1"))
        ),
        max_size=300,
    ),
    st.integers(1, 12),
    st.sampled_from([count_words, count_quarters]),
)
@settings(max_examples=300, deadline=None)
def test_passages_cover_the_article_and_fit(text: str, window: int, count_tokens: CountTokens) -> None:
    """Passages hold every non-blank character, in order, once; each fits the window; sentences tile it."""
    position = 0
    for passage in chunk(article(text), count_tokens=count_tokens, window=window):
        assert not text[position : passage.start].strip()
        assert passage.start >= position
        assert passage.text == text[passage.start : passage.end]
        assert count_tokens([passage.text])[0] <= window
        position = passage.start
        for start, end in passage.sentences:
            assert not text[position:start].strip()
            assert position <= start < end
            position = end
        assert position == passage.end
    assert not text[position:].strip()


def test_short_paragraphs_share_a_passage() -> None:
    """Paragraphs are packed as long as the next one fits whole."""
    text = "One two.\n\nThree four. Five six.\n\nSeven eight nine ten."
    passages = chunk(article(text), count_tokens=count_words, window=8)
    assert texts(passages) == ["One two.\n\nThree four. Five six.", "Seven eight nine ten."]
    assert [text[start:end] for start, end in passages[0].sentences] == ["One two.", "Three four.", "Five six."]


def test_a_paragraph_that_fits_is_not_divided() -> None:
    """A paragraph goes to the next passage whole rather than fill up this one with its first sentence."""
    text = "One two three.\n\nFour five. Six seven eight."
    assert texts(chunk(article(text), count_tokens=count_words, window=6)) == text.split("\n\n")


def test_a_long_paragraph_is_divided_at_sentences_and_keeps_its_headline() -> None:
    """A paragraph longer than the window begins after a short headline, and ends passages with its sentences."""
    text = "Headline\n\nOne two three. Four five six. Seven eight nine.\n\nTen."
    assert texts(chunk(article(text), count_tokens=count_words, window=7)) == [
        "Headline\n\nOne two three. Four five six.",
        "Seven eight nine.\n\nTen.",
    ]
    full = "A b c d.\n\nOne two three. Four five six. Seven eight nine."
    assert texts(chunk(article(full), count_tokens=count_words, window=7))[0] == "A b c d."


def test_a_long_sentence_is_cut_at_words() -> None:
    """A sentence over the window becomes pieces that end at white space and are its sentences."""
    text = "one two three four five six seven eight nine ten"
    passages = chunk(article(text), count_tokens=count_words, window=3)
    assert texts(passages) == ["one two three", "four five", "six seven", "eight nine ten"]
    assert [passage.sentences for passage in passages] == [((p.start, p.end),) for p in passages]


def test_a_long_word_is_cut_inside() -> None:
    """A run without white space is cut where it must, by tokens and, if it counts for few of them, by length."""
    assert texts(chunk(article("x" * 20), count_tokens=count_quarters, window=3)) == ["x" * 10, "x" * 10]
    assert texts(chunk(article("y" * 30), count_tokens=count_words, window=2)) == ["y" * 15, "y" * 15]


def test_white_space_does_not_swell_a_passage() -> None:
    """Two lines with a thousand blank ones between them are two passages."""
    assert texts(chunk(article("One.\n" + "\n" * 1000 + "Two."), count_tokens=count_words, window=20)) == [
        "One.",
        "Two.",
    ]


def test_a_passage_over_the_sum_of_its_sentences_is_halved() -> None:
    """Where the whole counts more than its sentences, the passage is divided until it fits."""

    def count_gaps(batch: Sequence[str]) -> list[int]:
        return [len(re.findall(r"\w+", text)) + 2 * text.count(". ") for text in batch]

    text = "One two. Three four. Five six. Seven eight."
    assert texts(chunk(article(text), count_tokens=count_gaps, window=8)) == [
        "One two. Three four.",
        "Five six. Seven eight.",
    ]


def test_tokens_are_counted_in_batches() -> None:
    """No call has more than a few hundred texts, however long the article is."""
    sizes: list[int] = []

    def count(batch: Sequence[str]) -> list[int]:
        sizes.append(len(batch))
        return count_words(batch)

    passages = chunk(article("A short sentence here. " * 5000), count_tokens=count, window=100)
    assert (len(passages), max(sizes)) == (200, 512)


def test_nothing_gives_nothing() -> None:
    """A blank article has no passages, and a window that holds nothing is refused."""
    assert chunk(article(" \n"), count_tokens=count_words, window=5) == []
    with pytest.raises(ValueError, match="window of 0"):
        chunk(article("a"), count_tokens=count_words, window=0)


def test_the_shipped_article_in_passages() -> None:
    """Every passage of the shipped article is whole paragraphs, and its sentences are those of the text."""
    text = SHIPPED.read_text(encoding="utf-8")
    passages = chunk(article(text), count_tokens=count_words, window=180)
    assert [span for passage in passages for span in passage.sentences] == sentences(text)
    begins, ends = zip(*paragraphs(text), strict=True)
    assert len(passages) == 4
    assert all(passage.start in begins and passage.end in ends for passage in passages)


def test_paragraph_number_counts_from_one() -> None:
    """The title is paragraph 1; white space belongs to the paragraph before it."""
    text = "\nTitle\n\nFirst one.\nSecond one.\n"
    numbers = [
        paragraph_number(article(text), offset) for offset in (0, 1, 6, text.index("F"), text.index("S"), len(text))
    ]
    assert numbers == [1, 1, 1, 2, 3, 3]
