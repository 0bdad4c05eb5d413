"""A user's own questions asked and measured, and the measures on a terminal."""

from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.text import Text

from qa_bot.evaluation.gold import read_questions
from qa_bot.evaluation.measures import Measure
from qa_bot.evaluation.runner import Evaluation, evaluate
from qa_bot.faces.safe_text import json_line
from qa_bot.faces.stage_bar import StageBar
from qa_bot.faces.terminal import make_console, write
from qa_bot.pipeline import Pipeline


def run_evaluation(pipeline: Pipeline, path: Path, *, gone: bool) -> Evaluation:
    """What comes of the questions in the file; with `gone`, also with their gold articles taken out."""
    questions = read_questions(path)
    with StageBar(make_console(stderr=True)) as bar:
        return evaluate(
            pipeline.ask,
            questions,
            ask_without=(lambda question, ids: pipeline.ask(question, exclude=ids)) if gone else None,
            progress=lambda done, total: bar.show("questions", done, total),
        )


def write_records(evaluation: Evaluation, file: TextIO) -> None:
    """One line of JSON for each question, in their order."""
    for record in evaluation.as_json()["questions"]:
        file.write(json_line(record, "utf-8") + "\n")


def print_measures(console: Console, evaluation: Evaluation) -> None:
    """The measures over all questions, then those that there are over each kind of question."""
    _print_rows(console, "all questions", evaluation.rows())
    for kind, rows in evaluation.rows_by_kind().items():
        _print_rows(console, str(kind), [row for row in rows if row.n])


def _print_rows(console: Console, heading: str, rows: Sequence[Measure]) -> None:
    write(console, Text(f"\n{heading}", "bold"))
    width = max(len(row.name) for row in rows)
    for row in rows:
        value = "-" if row.value is None else f"{row.value:.3f}"
        write(console, Text.assemble(f"  {row.name:<{width}}  {value:>8}  ", (f"n = {row.n:,}", "dim")))
