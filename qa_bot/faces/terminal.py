"""Consoles, and how text is laid out on them."""

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

# Longer lines are tiring to read, however wide the window is.
_WIDEST = 92
_NARROWEST = 2  # the width of one wide character: in less it would be lost


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leaves it to the command what a reader that went away means; rich would exit with 1."""
        raise BrokenPipeError


def make_console(*, stderr: bool = False) -> Console:
    """A console that takes text as it is: no markup, no emoji codes, no colouring of numbers."""
    return _Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def write(console: Console, text: Text) -> None:
    """The text on the console, its lines neither broken nor cut."""
    console.print(text, soft_wrap=True)


def block(console: Console, text: Text, *, indent: int) -> Text:
    """The text broken into lines that fit the terminal, each indented; piped text keeps its lines."""
    if console.is_terminal:
        lines = list(text.wrap(console, max(min(console.width, _WIDEST) - indent, _NARROWEST)))
    else:
        lines = list(text.split("\n", allow_blank=True))
    for line in lines:
        line.rstrip()
    return Text("\n").join(Text(" " * indent) + line if line else line for line in lines)


def shows_style(console: Console) -> bool:
    """Whether bold and colours reach the reader: not in a pipe, not on a dumb terminal."""
    return console.color_system is not None


def joined(console: Console, values: Iterable[str]) -> str:
    """The values with a dash between them that the console can show."""
    return (" - " if console.options.ascii_only else " — ").join(values)
