"""The write path: a corpus in, a new generation of the index out."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from qa_bot.corpus.reader import read_corpus
from qa_bot.embedding import embed, passages_of, with_title
from qa_bot.errors import CorpusError, IndexMissing, IndexUnavailable
from qa_bot.grouping import group_stories
from qa_bot.index.dense import DenseWriter
from qa_bot.index.generation import (
    ENCODER_FOLDER,
    READER_FOLDER,
    Index,
    build_lock,
    draft_generation,
    open_index,
    publish,
)
from qa_bot.index.manifest import FORMAT, Manifest, file_sizes
from qa_bot.index.store import Store, StoreWriter
from qa_bot.index.vocabulary import write_words
from qa_bot.models.encoder import OnnxEncoder, Precision
from qa_bot.models.export import SourceModel, export_checked
from qa_bot.models.span_model import ReaderCard, shipped_reader
from qa_bot.support import SUPPORT_FILE, default_calibration_text, parse_calibration
from qa_bot.types import Article, Skipped

# Called with a stage, how much of it is done, and how much there is (None where that is not known).
Progress = Callable[[str, int, int | None], None]

# Texts on which the exported encoder is held against sentence-transformers, and their length in characters.
_SAMPLES, _SAMPLE_LENGTH = 32, 800


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did; `notes` are sentences that the user should read."""

    generation: int
    articles: int
    passages: int
    added: int
    changed: int
    removed: int
    unchanged: int
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...]
    seconds: float


def update_index(
    corpus_dir: Path,
    index_dir: Path,
    *,
    embedding_model: str,
    precision: Precision,
    rebuild: bool = False,
    progress: Progress,
) -> BuildReport:
    """The index says what the corpus says: only what changed is embedded again, or everything with `rebuild`.

    Where nothing changed, the generation stays. Raises CorpusError, ModelUnavailable or IndexUnavailable; the index
    that was there before then stays as it was.
    """
    build = _Build(corpus_dir, index_dir, embedding_model, precision, progress)
    outcomes = read_corpus(corpus_dir)
    with build_lock(index_dir, waiting=lambda: progress("waiting for another build", 0, None)):
        previous = None if rebuild else build.previous()
        with draft_generation(index_dir) as (number, folder):
            return build.run(number, folder, outcomes, previous)


