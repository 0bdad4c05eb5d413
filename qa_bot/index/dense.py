"""The dense side of the search: FAISS proposes passages, their own vectors order them."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from qa_bot.errors import IndexUnavailable
from qa_bot.index.search import Ranking
from qa_bot.index.vectors import VectorStore
from qa_bot.types import Rows, Vectors

PASSAGES_FILE = "passages.faiss"
DEAD_FILE = "dead.npy"
# Candidates that an inverted file proposes for each row asked for: its own scores are rough, and are not used. Of a
# million passages 10 find .961 of the ten nearest to a question, 20 .977 and 30 .982, in 2.6, 2.9 and 3.4 ms.
_PROPOSED = 30
_NO_ROWS = np.empty(0, np.int64)


class DenseIndex:
    """Passages by the cosine of their vectors with the question's."""

    def __init__(self, passages: Any, vectors: VectorStore, dead: Rows) -> None:
        self._passages = passages
        self._vectors = vectors
        self._dead = dead
        self._exact = isinstance(passages, faiss.IndexFlat)

    @classmethod
    def open(cls, folder: Path) -> "DenseIndex":
        """The vectors in `folder`; raises IndexUnavailable where they cannot be read."""
        path = folder / PASSAGES_FILE
        try:
            # A flat index is mapped, not read: what a question does not touch costs nothing.
            passages = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
            path = folder / DEAD_FILE
            dead = np.load(path)
        except (RuntimeError, OSError, ValueError, EOFError) as error:
            raise IndexUnavailable(
                f"The index is damaged ({path}): run `qa-bot index --rebuild`.", path=path
            ) from error
        return cls(passages, VectorStore.open(folder), dead)

    def search(self, question: Vectors, limit: int, *, exclude: Rows, only: Rows | None = None) -> Ranking:
        """The `limit` rows of greatest cosine with the question's vector, none in `exclude`, all in `only` if given."""
        hidden = np.union1d(self._dead, exclude) if len(exclude) else self._dead
        if only is not None:
            only = np.setdiff1d(only, hidden)
        available = self._passages.ntotal - len(hidden) if only is None else len(only)
        if min(limit, available) <= 0:
            return Ranking(_NO_ROWS, np.empty(0, np.float32))
        if only is not None and (len(only) <= limit * _PROPOSED or not self._exact):
            rows, scores = only, self.scores(question, only)
            order = np.lexsort((rows, -scores))[:limit]
            return Ranking(rows[order], scores[order])
        selector = self._all_but_dead if only is None and not len(exclude) else self._selector(hidden, only)
        if self._exact:
            rows, scores = self._nearest(question, limit, available, selector)
        else:
            rows = self._proposed(question, limit * _PROPOSED, selector)
            scores = self.scores(question, rows)
        order = np.lexsort((rows, -scores))[:limit]
        return Ranking(rows[order], scores[order])

    def scores(self, question: Vectors, rows: Rows) -> NDArray[np.float32]:
        """The cosine of the question and each of the rows."""
        if not len(rows):
            return np.empty(0, np.float32)
        cosines: NDArray[np.float32] = self._vectors.passage_vectors(rows) @ question
        return cosines

    def sentence_scores(self, question: Vectors, first: int, count: int) -> NDArray[np.float32]:
        """The cosine of the question and each of `count` sentences from number `first` on."""
        cosines: NDArray[np.float32] = self._vectors.sentence_vectors(first, count) @ question
        return cosines

    @property
    def vectors(self) -> VectorStore:
        """The vectors themselves."""
        return self._vectors

    @property
    def rows(self) -> int:
        """How many rows FAISS has, dead ones among them."""
        return int(self._passages.ntotal)

    @property
    def dead(self) -> Rows:
        """The rows, ascending, of passages that are no more."""
        return self._dead

    def _nearest(
        self, question: Vectors, limit: int, available: int, selector: faiss.IDSelector | None
    ) -> tuple[Rows, NDArray[np.float32]]:
        parameters = faiss.SearchParameters(sel=selector) if selector else None  # type: ignore[call-arg]
        # One more than asked for shows whether the limit falls among equals: of those FAISS keeps any, we the first.
        with _one_thread():
            found, numbers = self._passages.search(question[np.newaxis], min(limit + 1, available), params=parameters)
            scores, rows = found[0], numbers[0]
            if len(rows) > limit and scores[limit] == scores[limit - 1]:
                below = float(np.nextafter(scores[limit], np.float32(-np.inf)))
                _, scores, rows = self._passages.range_search(question[np.newaxis], below, params=parameters)
        return rows, scores

    def _proposed(self, question: Vectors, limit: int, selector: faiss.IDSelector | None) -> Rows:
        wanted = {"sel": selector} if selector else {}
        parameters = faiss.SearchParametersIVF(nprobe=self._passages.nprobe, **wanted)  # type: ignore[call-arg]
        with _one_thread():
            _, numbers = self._passages.search(question[np.newaxis], limit, params=parameters)
        rows: Rows = numbers[0][numbers[0] >= 0]
        return rows

    def _selector(self, hidden: Rows, only: Rows | None) -> faiss.IDSelector:
        """All rows but the hidden ones, or only those given."""
        if only is None:
            bits = self._all_rows.copy()
            np.bitwise_and.at(bits, hidden // 8, np.invert(np.left_shift(1, hidden % 8).astype(np.uint8)))
        else:
            bits = np.zeros_like(self._all_rows)
            np.bitwise_or.at(bits, only // 8, np.left_shift(1, only % 8).astype(np.uint8))
        selector = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
        selector.bits = bits  # type: ignore[attr-defined]  # FAISS holds a pointer into it, not the array
        return selector

    @cached_property
    def _all_but_dead(self) -> faiss.IDSelector | None:
        return self._selector(self._dead, None) if len(self._dead) else None

    @cached_property
    def _all_rows(self) -> NDArray[np.uint8]:
        return np.full((self._passages.ntotal + 7) // 8, 255, dtype=np.uint8)


@contextmanager
def _one_thread() -> Iterator[None]:
    """FAISS searches on the thread that asks; a build that goes on with it has all threads again afterwards.

    Several threads over one question wait for each other with the processor held: beside other programs a search of
    10,000 rows took 20 ms in place of 1 (docs/benchmarks.md). OpenMP keeps the number for each thread by itself.
    """
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)
