"""The bot as a process of its own, killed and harassed; benchmarks/telegram_bot.py does the same at length."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "telegram_bot.py"


@pytest.mark.parametrize(
    "mode",
    [
        pytest.param(("crash", "--kills", "3"), id="killed under load: nothing is lost, nothing answered twice"),
        pytest.param(("load", "--users", "20"), id="many at once: each answered exactly once, in order"),
        pytest.param(("fuzz", "--messages", "60"), id="hostile messages: a reply to each, no handler fails"),
    ],
)
def test_a_process_that_is_tried(mode: tuple[str, ...], archive: tuple[Path, Path]) -> None:
    """Everything comes as it should."""
    corpus, index = archive
    command = [sys.executable, str(SCRIPT), *mode, "--corpus", str(corpus), "--index", str(index)]

    result = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)

    assert result.returncode == 0, result.stdout + result.stderr[-2000:]
