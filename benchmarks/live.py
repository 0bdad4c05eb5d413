"""How soon a new article is answered from while many ask, and what the build costs those who ask meanwhile.

    python benchmarks/live.py CORPUS INDEX QUESTIONS.jsonl[.gz] [--threads 8] [--articles 5]

The folder CORPUS is followed as the bot in Telegram follows it, with the builds in a process of their own; INDEX is
built first where there is none. `--threads` threads ask the questions without a pause. Then, one after the other,
articles about invented places are written into the folder and changed, and each time it is taken how long it is from
the writing of the file to the reply that quotes the new words, asked again and again. Every reply is checked: whatever
it cites must be the words of the article as the folder has it, at that place.

The articles are taken out at the end.
"""

import argparse
import gzip
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from threading import Event, Lock, Thread

from qa_bot.corpus.reader import read_corpus
from qa_bot.faces.build_process import BuildProcess
from qa_bot.faces.live import Live
from qa_bot.following import follow
from qa_bot.index.generation import current_folder
from qa_bot.indexing import BuildReport
from qa_bot.models.kept import KeptModels
from qa_bot.pipeline import Pipeline
from qa_bot.types import Answer, Article, Turn

_QUESTIONS = 2_000
_PATIENCE = 60.0
_PAUSE = 0.05
_REST = 3.0
_SYLLABLES = ("bra", "dor", "fen", "gul", "hesk", "ilm", "kor", "lun", "mir", "nav", "ost", "pel", "rav", "sund", "tor")


@dataclass(slots=True)
class Log:
    """What those who ask have seen: when each question was asked and answered, and what was wrong."""

    asked: list[tuple[float, float]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def between(self, start: float, end: float) -> list[float]:
        """How many milliseconds each question took that was at least partly asked in that time."""
        return [1000 * (ended - began) for began, ended in self.asked if began < end and ended > start]


class Archive:
    """The texts that the folder has and has had, by the id of the article."""

    def __init__(self, folder: Path) -> None:
        articles = (outcome for outcome in read_corpus(folder) if isinstance(outcome, Article))
        self._texts = {article.id: [article.text] for article in articles}

    def write(self, path: Path, text: str) -> None:
        """The article in the folder, put there whole."""
        self._texts.setdefault(path.name, []).append(text)
        draft = path.with_name(f".{path.name}.new")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)

    def faults(self, turn: Turn) -> Iterator[str]:
        """What a reply cites that its article does not say there."""
        for item in turn.evidence:
            citation = item.citation
            known = self._texts.get(citation.article.id, [])
            if citation.article.text not in known:
                yield f"{citation.article.id} has another text than in the folder"
            elif citation.text != citation.article.text[citation.start : citation.end]:
                yield f"{citation.article.id} does not say that at {citation.start}"


@contextmanager
def following(corpus: Path, update: Callable[[], BuildReport]) -> Iterator[list[BuildReport]]:
    """The folder followed in a thread; reports of updates as they come."""
    reports: list[BuildReport] = []
    stop, ready = Event(), Event()

    def run() -> None:
        for report in follow(corpus, update, polling=False, stop=stop, told=print):
            reports.append(report)
            ready.set()

    thread = Thread(target=run, daemon=True)
    thread.start()
    ready.wait()
    try:
        yield reports
    finally:
        stop.set()
        thread.join()


