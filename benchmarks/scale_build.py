"""One build for `scale.py`, in a process of its own: `CORPUS INDEX [TABLE]`; prints its figures as JSON.

With a table (`derived.py`) the encoder that the build exports derives the vectors of passages; all else is the
product's own.
"""

import json
import sys
from pathlib import Path
from time import perf_counter, process_time

from derived import DerivedEncoder
from sentence_table import SentenceTable

from qa_bot import indexing
from qa_bot.models.export import export_checked
from qa_bot.settings import Settings

# What can go wrong is seen before a long build has ended.
_TOLD_EVERY = 10.0


class _Stages:
    """Wall and processor seconds of each stage; what is done is told on standard error now and then."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = {}
        self.cpu: dict[str, float] = {}
        self._stage = "starting"
        self._since = perf_counter(), process_time()
        self._told = 0.0

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Called by the build with what it does."""
        if stage != self._stage:
            self.end()
            self._stage = stage
        if perf_counter() - self._told > _TOLD_EVERY:
            self._told = perf_counter()
            print(f"{stage}: {done:,} of {total}", file=sys.stderr, flush=True)

    def end(self) -> None:
        """The stage is over; what it took is added to its seconds before."""
        now = perf_counter(), process_time()
        self.wall[self._stage] = self.wall.get(self._stage, 0.0) + now[0] - self._since[0]
        self.cpu[self._stage] = self.cpu.get(self._stage, 0.0) + now[1] - self._since[1]
        self._since = now


def main() -> None:
    """One build."""
    corpus, index, *table = sys.argv[1:]
    if table:
        derive(Path(table[0]))
    settings = Settings()
    stages = _Stages()
    report = indexing.update_index(
        Path(corpus),
        Path(index),
        embedding_model=settings.embedding_model,
        precision=settings.embedding_precision,
        progress=stages,
    )
    stages.end()
    figures = {
        "articles": report.articles,
        "passages": report.passages,
        "derived": DerivedEncoder.derived,
        "encoded": DerivedEncoder.encoded if table else report.passages,
        "stages": stages.wall,
        "cpu_stages": stages.cpu,
    }
    print(json.dumps(figures))


def derive(folder: Path) -> None:
    """From now on the encoder of a build derives what it can from the table in the folder."""
    DerivedEncoder.table = SentenceTable.read(folder)

    def export(source, target, texts, *, precision):  # type: ignore[no-untyped-def]  # as the build calls it
        _, note = export_checked(source, target, texts, precision=precision)
        return DerivedEncoder.load(target), note

    setattr(indexing, "export_checked", export)  # noqa: B010 (a name that the module only imports)
    setattr(indexing, "OnnxEncoder", DerivedEncoder)  # noqa: B010


if __name__ == "__main__":
    main()
