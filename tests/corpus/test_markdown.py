import pytest

from qa_bot.corpus.markdown import parse_markdown


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("---\ntitle: Front\n---\n# Heading\n", "Front"),
        ("Words first.\n\n# The **heading** #\n", "The **heading**"),
        ("## Lesser heading\n\nText", "Lesser heading"),
        ("Text #1 only", "Text #1 only"),
    ],
)
def test_the_title_is_the_first_that_is_found(source: str, title: str) -> None:
    """Front matter comes before the first main heading, and that before the first line."""
    assert parse_markdown(source.encode(), "a.md", "a.md").title == title


def test_the_text_is_the_source() -> None:
    """Marks of Markdown stay, so that a quotation is found in the file."""
    source = "# Title\n\nSome **bold** words and a [link](https://example.org).\n"
    assert parse_markdown(f"---\nsource: S\n---\n{source}".encode(), "a.md", "a.md").text == source
