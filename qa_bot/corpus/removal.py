"""Articles taken out of the corpus: kept aside, and nothing outside of the corpus is touched."""

import gzip
import os
import shutil
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePath

from qa_bot.corpus.fetched import Visits
from qa_bot.corpus.formats import LINES, READ
from qa_bot.corpus.intake import unused
from qa_bot.corpus.jsonl import LONGEST, line_id
from qa_bot.corpus.lock import corpus_lock
from qa_bot.errors import CorpusError
from qa_bot.types import Article

# Where what was taken out is kept, in the folder of what the bot remembers.
ASIDE = "removed"


@dataclass(frozen=True, slots=True)
class Doomed:
    """What is to be taken out: a file of the corpus, by its path in it, or only the article of that id in its lines."""

    file: PurePath
    line_id: str | None

    @classmethod
    def of(cls, article: Article, corpus: str) -> "Doomed":
        """What the article was read from when the corpus was in the folder `corpus`."""
        if not article.path.lower().endswith(LINES):
            return cls(PurePath(article.id), None)
        path = PurePath(article.path)
        inside = path.relative_to(corpus) if path.is_relative_to(corpus) else PurePath(path.name)
        return cls(inside, article.id)


class Remover:
    """Takes articles out of the folder `corpus` and keeps them in the folder `aside`, from where they can be added."""

    def __init__(self, corpus: Path, aside: Path) -> None:
        self._corpus = corpus
        self._aside = aside

    def file_named(self, name: str) -> PurePath | None:
        """The path in the corpus of the file called so there or from where we are; None where there is none."""
        corpus = Path(os.path.abspath(self._corpus))  # noqa: PTH100 (a link is named, not what it leads to)
        for path in (corpus / name, Path(os.path.abspath(name))):  # noqa: PTH100
            if path.is_relative_to(corpus) and path.name.lower().endswith(READ):
                inside = path.relative_to(corpus)
                hidden = any(part.startswith(".") for part in inside.parts)
                if not hidden and (path.is_symlink() or path.is_file()):
                    return inside
        return None

    def remove(self, doomed: Doomed) -> Path:
        """Where what was taken out is kept; raises CorpusError, and then everything is as it was."""
        path = self._corpus / doomed.file
        try:
            with corpus_lock(self._corpus):
                self._check(path, lines=doomed.line_id is not None)
                visits = Visits(self._corpus)
                self._aside.mkdir(parents=True, exist_ok=True)
                if doomed.line_id is None:
                    kept = _moved(path, unused(self._aside / path.name))
                    visits.forget(doomed.file.as_posix())
                else:
                    kept = unused(self._aside / (path.name.partition(".jsonl")[0] + ".jsonl"))
                    _take_lines(path.resolve(), doomed.line_id, kept)
        except OSError as error:
            raise CorpusError(f"{path} cannot be taken out: {error.strerror or error}.", path=path) from error
        return kept

    def _check(self, path: Path, *, lines: bool) -> None:
        """Raises CorpusError where there is no such file, or where it lies outside of the corpus, behind a link."""
        if not (path.is_file() or path.is_symlink()):
            raise CorpusError(f"There is no file {path}: run `qa-bot index`, what it held is gone.", path=path)
        # A link is taken out itself; what lies in a folder behind one, and lines of a file behind one, lie elsewhere.
        place = path.resolve() if lines else path.parent.resolve()
        if not place.is_relative_to(self._corpus.resolve()):
            raise CorpusError(f"{path} lies outside of the corpus, in {place}: take it out there.", path=path)


def _moved(path: Path, kept: Path) -> Path:
    """The file in its new place; a link leads from there to where it led."""
    if path.is_symlink():
        kept.symlink_to(path.resolve())
        path.unlink()
    else:
        shutil.move(path, kept)
    return kept


def _take_lines(file: Path, wanted: str, kept: Path) -> None:
    """The file without the article of that id, which is in `kept`; a file that has no other is gone."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        taken, others = _divide(file, wanted, kept, draft)
        if taken and others:
            shutil.copymode(file, draft)
            draft.replace(file)
        elif taken:
            file.unlink()
    except BaseException:
        kept.unlink(missing_ok=True)
        raise
    finally:
        draft.unlink(missing_ok=True)
    if not taken:
        kept.unlink()
        raise CorpusError(f"{file} has no such article any more: run `qa-bot index`.", path=file)


def _divide(file: Path, wanted: str, kept: Path, rest: Path) -> tuple[int, int]:
    """How many lines of the file have that id, now in `kept`, and how many have not, now in `rest`."""
    opened = gzip.open if file.name.lower().endswith(".gz") else open
    taken = others = 0
    try:
        with opened(file, "rb") as lines, opened(rest, "wb") as left, kept.open("xb") as out:
            for line in iter(lambda: lines.readline(LONGEST + 1), b""):
                if line_id(line) == wanted:
                    out.write(line.rstrip(b"\r\n") + b"\n")
                    taken += 1
                else:
                    left.write(line)
                    others += bool(line.strip())
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise CorpusError(f"{file} is damaged ({error}): mend it, or remove it as a whole.", path=file) from error
    return taken, others
