import io
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from qa_bot.faces.chatting import HISTORY_FILE, CommandCompleter, open_history, prompted_lines
from qa_bot.faces.repl import COMMANDS

CTRL_C, CTRL_D = "\x03", "\x04"


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    """What a person types, in the place of a terminal."""
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        yield keys


def console() -> Console:
    """A console that writes to no terminal."""
    return Console(file=io.StringIO())


def test_keys(keyboard: PipeInput) -> None:
    """Enter gives the line; Ctrl-C and Ctrl-D raise their exceptions."""
    read_line = prompted_lines(InMemoryHistory())
    keyboard.send_text(f"who?\rhalf{CTRL_C}")

    assert read_line() == "who?"
    with pytest.raises(KeyboardInterrupt):
        read_line()
    keyboard.send_text(CTRL_D)
    with pytest.raises(EOFError):
        read_line()


@pytest.mark.parametrize(
    ("typed", "completed"),
    [("/so", ["/sources"]), ("/C", ["/context"]), ("/", list(COMMANDS)), ("", []), ("so", []), ("/more ", [])],
)
def test_completion(typed: str, completed: list[str]) -> None:
    """A command is completed at the beginning of a line, and nothing else."""
    completions = list(CommandCompleter().get_completions(Document(typed), CompleteEvent()))

    assert [completion.text for completion in completions] == completed
    assert all(completion.start_position == -len(typed) for completion in completions)


def test_history_is_kept_for_its_owner(keyboard: PipeInput) -> None:
    """What was typed is there in the next conversation, in a file that only its owner can read."""
    keyboard.send_text("first question\r")

    prompted_lines(open_history(Path("state"), console()))()

    assert list(open_history(Path("state"), console()).load_history_strings()) == ["first question"]
    assert stat.S_IMODE((Path("state") / HISTORY_FILE).stat().st_mode) == 0o600


def test_readable_history_is_closed() -> None:
    """A history file that others could read is closed to them."""
    Path("state").mkdir()
    path = Path("state") / HISTORY_FILE
    path.touch(0o644)

    open_history(Path("state"), console())

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_half_characters_are_remembered_without_failing() -> None:
    """A line with bytes that are no characters does not end the conversation."""
    history = open_history(Path("state"), console())

    history.append_string("wh\udcffo")

    assert list(open_history(Path("state"), console()).load_history_strings()) == ["wh?o"]


def test_history_that_cannot_be_written() -> None:
    """Where the state folder cannot be made the history stays in memory, and this is said once."""
    Path("state").touch()
    told = console()

    history = open_history(Path("state"), told)

    assert isinstance(history, InMemoryHistory)
    assert isinstance(told.file, io.StringIO)
    assert told.file.getvalue().startswith("What you type is not remembered: state/history cannot be written (")
    assert told.file.getvalue().count("\n") == 1
