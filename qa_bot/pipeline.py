"""The read path: a question and its conversation in, a turn out."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from qa_bot.answering import answer, with_copies
from qa_bot.conversation import standalone
from qa_bot.dialogue import Conversation
from qa_bot.filters import described, is_of_time
from qa_bot.index.generation import ENCODER_FOLDER, READER_FOLDER, Index, open_generation, opened_live
from qa_bot.index.manifest import Manifest
from qa_bot.index.names import ArticleName
from qa_bot.index.selecting import Selection
from qa_bot.index.store import ArticleInfo
from qa_bot.models.kept import KeptModels
from qa_bot.models.reader import SpanReader
from qa_bot.narrowing import implied, selected, told
from qa_bot.protocols import Encoder, Reader
from qa_bot.recalling import recalled
from qa_bot.retrieval import retrieve
from qa_bot.spelling import spelt_as_archived
from qa_bot.stopwatch import Stopwatch
from qa_bot.support import load_calibration
from qa_bot.types import Abstention, Answer, Article, Filters, Query, Reading, Reason, Turn
from qa_bot.verification import Verification, verify
from qa_bot.weighing import weigh

_NO_CONVERSATION = Conversation()


class Pipeline:
    """An opened index that answers questions; safe to share between threads."""

    def __init__(self, index: Index, encoder: Encoder, reader: Reader, *, min_support: float) -> None:
        self._index = index
        self._encoder = encoder
        self._reader = reader
        self.min_support = min_support

    @classmethod
    def open(cls, index_dir: Path, *, min_support: float | None = None, models: KeptModels | None = None) -> "Pipeline":
        """The pipeline over the live generation; `min_support` replaces the threshold that the index carries.

        Who opens one generation after the other gives the `models` that were kept. Raises IndexMissing,
        IndexUnavailable or ModelUnavailable.
        """
        return opened_live(index_dir, lambda folder: cls._over(folder, min_support, models or KeptModels()))

    @classmethod
    def _over(cls, folder: Path, min_support: float | None, models: KeptModels) -> "Pipeline":
        index = open_generation(folder)
        with ThreadPoolExecutor(1) as other_thread:  # both at once: each takes some 60 ms of a cold question
            loading = other_thread.submit(models.encoder.load, folder / ENCODER_FOLDER)
            model = models.reader.load(folder / READER_FOLDER)
            encoder = loading.result()
        calibration = load_calibration(folder, reader=model.card.name)
        threshold = calibration.threshold if min_support is None else min_support
        return cls(index, encoder, SpanReader(model, calibration), min_support=threshold)

    @property
    def manifest(self) -> Manifest:
        """The facts of the generation that answers."""
        return self._index.manifest

    def articles(self) -> list[ArticleInfo]:
        """All articles that can be quoted, in the order of the corpus."""
        return self._index.store.articles()

    def names(self) -> list[ArticleName]:
        """What each article can be called by."""
        return self._index.store.names()

    def article(self, article_id: str) -> Article | None:
        """The article with that id; None where there is none."""
        return self._index.store.article(article_id)

    def holds(self, sha256: str) -> bool:
        """Whether an article of exactly that content is there."""
        return self._index.store.holds(sha256)

    def published_between(self) -> tuple[str, str] | None:
        """The earliest and the latest day of publication; None where no article has one."""
        return self._index.store.published_between()

    def verify(self, quotation: str, *, claimed: str | None = None) -> Verification:
        """What the archive says of a quotation, said to be from `claimed`; raises InvalidQuestion."""
        return verify(self._index, quotation, claimed=claimed)

    def ask(
        self,
        question: str,
        conversation: Conversation = _NO_CONVERSATION,
        *,
        exclude: frozenset[str] = frozenset(),
    ) -> Turn:
        """The turn that answers the question; articles whose id is in `exclude` are not searched.

        Raises InvalidQuestion.
        """
        watch = Stopwatch()
        with watch.step("encode"):
            asked = standalone(question, recalled(conversation, self._index), encoder=self._encoder)
            query = spelt_as_archived(asked, self._index.lexical, self._index.vocabulary)
            narrowed = implied(query, self._index)
        turn = self._answered(narrowed, exclude, watch)
        undated = implied(query, self._index, times=False)
        if narrowed == undated or isinstance(turn.reply, Answer):
            return turn
        # A time may be that of what happened: where no article of it answers, all are searched, and that is said.
        note = f"no answer in articles {', '.join(described(narrowed.filters))}: searched without that time"
        return _told(note, self._answered(undated, exclude, watch), unless_of=narrowed.filters)

    def _answered(self, query: Query, exclude: frozenset[str], watch: Stopwatch) -> Turn:
        """The turn of a query, its filters told in its notes; `watch` has run since the question came."""
        selection = selected(query, self._index)
        if selection:
            query = replace(query, notes=(*query.notes, *told(query.filters, selection)))
            if not selection.articles:
                reply = Abstention(query, Reason.NOTHING_SELECTED, ())
                return Turn(query, reply, Reading((), ()), watch.timing())
        return self._read(query, exclude, selection, watch)

    def _read(self, query: Query, exclude: frozenset[str], selection: Selection | None, watch: Stopwatch) -> Turn:
        with watch.step("encode"):
            vector = self._encoder.encode_question(query.text)
        with watch.step("search"):
            hits = retrieve(query, vector, self._index, exclude=exclude, selection=selection, watch=watch)
        with watch.step("read"):
            reading = self._reader.read(query, hits)
        with watch.step("evidence"):
            copies = self._index.store.copies({item.citation.article.id for item in reading.evidence})
            reading = with_copies(reading, copies)
            reply = answer(query, reading.evidence, min_support=self.min_support)
            if isinstance(reply, Answer):
                reply = weigh(reply, reading.evidence, min_support=self.min_support)
        return Turn(query, reply, reading, watch.timing())


def _told(note: str, turn: Turn, *, unless_of: Filters) -> Turn:
    """The turn with a note, which would be false if an article of that time is quoted."""
    if isinstance(turn.reply, Answer) and is_of_time(turn.reply.citations[0].article, unless_of):
        return turn
    query = replace(turn.query, notes=(*turn.query.notes, note))
    return replace(turn, query=query, reply=replace(turn.reply, query=query))
