"""Measures follow-up questions made stand-alone, on CANARD (Elgohary et al. 2019): as typed, rewritten here, by people.

    python benchmarks/follow_ups.py CANARD.jsonl.gz WORK_FOLDER [--part tuned|held-out] [--show N]
        [--unrelated QUESTIONS.jsonl.gz INDEX] [--latency INDEX]

The archive is made of the set's own answers: one article per conversation, with its title, one paragraph per answer.
Each follow-up whose answer is known is searched three ways, as the bot searches; the measure is the reciprocal rank of
its own answer's paragraph (MRR@10), beside R@1 and R@5. "closed" is the share of the way from typed to people's rewrite
that the bot's own goes. It has only the words of the conversation and no archive (`words`), finds the articles again
that the last answers are quoted from (`history`, what `--batch` does), or knows the title of the conversation's
article throughout (`title`). Of words: recall and precision of what the rewrite adds, against what
people added. `--unrelated` asks stand-alone questions of another set, each after a conversation drawn at random, and
says what that does to R@1. Conversations are divided by a hash: rules were made
on `tuned`, figures are those of `held-out`.
"""

import argparse
import gzip
import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qa_bot.conversation import standalone
from qa_bot.dialogue import Conversation, Exchange
from qa_bot.index.generation import ENCODER_FOLDER, Index, open_index
from qa_bot.index.lexical import analyze
from qa_bot.indexing import update_index
from qa_bot.models.encoder import OnnxEncoder
from qa_bot.pipeline import Pipeline
from qa_bot.recalling import recalled
from qa_bot.retrieval import retrieve
from qa_bot.types import Query

UNKNOWN = "I don't know."
_DEEP = 10
_TIMED = 100

Question = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A follow-up with the id of its answer's paragraph."""

    question: Question
    gold: str


def read(path: Path) -> list[Question]:
    """The questions of a file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def conversation_of(question: Question) -> str:
    """The conversation that a question belongs to."""
    return str(question["id"]).rsplit("_q#", 1)[0]


def is_tuned(question: Question) -> bool:
    """Whether the conversation is of the half that rules were made on."""
    return int(hashlib.sha256(conversation_of(question).encode()).hexdigest()[:8], 16) % 2 == 0


def write_corpus(questions: list[Question], path: Path) -> list[Asked]:
    """The answers as articles in `path`; the follow-ups whose answer is among them."""
    by_conversation: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        by_conversation[conversation_of(question)].append(question)
    asked = []
    with path.open("w", encoding="utf-8") as file:
        for name, turns in by_conversation.items():
            longest = max((turn["history"] for turn in turns), key=len)
            for number, answer in enumerate(longest[1::2]):
                if answer == UNKNOWN or longest[1::2].index(answer) != number:
                    continue
                article = {"id": f"{name}#{number}", "title": turns[0]["title"], "text": answer}
                file.write(json.dumps(article, ensure_ascii=False) + "\n")
                own = [turn for turn in turns if turn["history"] and len(turn["history"]) == 2 * number]
                asked += [Asked(turn, article["id"]) for turn in own if turn["question"] == longest[2 * number]]
    return asked


def by_bot(question: Question, encoder: OnnxEncoder, *, title: str = "", archive: Index | None = None) -> str:
    """The question as the bot searches it at this point of the conversation."""
    words = question["history"]
    earlier = tuple(Exchange(asked, answer, title) for asked, answer in zip(words[::2], words[1::2], strict=True))
    conversation = Conversation(earlier=earlier)
    if archive:
        conversation = recalled(conversation, archive)
    return standalone(question["question"], conversation, encoder=encoder).text


def ranks(asked: list[Asked], index: Index, encoder: OnnxEncoder, rewrite: Callable[[Question], str]) -> list[int]:
    """The rank of each follow-up's own answer, 0 where it is not found."""
    found = []
    for one in asked:
        text = " ".join(rewrite(one.question).split())
        hits = retrieve(Query(text, text), encoder.encode_question(text), index)
        ids = [hit.passage.article.id for hit in hits]
        found.append(ids.index(one.gold) + 1 if one.gold in ids else 0)
    return found


def measures(found: list[int]) -> tuple[float, float, float]:
    """MRR@10, R@1 and R@5."""
    places = np.array(found)
    reciprocal = np.where((places > 0) & (places <= _DEEP), 1 / np.maximum(places, 1), 0.0)
    return float(reciprocal.mean()), float((places == 1).mean()), float(((places > 0) & (places <= 5)).mean())  # noqa: PLR2004


def word_measures(asked: list[Asked], rewrite: Callable[[Question], str]) -> tuple[float, float]:
    """Recall and precision of the words that the rewrite adds, against those that people added."""
    right = wanted = given = 0
    for one in asked:
        typed = set(analyze(one.question["question"]))
        people, bot = set(analyze(one.question["rewrite"])) - typed, set(analyze(rewrite(one.question))) - typed
        right, wanted, given = right + len(people & bot), wanted + len(people), given + len(bot)
    return right / max(wanted, 1), right / max(given, 1)


