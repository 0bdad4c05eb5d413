"""Results kept as JSON Lines: every measurement with what produced it."""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qa_bot.evaluation.machine import machine, versions

_ROOT = Path(__file__).parents[1]


def append_result(path: Path, what: str, values: Mapping[str, Any]) -> None:
    """One more line in the file: the values, and commit, command, time, machine and versions."""
    line = {
        "what": what,
        "commit": commit(),
        "command": " ".join(["python", f"benchmarks/{Path(sys.argv[0]).name}", *sys.argv[1:]]),
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": versions(),
        **values,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def read_results(path: Path, what: str) -> list[dict[str, Any]]:
    """The lines of that kind in the file, oldest first."""
    with path.open(encoding="utf-8") as lines:
        return [line for line in map(json.loads, lines) if line["what"] == what]


def commit() -> str:
    """The first twelve digits of the commit that is checked out, with a mark where files were changed since."""
    number = _git("rev-parse", "--short=12", "HEAD")
    return f"{number}-changed" if _git("status", "--porcelain", "--untracked-files=no") else number


def _git(*arguments: str) -> str:
    done = subprocess.run(  # noqa: S603
        ["git", *arguments],  # noqa: S607
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def markdown(rows: list[list[str]]) -> str:
    """The rows as a table of Markdown, the first one its headings."""
    head, *body = [f"| {' | '.join(cells)} |" for cells in rows]
    return "\n".join([head, "|" + "---|" * len(rows[0]), *body])