class _Build:
    """One build: what it was asked for, and what there is to tell of it."""

    def __init__(self, corpus: Path, index_dir: Path, model: str, precision: Precision, progress: Progress) -> None:
        self._corpus = corpus
        self._index_dir = index_dir
        self._model = model
        self._precision = precision
        self._progress = progress
        self._started = time.perf_counter()
        self._notes: list[str] = []
        self._skipped: list[Skipped] = []

    def previous(self) -> Index | None:
        """The live index if what it holds can be used again: same model, same precision, undamaged."""
        try:
            index = open_index(self._index_dir)
        except IndexMissing:
            return None
        except IndexUnavailable as error:
            self._notes.append(f"The index before could not be used again, everything is embedded anew. {error}")
            return None
        manifest = index.manifest
        if (manifest.model, manifest.asked_precision) != (self._model, self._precision):
            self._notes.append(
                f"The index before was made with {manifest.model} ({manifest.asked_precision}):"
                " everything is embedded anew."
            )
            return None
        return index

    def run(
        self, number: int, folder: Path, outcomes: Iterator[Article | Skipped], previous: Index | None
    ) -> BuildReport:
        """The generation in `folder` built from the articles and published, unless it equals the one before."""
        with StoreWriter.create(folder) as writer:
            self._read(outcomes, writer)
            before, after = previous.store.article_states() if previous else {}, writer.article_states()
            if previous and before == after and _reads_alike(previous):
                return self._report(previous.manifest, before, after)
            _copy_files(shipped_reader(), folder / READER_FOLDER)
            group_stories(writer, previous.store if previous else None, self._progress)
            encoder = self._encoder(folder / ENCODER_FOLDER, writer, previous)
            reused = self._chunk(writer, encoder, previous)
        self._write_searches(folder, writer, encoder, previous, reused)
        manifest = self._manifest(number, folder, writer, encoder)
        manifest.write(folder)
        publish(self._index_dir, number, folder)
        return self._report(manifest, before, after)

    def _read(self, outcomes: Iterator[Article | Skipped], writer: StoreWriter) -> None:
        for outcome in outcomes:
            if isinstance(outcome, Skipped):
                self._skipped.append(outcome)
            else:
                writer.add_article(outcome)
                self._progress("reading", writer.articles, None)
        if not writer.articles:
            raise CorpusError(_nothing_to_read(self._corpus, self._skipped), path=self._corpus)
        writer.commit()

    def _encoder(self, folder: Path, writer: StoreWriter, previous: Index | None) -> OnnxEncoder:
        if previous:
            _copy_files(previous.folder / ENCODER_FOLDER, folder)
            return OnnxEncoder.load(folder)
        self._progress("exporting the embedding model", 0, None)
        samples = list(islice(_samples(writer), _SAMPLES))
        encoder, note = export_checked(SourceModel.load(self._model), folder, samples, precision=self._precision)
        if note:
            self._notes.append(note)
        return encoder

    def _chunk(self, writer: StoreWriter, encoder: OnnxEncoder, previous: Index | None) -> dict[int, tuple[int, int]]:
        """All passages in the store; for each row that was there before, its old row and first sentence."""
        known = previous.store.article_numbers() if previous else {}
        reused: dict[int, tuple[int, int]] = {}
        for number, article in writer.stored_articles():
            if previous and article.sha256 in known:
                for old_row, old in previous.store.passages_of(known[article.sha256]):
                    reused[writer.passages] = (old_row, old.first_sentence)
                    writer.add_passage(number, old.passage)
            else:
                for passage in passages_of(article, encoder):
                    writer.add_passage(number, passage)
            self._progress("cutting into passages", number + 1, writer.articles)
        writer.commit()
        return reused

    def _write_searches(
        self,
        folder: Path,
        writer: StoreWriter,
        encoder: OnnxEncoder,
        previous: Index | None,
        reused: dict[int, tuple[int, int]],
    ) -> None:
        dense = DenseWriter(folder, dimension=encoder.dimension, sentences=writer.sentences)
        with closing(Store.open(folder)) as store, dense:
            old = previous.dense if previous else None
            for done in embed(store.passages(), encoder, dense, previous=old, reused=reused):
                self._progress("embedding passages", done, writer.passages)
            dense.finish()
            texts = (with_title(stored.passage.article.title, stored.passage.text) for stored in store.passages())
            write_words(folder, texts)

    def _manifest(self, number: int, folder: Path, writer: StoreWriter, encoder: OnnxEncoder) -> Manifest:
        text = default_calibration_text()
        (folder / SUPPORT_FILE).write_text(text, encoding="utf-8")
        calibration = parse_calibration(text)
        if calibration.model != self._model:
            self._notes.append(
                f"Support is calibrated for {calibration.model}; with {self._model} its numbers are rough:"
                " measure with `qa-bot evaluate` and set QA_BOT_MIN_SUPPORT."
            )
        return Manifest(
            format=FORMAT,
            generation=number,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            corpus=str(self._corpus),
            articles=writer.articles,
            passages=writer.passages,
            sentences=writer.sentences,
            model=self._model,
            precision=encoder.card.precision,
            asked_precision=self._precision,
            dimension=encoder.dimension,
            window=encoder.card.window,
            fidelity=round(encoder.card.fidelity, 4),
            reader=ReaderCard.read(folder / READER_FOLDER).name,
            support=calibration.provenance,
            files=file_sizes(folder),
        )

    def _report(
        self, manifest: Manifest, before: dict[str, tuple[str, str]], after: dict[str, tuple[str, str]]
    ) -> BuildReport:
        common = before.keys() & after.keys()
        changed = sum(before[key][1] != after[key][1] for key in common)
        return BuildReport(
            generation=manifest.generation,
            articles=manifest.articles,
            passages=manifest.passages,
            added=len(after.keys() - before.keys()),
            changed=changed,
            removed=len(before.keys() - after.keys()),
            unchanged=len(common) - changed,
            skipped=tuple(self._skipped),
            notes=tuple(self._notes),
            seconds=time.perf_counter() - self._started,
        )


def _reads_alike(index: Index) -> bool:
    """Whether the index carries the reader and the calibration of this version of the package."""
    support = (index.folder / SUPPORT_FILE).read_text(encoding="utf-8")
    return support == default_calibration_text() and index.manifest.reader == ReaderCard.read(shipped_reader()).name


def _copy_files(source: Path, target: Path) -> None:
    """The files of a folder, without their permissions: a package may be installed where nothing can be written."""
    target.mkdir()
    for file in source.iterdir():
        shutil.copyfile(file, target / file.name)


def _samples(writer: StoreWriter) -> Iterator[str]:
    """Texts from articles all over the corpus, from few articles more than one each."""
    step = max(1, writer.articles // _SAMPLES)
    length = _SAMPLE_LENGTH * max(1, _SAMPLES // writer.articles)
    for number, article in writer.stored_articles():
        if number % step == 0:
            for start in range(0, min(length, len(article.text)), _SAMPLE_LENGTH):
                if text := article.text[start : start + _SAMPLE_LENGTH].strip():
                    yield text


def _nothing_to_read(corpus: Path, skipped: list[Skipped]) -> str:
    if skipped:
        first = skipped[0]
        return f"No article in {corpus} can be read ({len(skipped)} skipped, the first: {first.path}: {first.reason})."
    return f"There is no article in {corpus}: put .txt, .md, .html, .pdf, .docx, .epub or .jsonl files there."
