"""Questions that come with the command: one, or a file with one a line."""

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

from qa_bot.dialogue import Conversation, Exchange
from qa_bot.errors import InvalidQuestion
from qa_bot.faces.reply_json import error_object, reply_object
from qa_bot.faces.safe_text import json_line, one_line
from qa_bot.types import Answer, Turn

Ask = Callable[[str, Conversation], Turn]
QuestionId = str | int | None

ANSWERED, NOT_SUPPORTED, FAILED = 0, 1, 2


class BadLine(Exception):
    """A line of a batch cannot be asked; `question_id` is the id that it has, if any."""

    def __init__(self, message: str, question_id: QuestionId = None) -> None:
        super().__init__(message)
        self.question_id = question_id


def exit_code(turn: Turn) -> int:
    """0 for an answer, 1 where the articles do not say."""
    return ANSWERED if isinstance(turn.reply, Answer) else NOT_SUPPORTED


def print_json(value: object) -> None:
    """The value as one line of JSON on standard output, at once."""
    sys.stdout.write(json_line(value, sys.stdout.encoding) + "\n")
    sys.stdout.flush()


def ask_batch(ask: Ask, lines: Iterable[bytes], *, name: str, passages: int) -> int:
    """0 where every line got a reply, 2 where one could not be asked; replies go out one by one, in order.

    A bad line gets an object with `"status": "error"` in its place, and a sentence with its number on standard error.
    """
    code = ANSWERED
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            print_json(_reply(ask, line, passages))
        except BadLine as bad:
            message = f"{name}, line {number}: {bad}"
            sys.stderr.write(f"qa-bot: {one_line(message)}\n")
            print_json(error_object(message, question_id=bad.question_id))
            code = FAILED
    return code


def _reply(ask: Ask, line: bytes, passages: int) -> dict[str, Any]:
    record = _record(line)
    question_id, question = record.get("id"), record.get("question")
    if question_id is not None and (isinstance(question_id, bool) or not isinstance(question_id, str | int)):
        raise BadLine('"id" is neither a string nor a whole number.')
    if not isinstance(question, str):
        raise BadLine('"question" is missing, or is not a string.', question_id)
    history = record.get("history")
    history = [] if history is None else history
    if not isinstance(history, list) or not all(isinstance(words, str) for words in history):
        raise BadLine('"history" is not a list of strings.', question_id)
    try:
        return reply_object(ask(question, _conversation(history)), question_id=question_id, passages=passages)
    except InvalidQuestion as error:
        raise BadLine(str(error), question_id) from error


def _conversation(history: list[str]) -> Conversation:
    """The conversation that a history of questions and answers in turn tells; the last answer may be missing."""
    answers = [*history[1::2], ""]
    return Conversation(earlier=tuple(map(Exchange, history[::2], answers)))


def _record(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadLine("it is not UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise BadLine("it is not JSON.") from error
    if not isinstance(record, dict):
        raise BadLine("it is not a JSON object.")
    return record
