"""What an archive costs as it grows: a corpus of each size built, asked, added to and taken from.

    python benchmarks/scale.py WORK TEXTS.jsonl.gz... --questions QUESTIONS.jsonl.gz [--sizes N...] [--table FOLDER]
    python benchmarks/scale.py --show [--peers PEERS.jsonl] [--plots DOCS]

For each size the first N articles of the recipe in `corpora.py` are in WORK/N/corpus, and their index in WORK/N/index.
Every step is a line in the file of results. A step that has its line is not measured again, and a build that was cut
off is gone on with: the same command takes up what was left.

With `--table` (`derived.py`) the vectors of passages are derived instead of encoded, in corpora of more than
`--encoded` articles: a million take hours to encode on two cores, and what the encoder takes for a passage does not
depend on how many there are. Everything else is what the product does. Questions are always encoded.

Beside wall seconds stand those of the processor, which other programs on the machine change less. Memory is the
resident set at its peak, once as a whole and once without mapped files (*own*), which the system drops where it needs
room.
"""

import argparse
import json
import random
import sys
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from corpora import corpus, write_jsonl
from processes import run
from results import append_result, read_results
from scale_ask import answering, recall
from scale_show import peers_plot, scale_plot, scale_table
from texts import read_paragraphs

from qa_bot.errors import QABotError
from qa_bot.evaluation.gold import read_questions
from qa_bot.evaluation.speed import in_process
from qa_bot.index.generation import read_manifest

RESULTS = Path(__file__).parent / "results" / "scale.jsonl"
SIZES = (1_000, 10_000, 100_000, 1_000_000)
_BUILD = Path(__file__).with_name("scale_build.py")
_COLD_RUNS = 5
# With the reader one takes fifteen times as long.
_ASKED, _READ, _SEARCHED = 300, 100, 200
_SEED = 0
_ADDED_FILE = "zz-added.txt"
_ADDED = """The keeper of Varnholm lighthouse retires

Ottilie Brannagh, who kept the lighthouse of Varnholm for thirty-one years, handed its keys to the harbour office on
Friday. She counted 11,412 nights, and said that the lamp had failed her on four of them.
"""
_ASKED_OF_ADDED = "Who kept the lighthouse of Varnholm for thirty-one years?"


class Archive:
    """The corpus and the index of one size, and the steps that measure them."""

    def __init__(self, folder: Path, questions: Sequence[str], table: Path | None) -> None:
        self.corpus = folder / "corpus"
        self.index = folder / "index"
        self._questions = questions
        self._table = table

    def build(self) -> dict[str, Any]:
        """The first build, or the rest of one that was cut off."""
        resumed = self.index.exists()
        table = [str(self._table)] if self._table else []
        taken = run([sys.executable, str(_BUILD), str(self.corpus), str(self.index), *table])
        manifest = read_manifest(self.index)
        facts = {"dense": manifest.dense, "recall": manifest.recall, "bytes": sum(manifest.files.values())}
        figures: dict[str, Any] = json.loads(taken.output)
        return {"resumed": resumed} | figures | taken.figures() | facts

    def cold(self) -> dict[str, Any]:
        """`qa-bot ask` from its start to its end."""
        taken = [run(self._ask(self._questions[0]), accepted=(0, 1)) for _ in range(_COLD_RUNS)]
        return {name: [one.figures()[name] for one in taken] for name in taken[0].figures()}

    def warm(self) -> dict[str, Any]:
        """Questions without the reader."""
        return in_process(answering, self.index, self._questions[:_ASKED], read=False)

    def read(self) -> dict[str, Any]:
        """Questions with the reader."""
        return in_process(answering, self.index, self._questions[:_READ], read=True)

    def recall(self) -> dict[str, Any]:
        """How much of the ten nearest passages the dense side finds, which the questions were encoded for."""
        return in_process(recall, self.index, self._questions[:_SEARCHED])

    def add(self) -> dict[str, Any]:
        """One article added, and a cold question that finds it."""
        (self.corpus / _ADDED_FILE).write_text(_ADDED, encoding="utf-8")
        return self._updated(found=True)

    def remove(self) -> dict[str, Any]:
        """That article removed, and a cold question that does not find it."""
        (self.corpus / _ADDED_FILE).unlink(missing_ok=True)
        return self._updated(found=False)

    def _updated(self, *, found: bool) -> dict[str, Any]:
        command = [sys.executable, "-m", "qa_bot", "index", "--corpus", str(self.corpus), "--index", str(self.index)]
        update = run(command)
        asked = run(self._ask(_ASKED_OF_ADDED), accepted=(0, 1))
        first = json.loads(asked.output)["passages"][0]["article"]
        if (first == _ADDED_FILE) is not found:
            raise SystemExit(f"After the update the question finds {first} first.")
        return update.figures() | {"asked": asked.figures()}

    def _ask(self, question: str) -> list[str]:
        return [sys.executable, "-m", "qa_bot", "ask", "--json", "--index", str(self.index), "--", question]


