"""Gold questions in JSON Lines: what is asked, what answers it, and which articles say so."""

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

from qa_bot.errors import QABotError

# A file that says "answer" would otherwise count as one of unanswerable questions.
_MISNAMED = {"answer": "answers", "gold_id": "gold_ids"}
_HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")


class QuestionsError(QABotError):
    """The gold questions cannot be used; the message names the file and line, or the question, that is at fault."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the answers that count as right and the ids of the articles that hold one.

    Without `answers`, quotations cannot be judged; without `gold_ids`, rankings cannot.
    """

    id: str
    question: str
    answers: tuple[str, ...]
    gold_ids: tuple[str, ...]
    answerable: bool

    def __post_init__(self) -> None:
        if not self.answerable and (self.answers or self.gold_ids):
            raise ValueError('"answerable" is false, but there are "answers" or "gold_ids": remove one or the other')


def read_questions(path: Path) -> list[Question]:
    """The questions of a `.jsonl` or `.jsonl.gz` file, one a line, in order; blank lines are passed over.

    A line has `id` and `question`; it may have `answers` and `gold_ids` (none if absent) and `answerable` (true if
    there are answers or gold ids). Other fields are allowed. Raises QuestionsError.
    """
    questions: dict[str, Question] = {}
    for number, line in _lines(path):
        try:
            question = _question(line)
        except ValueError as error:
            raise QuestionsError(f"{path}, line {number}: {error}.") from error
        if question.id in questions:
            raise QuestionsError(f"{path}, line {number}: the id {question.id!r} is taken by an earlier line.")
        questions[question.id] = question
    if not questions:
        raise QuestionsError(f"{path} has no questions: write one JSON object a line.")
    return list(questions.values())


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers from 1."""
    number = 0
    try:
        with _open(path) as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, line
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise QuestionsError(f"{path}, line {number + 1}: the compressed file is damaged: {error}.") from error
    except OSError as error:
        raise QuestionsError(f"{path} cannot be read: {error.strerror}.") from error


def _open(path: Path) -> BufferedReader | gzip.GzipFile:
    name = path.name.lower()
    if name.endswith(".jsonl.gz"):
        return gzip.open(path)
    if name.endswith(".jsonl"):
        return path.open("rb")
    raise QuestionsError(f"{path} is not a .jsonl or .jsonl.gz file: write one JSON object a line.")


def _question(line: bytes) -> Question:
    """The question of one line; raises ValueError, whose message is a clause that says what is wrong."""
    fields = _fields(line)
    for wrong, right in _MISNAMED.items():
        if wrong in fields and right not in fields:
            raise ValueError(f'the field "{wrong}" has to be "{right}", a list')
    answers = tuple(_text(item, "answers") for item in _list(fields, "answers"))
    gold_ids = tuple(_identity(item, "gold_ids") for item in _list(fields, "gold_ids"))
    return Question(
        id=_identity(fields.get("id"), "id"),
        question=_text(fields.get("question"), "question"),
        answers=answers,
        gold_ids=tuple(dict.fromkeys(gold_ids)),
        answerable=_answerable(fields.get("answerable"), default=bool(answers or gold_ids)),
    )


def _fields(line: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not valid UTF-8 (byte {error.start} of the line)") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON ({error.msg}, column {error.colno})") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(fields, dict):
        raise ValueError("it is not a JSON object with the fields of a question")  # noqa: TRY004 - not a wrong type of ours
    return fields


def _list(fields: dict[str, Any], name: str) -> list[Any]:
    """The list in a field, empty if the field is absent or null."""
    value = fields.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError(f'the field "{name}" is not a list')  # noqa: TRY004
    return value


def _identity(value: object, name: str) -> str:
    """An id, a number written out, as the corpus has it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _text(value, name)


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f'the field "{name}" is missing, blank, or has something that is not a text')
    if _HALF_CHARACTER.search(value):
        raise ValueError(f'there is half a character (a lone surrogate) in the field "{name}"')
    return value


def _answerable(value: object, *, default: bool) -> bool:
    if value is None:
        return default
    if not isinstance(value, bool):
        raise ValueError('the field "answerable" is neither true nor false')  # noqa: TRY004
    return value
