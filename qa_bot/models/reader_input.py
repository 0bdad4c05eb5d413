"""What the reader sees: `[CLS] question [SEP] title [SEP] passage [SEP]`, as token ids of BERT's English vocabulary."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

# Tokens of a whole row. Passages are cut to the encoder's 256; with title and question they fit, and longer ones are
# read in several windows.
WINDOW = 384
# A question that a person asks has 10 to 30 tokens.
QUESTION_TOKENS = 64
# Headlines have 10 to 25.
TITLE_TOKENS = 48
# How many tokens two windows of a passage share: more than the longest answer and what stands around it.
_SHARED = 128

CLS, SEP = 101, 102

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ReaderInput:
    """One row: its token ids, their types (0 for the question, 1 for the rest), and where the passage's tokens begin.

    The passage's tokens are `ids[first:-1]`; the token before all others, `[CLS]`, stands for "it is not here".
    """

    ids: list[int]
    types: list[int]
    first: int


def assemble(question: Sequence[int], title: Sequence[int], passage: Sequence[int]) -> ReaderInput:
    """The row of a question and a passage; the three are token ids without special tokens."""
    asked = [CLS, *question, SEP]
    read = [*title, SEP, *passage, SEP]
    return ReaderInput([*asked, *read], [0] * len(asked) + [1] * len(read), len(asked) + len(title) + 1)


def room(question: Sequence[int], title: Sequence[int]) -> int:
    """How many tokens of a passage fit into a row."""
    return WINDOW - len(assemble(question, title, ()).ids)


def shortened(question: Sequence[T]) -> Sequence[T]:
    """A question's tokens, of one that is too long its first and its last: what is asked stands at either end."""
    half = QUESTION_TOKENS // 2
    return question if len(question) <= QUESTION_TOKENS else [*question[:half], *question[-half:]]


def windows(tokens: int, room: int) -> Iterator[tuple[int, int]]:
    """`(start, end)` of windows of at most `room` tokens that cover a passage; `_SHARED` of them are in two windows."""
    start = 0
    while start + room < tokens:
        yield start, start + room
        start += room - _SHARED
    if start < tokens:
        yield start, tokens
