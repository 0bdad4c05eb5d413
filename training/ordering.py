"""Measures how well readers order the passages that retrieval finds, by their margin alone and beside its score.

    python training/ordering.py INDEX QUESTIONS.jsonl.gz READER_FOLDER... [--sample N --seed S]

R@1 over the first passages that the product reads, on answerable questions of held-out articles (split.py): of
retrieval's score alone, of the margin alone, and of both, where the weight of the margin is chosen on as many questions
of the fitted articles. AUROC is how well the margin tells gold passages from the others, all questions together.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ablations import Product
from lines import read_lines
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from split import add_sample_arguments, is_fitted, sampled
from tables import table

from qa_bot.conversation import standalone
from qa_bot.dialogue import Conversation
from qa_bot.models.reader import READ, find_candidates
from qa_bot.models.span_model import SpanModel
from qa_bot.retrieval import retrieve
from qa_bot.types import Hit, Query

_WEIGHTS = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)
_HEADINGS = ("reader", "R@1, score", "R@1, margin", "R@1, both", "weight", "AUROC", "n")


@dataclass(frozen=True, slots=True)
class Ranked:
    """For the hits of one question, in order: retrieval's scores, margins, and which are gold."""

    scores: NDArray[np.float64]
    margins: NDArray[np.float64]
    gold: NDArray[np.bool_]

    def is_right(self, weight: float) -> bool:
        """Whether the first passage by score and weighted margin is gold."""
        return bool(self.gold[int((self.scores + weight * self.margins).argmax())])


Found = list[tuple[Query, list[Hit], NDArray[np.bool_]]]


def find(product: Product, questions: Sequence[dict[str, Any]]) -> Found:
    """The passages that would be read for each question, and which of them are gold."""
    found = []
    for question in questions:
        query = standalone(question["question"], Conversation())
        hits = retrieve(query, product.encoder.encode_question(query.text), product.index)[:READ]
        found.append((query, hits, np.array([hit.passage.article.id in question["gold_ids"] for hit in hits])))
    return found


def rank(model: SpanModel, found: Found) -> list[Ranked]:
    """The passages as the reader sees them."""
    return [
        Ranked(
            np.array([hit.score for hit in hits]),
            np.array([candidate.margin for candidate in find_candidates(query, hits, model)]),
            gold,
        )
        for query, hits, gold in found
    ]


def recall(ranked: Sequence[Ranked], weight: float) -> float:
    """The share of questions whose first passage is gold."""
    return float(np.mean([one.is_right(weight) for one in ranked]))


def row(name: str, fitted: Sequence[Ranked], held_out: Sequence[Ranked]) -> tuple[str, ...]:
    """A reader's line, in the order of `_HEADINGS`."""
    weight = max(_WEIGHTS, key=lambda weight: recall(fitted, weight))
    margins, gold = (np.concatenate([getattr(one, part) for one in held_out]) for part in ("margins", "gold"))
    figures = [recall(held_out, 0.0), recall(held_out, 1e6), recall(held_out, weight)]
    auroc = float(roc_auc_score(gold, margins))
    return (name, *(f"{figure:.3f}" for figure in figures), f"{weight}", f"{auroc:.3f}", f"{len(held_out):,}")


def main() -> None:
    """A line for each reader is shown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("readers", type=Path, nargs="+")
    add_sample_arguments(parser)
    given = parser.parse_args()

    questions = [question for question in read_lines(given.questions) if question["answerable"]]
    product = Product.open(given.index)
    fitted, held_out = (
        find(product, sampled([one for one in questions if is_fitted(one) is part], given.sample, seed=given.seed))
        for part in (True, False)
    )
    rows: list[tuple[str, ...]] = [_HEADINGS]
    for folder in given.readers:
        model = SpanModel.load(folder)
        rows.append(row(folder.name, rank(model, fitted), rank(model, held_out)))
    print(table(rows))  # noqa: T201


if __name__ == "__main__":
    main()
