"""What support is worth, as one picture: risk against coverage, and reliability."""

from pathlib import Path
from typing import TYPE_CHECKING

from qa_bot.errors import QABotError
from qa_bot.evaluation.calibration import (
    Judged,
    area_under_risk_coverage,
    expected_calibration_error,
    reliability,
    risk_coverage,
)
from qa_bot.evaluation.records import Record, judged
from qa_bot.evaluation.runner import Evaluation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FORMATS = (".png", ".svg")
# Two square panels side by side, sharp in a document's column and on a screen.
_INCHES, _DOTS_PER_INCH = (11, 5.2), 150
# Blue and orange of Okabe and Ito, told apart by the colour-blind as well.
_BLUE, _ORANGE, _GREY = "#0072B2", "#D55E00", "#6E6E6E"
# Above a column of 100 %.
_COUNTS_HEIGHT = 1.04


class PlotError(QABotError):
    """The picture cannot be drawn or written."""


def save_plot(evaluation: Evaluation, path: Path) -> None:
    """Writes the risk-coverage curve and the reliability diagram to a `.png` or `.svg` file.

    Raises PlotError if matplotlib is not installed, no reply can be judged, or the file cannot be written.
    """
    if path.suffix.lower() not in _FORMATS:
        raise PlotError(f"{path} is neither a .png nor a .svg file: give the picture one of these names.")
    known = [record for record in evaluation.records if record.correct is not None]
    if not known:
        raise PlotError("There is nothing to draw: no question has answers or is marked as not answerable.")
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise PlotError('Pictures need matplotlib: pip install "qa-bot[plots]"') from error
    figure = Figure(figsize=_INCHES, layout="constrained")
    left, right = figure.subplots(1, 2)
    _draw_risk_coverage(left, known)
    _draw_reliability(right, judged(known))
    try:
        figure.savefig(path, dpi=_DOTS_PER_INCH)
    except OSError as error:
        raise PlotError(f"{path} cannot be written: {error.strerror}.") from error


def _draw_risk_coverage(axes: "Axes", known: list[Record]) -> None:
    replies = judged(known)
    points = risk_coverage(replies)
    coverage, risk = [point.coverage for point in points], [point.risk for point in points]
    axes.axhline(risk[-1], color=_GREY, linestyle="--", linewidth=1, label="if support told nothing")
    axes.plot(coverage, risk, color=_BLUE, linewidth=2, label="most supported first")
    _mark_threshold(axes, known)
    axes.set_title(f"Risk and coverage    AURC {area_under_risk_coverage(replies):.3f}    n = {len(replies):,}")
    axes.set(xlabel="Coverage: share of questions answered", ylabel="Risk: share of those answered wrongly")
    # A bot that is never wrong still gets a scale, and its line does not lie on the frame.
    axes.set(xlim=(0, 1), ylim=(0, 1.1 * max(*risk, 0.05)))
    _finish(axes)


def _mark_threshold(axes: "Axes", known: list[Record]) -> None:
    """Marks what the bot answered at its own threshold."""
    answered = [record for record in known if record.answered]
    if answered:
        coverage, risk = len(answered) / len(known), sum(not record.correct for record in answered) / len(answered)
        label = f"as it was set: {coverage:.0%} answered, {risk:.0%} of those wrongly"
        axes.plot([coverage], [risk], "o", color=_ORANGE, markersize=9, label=label, zorder=3, clip_on=False)


def _draw_reliability(axes: "Axes", replies: Judged) -> None:
    bins = reliability(replies)
    lows, widths = [part.low for part in bins], [part.high - part.low for part in bins]
    supports, accuracies = [part.support for part in bins], [part.accuracy for part in bins]
    axes.bar(lows, accuracies, widths, align="edge", color=_BLUE, alpha=0.25, edgecolor="white")
    axes.plot([0, 1], [0, 1], color=_GREY, linestyle="--", linewidth=1, label="perfectly calibrated")
    label = "each tenth, at its mean support"
    axes.plot(supports, accuracies, "o", color=_BLUE, label=label, zorder=3, clip_on=False)
    for part in bins:
        axes.text((part.low + part.high) / 2, _COUNTS_HEIGHT, f"{part.n:,}", ha="center", fontsize=8, color=_GREY)
    axes.set_title(f"Reliability    ECE {expected_calibration_error(replies):.3f}    n = {len(replies):,}")
    axes.set(xlabel="Support that the bot reports (above: replies)", ylabel="Share of quotations with the answer")
    axes.set(xlim=(0, 1), ylim=(0, 1.1))
    _finish(axes)


def _finish(axes: "Axes") -> None:
    axes.xaxis.set_major_formatter("{x:.0%}")
    axes.yaxis.set_major_formatter("{x:.0%}")
    axes.grid(color="#E6E6E6", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), frameon=False, fontsize=9)
