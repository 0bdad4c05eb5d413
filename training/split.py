"""Parts a question set in two by its articles: one to fit on, the other held out to report on.

    python training/split.py QUESTIONS.jsonl.gz FITTED.jsonl.gz HELD_OUT.jsonl.gz [--sample N --seed S]

An article's paragraphs have ids `ARTICLE#NUMBER`: all questions about one article fall into the same part.
"""

import argparse
import hashlib
import random
from pathlib import Path
from typing import Any

from lines import read_lines, write_lines


def paragraph_of(question: dict[str, Any]) -> str:
    """The id of the paragraph that the question was written about, whether or not that answers it."""
    return str(question["gold_ids"][0] if question["gold_ids"] else question["context_id"])


def is_fitted(question: dict[str, Any]) -> bool:
    """Whether the question is of the part that is fitted, which a hash of its article's name decides."""
    article = paragraph_of(question).rsplit("#", 1)[0]
    return int(hashlib.sha256(article.encode()).hexdigest()[:8], 16) % 2 == 0


def sampled(questions: list[dict[str, Any]], size: int | None, *, seed: int) -> list[dict[str, Any]]:
    """At most `size` of the questions, drawn at random, in their order; all where `size` is None."""
    if size is None or size >= len(questions):
        return questions
    return [questions[number] for number in sorted(random.Random(seed).sample(range(len(questions)), size))]


def add_sample_arguments(parser: argparse.ArgumentParser) -> None:
    """The parser takes `--sample` and `--seed`."""
    parser.add_argument("--sample", type=int, metavar="N", help="keep N questions, drawn at random; all if not given")
    parser.add_argument("--seed", type=int, metavar="S", default=0)


def main() -> None:
    """Both parts are written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("fitted", type=Path)
    parser.add_argument("held_out", type=Path)
    add_sample_arguments(parser)
    given = parser.parse_args()
    questions = read_lines(given.questions)
    for path, fitted in ((given.fitted, True), (given.held_out, False)):
        part = [question for question in questions if is_fitted(question) is fitted]
        kept = sampled(part, given.sample, seed=given.seed)
        write_lines(path, kept)
        print(f"{path}: {len(kept):,} of {len(part):,} questions")  # noqa: T201


if __name__ == "__main__":
    main()
