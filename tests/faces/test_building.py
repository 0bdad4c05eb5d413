import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from doubles import FakePipeline
from manifest_double import MANIFEST
from rich.console import Console
from rich.text import Text

from qa_bot.errors import CorpusError, IndexMissing
from qa_bot.faces import building
from qa_bot.faces.building import description, summary
from qa_bot.faces.cli import main
from qa_bot.faces.stage_bar import StageBar
from qa_bot.index.manifest import FORMAT
from qa_bot.indexing import BuildReport
from qa_bot.pipeline import Pipeline
from qa_bot.settings import read_settings
from qa_bot.types import Skipped

REPORT = BuildReport(
    generation=4,
    articles=1200,
    passages=3400,
    added=2,
    changed=1,
    removed=0,
    unchanged=1197,
    skipped=(),
    notes=(),
    seconds=3.21,
)
WITH_SKIPPED = replace(REPORT, skipped=(Skipped("corpus/a\x1b.txt", "It is\nempty."),), notes=("int8 was refused.",))


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What builds were asked for; each reports a skipped file."""
    asked: list[dict[str, Any]] = []

    def update_index(corpus: Path, index: Path, **options: Any) -> BuildReport:
        options.pop("progress")("reading", 1, None)
        asked.append({"corpus": corpus, "index": index, **options})
        return WITH_SKIPPED

    monkeypatch.setattr(building, "update_index", update_index)
    return asked


def test_summary() -> None:
    """A build is told in one line."""
    assert summary(REPORT) == (
        "1,200 articles in 3,400 passages (2 added, 1 changed, 0 removed, 1,197 unchanged), generation 4, 3.2 s"
    )
    assert "unchanged, 1 skipped), generation" in summary(WITH_SKIPPED)


def test_index_command(built: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    """`index` builds as the settings say, sums up on standard output, and names what was skipped on standard error."""
    monkeypatch.setenv("QA_BOT_EMBEDDING_PRECISION", "fp32")

    result = CliRunner().invoke(main, ["index", "--corpus", "c", "--rebuild"])

    assert built == [
        {
            "corpus": Path("c"),
            "index": Path("index"),
            "embedding_model": "all-MiniLM-L6-v2",
            "precision": "fp32",
            "rebuild": True,
        }
    ]
    assert result.stdout == summary(WITH_SKIPPED) + "\n"
    assert result.stderr == "skipped corpus/a␛.txt: It is empty.\nnote: int8 was refused.\n"
    assert result.exit_code == 1


def test_index_command_with_nothing_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """With every file read the exit code is 0."""
    monkeypatch.setattr(building, "update_index", lambda *_, **__: REPORT)

    assert CliRunner().invoke(main, ["index"]).exit_code == 0


def test_index_command_without_a_corpus() -> None:
    """Without a corpus there is one sentence and exit code 2."""
    result = CliRunner().invoke(main, ["index", "--corpus", "nowhere"])

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("qa-bot: There is no folder nowhere")
    assert result.stderr.count("\n") == 1


def test_first_question_builds_the_index(built: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    """With no index the first question builds one, tells of it on standard error alone, and is answered."""

    def open_index(path: Path, *, min_support: float | None, models: object) -> FakePipeline:
        if not built:
            raise IndexMissing("There is no index.", path=path)
        assert (min_support, models) == (None, None)
        return FakePipeline()

    monkeypatch.setattr(Pipeline, "open", open_index)
    result = CliRunner().invoke(main, ["ask", "built?"])

    assert result.exit_code == 0
    assert result.stdout.startswith("\n  The harbour was built")
    assert result.stderr.startswith("skipped corpus/a␛.txt")
    assert result.stderr.endswith(summary(WITH_SKIPPED) + "\n")


def test_broken_corpus_is_told_when_the_first_question_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with the corpus ends a first question with that sentence."""

    def update_index(corpus: Path, *_: Any, **__: Any) -> BuildReport:
        raise CorpusError("There is no article in corpus.", path=corpus)

    monkeypatch.setattr(building, "update_index", update_index)
    result = CliRunner().invoke(main, ["ask", "built?"])

    assert (result.exit_code, result.stderr) == (2, "qa-bot: There is no article in corpus.\n")


def test_status(monkeypatch: pytest.MonkeyPatch) -> None:
    """`index --status` tells the facts of the manifest, one a line."""
    manifest = replace(
        MANIFEST,
        generation=4,
        corpus="my\x1bcorpus",
        passages=3400,
        sentences=1,
        model="m",
        support={"trained on": "1,000 questions"},
        files={"a": 1_500_000, "b": 100_000},
    )
    monkeypatch.setattr("qa_bot.index.generation.read_manifest", lambda _: manifest)

    result = CliRunner().invoke(main, ["index", "--status"])

    assert result.stdout == description(manifest) + "\n"
    facts = dict(line.split("  ", 1) for line in result.stdout.splitlines())
    assert {name: value.strip() for name, value in facts.items() if name != "generation"} == {
        "corpus": "my␛corpus",
        "articles": "1,200",
        "passages": "3,400, of 1 sentence",
        "model": "m, int8, 384 dimensions, 256 tokens",
        "dense search": "Flat, recall at ten 1.000",
        "fidelity": "cosine 0.9900 with the original model",
        "size": "1.6 MB",
        "format": str(FORMAT),
        "support trained on": "1,000 questions",
    }


def test_status_without_an_index() -> None:
    """With no index `--status` says so, builds nothing, and ends with 2."""
    result = CliRunner().invoke(main, ["index", "--status"])

    assert result.exit_code == 2
    assert "qa-bot index" in result.stderr
    assert not read_settings().index_dir.exists()


def test_stage_bar_on_a_terminal() -> None:
    """Each stage has its bar with how much is done, of how much where that is known and not yet reached."""
    console = Console(file=io.StringIO(), force_terminal=True, width=100)

    with StageBar(console) as bar:
        bar.show("reading", 3, None)
        bar.show("exporting", 0, None)
        bar.show("embedding", 1, 2000)
        bar.show("embedding", 1500, 2000)

    assert isinstance(console.file, io.StringIO)
    last = Text.from_ansi(console.file.getvalue()).plain.split("reading")[-1]
    reading, exporting, embedding = last.splitlines()[:3]
    assert reading.split()[1:2] == ["3"]
    assert exporting.split()[0] == "exporting"
    assert "1,500/2,000" in embedding


def test_stage_bar_piped() -> None:
    """Where nobody watches there is no bar."""
    console = Console(file=io.StringIO())

    with StageBar(console) as bar:
        bar.show("reading", 3, None)

    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == ""
