"""Texts as Telegram takes them: escaped HTML within the limits of a message, divided where it is too long."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

from qa_bot.faces.safe_text import visible
from qa_bot.text import sentences

# Of one message, counted in code points after its markup is read, and its entities (Bot API, sendMessage).
MOST_CHARACTERS = 4096
MOST_ENTITIES = 100
_GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class Fragment:
    """Words in one style; `link` is the address that they open."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str | None = None

    @property
    def entities(self) -> int:
        """How many of a message's entities it takes."""
        return self.bold + self.italic + (self.link is not None)

    def html(self) -> str:
        """The words as Telegram's HTML: nothing in them is markup."""
        written = escape(visible(self.text), quote=False)
        if self.bold:
            written = f"<b>{written}</b>"
        if self.italic:
            written = f"<i>{written}</i>"
        return f'<a href="{escape(visible(self.link))}">{written}</a>' if self.link else written


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of a message; a `folded` one is a quotation that opens when it is touched."""

    fragments: tuple[Fragment, ...]
    folded: bool = False

    @property
    def length(self) -> int:
        """Its characters, as Telegram counts them."""
        return sum(len(fragment.text) for fragment in self.fragments)

    @property
    def entities(self) -> int:
        """How many of a message's entities it takes."""
        return self.folded + sum(fragment.entities for fragment in self.fragments)

    def html(self) -> str:
        """The block as Telegram's HTML."""
        written = "".join(fragment.html() for fragment in self.fragments)
        return f"<blockquote expandable>{written}</blockquote>" if self.folded else written


def line(text: str) -> Block:
    """A paragraph in plain style."""
    return Block((Fragment(text),))


def html_of(blocks: Sequence[Block]) -> str:
    """The blocks as one message."""
    return _GAP.join(block.html() for block in blocks)


def fits(blocks: Sequence[Block]) -> bool:
    """Whether one message holds the blocks."""
    length = sum(block.length for block in blocks) + len(_GAP) * max(len(blocks) - 1, 0)
    return length <= MOST_CHARACTERS and sum(block.entities for block in blocks) <= MOST_ENTITIES


def messages(blocks: Iterable[Block]) -> list[str]:
    """The blocks as the HTML of as few messages as hold them, in order; only a block that is too long is divided."""
    filled: list[list[Block]] = []
    for block in blocks:
        for piece in _pieces(block):
            if filled and fits([*filled[-1], piece]):
                filled[-1].append(piece)
            else:
                filled.append([piece])
    return [html_of(message) for message in filled]


def _pieces(block: Block) -> Iterator[Block]:
    """The block, divided into as few as fit into a message each."""
    while not fits([block]):
        block, rest = _divided(block, _cut("".join(fragment.text for fragment in block.fragments)[:MOST_CHARACTERS]))
        yield block
        block = rest
    if block.fragments:
        yield block


def _cut(text: str) -> int:
    """Where the text is best divided: after a paragraph, a sentence or a word, in its second half if there is one."""
    half = len(text) // 2
    paragraph = text.rfind("\n") + 1
    if paragraph > half:
        return paragraph
    ends = [start for start, _ in sentences(text)][1:]
    if ends and ends[-1] > half:
        return ends[-1]
    word = text.rfind(" ") + 1
    return word if word > half else len(text)


def _divided(block: Block, at: int) -> tuple[Block, Block]:
    """The block before and after its character `at`."""
    before: list[Fragment] = []
    after: list[Fragment] = []
    for fragment in block.fragments:
        left, right = fragment.text[: max(at, 0)], fragment.text[max(at, 0) :]
        at -= len(fragment.text)
        if left:
            before.append(replace(fragment, text=left))
        if right:
            after.append(replace(fragment, text=right))
    return replace(block, fragments=tuple(before)), replace(block, fragments=tuple(after))
