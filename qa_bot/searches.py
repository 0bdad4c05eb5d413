"""Both sides of the search, written for the passages of a store."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from threading import Event

import numpy as np

from qa_bot.embedding import Source, embed, with_title
from qa_bot.index.carrying import next_block
from qa_bot.index.dense_writer import DenseFacts, Written, write_dense
from qa_bot.index.generation import Draft, Index
from qa_bot.index.lexical import write_lexical
from qa_bot.index.store import Store, StoredPassage
from qa_bot.index.store_writer import StoreWriter
from qa_bot.index.vocabulary import spellings_of, write_vocabulary
from qa_bot.models.encoder import OnnxEncoder
from qa_bot.types import Passage, Rows, Vectors

# As long as a question is. Search finds of what is nearest to so much of a sentence what it finds for real questions: a
# whole sentence or a passage lies closer to its neighbours (docs/benchmarks.md).
_WORDS = 10


@dataclass(frozen=True, slots=True)
class Grown:
    """What a generation grows out of: `base`, whose rows it keeps but for the `dead`, and what is `known` already."""

    base: Index | None
    known: Index | None
    dead: Rows


def write_searches(
    draft: Draft,
    writer: StoreWriter,
    encoder: OnnxEncoder,
    grown: Grown,
    *,
    sources: Sequence[Source],
    progress: Callable[[str, int, int | None], None],
) -> DenseFacts:
    """Vectors, FAISS, BM25 and vocabulary of all passages are in the draft, those of `grown.base` taken over."""
    base = grown.base.folder if grown.base else None
    size = {"rows": writer.rows, "sentences": writer.sentences, "dimension": encoder.dimension}
    with _beside(draft, grown, writer.first_row) as words, closing(Store.open(draft.folder)) as store:
        with next_block(draft.folder, draft.number, base, **size) as block:
            for done in embed(store, writer.first_new, encoder, block, sources):
                progress("embedding passages", done, writer.rows - writer.first_row)
                if words.done():
                    words.result()  # a full disk is told now, not when all is embedded
        block.finish()
    return _write_dense(draft, encoder, grown)


@contextmanager
def _beside(draft: Draft, grown: Grown, first_row: int) -> Iterator[Future[None]]:
    """BM25 and vocabulary are written by a thread, and are whole at the end; it stops where what is done here fails."""
    gone = Counter[str]()
    if grown.base:
        for row in grown.dead.tolist():
            gone.update(spellings_of(_text(grown.base.store.passage(row))))
    stopped = Event()
    with ThreadPoolExecutor(1) as thread:
        words = thread.submit(_write_words, draft, first_row, gone, grown.dead, stopped)
        try:
            yield words
            words.result()
        except BaseException:
            stopped.set()
            raise


def _write_words(draft: Draft, first_row: int, gone: Counter[str], dead: Rows, stopped: Event) -> None:
    spellings: Counter[str] = Counter()
    with closing(Store.open(draft.folder)) as store:
        write_lexical(draft.folder, _counted(store, first_row, spellings, stopped), dead)
    spellings.subtract(gone)
    if not stopped.is_set():
        write_vocabulary(draft.folder, spellings)


def _write_dense(draft: Draft, encoder: OnnxEncoder, grown: Grown) -> DenseFacts:
    with closing(Store.open(draft.folder)) as store:

        def ask(rows: Rows) -> Vectors:
            return np.stack([encoder.encode_question(_question(store.passage(row).passage)) for row in rows.tolist()])

        if grown.base is None:
            return write_dense(draft.folder, grown.dead, previous=None, ask=ask)
        before = grown.base.manifest
        written = Written(grown.base.folder, before.recall, before.recall_of)
        dead = np.union1d(grown.base.dense.dead, grown.dead)
        return write_dense(draft.folder, dead, previous=written, ask=ask)


def _question(passage: Passage) -> str:
    """The first words of a sentence of the passage, which is another one in every passage."""
    start, end = passage.sentences[len(passage.text) % len(passage.sentences)]
    return " ".join(passage.article.text[start:end].split(maxsplit=_WORDS)[:_WORDS])


def _counted(store: Store, first_row: int, spellings: Counter[str], stopped: Event) -> Iterator[tuple[int, str]]:
    """The rows and texts of the passages from that row on, their words counted as they go by, until it is stopped."""
    for row, stored in store.passages_from(first_row):
        if stopped.is_set():
            return
        text = _text(stored)
        spellings.update(spellings_of(text))
        yield row, text


def _text(stored: StoredPassage) -> str:
    return with_title(stored.passage.article.title, stored.passage.text)
