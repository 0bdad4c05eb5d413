"""The process in which documents are parsed: with a limit of memory and time, and no more than one reply for each.

It reads requests from standard input, a line of JSON and then the bytes, and writes a line of JSON for each.
"""

import json
import logging
import signal
import sys
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from qa_bot.corpus.formats import DOCUMENTS
from qa_bot.corpus.unreadable import Unreadable


class _Kept(logging.Handler):
    """Keeps what is logged, for the process that asked."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def main(*, most_memory: int) -> None:
    """Answers requests until standard input ends, with so many bytes of memory."""
    requests, replies = sys.stdin.buffer, sys.stdout
    sys.stdout = sys.stderr  # a library that prints does not disturb the replies
    with suppress(ValueError, OSError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory(most_memory)
    kept = _Kept()
    logger = logging.getLogger("qa_bot")
    logger.addHandler(kept)
    logger.propagate = False
    while header := requests.readline():
        request = json.loads(header)
        content = requests.read(request["size"])
        _limit_time(request["seconds"])
        reply = _reply(request, content)
        _limit_time(0)
        replies.write(json.dumps({**reply, "log": kept.lines}) + "\n")
        replies.flush()
        kept.lines = []


def _reply(request: dict[str, Any], content: bytes) -> dict[str, Any]:
    """The article, or why there is none."""
    try:
        return {"article": asdict(DOCUMENTS[request["kind"]](content, request["id"], request["path"]))}
    except Unreadable as error:
        return {"unreadable": str(error)}
    except MemoryError:
        return {"unreadable": "Reading it takes more memory than a document may."}
    except RecursionError:
        return {"unreadable": "It is too deeply nested to be read."}
    except Exception as error:  # noqa: BLE001 - whatever a library says of a broken file, the others are read
        return {"unreadable": f"It is damaged: its reader gave up ({type(error).__name__})."}


def _limit_memory(most: int) -> None:
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _limit_time(seconds: float) -> None:
    """The process ends after so many seconds of computing, also inside a library; 0 takes the limit away."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)
