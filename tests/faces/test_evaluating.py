import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from doubles import FakePipeline

from qa_bot.faces import opening
from qa_bot.faces.cli import main
from qa_bot.types import Conversation, Turn

NO_TURNS = Conversation()


class Pipeline(FakePipeline):
    """Abstains from everything once an article is taken out."""

    def ask(
        self, question: str, conversation: Conversation = NO_TURNS, *, exclude: frozenset[str] = frozenset()
    ) -> Turn:
        """The reply, from what is left."""
        return super().ask("moon" if exclude else question, conversation)


@pytest.fixture(autouse=True)
def _questions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "open_pipeline", lambda _: Pipeline())
    Path("q.jsonl").write_text(
        '{"id": "a", "question": "When built?", "answers": ["1874"], "gold_ids": ["harbour.txt"]}\n'
        '{"id": "b", "question": "Who sleeps?", "answerable": false}\n'
    )


def run(*arguments: str) -> Result:
    """What `evaluate` does with these arguments."""
    return CliRunner().invoke(main, ["evaluate", *arguments])


def test_measures_are_printed() -> None:
    """Measures are printed with how many questions they are taken from, for all questions and for each kind."""
    result = run("q.jsonl")

    rows = [line.split() for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert ["Success@1", "1.000", "n", "=", "1"] in rows
    assert ["Coverage", "0.500", "n", "=", "2"] in rows
    assert ["when"] in rows
    assert all(row[-1:] != ["0"] for row in rows[rows.index(["when"]) :])


def test_json_and_records() -> None:
    """--json prints everything as one line; --records writes a line for each question, in order."""
    result = run("q.jsonl", "--json", "--gone", "--records", "r.jsonl")

    value = json.loads(result.stdout)
    records = [json.loads(line) for line in Path("r.jsonl").read_text(encoding="utf-8").splitlines()]
    assert value["questions"] == records
    assert [(record["id"], record["answered"], record["gone"]) for record in records] == [
        ("a", True, {"answered": False, "support": 0.0}),
        ("b", False, None),
    ]


def test_plot() -> None:
    """--plot draws a picture."""
    assert run("q.jsonl", "--plot", "p.png").exit_code == 0
    assert Path("p.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["none.jsonl", "bad.jsonl"])
def test_questions_that_cannot_be_read(name: str) -> None:
    """Questions that cannot be read are one sentence with the file's name."""
    Path("bad.jsonl").write_text("{")

    result = run(name)

    assert (result.exit_code, result.stdout) == (2, "")
    assert name in result.stderr
    assert result.stderr.count("\n") == 1
