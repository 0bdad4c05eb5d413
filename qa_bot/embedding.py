"""Passages and their sentences as vectors, those of unchanged articles taken over from the index before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise

from qa_bot.chunking import chunk
from qa_bot.index.store import Store, StoredPassage
from qa_bot.index.store_writer import StoreWriter
from qa_bot.index.vectors import BlockWriter, VectorStore
from qa_bot.models.encoder import OnnxEncoder, Parted
from qa_bot.types import Article, Passage, Vectors

# Passages between two reports of progress: their vectors and texts, and those of the next, are all that is in memory,
# and all that is still encoded after Ctrl-C.
_BLOCK = 64
# Where the vectors of a passage are known: among which, its row there, the number of its first sentence there.
_Place = tuple[VectorStore, int, int]
_Planned = tuple[StoredPassage, _Place | None]
# Tokens kept free in every passage: a text as a whole may have one or two more than its sentences.
_HEADROOM = 2
# Texts on which the exported encoder is held against sentence-transformers, and their length in characters.
_SAMPLES, _SAMPLE_LENGTH = 32, 800


def with_title(title: str, text: str) -> str:
    """What is searched for a part of an article: its title before it, unless it begins with its title."""
    return text if text.startswith(title) else f"{title}\n{text}"


def passages_of(article: Article, encoder: OnnxEncoder) -> list[Passage]:
    """The article's passages, each of which fits into the encoder's window together with the title."""
    title = encoder.count_tokens([article.title])[0]
    # A title of many words takes at most half of the window from the text.
    window = max(encoder.window - title - _HEADROOM, encoder.window // 2)
    return chunk(article, count_tokens=encoder.count_tokens, window=window)


@dataclass(frozen=True, slots=True)
class Source:
    """Where passages and their vectors may be taken from: the index before, or what a build that was cut off left."""

    store: Store
    vectors: VectorStore

    def passages_of(self, article: Article) -> list[tuple[int, StoredPassage]]:
        """The rows and passages of an article of the same content; empty unless all of their vectors are there."""
        found = self.store.passages_with(article.sha256)
        if not found:
            return []
        row, last = found[-1]
        whole = row < self.vectors.rows and last.first_sentence + len(last.passage.sentences) <= self.vectors.sentences
        return found if whole else []


def known_passages(
    article: Article, sources: Sequence[Source]
) -> tuple[Source, list[tuple[int, StoredPassage]]] | None:
    """The first source that has the article's passages, and they themselves; None where it has to be embedded."""
    for source in sources:
        if found := source.passages_of(article):
            return source, found
    return None


def cut(writer: StoreWriter, encoder: OnnxEncoder, sources: Sequence[Source]) -> Iterator[int]:
    """Adds the passages of all articles that are new in the store; yields how many articles are done."""
    for done, (number, article) in enumerate(writer.new_articles(), start=1):
        known = known_passages(article, sources)
        passages = [stored.passage for _, stored in known[1]] if known else passages_of(article, encoder)
        for passage in passages:
            writer.add_passage(number, passage)
        yield done
    writer.commit()


def embed(
    store: Store, first: int, encoder: OnnxEncoder, writer: BlockWriter, sources: Sequence[Source]
) -> Iterator[int]:
    """Writes the vectors of all passages of articles from number `first` on; yields how many are done after each block.

    What was written until then is kept if the process ends.
    """
    done = 0
    begun = _begun(_planned(store, first, sources), encoder)
    # Each block is written after the next was begun: the encoder does not wait for the disk.
    for current, _ in pairwise(chain(begun, [None])):
        if current:
            block, fresh = current
            for stored, known in block:
                writer.add(*(next(fresh) if known is None else _taken(stored, *known)))
            writer.keep()
            done += len(block)
            yield done


def _begun(
    planned: Iterator[_Planned], encoder: OnnxEncoder
) -> Iterator[tuple[list[_Planned], Iterator[tuple[Vectors, Vectors]]]]:
    """Blocks of passages, and the vectors, being made, of those that are not known."""
    while block := list(islice(planned, _BLOCK)):
        yield block, iter(encoder.encode_parted([parted(stored.passage) for stored, known in block if known is None]))


def _planned(store: Store, first: int, sources: Sequence[Source]) -> Iterator[_Planned]:
    """Each passage, and where its vectors are known."""
    for number, article in store.articles_from(first):
        known = known_passages(article, sources)
        for place, (_, stored) in enumerate(store.passages_of(number)):
            if known is None:
                yield stored, None
            else:
                row, old = known[1][place]
                yield stored, (known[0].vectors, row, old.first_sentence)


def _taken(stored: StoredPassage, vectors: VectorStore, row: int, first: int) -> tuple[Vectors, Vectors]:
    return vectors.passage_vectors([row]), vectors.sentence_vectors(first, len(stored.passage.sentences))


def parted(passage: Passage) -> Parted:
    """What is embedded for a passage: its text behind the title, and its sentences in it."""
    text = with_title(passage.article.title, passage.text)
    shift = len(text) - len(passage.text) - passage.start
    return Parted(text, tuple((start + shift, end + shift) for start, end in passage.sentences))


def sample_texts(writer: StoreWriter) -> list[str]:
    """Some texts from articles all over the corpus, from few articles more than one each."""
    return list(islice(_samples(writer), _SAMPLES))


def _samples(writer: StoreWriter) -> Iterator[str]:
    articles = writer.articles
    step, length = max(1, articles // _SAMPLES), _SAMPLE_LENGTH * max(1, _SAMPLES // articles)
    for number, article in writer.new_articles():
        if number % step == 0:
            for start in range(0, min(length, len(article.text)), _SAMPLE_LENGTH):
                if text := article.text[start : start + _SAMPLE_LENGTH].strip():
                    yield text
