"""Times and sizes of the user's own archive on this machine, and the quality of the replies to their questions."""

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from qa_bot.errors import IndexMissing
from qa_bot.evaluation.gold import Question, read_questions
from qa_bot.evaluation.machine import machine, versions
from qa_bot.evaluation.measures import Measure
from qa_bot.evaluation.runner import evaluate
from qa_bot.evaluation.speed import (
    Build,
    Cold,
    Spread,
    Warm,
    build_sample,
    cold_start,
    in_process,
    own_questions,
    warm_questions,
)
from qa_bot.faces.safe_text import counted, one_line
from qa_bot.faces.stage_bar import StageBar
from qa_bot.faces.terminal import make_console, write
from qa_bot.index.generation import read_manifest
from qa_bot.index.manifest import Manifest
from qa_bot.pipeline import Pipeline
from qa_bot.settings import Settings

# At most these, and only as many as there is time for, so that it is a minute on a slow machine and a large archive
# too: cold starts 5 s, questions 10 s and with the reader 15 s, the same judged 15 s. What has no limit of its own is
# the build of a sample, 10 to 20 s on two cores, most of that for the export of the model.
_COLD_RUNS = 7
_QUESTIONS = 200
_BUILD = 200
_COLD_SECONDS, _SEARCH_SECONDS, _READ_SECONDS, _JUDGED_SECONDS = 5.0, 10.0, 15.0, 15.0
_SEED = 0
# Which measures of `qa-bot evaluate` are shown.
_QUALITY = ("Success@1", "Success@5", "RR@10", "Answer in quotation", "AUROC", "Coverage", "Selective risk")
_MEGABYTE = 1e6


@dataclass(frozen=True, slots=True)
class Benchmark:
    """All that was measured; `quality` is there where the questions' answers are known."""

    manifest: Manifest
    questions: str
    cold: Cold
    warm: Warm
    warm_without_reader: Warm
    build: Build
    quality: dict[str, Measure] | None

    @property
    def index_bytes(self) -> int:
        """The size of the live generation."""
        return sum(self.manifest.files.values())

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON values: milliseconds, seconds and bytes, as the names say."""
        manifest = self.manifest
        return {
            "machine": machine(),
            "versions": versions(),
            "index": {
                "articles": manifest.articles,
                "passages": manifest.passages,
                "sentences": manifest.sentences,
                "bytes": self.index_bytes,
                "model": manifest.model,
                "precision": manifest.precision,
            },
            "questions": self.questions,
            "cold": {"median_seconds": self.cold.median} | asdict(self.cold),
            "warm": _warm_object(self.warm),
            "warm_without_reader": _warm_object(self.warm_without_reader),
            "build": {"passages_per_second": self.build.rate} | asdict(self.build),
            "quality": self.quality and {name: row._asdict() for name, row in self.quality.items()},
        }


def run_benchmark(settings: Settings, path: Path | None) -> Benchmark:
    """The figures; an index that is not there is built first. Raises QABotError where the index cannot be measured.

    Questions are at most 200 of the file, or made of the archive's own words.
    """
    manifest, index_dir = _manifest(settings), settings.index_dir
    model, precision = settings.embedding_model, settings.embedding_precision
    gold = _chosen(path) if path else []
    with StageBar(make_console(stderr=True)) as bar:
        asked = [question.question for question in gold]
        asked = asked or in_process(own_questions, index_dir, _QUESTIONS, seed=_SEED)
        bar.show("cold starts", 0, None)
        cold = cold_start(index_dir, asked[0], runs=_COLD_RUNS, seconds=_COLD_SECONDS)
        bar.show("questions without the reader", 0, None)
        without = in_process(warm_questions, index_dir, asked, read=False, seconds=_SEARCH_SECONDS)
        bar.show("questions with the reader", 0, None)
        warm = in_process(warm_questions, index_dir, asked, read=True, seconds=_READ_SECONDS)
        bar.show("a build of a sample", 0, None)
        build = in_process(build_sample, index_dir, _BUILD, model=model, precision=precision, seed=_SEED)
        judged = gold[: _fitting(warm, _JUDGED_SECONDS)]
        if judged:
            bar.show("quality", 0, None)
        quality = in_process(_quality, index_dir, judged, settings.min_support) if judged else None
    return Benchmark(manifest, _source(path, asked), cold, warm, without, build, quality)


def print_benchmark(console: Console, found: Benchmark) -> None:
    """The figures as tables, and what they were measured on."""
    manifest, where = found.manifest, machine()
    write(console, Text(one_line(f"{where['processor']}, {where['cores']} cores, Python {where['python']}"), "dim"))
    write(
        console,
        Text(
            f"{manifest.articles:,} articles, {manifest.passages:,} passages, {manifest.sentences:,} sentences;"
            f" index {found.index_bytes / _MEGABYTE:,.1f} MB; {found.questions}\n",
            "dim",
        ),
    )
    console.print(_speed_table(found))
    console.print(_step_table(found))
    if found.quality:
        console.print(_quality_table(found.quality))


def _speed_table(found: Benchmark) -> Table:
    table = _table("", "measured", "peak memory", "")
    cold, warm, without, build = found.cold, found.warm, found.warm_without_reader, found.build
    table.add_row(
        "cold `qa-bot ask`", f"{cold.median:.2f} s", _megabytes(cold.peak_bytes), f"median of {len(cold.seconds)} runs"
    )
    table.add_row(
        "question, warm",
        _spread(warm.steps["total"]),
        _megabytes(warm.peak_bytes),
        f"p50 / p95 of {warm.steps['total'].n:,} questions",
    )
    table.add_row("without the reader", _spread(without.steps["total"]), _megabytes(without.peak_bytes), "p50 / p95")
    table.add_row(
        "build", f"{build.rate:,.0f} passages/s", _megabytes(build.peak_bytes), f"{build.passages:,} passages, anew"
    )
    return table


def _step_table(found: Benchmark) -> Table:
    table = _table("step, p50 / p95", "with the reader", "without")
    for step, spread in found.warm.steps.items():
        table.add_row(step, _spread(spread), _spread(found.warm_without_reader.steps[step]))
    return table


def _quality_table(quality: dict[str, Measure]) -> Table:
    table = _table("quality", "value", "n")
    for name, value, n in quality.values():
        table.add_row(name, f"{value:.3f}", f"{n:,}")
    return table


def _table(*headings: str) -> Table:
    """An empty table: the first column to the left, figures to the right."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 3, 0, 0))
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number and heading else "left", no_wrap=True)
    return table


