import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qa_bot.faces.cli import main

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, small_model: None) -> Run:
    """Runs `qa-bot` over two articles of their own and two in one file."""
    del small_model
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "mill.txt").write_text("The mill\n\nIt burned down.", encoding="utf-8")
    (corpus / "milk.txt").write_text("Milk\n\nIt was dear.", encoding="utf-8")
    lines = [{"id": name, "title": name.title(), "text": f"Words of {name}."} for name in ("wire-1", "wire-2")]
    (corpus / "wire.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")

    def call(*arguments: str, stdin: str = "") -> Result:
        return CliRunner().invoke(main, arguments, input=stdin)

    call("index")
    return call


def _ids(run: Run) -> list[str]:
    return sorted(line.partition("\t")[0] for line in run("articles").stdout.splitlines())


def test_articles_are_taken_out(run: Run) -> None:
    """What is named is told and asked for, kept aside, gone from the index, and can be added again."""
    result = run("remove", "mill", "wire-2", stdin="y\n")
    assert result.exit_code == 0, result.output
    assert result.stderr.startswith("mill.txt: The mill\nwire-2: Wire-2, one line of wire.jsonl\nRemove these? [y/N]: ")
    assert result.stdout.splitlines()[:2] == [
        "removed mill.txt, kept as state/removed/mill.txt",
        "removed wire-2, kept as state/removed/wire.jsonl",
    ]
    assert "(0 added, 0 changed, 2 removed, 2 unchanged)" in result.stdout
    assert _ids(run) == ["milk.txt", "wire-1"]
    run("add", "state/removed")
    assert _ids(run) == ["milk.txt", "removed/mill.txt", "wire-1", "wire-2"]


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_nothing_is_removed_unless_agreed(run: Run, answer: str) -> None:
    """No, nothing and the end of the input leave everything as it is, exit code 1."""
    result = run("remove", "mill.txt", stdin=answer)
    assert (result.exit_code, result.stdout) == (1, "")
    assert len(_ids(run)) == 4


def test_without_asking(run: Run) -> None:
    """With --yes only whole names count; a file takes all its articles along; with --no-index the index stays."""
    refused = run("remove", "--yes", "wire-1", "mil")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "There is no article called 'mil': did you mean mil" in refused.stderr
    result = run("remove", "--yes", "--no-index", "corpus/wire.jsonl")
    assert (result.exit_code, result.stderr) == (0, "wire.jsonl with 2 articles\n")
    assert len(_ids(run)) == 4
    run("index")
    assert _ids(run) == ["milk.txt", "mill.txt"]


def test_what_failed_half_way(run: Run, tmp_path: Path) -> None:
    """Where one cannot be taken out, the index knows of those before it; exit code 2 with the reason."""
    (tmp_path / "corpus/milk.txt").unlink()
    result = run("remove", "--yes", "mill.txt", "milk.txt")
    assert result.exit_code == 2
    assert "There is no file" in result.stderr
    assert _ids(run) == ["wire-1", "wire-2"]


def test_a_file_that_is_no_article(run: Run, tmp_path: Path) -> None:
    """A file that could not be read is known by its name."""
    (tmp_path / "corpus/broken.pdf").write_bytes(b"%PDF-")
    result = run("remove", "--yes", "broken.pdf")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (
        0,
        "removed broken.pdf, kept as state/removed/broken.pdf",
    )


def test_the_last_article(run: Run) -> None:
    """An index of which nothing is left does not go on quoting."""
    result = run("remove", "--yes", "mill.txt", "milk.txt", "wire.jsonl")
    assert result.stdout.splitlines()[-1] == "No article is left: the index answers nothing until there is one."
    asked = run("ask", "What burned down?")
    assert (asked.exit_code, asked.stdout) == (2, "")
    assert "There is no article in corpus" in asked.stderr


@pytest.mark.parametrize(
    ("arguments", "said"), [((), "Missing argument"), (("moon",), "There is no article called 'moon'")]
)
def test_errors(run: Run, arguments: tuple[str, ...], said: str) -> None:
    """No name, and one that nothing has, are errors."""
    result = run("remove", *arguments)
    assert (result.exit_code, said in result.stderr) == (2, True)
