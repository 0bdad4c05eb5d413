import sys
from pathlib import Path

import pytest
from evaluation_doubles import answerable, ranking_turn, reply_record

from qa_bot.evaluation.plots import PlotError, save_plot
from qa_bot.evaluation.records import make_record
from qa_bot.evaluation.runner import Evaluation

_EVALUATION = Evaluation(
    tuple(
        reply_record(number / 20, correct=None if number % 4 == 0 else number % 3 > 0, answered=number > 7)
        for number in range(21)
    )
)


def test_png_by_suffix(tmp_path: Path) -> None:
    """A name that ends in `.png` gets a PNG picture of 1650 by 780 dots."""
    save_plot(_EVALUATION, tmp_path / "trust.PNG")

    header = (tmp_path / "trust.PNG").read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(header[16:20]), int.from_bytes(header[20:24])) == (1650, 780)


def test_svg_by_suffix(tmp_path: Path) -> None:
    """A name that ends in `.svg` gets a drawing that says what it shows, with its numbers."""
    save_plot(_EVALUATION, tmp_path / "trust.svg")

    drawing = (tmp_path / "trust.svg").read_text(encoding="utf-8")
    for words in ("Risk and coverage", "AURC", "Reliability", "ECE", "n = 21", "as it was set: 62% answered"):
        assert words in drawing


def test_one_reply_is_enough(tmp_path: Path) -> None:
    """A single reply, and a bot that never answered, can be drawn without a warning."""
    save_plot(Evaluation((reply_record(1.0, correct=True, answered=False),)), tmp_path / "one.png")

    assert (tmp_path / "one.png").stat().st_size > 0


def test_other_suffixes_are_refused(tmp_path: Path) -> None:
    """Any other name is refused before anything is written."""
    with pytest.raises(PlotError, match=r"trust\.jpg is neither a \.png nor a \.svg file"):
        save_plot(_EVALUATION, tmp_path / "trust.jpg")

    assert list(tmp_path.iterdir()) == []


def test_nothing_to_draw_is_said(tmp_path: Path) -> None:
    """Questions of which none can be judged make no picture."""
    record = make_record(answerable("1", gold_ids=["a"]), ranking_turn("a"), None)

    with pytest.raises(PlotError, match="no question has answers or is marked as not answerable"):
        save_plot(Evaluation((record,)), tmp_path / "trust.png")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A file that cannot be written is named with the reason."""
    with pytest.raises(PlotError, match=r"gone/trust\.png cannot be written: No such file or directory\.$"):
        save_plot(_EVALUATION, tmp_path / "gone" / "trust.png")


def test_without_matplotlib_the_command_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the extra is not installed, the message says how to install it."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    with pytest.raises(PlotError, match=r'pip install "qa-bot\[plots\]"'):
        save_plot(_EVALUATION, tmp_path / "trust.png")
