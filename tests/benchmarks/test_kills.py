import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "kills.py"


def test_killed_at_the_steps_that_decide() -> None:
    """Killed around going live and while cleaning up, the index answers as before or as after, and is mended."""
    command = [sys.executable, str(SCRIPT), "--points"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert result.returncode == 0, result.stdout + result.stderr[-2000:]
    assert result.stdout == "    2  further: new one live\n    3  further: old one live\n5 builds killed, 0 faults\n"
