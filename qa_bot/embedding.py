"""Passages and their sentences as vectors, those of unchanged articles taken over from the index before."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

import numpy as np

from qa_bot.chunking import chunk
from qa_bot.index.dense import DenseIndex, DenseWriter
from qa_bot.index.store import StoredPassage
from qa_bot.models.encoder import OnnxEncoder
from qa_bot.types import Article, Passage, Vectors

# Passages between two reports of progress: their vectors and texts are all that is in memory.
_BLOCK = 256
# Tokens kept free in every passage: a text as a whole may have one or two more than its sentences.
_HEADROOM = 2


def with_title(title: str, text: str) -> str:
    """What is searched for a part of an article: its title before it, unless it begins with its title."""
    return text if text.startswith(title) else f"{title}\n{text}"


def passages_of(article: Article, encoder: OnnxEncoder) -> list[Passage]:
    """The article's passages, each of which fits into the encoder's window together with the title."""
    title = encoder.count_tokens([article.title])[0]
    # A title of many words takes at most half of the window from the text.
    window = max(encoder.window - title - _HEADROOM, encoder.window // 2)
    return chunk(article, count_tokens=encoder.count_tokens, window=window)


def embed(
    passages: Iterable[StoredPassage],
    encoder: OnnxEncoder,
    writer: DenseWriter,
    *,
    previous: DenseIndex | None,
    reused: Mapping[int, tuple[int, int]],
) -> Iterator[int]:
    """Writes the vectors of all passages, in order; yields how many are done after each block.

    `reused` has, for a row, the row and the first sentence of the same passage in `previous`.
    """
    done = 0
    numbered = enumerate(passages)
    while block := list(islice(numbered, _BLOCK)):
        fresh = [stored.passage for row, stored in block if row not in reused]
        vectors = _encoded(fresh, encoder)
        for row, stored in block:
            if row in reused and previous is not None:
                old_row, old_first = reused[row]
                writer.add(
                    previous.passage_vectors([old_row]),
                    previous.sentence_vectors(old_first, len(stored.passage.sentences)),
                )
            else:
                writer.add(*next(vectors))
        done += len(block)
        yield done


def _encoded(passages: list[Passage], encoder: OnnxEncoder) -> Iterator[tuple[Vectors, Vectors]]:
    """For each passage its vector, shape `(1, dimension)`, and those of its sentences."""
    texts: dict[str, int] = {}
    for passage in passages:
        for text in (_text(passage), *_sentence_texts(passage)):
            texts.setdefault(text, len(texts))
    vectors = encoder.encode_passages(list(texts))
    for passage in passages:
        rows = [texts[text] for text in _sentence_texts(passage)]
        yield vectors[[texts[_text(passage)]]], vectors[np.array(rows)]


def _text(passage: Passage) -> str:
    return with_title(passage.article.title, passage.text)


def _sentence_texts(passage: Passage) -> list[str]:
    article = passage.article
    return [with_title(article.title, article.text[start:end]) for start, end in passage.sentences]
