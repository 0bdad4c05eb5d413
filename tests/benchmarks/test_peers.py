import peers
import pytest


def test_table_has_medians_and_ratios() -> None:
    """Rates and times are medians over the rounds, and stand beside the multiple of the reference's own."""
    common = {"R@1": 0.5, "R@5": 0.75, "MRR@10": 0.6}
    result = {
        "passages": 100,
        "systems": {
            peers.REFERENCE: {
                "build_seconds": [4.0, 5.0, 9.0],
                "preparing_seconds": [0.0, 0.0, 0.0],
                "ms": [[10.0, 20.0], [12.0, 24.0], [11.0, 22.0]],
                "cold_seconds": [3.0, 4.0],
                **common,
            },
            "other": {
                "build_seconds": [1.0, 2.0, 3.0],
                "preparing_seconds": [8.0, 9.0, 7.0],
                "ms": [[5.5, 7.0]],
                "cold_seconds": [],
                **common,
            },
        },
    }

    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in peers.table(result).splitlines()]

    shares = ".500 / .750 / .600"
    assert rows[2] == [peers.REFERENCE, "20", "1.00", "", "11.0 / 22.0", "1.00", "3.50", shares]
    assert rows[3] == ["other", "50", "2.50", "8.0", "5.5 / 7.0", "0.50", "-", shares]


def test_every_system_begins_once() -> None:
    """In as many rounds as there are systems, each is in each place once."""
    assert list(peers.turned(["a", "b", "c"], 3)) == [["a", "b", "c"], ["b", "c", "a"], ["c", "a", "b"]]


def test_missing_peer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A peer that is not installed is named with the command that installs it."""
    monkeypatch.setattr(peers, "MODULES", {"nonesuch-peer": "nonesuch_peer"})
    with pytest.raises(SystemExit, match=r"nonesuch-peer is not installed: .* \"\.\[peers\]\""):
        peers.peer_versions()
