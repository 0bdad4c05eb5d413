from urllib.parse import unquote

import pytest
from records_double import quotation, record
from telegram import InlineKeyboardMarkup

from qa_bot.faces.telegram.buttons import (
    Action,
    Press,
    address,
    article_key,
    context_keyboard,
    data,
    page_keyboard,
    pages_keyboard,
    read,
    reply_keyboard,
    upload_keyboard,
)


def labels(keyboard: InlineKeyboardMarkup | None) -> list[list[str]]:
    """What is written on the buttons."""
    return [[button.text for button in row] for row in keyboard.inline_keyboard] if keyboard else []


def test_data_is_read_back() -> None:
    """What is written into a button is what its press says."""
    assert read(data(Action.CONTEXT, 12, 1, -3)) == Press(Action.CONTEXT, ("12", "1", "-3"))


@pytest.mark.parametrize("forged", ["", "1", "1:", "2:p:1:1", "1:zz:1", "p:1", "\N{GRINNING FACE}" * 16])
def test_what_was_not_written_is_not_read(forged: str) -> None:
    """Data of another version, or made up, is no press."""
    assert read(forged) is None


@pytest.mark.parametrize("arguments", [(), ("x",), ("1.5",)])
def test_arguments_that_are_no_numbers(arguments: tuple[str, ...]) -> None:
    """A missing or forged number is an error that the handler knows."""
    with pytest.raises(ValueError, match=r"lacks|invalid literal"):
        Press(Action.PAGE, arguments).number(0)


def test_data_fits_into_a_button() -> None:
    """The longest data stays within Telegram's 64 bytes."""
    longest = (data(Action.CONTEXT, 10**12, 12, -10_000), data(Action.ARTICLE, article_key("x"), 10_000))

    assert max(len(text.encode()) for text in longest) <= 64


def test_buttons_of_a_reply() -> None:
    """More stands there where there is more, the link where the article has an address."""
    assert labels(reply_keyboard(1, record(entries=1))) == [["Context"], ["👍", "👎"]]
    assert labels(reply_keyboard(1, record(entries=2)))[0] == ["More ▸", "Context"]
    assert reply_keyboard(1, record(entries=0, answering=0, own=0)) is None


def test_buttons_of_pages() -> None:
    """The last page leads back only; between pages of a list both ways."""
    assert labels(page_keyboard(1, record(entries=8), 1))[0] == ["◂ Back", "More ▸"]
    assert labels(page_keyboard(1, record(entries=8), 3))[0] == ["◂ Back"]
    assert labels(context_keyboard(1, 1, 0, earlier=False, later=True)) == [["Back", "Later ▸"]]
    assert labels(pages_keyboard(Action.LIST, page=1, pages=3)) == [["◂ Back", "More ▸"]]
    assert pages_keyboard(Action.LIST, page=0, pages=1) is None
    assert labels(upload_keyboard(3)) == [["Publish", "Discard"]]


def test_the_address_leads_to_the_quotation() -> None:
    """A text fragment has the first and the last words; hyphens, which have a meaning in it, are encoded."""
    entry = quotation(
        quote="The so-called bridge was opened by Ada Bright on 3 May 2031 in rain.", url="https://a.example/n"
    )

    link = address(entry)

    assert link is not None
    base, _, fragment = link.partition("#:~:text=")
    assert base == "https://a.example/n"
    assert "so%2Dcalled" in fragment
    assert unquote(fragment) == "The so-called bridge was opened,3 May 2031 in rain."


@pytest.mark.parametrize("url", [None, "javascript:alert(1)", "file:///etc/passwd"])
def test_only_web_addresses_become_buttons(url: str | None) -> None:
    """What is no web address is no button."""
    assert address(quotation(url=url)) is None
