"""One process at a time changes what is kept of a corpus."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qa_bot.errors import CorpusError

_LOCK_FILE = ".changing.lock"


@contextmanager
def corpus_lock(corpus: Path) -> Iterator[None]:
    """The right to change files in the folder, given back by the operating system however its holder ends.

    Raises CorpusError where the folder cannot be written.
    """
    from filelock import FileLock  # noqa: PLC0415 (what only reads need not wait for asyncio)

    lock = FileLock(corpus / _LOCK_FILE)
    try:
        lock.acquire()
    except OSError as error:
        raise CorpusError(f"The folder {corpus} cannot be written: {error.strerror or error}.", path=corpus) from error
    try:
        yield
    finally:
        lock.release()
