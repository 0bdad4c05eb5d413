"""Files taken into the corpus: read first, copied whole, and never over another article."""

import filecmp
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qa_bot.corpus.formats import DOCUMENTS, LINES, MOST_BYTES, PLAIN, READ
from qa_bot.corpus.isolation import Isolation
from qa_bot.corpus.jsonl import read_jsonl
from qa_bot.corpus.reader import corpus_files
from qa_bot.corpus.unreadable import Unreadable
from qa_bot.errors import CorpusError
from qa_bot.types import Article, Skipped


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file or page: `article` is its path in the corpus; not `new` if the same was there before."""

    origin: str
    article: str
    new: bool


class Intake:
    """Takes files into the folder of the articles, which is made where there is none."""

    def __init__(self, corpus: Path, isolation: Isolation) -> None:
        self._corpus = corpus
        self._isolation = isolation
        corpus.mkdir(parents=True, exist_ok=True)
        self._sizes: dict[int, list[Path]] = {}
        for file in corpus_files(corpus):
            if file.refused is None and file.path.is_file():
                self._sizes.setdefault(file.path.stat().st_size, []).append(file.path)

    def take(self, source: Path) -> Iterator[Taken | Skipped]:
        """What became of the file, or of each file of the folder that is of a kind that is read, in order."""
        if not source.is_dir():
            yield self._outcome(source, source.name)
            return
        try:
            files = corpus_files(source)
        except CorpusError as error:
            yield Skipped(str(source), str(error))
            return
        if not files:
            yield Skipped(str(source), f"There is no article in it: {', '.join(READ)} are read.")
        base = source.resolve().name
        for file in files:
            if file.refused:
                yield Skipped(file.place, f"It cannot be read: {file.refused.strerror}.")
            else:
                yield self._outcome(file.path, f"{base}/{file.path.relative_to(source).as_posix()}")

    def take_content(self, content: bytes, name: str, origin: str, *, over: str | None = None) -> Taken:
        """What became of the content of a file called `name`, which takes the place of the article `over`.

        Raises `Unreadable`.
        """
        self._check(content, name, origin)
        size = len(content)
        for path in self._sizes.get(size, []):
            if path.read_bytes() == content:
                return Taken(origin, self._article(path), new=False)
        target = self._corpus / (over or name)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".adding-{os.getpid()}.new")
        try:
            draft.write_bytes(content)
            target, new = (draft.replace(target), True) if over else _place(draft, target)
        finally:
            draft.unlink(missing_ok=True)
        self._sizes.setdefault(size, []).append(target)
        return Taken(origin, self._article(target), new=new)

    def _outcome(self, source: Path, name: str) -> Taken | Skipped:
        origin = str(source).encode(errors="replace").decode()
        try:
            return self._take(source, name, origin)
        except FileNotFoundError:
            return Skipped(origin, "There is no such file or folder.")
        except OSError as error:
            return Skipped(origin, f"It cannot be taken over: {error.strerror}.")
        except Unreadable as error:
            return Skipped(origin, str(error))

    def _take(self, source: Path, name: str, origin: str) -> Taken:
        status = source.stat()
        if not source.is_file():
            raise Unreadable("It is not a regular file.")
        if source.resolve().is_relative_to(self._corpus.resolve()):
            return Taken(origin, source.resolve().relative_to(self._corpus.resolve()).as_posix(), new=False)
        self._check_file(source, name, origin)
        for path in self._sizes.get(status.st_size, []):
            if filecmp.cmp(source, path, shallow=False):
                return Taken(origin, self._article(path), new=False)
        target = self._corpus / Path(*(part.lstrip(".") or "_" for part in Path(name).parts))
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".adding-{os.getpid()}.new")
        try:
            shutil.copyfile(source, draft)
            target, new = _place(draft, target)
        finally:
            draft.unlink(missing_ok=True)
        self._sizes.setdefault(status.st_size, []).append(target)
        return Taken(origin, self._article(target), new=new)

    def _check_file(self, source: Path, name: str, origin: str) -> None:
        """Raises `Unreadable` for a file that holds no article."""
        if name.lower().endswith(LINES):
            outcomes = [outcome for _, outcome in zip(range(1000), read_jsonl(source, origin), strict=False)]
            if not any(isinstance(outcome, Article) for _, outcome in outcomes):
                reason = next((o.reason for _, o in outcomes if isinstance(o, Skipped)), "It is empty.")
                raise Unreadable(f"It holds no article. {reason}")
            return
        kind = source.suffix.lower()
        if kind not in MOST_BYTES:
            raise Unreadable(f"Files of this kind are not read: {', '.join(READ)} are.")
        if source.stat().st_size > MOST_BYTES[kind]:
            raise Unreadable(f"It is bigger than {MOST_BYTES[kind] // 1024 // 1024} MB.")
        self._check(source.read_bytes(), name, origin)

    def _check(self, content: bytes, name: str, origin: str) -> None:
        kind = Path(name).suffix.lower()
        if kind in PLAIN:
            PLAIN[kind](content, name, origin)
        elif kind in DOCUMENTS:
            self._isolation.parse(kind, content, name, origin)
        else:
            raise Unreadable(f"Files of this kind are not read: {', '.join(READ)} are.")

    def _article(self, path: Path) -> str:
        return path.relative_to(self._corpus).as_posix()


def unused(path: Path) -> Path:
    """The path, or one beside it with a number, where nothing is yet."""
    number, free = 1, path
    while free.exists() or free.is_symlink():
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free


def _place(draft: Path, target: Path) -> tuple[Path, bool]:
    """Where the draft is now, under its name or another one; or where the same was put a moment ago, and `False`."""
    free = target
    while True:
        try:
            free.hardlink_to(draft)
        except FileExistsError:
            if free.is_file() and filecmp.cmp(draft, free, shallow=False):
                return free, False
            free = unused(target)
        except OSError:  # a file system without links
            return draft.replace(unused(target)), True
        else:
            return free, True
