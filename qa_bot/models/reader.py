"""The reader: reads the best passages of a search, and says of each what answers, and how likely it is that it does."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, log2

from qa_bot.chunking import paragraph_number
from qa_bot.duplicates import overlap, shingles
from qa_bot.models.quoting import Quotation, passage_coverage, quote_sentence, quote_words, sentence_score
from qa_bot.models.reader_input import QUESTION_TOKENS
from qa_bot.models.span_model import SpanModel, Text, TextSpan
from qa_bot.several import asks_for_several
from qa_bot.support import Calibration
from qa_bot.text import words
from qa_bot.types import Citation, Evidence, Hit, Query, Reading, Span

# How many passages are read: see docs/benchmarks.md, quality against latency.
READ = 8
# What the score of its sentence adds to the margin of a span: see docs/log.md.
_SENTENCE_WEIGHT = 2.0
# What answers a question that asks for several has nearly as much of the question as another that does.
_LESS_COVERAGE = 0.2
# Fewer passages found than these are weighed alike: half of the small archives that support was fitted on had fewer.
# With 4 and 8 a filter that leaves one article made a wrong answer of the golden set likelier than its threshold.
_FEWEST = 12
# Margin and score of null of a passage in which nothing can be read: far from any that a model gives.
_NOTHING = (-20.0, 20.0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a hit that was read would be quoted with: the margin of its words, and the score of null beside them."""

    quotation: Quotation
    margin: float
    null: float

    @property
    def hit(self) -> Hit:
        """Where it was found."""
        return self.quotation.hit

    @property
    def score(self) -> float:
        """The reader's score of the words themselves; from passage to passage it is steadier than the margin."""
        return self.margin + self.null


class SpanReader:
    """Reads with the trained model; its support is a calibrated logistic regression."""

    def __init__(self, model: SpanModel, calibration: Calibration) -> None:
        self._model = model
        self._calibration = calibration

    def read(self, query: Query, hits: Sequence[Hit]) -> Reading:
        """Evidence from each hit, the best supported first, ties in the order of the hits.

        The first `READ` hits are read. Of the others, which come after them, the sentence that meets the question best
        is quoted, and no more support is claimed than the least of those read has.
        """
        candidates = find_candidates(query, hits[:READ], self._model)
        found = len(hits)
        supported = sorted(
            ((self._support(one, candidates, found), one) for one in candidates), key=lambda pair: -pair[0]
        )
        if asks_for_several(query.text):
            supported = list(self._beside_others(supported, found))
        evidence = [Evidence(one.hit, _citation(one.quotation, support), one.margin) for support, one in supported]
        for hit in hits[READ:]:
            evidence.append(Evidence(hit, _citation(quote_sentence(hit), evidence[-1].citation.support), None))
        return Reading(tuple(evidence), tuple(self._notes(query)))

    def _support(self, candidate: Candidate, candidates: Sequence[Candidate], found: int) -> float:
        return self._calibration.probability(features(candidate, candidates, found=found))

    def _beside_others(
        self, supported: Sequence[tuple[float, Candidate]], found: int
    ) -> Iterator[tuple[float, Candidate]]:
        """The candidates in their order, with the support that each has where others may answer as well."""
        least = 1.0
        candidates = [one for _, one in supported]
        for support, one in supported:
            least = min(least, max(support, self._support(one, _rivals(one, candidates), found)))
            yield least, one

    def _notes(self, query: Query) -> list[str]:
        tokens = self._model.question_tokens(query.text)
        if tokens <= QUESTION_TOKENS:
            return []
        return [f"the question has {tokens} tokens: its first and last {QUESTION_TOKENS // 2} were read"]


def find_candidates(query: Query, hits: Sequence[Hit], model: SpanModel) -> list[Candidate]:
    """For each hit, in order, what it would be quoted with once it is read."""
    spans = model.read(query.text, [_text(hit) for hit in hits])
    return [_candidate(hit, found) for hit, found in zip(hits, spans, strict=True)]


