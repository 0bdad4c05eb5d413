"""The write path: a corpus in, a new generation of the index out."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from qa_bot.corpus.reader import SourceFile, check_folder, corpus_files
from qa_bot.embedding import cut, sample_texts
from qa_bot.errors import CorpusError, IndexMissing, IndexUnavailable
from qa_bot.grouping import group_stories
from qa_bot.index.build_lock import build_lock
from qa_bot.index.carrying import carry_earlier_texts, carry_searched, provide_reader, reads_alike, share_folder
from qa_bot.index.checksums import write_checksums
from qa_bot.index.dense_writer import DenseFacts
from qa_bot.index.generation import ENCODER_FOLDER, READER_FOLDER, Draft, Index, draft_generation, open_index, publish
from qa_bot.index.manifest import FORMAT, Manifest, file_sizes
from qa_bot.index.store_writer import StoreWriter
from qa_bot.models.encoder import OnnxEncoder, Precision
from qa_bot.models.export import SourceModel, export_checked
from qa_bot.models.kept import KeptEncoder, keep_encoder
from qa_bot.models.span_model import ReaderCard, shipped_reader
from qa_bot.resuming import Salvage, known_sources, mark_resumable, unmark
from qa_bot.scanning import Counts, Scan, difference, nothing_to_read
from qa_bot.searches import Grown, write_searches
from qa_bot.support import SUPPORT_FILE, default_calibration_text, parse_calibration
from qa_bot.types import Skipped

# Called with a stage, how much of it is done, and how much there is (None where that is not known).
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did, counted in articles; `notes` are sentences that the user should read.

    `renamed` are those that came under another id with the content of one that is gone; `named` are the ids of the
    first few that were added, renamed, changed or removed.
    """

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
    renamed: int = 0
    named: tuple[str, ...] = ()


def update_index(
    corpus_dir: Path,
    index_dir: Path,
    *,
    embedding_model: str,
    precision: Precision,
    rebuild: bool = False,
    kept: KeptEncoder | None = None,
    salvage: Salvage | None = None,
    progress: Progress,
) -> BuildReport:
    """The index says what the corpus says: only files that were written are read, and only what changed is embedded.

    With `rebuild` everything is, but for what is of use in the broken generation to `salvage`. Where nothing changed,
    the generation stays. A build that was cut off is gone on with. Who builds again and again gives the encoder that
    was `kept`. Raises CorpusError, ModelUnavailable or IndexUnavailable; the index that was there before then stays
    as it was.
    """
    build = _Build(
        corpus_dir,
        index_dir,
        model=(embedding_model, precision),
        progress=progress,
        kept=kept or keep_encoder(),
        salvage=salvage,
    )
    check_folder(corpus_dir)
    with build_lock(index_dir, waiting=lambda: progress("waiting for another build", 0, None)):
        # Listed only now: a build that was waited for may have read what came after the wait began.
        files = corpus_files(corpus_dir)
        previous = None if rebuild else build.previous()
        with draft_generation(index_dir) as draft:
            return build.run(draft, files, previous)


