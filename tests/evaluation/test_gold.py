import gzip
import json
from pathlib import Path

import pytest

from qa_bot.evaluation.gold import Question, QuestionsError, read_questions


def _write(folder: Path, *lines: object) -> Path:
    path = folder / "gold.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


def test_a_full_line_is_read_field_by_field(tmp_path: Path) -> None:
    """Every field is taken as it is written; others are allowed; a number as id is written out; gold ids count once."""
    line = {"id": 7, "question": "Who?", "answers": ["A", "B"], "gold_ids": ["x", 3, "x"], "answerable": True, "by": 1}

    assert read_questions(_write(tmp_path, line)) == [Question("7", "Who?", ("A", "B"), ("x", "3"), answerable=True)]


@pytest.mark.parametrize(
    ("given", "answerable"),
    [
        ({}, False),
        ({"answers": None, "gold_ids": [], "answerable": None}, False),
        ({"answers": ["A"]}, True),
        ({"gold_ids": ["x"]}, True),
        ({"answerable": True}, True),
    ],
)
def test_a_question_is_answerable_if_there_is_gold(
    tmp_path: Path, given: dict[str, object], *, answerable: bool
) -> None:
    """Without the field, a question is answerable if it has answers or gold ids."""
    [question] = read_questions(_write(tmp_path, {"id": "1", "question": "Who?", **given}))

    assert question.answerable is answerable


def test_order_blank_lines_and_compression(tmp_path: Path) -> None:
    """Questions come in the file's order; blank lines and a byte order mark are passed over; `.gz` is unpacked."""
    path = tmp_path / "GOLD.JSONL.GZ"
    path.write_bytes(
        gzip.compress('\ufeff{"id": "b", "question": "Où?"}\r\n\n  \n{"id": "a", "question": "?"}'.encode())
    )

    assert [(question.id, question.question) for question in read_questions(path)] == [("b", "Où?"), ("a", "?")]


@pytest.mark.parametrize(
    ("line", "clause"),
    [
        ("{", "it is not JSON (Expecting property name enclosed in double quotes, column 2)"),
        ("[" * 100_000, "it is nested too deeply"),
        ("[1]", "it is not a JSON object with the fields of a question"),
        ({"question": "Who?"}, 'the field "id" is missing, blank, or has something that is not a text'),
        ({"id": True, "question": "Who?"}, 'the field "id" is missing, blank, or has something that is not a text'),
        ({"id": "1", "question": " "}, 'the field "question" is missing, blank, or has something that is not a text'),
        ({"id": "1", "question": "Who?", "answers": "A"}, 'the field "answers" is not a list'),
        (
            {"id": "1", "question": "Who?", "answers": [{"text": "A"}]},
            'the field "answers" is missing, blank, or has something that is not a text',
        ),
        ({"id": "1", "question": "Who?", "answer": "A"}, 'the field "answer" has to be "answers", a list'),
        ({"id": "1", "question": "Who?", "answerable": 1}, 'the field "answerable" is neither true nor false'),
        (
            {"id": "1", "question": "Who?", "answers": ["A"], "answerable": False},
            '"answerable" is false, but there are "answers" or "gold_ids": remove one or the other',
        ),
        ({"id": "1", "question": "\ud800?"}, 'there is half a character (a lone surrogate) in the field "question"'),
        ({"id": "good", "question": "Who?"}, "the id 'good' is taken by an earlier line"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: object, clause: str) -> None:
    """A line that is not a question is refused with file, line number and reason."""
    path = _write(tmp_path, {"id": "good", "question": "Who?"}, "", line)

    with pytest.raises(QuestionsError) as caught:
        read_questions(path)

    assert str(caught.value) == f"{path}, line 3: {clause}."


def test_bytes_that_are_not_utf8_are_named(tmp_path: Path) -> None:
    """Invalid UTF-8 is refused with the byte's place in its line."""
    path = tmp_path / "gold.jsonl"
    path.write_bytes(b'\n{"id": "\xff"}')

    with pytest.raises(QuestionsError, match=r"line 2: it is not valid UTF-8 \(byte 8 of the line\)\.$"):
        read_questions(path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gold.csv", b"id,question", "is not a .jsonl or .jsonl.gz file: write one JSON object a line."),
        ("gold.jsonl", b" \n", "has no questions: write one JSON object a line."),
        ("missing.jsonl", None, "cannot be read: No such file or directory."),
        ("gold.jsonl.gz", b"plain", "line 1: the compressed file is damaged: Not a gzipped file"),
        ("gold.jsonl.gz", gzip.compress(b'{"id": "1", "question": "?"}\n')[:15], "line 1: the compressed file is"),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    """A file that cannot be read as questions is refused in one sentence that names it."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(QuestionsError) as caught:
        read_questions(path)

    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)
