"""How fast an index answers and is built, and the memory that it takes: each measured in a process of its own."""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import ParamSpec, TypeVar

import numpy as np

from qa_bot.errors import QABotError
from qa_bot.evaluation.machine import peak_memory
from qa_bot.index.generation import ENCODER_FOLDER, current_folder, open_index
from qa_bot.index.manifest import load_manifest
from qa_bot.index.store import Store
from qa_bot.models.encoder import OnnxEncoder, Precision
from qa_bot.pipeline import Pipeline
from qa_bot.types import Citation, Evidence, Hit, Passage, Query, Reading, Span, Timing

# Asked before the first that is timed: the first questions read files and fill caches.
_WARM_UP = 5
# As long as a question is: the benchmark's own have 10 words on average.
_WORDS_OF_A_QUESTION = 10
_ANSWERED_OR_NOT = (0, 1)
# Of fewer cold starts the median is the mean, or the one.
_FEWEST_RUNS = 3

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and 95th percentile of `n` times, in milliseconds."""

    p50: float
    p95: float
    n: int


@dataclass(frozen=True, slots=True)
class Cold:
    """A question asked by a process of its own: wall seconds of each run, and the most memory in bytes."""

    seconds: tuple[float, ...]
    peak_bytes: int | None

    @property
    def median(self) -> float:
        """The median of the runs, in seconds."""
        return median(self.seconds)


@dataclass(frozen=True, slots=True)
class Warm:
    """Questions asked one after the other of an open index: times by step, as `Timing` names them, and memory."""

    steps: dict[str, Spread]
    peak_bytes: int | None


@dataclass(frozen=True, slots=True)
class Build:
    """An index built anew: seconds by stage, as the build itself names them, and the most memory in bytes."""

    passages: int
    stages: dict[str, float]
    seconds: float
    peak_bytes: int | None

    @property
    def rate(self) -> float:
        """Passages a second over everything but the export of the model, which takes the same for any corpus."""
        export = sum(seconds for stage, seconds in self.stages.items() if stage.startswith("exporting"))
        return self.passages / max(self.seconds - export, sys.float_info.epsilon)


class NoReader:
    """Reads nothing: what is timed with it is the search alone."""

    def read(self, _query: Query, hits: Sequence[Hit]) -> Reading:
        """The passages themselves in the order of the search, without support."""
        evidence = (Evidence(hit, _whole(hit.passage), None) for hit in hits)
        return Reading(tuple(evidence), ())


def in_process(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What the function returns, called in a fresh process; a QABotError that it raises keeps its sentence."""
    quiet = (signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends the child without a traceback
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=signal.signal, initargs=quiet) as pool:
        return pool.submit(_plain_errors, partial(function, *args, **kwargs)).result()


def cold_start(index_dir: Path, question: str, *, runs: int, seconds: float) -> Cold:
    """`qa-bot ask` from its start to its end, so many times; the index's files are in the system's cache.

    After that many seconds it is started no more, but for the third time. The memory is that of the process, or of this
    one where this one has more. Raises QABotError where asking fails.
    """
    command = [sys.executable, "-m", "qa_bot", "ask", "--json", "--index", str(index_dir), "--", question]
    measured: list[tuple[float, int | None]] = []
    started = perf_counter()
    while len(measured) < runs and (len(measured) < _FEWEST_RUNS or perf_counter() - started < seconds):
        measured.append(_run(command))
    peaks = [peak for _, peak in measured if peak is not None]
    return Cold(tuple(seconds for seconds, _ in measured), max(peaks, default=None))


def warm_questions(index_dir: Path, questions: Sequence[str], *, read: bool, seconds: float) -> Warm:
    """Times of the questions, with the reader or without, and the memory of this process, which should be a new one.

    After that many seconds no more are asked.
    """
    pipeline = Pipeline.open(index_dir) if read else open_without_reader(index_dir)
    for question in questions[:_WARM_UP]:
        pipeline.ask(question)
    timings, started = [], perf_counter()
    for question in questions:
        timings.append(pipeline.ask(question).timing)
        if perf_counter() - started > seconds:
            break
    return Warm(spreads(timings), peak_memory())


