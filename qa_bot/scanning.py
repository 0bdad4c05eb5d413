"""The corpus held against the store: only files that were written since are read again."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qa_bot.corpus.reader import SourceFile, place_of, read_files
from qa_bot.index.store_writer import StoreWriter
from qa_bot.types import Article, Rows, Skipped

# Articles that a report names: as many as fit into a line.
_NAMED = 3

# Rows of passages that are no more cost time and disk, and still count in BM25: from this share of all rows on, the
# next generation numbers its rows anew.
_MOST_DEAD = 0.1


@dataclass(frozen=True, slots=True)
class Difference:
    """Which files have to be read, and which places hold a file no longer."""

    written: tuple[SourceFile, ...]
    gone: tuple[str, ...]


def difference(files: Sequence[SourceFile], stamps: Mapping[str, str | None]) -> Difference:
    """How the files differ from those that were read with these stamps; one without a stamp is always read."""
    written = tuple(file for file in files if file.stamp is None or stamps.get(file.place) != file.stamp)
    return Difference(written, tuple(sorted(stamps.keys() - {file.place for file in files})))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many articles are as they were, and how many are not; what could not be read.

    An article that has another id and the same content as one that is gone is `renamed`. `named` are the ids of the
    first few of those that are not as they were.
    """

    unchanged: int
    added: int = 0
    changed: int = 0
    renamed: int = 0
    removed: int = 0
    named: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()


class Scan:
    """One reading of what differs into the store, and what came of it: counts of articles, rows that are now dead."""

    def __init__(self, writer: StoreWriter, differs: Difference) -> None:
        self._writer = writer
        self._differs = differs
        self._read_again = {file.place for file in differs.written} | set(differs.gone)
        self._left = writer.numbers_in(self._read_again)
        self._taken: set[int] = set()
        self._articles = writer.articles
        self._moved = False
        self._kept: set[str] = set()
        self._added: dict[str, str] = {}
        self._changed: list[str] = []
        self._removed: dict[str, str] = {}
        self.skipped: list[Skipped] = []
        self.dead: list[int] = []

    def counts(self) -> Counts:
        """How many articles were added, changed, renamed, removed and left as they were, and what was skipped."""
        gone, came = Counter(self._removed.values()), Counter(self._added.values())
        renamed = (gone & came).total()
        # What was renamed is named by the id that it has now.
        removed = [article_id for article_id, sha256 in self._removed.items() if sha256 not in came]
        return Counts(
            unchanged=self._articles - len(self._changed) - len(self._removed),
            added=len(self._added) - renamed,
            changed=len(self._changed),
            renamed=renamed,
            removed=len(self._removed) - renamed,
            named=tuple([*self._added, *self._changed, *removed][:_NAMED]),
            skipped=tuple(self.skipped),
        )

    def wears_out(self, dead: Rows, rows: int) -> bool:
        """Whether so many of the rows are dead that they are better numbered anew, and all files were read for it."""
        return not self._kept and len(dead) + len(self.dead) > _MOST_DEAD * rows

    @property
    def differs(self) -> bool:
        """Whether the store says anything else than before."""
        return bool(self._added or self._changed or self._removed or self._moved)

    def run(self, folder: Path, progress: Callable[[str, int, int | None], None]) -> None:
        """The store says what the corpus in `folder` says."""
        for file, outcomes in read_files(self._differs.written, folder):
            faults = len(self.skipped)
            for line, outcome in outcomes:
                if isinstance(outcome, Skipped):
                    self.skipped.append(self._kept_from(file.place, outcome) if outcome.unread else outcome)
                else:
                    self._take(outcome, line)
                    progress("reading", len(self._taken), None)
            self._writer.set_stamp(file.place, file.stamp if faults == len(self.skipped) else None)
        for place in set(self._differs.gone) - self._kept:
            self._writer.forget_file(place)
        ids = {sha256: article_id for article_id, sha256 in self._added.items()}
        for number in sorted(self._left):
            article_id, sha256 = self._writer.name_of(number)
            if sha256 in ids:
                self._writer.hand_texts_on(article_id, ids[sha256])
            else:
                self._writer.forget_texts(article_id)
            self._removed[article_id] = sha256
            self.dead += self._writer.remove_article(number)
        self._writer.commit()

    def _kept_from(self, place: str, skipped: Skipped) -> Skipped:
        """The fault, after what was read before at that place or in that folder was kept, for it may still be there."""
        places = {place, *(gone for gone in self._differs.gone if gone.startswith(f"{place}/"))}
        numbers = self._writer.numbers_in(places)
        self._left -= numbers
        self._kept |= places
        return replace(skipped, reason=f"{skipped.reason} What the index has of it stays.") if numbers else skipped

    def _take(self, article: Article, line: int) -> None:
        """The article is in the store as it was read, unless another place has its id."""
        known = self._writer.known(article.id)
        if known is None:
            self._taken.add(self._writer.add_article(article, line))
            self._added[article.id] = article.sha256
        elif known.number in self._taken or known.path not in self._read_again:
            place, first = place_of(article.path, line), place_of(known.path, known.line)
            self.skipped.append(
                Skipped(place, f'The id "{article.id}" is already that of {first}; this one is left out.')
            )
        else:
            self._left.discard(known.number)
            if known.sha256 != article.sha256:
                before = self._writer.text_of(known.number)
                if before != article.text:
                    self._writer.keep_text(article.id, before)
                self.dead += self._writer.remove_article(known.number)
                self._taken.add(self._writer.add_article(article, line))
                self._changed.append(article.id)
                return
            self._taken.add(known.number)
            if (known.path, known.line) != (article.path, line):
                self._writer.move_article(known.number, article.path, line)
                self._moved = True


def nothing_to_read(corpus: Path, skipped: Sequence[Skipped]) -> str:
    """What is said of a corpus that has no article that can be read."""
    if skipped:
        first = skipped[0]
        return f"No article in {corpus} can be read ({len(skipped)} skipped, the first: {first.path}: {first.reason})."
    return f"There is no article in {corpus}: put .txt, .md, .html, .pdf, .docx, .epub or .jsonl files there."
