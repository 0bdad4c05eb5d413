"""The process that builds for a program that answers meanwhile.

It brings the index up to date for each line on standard input, and writes a line of JSON that says what that did.
"""

import json
import os
import signal
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from qa_bot.errors import QABotError
from qa_bot.indexing import update_index
from qa_bot.models.encoder import Precision
from qa_bot.models.kept import keep_encoder

# The threads of a process on Linux, each of which has a priority of its own.
_THREADS = Path("/proc/self/task")


def main(*, corpus: str, index: str, model: str, precision: Precision, short: float, nice: int) -> None:
    """Builds until standard input ends; a build that takes more than `short` seconds goes on in the priority `nice`.

    A priority that was lowered cannot be raised again, so after such a build the process ends.
    """
    replies = sys.stdout
    sys.stdout = sys.stderr  # a library that prints does not disturb the replies
    # Ctrl-C is for the program that answers; it ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    kept, patience = keep_encoder(), _Patience(short, nice)
    while not patience.ended and sys.stdin.readline():
        patience.begin()
        try:
            report = update_index(
                Path(corpus),
                Path(index),
                embedding_model=model,
                precision=precision,
                kept=kept,
                progress=patience.progress,
            )
            reply: dict[str, Any] = {"report": asdict(report)}
        except QABotError as error:
            reply = {"error": str(error)}
        except OSError as error:
            reply = {"error": f"The index could not be brought up to date ({error}): the one before answers."}
        replies.write(json.dumps({**reply, "last": patience.ended}) + "\n")
        replies.flush()


class _Patience:
    """How long a build may have its share of the processor: after `short` seconds it stands back."""

    def __init__(self, short: float, nice: int) -> None:
        self._short = short
        self._nice = nice
        self._began = 0.0
        self.ended = False

    def begin(self) -> None:
        """A build begins."""
        self._began = time.monotonic()

    def progress(self, _stage: str, _done: int, _total: int | None) -> None:
        """The build goes on."""
        if time.monotonic() - self._began > self._short:
            self.ended = True
            _stand_back(self._nice)


def _stand_back(nice: int) -> None:
    """All threads of the process have that priority."""
    with suppress(OSError, AttributeError):  # a system that has no priorities
        threads = [int(path.name) for path in _THREADS.iterdir()] if _THREADS.exists() else [0]
        for thread in threads:
            os.setpriority(os.PRIO_PROCESS, thread, nice)
