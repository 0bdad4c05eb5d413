"""The SHA-256 of every file of a generation, in the form that `sha256sum -c` reads."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from qa_bot.errors import IndexUnavailable
from qa_bot.index.manifest import file_sizes

CHECKSUMS_FILE = "SHA256SUMS"
_HEX_DIGITS = 64


def write_checksums(folder: Path, previous: Path | None) -> None:
    """The checksums of all files in `folder` are beside them; those of files shared with `previous` are taken over.

    A file shared by a hard link is not read: what its bytes should be was said when they were written. Raises OSError.
    """
    known = _known(previous) if previous else {}
    lines = [
        f"{known[name] if previous and name in known and _shared(folder, previous, name) else _digest(folder / name)}"
        f"  {name}\n"
        for name in file_sizes(folder)
        if name != CHECKSUMS_FILE
    ]
    (folder / CHECKSUMS_FILE).write_text("".join(lines), encoding="utf-8")


def read_checksums(folder: Path) -> dict[str, str]:
    """The checksum of each file of the generation, by its path inside it; raises IndexUnavailable."""
    path = folder / CHECKSUMS_FILE
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise IndexUnavailable(f"{CHECKSUMS_FILE} cannot be read: {_reason(error)}.", path=path) from error
    parts = [line.partition("  ") for line in text.splitlines()]
    if not text.endswith("\n") or not all(len(digest) == _HEX_DIGITS and name for digest, _, name in parts):
        raise IndexUnavailable(f"{CHECKSUMS_FILE} is damaged.", path=path)
    return {name: digest for digest, _, name in parts}


def damaged_files(
    folder: Path, checksums: dict[str, str], progress: Callable[[int], None]
) -> Iterator[tuple[str, str]]:
    """Each file that is not as it was written, with one sentence; `progress` is told how many were read."""
    for name in sorted(file_sizes(folder).keys() - checksums.keys() - {CHECKSUMS_FILE}):
        yield name, f"{name} is not in {CHECKSUMS_FILE}."
    for done, (name, digest) in enumerate(checksums.items(), start=1):
        try:
            if _digest(folder / name) != digest:
                yield name, f"{name} has other bytes than were written."
        except OSError as error:
            yield name, f"{name} cannot be read: {_reason(error)}."
        progress(done)


def _known(folder: Path) -> dict[str, str]:
    try:
        return read_checksums(folder)
    except IndexUnavailable:
        return {}


def _shared(folder: Path, previous: Path, name: str) -> bool:
    return (previous / name).exists() and (folder / name).samefile(previous / name)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _reason(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
