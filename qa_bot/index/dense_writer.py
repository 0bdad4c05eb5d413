"""The FAISS index of a generation: exact while that is fast, then an inverted file, chosen by how many rows there are.

An archive of up to `EXACT_ROWS` rows is searched exhaustively. A larger one is parted into clusters (an inverted file
over product-quantised vectors; Jegou, Douze and Schmid 2011; Andre, Kermarrec and Le Scouarnec 2017), of which as many
are searched as are needed for the recall below, measured with questions made of the archive's own passages.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from qa_bot.index.dense import DEAD_FILE, PASSAGES_FILE, DenseIndex
from qa_bot.index.vectors import VectorStore
from qa_bot.types import Rows, Vectors

# Exhaustive search takes 1.5 ms for 20,000 rows and 15 ms for 100,000, on one core: see docs/benchmarks.md.
EXACT_ROWS = 20_000
# The vectors of a question to each of the passages in those rows, shape `(len(rows), dimension)`.
Ask = Callable[[Rows], Vectors]

# The share of the ten passages nearest to a question that a search must find.
LEAST_RECALL = 0.98
# As many clusters are searched as find so much: real questions find up to .015 less than those it is measured with.
_WANTED_RECALL = 0.99
# From this share of all clusters on the least will do: what is missing then is not in other clusters (docs/log.md).
_MANY = 0.25
_NEAREST = 10
# Passages that are asked about, to measure recall, and how many rows a question asks for.
_SAMPLE, _ASKED_FOR = 200, 50
# Clusters: four times the square root of the rows, a rule of FAISS's guidelines, each learnt from this many vectors.
_CLUSTERS_PER_ROOT, _TAUGHT_BY = 4, 40
_FIRST_PROBES = 8
# 96 quarter-byte codes of four numbers each; scores are only to propose candidates.
_CODES = "PQ96x4fs"
# An inverted file is learnt anew when the archive has grown by this since.
_GROWN = 2
# Its recall is measured anew when it has changed by this since: a row more changes it by a millionth, and a measurement
# over a million rows takes longer than all else that an added article needs.
_MEASURED_FOR = 1.02
# Rows taken into memory at a time: 13 MB of vectors, and 40 MB of cosines and rows where recall is measured.
_BLOCK = 8_192
# Handed over to the file at a time: large enough that Python's part in it is not felt.
_WRITE_BYTES = 1 << 20
_SEED = 0
_NO_ROWS = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class DenseFacts:
    """What was written: the kind of FAISS index, and the recall at ten of its search against exhaustive search.

    `measured` is how many rows had been added or taken away, since there were none, when the recall was measured.
    """

    kind: str
    recall: float
    measured: int


@dataclass(frozen=True, slots=True)
class Written:
    """The FAISS index of a generation before: its folder, and what was measured of it."""

    folder: Path
    recall: float
    measured: int


def write_dense(folder: Path, dead: Rows, *, previous: Written | None, ask: Ask) -> DenseFacts:
    """The FAISS index of all blocks in `folder` is beside them, the one of `previous` taken further if it can be.

    Recall is measured with questions from `ask`. With the passages themselves, which lie in the midst of their
    neighbours, it would be .99 where real questions find .71 (docs/benchmarks.md). Raises OSError where it cannot be
    written.
    """
    np.save(folder / DEAD_FILE, dead)
    vectors = VectorStore.open(folder)
    if vectors.rows <= EXACT_ROWS:
        return _write_exact(folder, vectors)
    changes = vectors.rows + len(dead)
    taken = _taken_further(vectors, previous) if previous else None
    index = taken or _learnt(vectors)
    if previous and taken and changes <= _MEASURED_FOR * previous.measured:
        recall, measured = previous.recall, previous.measured
    else:
        recall, measured = _tune(index, vectors, dead, ask), changes
    if recall < LEAST_RECALL:
        return _write_exact(folder, vectors)
    _write(index, folder / PASSAGES_FILE)
    return DenseFacts(f"IVF{index.nlist},{_CODES}, {index.nprobe} probes", recall, measured)


def _write_exact(folder: Path, vectors: VectorStore) -> DenseFacts:
    index = faiss.IndexFlatIP(vectors.dimension)
    _add(index, vectors, first=0)
    _write(index, folder / PASSAGES_FILE)
    return DenseFacts("Flat", 1.0, vectors.rows)


def _taken_further(vectors: VectorStore, previous: Written) -> Any:
    """The inverted file from before with the rows that are new; None where it has to be learnt anew."""
    index = faiss.read_index(str(previous.folder / PASSAGES_FILE))
    learnt_from = getattr(index, "nlist", 0) / _CLUSTERS_PER_ROOT
    if vectors.rows > _GROWN * learnt_from**2:
        return None
    _add(index, vectors, first=index.ntotal)
    return index


def _learnt(vectors: VectorStore) -> Any:
    clusters = round(_CLUSTERS_PER_ROOT * vectors.rows**0.5)
    index: Any = faiss.index_factory(vectors.dimension, f"IVF{clusters},{_CODES}", faiss.METRIC_INNER_PRODUCT)
    index.cp.seed = _SEED
    index.cp.min_points_per_centroid = 1
    sample = np.random.default_rng(_SEED).permutation(vectors.rows)[: clusters * _TAUGHT_BY]
    index.train(vectors.passage_vectors(np.sort(sample)))
    _add(index, vectors, first=0)
    return index


def _tune(index: Any, vectors: VectorStore, dead: Rows, ask: Ask) -> float:
    """The recall of the index, with as few probes as reach `_WANTED_RECALL`, or `_MANY` that reach `LEAST_RECALL`."""
    alive = np.setdiff1d(np.arange(vectors.rows), dead)
    questions = ask(np.random.default_rng(_SEED).choice(alive, min(_SAMPLE, len(alive)), replace=False))
    nearest = _exhaustive(questions, vectors, dead)
    index.nprobe = min(max(index.nprobe, _FIRST_PROBES), index.nlist)
    while True:
        search = DenseIndex(index, vectors, dead).search
        found = [search(question, _ASKED_FOR, exclude=_NO_ROWS).rows[:_NEAREST] for question in questions]
        recall = _recall(found, nearest)
        wanted = LEAST_RECALL if index.nprobe >= _MANY * index.nlist else _WANTED_RECALL
        if recall >= wanted or index.nprobe == index.nlist:
            return recall
        index.nprobe = min(index.nprobe + index.nprobe // 2, index.nlist)


def _exhaustive(questions: Vectors, vectors: VectorStore, dead: Rows) -> Rows:
    """The nearest rows to each question, shape `(len(questions), 10)`."""
    scores = np.empty((len(questions), 0), dtype=np.float32)
    rows = np.empty((len(questions), 0), dtype=np.int64)
    for block in _blocks(vectors, first=0):
        cosines = questions @ vectors.passage_vectors(block).T
        cosines[:, np.isin(block, dead)] = -np.inf
        scores = np.concatenate([scores, cosines], axis=1)
        rows = np.concatenate([rows, np.broadcast_to(block, cosines.shape)], axis=1)
        best = np.argpartition(-scores, _NEAREST - 1, axis=1)[:, :_NEAREST]
        scores, rows = np.take_along_axis(scores, best, axis=1), np.take_along_axis(rows, best, axis=1)
    return rows


def _recall(found: list[Rows], nearest: Rows) -> float:
    """The share of the nearest rows that were found."""
    shares = [len(set(got.tolist()) & set(best.tolist())) for got, best in zip(found, nearest, strict=True)]
    return float(np.mean(shares)) / _NEAREST


def _add(index: Any, vectors: VectorStore, *, first: int) -> None:
    for block in _blocks(vectors, first=first):
        index.add(vectors.passage_vectors(block))


def _blocks(vectors: VectorStore, *, first: int) -> Iterator[Rows]:
    for start in range(first, vectors.rows, _BLOCK):
        yield np.arange(start, min(start + _BLOCK, vectors.rows))


def _write(index: Any, path: Path) -> None:
    # Through Python's own file: FAISS passes over an error in closing its file, and so over a disk that is full.
    with path.open("wb") as file:
        try:
            faiss.write_index(index, faiss.PyCallbackIOWriter(file.write, _WRITE_BYTES))  # type: ignore[attr-defined]
        except RuntimeError as error:
            raise OSError(f"{path} cannot be written") from error
