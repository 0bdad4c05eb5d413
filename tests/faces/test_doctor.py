import io
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from doubles import FakePipeline
from manifest_double import MANIFEST
from rich.console import Console

from qa_bot.corpus.formats import READ
from qa_bot.corpus.reader import read_corpus
from qa_bot.errors import ModelUnavailable
from qa_bot.faces import doctor
from qa_bot.faces.doctor import PACKAGES, Check, examine, print_checks
from qa_bot.index import generation
from qa_bot.models import bundled, span_model
from qa_bot.pipeline import Pipeline
from qa_bot.settings import read_settings

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def checks(*, name: str) -> list[Check]:
    """The checks of that name."""
    return [check for check in examine(read_settings) if check.name == name]


def test_packages_are_those_that_are_required() -> None:
    """What is looked for is what the project requires."""
    required = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]

    assert tuple(line.partition(">")[0].partition("=")[0].partition("[")[0] for line in required) == PACKAGES


def test_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that is not installed is named with the command that installs it."""

    def version(name: str) -> str:
        if name == "faiss-cpu":
            raise PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr(doctor, "version", version)

    assert checks(name="packages")[0] == Check(
        "packages", "faiss-cpu is not installed: run `pip install faiss-cpu`.", broken=True
    )


@pytest.mark.parametrize("suffix", READ)
def test_suffixes_are_those_that_are_read(tmp_path: Path, suffix: str) -> None:
    """A file of each kind that is counted is one that the corpus takes up."""
    (tmp_path / f"a{suffix}").write_bytes(b"words\n")

    assert len(list(read_corpus(tmp_path))) == 1


def test_corpus_is_counted_by_kind() -> None:
    """The corpus is counted by kind of file, hidden files left out."""
    Path("corpus/sub").mkdir(parents=True)
    for name in ("a.txt", "B.TXT", "sub/c.jsonl.gz", "d.jsonl", "e.xls", ".hidden.txt"):
        Path("corpus", name).touch()

    assert checks(name="corpus") == [
        Check("corpus", "corpus: 2 .txt, 1 .jsonl, 1 .jsonl.gz; 1 of other kinds are passed over")
    ]


def test_corpus_missing_or_empty() -> None:
    """No folder, or one with no article, is broken, with what to do."""
    missing = checks(name="corpus")
    Path("corpus").mkdir()
    Path("corpus/a.xls").touch()

    assert missing == [Check("corpus", "There is no folder corpus: make it and put articles there.", broken=True)]
    assert checks(name="corpus")[0].found.startswith(
        "corpus has no article; 1 of other kinds are passed over: put .txt,"
    )


def test_index_missing() -> None:
    """No index is broken, with the command that builds one."""
    (check,) = checks(name="index")

    assert check.broken
    assert "`qa-bot index`" in check.found


def test_index_of_other_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that is not as the settings say is broken, with the command that mends it; a question still goes."""
    monkeypatch.setattr(generation, "read_manifest", lambda _: MANIFEST)
    monkeypatch.setattr(Pipeline, "open", lambda *_, **__: FakePipeline())
    agreeing = checks(name="index")
    monkeypatch.setenv("QA_BOT_EMBEDDING_PRECISION", "fp32")

    assert agreeing == [Check("index", "index: 1,200 articles, 1 passage, all-MiniLM-L6-v2 int8")]
    assert checks(name="index")[1] == Check(
        "index",
        "It was built with all-MiniLM-L6-v2 int8, but all-MiniLM-L6-v2 fp32 is set: run `qa-bot index`.",
        broken=True,
    )
    assert checks(name="question") == [
        Check("question", "went through in 43 ms; `qa-bot index --check` looks at every file")
    ]


def test_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default model is found and checked; one that is not as published is broken."""

    def spoilt(name: str) -> str:
        raise ModelUnavailable("The weights are not the original ones.", model=name)

    good = checks(name="model")
    monkeypatch.setattr(bundled, "find_model", spoilt)

    assert [(check.broken, check.found[:26]) for check in good] == [(False, "all-MiniLM-L6-v2, checked,")]
    assert checks(name="model") == [Check("model", "The weights are not the original ones.", broken=True)]


def test_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped reader is found and checked; one that is damaged is broken."""

    def damaged() -> Path:
        raise ModelUnavailable("The reader that comes with qa-bot cannot be used.", model="reader")

    good = checks(name="reader")
    monkeypatch.setattr(span_model, "shipped_reader", damaged)

    assert [(check.broken, check.found[:14], "checked, in" in check.found) for check in good] == [
        (False, "qa-bot-reader-", True)
    ]
    assert checks(name="reader") == [Check("reader", "The reader that comes with qa-bot cannot be used.", broken=True)]


def test_bad_setting_ends_the_examination(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a bad setting the rest cannot be looked at; the setting is named."""
    monkeypatch.setenv("QA_BOT_PASSAGES", "x")

    last = list(examine(read_settings))[-1]

    assert (last.name, last.broken) == ("settings", True)
    assert last.found.startswith("QA_BOT_PASSAGES is 'x', but it must be a whole number from 1 to 50.")


def test_unknown_setting_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt setting is named; its value, which may be a secret, is not."""
    monkeypatch.setenv("QA_BOT_TOKN", "hush")
    Path(".env").write_text("QA_BOT_PASAGES=hush\nOTHER=1\n")

    found = checks(name="settings")

    assert [(check.broken, check.found.split()[0]) for check in found] == [
        (False, "from"),
        (True, "QA_BOT_PASAGES"),
        (True, "QA_BOT_TOKN"),
    ]
    assert "hush" not in "".join(check.found for check in examine(read_settings))


def test_state_folder() -> None:
    """A state folder that can be made is fine and is not made; one inside a file is broken."""
    fine = checks(name="state")
    Path("state").touch()

    assert fine == [Check("state", "state can be written")]
    assert checks(name="state")[0].broken


@pytest.mark.parametrize(("broken", "code"), [(False, 0), (True, 1)])
def test_printed(*, broken: bool, code: int) -> None:
    """Each check is a line with its state; the exit code says whether something is broken."""

    def found() -> Iterator[Check]:
        yield Check("python", "3.11")
        yield Check("index", "gone\x1b", broken=broken)

    console = Console(file=io.StringIO(), markup=False, highlight=False)

    assert print_checks(console, found()) == code
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == (f"ok      python    3.11\n{'BROKEN' if broken else 'ok    '}  index     gone␛\n")
