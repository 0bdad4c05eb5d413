"""Builds in a process of their own, so that answers do not wait for them."""

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock, Timer
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from qa_bot.errors import QABotError
from qa_bot.models.encoder import Precision
from qa_bot.types import Skipped

if TYPE_CHECKING:
    from qa_bot.indexing import BuildReport

_PROGRAM = (
    "import json, sys; sys.path, arguments = json.loads(sys.argv[1]);"
    " from qa_bot.faces.build_worker import main; main(**arguments)"
)
# A file or two are taken in before anybody would notice; a build that takes longer than that, in seconds, stands back
# where answers want the processor too: beside a thread that answers, each of its threads has a tenth of a core.
_SHORT_SECONDS, _NICE = 2.0, 10
# A process that has nothing to build is kept for so long: the next file of a batch comes soon, and 150 MB are not
# kept for one that comes tomorrow.
_IDLE_SECONDS = 300.0
_STOP_SECONDS = 1.0


class BuildFailed(QABotError):
    """The index could not be brought up to date; what was there before is unchanged."""


class BuildProcess:
    """The process, started with the first build, and anew after one that ended it.

    Safe to share between threads: builds follow on each other.
    """

    def __init__(self, corpus_dir: Path, index_dir: Path, *, embedding_model: str, precision: Precision) -> None:
        self._arguments = {
            "corpus": str(corpus_dir),
            "index": str(index_dir),
            "model": embedding_model,
            "precision": precision,
            "short": _SHORT_SECONDS,
            "nice": _NICE,
        }
        self._lock = Lock()
        self._process: subprocess.Popen[str] | None = None
        self._idle: Timer | None = None
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def update(self) -> "BuildReport":
        """What bringing the index up to date did; raises BuildFailed with the reason."""
        with self._lock:
            if self._idle:
                self._idle.cancel()
            reply = self._ask()
            if reply["last"]:
                self._end()
            self._idle = Timer(_IDLE_SECONDS, self._let_go)
            self._idle.daemon = True
            self._idle.start()
        if "error" in reply:
            raise BuildFailed(reply["error"])
        return _report(reply["report"])

    def close(self) -> None:
        """The process is ended, in the middle of a build too: the next one goes on with what that had finished."""
        self._closed = True
        if self._idle:
            self._idle.cancel()
        self._end()

    def _ask(self) -> dict[str, Any]:
        """The reply of the process; raises BuildFailed where there is none."""
        if self._closed:
            raise BuildFailed("The index is not brought up to date any more: the program ends.")
        process = self._process = self._process or _start(self._arguments)
        line = ""
        if process.stdin and process.stdout:
            with suppress(OSError, ValueError):  # it ended, or is being closed
                process.stdin.write("\n")
                process.stdin.flush()
                line = process.stdout.readline()
        if line.endswith("\n"):
            reply: dict[str, Any] = json.loads(line)
            return reply
        self._end()
        raise BuildFailed(
            f"The build was ended before it was done (exit code {process.returncode}): the index before answers."
        )

    def _let_go(self) -> None:
        if self._lock.acquire(blocking=False):
            try:
                self._end()
            finally:
                self._lock.release()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin:
            with suppress(OSError):
                process.stdin.close()
        try:
            process.wait(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            with suppress(OSError):
                process.stdout.close()


def _start(arguments: dict[str, Any]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-P", "-c", _PROGRAM, json.dumps([sys.path, arguments])]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")  # noqa: S603


def _report(fields: dict[str, Any]) -> "BuildReport":
    # What builds is far slower to import than what asks.
    from qa_bot.indexing import BuildReport  # noqa: PLC0415

    skipped = tuple(Skipped(**one) for one in fields["skipped"])
    return BuildReport(
        **{**fields, "skipped": skipped, "notes": tuple(fields["notes"]), "named": tuple(fields["named"])}
    )
