import sys
from pathlib import Path
from typing import Any

import processes
import pytest
import scale
import scale_show

BUILD = {
    "size": 1000,
    "step": "build",
    "passages": 1100,
    "resumed": False,
    "derived": 0,
    "stages": {"reading": 2.0, "exporting the embedding model": 9.0, "embedding passages": 9.0},
    "cpu_stages": {"reading": 1.0, "exporting the embedding model": 7.0, "embedding passages": 16.0},
    "peak_bytes": 900e6,
    "own_bytes": 700e6,
    "bytes": 50e6,
}


def test_a_process_is_measured() -> None:
    """Output, wall and processor seconds, and memory without mapped files, of a process that holds 60 MB and waits."""
    code = "import time; held = bytearray(60_000_000); time.sleep(.3); print('done')"

    taken = processes.run([sys.executable, "-c", code])

    assert taken.output == "done\n"
    assert taken.wall_seconds >= 0.3
    assert 0 < taken.cpu_seconds < taken.wall_seconds
    assert 60e6 < taken.own_bytes < taken.peak_bytes < 120e6


def test_a_process_that_fails() -> None:
    """Another status than those that are accepted ends the measurement with the command."""
    command = [sys.executable, "-c", "raise SystemExit(3)"]
    assert processes.run(command, accepted=(0, 3)).output == ""
    with pytest.raises(SystemExit, match=r"SystemExit\(3\) ended with 3\."):
        processes.run(command)


def test_what_has_its_line_is_not_measured_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only steps of that size that are missing are measured, in their order."""
    archive, results = scale.Archive(tmp_path, [], None), tmp_path / "results" / "scale.jsonl"
    steps: dict[str, Any] = {name: lambda _, name=name: {"name": name} for name in ("build", "cold", "warm")}
    monkeypatch.setattr(scale, "STEPS", steps)

    scale.measure(archive, 1000, ["cold"], results)
    scale.measure(archive, 1000, ["build", "cold", "warm"], results)
    scale.measure(archive, 2000, ["cold"], results)

    measured = [(line["size"], line["step"], line["name"]) for line in scale.lines(results)]
    assert measured == [
        (1000, "cold", "cold"),
        (1000, "build", "build"),
        (1000, "warm", "warm"),
        (2000, "cold", "cold"),
    ]


def test_table_leaves_the_export_aside() -> None:
    """The export of the model counts neither for time nor for the rate; what was not measured is a dash."""
    (row,) = [line.strip("| ").split(" | ") for line in scale_show.scale_table([BUILD]).splitlines()[2:]]
    assert row[:6] == ["1,000", "1,100", "11 (17)", "100", "900 (700)", "50"]
    assert set(row[6:]) == {"-"}


def test_plots(tmp_path: Path) -> None:
    """Sizes and peers are drawn as pictures, with the steps that were measured."""
    asked = {"cpu_ms": 5.0, "memory": {"VmHWM": 2e8, "RssAnon": 1e8}}
    others = [
        {"size": 1000, "step": "cold", "cpu_seconds": [0.5, 0.6]},
        {"size": 1000, "step": "warm", **asked},
        {"size": 1000, "step": "read", **asked},
        {"size": 1000, "step": "add", "cpu_seconds": 1.0},
        {"size": 1000, "step": "remove", "cpu_seconds": 1.0},
    ]
    systems = {"qa-bot": {"ms": [[64.0, 78.0]], "MRR@10": 0.9}, "other": {"ms": [[6.0, 7.0]], "MRR@10": 0.7}}

    scale_show.scale_plot([BUILD, *others], tmp_path / "scale.png")
    scale_show.peers_plot({"passages": 800, "questions": 30, "systems": systems}, tmp_path / "peers.png")

    for name in ("scale.png", "peers.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")
