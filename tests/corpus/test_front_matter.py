import pytest

from qa_bot.corpus.front_matter import split_front_matter
from qa_bot.corpus.metadata import Metadata
from qa_bot.corpus.unreadable import Unreadable


def test_front_matter_gives_metadata_and_leaves_the_text_alone() -> None:
    """Values are the words that stand in the file: numbers, dates and "no" are not made into something else."""
    head = "---\ntitle: 1984\nsource: no\nauthor: [A. B., C]\nurl: ~\npublished: 2022-11-17\ndraft: {a: 1}\n---  \n"
    expected = Metadata(title="1984", source="no", author="A. B., C", published="2022-11-17")
    assert split_front_matter(head + "\n Text\n---\n", "a.txt") == (expected, "\n Text\n---\n")


@pytest.mark.parametrize(
    "text", ["Text\n---\ntitle: a\n---\n", "---\nA scene, then nothing.", "----\ntitle: a\n---\n", ""]
)
def test_a_text_without_front_matter_is_whole(text: str) -> None:
    """Lines of dashes elsewhere, never closed, or longer are part of the text."""
    assert split_front_matter(text, "a.txt") == (Metadata(), text)


@pytest.mark.parametrize("text", ["---\n---\nText", "---\n# nothing\n...\nText"])
def test_empty_front_matter_says_nothing(text: str) -> None:
    """Front matter without a field is no error."""
    assert split_front_matter(text, "a.txt") == (Metadata(), "Text")


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("title: a\nsource: [b", "The front matter is not YAML (line 4)."),
        ("a: b: c", "The front matter is not YAML (line 2)."),
        ('title: a\nurl: "\a"', "The front matter is not YAML (line 3)."),
        ("title: !!python/object:os.system x\n&", "The front matter is not YAML (line 3)."),
        ("Just words.", 'The front matter has no fields such as "title: ..." (line 2).'),
        ("- a\n- b", 'The front matter has no fields such as "title: ..." (line 2).'),
        ("a: " + "[" * 5000, "The front matter is not YAML (too deeply nested)."),
        ("title: {a: b}", 'The field "title" is not text.'),
        ("author: &x [*x]", "The front matter is not YAML (line 2)."),
    ],
)
def test_front_matter_that_is_not_a_mapping_is_refused(block: str, reason: str) -> None:
    """The refusal says what is wrong, and in which line of the file."""
    with pytest.raises(Unreadable) as refusal:
        split_front_matter(f"---\n{block}\n---\nText", "a.txt")
    assert str(refusal.value) == reason
