"""Sorts the wrong answers of an evaluation by what went wrong, and shows some of each sort to read.

    qa-bot evaluate QUESTIONS.jsonl.gz --records RECORDS.jsonl
    python training/failures.py RECORDS.jsonl [--show N --seed S]

Wrong is an answerable question that was not answered with a quotation that holds a gold answer.
"""

import argparse
import json
import random
from collections import defaultdict
from pathlib import Path
from typing import Any


def cause_of(record: dict[str, Any]) -> str | None:
    """What went wrong, None where nothing did."""
    if record["answered_in_quotation"]:
        return None
    if record["answer_in_quotation"]:
        return "right, but too little support"
    if record["relevant_rank"] is None:
        return "gold passage not found"
    if record["relevant_rank"] > 1:
        return "another passage first"
    return "gold passage first, answer not in the quotation"


def shown(record: dict[str, Any]) -> str:
    """One wrong answer for people to read."""
    found = record["ranked"][0] if record["ranked"] else "nothing"
    return (
        f"  {record['question']}\n    gold  {' | '.join(dict.fromkeys(record['answers']))}  {record['gold_ids'][0]}"
        f"\n    given {record['highlight']!r} in {found}, support {record['support']:.2f}"
        f"\n          {' '.join((record['quotation'] or '').split())}"
    )


def main() -> None:
    """The table of causes, and examples."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=Path)
    parser.add_argument("--show", type=int, default=0, help="how many wrong answers to show, drawn at random")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with given.records.open(encoding="utf-8") as lines:
        records = [record for line in lines if (record := json.loads(line))["answers"] and record["gold_ids"]]
    causes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in records:
        if cause := cause_of(record):
            causes[cause].append(record)
    wrong = [(cause, record) for cause, found in causes.items() for record in found]
    for cause, found in sorted(causes.items(), key=lambda item: -len(item[1])):
        print(f"{len(found) / len(records):6.1%}  {len(found):5,}  {cause}")  # noqa: T201
    print(f"{len(wrong) / len(records):6.1%}  {len(wrong):5,}  of {len(records):,} answerable questions")  # noqa: T201
    drawn = random.Random(given.seed).sample(wrong, min(given.show, len(wrong)))
    for cause, record in sorted(drawn, key=lambda one: one[0]):
        print(f"\n[{cause}]\n{shown(record)}")  # noqa: T201


if __name__ == "__main__":
    main()
