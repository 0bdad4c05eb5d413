"""Models kept in memory from one generation to the next."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from qa_bot.models.encoder import MODEL_FILE as ENCODER_FILE
from qa_bot.models.encoder import OnnxEncoder
from qa_bot.models.span_model import MODEL_FILE as READER_FILE
from qa_bot.models.span_model import SpanModel

T = TypeVar("T")


class Kept(Generic[T]):
    """What `load` gave last, for as long as it is asked for a folder whose `file` is the same one.

    Generations share the files of a model by hard links, so a new one seldom has another. Safe to share between
    threads.
    """

    def __init__(self, load: Callable[[Path], T], file: str) -> None:
        self._load = load
        self._file = file
        self._lock = Lock()
        self._kept: tuple[tuple[int, ...], T] | None = None

    def load(self, folder: Path) -> T:
        """What `folder` holds; raises what `load` raises."""
        with self._lock:
            mark = _mark(folder / self._file)
            if self._kept is None or not mark or self._kept[0] != mark:
                self._kept = mark, self._load(folder)
            return self._kept[1]


KeptEncoder = Kept[OnnxEncoder]


def keep_encoder() -> KeptEncoder:
    """The encoder, loaded when it is first asked for."""
    return Kept(OnnxEncoder.load, ENCODER_FILE)


@dataclass(frozen=True, slots=True)
class KeptModels:
    """Both models that a question needs, each loaded when it is first asked for."""

    encoder: KeptEncoder = field(default_factory=keep_encoder)
    reader: Kept[SpanModel] = field(default_factory=lambda: Kept(SpanModel.load, READER_FILE))


def _mark(file: Path) -> tuple[int, ...]:
    """What tells one file from all others; nothing where there is none."""
    try:
        status = file.stat()
    except OSError:
        return ()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
