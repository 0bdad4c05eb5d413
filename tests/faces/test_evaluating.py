import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from doubles import HARBOUR, FakePipeline

from qa_bot.dialogue import Conversation
from qa_bot.evaluation.gold import Question
from qa_bot.faces import opening
from qa_bot.faces.cli import main
from qa_bot.faces.evaluating import gold_titles
from qa_bot.index.store import ArticleInfo
from qa_bot.types import Turn

NO_TURNS = Conversation()
# Another article of the same title.
SECOND = "harbour-2.txt"


def info(article_id: str, title: str) -> ArticleInfo:
    """The article in a list of articles."""
    return ArticleInfo(article_id, article_id, title, None, None, None, None, 9)


class Pipeline(FakePipeline):
    """Answers from elsewhere once one of the harbour's two articles is taken out, and abstains once both are."""

    def articles(self) -> list[ArticleInfo]:
        """The two articles, and another that shares the title of the first."""
        return [*super().articles(), info(SECOND, HARBOUR.title)]

    def ask(
        self, question: str, conversation: Conversation = NO_TURNS, *, exclude: frozenset[str] = frozenset()
    ) -> Turn:
        """The reply, from what is left."""
        words = {frozenset(): question, frozenset({HARBOUR.id}): "trap", frozenset({HARBOUR.id, SECOND}): "moon"}
        return super().ask(words[exclude], conversation)


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
        ("a", True, {"answered": True, "support": 0.9}),
        ("b", False, None),
    ]


@pytest.mark.parametrize("order", [("q.jsonl", "{}"), ("{}", "q.jsonl")], ids=["before", "after"])
@pytest.mark.parametrize(
    ("options", "gone"),
    [
        ([], None),
        (["--gone"], {"answered": True, "support": 0.9}),
        (["--gone-titles"], {"answered": False, "support": 0.0}),
        (["--gone", "--gone-titles"], {"answered": False, "support": 0.0}),
    ],
)
def test_gone(order: tuple[str, str], options: list[str], gone: dict[str, object] | None) -> None:
    """--gone takes out the gold article, --gone-titles all of its title; options may follow the file or precede it."""
    arguments = [word for place in order for word in (options if place == "{}" else [place])]

    result = run("--json", *arguments)

    value = json.loads(result.stdout)
    assert [record["gone"] for record in value["questions"]] == [gone, None]
    # As usual support is .94, above either: the one pair is in order.
    measure = {"value": 1.0, "n": 2} if gone else {"value": None, "n": 0}
    assert value["measures"]["AUROC (gold gone)"] == measure


def test_gold_titles() -> None:
    """All articles of a gold one's title are taken out; one that has no title, or is unknown, goes alone."""
    titles = {"a#0": "A", "a#1": "A", "b#0": "B", "b#1": "B", "c": "C", "A": "", "x": ""}
    taken_out = gold_titles([info(article_id, title) for article_id, title in titles.items()])

    def ids(*gold_ids: str) -> set[str]:
        return set(taken_out(Question("q", "Why?", (), gold_ids, answerable=True)))

    assert ids("a#1") == {"a#0", "a#1"}
    assert ids("a#0", "b#0") == {"a#0", "a#1", "b#0", "b#1"}
    assert ids("c") == {"c"}
    assert ids("A") == {"A"}
    assert ids("nobody", "b#1") == {"nobody", "b#0", "b#1"}


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
