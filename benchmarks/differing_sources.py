"""Sources that agree and sources that differ: how often the bot tells them apart.

`python benchmarks/differing_sources.py --part chosen|reported` writes invented articles about invented towns, two on
each event, indexes them, asks one question about each event, and prints precision and recall of "the articles differ".
Half of the pairs give the same fact in another form (rounded, in words, another unit, zone, spelling or currency), half
give another one. All events of a kind are told alike, so that the neighbours of a question are as near as they can be.
The two parts have other towns, figures and pairs of sentences; thresholds are chosen on the first alone.
"""

import argparse
import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from qa_bot.indexing import update_index
from qa_bot.pipeline import Pipeline
from qa_bot.types import Answer, Relation, Turn

SEEDS = {"chosen": 1, "reported": 2}
_HEADS = {"chosen": "Kar Bel Mor Tas Vil Dun Hol Ger", "reported": "Nor Sel Ost Fal Rin Tir Wes Lom"}
_TAILS = "mar dov wick sund heim ora ilk stad nov ery"
_FIRST = "Anna Boris Clara Dimitri Eva Felix Greta Henrik Ilse Jonas"
_LAST = "Kessler Marenko Holloway Brandt Sorokin Vestergaard Lindqvist Petrov Abernathy Moravec"
_OTHER_SPELLING = {"Marenko": "Marenka", "Sorokin": "Sorokyn", "Vestergaard": "Vestergård", "Petrov": "Petroff"}
_EACH = 36
_NOON = 12


@dataclass(frozen=True, slots=True)
class Case:
    """One event: two tellings with the days that they were published, the question, and whether they differ."""

    kind: str
    question: str
    tellings: tuple[str, str]
    published: tuple[date, date]
    differs: bool


Fact = tuple[str, str]
Make = Callable[[random.Random, date, bool], Fact]


def _spelled(number: int) -> str:
    """A number from 20 to 99 in words."""
    ten, one = divmod(number, 10)
    ones = ["", "-one", "-two", "-three", "-four", "-five", "-six", "-seven", "-eight", "-nine"]
    tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    return tens[ten - 2] + ones[one]


def count(rng: random.Random, _: date, differs: bool) -> Fact:  # noqa: FBT001
    """How many people."""
    number = rng.randint(26, 88)
    other = number + rng.choice([-1, 1]) * rng.randint(9, 20)
    if differs:
        return rng.choice(
            [
                (str(number), str(other)),
                (_spelled(number), str(other)),
                (f"about {number // 10 * 10}", str(number + 31)),
                ("dozens of", str(rng.randint(3, 9))),
                (f"at least {number}", str(number - 11)),
            ]
        )
    return rng.choice(
        [
            (str(number), _spelled(number)),
            (str(number), "dozens of"),
            (f"nearly {(number + 5) // 10 * 10}", str(number)),
            (f"at least {number}", str(number + 4)),
            (str(number), str(number)),
        ]
    )


def money(rng: random.Random, _: date, differs: bool) -> Fact:  # noqa: FBT001
    """What it costs."""
    tenths = rng.randint(12, 95)
    value = f"{tenths / 10:.1f}"
    other = f"{(tenths + rng.randint(4, 20)) / 10:.1f}"
    if differs:
        return rng.choice(
            [
                (f"${value} million", f"{other} million dollars"),
                (f"{value} million euros", f"€{other} million"),
                (f"{value} million crowns", f"about {tenths * 180_000:,} crowns"),
            ]
        )
    return rng.choice(
        [
            (f"${value} million", f"{value} million dollars"),
            (f"{value} million euros", f"{tenths * 100_000 + rng.randint(-39_000, 39_000):,} euros"),
            (f"{value} million dollars", f"{other} million euros"),  # another currency is no contradiction
        ]
    )


def length(rng: random.Random, _: date, differs: bool) -> Fact:  # noqa: FBT001
    """How high, in one unit or another."""
    tenths = rng.randint(11, 79)
    metres, other = tenths / 10, (tenths + rng.randint(4, 12)) / 10
    if differs:
        return rng.choice(
            [(f"{metres} metres", f"{other} metres"), (f"{metres} metres", f"{other * 100:.0f} centimetres")]
        )
    return rng.choice(
        [
            (f"{metres} metres", f"{metres * 100:.0f} centimetres"),
            (f"{metres} metres", f"{metres / 0.3048:.0f} feet"),
            (f"{metres} metres", f"about {metres:.0f} metres"),
        ]
    )


