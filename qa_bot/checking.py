"""An index held against its checksums and against itself, part by part, and built anew where it is broken."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from math import acos, cos
from pathlib import Path

import numpy as np

from qa_bot.embedding import parted, with_title
from qa_bot.errors import IndexMissing, IndexUnavailable, ModelUnavailable
from qa_bot.index.build_lock import build_lock
from qa_bot.index.checking import (
    Check,
    Progress,
    check_dense,
    check_lexical,
    check_spellings,
    check_texts,
    check_vectors,
    checked,
    sample_passages,
)
from qa_bot.index.checksums import CHECKSUMS_FILE, damaged_files, read_checksums
from qa_bot.index.dense import DEAD_FILE, PASSAGES_FILE
from qa_bot.index.generation import ENCODER_FOLDER, READER_FOLDER, current_folder, make_live, newest_folder
from qa_bot.index.lexical import LEXICAL_FOLDER
from qa_bot.index.manifest import MANIFEST_FILE, Manifest, parse_manifest
from qa_bot.index.store import STORE_FILE, Store, StoredPassage
from qa_bot.index.vectors import VECTORS_FOLDER, VectorStore
from qa_bot.index.vocabulary import VOCABULARY_FILE
from qa_bot.indexing import BuildReport, update_index
from qa_bot.models.encoder import OnnxEncoder, Precision
from qa_bot.models.span_model import SpanModel
from qa_bot.resuming import Salvage
from qa_bot.support import SUPPORT_FILE, load_calibration
from qa_bot.types import Vectors

# What a cosine may be off by for the numbers being rounded, those of sentences to half precision.
_ROUNDED = 1e-3


@dataclass(frozen=True, slots=True)
class Examined:
    """What was looked at: a generation's folder, None where there is none, and whether it is live; what was found.

    `damaged` has the names of its files that are of no use.
    """

    folder: Path | None
    live: bool
    checks: tuple[Check, ...]
    damaged: frozenset[str]

    @property
    def whole(self) -> bool:
        """Whether nothing is broken but that it may not be live."""
        return self.folder is not None and not any(check.faults for check in self.checks)


def examine(index_dir: Path, *, progress: Progress) -> Examined:
    """The live generation held against its checksums and against itself; where none is live, the newest one.

    What is made of files is only opened where they are as they were written. Raises IndexMissing where there is none.
    """
    try:
        folder: Path | None = current_folder(index_dir)
        live = True
    except IndexUnavailable as error:
        if isinstance(error, IndexMissing):
            raise
        folder, live = newest_folder(index_dir), False
    if folder is None:
        return Examined(None, live, (), frozenset())
    examination = _Examination(folder, progress)
    return Examined(folder, live, tuple(examination.run()), frozenset(examination.damaged))


def mend(
    index_dir: Path,
    corpus_dir: Path,
    found: Examined,
    *,
    embedding_model: str,
    precision: Precision,
    progress: Progress,
) -> BuildReport | None:
    """The index built anew from the corpus, with the vectors and the model of what was found that are of use.

    None where the newest generation was whole and only had to be made live. Raises what `update_index` raises; the
    index then stays as it is.
    """
    if found.folder and found.whole:
        with build_lock(index_dir, waiting=lambda: progress("waiting for another build", 0, None)):
            make_live(index_dir, found.folder)
        return None
    return update_index(
        corpus_dir,
        index_dir,
        embedding_model=embedding_model,
        precision=precision,
        rebuild=True,
        salvage=Salvage(found.folder, found.damaged) if found.folder else None,
        progress=progress,
    )


class _Examination:
    """One look at a generation; `damaged` grows by the files of each part that is broken."""

    def __init__(self, folder: Path, progress: Progress) -> None:
        self._folder = folder
        self._progress = progress
        self._names: list[str] = []
        self.damaged: set[str] = set()

    def run(self) -> Iterator[Check]:
        """The checks of all parts of which the files are as they were written."""
        files = self._files()
        yield files
        if self._intact(MANIFEST_FILE, CHECKSUMS_FILE):
            try:
                manifest = parse_manifest(self._folder)
            except IndexUnavailable as error:
                yield Check("manifest", "", (str(error),))
                return
            if self._intact(STORE_FILE):
                yield from self._parts(manifest)
            yield from self._models(manifest)

    def _files(self) -> Check:
        try:
            checksums = read_checksums(self._folder)
        except IndexUnavailable as error:
            self.damaged.add(CHECKSUMS_FILE)
            return Check("files", "", (str(error),))
        self._names = [*checksums]
        faults: list[str] = []
        for name, fault in damaged_files(
            self._folder, checksums, lambda done: self._progress("checking files", done, len(checksums))
        ):
            self.damaged.add(name)
            faults.append(fault)
        size = sum((self._folder / name).stat().st_size for name in self._names if self._intact(name))
        return checked("files", f"{len(checksums)} with {size / 1e6:,.1f} MB are as they were written", faults)

    def _intact(self, *parts: str) -> bool:
        return not any(name == part or name.startswith(f"{part}/") for name in self.damaged for part in parts)

    def _broken(self, check: Check, *parts: str) -> Check:
        """The check; where it found a fault, the files of those parts are of no use."""
        if check.faults:
            self.damaged |= {name for name in self._names for part in parts if f"{name}/".startswith(f"{part}/")}
        return check

    def _parts(self, manifest: Manifest) -> Iterator[Check]:
        for check in check_texts(self._folder, manifest, self._progress):
            yield self._broken(check, STORE_FILE)
        if not self._intact(STORE_FILE):
            return
        with closing(Store.open(self._folder)) as store:
            rows = store.rows()
            sample = sample_passages(store, rows)
            texts = [with_title(stored.passage.article.title, stored.passage.text) for _, stored in sample]
            if self._intact(VECTORS_FOLDER):
                yield self._broken(check_vectors(self._folder, manifest, store), VECTORS_FOLDER)
            if self._intact(VECTORS_FOLDER, PASSAGES_FILE, DEAD_FILE):
                yield self._broken(check_dense(self._folder, rows, sample), PASSAGES_FILE)
            if self._intact(LEXICAL_FOLDER):
                yield self._broken(check_lexical(self._folder, rows, sample, texts), LEXICAL_FOLDER)
            if self._intact(VOCABULARY_FILE):
                yield self._broken(check_spellings(self._folder, texts), VOCABULARY_FILE)
            if self._intact(VECTORS_FOLDER, ENCODER_FOLDER):
                yield self._broken(self._sample(manifest, sample), VECTORS_FOLDER, ENCODER_FOLDER)

    def _sample(self, manifest: Manifest, sample: list[tuple[int, StoredPassage]]) -> Check:
        """Some passages and their sentences embedded again have the vectors that are stored.

        On the processor that built the index they are the same; on another, int8 may round otherwise. Both are within
        the model's fidelity of its full precision, so within twice its angle of each other, and sentences, which have
        a part of their passage taken off, within twice of that.
        """
        try:
            encoder = OnnxEncoder.load(self._folder / ENCODER_FOLDER)
        except ModelUnavailable as error:
            return Check("sample", "", (str(error),))
        vectors = VectorStore.open(self._folder)
        angle = acos(min(manifest.fidelity, 1.0))
        faults, least = [], 1.0
        encoded = encoder.encode_parted([parted(stored.passage) for _, stored in sample])
        for (row, stored), (whole, parts) in zip(sample, encoded, strict=True):
            sentences = vectors.sentence_vectors(stored.first_sentence, len(parts))
            cosine, lowest = _cosine(whole, vectors.passage_vectors([row])), _cosine(parts, sentences)
            least = min(least, cosine)
            if cosine < cos(2 * angle) - _ROUNDED or lowest < cos(4 * angle) - _ROUNDED:
                faults.append(
                    f"The passage in row {row}, embedded again, has another vector (cosine {cosine:.3f},"
                    f" of its sentences {lowest:.3f})."
                )
        found = f"{len(sample)} passages embedded again, cosine {least:.4f} or more"
        return checked("sample", found, faults)

    def _models(self, manifest: Manifest) -> Iterator[Check]:
        if self._intact(READER_FOLDER, SUPPORT_FILE):
            yield checked("reader", f"{manifest.reader}, with its calibration", self._reader_faults(manifest))

    def _reader_faults(self, manifest: Manifest) -> Iterator[str]:
        try:
            name = SpanModel.load(self._folder / READER_FOLDER).card.name
            load_calibration(self._folder, reader=name)
        except (ModelUnavailable, IndexUnavailable) as error:
            yield str(error)
        else:
            if name != manifest.reader:
                yield f"The reader is {name}, and should be {manifest.reader}."


def _cosine(one: Vectors, other: Vectors) -> float:
    """The least cosine of the unit vectors in the same rows."""
    return float(np.sum(one * other, axis=1).min())
