"""The folder of articles watched: told when files in it that are read were written, renamed or removed."""

import stat
from collections.abc import Callable, Iterator
from enum import Enum, auto
from pathlib import Path
from threading import Event

from watchfiles import Change, watch

from qa_bot.corpus.formats import READ
from qa_bot.corpus.side_file import SIDE_FILE

# A file is taken to be written when nothing was written for so long, in milliseconds; programs that copy, download or
# save pause for less. Where something is always written, the rest does not wait for longer than the second number.
_SETTLED_MS, _MOST_MS = 300, 2_000
# How often it is looked whether the folder itself is still there, and the whole folder where signs cannot be had.
_TICK_MS, _POLL_MS = 1_000, 2_000


class Sign(Enum):
    """What is seen of the folder, at least every second."""

    QUIET = auto()
    CHANGED = auto()
    GONE = auto()


def signs(folder: Path, *, polling: bool, stop: Event, told: Callable[[str], None]) -> Iterator[Sign]:
    """What happens to the folder until `stop` is set; `CHANGED` once the watch is set, and then after each change.

    With `polling` files are looked at every two seconds, else the operating system tells; where it cannot, that is
    `told` in a sentence and files are looked at. A folder that is replaced by another is watched anew.
    """
    folder = folder.absolute()  # as watchfiles names what is in it
    while not stop.is_set():
        watched = _identity(folder)
        if watched is None:
            yield Sign.GONE
            stop.wait(_TICK_MS / 1000)
            continue
        try:
            for sign in _signs_of(folder, polling=polling, stop=stop):
                if _identity(folder) != watched:
                    break
                yield sign
        except FileNotFoundError:
            continue  # it went while it was being watched: the next look says so
        except (OSError, RuntimeError) as error:  # what watchfiles raises where the limits of inotify are reached
            if polling:
                raise
            polling = True
            told(
                f"The system gives no signs of changes in {folder} ({_reason(error)}): its files are looked at every"
                f" {_POLL_MS // 1000} s instead. QA_BOT_WATCH=polling asks for that; more signs can be had by raising"
                " fs.inotify.max_user_watches and max_user_instances."
            )


def _signs_of(folder: Path, *, polling: bool, stop: Event) -> Iterator[Sign]:
    """The signs of one folder; the first says that it is watched from now on."""
    first = True
    for changes in watch(
        folder,
        watch_filter=_filter(folder),
        debounce=_MOST_MS,
        step=_SETTLED_MS,
        stop_event=stop,
        rust_timeout=_TICK_MS,
        yield_on_timeout=True,
        force_polling=polling,
        poll_delay_ms=_POLL_MS,
        ignore_permission_denied=True,
    ):
        yield Sign.CHANGED if changes or first else Sign.QUIET
        first = False


def _filter(folder: Path) -> Callable[[Change, str], bool]:
    def concerns(change: Change, name: str) -> bool:
        return is_read(folder, Path(name), gone=change is Change.deleted)

    return concerns


def is_read(folder: Path, path: Path, *, gone: bool) -> bool:
    """Whether a change of that path in `folder` can change an article.

    Hidden files, as most programs make them while they write, cannot. What is `gone` may have been a folder.
    """
    inside = path.relative_to(folder) if path.is_relative_to(folder) else Path(path.name)
    if any(part.startswith(".") for part in inside.parts):
        return False
    return gone or inside.name.lower().endswith(READ) or inside.name == SIDE_FILE or _is_dir(path)


def _is_dir(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except OSError:
        return False


def _identity(folder: Path) -> tuple[int, int] | None:
    """What tells the folder from another of the same name; None where there is none."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None


def _reason(error: Exception) -> str:
    return str(error).partition(" about [")[0].rstrip(".")
