from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from qa_bot.faces.telegram.markup import MOST_CHARACTERS, Block, Fragment, fits, html_of, line, messages


def plain(html: str) -> str:
    """The text that is left of Telegram's HTML, its tags balanced."""
    parts: list[str] = []
    stack: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag in {"b", "i", "a", "blockquote"}, (tag, attrs)
            stack.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert stack.pop() == tag

        def handle_data(self, data: str) -> None:
            parts.append(data)

    reader = Reader()
    reader.feed(html)
    reader.close()
    assert not stack
    return "".join(parts)


def test_what_looks_like_markup_is_text() -> None:
    """Angle brackets and ampersands are shown as they are, in words and in addresses."""
    fragment = Fragment('<b>&amp; "x"', bold=True, link='https://a.example/?a=1&b="2"')

    assert fragment.html() == '<a href="https://a.example/?a=1&amp;b=&quot;2&quot;"><b>&lt;b&gt;&amp;amp; "x"</b></a>'


def test_a_folded_block_is_a_quotation_that_opens() -> None:
    """Blocks stand apart by a blank line, folded ones in a quotation of their own."""
    html = html_of([line("one"), Block((Fragment("two"), Fragment(" three", bold=True)), folded=True)])

    assert html == "one\n\n<blockquote expandable>two<b> three</b></blockquote>"


def test_what_reorders_text_is_made_visible() -> None:
    """Marks that change the direction of writing, and halves of characters, are replaced, one for one."""
    assert line("a\u202eb\ud800c\x00").html() == "a\ufffdb\ufffdc\u2400"


def test_the_limit_counts_characters_as_telegram_does() -> None:
    """4,096 code points fit, emoji as one each; one more does not, nor does a 101st entity."""
    assert fits([line("\N{GRINNING FACE}" * MOST_CHARACTERS)])
    assert not fits([line("x" * (MOST_CHARACTERS + 1))])
    assert not fits([line("x" * (MOST_CHARACTERS - 2)), line("x")])
    assert fits([Block(tuple(Fragment("x", bold=True) for _ in range(100)))])
    assert not fits([Block(tuple(Fragment("x", bold=True) for _ in range(101)))])


def test_blocks_fill_messages_in_order() -> None:
    """As many blocks as fit share a message; none is divided that fits into one."""
    blocks = [line("a" * 3000), line("b" * 1000), line("c" * 1000)]

    assert [len(plain(html)) for html in messages(blocks)] == [4002, 1000]


def test_a_long_block_is_divided_after_a_sentence() -> None:
    """A text of many sentences is divided between two of them, and nothing of it is lost."""
    text = "This is a sentence of some words. " * 200

    parts = [plain(html) for html in messages([line(text)])]

    assert "".join(parts) == text
    assert all(part.rstrip().endswith(".") for part in parts)
    assert len(parts) == 2


@given(
    st.lists(
        st.tuples(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=3000), st.booleans()), max_size=5
    )
)
def test_nothing_is_lost_and_everything_fits(pieces: list[tuple[str, bool]]) -> None:
    """Whatever a block says comes out once, in order, in messages that Telegram takes."""
    block = Block(tuple(Fragment(text, bold=bold) for text, bold in pieces))

    parts = [plain(html) for html in messages([block])]

    assert all(len(part) <= MOST_CHARACTERS for part in parts)
    assert "".join(parts) == "".join(plain(fragment.html().replace("\r", "&#13;")) for fragment in block.fragments)
