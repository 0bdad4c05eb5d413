import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from qa_bot.faces.articles_command import filters_of
from qa_bot.faces.cli import main
from qa_bot.faces.listing import newest_first, plain_rows, table
from qa_bot.index.store import ArticleInfo
from qa_bot.types import Copy, Filters

SHORT = ArticleInfo("a.txt", "c/a.txt", "The ferry", "CNN", None, None, "2022-11-17", 912, "en")
LONG = ArticleInfo(
    "reports/пожар на пароме.pdf", "c/x", "Пожар на пароме 火事 😀 " * 9, "Рейтер", "Q", None, None, 12345
)
NAMELESS = ArticleInfo("b:7", "c/b.jsonl", "Tab\tand\x1b[31mcolour", None, None, None, "2022-11-17T10:00", 7)
ALL = [LONG, SHORT, NAMELESS]
COPIES = {"a.txt": (Copy("b:7", None, None), Copy("c", None, None))}

ARTICLES = [
    {"id": "old", "title": "The old bridge", "text": "It spanned the Sava.", "published": "2021-05-04"},
    {"id": "new", "title": "A new ferry", "text": "It sails.", "source": "New York Times", "published": "2023-01-05"},
    {"id": "fire", "title": "Ferry fire", "text": "A fire broke out on board.", "source": "CNN", "author": "Ana Quist"},
]  # fmt: skip


@pytest.fixture
def run(tmp_path: Path, small_model: None) -> Callable[..., Result]:
    """Runs `qa-bot` over three small articles."""
    del small_model
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/all.jsonl").write_text("\n".join(map(json.dumps, ARTICLES)), encoding="utf-8")

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments)

    call("index")
    return call


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        ((), ["new", "old", "fire"]),
        (("source:cnn",), ["fire"]),
        (("source:New York Times",), ["new"]),
        (("source:new york after:2022",), []),  # one argument with two filters: "york" is a word of the title
        (("source:new", "after:2022"), ["new"]),
        (("ferry",), ["new", "fire"]),
        (("FERRY", "fire"), ["fire"]),
        (("title:ferry fire",), ["fire"]),
        (("author:quist",), ["fire"]),
        (("before:2022",), ["old"]),
        (('"spanned the Sava"',), ["old"]),
        (("-ferry",), ["old"]),
        (("-fire", "ferry"), ["new"]),
    ],
)
def test_filters(run: Callable[..., Result], arguments: tuple[str, ...], ids: list[str]) -> None:
    """Filters are those of questions, other words are the title's; the newest come first, and no article is exit 1."""
    result = run("articles", *arguments)
    assert [line.partition("\t")[0] for line in result.stdout.splitlines()] == ids
    assert result.exit_code == (0 if ids else 1)


def test_what_is_told(run: Callable[..., Result]) -> None:
    """How many are listed of how many, and how many were left out for what is not known of them."""
    assert run("articles").stderr == "3 articles\n"
    told = run("articles", "after:2022").stderr
    assert told == "1 of 3 articles: from 2022 on\nleft out, because their date is not known: 1 article\n"


@pytest.mark.parametrize(
    ("argument", "said"), [("after:now", "is no date"), ("source:", "no value"), ("--sou", "No such")]
)
def test_what_is_no_filter(run: Callable[..., Result], argument: str, said: str) -> None:
    """A filter without a value or a date, and an unknown option, are told in a sentence, exit code 2."""
    result = run("articles", argument)
    assert (result.exit_code, said in result.stderr) == (2, True)


def test_json(run: Callable[..., Result]) -> None:
    """Each article is a line of JSON with the keys of a citation."""
    lines = [json.loads(line) for line in run("articles", "--json", "fire").stdout.splitlines()]
    assert lines == [
        {
            "article": "fire",
            "title": "Ferry fire",
            "source": "CNN",
            "author": "Ana Quist",
            "url": None,
            "published": None,
            "language": None,
            "path": "corpus/all.jsonl",
            "characters": 26,
            "also": [],
        }
    ]


def test_no_corpus(tmp_path: Path) -> None:
    """Without an index and without articles there is one sentence, exit code 2."""
    result = CliRunner().invoke(main, ["articles", "--corpus", str(tmp_path / "none")])
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def test_words_of_the_shell() -> None:
    """A value with spaces that came as one argument is one value, words with a dash before them are left out."""
    assert filters_of(("title:ferry fire", "harbour", '-"no one"')) == Filters(
        titles=("ferry fire", "harbour"), without=("no one",)
    )


def test_order() -> None:
    """The newest first, of one day those with a time first, and what has no date last."""
    assert [info.id for info in newest_first(ALL)] == ["b:7", "a.txt", LONG.id]


@pytest.mark.parametrize("width", [1, 7, 20, 50, 80, 100, 160, 400])
def test_a_table_fits(width: int) -> None:
    """No line is wider than the terminal, also with wide letters and signs of control; the id is always there."""
    lines = list(table(ALL, COPIES, width=width, ellipsis="…"))
    assert len(lines) == 4
    assert max(map(cell_len, lines)) <= width
    assert not any(sign in "".join(lines) for sign in "\t\x1b\n")


def test_columns_of_a_table() -> None:
    """A narrow table has what matters most, a wide one has all; ids are cut at their beginning."""
    narrow = list(table(ALL, COPIES, width=54, ellipsis="…"))
    assert narrow[0].split() == ["id", "title", "published"]
    assert narrow[1].startswith("…а пароме.pdf  ")
    assert narrow[2].split() == ["a.txt", "The", "ferry", "2022-11-17"]
    wide = list(table([SHORT, NAMELESS], COPIES, width=160, ellipsis="…"))
    assert wide == [
        "id     title               source  published         language  characters  copies",
        "a.txt  The ferry           CNN     2022-11-17        en               912      +2",
        "b:7    Tab and␛[31mcolour          2022-11-17T10:00                     7",
    ]


def test_plain_rows() -> None:
    """Lines for programs hold every value whole, between tabs that no value has."""
    assert list(plain_rows([SHORT, NAMELESS], COPIES)) == [
        "a.txt\tThe ferry\tCNN\t\t2022-11-17\ten\t912\t+2",
        "b:7\tTab and␛[31mcolour\t\t\t2022-11-17T10:00\t\t7\t",
    ]


def test_nothing_heavy_is_imported() -> None:
    """The command's module loads no part of what reads, answers or builds."""
    program = "import sys; import qa_bot.faces.articles_command; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"numpy", "torch", "onnxruntime", "lxml", "rich"} & set(done.stdout.split())
