"""Long text shown in the reader's own pager."""

import os
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from rich.console import Console

# What can be told where to begin: `less +12`.
_BEGIN_AT_LINE = {"less", "more"}
# Lines that stand above what is looked for, to read into it.
_ABOVE = 3


def page(console: Console, rendered: str, *, line: int = 0) -> None:
    """Text that was rendered for the console, on it; where it is a terminal and too low, in $PAGER, from `line` on."""
    fits = rendered.count("\n") < console.height
    command = None if fits or not (console.is_terminal and sys.stdin.isatty()) else _command(line)
    if command is None or not _paged(command, rendered.encode(console.encoding, "backslashreplace")):
        console.file.write(rendered)


def _command(line: int) -> list[str] | None:
    """The pager with its arguments; None where there is none."""
    named = os.environ.get("PAGER")
    for wanted in ("less", "more") if named is None else (named,):
        words = shlex.split(wanted)
        found = shutil.which(words[0]) if words else None
        if found:
            name = Path(found).name
            colours = ["-R"] if name == "less" else []
            begin = [f"+{line - _ABOVE}"] if line > _ABOVE and name in _BEGIN_AT_LINE else []
            return [found, *words[1:], *colours, *begin]
    return None


def _paged(command: list[str], content: bytes) -> bool:
    """Whether the pager showed the content, until the reader left it."""
    try:
        pager = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 (the reader's own choice)
    except OSError:
        return False
    # Who leaves before the end closes the pipe.
    with suppress(BrokenPipeError, KeyboardInterrupt):
        _feed(pager, content)
    while True:
        try:
            pager.wait()
        except KeyboardInterrupt:  # a pager has a meaning of its own for Ctrl-C
            continue
        return True


def _feed(pager: "subprocess.Popen[bytes]", content: bytes) -> None:
    if pager.stdin:
        try:
            pager.stdin.write(content)
        finally:
            pager.stdin.close()