def day(rng: random.Random, published: date, differs: bool) -> Fact:  # noqa: FBT001
    """On which day."""
    on = published - timedelta(days=rng.randint(1, 6))
    other = on - timedelta(days=rng.randint(2, 5) if rng.random() < 0.8 else 14)  # noqa: PLR2004
    said = other if differs else on
    if differs:
        return f"on {on.day} {on:%B}", rng.choice(
            [f"on {said:%B} {said.day}", f"on {said:%Y-%m-%d}", f"on {said.day} {said:%B %Y}"]
        )
    return f"on {on.day} {on:%B}", rng.choice(
        [
            f"on {said:%B} {said.day}",
            f"on {said:%A}",
            f"on {said.day} {said:%B %Y}",
            f"in {said:%B}",
            f"on {said:%Y-%m-%d}",
        ]
    )


def _clock(hour: int, minute: int) -> str:
    """The time as Americans write it."""
    return f"{hour % _NOON or _NOON}:{minute:02} {'p' if hour >= _NOON else 'a'}.m."


def hour(rng: random.Random, _: date, differs: bool) -> Fact:  # noqa: FBT001
    """At what time, in one zone or another."""
    at, minute = rng.randint(3, 20), rng.choice([0, 10, 15, 30, 40])
    here = f"at {at}:{minute:02}"
    if differs:
        return rng.choice(
            [
                (here, f"at {at + 1}:{minute:02}"),
                (f"{here} CET", f"{here} UTC"),
                (here, f"at {_clock(at + 2, minute)}"),
            ]
        )
    return rng.choice(
        [(here, f"at {_clock(at, minute)}"), (f"at {at + 1}:{minute:02} CET", f"{here} UTC"), (f"{here} CET", here)]
    )


def person(rng: random.Random, _: date, differs: bool) -> Fact:  # noqa: FBT001
    """Who, by one name or another."""
    first, last = rng.choice(_FIRST.split()), rng.choice(_LAST.split())
    if differs:
        other = rng.choice([name for name in _LAST.split() if name != last])
        return f"{first} {last}", f"{rng.choice([name for name in _FIRST.split() if name != first])} {other}"
    return f"{first} {last}", rng.choice([last, f"{first[0]}. {last}", f"{first} {_OTHER_SPELLING.get(last, last)}"])


def whether(rng: random.Random, _: date, differs: bool) -> Fact:  # noqa: FBT001
    """Whether something worked."""
    yes, no = ["worked", "did work", "worked as planned"], ["did not work", "failed to work", "never worked"]
    if differs:
        pair = (rng.choice(yes), rng.choice(no))
        return pair if rng.random() < 0.5 else pair[::-1]  # noqa: PLR2004
    one, other = rng.sample(rng.choice([yes, no]), 2)
    return one, other


# For each kind: how its facts are made, its question, and the sentences that tell it.
KINDS: dict[str, tuple[Make, str, tuple[str, ...]]] = {
    "count": (
        count,
        "How many people were injured in the train crash in {town}?",
        (
            "Rescuers said {x} people were injured in the train crash in {town}.",
            "The train crash in {town} left {x} people injured, the hospital said.",
            "In the train crash in {town}, {x} people were injured.",
            "{x} people were injured when two trains crashed in {town}, according to the railway.",
        ),
    ),
    "money": (
        money,
        "How much will the new bridge in {town} cost?",
        (
            "The new bridge in {town} will cost {x}.",
            "The council said that the new bridge in {town} is to cost {x}.",
            "{town} will pay {x} for its new bridge.",
            "The cost of the new bridge in {town} will be {x}, its builders said.",
        ),
    ),
    "length": (
        length,
        "How high was the flood in {town}?",
        (
            "The flood in {town} was {x} high.",
            "In {town} the flood was {x} high at its worst, the water office said.",
            "The flood in {town} rose to a height of {x}.",
            "Water stood {x} high in the flood in {town}.",
        ),
    ),
    "day": (
        day,
        "When did the power plant in {town} shut down?",
        (
            "The power plant in {town} shut down {x}.",
            "The power plant in {town}, the oldest of the country, shut down {x}.",
            "Engineers shut down the power plant in {town} {x}.",
            "The power plant in {town} was shut down {x} after a leak.",
        ),
    ),
    "hour": (
        hour,
        "When did the concert hall in {town} catch fire?",
        (
            "The concert hall in {town} caught fire {x}.",
            "Guards said that the concert hall in {town} caught fire {x}.",
            "Fire broke out in the concert hall in {town} {x}.",
            "The concert hall in {town} caught fire {x}, neighbours said.",
        ),
    ),
    "person": (
        person,
        "Who won the chess tournament in {town}?",
        (
            "{x} won the chess tournament in {town}.",
            "The chess tournament in {town} was won by {x}.",
            "In {town}, {x} won the chess tournament.",
            "The winner of the chess tournament in {town} was {x}.",
        ),
    ),
    "whether": (
        whether,
        "Did the sirens in {town} work?",
        (
            "The sirens in {town} {x} during the storm.",
            "Residents said that the sirens in {town} {x}.",
            "During the storm the sirens in {town} {x}.",
            "The sirens in {town} {x}, a report found.",
        ),
    ),
}
_AROUND = (
    "The mayor of {town} called a meeting of the council. About 300 people live near the river.",
    "The weather in {town} was mild, and 12 volunteers handed out tea. A statement is expected next month.",
)


