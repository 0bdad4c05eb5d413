"""Measures what each part of the search and the reader adds, on answerable questions of held-out articles (split.py).

    python training/ablations.py INDEX QUESTIONS.jsonl.gz [--sample N --seed S] [--read 3 5 8 12 20]

Every system answers every question from the beginning, by itself, and hands on at most as many passages as the product
does; its time is all that it needs for that. R@1, R@5 and RR@10 go by the rank of the first gold article among distinct
articles. Without `retrieve`, one sentence is quoted; with it, what the product quotes. MaxSim is the operator of
ColBERT (Khattab and Zaharia 2020) on token vectors of the default embedding model, whose weight is chosen on the fitted
articles; the token vectors of all passages are there before it is timed, those of the question are not. The reader's
support is calibrated for the number of passages that the product reads.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean
from time import perf_counter
from typing import Any

import numpy as np
from lines import read_lines
from sentence_transformers import SentenceTransformer
from split import add_sample_arguments, is_fitted, sampled
from tables import table

from qa_bot.conversation import standalone
from qa_bot.dialogue import Conversation
from qa_bot.embedding import with_title
from qa_bot.evaluation.kinds import Kind, kind_of
from qa_bot.evaluation.squad import exact_match, holds, token_f1
from qa_bot.fusion import Scores, fuse, z_scores
from qa_bot.index.coverage import matched_weights, question_terms, term_weights, words_of
from qa_bot.index.generation import ENCODER_FOLDER, READER_FOLDER, Index, open_index
from qa_bot.index.lexical import Term
from qa_bot.index.store import StoredPassage
from qa_bot.models.bundled import DEFAULT_MODEL, find_model
from qa_bot.models.encoder import OnnxEncoder
from qa_bot.models.quoting import COVERAGE_WEIGHT, Quotation, quote_sentence
from qa_bot.models.reader import READ, features, find_candidates
from qa_bot.models.span_model import SpanModel
from qa_bot.retrieval import _CANDIDATES, _DENSE, _DEPTH, _LEXICAL, _SENTENCE, retrieve
from qa_bot.support import Calibration, load_calibration
from qa_bot.types import Hit, Query, Rows, Span, Vectors

_NONE = np.empty(0, dtype=np.int64)
_MAX_SIM_WEIGHTS = (0.2, 0.4, 0.6, 0.8)
# Asked before the first that is timed: the first question reads files and fills caches.
_WARM_UP = 5
_SYSTEM_HEADINGS = ("system", "R@1", "R@5", "RR@10", "answer in quotation", "ms", "n")
_KIND_HEADINGS = ("kind", "n", "R@1", "answer in quotation", "F1 (highlight)", "EM (highlight)")


@dataclass(frozen=True, slots=True)
class Product:
    """The parts of an opened index."""

    index: Index
    encoder: OnnxEncoder
    model: SpanModel
    calibration: Calibration

    @classmethod
    def open(cls, index_dir: Path) -> "Product":
        """The parts of the live generation."""
        index = open_index(index_dir)
        encoder, model = OnnxEncoder.load(index.folder / ENCODER_FOLDER), SpanModel.load(index.folder / READER_FOLDER)
        return cls(index, encoder, model, load_calibration(index.folder, reader=model.card.name))


@dataclass(frozen=True, slots=True)
class Found:
    """The ids of the articles of all passages found, best first, and what is quoted of the first passage."""

    articles: Sequence[str]
    quotation: str
    highlight: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question: the rank of the gold article from 1, 0 if it was not found, and the best F1 and EM."""

    kind: Kind
    rank: int
    quoted: bool
    f1: float
    exact: bool
    ms: float


System = Callable[[Query], Found]


class TokenVectors:
    """Unit vectors of single tokens by the default embedding model, those of passages kept."""

    def __init__(self) -> None:
        self._model = SentenceTransformer(find_model(DEFAULT_MODEL), device="cpu")
        self._passages: dict[str, Vectors] = {}

    def max_sim(self, question: str, hits: Sequence[Hit]) -> Scores:
        """For each hit the greatest cosine of a question's token with one of its tokens, on average over the former."""
        asked = self.of(question)
        return np.array([(asked @ self._passage(hit).T).max(axis=1).mean() for hit in hits], dtype=np.float32)

    def of(self, text: str) -> Vectors:
        """The vectors of the text's tokens, shape `(tokens, dimension)`."""
        encoded = self._model.encode(text, output_value="token_embeddings", show_progress_bar=False)
        vectors = np.asarray(encoded, dtype=np.float32)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def _passage(self, hit: Hit) -> Vectors:
        text = with_title(hit.passage.article.title, hit.passage.text)
        if text not in self._passages:
            self._passages[text] = self.of(text)
        return self._passages[text]


