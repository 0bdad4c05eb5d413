"""What a new generation has in common with the one before: files that are never changed are shared, not copied."""

import os
import shutil
from pathlib import Path

from qa_bot.errors import IndexMissing, IndexUnavailable
from qa_bot.index.generation import READER_FOLDER, Index, current_folder
from qa_bot.index.lexical import LEXICAL_FOLDER
from qa_bot.index.store import STORE_FILE
from qa_bot.index.store_writer import StoreWriter
from qa_bot.index.vectors import VECTORS_FOLDER, BlockWriter, VectorStore, block_folders
from qa_bot.index.vocabulary import VOCABULARY_FILE
from qa_bot.models.span_model import ReaderCard
from qa_bot.support import SUPPORT_FILE, default_calibration_text

# tantivy replaces these and never changes another file that it has written.
_REPLACED = {"meta.json", ".managed.json"}
_LOCKS = ".lock"
# Rows copied at a time from a small block into a larger one.
_COPIED = 4096


def carry_searched(previous: Path, folder: Path) -> None:
    """The store and the words of the generation `previous` are in `folder`, to be taken further."""
    for name in (STORE_FILE, VOCABULARY_FILE):
        shutil.copyfile(previous / name, folder / name)
    (folder / LEXICAL_FOLDER).mkdir()
    for file in (previous / LEXICAL_FOLDER).iterdir():
        if file.name in _REPLACED:
            shutil.copyfile(file, folder / LEXICAL_FOLDER / file.name)
        elif not file.name.endswith(_LOCKS):
            share_file(file, folder / LEXICAL_FOLDER / file.name)


def carry_earlier_texts(index_dir: Path, writer: StoreWriter) -> list[str]:
    """The store that is written anew has the earlier texts that the live generation knows; else sentences that say why.

    So citations of articles that were corrected since can be resolved also after everything was built anew.
    """
    try:
        writer.carry_texts(current_folder(index_dir))
    except IndexMissing:
        return []
    except IndexUnavailable as error:
        return [f"Old citations of articles that were corrected since can no longer be held against them. {error}"]
    return []


def share_folder(source: Path, target: Path) -> None:
    """The files of a folder that nobody will change, in another."""
    target.mkdir(parents=True)
    for file in source.iterdir():
        share_file(file, target / file.name)


def copy_folder(source: Path, target: Path) -> None:
    """The files of a folder, without their permissions: a package may be installed where nothing can be written."""
    target.mkdir()
    for file in source.iterdir():
        shutil.copyfile(file, target / file.name)


def provide_reader(shipped: Path, folder: Path, known: Index | None) -> None:
    """The shipped reader is in `folder`; files of the package itself are copied, for they may be replaced."""
    if known and known.manifest.reader == ReaderCard.read(shipped).name:
        share_folder(known.folder / READER_FOLDER, folder / READER_FOLDER)
    else:
        copy_folder(shipped, folder / READER_FOLDER)


def reads_alike(index: Index, shipped: Path) -> bool:
    """Whether the index carries the shipped reader and the calibration of this version of the package."""
    support = (index.folder / SUPPORT_FILE).read_text(encoding="utf-8")
    return support == default_calibration_text() and index.manifest.reader == ReaderCard.read(shipped).name


def share_file(source: Path, target: Path) -> None:
    """The file under another name too, or a copy of it where the file system has no hard links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def next_block(
    folder: Path, number: int, previous: Path | None, *, rows: int, sentences: int, dimension: int
) -> BlockWriter:
    """The block that takes the generation in `folder` from the rows of `previous` to `rows`, and so for sentences.

    Blocks of the generation before that are no larger than what is added are joined to it, so that there are never
    more than a dozen or two (a binary counter; O'Neil et al., "The log-structured merge-tree", 1996).
    """
    kept = block_folders(previous) if previous else []
    joined: list[Path] = []
    added = rows - VectorStore.of(kept).rows
    while kept and VectorStore.of(kept[-1:]).rows <= added:
        joined.insert(0, kept.pop())
        added += VectorStore.of(joined[:1]).rows
    for block in kept:
        share_folder(block, folder / VECTORS_FOLDER / block.name)
    before, old = VectorStore.of(kept), VectorStore.of(joined)
    writer = BlockWriter(
        folder / VECTORS_FOLDER / str(number),
        passages=rows - before.rows,
        sentences=sentences - before.sentences,
        dimension=dimension,
    )
    _copy(old, writer)
    return writer


def _copy(old: VectorStore, writer: BlockWriter) -> None:
    for start in range(0, old.rows, _COPIED):
        writer.add_passages(old.passage_vectors(range(start, min(start + _COPIED, old.rows))))
    for start in range(0, old.sentences, _COPIED):
        writer.add_sentences(old.sentence_vectors(start, min(_COPIED, old.sentences - start)))
