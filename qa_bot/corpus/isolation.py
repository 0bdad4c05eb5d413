"""Documents parsed in a process of its own, so that one that breaks its parser breaks nothing else."""

import json
import logging
import signal
import subprocess
import sys
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from qa_bot.corpus.unreadable import Unreadable
from qa_bot.types import Article

logger = logging.getLogger(__name__)

MOST_SECONDS = 10.0
MOST_MEMORY = 1024**3

_PROGRAM = (
    "import json, sys; sys.path, memory = json.loads(sys.argv[1]);"
    " from qa_bot.corpus.worker import main; main(most_memory=memory)"
)


class Isolation:
    """The process, started with the first document, and anew after one that ended it.

    A document may take so many seconds of computing and, with the process, so many bytes of memory.
    """

    def __init__(self, *, most_seconds: float = MOST_SECONDS, most_memory: int = MOST_MEMORY) -> None:
        self._most_seconds = most_seconds
        self._most_memory = most_memory
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def parse(self, kind: str, content: bytes, article_id: str, path: str) -> Article:
        """The article of a document of that kind (an ending such as `.pdf`); raises `Unreadable`."""
        process = self._process = self._process or _start(self._most_memory)
        size, seconds = len(content), self._most_seconds
        request = {"kind": kind, "size": size, "id": article_id, "path": path, "seconds": seconds}
        line = b""
        if process.stdin and process.stdout:
            with suppress(BrokenPipeError):
                process.stdin.write(json.dumps(request).encode() + b"\n" + content)
                process.stdin.flush()
            line = process.stdout.readline()
        if not line.endswith(b"\n"):
            self.close()
            raise Unreadable(self._ending(process.returncode))
        return _article(json.loads(line))

    def _ending(self, code: int) -> str:
        """Why the process ended."""
        if code == -getattr(signal, "SIGPROF", 0):
            return f"Reading it takes longer than {self._most_seconds:.0f} s."
        return "It is damaged: its reader broke down."

    def close(self) -> None:
        """The process ended."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()
        try:
            process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _start(most_memory: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-P", "-c", _PROGRAM, json.dumps([sys.path, most_memory])]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603


def _article(reply: dict[str, Any]) -> Article:
    for line in reply["log"]:
        logger.warning("%s", line)
    if "unreadable" in reply:
        raise Unreadable(reply["unreadable"])
    return Article(**{**reply["article"], "pages": tuple(reply["article"]["pages"])})
