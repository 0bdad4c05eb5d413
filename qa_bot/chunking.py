"""An article cut into passages: whole sentences, as many as the encoder's window holds, paragraphs kept together."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from qa_bot.text import Offsets, iterate_paragraphs, paragraph_sentences, sentences
from qa_bot.types import Article, Passage

CountTokens = Callable[[Sequence[str]], list[int]]

# Texts counted in one call: enough to keep a tokenizer's threads busy, few enough to need no memory to speak of.
_BATCH = 512
# A tokenizer may take a run of any length for one unknown token, and a page of white space for none. Prose has 4 to 6
# characters a token; what has more than 10 is no prose, and is cut so that a passage stays short enough to read.
_MOST_CHARACTERS_A_TOKEN = 10


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence, or a piece of one too long for the window, with its tokens and the start of its paragraph."""

    start: int
    end: int
    paragraph: int
    tokens: int


def chunk(article: Article, *, count_tokens: CountTokens, window: int) -> list[Passage]:
    """The article's passages in order, not overlapping; every non-blank character of the text is in one.

    `count_tokens` gives the encoder's number of tokens of each text. No passage has more than `window` tokens, unless
    a single character has. A sentence longer than that is cut at white space, or anywhere where there is none.

    A paragraph that fits into a passage is never divided, and short ones share a passage. A longer one begins in the
    passage before it only if that is less than half full: a headline stays with its text.
    """
    if window < 1:
        raise ValueError(f"a window of {window} tokens holds nothing")
    if len(article.text) <= window * _MOST_CHARACTERS_A_TOKEN and count_tokens([article.text])[0] <= window:
        whole = tuple(sentences(article.text))
        return [Passage(article, whole[0][0], whole[-1][1], whole)] if whole else []
    units = _units(article.text, count_tokens, window)
    packed = _packed((list(group) for _, group in groupby(units, key=lambda unit: unit.paragraph)), window)
    return [
        Passage(article, spans[0][0], spans[-1][1], tuple(spans))
        for spans in _fitting(article.text, packed, count_tokens, window)
    ]


def paragraph_number(article: Article, offset: int) -> int:
    """The number, from 1, of the article's paragraph that holds `offset`, or else of the last one before it."""
    starts = (start for start, _ in iterate_paragraphs(article.text, 0, len(article.text)))
    number = 0
    for number, start in enumerate(starts):
        if start > offset:
            return max(number, 1)
    return number + 1


def _units(text: str, count_tokens: CountTokens, window: int) -> Iterator[_Unit]:
    """The sentences of the text, those too long for the window in pieces that fit."""
    spans = (
        (paragraph[0], sentence)
        for paragraph in iterate_paragraphs(text, 0, len(text))
        for sentence in paragraph_sentences(text, *paragraph)
    )
    while batch := list(islice(spans, _BATCH)):
        counts = count_tokens([text[start:end] for _, (start, end) in batch])
        for (paragraph, span), tokens in zip(batch, counts, strict=True):
            for (start, end), count in _pieces(text, span, tokens, count_tokens, window):
                yield _Unit(start, end, paragraph, count)


def _pieces(
    text: str, span: Offsets, tokens: int, count_tokens: CountTokens, window: int
) -> Iterator[tuple[Offsets, int]]:
    """The span with its tokens if it fits into the window, else its halves, halved until they fit."""
    start, end = span
    if end - start == 1 or (tokens <= window and end - start <= window * _MOST_CHARACTERS_A_TOKEN):
        yield span, tokens
        return
    halves = _halves(text, start, end)
    counts = count_tokens([text[first:last] for first, last in halves])
    for half, count in zip(halves, counts, strict=True):
        yield from _pieces(text, half, count, count_tokens, window)


def _halves(text: str, start: int, end: int) -> tuple[Offsets, Offsets]:
    """Two trimmed parts of `text[start:end]`, divided at the white space nearest to its middle, or in the middle."""
    length = end - start
    middle = start + length // 2
    gaps = [place for place in range(start + 1, end - 1) if text[place].isspace()]
    cut = min(gaps, key=lambda place: abs(place - middle), default=middle)
    left, right = text[start:cut], text[cut:end]
    return (start, start + len(left.rstrip())), (end - len(right.lstrip()), end)


def _packed(paragraphs: Iterable[list[_Unit]], window: int) -> Iterator[list[Offsets]]:
    """The units in groups of at most `window` tokens, as the sum of their own counts goes."""
    longest = window * _MOST_CHARACTERS_A_TOKEN
    group: list[Offsets] = []
    used = 0
    for paragraph in paragraphs:
        total = sum(unit.tokens for unit in paragraph)
        if group and used + total > window and (total <= window or 2 * used > window):
            yield group
            group, used = [], 0
        for unit in paragraph:
            if group and (used + unit.tokens > window or unit.end - group[0][0] > longest):
                yield group
                group, used = [], 0
            group.append((unit.start, unit.end))
            used += unit.tokens
    if group:
        yield group


def _fitting(
    text: str, groups: Iterator[list[Offsets]], count_tokens: CountTokens, window: int
) -> Iterator[list[Offsets]]:
    """The groups, halved where the text as a whole has more tokens than the sum of its sentences."""
    while batch := list(islice(groups, _BATCH)):
        counts = count_tokens([text[group[0][0] : group[-1][1]] for group in batch])
        for group, tokens in zip(batch, counts, strict=True):
            if tokens <= window or len(group) == 1:
                yield group
            else:
                half = len(group) // 2
                yield from _fitting(text, iter([group[:half], group[half:]]), count_tokens, window)
