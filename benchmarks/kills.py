"""Kills builds of an index at random moments, and sees what is left.

    python benchmarks/kills.py [--times 100] [--seed 0]
    python benchmarks/kills.py --points

Three builds take turns: a first one; one that takes an index further and removes the generation before it; one that
numbers all rows anew. A third of the kills comes at a random time, a third before a random step that Python takes with
a file (an audit event), a third before a random step between the last vector and the end: going live, and cleaning up.
`--points` kills once at each of the steps that decide instead. The models are the small ones of the tests.

After each kill, in processes of their own: the index opens and its replies are all those of before or all those of
after; every part of it is whole; the next build goes through, its replies are those of a build that was never killed,
and nothing else is left in the folder. Ends with 1 where any of that is not so.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from encoder_double import MODEL, SmallSource, export_small
from reader_double import export_reader

from qa_bot import indexing
from qa_bot.checking import examine
from qa_bot.errors import IndexMissing
from qa_bot.index.generation import CURRENT_FILE
from qa_bot.pipeline import Pipeline
from qa_bot.support import default_calibration_text, parse_calibration

_ERROR = "error: "
QUESTIONS = ("When was the bridge built?", "What was drawn on day 7?", "When did ships come to the harbour?")
KINDS = ("first", "further", "renumbered")
_ARTICLES = 120
_MOST_GENERATIONS = 2
# No step takes longer; a process that does hangs, and is ended.
_PATIENCE_SECONDS = 60
# What Python does with files; what else it reports is not a step of a build.
_STEPS = ("open", "os.", "shutil.", "sqlite3.")
# The steps that decide: the event, a part of its first argument, and which of those that fit.
POINTS = (
    ("os.rename", ".building", 1),
    ("open", "CURRENT.new", 1),
    ("os.rename", "CURRENT.new", 1),
    ("shutil.rmtree", "generations", 1),
    ("os.remove", "", -1),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of build: what is there before, the articles, replies before and after, its seconds and its steps."""

    before: Path
    corpus: Path
    replies: tuple[str, str]
    seconds: float
    steps: list[tuple[str, str]]


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--points", action="store_true", help="kill once at each of the steps that decide")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return _run(Path(folder), arguments.times, random.Random(arguments.seed), points=arguments.points)


def _run(root: Path, times: int, chance: random.Random, *, points: bool) -> int:
    reader = root / "reader"
    _in_child(lambda: _exported(reader))
    small = {"SourceModel": SmallSource, "export_checked": export_small, "shipped_reader": lambda: reader}
    for name, value in small.items():
        setattr(indexing, name, value)
    cases = {kind: _case(kind, root / kind) for kind in KINDS}
    plan = _points(cases) if points else [_moment(cases, turn, chance) for turn in range(times)]
    outcomes: Counter[str] = Counter()
    faults = 0
    for turn, (kind, moment) in enumerate(plan):
        try:
            outcome = _kill_once(cases[kind], root / "now", moment)
        except _Failed as error:
            faults += 1
            outcome = "FAULT"
            sys.stdout.write(f"{turn}, {kind}, {moment}: {error}\n")
        outcomes[f"{kind}: {outcome}"] += 1
    sys.stdout.writelines(f"{count:5,}  {outcome}\n" for outcome, count in sorted(outcomes.items()))
    sys.stdout.write(f"{len(plan):,} builds killed, {faults} faults\n")
    return int(faults > 0)


def _exported(reader: Path) -> str:
    export_reader(reader, name=parse_calibration(default_calibration_text()).reader)
    return ""


class _Failed(Exception):
    """Something is not as it should be; the message says what."""


Moment = float | int
Plan = list[tuple[str, Moment]]


def _points(cases: dict[str, Case]) -> Plan:
    """Each step that decides, in the build that takes an index further."""
    steps = cases["further"].steps
    plan: Plan = []
    for event, part, which in POINTS:
        found = [number for number, (name, argument) in enumerate(steps, 1) if name == event and part in argument]
        plan.append(("further", found[which - 1 if which > 0 else which]))
    return plan


def _moment(cases: dict[str, Case], turn: int, chance: random.Random) -> tuple[str, Moment]:
    """A build and when to kill it: after seconds, or before the step of a number."""
    kind = KINDS[turn % 3]
    case, way = cases[kind], turn // 3 % 3
    if way == 0:
        return kind, chance.uniform(0, case.seconds)
    live = max(number for number, (name, argument) in enumerate(case.steps, 1) if "manifest.json" in argument)
    return kind, chance.randint(1 if way == 1 else live, len(case.steps))


