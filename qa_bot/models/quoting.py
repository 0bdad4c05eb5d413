"""Which sentences of a passage are quoted: those of the words that answer, and one more where they need it."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa_bot.text import words
from qa_bot.types import Hit, SentenceMatch, Span

# What the share of matched words adds to a sentence's cosine: .3 to .5 measured alike, less and more are worse.
COVERAGE_WEIGHT = 0.4
# An adjoining sentence is quoted too where it has this share of the question's words that the others lack.
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
    """The sentences `first` to `last` (both included) of a hit, and the words in them that answer."""

    hit: Hit
    first: int
    last: int
    highlight: Span

    @property
    def span(self) -> Span:
        """The quotation in its article."""
        sentences = self.hit.sentences
        return Span(self.hit.passage.article, sentences[self.first].start, sentences[self.last].end)

    @property
    def similarity(self) -> float:
        """The greatest cosine of a quoted sentence and the question."""
        return max(match.similarity for match in self._quoted)

    @property
    def coverage(self) -> float:
        """The share of the question's weight that the quotation has, 0 to 1."""
        return sum(_union(self._quoted))

    @property
    def _quoted(self) -> Sequence[SentenceMatch]:
        return self.hit.sentences[self.first : self.last + 1]


def quote_words(hit: Hit, words_that_answer: Span) -> Quotation:
    """The sentences that hold the words, all of those that the words run through."""
    start, end = words_that_answer.start, words_that_answer.end
    touched = [n for n, match in enumerate(hit.sentences) if match.start < end and start < match.end]
    return Quotation(hit, *_with_adjoining(hit, touched[0], touched[-1]), words_that_answer)


def quote_sentence(hit: Hit) -> Quotation:
    """The sentence that best meets the question, highlighted as a whole: all that is known of an unread passage."""
    best = max(range(len(hit.sentences)), key=lambda number: sentence_score(hit.sentences[number]))
    match = hit.sentences[best]
    return Quotation(hit, *_with_adjoining(hit, best, best), Span(hit.passage.article, match.start, match.end))


def passage_coverage(hit: Hit) -> float:
    """The share of the question's weight that the hit's passage has, 0 to 1."""
    return sum(_union(hit.sentences))


def _with_adjoining(hit: Hit, first: int, last: int) -> tuple[int, int]:
    """The sentences `first` to `last`, with the one before or after them where they cannot do without."""
    sentences = hit.sentences
    if sentences[last].end - sentences[first].start > _LONG_QUOTATION:
        return first, last
    if first > 0 and _leans_back(hit, sentences[first]):
        return first - 1, last
    quoted = sentences[first : last + 1]
    gains = {
        (min(first, other), max(last, other)): sum(_union((*quoted, sentences[other]))) - sum(_union(quoted))
        for other in (last + 1, first - 1)
        if 0 <= other < len(sentences)
    }
    wider, gain = max(gains.items(), key=lambda item: item[1], default=((first, last), 0.0))
    return wider if gain >= _ADJOINING_GAIN else (first, last)


def _leans_back(hit: Hit, match: SentenceMatch) -> bool:
    sentence = hit.passage.article.text[match.start : match.end]
    start, end = next(iter(words(sentence)), (0, 0))
    return sentence[start:end].lower() in _LEANING


def _union(matches: Sequence[SentenceMatch]) -> tuple[float, ...]:
    return tuple(map(max, zip(*(match.matched for match in matches), strict=True)))
