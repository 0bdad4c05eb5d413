"""Retrieval by other packages and by this one, side by side: the same passages, questions, model and machine, one run.

    pip install -c benchmarks/constraints-peers.txt ".[peers]"
    python benchmarks/peers.py QUESTIONS.jsonl.gz TEXTS.jsonl.gz... [--passages N] [--asked N] [--rounds N]

Every system has a process of its own, and is given `title`, line end, `text` of each passage. Round by round each one
builds, then each one answers all questions, in an order that is turned by one every round: what else the machine does
at the time falls on all alike, which is why ratios are shown beside times. A build's rate is that of indexing: loading
a model before it is not timed, and the seconds in which qa-bot exports its model, the same for any corpus, stand in a
column of their own. A cold start is a new Python that opens what is on disk and answers one question.

The first N passages are taken, and questions that have an answer there, drawn at random. Results are added to a file;
`--table` shows them.
"""

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from importlib import import_module
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean, median
from time import perf_counter
from typing import Any

import numpy as np
from peer_systems import SYSTEMS, PeerPassage
from results import append_result, markdown, read_results
from texts import read_paragraphs

from qa_bot.evaluation.gold import Question, read_questions
from qa_bot.evaluation.machine import peak_memory
from qa_bot.evaluation.ranking import ranking_values

RESULTS = Path(__file__).parent / "results" / "peers.jsonl"
REFERENCE = "sentence-transformers + FAISS"
MODULES = {
    "txtai": "txtai",
    "langchain-core": "langchain_core",
    "langchain-classic": "langchain_classic",
    "langchain-community": "langchain_community",
    "langchain-huggingface": "langchain_huggingface",
    "rank_bm25": "rank_bm25",
    "haystack-ai": "haystack",
    "sentence-transformers-haystack": "haystack_integrations.components.embedders.sentence_transformers",
}
# Nothing on disk can be asked without building anew.
_NEVER_COLD = {"LangChain, BM25 + FAISS"}
_WARM_UP = 5


def peer_versions() -> dict[str, str]:
    """The versions of the peers; ends with a sentence where one is missing."""
    for package, module in MODULES.items():
        try:
            import_module(module)
        except ImportError:
            raise SystemExit(
                f"{package} is not installed: the peers are an extra of their own,"
                ' pip install -c benchmarks/constraints-peers.txt ".[peers]"'
            ) from None
    return {package: version(package) for package in MODULES}


def build(name: str, passages: Sequence[PeerPassage], folder: Path) -> tuple[float, float]:
    """Seconds that the system needs to index the passages, its model being loaded, and those of preparing a model."""
    warnings.simplefilter("ignore")
    system = SYSTEMS[name]
    system.load()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    started = perf_counter()
    preparing = system.build(passages, folder) or 0.0
    return perf_counter() - started - preparing, preparing


def answer(name: str, questions: Sequence[str]) -> tuple[list[float], list[list[str]]]:
    """Milliseconds and ids found for each question."""
    system = SYSTEMS[name]
    for question in questions[:_WARM_UP]:
        system.find(question)
    times, found = [], []
    for question in questions:
        started = perf_counter()
        found.append(system.find(question))
        times.append((perf_counter() - started) * 1000)
    return times, found


def memory(_name: str) -> int | None:
    """The most memory that the system's process has had."""
    return peak_memory()


def cold_seconds(name: str, folder: Path, question: str) -> float:
    """Wall seconds of a process that opens what is on disk and answers the question; qa-bot by its own command."""
    if name == "qa-bot":
        command = ["-m", "qa_bot", "ask", "--json", "--index", str(folder / "index"), "--", question]
    else:
        command = [__file__, "--cold", name, str(folder), question]
    started = perf_counter()
    done = subprocess.run([sys.executable, *command], capture_output=True, check=False)  # noqa: S603
    if done.returncode > 1:
        raise SystemExit(f"{name} does not start: {done.stderr.decode(errors='replace').strip()}")
    return perf_counter() - started


class Workers:
    """A process for each system; they work one at a time."""

    def __init__(self, names: Sequence[str], folder: Path, stack: ExitStack) -> None:
        pools = (stack.enter_context(ProcessPoolExecutor(1, get_context("spawn"))) for _ in names)
        self._pools = dict(zip(names, pools, strict=True))
        self._folders = {name: folder / str(number) for number, name in enumerate(names)}

    def build(self, name: str, passages: Sequence[PeerPassage]) -> tuple[float, float]:
        """Seconds of a build, and those of preparing a model in it."""
        return self._pools[name].submit(build, name, passages, self._folders[name]).result()

    def answer(self, name: str, questions: Sequence[str]) -> tuple[list[float], list[list[str]]]:
        """Milliseconds and ids found for each question."""
        return self._pools[name].submit(answer, name, questions).result()

    def memory(self, name: str) -> int | None:
        """The most memory that the system has had."""
        return self._pools[name].submit(memory, name).result()

    def cold(self, name: str, question: str) -> float:
        """Seconds of a cold start."""
        return cold_seconds(name, self._folders[name], question)