def _case(kind: str, root: Path) -> Case:
    """The build of that kind, done once from beginning to end."""
    corpus, before = root / "corpus", root / "before"
    _write(corpus, _ARTICLES)
    if kind != "first":
        _build(corpus, before)
        (corpus / "bridge.txt").write_text("The bridge\n\nThe bridge was built in 1934.", encoding="utf-8")
        _build(corpus, before)
    old = _in_child(lambda: _replies(before))
    (corpus / "harbour.txt").write_text("The harbour\n\nShips came to the harbour in 1911.", encoding="utf-8")
    if kind == "renumbered":
        for number in range(_ARTICLES // 3):
            (corpus / f"day{number:03}.txt").unlink()
    after = root / "after"
    if before.exists():
        shutil.copytree(before, after)
    steps: list[tuple[str, str]] = json.loads(_in_child(lambda: _counted(corpus, after)))
    shutil.rmtree(after)
    if before.exists():
        shutil.copytree(before, after)
    started = time.perf_counter()
    _build(corpus, after)
    return Case(before, corpus, (old, _in_child(lambda: _replies(after))), time.perf_counter() - started, steps)


def _write(corpus: Path, count: int) -> None:
    corpus.mkdir(parents=True)
    for number in range(count):
        text = f"Day {number}\n\nOn day {number} the number {number * number} was drawn. Nobody was surprised."
        (corpus / f"day{number:03}.txt").write_text(text, encoding="utf-8")


def _update(corpus: Path, index: Path) -> str:
    indexing.update_index(corpus, index, embedding_model=MODEL, precision="fp32", progress=lambda *_: None)
    return ""


def _build(corpus: Path, index: Path) -> None:
    _in_child(lambda: _update(corpus, index))


def _counted(corpus: Path, index: Path) -> str:
    steps: list[tuple[str, str]] = []
    sys.addaudithook(lambda event, arguments: steps.append(_step(event, arguments)) if _is_step(event) else None)
    _update(corpus, index)
    return json.dumps(steps)


def _is_step(event: str) -> bool:
    return event.startswith(_STEPS)


def _step(event: str, arguments: tuple[Any, ...]) -> tuple[str, str]:
    return event, str(arguments[0]) if arguments else ""


def _kill_once(case: Case, index: Path, moment: Moment) -> str:
    """Where the build was when it was killed."""
    _lay_out(case, index)
    while not _killed(lambda: _update(case.corpus, index), moment):
        _lay_out(case, index)  # it was done before it could be killed: once more, and sooner
        moment = moment * 0.8 if isinstance(moment, float) else moment - 1
    was_live = (index / CURRENT_FILE).exists()
    said = _in_child(lambda: _replies(index))
    if said not in case.replies:
        raise _Failed(f"replies are neither those of before nor those of after: {said[:200]}")
    if was_live:
        _expect("", _in_child(lambda: _faults(index)), "the index after the kill is broken")
    _build(case.corpus, index)
    _expect(case.replies[1], _in_child(lambda: _replies(index)), "replies after the next build")
    _expect("", _in_child(lambda: _faults(index)), "the index after the next build is broken")
    left = sorted(path.name for path in index.iterdir())
    _expect("['CURRENT', 'build.lock', 'generations']", str(left), "something is left in the folder")
    generations = sorted(path.name for path in (index / "generations").iterdir())
    if len(generations) > _MOST_GENERATIONS or not all(name.isdecimal() for name in generations):
        raise _Failed(f"generations that are left: {generations}")
    return "new one live" if said == case.replies[1] else "old one live" if case.before.exists() else "none live yet"


def _lay_out(case: Case, index: Path) -> None:
    """The index is as it was before the build."""
    shutil.rmtree(index, ignore_errors=True)
    if case.before.exists():
        shutil.copytree(case.before, index)


def _expect(expected: str, found: str, what: str) -> None:
    if found != expected:
        raise _Failed(f"{what}: {found[:300]}")


def _killed(build: Callable[[], str], moment: Moment) -> bool:
    """Whether the build was killed before it was done."""
    child = os.fork()
    if not child:
        signal.alarm(_PATIENCE_SECONDS)
        if isinstance(moment, int):
            _die_before(moment)
        os._exit(bool(_told(build)))
    if isinstance(moment, float):
        time.sleep(moment)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) not in {0, -signal.SIGKILL}:
        raise _Failed(f"the build ended by itself with status {status}")
    return os.WIFSIGNALED(status)


def _die_before(step: int) -> None:
    count = 0

    def hook(event: str, _: tuple[Any, ...]) -> None:
        nonlocal count
        count += _is_step(event)
        if count == step:
            count += 1  # the kill is a step, too
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def _replies(index: Path) -> str:
    try:
        pipeline = Pipeline.open(index)
    except IndexMissing:
        return "no index"
    turns = [pipeline.ask(question) for question in QUESTIONS]
    return json.dumps(
        [[(item.citation.article.id, item.citation.text) for item in turn.evidence[:2]] for turn in turns]
    )


def _faults(index: Path) -> str:
    return " ".join(fault for check in examine(index, progress=lambda *_: None).checks for fault in check.faults)


def _in_child(work: Callable[[], str]) -> str:
    """What the work returns, done in a process of its own: libraries start threads, which no fork survives."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(_PATIENCE_SECONDS)
        os.close(reading)
        with os.fdopen(writing, "w", encoding="utf-8") as out:
            out.write(_told(work))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as answer:
        said = answer.read()
    _, status = os.waitpid(child, 0)
    if status or said.startswith(_ERROR):
        raise _Failed(said or f"ended with status {status}")
    return said


def _told(work: Callable[[], str]) -> str:
    try:
        return work()
    except Exception as error:  # noqa: BLE001 (whatever it is, the parent process tells it)
        return f"{_ERROR}{type(error).__name__}: {error}"


if __name__ == "__main__":
    sys.exit(main())
