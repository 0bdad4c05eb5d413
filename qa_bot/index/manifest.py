"""What a generation says of itself: for people to read, and for checks before it is opened."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from qa_bot.errors import IndexUnavailable

MANIFEST_FILE = "manifest.json"
# Raised by every change of what the files of a generation hold or how articles are cut into passages.
FORMAT = 8


@dataclass(frozen=True, slots=True)
class Manifest:
    """The facts of one generation; `files` has the size in bytes of each of its other files.

    `dense` is the kind of FAISS index, `recall` its recall at ten against exhaustive search on the archive's own
    passages, measured when `recall_of` of them had been added or taken away. `precision` is what the encoder is stored
    in, `asked_precision` what the build was asked for; `reader` is the name of the reader that the generation carries.
    """

    format: int
    generation: int
    created: str
    corpus: str
    articles: int
    passages: int
    sentences: int
    model: str
    precision: str
    asked_precision: str
    dimension: int
    window: int
    fidelity: float
    dense: str
    recall: float
    recall_of: int
    reader: str
    support: dict[str, Any]
    files: dict[str, int]

    def write(self, folder: Path) -> None:
        """The manifest as JSON in the generation's folder."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False)
        (folder / MANIFEST_FILE).write_text(text + "\n", encoding="utf-8")


def load_manifest(folder: Path) -> Manifest:
    """The manifest of the generation in `folder`, checked against its format and the sizes of its files.

    Raises IndexUnavailable with the command that mends it.
    """
    manifest = parse_manifest(folder)
    _check_sizes(folder, manifest.files)
    return manifest


def parse_manifest(folder: Path) -> Manifest:
    """The manifest of the generation in `folder`, of this format; raises IndexUnavailable."""
    path = folder / MANIFEST_FILE
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        version = data["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexUnavailable(
            f"The index has no manifest that can be read ({path}): run `qa-bot index --rebuild`.", path=path
        ) from error
    if version != FORMAT:
        raise IndexUnavailable(
            f"The index in {folder} has format {version}, this version reads format {FORMAT}:"
            " run `qa-bot index --rebuild`.",
            path=path,
        )
    if set(data) != {field.name for field in fields(Manifest)} or not isinstance(data["files"], dict):
        raise IndexUnavailable(f"The manifest {path} is damaged: run `qa-bot index --rebuild`.", path=path)
    return Manifest(**data)


def file_sizes(folder: Path) -> dict[str, int]:
    """The size in bytes of every file below `folder`, by its path inside it; locks, which come and go, left out."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".lock")
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}


def _check_sizes(folder: Path, sizes: dict[str, int]) -> None:
    for name, size in sizes.items():
        path = folder / name
        try:
            found = path.stat().st_size
        except OSError as error:
            raise IndexUnavailable(
                f"The index is damaged ({path} is missing): run `qa-bot index --rebuild`.", path=path
            ) from error
        if found != size:
            raise IndexUnavailable(
                f"The index is damaged ({path} has {found} bytes and should have {size}):"
                " run `qa-bot index --rebuild`.",
                path=path,
            )
