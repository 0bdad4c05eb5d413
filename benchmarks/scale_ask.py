"""An open index asked and searched by `scale.py`, in a process that does nothing else."""

import os
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
from processes import memory

from qa_bot.evaluation.speed import open_without_reader
from qa_bot.index.generation import ENCODER_FOLDER, open_index
from qa_bot.index.vectors import VectorStore
from qa_bot.models.encoder import OnnxEncoder
from qa_bot.pipeline import Pipeline
from qa_bot.types import Rows, Vectors

_WARM_UP = 5
_NEAREST = 10
# As many as the product asks for.
_CANDIDATES = 50
_BLOCK = 65_536


def answering(index_dir: Path, questions: Sequence[str], *, read: bool) -> dict[str, Any]:
    """Milliseconds of the questions, asked one after the other, questions a second, and the memory of the process."""
    pipeline = Pipeline.open(index_dir) if read else open_without_reader(index_dir)
    for question in questions[:_WARM_UP]:
        pipeline.ask(question)
    times, processor, began = [], process_time(), perf_counter()
    for question in questions:
        started = perf_counter()
        pipeline.ask(question)
        times.append((perf_counter() - started) * 1000)
    seconds = perf_counter() - began
    p50, p95 = np.percentile(times, [50, 95]).tolist()
    return {
        "questions": len(times),
        "p50_ms": p50,
        "p95_ms": p95,
        "cpu_ms": (process_time() - processor) * 1000 / len(times),
        "per_second": len(times) / seconds,
        "memory": memory(os.getpid()),
    }


def recall(index_dir: Path, questions: Sequence[str]) -> dict[str, Any]:
    """The share of the ten passages nearest to each question that the dense side finds, and what a search takes."""
    index = open_index(index_dir)
    encoder = OnnxEncoder.load(index.folder / ENCODER_FOLDER)
    vectors = np.stack([encoder.encode_question(question) for question in questions])
    nearest = _exact(vectors, index.dense.vectors)
    none = np.empty(0, np.int64)
    shares, times = [], []
    for vector, best in zip(vectors, nearest, strict=True):
        started = perf_counter()
        found = index.dense.search(vector, _CANDIDATES, exclude=none).rows[:_NEAREST]
        times.append((perf_counter() - started) * 1000)
        shares.append(len(set(found.tolist()) & set(best.tolist())) / _NEAREST)
    p50, p95 = np.percentile(times, [50, 95]).tolist()
    return {"questions": len(questions), "recall_at_10": float(np.mean(shares)), "p50_ms": p50, "p95_ms": p95}


def _exact(questions: Vectors, vectors: VectorStore) -> Rows:
    """The nearest rows to each question, shape `(len(questions), 10)`."""
    scores = np.empty((len(questions), 0), dtype=np.float32)
    rows = np.empty((len(questions), 0), dtype=np.int64)
    for start in range(0, vectors.rows, _BLOCK):
        block = np.arange(start, min(start + _BLOCK, vectors.rows))
        cosines = questions @ vectors.passage_vectors(block).T
        scores = np.concatenate([scores, cosines], axis=1)
        rows = np.concatenate([rows, np.broadcast_to(block, cosines.shape)], axis=1)
        best = np.argsort(-scores, axis=1, kind="stable")[:, :_NEAREST]
        scores, rows = np.take_along_axis(scores, best, axis=1), np.take_along_axis(rows, best, axis=1)
    return rows
