import json
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest
from click.testing import CliRunner, Result

from qa_bot.faces import benchmarking
from qa_bot.faces.cli import main

P = ParamSpec("P")
R = TypeVar("R")
GOLD = (
    '{"id": "a", "question": "Where has Tsikhanouskaya lived since 2020?", "answers": ["Lithuania"],'
    ' "gold_ids": ["belarus-cnn-report.txt"]}\n'
    '{"id": "b", "question": "Who is the president of France?", "answerable": false}\n'
)


def here(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The function called in this process, where the small model stands in for the default one."""
    return function(*args, **kwargs)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch, small_model: None) -> None:  # noqa: ARG001
    monkeypatch.setattr(benchmarking, "in_process", here)
    for name, size in (("_COLD_RUNS", 1), ("_QUESTIONS", 3), ("_BUILD", 2)):
        monkeypatch.setattr(benchmarking, name, size)


def run(index: Path, *arguments: str) -> Result:
    """What `benchmark` does with these arguments."""
    return CliRunner().invoke(main, ["benchmark", "--index", str(index), *arguments])


def test_json(shipped_index: Path) -> None:
    """--json is one line with machine, versions, sizes and times; without a file there is no quality."""
    result = run(shipped_index, "--json")

    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert list(found) == [
        "machine", "versions", "index", "questions", "cold", "warm", "warm_without_reader", "build", "quality"
    ]  # fmt: skip
    assert found["index"]["articles"] == 1
    assert found["index"]["bytes"] > 20_000_000
    assert found["warm"]["steps_ms"]["total"]["n"] == 3
    assert found["warm"]["steps_ms"]["total"]["p50"] > found["warm_without_reader"]["steps_ms"]["total"]["p50"]
    assert found["build"]["passages"] >= 2
    assert found["quality"] is None


def test_questions_of_a_file(shipped_index: Path) -> None:
    """With a file its own questions are asked, and judged as `evaluate` judges them."""
    Path("q.jsonl").write_text(GOLD, encoding="utf-8")

    result = run(shipped_index, "q.jsonl")

    rows = [line.split() for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert "2 questions of q.jsonl" in result.stdout
    assert ["Success@1", "1.000", "1"] in rows
    assert ["AUROC", "1.000", "2"] in rows
    assert {"cold", "question,", "without", "build"} <= {row[0] for row in rows if row}


def test_fewer_are_judged_where_there_is_no_time(shipped_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the questions of a file as many are judged as are answered in the time that there is, one at least."""
    Path("q.jsonl").write_text(GOLD, encoding="utf-8")
    monkeypatch.setattr(benchmarking, "_JUDGED_SECONDS", 0.0)

    found = json.loads(run(shipped_index, "q.jsonl", "--json").stdout)

    assert found["warm"]["steps_ms"]["total"]["n"] == 2
    assert found["quality"]["Coverage"]["n"] == 1


def test_bad_questions(shipped_index: Path) -> None:
    """A file that cannot be read is one sentence and exit code 2, before anything is measured."""
    Path("q.jsonl").write_text("nonsense\n", encoding="utf-8")

    result = run(shipped_index, "q.jsonl")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "q.jsonl" in result.stderr
    assert len(result.stderr.splitlines()) == 1
