"""Vectors of passages and sentences on disk, in blocks that are never changed: generations share them."""

import os
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from qa_bot.errors import IndexUnavailable
from qa_bot.types import Rows, Vectors

VECTORS_FOLDER = "vectors"
_PASSAGES, _SENTENCES = "passages.npy", "sentences.npy"
# How many passages of a block that is being written are safely on disk.
_FINISHED = "finished"
# Passages in full precision, for their order is decided by them. Sentences in half: a cosine moves by less than .0005,
# and they outnumber passages by five to one.
_PASSAGE_TYPE, _SENTENCE_TYPE = np.dtype("<f4"), np.dtype("<f2")


class VectorStore:
    """The vectors of all rows, and those of all sentences by their number, read from memory-mapped blocks."""

    def __init__(self, passages: Sequence[NDArray[Any]], sentences: Sequence[NDArray[Any]]) -> None:
        self._passages = _Joined(passages)
        self._sentences = _Joined(sentences)

    @classmethod
    def open(cls, folder: Path) -> "VectorStore":
        """All blocks in the generation `folder`; raises IndexUnavailable where one cannot be read."""
        return cls.of(block_folders(folder))

    @classmethod
    def of(cls, blocks: Sequence[Path]) -> "VectorStore":
        """Those blocks, one after the other; raises IndexUnavailable where one cannot be read."""
        return cls([_read(block / _PASSAGES) for block in blocks], [_read(block / _SENTENCES) for block in blocks])

    @property
    def rows(self) -> int:
        """How many passages have a vector."""
        return self._passages.length

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return self._passages.width

    @property
    def sentences(self) -> int:
        """How many sentences have a vector."""
        return self._sentences.length

    def passage_vectors(self, rows: Rows | Sequence[int]) -> Vectors:
        """The vectors of the passages in those rows, shape `(len(rows), dimension)`."""
        return self._passages.take(np.asarray(rows, dtype=np.int64)).astype(np.float32, copy=False)

    def sentence_vectors(self, first: int, count: int) -> Vectors:
        """The vectors of `count` sentences from number `first` on, shape `(count, dimension)`."""
        return self._sentences.stretch(first, count).astype(np.float32)


class _Joined:
    """Arrays that follow each other, taken from as one."""

    def __init__(self, arrays: Sequence[NDArray[Any]]) -> None:
        self._arrays = arrays
        self._ends = np.cumsum([len(array) for array in arrays], dtype=np.int64)
        self._bounds = [0, *self._ends.tolist()]

    @property
    def length(self) -> int:
        """How many there are in all arrays together."""
        return int(self._ends[-1]) if len(self._ends) else 0

    @property
    def width(self) -> int:
        """The length of each, which all arrays agree on."""
        return int(self._arrays[0].shape[1])

    def take(self, numbers: Rows) -> NDArray[Any]:
        """Those numbers, in their order."""
        if len(self._arrays) == 1:
            taken: NDArray[Any] = self._arrays[0][numbers]
            return taken
        owners = np.searchsorted(self._ends, numbers, side="right")
        parts = np.empty((len(numbers), self.width), dtype=self._arrays[0].dtype)
        for owner in np.unique(owners):
            mine = owners == owner
            start = self._ends[owner] - len(self._arrays[owner])
            parts[mine] = self._arrays[owner][numbers[mine] - start]
        return parts

    def stretch(self, first: int, count: int) -> NDArray[Any]:
        """`count` of them from number `first` on."""
        owner = bisect_right(self._bounds, first) - 1
        if owner < len(self._arrays) and first + count <= self._bounds[owner + 1]:
            start = first - self._bounds[owner]
            return self._arrays[owner][start : start + count]
        return self.take(np.arange(first, first + count))


class BlockWriter:
    """Writes one block: the vectors of passages in the order of rows, and those of all their sentences."""

    def __init__(self, folder: Path, *, passages: int, sentences: int, dimension: int) -> None:
        self._folder = folder
        folder.mkdir(parents=True)
        # Streams, not memory maps, which would crash the process where the disk is full.
        self._passages = _stream(folder / _PASSAGES, _PASSAGE_TYPE, (passages, dimension))
        self._sentences = _stream(folder / _SENTENCES, _SENTENCE_TYPE, (sentences, dimension))
        self._written = 0
        self.keep()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._passages.close()
        self._sentences.close()

    def add(self, passages: Vectors, sentences: Vectors) -> None:
        """The next passages' vectors and those of all their sentences are in."""
        self.add_passages(passages)
        self.add_sentences(sentences)

    def add_passages(self, vectors: Vectors) -> None:
        """The next passages' vectors are in; those of their sentences are added by themselves."""
        self._passages.write(vectors.astype(_PASSAGE_TYPE).tobytes())
        self._written += len(vectors)

    def add_sentences(self, vectors: Vectors) -> None:
        """The next sentences' vectors are in."""
        self._sentences.write(vectors.astype(_SENTENCE_TYPE).tobytes())

    def keep(self) -> None:
        """What was added so far is there for `finished_block`, also if the process ends now."""
        for stream in (self._passages, self._sentences):
            stream.flush()
            os.fsync(stream.fileno())
        fresh = self._folder / f"{_FINISHED}.new"
        fresh.write_text(str(self._written), encoding="ascii")
        fresh.replace(self._folder / _FINISHED)

    def finish(self) -> None:
        """The block is whole."""
        (self._folder / _FINISHED).unlink(missing_ok=True)


def block_folders(folder: Path) -> list[Path]:
    """The blocks of the generation in `folder`, in the order of their rows."""
    vectors = folder / VECTORS_FOLDER
    return sorted((path for path in vectors.iterdir() if path.name.isdecimal()), key=lambda path: int(path.name))


def finished_vectors(folder: Path) -> VectorStore:
    """What a build that was cut off had finished in `folder`: its whole blocks and the beginning of the last."""
    passages: list[NDArray[Any]] = []
    sentences: list[NDArray[Any]] = []
    if not (folder / VECTORS_FOLDER).exists():
        return VectorStore([], [])
    for block in block_folders(folder):
        mark = block / _FINISHED
        passages.append(_read_beginning(block / _PASSAGES))
        sentences.append(_read_beginning(block / _SENTENCES))
        if mark.exists():
            passages[-1] = passages[-1][: int(mark.read_text(encoding="ascii"))]
    return VectorStore(passages, sentences)


def _stream(path: Path, kind: np.dtype[Any], shape: tuple[int, int]) -> Any:
    file = path.open("wb")
    np.lib.format.write_array_header_1_0(file, {"descr": kind.str, "fortran_order": False, "shape": shape})
    return file


def _read(path: Path) -> NDArray[Any]:
    try:
        array: NDArray[Any] = np.load(path, mmap_mode="r").view(np.ndarray)
    except (OSError, ValueError, EOFError) as error:
        raise IndexUnavailable(f"The index is damaged ({path}): run `qa-bot index --rebuild`.", path=path) from error
    return array


def _read_beginning(path: Path) -> NDArray[Any]:
    """As many rows of an array as its file holds, which may be fewer than its header says."""
    with path.open("rb") as file:
        np.lib.format.read_magic(file)
        (_, dimension), _, kind = np.lib.format.read_array_header_1_0(file)
        start = file.tell()
    rows = (path.stat().st_size - start) // (kind.itemsize * dimension)
    if not rows:
        return np.empty((0, dimension), dtype=kind)
    return np.memmap(path, dtype=kind, mode="r", offset=start, shape=(rows, dimension)).view(np.ndarray)