def _manifest(settings: Settings) -> Manifest:
    try:
        return read_manifest(settings.index_dir)
    except IndexMissing:
        from qa_bot.faces.building import build  # noqa: PLC0415 (slow to import)

        build(settings, rebuild=False)
        return read_manifest(settings.index_dir)


def _fitting(warm: Warm, seconds: float) -> int:
    """How many questions are answered in so many seconds, at least one."""
    return max(1, int(seconds * 1000 / warm.steps["total"].p50))


def _chosen(path: Path) -> list[Question]:
    """At most 200 of the questions in the file."""
    questions = read_questions(path)
    return random.Random(_SEED).sample(questions, min(_QUESTIONS, len(questions)))  # noqa: S311 (nothing secret)


def _source(path: Path | None, asked: Sequence[str]) -> str:
    where = f"of {path.name}" if path else "made of the archive's own words"
    return f"{counted(len(asked), 'question')} {where}"


def _quality(index_dir: Path, questions: Sequence[Question], min_support: float | None) -> dict[str, Measure]:
    """Some of the measures of `qa-bot evaluate`, those that are defined."""
    pipeline = Pipeline.open(index_dir, min_support=min_support)
    evaluation = evaluate(
        lambda question, ids: pipeline.ask(question, exclude=ids), questions, progress=lambda _done, _total: None
    )
    rows = {row.name: row for row in evaluation.rows()}
    return {name: rows[name] for name in _QUALITY if rows[name].value is not None}


def _spread(spread: Spread) -> str:
    return f"{spread.p50:.1f} / {spread.p95:.1f} ms"


def _megabytes(size: int | None) -> str:
    return "-" if size is None else f"{size / _MEGABYTE:,.0f} MB"


def _warm_object(warm: Warm) -> dict[str, Any]:
    steps = {step: asdict(spread) for step, spread in warm.steps.items()}
    return {"steps_ms": steps, "peak_bytes": warm.peak_bytes}
