"""Buttons: what is written into them, read back from them, and which stand under a message.

The data of a button is `1:action:rest` in at most 64 bytes; what it refers to is in the journal, so that a button works
after a restart and a forged one finds nothing that was not said in its chat.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from urllib.parse import quote

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from qa_bot.faces.telegram.messages import page_count
from qa_bot.faces.telegram.records import Quotation, Record

_VERSION = "1"
# What SQLite can hold.
_LARGEST = 2**63 - 1
# Words at either end of a quotation by which a browser finds it in a page.
_FRAGMENT_WORDS = 5
# Longer addresses than this are refused by some clients.
_MOST_URL = 2000
_KEY_DIGITS = 16


class Action(StrEnum):
    """What a button does."""

    PAGE = "p"
    CONTEXT = "c"
    VOTE = "v"
    SHOW = "s"
    EXAMPLE = "q"
    LIST = "l"
    ARTICLE = "a"
    PUBLISH = "u"
    DISCARD = "d"
    WHO = "w"


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed: its action, and its arguments as they were written."""

    action: Action
    arguments: tuple[str, ...]

    def text(self, position: int) -> str:
        """An argument; raises ValueError where it is missing."""
        if position >= len(self.arguments):
            raise ValueError(f"a button of {self.action} lacks argument {position}")
        return self.arguments[position]

    def number(self, position: int) -> int:
        """An argument as a number; raises ValueError where it is none, or larger than any that was written."""
        number = int(self.text(position))
        if abs(number) > _LARGEST:
            raise ValueError(f"{number} is no number of a button")
        return number


def data(action: Action, *arguments: object) -> str:
    """What is written into a button."""
    return ":".join((_VERSION, action, *map(str, arguments)))


def read(text: str) -> Press | None:
    """The press that a button's data stands for; None where it is of another version, or forged."""
    version, _, rest = text.partition(":")
    name, *arguments = rest.split(":")
    if version != _VERSION or name not in set(Action):
        return None
    return Press(Action(name), tuple(arguments))


def article_key(article_id: str) -> str:
    """A short name of an article that a button and a deep link can carry."""
    return sha256(article_id.encode("utf-8", "replace")).hexdigest()[:_KEY_DIGITS]


def reply_keyboard(number: int, record: Record) -> InlineKeyboardMarkup | None:
    """Under a reply: further passages, surroundings, the article itself, and votes."""
    if not record.entries:
        return None
    row = [_button("Context", Action.CONTEXT, number, 1, 0)]
    if page_count(record):
        row.insert(0, _button("More \N{BLACK RIGHT-POINTING SMALL TRIANGLE}", Action.PAGE, number, 1))
    if url := address(record.entries[0]):
        row.append(InlineKeyboardButton("Open article", url=url))
    rows = [row, _votes(number)]
    if any(len(side.entries) > 1 for side in record.sides):
        rows.insert(1, [_button("Who says so", Action.WHO, number)])
    return InlineKeyboardMarkup(rows)


def back_keyboard(number: int) -> InlineKeyboardMarkup:
    """Under what was shown in the place of a reply: back to it."""
    return InlineKeyboardMarkup(
        [[_button("\N{BLACK LEFT-POINTING SMALL TRIANGLE} Back", Action.PAGE, number, 0)], _votes(number)]
    )


def page_keyboard(number: int, record: Record, page: int) -> InlineKeyboardMarkup:
    """Under a page of further passages: one page back and one on."""
    row = [_button("\N{BLACK LEFT-POINTING SMALL TRIANGLE} Back", Action.PAGE, number, page - 1)]
    if page < page_count(record):
        row.append(_button("More \N{BLACK RIGHT-POINTING SMALL TRIANGLE}", Action.PAGE, number, page + 1))
    return InlineKeyboardMarkup([row, _votes(number)])


def context_keyboard(number: int, entry: int, shift: int, *, earlier: bool, later: bool) -> InlineKeyboardMarkup:
    """Under the surroundings of quotation `entry`: earlier, later, and back to the reply."""
    row = [_button("Back", Action.PAGE, number, 0)]
    if earlier:
        row.insert(
            0, _button("\N{BLACK LEFT-POINTING SMALL TRIANGLE} Earlier", Action.CONTEXT, number, entry, shift - 1)
        )
    if later:
        row.append(_button("Later \N{BLACK RIGHT-POINTING SMALL TRIANGLE}", Action.CONTEXT, number, entry, shift + 1))
    return InlineKeyboardMarkup([row])


def show_keyboard(number: int) -> InlineKeyboardMarkup:
    """Under the note that an answer may not have arrived."""
    return InlineKeyboardMarkup([[_button("Show the answer", Action.SHOW, number)]])


def example_keyboard(examples: Sequence[str]) -> InlineKeyboardMarkup | None:
    """Example questions, one a row."""
    rows = [[_button(question, Action.EXAMPLE, number)] for number, question in enumerate(examples)]
    return InlineKeyboardMarkup(rows) if rows else None


def pages_keyboard(action: Action, *arguments: object, page: int, pages: int) -> InlineKeyboardMarkup | None:
    """Under page `page` (from 0) of a long text or list: one back and one on."""
    row = []
    if page > 0:
        row.append(_button("\N{BLACK LEFT-POINTING SMALL TRIANGLE} Back", action, *arguments, page - 1))
    if page + 1 < pages:
        row.append(_button("More \N{BLACK RIGHT-POINTING SMALL TRIANGLE}", action, *arguments, page + 1))
    return InlineKeyboardMarkup([row]) if row else None


def upload_keyboard(number: int) -> InlineKeyboardMarkup:
    """Under a document that an admin sent."""
    return InlineKeyboardMarkup(
        [[_button("Publish", Action.PUBLISH, number), _button("Discard", Action.DISCARD, number)]]
    )


def address(entry: Quotation) -> str | None:
    """The article's address with a text fragment that leads to the quotation (WICG Scroll to Text Fragment)."""
    if not entry.url or not entry.url.lower().startswith(("http://", "https://")):
        return None
    words = entry.quote.split()
    ends = [words] if len(words) <= 2 * _FRAGMENT_WORDS else [words[:_FRAGMENT_WORDS], words[-_FRAGMENT_WORDS:]]
    # A hyphen has a meaning of its own in a text fragment.
    fragment = ",".join(quote(" ".join(end), safe="").replace("-", "%2D") for end in ends)
    joint = ":~:text=" if "#" in entry.url else "#:~:text="
    url = f"{entry.url}{joint}{fragment}"
    return url if len(url) <= _MOST_URL else entry.url


def _votes(number: int) -> list[InlineKeyboardButton]:
    return [
        _button("\N{THUMBS UP SIGN}", Action.VOTE, number, 1),
        _button("\N{THUMBS DOWN SIGN}", Action.VOTE, number, -1),
    ]


def _button(text: str, action: Action, *arguments: object) -> InlineKeyboardButton:
    return InlineKeyboardButton(text, callback_data=data(action, *arguments))