@contextmanager
def asking(live: Live, questions: Sequence[str], archive: Archive, *, threads: int) -> Iterator[Log]:
    """So many threads that ask without a pause, each from another question on."""
    log, stop, lock = Log(), Event(), Lock()

    def run(first: int) -> None:
        number = first
        while not stop.is_set():
            began = time.perf_counter()
            try:
                faults = list(archive.faults(live.pipeline().ask(questions[number % len(questions)])))
            except Exception as error:  # noqa: BLE001 - whatever fails is what is counted
                faults = [repr(error)]
            with lock:
                log.asked.append((began, time.perf_counter()))
                log.wrong += faults
            number += 1

    running = [Thread(target=run, args=(n * len(questions) // max(threads, 1),)) for n in range(threads)]
    for thread in running:
        thread.start()
    try:
        yield log
    finally:
        stop.set()
        for thread in running:
            thread.join()


def seconds_until(live: Live, question: str, words: str, archive: Archive, log: Log) -> float:
    """How long it takes until a reply quotes those words; raises SystemExit where it takes a minute."""
    began = time.perf_counter()
    while time.perf_counter() - began < _PATIENCE:
        turn = live.pipeline().ask(question)
        log.wrong += archive.faults(turn)
        if isinstance(turn.reply, Answer) and words in turn.reply.citations[0].text:
            return time.perf_counter() - began
        time.sleep(_PAUSE)
    raise SystemExit(f"No reply quoted {words!r} within {_PATIENCE:.0f} s.")


def article(place: str, keeper: str) -> str:
    """A short article about an invented lighthouse."""
    return (
        f"The lighthouse of {place}\n\nThe lighthouse of {place} stands on a rock before the coast."
        f" Its keeper is {keeper}, who has lived there since the great storm.\n\n"
        "Visitors come by boat in summer, when the sea is calm.\n"
    )


def name(rng: random.Random) -> str:
    """A name that no article has."""
    return "".join(rng.choice(_SYLLABLES) for _ in range(3)).capitalize()


def read_questions(path: Path) -> list[str]:
    """The first questions of the file."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        return [str(json.loads(line)["question"]) for line in islice(lines, _QUESTIONS)]


def told(milliseconds: Sequence[float]) -> str:
    """The median and the 95th percentile."""
    if len(milliseconds) < 2:  # noqa: PLR2004
        return "none"
    slow = quantiles(milliseconds, n=20)[-1]
    return f"{len(milliseconds)} questions, p50 {median(milliseconds):.0f} ms, p95 {slow:.0f} ms"


def measure(live: Live, archive: Archive, log: Log, corpus: Path, *, articles: int) -> Mapping[str, list[float]]:
    """The seconds from writing to answering, of articles that are new and of articles that changed."""
    rng, taken = random.Random(time.time_ns()), dict[str, list[float]](added=[], changed=[])
    written: list[Path] = []
    spans: list[tuple[float, float]] = []
    time.sleep(_REST)
    began = time.perf_counter()
    try:
        for number in range(articles):
            place, path = name(rng), corpus / f"live-{number}.txt"
            written.append(path)
            for kind in taken:
                keeper = f"{name(rng)} {name(rng)}"
                start = time.perf_counter()
                archive.write(path, article(place, keeper))
                seconds = seconds_until(live, f"Who is the keeper of the lighthouse of {place}?", keeper, archive, log)
                spans.append((start, start + seconds))
                taken[kind].append(seconds)
                print(f"{kind} {path.name}: answered from after {seconds:.2f} s")
                time.sleep(_REST)
    finally:
        for path in written:
            path.unlink()
    during = [one for span in spans for one in log.between(*span)]
    print(f"before: {told(log.between(began - _REST, began))}")
    print(f"from writing to answering: {told(during)}")
    return taken


def main() -> None:
    """The measurement, printed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("index", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--articles", type=int, default=5)
    given = parser.parse_args()
    models = KeptModels()
    with (
        BuildProcess(given.corpus, given.index, embedding_model="all-MiniLM-L6-v2", precision="int8") as builds,
        following(given.corpus, builds.update) as reports,
    ):
        live = Live(
            open_live=lambda: Pipeline.open(given.index, models=models),
            live_name=lambda: current_folder(given.index).name,
        )
        print(f"{live.pipeline().manifest.passages:,} passages, {given.threads} threads asking")
        archive = Archive(given.corpus)
        with asking(live, read_questions(given.questions), archive, threads=given.threads) as log:
            taken = measure(live, archive, log, given.corpus, articles=given.articles)
        for kind, seconds in taken.items():
            print(f"{kind}: median {median(seconds):.2f} s, most {max(seconds):.2f} s")
        builds_took = [report.seconds for report in reports if report.added or report.changed]
        print(f"builds: median {median(builds_took):.2f} s, most {max(builds_took):.2f} s")
        print(f"{len(log.asked):,} questions asked by the threads; wrong or failed: {len(log.wrong)}", *log.wrong[:5])


if __name__ == "__main__":
    main()
