"""The reader without weights of its own: the best sentence of each passage, by its cosine and its words."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa_bot.answer_types import AnswerType, asked_type, candidates
from qa_bot.chunking import paragraph_number
from qa_bot.support import Calibration, log_odds
from qa_bot.text import Offsets, words
from qa_bot.types import Citation, Evidence, Hit, Query, SentenceMatch, Span

# What the share of matched words adds to a sentence's cosine: .3 to .5 measured alike, less and more are worse.
COVERAGE_WEIGHT = 0.4
# What it adds that a sentence has an expression of the kind that is asked for: .1 to .2 measured alike.
_TYPE_WEIGHT = 0.15
# An adjoining sentence is quoted too where it has this share of the question's words that the best one lacks.
_ADJOINING_GAIN = 0.2
# Longer quotations are not made longer still by an adjoining sentence.
_LONG_QUOTATION = 600
# A sentence that begins so cannot be understood without the one before it.
_LEANING = frozenset(
    ["he", "she", "it", "they", "his", "her", "its", "their", "this", "that", "these", "those", "him", "them"]
)


def sentence_score(match: SentenceMatch) -> float:
    """How well a sentence meets a question: its cosine, and the share of the question's words that it has."""
    return match.similarity + COVERAGE_WEIGHT * match.coverage


@dataclass(frozen=True, slots=True)
class Quotation:
    """The sentences `first` to `last` (both included) of a hit; `best` is the one that answers."""

    hit: Hit
    first: int
    best: int
    last: int

    @property
    def span(self) -> Span:
        """The quotation in its article."""
        sentences = self.hit.sentences
        return Span(self.hit.passage.article, sentences[self.first].start, sentences[self.last].end)

    @property
    def matched(self) -> tuple[float, ...]:
        """The weight of each word of the question that the quotation has."""
        return _union(self.hit.sentences[self.first : self.last + 1])


class SentenceReader:
    """Reads by sentence vectors and words; its support is a calibrated logistic regression."""

    def __init__(self, calibration: Calibration) -> None:
        self._calibration = calibration

    def read(self, query: Query, hits: Sequence[Hit]) -> list[Evidence]:
        """Evidence from each hit, best first, ties in the order of the hits.

        The order is that of the fused score and the log-odds of support, in equal parts: more of the latter is better
        on the questions that it was fitted on, and worse on others.
        """
        evidence = [self._evidence(query, hit, hits) for hit in hits]
        return sorted(evidence, key=lambda item: item.hit.score + log_odds(item.citation.support), reverse=True)

    def _evidence(self, query: Query, hit: Hit, hits: Sequence[Hit]) -> Evidence:
        quotation = quote(query, hit)
        span = quotation.span
        citation = Citation(
            article=span.article,
            start=span.start,
            end=span.end,
            highlight=_highlight(query, quotation),
            paragraph=paragraph_number(span.article, span.start),
            support=self._calibration.probability(features(query, quotation, hits)),
        )
        return Evidence(hit, citation)


def quote(query: Query, hit: Hit) -> Quotation:
    """The sentence of the hit that best meets the query, with one adjoining sentence where that one needs it."""
    kind = asked_type(query.text)
    scores = [
        sentence_score(match) + _TYPE_WEIGHT * _has_answer_of_type(kind, query, _text(hit, match))
        for match in hit.sentences
    ]
    best = scores.index(max(scores))
    first, last = _with_adjoining(hit, best)
    return Quotation(hit, first, best, last)


def features(query: Query, quotation: Quotation, hits: Sequence[Hit]) -> tuple[float, ...]:
    """What the calibration weighs, in the order of `support.FEATURES`; `hits` are all hits of the query."""
    hit = quotation.hit
    kind = asked_type(query.text)
    asks_value = kind in {AnswerType.DATE, AnswerType.NUMBER}
    return (
        hit.sentences[quotation.best].similarity,
        hit.similarity,
        sum(quotation.matched),
        sum(_union(hit.sentences)),
        float(asks_value and not _has_answer_of_type(kind, query, quotation.span.text)),
        *_leads(hit, hits),
    )


def _leads(hit: Hit, hits: Sequence[Hit]) -> tuple[float, float, float]:
    """How far the hit lies above the best other one, a copy of it not counted; zeros where there is no other.

    What answers stands out from its surroundings; where nothing answers, the closest passages are all alike.
    """
    others = [other for other in hits if other is not hit and other.passage.text != hit.passage.text]
    if not others:
        return (0.0, 0.0, 0.0)
    bm25 = hit.bm25 - max(other.bm25 for other in others)
    return (
        hit.similarity - max(other.similarity for other in others),
        _best_score(hit) - max(map(_best_score, others)),
        # As a share: the size of BM25 depends on the length of the question. Bounded: a hit may have none.
        max(-1.0, bm25 / hit.bm25) if hit.bm25 > 0 else -1.0,
    )


def _best_score(hit: Hit) -> float:
    return max(map(sentence_score, hit.sentences))


def _with_adjoining(hit: Hit, best: int) -> tuple[int, int]:
    sentences = hit.sentences
    if sentences[best].end - sentences[best].start > _LONG_QUOTATION:
        return best, best
    if best > 0 and _leans_back(_text(hit, sentences[best])):
        return best - 1, best
    gains = {
        (min(best, other), max(best, other)): _gain(sentences[best], sentences[other])
        for other in (best + 1, best - 1)
        if 0 <= other < len(sentences)
    }
    pair, gain = max(gains.items(), key=lambda item: item[1], default=((best, best), 0.0))
    return pair if gain >= _ADJOINING_GAIN else (best, best)


def _gain(best: SentenceMatch, other: SentenceMatch) -> float:
    return sum(_union((best, other))) - best.coverage


def _union(matches: Sequence[SentenceMatch]) -> tuple[float, ...]:
    return tuple(map(max, zip(*(match.matched for match in matches), strict=True)))


def _leans_back(sentence: str) -> bool:
    start, end = next(iter(words(sentence)), (0, 0))
    return sentence[start:end].lower() in _LEANING


def _has_answer_of_type(kind: AnswerType, query: Query, text: str) -> bool:
    return bool(_new_candidates(kind, query, text))


def _new_candidates(kind: AnswerType, query: Query, text: str) -> list[Offsets]:
    """The expressions of that kind that do not merely repeat words of the question."""
    asked = {query.text[start:end].lower() for start, end in words(query.text)}
    found = []
    for start, end in candidates(kind, text):
        inner = text[start:end]
        if any(inner[a:b].lower() not in asked for a, b in words(inner)):
            found.append((start, end))
    return found


def _highlight(query: Query, quotation: Quotation) -> Span:
    """The words of the best sentence that answer: of the kind asked for, nearest to the words of the question."""
    hit = quotation.hit
    match = hit.sentences[quotation.best]
    sentence = _text(hit, match)
    found = _new_candidates(asked_type(query.text), query, sentence)
    if not found:
        return Span(hit.passage.article, match.start, match.end)
    asked = {query.text[start:end].lower() for start, end in words(query.text) if end - start > 3}  # noqa: PLR2004
    anchors = [(a + b) / 2 for a, b in words(sentence) if sentence[a:b].lower() in asked]

    def distance(span: Offsets) -> float:
        return sum(abs((span[0] + span[1]) / 2 - anchor) for anchor in anchors)

    start, end = min(found, key=distance)
    return Span(hit.passage.article, match.start + start, match.start + end)


def _text(hit: Hit, match: SentenceMatch) -> str:
    return hit.passage.article.text[match.start : match.end]