def features(candidate: Candidate, candidates: Sequence[Candidate], *, found: int) -> tuple[float, ...]:
    """What the calibration weighs, in the order of `support.FEATURES`.

    `candidates` are all that were read for the query, `found` is how many passages the search found.
    """
    others = [other for other in candidates if other is not candidate and not _is_copy(other, candidate)]
    return (
        candidate.margin,
        candidate.null,
        # The best of many is good by chance more often than the best of few: an archive of one article has few.
        log2(max(found, _FEWEST)),
        # A lead, since z-scores themselves grow with the number of passages that there are.
        _lead(candidate, others, lambda one: one.hit.score),
        candidate.hit.similarity,
        candidate.quotation.similarity,
        candidate.quotation.coverage,
        passage_coverage(candidate.hit),
        _lead(candidate, others, lambda one: one.score),
        _agreement(candidate, others),
    )


def _rivals(candidate: Candidate, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """The candidate, and what it has to stand out from: not what answers as well, one of several."""
    least = candidate.quotation.coverage - _LESS_COVERAGE
    return [one for one in candidates if one is candidate or one.margin <= 0 or one.quotation.coverage < least]


def _citation(quotation: Quotation, support: float) -> Citation:
    span = quotation.span
    return Citation(
        article=span.article,
        start=span.start,
        end=span.end,
        highlight=quotation.highlight,
        paragraph=paragraph_number(span.article, span.start),
        support=support,
    )


def _candidate(hit: Hit, spans: Sequence[TextSpan | None]) -> Candidate:
    span = _best_span(hit, spans)
    if span is None:
        return Candidate(quote_sentence(hit), *_NOTHING)
    origin = hit.passage.start
    words_that_answer = Span(hit.passage.article, origin + span.start, origin + span.end)
    return Candidate(quote_words(hit, words_that_answer), span.margin, span.null)


def _text(hit: Hit) -> Text:
    passage = hit.passage
    sentences = tuple((start - passage.start, end - passage.start) for start, end in passage.sentences)
    return Text(passage.article.title, passage.text, sentences)


def _best_span(hit: Hit, spans: Sequence[TextSpan | None]) -> TextSpan | None:
    """The span that answers best, by its own margin and by its sentence."""
    scored = [
        (span.margin + _SENTENCE_WEIGHT * sentence_score(match), -number, span)
        for number, (span, match) in enumerate(zip(spans, hit.sentences, strict=True))
        if span
    ]
    return max(scored)[2] if scored else None


def _lead(candidate: Candidate, others: Sequence[Candidate], score: Callable[[Candidate], float]) -> float:
    """How far the candidate's score lies above the best of the others; 0 where there are none.

    What answers stands out from its surroundings; where nothing answers, the closest passages are all alike.
    """
    return score(candidate) - max(map(score, others)) if others else 0.0


def _agreement(candidate: Candidate, others: Sequence[Candidate]) -> float:
    """How sure the reader is, 0 to 1, of the surest other passage that answers with the same words.

    A passage that was mostly copied from the same text is no second voice, however its copy was edited.
    """
    answer = _answer_words(candidate)
    same = [other for other in others if answer and _answer_words(other) == answer]
    if not same:
        return 0.0
    own = shingles(candidate.hit.passage.text)
    voices = [other.margin for other in same if not overlap(own, shingles(other.hit.passage.text))]
    return max((1.0 / (1.0 + exp(-margin)) for margin in voices), default=0.0)


def _answer_words(candidate: Candidate) -> list[str]:
    text = candidate.quotation.highlight.text
    return [text[start:end].lower() for start, end in words(text)]


def _is_copy(one: Candidate, other: Candidate) -> bool:
    """Whether the two would be the same evidence twice: agency copies often differ outside the quotation."""
    return one.quotation.span.text == other.quotation.span.text or one.hit.passage.text == other.hit.passage.text