def open_without_reader(index_dir: Path) -> Pipeline:
    """The pipeline over the live generation, with a reader that reads nothing."""
    index = open_index(index_dir)
    return Pipeline(index, OnnxEncoder.load(index.folder / ENCODER_FOLDER), NoReader(), min_support=1.0)


def spreads(timings: Sequence[Timing]) -> dict[str, Spread]:
    """Median and 95th percentile of each step of the timings."""
    columns = {step: [asdict(timing)[step] for timing in timings] for step in asdict(timings[0])}
    return {
        step: Spread(float(np.percentile(times, 50)), float(np.percentile(times, 95)), len(times))
        for step, times in columns.items()
    }


def build_anew(corpus: Path, index_dir: Path, *, model: str, precision: Precision) -> Build:
    """The index of the corpus built from nothing, timed; the memory is that of this process."""
    from qa_bot.indexing import update_index  # noqa: PLC0415 (what only builds is no part of a question's memory)

    began: dict[str, float] = {}

    def progress(stage: str, _done: int, _total: int | None) -> None:
        began.setdefault(stage, perf_counter())

    started = perf_counter()
    report = update_index(
        corpus, index_dir, embedding_model=model, precision=precision, rebuild=True, progress=progress
    )
    ended = perf_counter()
    stages = dict(zip(began, np.diff([*began.values(), ended]).tolist(), strict=True))
    return Build(report.passages, stages, ended - started, peak_memory())


def build_sample(index_dir: Path, size: int, *, model: str, precision: Precision, seed: int) -> Build:
    """A sample of the index's passages, each an article of its own, built in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="qa-bot-benchmark-") as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        with (corpus / "passages.jsonl").open("w", encoding="utf-8") as file:
            for number, passage in enumerate(_sample(index_dir, size, seed=seed)):
                article = {"id": f"{number}", "title": passage.article.title, "text": passage.text}
                file.write(json.dumps(article) + "\n")
        return build_anew(corpus, Path(folder, "index"), model=model, precision=precision)


def own_questions(index_dir: Path, size: int, *, seed: int) -> list[str]:
    """The first words of a sentence of each of at most `size` passages: searches that have something to find."""
    rng = random.Random(seed)  # noqa: S311 (nothing secret is drawn)
    sentences = (
        (passage.article.text, rng.choice(passage.sentences)) for passage in _sample(index_dir, size, seed=seed)
    )
    return [
        " ".join(text[start:end].split(maxsplit=_WORDS_OF_A_QUESTION)[:_WORDS_OF_A_QUESTION])
        for text, (start, end) in sentences
    ]


def _sample(index_dir: Path, size: int, *, seed: int) -> Iterator[Passage]:
    """At most so many passages from all over the index, one at a time: an article can be large.

    Where an article was removed there is a gap in the rows: the next passage after it is taken, each only once.
    """
    folder = current_folder(index_dir)
    rows = range(load_manifest(folder).passages)
    last = -1
    with closing(Store.open(folder)) as store:
        for row in sorted(random.Random(seed).sample(rows, min(size, len(rows)))):  # noqa: S311
            # As many passages as rows that can be drawn: behind each of those there is one.
            found, stored = next(store.passages_from(row))
            if found > last:
                last = found
                yield stored.passage


def _whole(passage: Passage) -> Citation:
    article, start, end = passage.article, passage.start, passage.end
    return Citation(article, start, end, highlight=Span(article, start, end), paragraph=1, support=0.0)


def _plain_errors(function: Callable[[], R]) -> R:
    """The function called; of its own errors only the sentence, since not every exception survives the way back."""
    try:
        return function()
    except QABotError as error:
        raise QABotError(str(error)) from None


def _run(command: Sequence[str]) -> tuple[float, int | None]:
    """Wall seconds of the command, and the most memory that it had."""
    started = perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:  # noqa: S603
        complaint = process.stderr.read() if process.stderr else b""
        peak = None
        if sys.platform == "win32":
            process.wait()
        else:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    if process.returncode not in _ANSWERED_OR_NOT:
        raise QABotError(complaint.decode(errors="replace").strip().removeprefix("qa-bot: "))
    return perf_counter() - started, peak
