"""Vectors: FAISS over passages, and the vectors of single sentences beside it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import faiss
import numpy as np
from numpy.typing import NDArray

from qa_bot.errors import IndexUnavailable
from qa_bot.index.search import Ranking
from qa_bot.types import Rows, Vectors

PASSAGES_FILE = "passages.faiss"
SENTENCES_FILE = "sentences.npy"
# Handed over to the file at a time: large enough that Python's part in it is not felt.
_WRITE_BYTES = 1 << 20


class DenseIndex:
    """Passages by the cosine of their vectors with the question's; exact."""

    def __init__(self, passages: faiss.Index, sentences: NDArray[np.float16]) -> None:
        self._passages = passages
        self._sentences = sentences

    @classmethod
    def open(cls, folder: Path) -> "DenseIndex":
        """The vectors in `folder`; raises IndexUnavailable where they cannot be read."""
        path = folder / PASSAGES_FILE
        try:
            passages = faiss.read_index(str(path))
            path = folder / SENTENCES_FILE
            sentences = np.load(path, mmap_mode="r")
        except (RuntimeError, OSError, ValueError, EOFError) as error:
            raise IndexUnavailable(
                f"The index is damaged ({path}): run `qa-bot index --rebuild`.", path=path
            ) from error
        return cls(passages, sentences)

    def search(self, question: Vectors, limit: int, *, exclude: Rows) -> Ranking:
        """The `limit` rows of greatest cosine with the question's vector, none of them in `exclude`."""
        available = self._passages.ntotal - len(exclude)
        if min(limit, available) <= 0:
            return Ranking(np.empty(0, np.int64), np.empty(0, np.float32))
        selector = faiss.IDSelectorNot(faiss.IDSelectorBatch(exclude))
        parameters = faiss.SearchParameters(sel=selector) if len(exclude) else None  # type: ignore[call-arg]
        # One more than asked for shows whether the limit falls among equals: of those FAISS keeps any, we the first.
        found, numbers = self._passages.search(question[np.newaxis], min(limit + 1, available), params=parameters)
        scores, rows = found[0], numbers[0]
        if len(rows) > limit and scores[limit] == scores[limit - 1]:
            below = float(np.nextafter(scores[limit], np.float32(-np.inf)))
            _, scores, rows = self._passages.range_search(question[np.newaxis], below, params=parameters)
        order = np.lexsort((rows, -scores))[:limit]
        return Ranking(rows[order], scores[order])

    def scores(self, question: Vectors, rows: Rows) -> NDArray[np.float32]:
        """The cosine of the question and each of the rows."""
        if not len(rows):
            return np.empty(0, np.float32)
        cosines: NDArray[np.float32] = self.passage_vectors(rows) @ question
        return cosines

    def sentence_scores(self, question: Vectors, first: int, count: int) -> NDArray[np.float32]:
        """The cosine of the question and each of `count` sentences from number `first` on."""
        cosines: NDArray[np.float32] = self._sentences[first : first + count].astype(np.float32) @ question
        return cosines

    def passage_vectors(self, rows: Rows | Sequence[int]) -> Vectors:
        """The vectors of the passages in those rows, shape `(len(rows), dimension)`."""
        vectors: Vectors = self._passages.reconstruct_batch(np.asarray(rows, dtype=np.int64))
        return vectors

    def sentence_vectors(self, first: int, count: int) -> Vectors:
        """The vectors of `count` sentences from number `first` on, shape `(count, dimension)`."""
        return self._sentences[first : first + count].astype(np.float32)


class DenseWriter:
    """Writes the vectors of a generation that is being built, in the order of rows."""

    def __init__(self, folder: Path, *, dimension: int, sentences: int) -> None:
        self._path = folder / PASSAGES_FILE
        self._passages = faiss.IndexFlatIP(dimension)
        # Half precision: a cosine moves by less than .0005, and sentences outnumber passages by five to one.
        # Written as a stream, not through a memory map, which would crash the process where the disk is full.
        self._sentences = (folder / SENTENCES_FILE).open("wb")
        header = {"descr": "<f2", "fortran_order": False, "shape": (sentences, dimension)}
        np.lib.format.write_array_header_1_0(self._sentences, header)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sentences.close()

    def add(self, passages: Vectors, sentences: Vectors) -> None:
        """The next passages' vectors and those of all their sentences are in."""
        self._passages.add(np.ascontiguousarray(passages))
        self._sentences.write(sentences.astype("<f2").tobytes())

    def finish(self) -> None:
        """The passages' vectors are on disk; raises OSError where they cannot be written."""
        # Through Python's own file: FAISS passes over an error in closing its file, and so over a disk that is full.
        with self._path.open("wb") as file:
            try:
                writer = faiss.PyCallbackIOWriter(file.write, _WRITE_BYTES)  # type: ignore[attr-defined]
                faiss.write_index(self._passages, writer)
            except RuntimeError as error:
                raise OSError(f"{self._path} cannot be written") from error
