"""What `scale.py` measured, as a table and as pictures."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
from results import markdown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MEGABYTE = 1e6
# Blue, orange, green and purple of Okabe and Ito, told apart by the colour-blind as well.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
_INCHES, _DOTS_PER_INCH = (11, 7.5), 130
_PEERS_INCHES = (8, 5)

Step = dict[str, Any]


def by_size(lines: Sequence[Step]) -> dict[int, dict[str, Step]]:
    """The steps of each size, smallest first; of a step that was measured twice the last."""
    sizes: dict[int, dict[str, Step]] = {}
    for line in sorted(lines, key=lambda line: line["size"]):
        sizes.setdefault(line["size"], {})[line["step"]] = line
    return sizes


def scale_table(lines: Sequence[Step]) -> str:
    """A row for each size; what was not measured is a dash."""
    headings = [
        "articles",
        "passages",
        "build, s (CPU), export aside",
        "passages/s",
        "build peak, MB (own)",
        "disk, MB",
        "cold `ask`, s (CPU)",
        "its peak, MB (own)",
        "without the reader, p50 / p95 (CPU), ms",
        "questions/s",
        "memory, MB (own)",
        "with it, p50 / p95, ms",
        "memory, MB (own)",
        "recall@10",
        "one added, s (CPU); found after",
        "removed, s",
    ]
    return markdown([headings, *(_row(size, steps) for size, steps in by_size(lines).items())])


def _row(size: int, steps: dict[str, Step]) -> list[str]:
    build = steps.get("build")
    passages = f"{build['passages']:,}" if build else "-"
    return [
        f"{size:,}",
        passages,
        *_build_cells(build),
        *_cold_cells(steps.get("cold")),
        *_warm_cells(steps.get("warm")),
        *_read_cells(steps.get("read")),
        f"{steps['recall']['recall_at_10']:.3f}" if "recall" in steps else "-",
        _update_cell(steps.get("add")),
        f"{steps['remove']['wall_seconds']:.1f}" if "remove" in steps else "-",
    ]


def _build_cells(build: Step | None) -> list[str]:
    if build is None:
        return ["-"] * 4
    wall, cpu = build_seconds(build)
    note = ", resumed" if build["resumed"] else ""
    return [
        f"{wall:,.0f} ({cpu:,.0f}){note}",
        f"{build['passages'] / wall:,.0f}",
        f"{_mb(build['peak_bytes'])} ({_mb(build['own_bytes'])})",
        _mb(build["bytes"]),
    ]


def build_seconds(build: Step) -> tuple[float, float]:
    """Wall and processor seconds of the stages, but for the export of the model, which is the same for any corpus."""
    wall, cpu = (
        sum(seconds for stage, seconds in build[stages].items() if not stage.startswith("exporting"))
        for stages in ("stages", "cpu_stages")
    )
    return wall, cpu


def _cold_cells(cold: Step | None) -> list[str]:
    if cold is None:
        return ["-"] * 2
    wall, cpu = median(cold["wall_seconds"]), median(cold["cpu_seconds"])
    return [f"{wall:.2f} ({cpu:.2f})", f"{_mb(max(cold['peak_bytes']))} ({_mb(max(cold['own_bytes']))})"]


def _warm_cells(warm: Step | None) -> list[str]:
    if warm is None:
        return ["-"] * 3
    times = f"{warm['p50_ms']:.1f} / {warm['p95_ms']:.1f} ({warm['cpu_ms']:.1f})"
    return [times, f"{warm['per_second']:.0f}", _memory(warm)]


def _read_cells(read: Step | None) -> list[str]:
    return [f"{read['p50_ms']:.0f} / {read['p95_ms']:.0f}", _memory(read)] if read else ["-"] * 2


def _update_cell(update: Step | None) -> str:
    if update is None:
        return "-"
    found = update["wall_seconds"] + update["asked"]["wall_seconds"]
    return f"{update['wall_seconds']:.1f} ({update['cpu_seconds']:.1f}); {found:.1f}"


def _memory(asked: Step) -> str:
    return f"{_mb(asked['memory']['VmHWM'])} ({_mb(asked['memory']['RssAnon'])})"


def _mb(size: float) -> str:
    return f"{size / _MEGABYTE:,.0f}"


def scale_plot(lines: Sequence[Step], path: Path) -> None:
    """Cost against the size of the corpus, both on log axes; seconds are those of the processor."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - an extra

    sizes = by_size(lines)
    built, warm, read = _column(sizes, "build"), _column(sizes, "warm"), _column(sizes, "read")
    building = {
        "vectors encoded": [(size, build_seconds(step)[1]) for size, step in built if not step["derived"]],
        "vectors derived": [(size, build_seconds(step)[1]) for size, step in built if step["derived"]],
    }
    asking = {
        "without the reader": [(size, step["cpu_ms"]) for size, step in warm],
        "with the reader": [(size, step["cpu_ms"]) for size, step in read],
        "cold `qa-bot ask`": [(n, median(step["cpu_seconds"]) * 1000) for n, step in _column(sizes, "cold")],
    }
    memory = {
        "disk": [(size, step["bytes"] / _MEGABYTE) for size, step in built],
        "build, peak without mapped files": [(size, step["own_bytes"] / _MEGABYTE) for size, step in built],
        "answering, peak": [(size, step["memory"]["VmHWM"] / _MEGABYTE) for size, step in warm],
        "answering, without mapped files": [(size, step["memory"]["RssAnon"] / _MEGABYTE) for size, step in warm],
    }
    updating = {
        "added": [(size, step["cpu_seconds"]) for size, step in _column(sizes, "add")],
        "removed": [(size, step["cpu_seconds"]) for size, step in _column(sizes, "remove")],
    }
    figure = Figure(figsize=_INCHES, layout="constrained")
    panels = figure.subplots(2, 2).flat
    _draw(next(panels), "Build, export of the model aside", "processor seconds", building)
    _draw(next(panels), "A question", "processor milliseconds", asking)
    _draw(next(panels), "Memory and disk", "megabytes", memory)
    _draw(next(panels), "One article", "processor seconds", updating)
    figure.savefig(path, dpi=_DOTS_PER_INCH)


