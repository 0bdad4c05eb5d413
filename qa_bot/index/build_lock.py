"""The right to build an index, for one process at a time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from qa_bot.errors import IndexUnavailable

_LOCK_FILE = "build.lock"


@contextmanager
def build_lock(index_dir: Path, *, waiting: Callable[[], None]) -> Iterator[None]:
    """The right to build, for one process at a time; `waiting` is called once where another has it.

    The operating system gives the lock back when its holder ends, however it ends. Raises IndexUnavailable where the
    folder cannot be written.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 (a question, which only opens, need not wait for asyncio)

    try:
        index_dir.mkdir(parents=True, exist_ok=True)
        lock = FileLock(index_dir / _LOCK_FILE)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            waiting()
            lock.acquire()
    except OSError as error:
        raise IndexUnavailable(
            f"The index folder {index_dir} cannot be written ({error.strerror or error}):"
            " choose another with --index or QA_BOT_INDEX_DIR.",
            path=index_dir,
        ) from error
    try:
        yield
    finally:
        lock.release()
