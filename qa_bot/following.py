"""An index that follows its folder of articles: brought up to date whenever files there change."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from time import monotonic

from qa_bot.corpus.watching import Sign, signs
from qa_bot.errors import QABotError
from qa_bot.indexing import BuildReport

# What failed for a reason outside of the folder (a full disk) is tried again.
_RETRY_SECONDS = 60.0


def follow(
    folder: Path,
    update: Callable[[], BuildReport],
    *,
    polling: bool,
    stop: Event,
    told: Callable[[str], None],
) -> Iterator[BuildReport]:
    """What each update did, until `stop` is set: one at the beginning, then one whenever something changed.

    Updates follow on each other; what changes during one is in the next. What goes wrong is `told` in one sentence,
    once for as long as it stays the same; the index stays as it was, and the folder is watched on.
    """
    gone = f"The folder {folder} is gone: the index stays as it is until it is back."
    trouble, failed_at = "", 0.0
    for sign in signs(folder, polling=polling, stop=stop, told=told):
        if sign is Sign.GONE:
            problem = gone
        elif sign is Sign.CHANGED or (failed_at and monotonic() - failed_at > _RETRY_SECONDS):
            problem, failed_at = "", 0.0
            if trouble == gone:
                told(f"The folder {folder} is back.")
            try:
                yield update()
            except QABotError as error:
                problem, failed_at = str(error), monotonic()
            except OSError as error:  # a file or folder that went while it was read
                problem, failed_at = f"The index could not be brought up to date ({error}).", monotonic()
        else:
            continue
        if problem and problem != trouble:
            told(problem)
        trouble = problem
