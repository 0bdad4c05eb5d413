"""The edge of the command line: every expected failure ends as one sentence and an exit code, not as a traceback."""

import errno
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

import click

from qa_bot.errors import QABotError
from qa_bot.faces.memory import NOT_ENOUGH, is_lack_of_memory, limit_complaint
from qa_bot.faces.safe_text import one_line

_ERROR = 2
# What shells report for a program that ended by SIGINT or SIGPIPE: 128 and the number of the signal.
_INTERRUPTED = 130
_BROKEN_PIPE = 141


class GuardedGroup(click.Group):
    """A group whose commands return their exit code, and whose errors are told in one sentence."""

    def invoke(self, ctx: click.Context) -> NoReturn:
        """Exit with the code that the command returned, or with that of its failure."""
        try:
            _forgive_encodings()
            if complaint := limit_complaint():
                _fail(complaint)
            code = super().invoke(ctx)
            sys.stdout.flush()
        except QABotError as error:
            _fail(NOT_ENOUGH if is_lack_of_memory(error) else str(error))
        except KeyboardInterrupt:
            ctx.exit(_INTERRUPTED)
        except BrokenPipeError:
            _settle_output()
            ctx.exit(_BROKEN_PIPE)
        except OSError as error:
            _settle_output()
            _fail(_sentence(error))
        except (MemoryError, ImportError, RuntimeError) as error:
            if not is_lack_of_memory(error):
                raise
            _fail(NOT_ENOUGH)
        ctx.exit(code)


def _fail(message: str) -> NoReturn:
    click.echo(f"qa-bot: {one_line(message)}", err=True)
    raise click.exceptions.Exit(_ERROR)


def _sentence(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "No space is left on the disk: make room and try again."
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}."


def _forgive_encodings() -> None:
    """Standard output never fails over a character that it has no code for, nor input over a byte that is none."""
    if sys.stdout is None:  # closed by the caller: what is printed goes nowhere, and the exit code still tells
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (open until the process ends)
    for stream, errors in ((sys.stdout, "backslashreplace"), (sys.stdin, "replace")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=errors)


def _settle_output() -> None:
    """What was written goes out, or nowhere where it cannot: Python would fail over it again when it ends."""
    try:
        sys.stdout.flush()
    except OSError:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
