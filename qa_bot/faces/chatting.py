"""The conversation wired to a terminal or to a pipe."""

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from rich.console import Console
from rich.text import Text

from qa_bot.faces.repl import COMMANDS, Repl
from qa_bot.faces.safe_text import counted
from qa_bot.faces.terminal import make_console, write
from qa_bot.pipeline import Pipeline

HISTORY_FILE = "history"
_PROMPT = FormattedText([("bold ansicyan", "? ")])
_PLACEHOLDER = FormattedText([("ansibrightblack", "ask a question, or /help")])


def converse(
    live: Callable[[], Pipeline],
    *,
    state_dir: Path,
    passages: int,
) -> None:
    """A conversation over standard input and output until its end, with prompts where both are a terminal.

    Each line is asked of the pipeline that is `live` then.
    """
    console = make_console()
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    if interactive:
        write(
            console,
            Text(
                f"{counted(len(live().articles()), 'article')} to ask. /help shows the commands, Ctrl-D leaves.\n",
                "dim",
            ),
        )
    read_line = prompted_lines(open_history(state_dir, console)) if interactive else _plain_lines
    Repl(
        ask=lambda question, conversation: live().ask(question, conversation),
        articles=lambda: live().articles(),
        verify=lambda quotation, claimed: live().verify(quotation, claimed=claimed),
        read_line=read_line,
        console=console,
        passages=passages,
        interactive=interactive,
    ).run()


def _plain_lines() -> str:
    """The next line of standard input; raises EOFError at its end."""
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


def prompted_lines(history: History) -> Callable[[], str]:
    """What reads the next line typed at a prompt; it raises EOFError for Ctrl-D and KeyboardInterrupt for Ctrl-C."""
    session: PromptSession[str] = PromptSession(
        _PROMPT,
        history=history,
        completer=CommandCompleter(),
        auto_suggest=AutoSuggestFromHistory(),
        placeholder=_PLACEHOLDER,
        reserve_space_for_menu=len(COMMANDS),
    )
    return session.prompt


def open_history(state_dir: Path, console: Console) -> History:
    """What was typed before, kept in the state folder for its owner alone, or in memory where that cannot be."""
    path = state_dir / HISTORY_FILE
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600))
        path.chmod(0o600)
    except OSError as error:
        write(console, Text(f"What you type is not remembered: {path} cannot be written ({error.strerror}).", "yellow"))
        return InMemoryHistory()
    return QuestionHistory(path)


class QuestionHistory(FileHistory):
    """A history file that takes every line, also one with bytes that are no characters."""

    def store_string(self, string: str) -> None:
        """The line, written to the file."""
        super().store_string(string.encode("utf-8", "replace").decode("utf-8"))


class CommandCompleter(Completer):
    """Completes the name of a command at the beginning of a line."""

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:  # noqa: ARG002
        """The commands that begin with what stands before the cursor."""
        typed = document.text_before_cursor
        if typed.startswith("/"):
            for name, meaning in COMMANDS.items():
                if name.startswith(typed.lower()):
                    yield Completion(name, start_position=-len(typed), display_meta=meaning)
