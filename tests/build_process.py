"""Builds an index with the small model, as a process of its own: `CORPUS INDEX READER [LARGEST_FILE_IN_BYTES]`.

Prints each stage as it begins and waits for a line on standard input if the stage's name is in `PAUSE_AT`, once
`PAUSE_DONE` of it or all is done; ends with the report, or with the one sentence of the error.
"""

import os
import resource
import sys
from pathlib import Path

from encoder_double import MODEL, SmallSource, export_small

from qa_bot import indexing
from qa_bot.errors import QABotError


def main() -> None:
    """One build."""
    corpus, index, reader, *limit = sys.argv[1:]
    setattr(indexing, "SourceModel", SmallSource)  # noqa: B010 (a name that the module only imports)
    setattr(indexing, "export_checked", export_small)  # noqa: B010
    setattr(indexing, "shipped_reader", lambda: Path(reader))  # noqa: B010
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit[0]), int(limit[0])))
    try:
        report = indexing.update_index(
            Path(corpus), Path(index), embedding_model=MODEL, precision="fp32", progress=_pause
        )
    except QABotError as error:
        _say(f"error: {error}")
    else:
        _say(f"built: {report.generation}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _pause(stage: str, done: int, total: int | None) -> None:
    at = os.environ.get("PAUSE_DONE")
    if stage == os.environ.get("PAUSE_AT") and (total is None or done == (int(at) if at else total)):
        _say(f"paused: {stage}")
        sys.stdin.readline()


if __name__ == "__main__":
    main()
