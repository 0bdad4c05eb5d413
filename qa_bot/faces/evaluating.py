"""A user's own questions asked and measured, and the measures on a terminal."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.text import Text

from qa_bot.evaluation.gold import Question, read_questions
from qa_bot.evaluation.measures import Measure
from qa_bot.evaluation.runner import Evaluation, TakenOut, evaluate, gold_articles
from qa_bot.faces.safe_text import json_line
from qa_bot.faces.stage_bar import StageBar
from qa_bot.faces.terminal import make_console, write
from qa_bot.index.store import ArticleInfo
from qa_bot.pipeline import Pipeline


def run_evaluation(pipeline: Pipeline, path: Path, *, gone: bool, gone_titles: bool) -> Evaluation:
    """What comes of the questions in the file; with `gone`, also with their gold articles taken out.

    With `gone_titles`, with or without `gone`, all that share a title with a gold article are taken out as well.
    """
    questions = read_questions(path)
    taken_out: TakenOut | None = gold_articles if gone else None
    if gone_titles:
        taken_out = gold_titles(pipeline.articles())
    with StageBar(make_console(stderr=True)) as bar:
        return evaluate(
            lambda question, ids: pipeline.ask(question, exclude=ids),
            questions,
            gone=taken_out,
            progress=lambda done, total: bar.show("questions", done, total),
        )


def gold_titles(articles: Iterable[ArticleInfo]) -> TakenOut:
    """For a question, the ids of its gold articles and of all that share a title with one of them.

    Articles without a title share none.
    """
    title_of = {article.id: article.title for article in articles if article.title}
    ids_of: dict[str, set[str]] = defaultdict(set)
    for article, title in title_of.items():
        ids_of[title].add(article)

    def taken_out(question: Question) -> frozenset[str]:
        titles = {title_of[article] for article in question.gold_ids if article in title_of}
        return gold_articles(question).union(*(ids_of[title] for title in titles))

    return taken_out


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