class _Build:
    """One build: what it was asked for, and what there is to tell of it."""

    def __init__(
        self,
        corpus: Path,
        index_dir: Path,
        *,
        model: tuple[str, Precision],
        progress: Progress,
        kept: KeptEncoder,
        salvage: Salvage | None,
    ) -> None:
        self._corpus = corpus
        self._index_dir = index_dir
        self._model, self._precision = model
        self._salvage = salvage
        self._progress = progress
        self._kept = kept
        self._started = time.perf_counter()
        self._notes: list[str] = []

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

    def run(self, draft: Draft, files: Sequence[SourceFile], previous: Index | None) -> BuildReport:
        """The generation published from the files, unless it would equal the one before."""
        differs = difference(files, previous.store.file_stamps() if previous else {})
        reader = shipped_reader()
        alike = previous is not None and reads_alike(previous, reader)
        if previous and alike and not (differs.written or differs.gone):
            return self._report(previous.manifest, Counts(unchanged=previous.manifest.articles))
        if previous and not alike:
            self._notes.append("The index had a reader, or support for it, of another version: replies may change.")
        with _writer(draft.folder, previous) as writer:
            scan = Scan(writer, differs)
            scan.run(self._corpus, self._progress)
            if not writer.articles:
                raise CorpusError(nothing_to_read(self._corpus, scan.skipped), path=self._corpus)
            if previous and alike and not scan.differs:
                return self._report(previous.manifest, scan.counts())
            if previous and scan.wears_out(previous.dense.dead, previous.dense.vectors.rows):
                return self._renumbered(draft, files, previous, scan, reader)
            return self._build(draft, writer, Grown(previous, previous, np.array(scan.dead, np.int64)), scan, reader)

    def _renumbered(
        self, draft: Draft, files: Sequence[SourceFile], previous: Index | None, scan: Scan, reader: Path
    ) -> BuildReport:
        """The same with rows numbered from 0 on: vectors are taken over, the rest is made as in a first build."""
        draft.clear()
        with _writer(draft.folder, None) as writer:
            Scan(writer, difference(files, {})).run(self._corpus, self._progress)
            return self._build(draft, writer, Grown(None, previous, np.empty(0, np.int64)), scan, reader)

    def _build(self, draft: Draft, writer: StoreWriter, grown: Grown, scan: Scan, reader: Path) -> BuildReport:
        if grown.base is None:
            self._notes += carry_earlier_texts(self._index_dir, writer)
        provide_reader(reader, draft.folder, grown.known)
        group_stories(writer, self._progress)
        known = known_sources(grown.known, self._salvage, draft.interrupted, self._model, self._precision)
        encoder = self._encoder(draft, writer, next(iter(known), None))
        mark_resumable(draft.folder, self._model, self._precision)
        sources = list(known.values())
        for done in cut(writer, encoder, sources):
            self._progress("cutting into passages", done, len(writer.new_numbers))
        facts = write_searches(draft, writer, encoder, grown, sources=sources, progress=self._progress)
        unmark(draft.folder)
        manifest = self._manifest(draft, writer, encoder, facts)
        manifest.write(draft.folder)
        write_checksums(draft.folder, grown.known.folder if grown.known else None)
        publish(self._index_dir, draft.number, draft.folder)
        return self._report(manifest, scan.counts())

    def _encoder(self, draft: Draft, writer: StoreWriter, origin: Path | None) -> OnnxEncoder:
        folder = draft.folder / ENCODER_FOLDER
        if origin:
            share_folder(origin / ENCODER_FOLDER, folder)
            return self._kept.load(folder)
        self._progress("exporting the embedding model", 0, None)
        samples = sample_texts(writer)
        encoder, note = export_checked(SourceModel.load(self._model), folder, samples, precision=self._precision)
        if note:
            self._notes.append(note)
        return encoder

    def _manifest(self, draft: Draft, writer: StoreWriter, encoder: OnnxEncoder, facts: DenseFacts) -> Manifest:
        text = default_calibration_text()
        (draft.folder / SUPPORT_FILE).write_text(text, encoding="utf-8")
        calibration = parse_calibration(text)
        if calibration.model != self._model:
            self._notes.append(
                f"Support is calibrated for {calibration.model}; with {self._model} its numbers are rough:"
                " measure with `qa-bot evaluate` and set QA_BOT_MIN_SUPPORT."
            )
        return Manifest(
            format=FORMAT,
            generation=draft.number,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            corpus=str(self._corpus),
            articles=writer.articles,
            passages=writer.passages,
            sentences=writer.living_sentences,
            model=self._model,
            precision=encoder.card.precision,
            asked_precision=self._precision,
            dimension=encoder.dimension,
            window=encoder.card.window,
            fidelity=round(encoder.card.fidelity, 4),
            dense=facts.kind,
            recall=round(facts.recall, 4),
            recall_of=facts.measured,
            reader=ReaderCard.read(draft.folder / READER_FOLDER).name,
            support=calibration.provenance,
            files=file_sizes(draft.folder),
        )

    def _report(self, manifest: Manifest, counts: Counts) -> BuildReport:
        return BuildReport(
            generation=manifest.generation,
            articles=manifest.articles,
            passages=manifest.passages,
            added=counts.added,
            changed=counts.changed,
            removed=counts.removed,
            unchanged=counts.unchanged,
            skipped=counts.skipped,
            notes=tuple(self._notes),
            seconds=time.perf_counter() - self._started,
            renamed=counts.renamed,
            named=counts.named,
        )


def _writer(folder: Path, previous: Index | None) -> StoreWriter:
    if previous is None:
        return StoreWriter.create(folder)
    carry_searched(previous.folder, folder)
    vectors = previous.dense.vectors
    return StoreWriter.open(folder, rows=vectors.rows, sentences=vectors.sentences)
