import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from qa_bot.faces import build_process
from qa_bot.faces.build_process import BuildFailed, BuildProcess
from qa_bot.index.build_lock import build_lock

MOON = "Moon base opens\n\nThe first hotel on the Moon opened on 3 May 2031. Its owner is Ada Bright."


@pytest.fixture(autouse=True)
def _any_build_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is."""
    monkeypatch.setattr(build_process, "_SHORT_SECONDS", 600.0)


@pytest.fixture
def builds(corpus: Path, index: Path) -> Iterator[BuildProcess]:
    """The process that builds it."""
    with BuildProcess(corpus, index, embedding_model="all-MiniLM-L6-v2", precision="int8") as process:
        yield process


def _number(builds: BuildProcess) -> int:
    """The number of the process."""
    assert builds._process is not None
    return builds._process.pid


def test_builds_one_after_the_other(builds: BuildProcess, corpus: Path) -> None:
    """Each build reports as it would here, what was skipped too, and all are of one process."""
    (corpus / "moon.txt").write_text(MOON, encoding="utf-8")
    report = builds.update()
    assert (report.generation, report.articles, report.added, report.named) == (2, 2, 1, ("moon.txt",))
    first = _number(builds)
    assert os.getpriority(os.PRIO_PROCESS, first) == os.getpriority(os.PRIO_PROCESS, 0)

    (corpus / "moon.txt").rename(corpus / "luna.txt")
    (corpus / "bad.txt").write_bytes(b"\x7fELF\x00\x01" * 50)
    report = builds.update()
    assert (report.renamed, [Path(one.path).name for one in report.skipped]) == (1, ["bad.txt"])
    assert _number(builds) == first


def test_a_long_build_stands_back(corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that takes long goes on in a lower priority, with all its threads; the next one has a new process."""
    monkeypatch.setattr(build_process, "_SHORT_SECONDS", 0.0)
    reports: list[int] = []
    with BuildProcess(corpus, index, embedding_model="all-MiniLM-L6-v2", precision="int8") as builds:
        thread = Thread(target=lambda: reports.append(builds.update().articles))
        with build_lock(index, waiting=lambda: None):
            thread.start()
            lowered: set[int] = set()
            for _ in range(200):
                time.sleep(0.05)
                if builds._process and lowered == {build_process._NICE}:
                    break
                lowered = _priorities(builds)
        thread.join(30)
        assert (lowered, reports, builds._process) == ({build_process._NICE}, [1], None)
        assert builds.update().unchanged == 1


def _priorities(builds: BuildProcess) -> set[int]:
    """Those of all threads of the process."""
    tasks = Path(f"/proc/{_number(builds)}/task")
    return {os.getpriority(os.PRIO_PROCESS, int(path.name)) for path in tasks.iterdir()}


def test_failures_are_sentences(builds: BuildProcess, corpus: Path) -> None:
    """What a build refuses is told as it would be here, and the process goes on."""
    corpus.rename(corpus.with_name("away"))
    with pytest.raises(BuildFailed, match=f"There is no folder {corpus}"):
        builds.update()
    first = _number(builds)
    corpus.with_name("away").rename(corpus)

    assert (builds.update().unchanged, _number(builds)) == (1, first)


def test_killed(builds: BuildProcess, corpus: Path) -> None:
    """A process that is killed is told, with its code, and the next build starts another."""
    builds.update()
    os.kill(_number(builds), signal.SIGKILL)
    with pytest.raises(BuildFailed, match=r"ended before it was done \(exit code -9\)"):
        builds.update()

    (corpus / "moon.txt").write_text(MOON, encoding="utf-8")
    assert builds.update().added == 1


def test_closed_while_it_builds(builds: BuildProcess, index: Path) -> None:
    """Closing does not wait for a build, which ends with a sentence, as every later one does."""
    failed: list[BuildFailed] = []

    def update() -> None:
        try:
            builds.update()
        except BuildFailed as error:
            failed.append(error)

    with build_lock(index, waiting=lambda: None):
        thread = Thread(target=update)
        thread.start()
        time.sleep(1)
        started = time.monotonic()
        builds.close()
        thread.join(5)
    assert time.monotonic() - started < 4
    assert (thread.is_alive(), len(failed)) == (False, 1)
    with pytest.raises(BuildFailed, match="the program ends"):
        builds.update()


def test_let_go_when_idle(builds: BuildProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process with nothing to build ends after a while, and the next build starts another."""
    monkeypatch.setattr(build_process, "_IDLE_SECONDS", 0.1)
    builds.update()
    for _ in range(100):
        if builds._process is None:
            break
        time.sleep(0.05)
    assert builds._process is None

    assert builds.update().unchanged == 1
