"""Generations of the index: built aside, made live in one atomic step, opened, cleaned up."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from qa_bot.errors import IndexMissing, IndexUnavailable, ModelUnavailable
from qa_bot.index.dense import DenseIndex
from qa_bot.index.lexical import LexicalIndex
from qa_bot.index.manifest import Manifest, load_manifest
from qa_bot.index.selecting import Selector
from qa_bot.index.store import Store
from qa_bot.index.vectors import VECTORS_FOLDER
from qa_bot.index.vocabulary import Vocabulary

T = TypeVar("T")

CURRENT_FILE = "CURRENT"
ENCODER_FOLDER = "encoder"
READER_FOLDER = "reader"
_GENERATIONS = "generations"
_BUILDING, _INTERRUPTED = ".building", "interrupted"


@dataclass(frozen=True, slots=True)
class Index:
    """One generation, opened: its articles and passages, and both sides of the search."""

    folder: Path
    manifest: Manifest
    store: Store
    dense: DenseIndex
    lexical: LexicalIndex
    vocabulary: Vocabulary
    selector: Selector


def open_index(index_dir: Path) -> Index:
    """The live generation of the index; raises IndexMissing or IndexUnavailable."""
    return opened_live(index_dir, open_generation)


def opened_live(index_dir: Path, opened: Callable[[Path], T]) -> T:
    """What `opened` makes of the folder of the live generation; raises what it raises, and IndexMissing.

    Where that generation went while it was being opened, as two builds ended in the meantime, it is tried with the one
    that is live now.
    """
    while True:
        folder = current_folder(index_dir)
        try:
            return opened(folder)
        except (IndexUnavailable, ModelUnavailable):
            if current_folder(index_dir) == folder:
                raise


def open_generation(folder: Path) -> Index:
    """The generation in `folder`; raises IndexUnavailable."""
    manifest = load_manifest(folder)
    store, dense, lexical = Store.open(folder), DenseIndex.open(folder), LexicalIndex.open(folder)
    return Index(folder, manifest, store, dense, lexical, Vocabulary.open(folder), Selector.open(folder, lexical))


def read_manifest(index_dir: Path) -> Manifest:
    """The manifest of the live generation; raises IndexMissing or IndexUnavailable."""
    return load_manifest(current_folder(index_dir))


def current_folder(index_dir: Path) -> Path:
    """The folder of the live generation; raises IndexMissing or IndexUnavailable."""
    path = index_dir / CURRENT_FILE
    try:
        name = path.read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        raise IndexMissing(f"There is no index in {index_dir}: run `qa-bot index`.", path=index_dir) from error
    except (OSError, ValueError) as error:
        raise IndexUnavailable(
            f"The index cannot be read ({path}: {error}): run `qa-bot index --rebuild`.", path=path
        ) from error
    folder = index_dir / _GENERATIONS / name
    if not name.isdecimal() or not folder.is_dir():
        raise IndexUnavailable(
            f"The index is damaged ({path} names no generation): run `qa-bot index --rebuild`.", path=path
        )
    return folder


@dataclass(frozen=True, slots=True)
class Draft:
    """A generation to build: its number, its folder, and what a build that was cut off before left, if it did."""

    number: int
    folder: Path
    interrupted: Path | None

    def clear(self) -> None:
        """The folder is empty again."""
        shutil.rmtree(self.folder)
        self.folder.mkdir()


@contextmanager
def draft_generation(index_dir: Path) -> Iterator[Draft]:
    """A generation to build, gone at the end of the block unless `publish` was called.

    Where the process is killed or cancelled the draft stays, for the next one to take what is finished from. Call it
    under `build_lock`. Raises IndexUnavailable where the disk cannot be written.
    """
    generations = index_dir / _GENERATIONS
    try:
        generations.mkdir(exist_ok=True)
        _tidy(index_dir)
        # Before what was unpublished goes: who runs on tells generations apart by their numbers.
        number = max(_numbers(generations), default=0) + 1
        interrupted = _interrupted(generations, _unpublished(index_dir))
        folder = generations / f"{number}{_BUILDING}"
        folder.mkdir()
        try:
            yield Draft(number, folder, interrupted)
        except Exception:
            for path in [folder, *_unpublished(index_dir)]:
                shutil.rmtree(path, ignore_errors=True)
            raise
        # Published, it is there no longer; not published, there was nothing to build.
        shutil.rmtree(folder, ignore_errors=True)
        if interrupted:
            shutil.rmtree(interrupted, ignore_errors=True)
    except (OSError, sqlite3.Error) as error:
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            raise IndexUnavailable(
                f"The index in {index_dir} is damaged ({error}): run `qa-bot index --check`, which mends it.",
                path=index_dir,
            ) from error
        raise IndexUnavailable(
            f"The index cannot be written in {index_dir} ({error}): what was there before is unchanged.",
            path=index_dir,
        ) from error


def _tidy(index_dir: Path) -> None:
    """What a build that was cut off while it cleaned up would have removed is gone."""
    (index_dir / f"{CURRENT_FILE}.new").unlink(missing_ok=True)
    if live := live_number(index_dir):
        numbers = sorted(_numbers(index_dir / _GENERATIONS))
        _remove_others(index_dir / _GENERATIONS, kept={*numbers[max(numbers.index(live) - 1, 0) :]})


def _unpublished(index_dir: Path) -> list[Path]:
    """Generations that were finished and cut off before they were live; none where it cannot be told which is live."""
    try:
        live = int(current_folder(index_dir).name)
    except IndexMissing:
        live = 0
    except IndexUnavailable:
        return []
    generations = index_dir / _GENERATIONS
    return [generations / str(number) for number in _numbers(generations) if number > live]


def _interrupted(generations: Path, unpublished: list[Path]) -> Path | None:
    """What is left of the build that came furthest of those that were cut off; the rest is gone."""
    kept = generations / _INTERRUPTED
    left = sorted([*generations.glob(f"*{_BUILDING}"), *generations.glob(_INTERRUPTED), *unpublished], key=_size)
    for path in left[:-1]:
        shutil.rmtree(path)
    if left and left[-1] != kept:
        left[-1].rename(kept)
    return kept if left else None


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in (folder / VECTORS_FOLDER).rglob("*.npy"))


def publish(index_dir: Path, number: int, folder: Path) -> None:
    """The drafted generation is live, and all but the one that was live before are gone."""
    live = live_number(index_dir)
    for path in [*folder.rglob("*"), folder]:
        _sync(path)
    with _pointer(index_dir, number) as pointer:
        folder.rename(folder.with_name(str(number)))
        _sync(folder.parent)
        pointer.replace(index_dir / CURRENT_FILE)
    _sync(index_dir)
    _remove_others(folder.parent, kept={live, number})


@contextmanager
def _pointer(index_dir: Path, number: int) -> Iterator[Path]:
    """A file that names the generation, to replace CURRENT with; written first, for the disk may be full."""
    pointer = index_dir / f"{CURRENT_FILE}.new"
    try:
        pointer.write_text(f"{number}\n", encoding="ascii")
        _sync(pointer)
        yield pointer
    finally:
        pointer.unlink(missing_ok=True)


def retire(index_dir: Path) -> None:
    """No generation is live any more."""
    (index_dir / CURRENT_FILE).unlink(missing_ok=True)


def make_live(index_dir: Path, folder: Path) -> None:
    """That generation is live; call it under `build_lock`. Raises IndexUnavailable where the disk cannot be written."""
    try:
        with _pointer(index_dir, int(folder.name)) as pointer:
            pointer.replace(index_dir / CURRENT_FILE)
        _sync(index_dir)
    except OSError as error:
        raise IndexUnavailable(f"The index cannot be written in {index_dir} ({error}).", path=index_dir) from error


def newest_folder(index_dir: Path) -> Path | None:
    """The folder of the newest generation, live or not; None where there is none."""
    generations = index_dir / _GENERATIONS
    numbers = _numbers(generations) if generations.is_dir() else []
    return generations / str(max(numbers)) if numbers else None


def live_number(index_dir: Path) -> int | None:
    """The number of the live generation; None where there is none."""
    try:
        return int(current_folder(index_dir).name)
    except IndexUnavailable:
        return None


def _remove_others(generations: Path, *, kept: set[int | None]) -> None:
    # The one that was live until now stays: a process that has just read CURRENT may be opening it.
    for number in _numbers(generations):
        if number not in kept:
            shutil.rmtree(generations / str(number), ignore_errors=True)


def _numbers(generations: Path) -> list[int]:
    return [int(path.name) for path in generations.iterdir() if path.name.isdecimal()]


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