def dense_alone(product: Product, query: Query) -> Found:
    """Passages by their cosine, of the first one the sentence of greatest cosine."""
    vector = product.encoder.encode_question(query.text)
    rows = product.index.dense.search(vector, _CANDIDATES, exclude=_NONE).rows
    return _with_sentence(product, rows, lambda stored: _cosines(product, vector, stored))


def bm25_alone(product: Product, query: Query) -> Found:
    """Passages by BM25, of the first one the sentence of greatest coverage."""
    words = product.index.lexical.terms(query.text)
    rows = product.index.lexical.search(words, _CANDIDATES, exclude=_NONE).rows
    return _with_sentence(product, rows, lambda stored: _coverages(product, words, stored))


def dense_and_bm25(product: Product, query: Query) -> Found:
    """Passages of both by both, of the first one the sentence of greatest cosine and coverage."""
    index, vector = product.index, product.encoder.encode_question(query.text)
    words = index.lexical.terms(query.text)
    dense = index.dense.search(vector, _CANDIDATES, exclude=_NONE)
    lexical = index.lexical.search(words, _CANDIDATES, exclude=_NONE)
    rows = np.array(sorted({*dense.rows.tolist(), *lexical.rows.tolist()}), dtype=np.int64)
    scores = fuse((_DENSE, index.dense.scores(vector, rows)), (_LEXICAL, index.lexical.scores(words, rows)))

    def sentence_scores(stored: StoredPassage) -> Scores:
        return _cosines(product, vector, stored) + COVERAGE_WEIGHT * _coverages(product, words, stored)

    return _with_sentence(product, rows[np.lexsort((rows, -scores))], sentence_scores)


def with_best_sentence(product: Product, query: Query) -> Found:
    """The hits of the product's search, unread."""
    return _quoted([quote_sentence(hit) for hit in _hits(product, query)])


def with_max_sim(product: Product, tokens: TokenVectors, weight: float, query: Query) -> Found:
    """The same hits, ordered by the z-score of their MaxSim as well."""
    hits = _hits(product, query)
    fused = np.array([hit.score for hit in hits], dtype=np.float32)
    scores = fused + weight * z_scores(tokens.max_sim(query.text, hits))
    return _quoted([quote_sentence(hits[number]) for number in np.argsort(-scores, kind="stable")])


def with_reader(product: Product, read: int, query: Query) -> Found:
    """The same hits, the first `read` of them read, in the order of their support."""
    hits = _hits(product, query)
    candidates = find_candidates(query, hits[:read], product.model)
    support = [product.calibration.probability(features(one, candidates, found=len(hits))) for one in candidates]
    order = sorted(range(len(candidates)), key=lambda number: -support[number])
    return _quoted([*(candidates[number].quotation for number in order), *map(quote_sentence, hits[read:])])


def ask(system: System, question: dict[str, Any]) -> Outcome:
    """What comes of a question."""
    started = perf_counter()
    found = system(standalone(question["question"], Conversation()))
    ms = (perf_counter() - started) * 1000
    ranks = (rank for rank, name in enumerate(dict.fromkeys(found.articles), start=1) if name in question["gold_ids"])
    answers = question["answers"]
    return Outcome(
        kind=kind_of(question["question"]),
        rank=next(ranks, 0),
        quoted=any(holds(found.quotation, answer) for answer in answers),
        f1=max(token_f1(found.highlight, answer) for answer in answers),
        exact=any(exact_match(found.highlight, answer) for answer in answers),
        ms=ms,
    )


def ask_all(system: System, questions: Sequence[dict[str, Any]]) -> list[Outcome]:
    """What comes of each question, the system being warm."""
    for question in questions[:_WARM_UP]:
        ask(system, question)
    return [ask(system, question) for question in questions]


def recall(outcomes: Sequence[Outcome], depth: int) -> float:
    """The share of questions whose gold article is among the first `depth`."""
    return fmean(1 <= outcome.rank <= depth for outcome in outcomes)