def turned(names: Sequence[str], rounds: int) -> Iterator[list[str]]:
    """The names once for each round, begun with the next one every time."""
    for number in range(rounds):
        start = number % len(names)
        yield [*names[start:], *names[:start]]


def compare(
    names: Sequence[str], passages: Sequence[PeerPassage], questions: Sequence[Question], rounds: int
) -> dict[str, dict[str, Any]]:
    """What each system needs and finds: lists with a value for each round, and averages over the questions."""
    asked = [question.question for question in questions]
    found: dict[str, dict[str, Any]] = {
        name: {"build_seconds": [], "preparing_seconds": [], "ms": [], "cold_seconds": []} for name in names
    }
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        workers = Workers(names, Path(folder), stack)
        for order in turned(names, rounds):
            for name in order:
                seconds, preparing = workers.build(name, passages)
                found[name]["build_seconds"].append(seconds)
                found[name]["preparing_seconds"].append(preparing)
                print(f"{name}: built in {seconds:.1f} s and {preparing:.1f} s for its model", flush=True)
        for order in turned(names, rounds):
            for name in order:
                times, rankings = workers.answer(name, asked)
                found[name]["ms"].append([float(np.percentile(times, 50)), float(np.percentile(times, 95))])
                found[name] |= quality(questions, rankings)
        for order in turned([name for name in names if name not in _NEVER_COLD], rounds):
            for name in order:
                found[name]["cold_seconds"].append(workers.cold(name, asked[0]))
        for name in names:
            found[name]["peak_bytes"] = workers.memory(name)
    return found


def quality(questions: Sequence[Question], rankings: Sequence[list[str]]) -> dict[str, float]:
    """R@1, R@5 and MRR@10, as `qa-bot evaluate` has them: one gold passage a question."""
    values = [ranking_values(found, one.gold_ids) for one, found in zip(questions, rankings, strict=True)]
    names = {"R@1": "Success@1", "R@5": "Success@5", "MRR@10": "RR@10"}
    return {name: fmean(value[measure] for value in values) for name, measure in names.items()}


def table(result: dict[str, Any]) -> str:
    """A run as a table of Markdown: medians over its rounds, and times as multiples of the reference's."""
    systems = result["systems"]
    headings = [
        "",
        "passages/s",
        "times",
        "model, s",
        "warm p50 / p95, ms",
        "times",
        "cold start, s",
        "R@1 / R@5 / MRR@10",
    ]
    rows = [headings]
    reference = systems.get(REFERENCE)
    for name, found in systems.items():
        rate, (p50, p95) = result["passages"] / median(found["build_seconds"]), np.median(found["ms"], axis=0)
        ratios = ["", ""]
        if reference:
            ratios[0] = f"{median(reference['build_seconds']) / median(found['build_seconds']):.2f}"
            ratios[1] = f"{p50 / np.median(reference['ms'], axis=0)[0]:.2f}"
        cold = f"{median(found['cold_seconds']):.2f}" if found["cold_seconds"] else "-"
        shares = " / ".join(f"{found[name]:.3f}".removeprefix("0") for name in ("R@1", "R@5", "MRR@10"))
        preparing = median(found["preparing_seconds"])
        rows.append(
            [
                name,
                f"{rate:.0f}",
                ratios[0],
                f"{preparing:.1f}" if preparing else "",
                f"{p50:.1f} / {p95:.1f}",
                ratios[1],
                cold,
                shares,
            ]
        )
    return markdown(rows)


def cold(name: str, folder: Path, question: str) -> None:
    """What a new process does to answer its first question."""
    SYSTEMS[name].open(folder)
    if not SYSTEMS[name].find(question):
        raise SystemExit(f"{name} finds nothing.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path, nargs="?")
    parser.add_argument("texts", type=Path, nargs="*")
    parser.add_argument("--passages", type=int, default=1000, metavar="N")
    parser.add_argument("--asked", type=int, default=300, metavar="N", help="how many questions are asked")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS), metavar="NAME")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--table", action="store_true", help="show the last result, and measure nothing")
    parser.add_argument("--cold", nargs=3, metavar=("NAME", "FOLDER", "QUESTION"), help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """The systems are compared and the result is kept, or the last one shown."""
    given = _arguments()
    if given.cold:
        cold(given.cold[0], Path(given.cold[1]), given.cold[2])
        return
    if not given.table:
        peers = peer_versions()
        print(", ".join(f"{name} {number}" for name, number in peers.items()))
        paragraphs = read_paragraphs(given.texts)[: given.passages]
        passages = [PeerPassage(one.id, one.title, one.text) for one in paragraphs]
        ids = {passage.id for passage in passages}
        questions = [one for one in read_questions(given.questions) if one.answerable and ids.issuperset(one.gold_ids)]
        questions = random.Random(given.seed).sample(questions, min(given.asked, len(questions)))
        systems = compare(given.systems, passages, questions, given.rounds)
        values = {"passages": len(passages), "questions": len(questions), "peers": peers, "systems": systems}
        append_result(given.results, "peers", values)
    print(table(read_results(given.results, "peers")[-1]))


if __name__ == "__main__":
    main()
