from hypothesis import given
from hypothesis import strategies as st

from qa_bot.corpus.plain import parse_plain


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\ufeff")))
def test_the_text_is_the_file(text: str) -> None:
    """Without front matter the text is the whole file, character for character."""
    content = f"Title\n{text}"
    article = parse_plain(content.encode(), "a.txt", "corpus/a.txt")
    assert (article.id, article.path, article.title, article.text) == ("a.txt", "corpus/a.txt", "Title", content)
    assert (article.source, article.author, article.url, article.published) == (None, None, None, None)


def test_front_matter_is_not_part_of_the_text() -> None:
    """The text is what follows the front matter, whose title comes before the first line."""
    article = parse_plain(b"---\ntitle: From above\n---\n\nFirst line\r\nSecond", "a.txt", "a.txt")
    assert (article.title, article.text) == ("From above", "\nFirst line\nSecond")
    assert parse_plain(b"---\nsource: S\n---\n\nFirst line\n", "a.txt", "a.txt").title == "First line"
