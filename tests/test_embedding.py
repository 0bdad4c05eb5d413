from qa_bot.embedding import with_title


def test_with_title() -> None:
    """The title stands before a part of the article, but not twice."""
    assert with_title("The mill", "It burned.") == "The mill\nIt burned."
    assert with_title("The mill", "The mill\n\nIt burned.") == "The mill\n\nIt burned."
    assert with_title("", "It burned.") == "It burned."
