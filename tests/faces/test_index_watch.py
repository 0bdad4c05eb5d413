import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from test_building import REPORT

from qa_bot.errors import CorpusError, IndexUnavailable
from qa_bot.faces import building, watching
from qa_bot.faces.cli import main
from qa_bot.indexing import BuildReport
from qa_bot.types import Skipped

Outcome = BuildReport | Exception | type[BaseException]
QUIET = replace(REPORT, added=0, changed=0)
BROKEN = Skipped("corpus/a\x1b.pdf", "It is damaged.")


@pytest.fixture(autouse=True)
def _default_signals() -> Iterator[None]:
    """What SIGTERM does is as before."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """The folder that is watched."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    return folder


@pytest.fixture
def watched(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Sequence[Outcome]], Result]:
    """`index --watch` where the first build and each update end so; a file is written during each of them."""

    def run(outcomes: Sequence[Outcome]) -> Result:
        left = iter(enumerate(outcomes))

        def update_index(*_: object, **__: object) -> BuildReport:
            number, outcome = next(left)
            (corpus / f"{number}.txt").write_text("x")
            if isinstance(outcome, BuildReport):
                return outcome
            if outcome is SystemExit:
                os.kill(os.getpid(), signal.SIGTERM)
            raise outcome

        monkeypatch.setattr(building, "update_index", update_index)
        monkeypatch.setattr(watching, "update_index", update_index)
        return CliRunner().invoke(main, ["index", "--watch", "--corpus", str(corpus)])

    return run


def test_one_line_for_each_update(watched: Callable[[Sequence[Outcome]], Result], corpus: Path) -> None:
    """Each change is a line with its time; no change is none, a broken file is named once, Ctrl-C ends with 0."""
    several = replace(REPORT, added=1200, changed=0, renamed=1, removed=2, named=("a\x1b.txt", "b.txt", "c.txt"))
    result = watched(
        [
            REPORT,
            QUIET,
            replace(QUIET, skipped=(BROKEN,)),
            replace(QUIET, changed=1, named=("mill.txt",), skipped=(BROKEN,)),
            several,
            KeyboardInterrupt,
        ]
    )

    first, *updates = result.stdout.splitlines()
    assert first == building.summary(REPORT)
    assert [line.partition(" ")[2] for line in updates] == [
        "1 changed (mill.txt): 1,200 articles, generation 4, 3.2 s",
        "1,200 added, 1 renamed, 2 removed (a␛.txt, b.txt, c.txt, ...): 1,200 articles, generation 4, 3.2 s",
    ]
    assert result.stderr.splitlines() == [
        f"watching {corpus}; Ctrl-C ends it",
        "skipped corpus/a␛.pdf: It is damaged.",
        "stopped",
    ]
    assert result.exit_code == 0


def test_ended_by_sigterm(watched: Callable[[Sequence[Outcome]], Result]) -> None:
    """SIGTERM ends it as Ctrl-C does."""
    result = watched([REPORT, SystemExit])

    assert (result.stderr.splitlines()[-1], result.exit_code) == ("stopped", 0)


def test_trouble(watched: Callable[[Sequence[Outcome]], Result], corpus: Path) -> None:
    """A folder without an article is waited for, and an update that fails is one sentence, once."""
    empty = CorpusError("There is no article in corpus.", path=corpus)
    full = IndexUnavailable("The index cannot be written.", path=corpus)
    result = watched([empty, empty, full, full, replace(QUIET, added=1, named=("a.txt",)), KeyboardInterrupt])

    assert result.stderr.splitlines() == [
        f"watching {corpus}; Ctrl-C ends it",
        "There is no article in corpus.",
        "The index cannot be written.",
        "stopped",
    ]
    assert result.stdout.count("\n") == 1
    assert result.exit_code == 0


def test_what_cannot_be_begun(watched: Callable[[Sequence[Outcome]], Result], corpus: Path) -> None:
    """Where the first build cannot be made for another reason, or there is no folder, it is an error."""
    full = IndexUnavailable("The index cannot be written.", path=corpus)

    result = watched([full])
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", "qa-bot: The index cannot be written.\n")
    result = CliRunner().invoke(main, ["index", "--watch", "--corpus", "nowhere"])
    assert result.exit_code == 2
    assert result.stderr.startswith("qa-bot: There is no folder nowhere")
    result = CliRunner().invoke(main, ["index", "--watch", "--status"])
    assert (result.exit_code, "leave out --watch" in result.stderr) == (2, True)
