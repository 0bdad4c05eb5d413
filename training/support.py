"""Fits qa_bot/data/support.json: how features of a quotation become the probability that it answers.

    qa-bot index --corpus SQUAD_DEV --index SQUAD_INDEX
    qa-bot index --corpus NQ --index NQ_INDEX
    python training/support.py SQUAD_INDEX SQUAD_QUESTIONS.jsonl.gz NQ_INDEX NQ_QUESTIONS.jsonl.gz

The indexes are read with the reader that is now in qa_bot/data/, whichever they carry themselves.

Three kinds of question are asked of each: those that it answers, the same with their gold paragraph taken out of the
search, and adversarial ones. Each is asked of the whole archive and of a small one, which has the question's paragraph
and a few others, those of the same article first: people ask one article as well as a thousand. Only articles of one
part of each set are used (split.py); the other part is for `qa-bot evaluate` to report on.

Fitting goes in three steps (support_fit.py). The score that orders passages is fitted to all replies: which of the
passages holds a gold answer, or whether none does. Platt scaling (Platt 1999) over the first passage of each reply of
the first set's whole archive makes of it the probability that the reply is right. The threshold is the lowest support
at which, of the replies that are given there to questions whose gold paragraph is there and to as many whose paragraph
is gone, the stated share is right.
"""

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from lines import read_lines
from split import is_fitted, paragraph_of
from support_fit import PRECISION, Asked, fit, threshold

from qa_bot.conversation import standalone
from qa_bot.dialogue import Conversation
from qa_bot.evaluation.squad import holds
from qa_bot.index.generation import ENCODER_FOLDER, Index, open_index, read_manifest
from qa_bot.models.encoder import OnnxEncoder
from qa_bot.models.reader import READ, Candidate, features, find_candidates
from qa_bot.models.span_model import ReaderCard, SpanModel
from qa_bot.retrieval import retrieve
from qa_bot.spelling import spelt_as_archived
from qa_bot.support import FEATURES, FORMAT
from qa_bot.types import Hit, Query

_SETS = "INDEX QUESTIONS"
_TARGET = Path(__file__).parents[1] / "qa_bot" / "data" / "support.json"
_READER = _TARGET.parent / "reader"
_PROCESSES = 2
# How many other paragraphs a small archive has: as many as a news article or two.
_SMALL = (3, 40)
# What a question of a further set weighs in the order against one of the first: with .7 nothing measured is better, and
# the README's first answer falls under the threshold (docs/log.md).
_FURTHER = 0.3
# Whatever the reader's scores leave for them to explain, more of these must not lower support.
_NEVER_AGAINST = ("quotation_coverage", "passage_coverage", "agreement")
_DATA = (
    "SQuAD dev (CC BY-SA 4.0), every other article of it, and half of Natural Questions' gold passages (CC BY-SA 3.0);"
    " of both the part that split.py fits on"
)


@dataclass(frozen=True, slots=True)
class Asking:
    """A question as it is asked once: of what kind, of the whole archive or not, and without which articles."""

    kind: str
    whole: bool
    without: frozenset[str]


class Archive:
    """An index that is asked, each passage read once for a question."""

    def __init__(self, index: Index, model: SpanModel, seed: int) -> None:
        self._index, self._model, self._seed = index, model, seed
        self._encoder = OnnxEncoder.load(index.folder / ENCODER_FOLDER)
        self._titles = {article.id: article.title for article in index.store.articles()}

    def ask_all(self, questions: Sequence[dict[str, Any]], *, first: bool) -> Asked:
        """The passages read for every question, however it is asked; judged is the whole archive of the `first` set."""
        rows: list[tuple[tuple[float, ...], bool, int, str, bool]] = []
        reply = 0
        for question in questions:
            asked = standalone(question["question"], Conversation())
            query = spelt_as_archived(asked, self._index.lexical, self._index.vocabulary)
            vector = self._encoder.encode_question(query.text)
            known: dict[tuple[str, int], Candidate] = {}
            for asking in self._askings(question):
                hits = retrieve(query, vector, self._index, exclude=asking.without)
                answers = question["answers"] if asking.kind == "there" else ()
                for found, correct in self._read(query, hits, answers, known):
                    rows.append((found, correct, reply, asking.kind, first and asking.whole))
                reply += 1
        columns: list[Any] = [np.array(column) for column in zip(*rows, strict=True)]
        columns.append(np.full(len(rows), 1.0 if first else _FURTHER))
        return Asked(*columns)

    def _askings(self, question: dict[str, Any]) -> Iterator[Asking]:
        small = outside_small_archive(question, self._titles, random.Random(f"{self._seed} {question['id']}"))
        for kind, left_out in product(("there", "gone") if question["answerable"] else ("adversarial",), ((), small)):
            gold = question["gold_ids"] if kind == "gone" else ()
            yield Asking(kind, not left_out, frozenset((*left_out, *gold)))

    def _read(
        self, query: Query, hits: list[Hit], answers: Sequence[str], known: dict[tuple[str, int], Candidate]
    ) -> Iterator[tuple[tuple[float, ...], bool]]:
        """The features of each passage that is read, and whether it is right; `known` are those read before."""
        new = [hit for hit in hits[:READ] if _place(hit) not in known]
        known |= {_place(one.hit): one for one in find_candidates(query, new, self._model)}
        read = [(hit, known[_place(hit)]) for hit in hits[:READ]]
        candidates = [replace(one, quotation=replace(one.quotation, hit=hit)) for hit, one in read]
        for candidate in candidates:
            correct = any(holds(candidate.quotation.span.text, answer) for answer in answers)
            yield features(candidate, candidates, found=len(hits)), correct