def system_row(name: str, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """A system's line, in the order of `_SYSTEM_HEADINGS`."""
    reciprocal = fmean(1 / outcome.rank if 1 <= outcome.rank <= 10 else 0.0 for outcome in outcomes)  # noqa: PLR2004
    quoted = fmean(outcome.quoted for outcome in outcomes)
    shares = (recall(outcomes, 1), recall(outcomes, 5), reciprocal, quoted)
    ms = fmean(outcome.ms for outcome in outcomes)
    return (name, *(f"{share:.3f}" for share in shares), f"{ms:.1f}", f"{len(outcomes):,}")


def kind_row(name: str, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """A kind's line, in the order of `_KIND_HEADINGS`."""
    quoted, exact = fmean(outcome.quoted for outcome in outcomes), fmean(outcome.exact for outcome in outcomes)
    shares = (recall(outcomes, 1), quoted, fmean(outcome.f1 for outcome in outcomes), exact)
    return (name, f"{len(outcomes):,}", *(f"{share:.3f}" for share in shares))


def kind_rows(outcomes: Sequence[Outcome]) -> list[tuple[str, ...]]:
    """A line for each kind of question that there is, and one for all."""
    by_kind = {kind: [outcome for outcome in outcomes if outcome.kind == kind] for kind in Kind}
    return [*(kind_row(str(kind), found) for kind, found in by_kind.items() if found), kind_row("all", outcomes)]


def choose_weight(product: Product, tokens: TokenVectors, fitted: Sequence[dict[str, Any]]) -> float:
    """The weight of MaxSim that has the greatest R@1, the least one of equals; what each has is shown."""
    recalls = {
        weight: recall([ask(partial(with_max_sim, product, tokens, weight), question) for question in fitted], 1)
        for weight in _MAX_SIM_WEIGHTS
    }
    shown = ", ".join(f"{weight} {value:.3f}" for weight, value in recalls.items())
    print(f"R@1 by the weight of MaxSim, {len(fitted):,} fitted questions: {shown}", flush=True)  # noqa: T201
    return max(recalls, key=recalls.__getitem__)


def _with_sentence(product: Product, rows: Rows, scores: Callable[[StoredPassage], Scores]) -> Found:
    """The passages in those rows, of the first one the sentence of greatest score."""
    stored = [product.index.store.passage(row) for row in rows[:_DEPTH].tolist()]
    if not stored:
        return Found((), "", "")
    first = stored[0].passage
    sentence = Span(first.article, *first.sentences[int(scores(stored[0]).argmax())]).text
    return Found([one.passage.article.id for one in stored], sentence, sentence)


def _cosines(product: Product, vector: Vectors, stored: StoredPassage) -> Scores:
    return product.index.dense.sentence_scores(vector, stored.first_sentence, len(stored.passage.sentences))


def _coverages(product: Product, words: Sequence[Term], stored: StoredPassage) -> Scores:
    article, terms = stored.passage.article, question_terms(words)
    weights, title = term_weights(terms, product.index.lexical), words_of(article.title)
    matched = [words_of(article.text[start:end]) | title for start, end in stored.passage.sentences]
    return np.array([sum(matched_weights(terms, weights, found)) for found in matched], dtype=np.float32)


def _hits(product: Product, query: Query) -> list[Hit]:
    return retrieve(query, product.encoder.encode_question(query.text), product.index)


def _quoted(quotations: Sequence[Quotation]) -> Found:
    articles = [quotation.hit.passage.article.id for quotation in quotations]
    return Found(articles, quotations[0].span.text, quotations[0].highlight.text)


def _reader_name(read: int) -> str:
    return f"+ reader in place of MaxSim, K = {read}"


def main() -> None:
    """Both tables are shown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--read", type=int, nargs="+", metavar="K", default=[3, 5, 8, 12, 20])
    add_sample_arguments(parser)
    given = parser.parse_args()

    questions = [question for question in read_lines(given.questions) if question["answerable"]]
    fitted, held_out = (
        sampled([question for question in questions if is_fitted(question) is part], given.sample, seed=given.seed)
        for part in (True, False)
    )
    product, tokens = Product.open(given.index), TokenVectors()
    weight = choose_weight(product, tokens, fitted)
    max_sim = partial(with_max_sim, product, tokens, weight)
    ask_all(max_sim, held_out)  # from here on the token vectors of all passages are there

    systems: dict[str, System] = {
        "dense": partial(dense_alone, product),
        "BM25": partial(bm25_alone, product),
        f"dense x {_DENSE} + BM25 x {_LEXICAL}": partial(dense_and_bm25, product),
        f"+ best sentence x {_SENTENCE}": partial(with_best_sentence, product),
        f"+ MaxSim x {weight}": max_sim,
    }
    readers = {_reader_name(read): partial(with_reader, product, read) for read in sorted({*given.read, READ})}
    outcomes = {name: ask_all(system, held_out) for name, system in (systems | readers).items()}
    print(table([_SYSTEM_HEADINGS, *(system_row(name, found) for name, found in outcomes.items())]))  # noqa: T201
    print()  # noqa: T201
    print(table([_KIND_HEADINGS, *kind_rows(outcomes[_reader_name(READ)])]))  # noqa: T201


if __name__ == "__main__":
    main()