STEPS: dict[str, Callable[[Archive], dict[str, Any]]] = {
    "build": Archive.build,
    "cold": Archive.cold,
    "warm": Archive.warm,
    "read": Archive.read,
    "recall": Archive.recall,
    "add": Archive.add,
    "remove": Archive.remove,
}


def measure(archive: Archive, size: int, steps: Sequence[str], results: Path) -> None:
    """Every step of that size that has no line in the results has one."""
    done = {line["step"] for line in lines(results) if line["size"] == size}
    for step in steps:
        if step not in done:
            print(f"{size:,}: {step}", flush=True)
            append_result(results, "scale", {"size": size, "step": step, **STEPS[step](archive)})


def lines(results: Path) -> list[dict[str, Any]]:
    """What was measured so far."""
    return read_results(results, "scale") if results.exists() else []


def write_corpora(texts: Sequence[Path], folders: dict[int, Path]) -> None:
    """The corpora that are not there yet, whole or not at all."""
    missing = {size: folder for size, folder in folders.items() if not (folder / "corpus").exists()}
    paragraphs = read_paragraphs(texts) if missing else []
    for size, folder in missing.items():
        unfinished = folder / "corpus.new"
        unfinished.mkdir(parents=True)
        write_jsonl(unfinished, islice(corpus(paragraphs, size, seed=_SEED), size))
        unfinished.rename(folder / "corpus")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path, nargs="?")
    parser.add_argument("texts", type=Path, nargs="*")
    parser.add_argument("--questions", type=Path, metavar="QUESTIONS.jsonl.gz")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N")
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=list(STEPS), metavar="STEP", help=", ".join(STEPS))
    parser.add_argument("--table", type=Path, metavar="FOLDER", help="derive vectors by this table")
    parser.add_argument("--encoded", type=int, default=100_000, metavar="N", help="up to this size all are encoded")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--show", action="store_true", help="show what was measured, and measure nothing")
    parser.add_argument("--plots", type=Path, metavar="FOLDER", help="with --show: draw scale.png there")
    parser.add_argument("--peers", type=Path, metavar="PEERS.jsonl", help="with --plots: draw peers.png as well")
    given = parser.parse_args()
    if not given.show and not (given.work and given.texts and given.questions):
        parser.error("WORK, TEXTS and --questions are needed")
    return given


def main() -> None:
    """Each size is measured as far as it was not, and the results are shown."""
    given = _arguments()
    if not given.show:
        folders = {size: given.work / str(size) for size in given.sizes}
        write_corpora(given.texts, folders)
        asked = [question.question for question in read_questions(given.questions)]
        questions = random.Random(_SEED).sample(asked, min(_ASKED, len(asked)))
        for size, folder in folders.items():
            table = given.table if size > given.encoded else None
            try:
                measure(Archive(folder, questions, table), size, given.steps, given.results)
            except QABotError as error:
                raise SystemExit(str(error)) from error
    print(scale_table(lines(given.results)))
    if given.plots:
        scale_plot(lines(given.results), given.plots / "scale.png")
    if given.plots and given.peers:
        peers_plot(read_results(given.peers, "peers")[-1], given.plots / "peers.png")


if __name__ == "__main__":
    main()