def _place(hit: Hit) -> tuple[str, int]:
    return hit.passage.article.id, hit.passage.start


def outside_small_archive(question: dict[str, Any], titles: dict[str, str], chance: random.Random) -> frozenset[str]:
    """All articles but the question's own and a few others, those of the same title first."""
    own = paragraph_of(question)
    others = [name for name in titles if name != own]
    chance.shuffle(others)
    others.sort(key=lambda name: titles[name] != titles[own])
    fewest, most = _SMALL
    return frozenset(others[round(fewest * (most / fewest) ** chance.random()) :])


def fitted_questions(path: Path, *, sample: int, seed: int) -> list[dict[str, Any]]:
    """At most `sample` questions of the part that is fitted, drawn at random."""
    questions = [question for question in read_lines(path) if is_fitted(question)]
    random.Random(seed).shuffle(questions)
    return questions[:sample]


def ask_sets(folders: Sequence[Path], paths: Sequence[Path], *, sample: int, seed: int) -> list[Asked]:
    """What came of the fitted questions of each set, asked in several processes."""
    with ProcessPoolExecutor(_PROCESSES) as pool:
        asked: list[list[Future[Asked]]] = []
        for folder, path in zip(folders, paths, strict=True):
            questions = fitted_questions(path, sample=sample, seed=seed)
            parts = [questions[start::_PROCESSES] for start in range(_PROCESSES)]
            asked.append([pool.submit(_ask_part, folder, part, seed, first=not asked) for part in parts])
        return [Asked.joined([part.result() for part in parts]) for parts in asked]


def _ask_part(folder: Path, questions: Sequence[dict[str, Any]], seed: int, *, first: bool) -> Asked:
    return Archive(open_index(folder), SpanModel.load(_READER), seed).ask_all(questions, first=first)


def calibration(asked: Asked, first: Asked) -> dict[str, Any]:
    """What is fitted to all that was asked; the threshold comes of the first set."""
    coefficients, intercept = fit(asked, [FEATURES.index(name) for name in _NEVER_AGAINST])
    support = 1.0 / (1.0 + np.exp(-(first.features @ coefficients + intercept)))
    return {
        "features": list(FEATURES),
        "coefficients": [round(float(value), 5) for value in coefficients],
        "intercept": round(intercept, 5),
        "threshold": threshold(first, support),
    }


def main() -> None:
    """The calibration is fitted, written and shown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path, nargs="+", metavar=_SETS)
    parser.add_argument("--sample", type=int, default=1500, help="how many questions of the fitted part of each set")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    if len(given.sets) % 2:
        parser.error("each INDEX needs its QUESTIONS")

    folders = given.sets[::2]
    parts = ask_sets(folders, given.sets[1::2], sample=given.sample, seed=given.seed)
    data = {
        "format": FORMAT,
        "model": read_manifest(folders[0]).model,
        "reader": ReaderCard.read(_READER).name,
        **calibration(Asked.joined(parts), parts[0]),
        "provenance": {
            "data": _DATA,
            "command": "python training/support.py SQUAD_INDEX SQUAD_QUESTIONS NQ_INDEX NQ_QUESTIONS"
            f" --sample {given.sample} --seed {given.seed}",
            "replies": [int(part.reply.max()) + 1 for part in parts],
            "passages_read": READ,
            "precision_above_threshold": PRECISION,
        },
    }
    _TARGET.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    print(_TARGET.read_text(encoding="utf-8"))  # noqa: T201


if __name__ == "__main__":
    main()
