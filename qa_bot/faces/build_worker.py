"""The process that builds for a program that answers meanwhile.

It brings the index up to date for each line on standard input, and writes a line of JSON that says what that did.
"""

import json
import os
import signal
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from qa_bot.errors import QABotError
from qa_bot.indexing import update_index
from qa_bot.models.encoder import Precision
from qa_bot.models.kept import keep_encoder


def main(corpus_dir: str, index_dir: str, model: str, precision: Precision, nice: int) -> None:
    """Builds until standard input ends, in so much lower a priority."""
    replies = sys.stdout
    sys.stdout = sys.stderr  # a library that prints does not disturb the replies
    # Ctrl-C is for the program that answers; it ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(nice)
    kept = keep_encoder()
    while sys.stdin.readline():
        try:
            report = update_index(
                Path(corpus_dir),
                Path(index_dir),
                embedding_model=model,
                precision=precision,
                kept=kept,
                progress=_ignore,
            )
            reply: dict[str, Any] = {"report": asdict(report)}
        except QABotError as error:
            reply = {"error": str(error)}
        except OSError as error:
            reply = {"error": f"The index could not be brought up to date ({error}): the one before answers."}
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


def _ignore(_stage: str, _done: int, _total: int | None) -> None:
    pass
