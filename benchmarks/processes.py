"""What a process takes: wall and processor seconds, and memory while it runs."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from time import perf_counter

# Peaks of memory that nobody else keeps for us are looked for this often.
_SECONDS = 0.02
_KILOBYTE = 1024


@dataclass(frozen=True, slots=True)
class Taken:
    """What a process printed and took: `own_bytes` is its peak memory without files that are mapped."""

    output: str
    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int
    own_bytes: int

    def figures(self) -> dict[str, float]:
        """All but the output."""
        return {
            "wall_seconds": self.wall_seconds,
            "cpu_seconds": self.cpu_seconds,
            "peak_bytes": self.peak_bytes,
            "own_bytes": self.own_bytes,
        }


def run(command: Sequence[str], *, accepted: Sequence[int] = (0,)) -> Taken:
    """The command run to its end; its standard error is passed on. Ends with a sentence where it fails."""
    started = perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        over = Event()
        peaks = {"VmHWM": 0, "RssAnon": 0}
        watch = Thread(target=_watch, args=(process.pid, over, peaks))
        watch.start()
        output = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = perf_counter() - started
        over.set()
        watch.join()
    if process.returncode not in accepted:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}.")
    return Taken(output, wall, usage.ru_utime + usage.ru_stime, peaks["VmHWM"], peaks["RssAnon"])


def _watch(process: int, over: Event, peaks: dict[str, int]) -> None:
    while not over.wait(_SECONDS):
        for name, size in memory(process).items():
            peaks[name] = max(peaks.get(name, 0), size)


def memory(process: int) -> dict[str, int]:
    """Bytes of memory of a process as Linux tells them; none where it is gone."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return {}
    fields = (line.split() for line in lines)
    return {words[0][:-1]: int(words[1]) * _KILOBYTE for words in fields if words[0] in _WANTED}


_WANTED = {"VmHWM:", "VmRSS:", "RssAnon:", "RssFile:"}
