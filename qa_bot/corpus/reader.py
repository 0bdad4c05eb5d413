"""A folder of articles read one after the other."""

import logging
import os
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from qa_bot.corpus.formats import LINES, MOST_BYTES, PLAIN, READ, file_type
from qa_bot.corpus.isolation import Isolation
from qa_bot.corpus.jsonl import line_place, read_jsonl
from qa_bot.corpus.unreadable import Unreadable
from qa_bot.errors import CorpusError
from qa_bot.types import Article, Skipped

logger = logging.getLogger(__name__)

Outcome = Article | Skipped


def read_corpus(folder: Path) -> Iterator[Outcome]:
    """Every article under the folder, or why a file or a line is none, in the order of their paths, one at a time.

    Hidden files, and those of a kind that is not read, are passed over. Of two articles with one id the first is read.
    Raises `CorpusError` at once if the folder is missing, is not a folder or cannot be read.
    """
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
    return _without_repeats(_outcomes(folder))


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


def _without_repeats(outcomes: Iterable[tuple[str, Outcome]]) -> Iterator[Outcome]:
    """The outcomes, an article whose id was there before replaced by a `Skipped` that names both places."""
    places: dict[str, str] = {}
    for place, outcome in outcomes:
        if isinstance(outcome, Skipped) or (first := places.setdefault(outcome.id, place)) == place:
            yield outcome
        else:
            yield Skipped(place, f'The id "{outcome.id}" is already that of {first}; this one is left out.')


def _outcomes(folder: Path) -> Iterator[tuple[str, Outcome]]:
    """Each outcome with its place, as named to the user."""
    files, refused = _walk(folder)
    with Isolation() as isolation:
        for file in sorted([*files, *refused], key=_place):
            place = _place(file)
            try:
                if file in refused:
                    raise refused[file]
                yield from _read(file, folder, place, isolation)
            except OSError as error:
                yield place, Skipped(place, f"It cannot be read: {error.strerror}.")
            except Unreadable as error:
                yield place, Skipped(place, str(error))


def _read(file: Path, folder: Path, place: str, isolation: Isolation) -> Iterator[tuple[str, Outcome]]:
    """The outcomes of one file; raises `OSError` and `Unreadable`."""
    if not file.is_file():
        raise Unreadable("It is a broken link, or not a regular file.")
    if file.name.lower().endswith(LINES):
        yield from ((line_place(place, number), outcome) for number, outcome in read_jsonl(file, place))
        return
    kind = file.suffix.lower()
    if file.stat().st_size > MOST_BYTES[kind]:
        raise Unreadable(f"It is bigger than {MOST_BYTES[kind] // 1024 // 1024} MB.")
    yield place, _parse(kind, file.read_bytes(), file.relative_to(folder).as_posix(), place, isolation)


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
        if path.is_dir():
            (pending.appendleft if entry.is_symlink() else pending.append)(path)
        elif entry.name.lower().endswith(READ):
            files.append(path)
        else:
            logger.debug("%s is of a kind that is not read", path)


def _place(file: Path) -> str:
    """The file as named to the user: with `/`, and without bytes that no terminal can show."""
    return os.fsencode(file.as_posix()).decode(errors="replace")
