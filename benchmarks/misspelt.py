"""Measures questions with one letter wrong in a name or content word: R@1 and support beside those of the clean ones.

    python benchmarks/misspelt.py QUESTIONS.jsonl.gz INDEX [--sample N --seed S] [--read]

In each question one word of at least four letters that is no function word is drawn at random, and one of its letters
is replaced, left out, doubled or swapped with the next, at random. R@1 is that of the search; with `--read`, that of
the reader behind it, and the mean support of the gold paragraph where it is first.
"""

import argparse
import gzip
import json
import random
from pathlib import Path
from typing import Any

from qa_bot.followups.lexicon import FUNCTION_WORDS
from qa_bot.index.generation import ENCODER_FOLDER, Index, open_index
from qa_bot.models.encoder import OnnxEncoder
from qa_bot.pipeline import Pipeline
from qa_bot.retrieval import retrieve
from qa_bot.spelling import spelt_as_archived
from qa_bot.text import words
from qa_bot.types import Query

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST = 4

Question = dict[str, Any]


def misspelt(question: str, chance: random.Random) -> str:
    """The question with one letter wrong; as it is where no word is long enough."""
    spans = [
        (start, end)
        for start, end in words(question)
        if end - start >= _SHORTEST
        and question[start:end].isalpha()
        and question[start:end].lower() not in FUNCTION_WORDS
    ]
    if not spans:
        return question
    start, end = chance.choice(spans)
    word = question[start:end]
    while (changed := _one_letter_wrong(word, chance)) == word:
        pass
    return question[:start] + changed + question[end:]


def _one_letter_wrong(word: str, chance: random.Random) -> str:
    place = chance.randrange(len(word))
    kind = chance.choice(["replaced", "left out", "doubled", "swapped"])
    if kind == "replaced":
        return word[:place] + chance.choice(_LETTERS) + word[place + 1 :]
    if kind == "left out":
        return word[:place] + word[place + 1 :]
    if kind == "doubled":
        return word[:place] + word[place] + word[place:]
    return word[:place] + word[place + 1 : place + 2] + word[place] + word[place + 2 :]


def main() -> None:
    """Clean and misspelt side by side."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("index", type=Path)
    parser.add_argument("--sample", type=int, default=1000, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--read", action="store_true", help="read the passages too, not only search them")
    given = parser.parse_args()
    with gzip.open(given.questions, "rt", encoding="utf-8") as lines:
        questions = [question for question in map(json.loads, lines) if question["answerable"]]
    chance = random.Random(given.seed)
    questions = chance.sample(questions, min(given.sample, len(questions)))
    pipeline = Pipeline.open(given.index) if given.read else None
    index = open_index(given.index)
    asked = {"clean": [one["question"] for one in questions]}
    asked["misspelt"] = [misspelt(text, chance) for text in asked["clean"]]
    for name, texts in asked.items():
        firsts, support = measured(pipeline, index, questions, texts)
        print(f"{name:<10} R@1 {firsts:.3f}" + (f"  support {support:.3f}" if given.read else ""))


def measured(
    pipeline: Pipeline | None, index: Index, questions: list[Question], texts: list[str]
) -> tuple[float, float]:
    """R@1, and the mean support of the gold paragraph where it is first."""
    encoder = OnnxEncoder.load(index.folder / ENCODER_FOLDER)
    firsts: list[float] = []
    for question, text in zip(questions, texts, strict=True):
        found, support = _first(index, encoder, text), 0.0
        if pipeline:
            evidence = pipeline.ask(text).evidence
            found = evidence[0].citation.article.id if evidence else ""
            support = evidence[0].citation.support if evidence else 0.0
        if found in question["gold_ids"]:
            firsts.append(support)
    return len(firsts) / len(questions), sum(firsts) / max(len(firsts), 1)


def _first(index: Index, encoder: OnnxEncoder, text: str) -> str:
    query = spelt_as_archived(Query(text, text), index.lexical, index.vocabulary)
    return retrieve(query, encoder.encode_question(query.text), index)[0].passage.article.id


if __name__ == "__main__":
    main()