def cases(part: str) -> Iterator[Case]:
    """The cases of a part, always the same ones."""
    rng = random.Random(SEEDS[part])
    towns = [head + tail for head in _HEADS[part].split() for tail in _TAILS.split()]
    for kind, (make, question, tellings) in KINDS.items():
        for number, town in enumerate(rng.sample(towns, _EACH)):
            published = date(2024, 1, 8) + timedelta(days=rng.randint(0, 300))
            facts = make(rng, published, differs := number % 2 == 0)
            texts = tuple(
                f"{_upper(form.format(x=fact, town=town))} {around.format(town=town)}"
                for form, fact, around in zip(rng.sample(tellings, 2), facts, _AROUND, strict=True)
            )
            yield Case(kind, question.format(town=town), (texts[0], texts[1]), (published, published), differs)


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def write_corpus(found: list[Case], folder: Path) -> None:
    """The tellings of all cases as one `.jsonl` file."""
    rows = [
        {
            "id": f"{number}-{side}",
            "title": "News in brief",
            "text": text,
            "source": source,
            "published": day.isoformat(),
        }
        for number, case in enumerate(found)
        for side, (text, day, source) in enumerate(
            zip(case.tellings, case.published, ("The Lantern", "Kestrel Daily"), strict=True)
        )
    ]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def differs(turn: Turn) -> bool:
    """Whether the reply says that the articles differ."""
    return isinstance(turn.reply, Answer) and turn.reply.relation is Relation.DIFFER


def main() -> None:
    """Prints precision and recall over all cases, and what came of each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=sorted(SEEDS), default="reported")
    parser.add_argument("--wrong", action="store_true", help="print what was judged wrongly")
    arguments = parser.parse_args()
    found = list(cases(arguments.part))
    with tempfile.TemporaryDirectory() as name:
        corpus, index = Path(name) / "corpus", Path(name) / "index"
        corpus.mkdir()
        write_corpus(found, corpus)
        update_index(corpus, index, embedding_model="all-MiniLM-L6-v2", precision="int8", progress=lambda *_: None)
        pipeline = Pipeline.open(index)
        turns = [pipeline.ask(case.question) for case in found]
    print(f"{arguments.part}: {len(found)} cases, {sum(isinstance(turn.reply, Answer) for turn in turns)} answered")
    tally: dict[str, Counter[str]] = {}
    for case, turn in zip(found, turns, strict=True):
        outcome = ("false alarm", "told")[case.differs] if differs(turn) else ("agrees", "missed")[case.differs]
        for row in (case.kind, "all"):
            tally.setdefault(row, Counter())[outcome] += 1
        if arguments.wrong and outcome in ("false alarm", "missed"):
            marked = [item.citation.highlight.text for item in turn.evidence[:3]]
            print(
                outcome,
                "|",
                case.question,
                "|",
                *case.tellings,
                "|",
                marked,
                [round(item.margin or -99, 1) for item in turn.evidence[:3]],
            )
    for row, counts in tally.items():
        told, alarms, missed = counts["told"], counts["false alarm"], counts["missed"]
        precision = told / (told + alarms) if told + alarms else 1.0
        print(f"{row:8} precision {precision:.3f} recall {told / (told + missed):.3f} {dict(counts)}")


if __name__ == "__main__":
    main()
