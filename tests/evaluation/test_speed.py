from pathlib import Path

import pytest

from qa_bot.errors import IndexMissing, QABotError
from qa_bot.evaluation.machine import machine, peak_memory, versions
from qa_bot.evaluation.speed import (
    Build,
    Spread,
    build_sample,
    cold_start,
    in_process,
    own_questions,
    spreads,
    warm_questions,
)
from qa_bot.indexing import update_index
from qa_bot.pipeline import Pipeline
from qa_bot.types import Timing

QUESTION = "Where has Tsikhanouskaya lived since 2020?"


def no_index() -> int:
    """Fails as opening an index does."""
    raise IndexMissing("There is no index in x: run `qa-bot index`.", path=Path("x"))


def doubled(number: int, *, plus: int) -> int:
    """What the arguments make."""
    return 2 * number + plus


def test_spreads_by_hand() -> None:
    """Of the totals 1, 2, ..., 21 the median is 11 and the 95th percentile 20; other steps have their own."""
    timings = [Timing(encode=0.5, search=0.25, read=0.0, total=float(number)) for number in range(21, 0, -1)]

    found = spreads(timings)

    assert found["total"] == Spread(p50=11.0, p95=20.0, n=21)
    assert found["encode"] == Spread(p50=0.5, p95=0.5, n=21)


def test_rate_leaves_out_the_export() -> None:
    """200 passages in 14 seconds, 10 of which went into exporting the model, are 50 a second."""
    stages = {"reading": 1.0, "exporting the embedding model": 10.0, "embedding passages": 3.0}
    assert Build(200, stages, 14.0, None).rate == pytest.approx(50.0)


def test_another_process() -> None:
    """A function called in a process of its own returns its value, and an error keeps its sentence."""
    assert in_process(doubled, 20, plus=2) == 42
    with pytest.raises(QABotError, match=r"^There is no index in x: run `qa-bot index`\.$"):
        in_process(no_index)


def test_cold_start(shipped_index: Path) -> None:
    """Each run is a process that answers; it takes time, and at least the memory that a Python with numpy has."""
    cold = cold_start(shipped_index, QUESTION, runs=2, seconds=60)

    assert len(cold.seconds) == 2
    assert min(cold.seconds) <= cold.median <= max(cold.seconds)
    assert (cold.peak_bytes or 0) > 30_000_000


def test_cold_start_within_its_time(shipped_index: Path) -> None:
    """Where time is up it is started no more, but three times at least, or as often as is wanted if that is less."""
    assert len(cold_start(shipped_index, QUESTION, runs=9, seconds=0).seconds) == 3
    assert len(cold_start(shipped_index, QUESTION, runs=1, seconds=0).seconds) == 1


def test_cold_start_that_fails(tmp_path: Path) -> None:
    """Where `qa-bot ask` ends with an error, that is its sentence and not a time."""
    (tmp_path / "CURRENT").write_text("7\n")
    with pytest.raises(QABotError, match="names no generation"):
        cold_start(tmp_path, QUESTION, runs=1, seconds=60)


def test_warm_questions(shipped_index: Path) -> None:
    """Every question is timed, fewer where time is up; what is read takes time only with the reader."""
    without = warm_questions(shipped_index, [QUESTION] * 3, read=False, seconds=60)
    reading = warm_questions(shipped_index, [QUESTION] * 3, read=True, seconds=0)

    assert without.steps["total"].n == 3
    assert reading.steps["total"].n == 1
    assert without.steps["read"].p50 < 1 < reading.steps["read"].p50


def test_own_questions(shipped_index: Path, shipped: Pipeline) -> None:
    """They are words that stand in the articles, at most ten, and the same each time."""
    found = own_questions(shipped_index, 50, seed=3)

    texts = [
        " ".join(article.text.split())
        for info in shipped.articles()
        if (article := shipped.article(info.id)) is not None
    ]
    assert len(found) == shipped.manifest.passages
    assert all(any(question in text for text in texts) and len(question.split()) <= 10 for question in found)
    assert own_questions(shipped_index, 50, seed=3) == found


@pytest.mark.usefixtures("small_model")
def test_own_questions_after_a_removal(tmp_path: Path) -> None:
    """Where one article of forty was removed the rows have a gap: no passage is drawn twice, none that is gone."""
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    for number in range(40):
        (corpus / f"{number:02}.txt").write_text(f"Pier {number:02} stands.\n", encoding="utf-8")
    for _ in range(2):
        update_index(
            corpus, index, embedding_model="small", precision="fp32", progress=lambda _stage, _done, _total: None
        )
        (corpus / "07.txt").unlink(missing_ok=True)

    found = own_questions(index, 50, seed=0)

    # 39 rows can be drawn, the last of the 40 cannot; that of the gap and the one after it give the same passage.
    assert found == [f"Pier {number:02} stands." for number in range(39) if number != 7]


@pytest.mark.usefixtures("small_model")
def test_build_of_a_sample(shipped_index: Path) -> None:
    """What is asked for is built, though the small model's window divides it, in the stages of a build."""
    build = build_sample(shipped_index, 2, model="small", precision="fp32", seed=0)

    assert build.passages >= 2
    assert {"reading", "exporting the embedding model"} <= set(build.stages)
    assert sum(build.stages.values()) <= build.seconds
    assert build.rate > 0


def test_peak_memory() -> None:
    """The peak of a process rises by what is allocated and touched, and stays."""
    before = peak_memory() or 0
    block = bytearray(b"x" * (before + 50_000_000))
    assert (peak_memory() or 0) > before + 40_000_000
    assert block[-1] == ord("x")


def test_machine() -> None:
    """The machine has a processor, cores and memory, and what time depends on has versions."""
    found = machine()
    assert found["processor"]
    assert (found["cores"] or 0) >= 1  # type: ignore[operator]
    assert {"qa-bot", "faiss-cpu", "onnxruntime", "tantivy"} <= set(versions())