def _column(sizes: dict[int, dict[str, Step]], name: str) -> list[tuple[int, Step]]:
    return [(size, steps[name]) for size, steps in sizes.items() if name in steps]


def _draw(axes: "Axes", title: str, unit: str, lines: dict[str, list[tuple[int, float]]]) -> None:
    for (label, points), colour in zip(lines.items(), _COLOURS, strict=False):
        if not points:
            continue
        axes.plot(*zip(*points, strict=True), "o-", color=colour, label=label)
    axes.set(xscale="log", yscale="log", title=title, xlabel="articles", ylabel=unit)
    axes.grid(color="#E6E6E6", linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2, frameon=False, fontsize=8)


def peers_plot(result: Step, path: Path) -> None:
    """Quality against latency of the systems that `peers.py` compared."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - an extra

    figure = Figure(figsize=_PEERS_INCHES, layout="constrained")
    axes = figure.subplots()
    systems = sorted(result["systems"].items(), key=lambda system: float(np.median(system[1]["ms"], axis=0)[0]))
    for number, (name, found) in enumerate(systems, start=1):
        milliseconds, colour = float(np.median(found["ms"], axis=0)[0]), _COLOURS[name.startswith("qa-bot")]
        axes.plot([milliseconds], [found["MRR@10"]], "o", color=colour, markersize=9, label=f"{number}  {name}")
        # Below and above in turns: some are as good and as fast as their neighbours.
        place = (-3, 8 if number % 2 else -15)
        axes.annotate(f"{number}", (milliseconds, found["MRR@10"]), place, textcoords="offset points", fontsize=8)
    axes.set(xscale="log", xlabel="a warm question, median in milliseconds", ylabel="MRR@10")
    axes.set_title(f"{result['passages']:,} passages, {result['questions']:,} questions")
    axes.grid(color="#E6E6E6", linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize=8, markerscale=0.6)
    figure.savefig(path, dpi=_DOTS_PER_INCH)
