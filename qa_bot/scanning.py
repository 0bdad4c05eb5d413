"""The corpus held against the store: only files that were written since are read again."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qa_bot.corpus.reader import SourceFile, place_of, read_files
from qa_bot.index.store_writer import KnownArticle, StoreWriter
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
        # What was read before and is as it was; numbers that are new tell themselves.
        self._found: set[int] = set()
        self._taken = 0
        self._articles = writer.articles
        self._moved = False
        self._kept: set[str] = set()
        # Of a million articles that are new only the first few are named: all of their ids would take 300 MB.
        self._added = 0
        self._named: list[str] = []
        self._changed: dict[str, None] = {}
        self._removed: list[str] = []
        self._gone = self._renamed = 0
        self.skipped: list[Skipped] = []
        self.dead: list[int] = []

    def counts(self) -> Counts:
        """How many articles were added, changed, renamed, removed and left as they were, and what was skipped."""
        # What was renamed is named by the id that it has now.
        return Counts(
            unchanged=self._articles - len(self._changed) - self._gone,
            added=self._added - self._renamed,
            changed=len(self._changed),
            renamed=self._renamed,
            removed=self._gone - self._renamed,
            named=tuple([*self._named, *self._changed, *self._removed][:_NAMED]),
            skipped=tuple(self.skipped),
        )

    def wears_out(self, dead: Rows, rows: int) -> bool:
        """Whether so many of the rows are dead that they are better numbered anew, and all files were read for it."""
        return not self._kept and len(dead) + len(self.dead) > _MOST_DEAD * rows

    @property
    def differs(self) -> bool:
        """Whether the store says anything else than before."""
        return bool(self._added or self._changed or self._gone or self._moved)

    def run(self, folder: Path, progress: Callable[[str, int, int | None], None]) -> None:
        """The store says what the corpus in `folder` says."""
        for file, outcomes in read_files(self._differs.written, folder):
            faults = len(self.skipped)
            for line, outcome in outcomes:
                if isinstance(outcome, Skipped):
                    self.skipped.append(self._kept_from(file.place, outcome) if outcome.unread else outcome)
                else:
                    self._take(outcome, line)
                    progress("reading", self._taken, None)
            self._writer.set_stamp(file.place, file.stamp if faults == len(self.skipped) else None)
        for place in set(self._differs.gone) - self._kept:
            self._writer.forget_file(place)
        self._remove_left()
        self._writer.commit()

    def _remove_left(self) -> None:
        """Articles that were not found again are no more, or are renamed: others of the same content are new."""
        came: dict[str, list[str]] = {}
        gone: Counter[str] = Counter()
        for number in sorted(self._left):
            article_id, sha256 = self._writer.name_of(number)
            if sha256 not in came:
                came[sha256] = [new for new in self._writer.new_with(sha256) if new not in self._changed]
            gone[sha256] += 1
            if came[sha256]:
                self._writer.hand_texts_on(article_id, came[sha256][-1])
            else:
                self._writer.forget_texts(article_id)
                self._removed.append(article_id)
            self.dead += self._writer.remove_article(number)
        self._gone = gone.total()
        self._renamed = sum(min(count, len(came[sha256])) for sha256, count in gone.items())

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
            self._writer.add_article(article, line)
            self._added += 1
            self._taken += 1
            if len(self._named) < _NAMED:
                self._named.append(article.id)
        elif self._is_taken(known) or known.path not in self._read_again:
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
                self._writer.add_article(article, line)
                self._taken += 1
                self._changed[article.id] = None
                return
            self._found.add(known.number)
            self._taken += 1
            if (known.path, known.line) != (article.path, line):
                self._writer.move_article(known.number, article.path, line)
                self._moved = True

    def _is_taken(self, known: KnownArticle) -> bool:
        """Whether this very reading came upon the article before."""
        return known.number in self._writer.new_numbers or known.number in self._found


def nothing_to_read(corpus: Path, skipped: Sequence[Skipped]) -> str:
    """What is said of a corpus that has no article that can be read."""
    if skipped:
        first = skipped[0]
        return f"No article in {corpus} can be read ({len(skipped)} skipped, the first: {first.path}: {first.reason})."
    return f"There is no article in {corpus}: put .txt, .md, .html, .pdf, .docx, .epub or .jsonl files there."
