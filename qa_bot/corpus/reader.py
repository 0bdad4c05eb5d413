"""A folder of articles read one after the other."""

import logging
import os
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from qa_bot.corpus.formats import LINES, MOST_BYTES, PLAIN, READ, file_type
from qa_bot.corpus.isolation import Isolation
from qa_bot.corpus.jsonl import line_place, read_jsonl
from qa_bot.corpus.side_file import Correction, corrected, corrections_by_file, read_corrections, signature
from qa_bot.corpus.unreadable import Unreadable
from qa_bot.errors import CorpusError
from qa_bot.types import Article, Skipped

logger = logging.getLogger(__name__)

Outcome = Article | Skipped

# Longer than the coarsest clock that a file system keeps its times by.
_UNSETTLED_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the corpus: where it is, its `place` as named to the user, and a stamp that every writing changes.

    The stamp is `None` where it could not tell a later writing from this one. `corrections` are those of the side file
    that may concern the file, and change its stamp. `refused` is why it cannot be opened.
    """

    path: Path
    place: str
    stamp: str | None
    corrections: Mapping[str, Correction]
    refused: OSError | None = None


def corpus_files(folder: Path) -> list[SourceFile]:
    """The files under the folder of a kind that is read, and folders that cannot be listed, ordered by their paths.

    Hidden files are passed over. Raises `CorpusError` if the folder is missing, is not a folder or cannot be read, or
    if its side file `metadata.yaml` cannot be followed.
    """
    check_folder(folder)
    files, refused = _walk(folder)
    corrections = corrections_by_file(read_corrections(folder), files, folder)
    found = [SourceFile(path, _place(path), _stamp(path, corrections[path]), corrections[path]) for path in files]
    found += [SourceFile(path, _place(path), None, {}, error) for path, error in refused.items()]
    return sorted(found, key=lambda file: file.place)


def check_folder(folder: Path) -> None:
    """Raises `CorpusError` if the folder of the corpus is missing, is not a folder or cannot be read."""
    try:
        with os.scandir(folder):
            pass
    except FileNotFoundError as error:
        raise CorpusError(
            f"There is no folder {folder}; make it and put articles there, or name another one.", path=folder
        ) from error
    except NotADirectoryError as error:
        raise CorpusError(f"{folder} is not a folder; name the folder that holds the articles.", path=folder) from error
    except OSError as error:
        raise CorpusError(f"The folder {folder} cannot be read: {error.strerror}.", path=folder) from error


def read_corpus(folder: Path) -> Iterator[Outcome]:
    """Every article under the folder, or why a file or a line is none, one at a time; raises `CorpusError` at once."""
    files = corpus_files(folder)
    return (outcome for _, outcomes in read_files(files, folder) for _, outcome in outcomes)


def read_files(files: Iterable[SourceFile], folder: Path) -> Iterator[tuple[SourceFile, Iterator[tuple[int, Outcome]]]]:
    """For each file of the corpus in `folder` its articles, or why it is none, each with its line (0 for a file)."""
    with Isolation() as isolation:
        for file in files:
            outcomes = _outcomes(file, folder, isolation)
            yield file, ((line, corrected(outcome, file.corrections)) for line, outcome in outcomes)


def place_of(path: str, line: int) -> str:
    """How an article is named to the user: its file, and its line where it has one."""
    return line_place(path, line) if line else path


def parse_content(content: bytes, name: str) -> Article:
    """The article in a document called `name`, read by what it holds; raises `Unreadable`."""
    kind = file_type(content, name)
    if kind is None:
        raise Unreadable("It is a ZIP archive or a compressed file of a kind that is not read.")
    with Isolation() as isolation:
        return _parse(kind, content, name, name, isolation)


def _parse(kind: str, content: bytes, article_id: str, path: str, isolation: Isolation) -> Article:
    """The article of one file; raises `Unreadable`."""
    if kind in PLAIN:
        return PLAIN[kind](content, article_id, path)
    return isolation.parse(kind, content, article_id, path)


def _outcomes(file: SourceFile, folder: Path, isolation: Isolation) -> Iterator[tuple[int, Outcome]]:
    try:
        if file.refused:
            raise file.refused
        yield from _read(file, folder, isolation)
    except FileNotFoundError:
        yield 0, Skipped(file.place, "It was removed while the articles were being read.")
    except OSError as error:
        yield 0, Skipped(file.place, f"It cannot be read: {error.strerror}.", unread=True)
    except Unreadable as error:
        yield 0, Skipped(file.place, str(error))


def _read(file: SourceFile, folder: Path, isolation: Isolation) -> Iterator[tuple[int, Outcome]]:
    """The outcomes of one file; raises `OSError` and `Unreadable`."""
    path = file.path
    path.lstat()  # raises where it is gone; what is a broken link is still there
    if not path.is_file():
        raise Unreadable("It is a broken link, or not a regular file.")
    if path.name.lower().endswith(LINES):
        yield from read_jsonl(path, file.place)
        return
    kind = path.suffix.lower()
    if path.stat().st_size > MOST_BYTES[kind]:
        raise Unreadable(f"It is bigger than {MOST_BYTES[kind] // 1024 // 1024} MB.")
    yield 0, _parse(kind, path.read_bytes(), path.relative_to(folder).as_posix(), file.place, isolation)


def _stamp(path: Path, corrections: Mapping[str, Correction]) -> str | None:
    """What changes with every writing and correction; None for a file so new that the next one may look the same."""
    try:
        status = path.stat()
    except OSError:
        return None
    settled = time.time_ns() - status.st_ctime_ns > _UNSETTLED_NS
    stamp = f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}{signature(corrections)}"
    return stamp if settled else None


def _walk(folder: Path) -> tuple[list[Path], dict[Path, OSError]]:
    """The files under the folder of a kind that is read, and the folders that cannot be listed.

    A folder that several links lead to is listed once, under its real path if that is in the corpus, so loops end.
    """
    files: list[Path] = []
    refused: dict[Path, OSError] = {}
    seen: set[tuple[int, int]] = set()
    pending = deque([folder])
    while pending:
        directory = pending.pop()
        try:
            status = directory.stat()
            if (status.st_dev, status.st_ino) not in seen:
                seen.add((status.st_dev, status.st_ino))
                _list(directory, files, pending)
        except OSError as error:
            refused[directory] = error
    return files, refused


def _list(directory: Path, files: list[Path], pending: deque[Path]) -> None:
    """Adds what the directory holds to the files and to the pending folders, links to folders last in the queue."""
    with os.scandir(directory) as entries:
        found = sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)
    for entry in found:
        path = directory / entry.name
        if _is_folder(path):
            (pending.appendleft if entry.is_symlink() else pending.append)(path)
        elif entry.name.lower().endswith(READ):
            files.append(path)
        else:
            logger.debug("%s is of a kind that is not read", path)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a link to where nobody may look: if its name is one that is read, reading it says so
        return False


def _place(file: Path) -> str:
    r"""The file as named to the user: with `/`, and with bytes that are no text written out, as in `caf\xe9.txt`."""
    return os.fsencode(file.as_posix()).decode(errors="backslashreplace")