def report_latency(asked: list[Asked], index_dir: Path) -> None:
    """Prints median times of follow-ups and of the same searches asked first: all warm, either in front in turns."""
    pipeline = Pipeline.open(index_dir)
    times: dict[bool, list[float]] = {True: [], False: []}
    for number, one in enumerate(asked[:_TIMED]):
        words = one.question["history"]
        conversation = Conversation(earlier=tuple(map(Exchange, words[::2], words[1::2])))
        searched = pipeline.ask(one.question["question"], conversation).query.text
        for follows in (number % 2 == 0, number % 2 == 1):
            turn = pipeline.ask(one.question["question"], conversation) if follows else pipeline.ask(searched)
            times[follows].append(turn.timing.total)
    first, after = float(np.median(times[False])), float(np.median(times[True]))
    more = float(np.median(np.array(times[True]) - np.array(times[False])))
    print(f"{len(asked[:_TIMED])} questions: first {first:.1f} ms, follow-up {after:.1f} ms, difference {more:+.1f} ms")


def report_harm(alone: list[Question], follow_ups: list[Question], index: Index) -> None:
    """Prints R@1 of stand-alone questions, asked first and asked after a conversation about something else."""
    encoder = OnnxEncoder.load(index.folder / ENCODER_FOLDER)
    chance = random.Random(0)
    histories = [question["history"] for question in follow_ups if question["history"]]
    alone = [question for question in alone if question["answerable"]]
    changed = first = after = 0
    for question in alone:
        words = chance.choice(histories)
        earlier = tuple(map(Exchange, words[::2], words[1::2]))
        texts = [
            standalone(question["question"], conversation, encoder=encoder).text
            for conversation in (Conversation(), Conversation(earlier=earlier))
        ]
        found = {text: _is_first(text, question, index, encoder) for text in texts}
        changed += len(found) > 1
        first, after = first + found[texts[0]], after + found[texts[1]]
    total = len(alone)
    print(f"{total} stand-alone questions, {changed} changed: R@1 {first / total:.4f} first, {after / total:.4f} after")


def _is_first(text: str, question: Question, index: Index, encoder: OnnxEncoder) -> bool:
    return (
        retrieve(Query(text, text), encoder.encode_question(text), index)[0].passage.article.id in question["gold_ids"]
    )


def main() -> None:
    """The measures, a line for each way to search."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--part", choices=["tuned", "held-out"], default="held-out")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print N rewrites beside those of people")
    parser.add_argument("--latency", type=Path, metavar="INDEX", help="time follow-ups beside first questions")
    parser.add_argument("--unrelated", type=Path, nargs=2, metavar=("QUESTIONS", "INDEX"))
    given = parser.parse_args()
    questions = read(given.questions)
    corpus, index_dir = given.work / "corpus", given.work / "index"
    corpus.mkdir(parents=True, exist_ok=True)
    asked = write_corpus(questions, corpus / "answers.jsonl")
    update_index(corpus, index_dir, embedding_model="all-MiniLM-L6-v2", precision="int8", progress=lambda *_: None)
    asked = [one for one in asked if is_tuned(one.question) is (given.part == "tuned")]
    index = open_index(index_dir)
    encoder = OnnxEncoder.load(index.folder / ENCODER_FOLDER)
    report(asked, index, encoder)
    if given.latency:
        report_latency(asked, given.latency)
    if given.unrelated:
        report_harm(read(given.unrelated[0]), questions, open_index(given.unrelated[1]))
    for one in asked[: given.show]:
        print(
            json.dumps(
                [one.question["question"], by_bot(one.question, encoder, archive=index), one.question["rewrite"]]
            )
        )


def report(asked: list[Asked], index: Index, encoder: OnnxEncoder) -> None:
    """Prints the table."""
    ways: dict[str, Callable[[Question], str]] = {
        "typed": lambda question: str(question["question"]),
        "people": lambda question: str(question["rewrite"]),
        "words": lambda question: by_bot(question, encoder),
        "history": lambda question: by_bot(question, encoder, archive=index),
        "title": lambda question: by_bot(question, encoder, title=str(question["title"])),
    }
    figures = {name: measures(ranks(asked, index, encoder, way)) for name, way in ways.items()}
    raw, human = figures["typed"][0], figures["people"][0]
    print(f"{len(asked)} follow-ups       MRR@10    R@1    R@5  closed  words: recall  precision")
    for name, (mrr, first, five) in figures.items():
        recall, precision = word_measures(asked, ways[name])
        closed = (mrr - raw) / (human - raw)
        print(f"{name:<20} {mrr:8.3f} {first:6.3f} {five:6.3f} {closed:7.2f} {recall:14.3f} {precision:10.3f}")


if __name__ == "__main__":
    main()
