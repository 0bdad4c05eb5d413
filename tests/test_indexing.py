import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any

import numpy as np
import pytest
from encoder_double import MODEL

from qa_bot import indexing, scanning, searches
from qa_bot.corpus import reader
from qa_bot.corpus.reader import SourceFile
from qa_bot.errors import CorpusError, IndexUnavailable, ModelUnavailable
from qa_bot.index.build_lock import build_lock
from qa_bot.index.generation import CURRENT_FILE, open_index
from qa_bot.index.manifest import FORMAT
from qa_bot.index.vectors import block_folders
from qa_bot.indexing import BuildReport, update_index
from qa_bot.models.encoder import OnnxEncoder, Parted, Precision
from qa_bot.pipeline import Pipeline
from qa_bot.support import default_calibration_text, parse_calibration
from qa_bot.types import Skipped

pytestmark = pytest.mark.usefixtures("small_model")

ARTICLES = {
    "bridge.txt": "The bridge\n\nThe bridge over the Sava was built in 1934. Two engineers drew it.",
    "harbour.txt": "The harbour\n\nThe harbour is deep. Ships came from the north in winter.",
    "mill.txt": "The mill\n\nThe mill burned down in 1902.\n\nNobody was hurt, the owner said.",
}
QUESTIONS = ["When was the bridge built?", "Who said that nobody was hurt?", "Where did ships come from?", "moon"]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Three small articles."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Where the index goes."""
    return tmp_path / "index"


def _ignore(_stage: str, _done: int, _total: int | None) -> None:
    pass


def _update(
    corpus: Path,
    index: Path,
    *,
    rebuild: bool = False,
    model: str = MODEL,
    precision: Precision = "fp32",
    progress: Callable[[str, int, int | None], None] = _ignore,
) -> BuildReport:
    return update_index(corpus, index, embedding_model=model, precision=precision, rebuild=rebuild, progress=progress)


def _counts(report: BuildReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.removed, report.unchanged


def _replies(index: Path) -> list[object]:
    turns = [Pipeline.open(index).ask(question) for question in QUESTIONS]
    return [(turn.reply, turn.evidence) for turn in turns]


def _quoted(index: Path, question: str) -> set[str]:
    return {item.citation.article.id for item in Pipeline.open(index).ask(question).evidence}


def test_first_build(corpus: Path, index: Path) -> None:
    """A first build adds every article; the manifest says what it holds, and its files are as it says."""
    report = _update(corpus, index)
    assert _counts(report) == (3, 0, 0, 0)
    assert (report.generation, report.articles, report.skipped) == (1, 3, ())
    manifest = open_index(index).manifest
    assert (manifest.generation, manifest.articles, manifest.passages) == (1, 3, report.passages)
    assert (manifest.model, manifest.precision, manifest.corpus) == (MODEL, "fp32", str(corpus))
    assert manifest.reader == parse_calibration(default_calibration_text()).reader
    assert (manifest.dense, manifest.recall) == ("Flat", 1.0)
    assert {name.partition("/")[0] for name in manifest.files} == {
        "dead.npy",
        "encoder",
        "lexical",
        "passages.faiss",
        "reader",
        "store.sqlite",
        "support.json",
        "vectors",
        "words.sqlite",
    }


def test_vectors_belong_to_their_passages(corpus: Path, index: Path) -> None:
    """The vector in each row is that of its passage behind the title, and so are those of its sentences."""
    _update(corpus, index)
    opened = open_index(index)
    encoder = OnnxEncoder.load(opened.folder / "encoder")
    for row, stored in enumerate(opened.store.passages()):
        passage = stored.passage
        title = passage.article.title
        text = passage.text if passage.text.startswith(title) else f"{title}\n{passage.text}"
        shift = len(text) - len(passage.text) - passage.start
        sentences = tuple((start + shift, end + shift) for start, end in passage.sentences)
        [(whole, parts)] = encoder.encode_parted([Parted(text, sentences)])
        np.testing.assert_array_equal(opened.dense.vectors.passage_vectors([row]), whole)
        found = opened.dense.vectors.sentence_vectors(stored.first_sentence, len(sentences))
        np.testing.assert_array_equal(found, parts.astype(np.float16))


def test_nothing_changed(corpus: Path, index: Path, encoded: list[str]) -> None:
    """Where nothing changed nothing is encoded or written."""
    _update(corpus, index)
    before = {path: path.stat().st_mtime_ns for path in index.rglob("*") if path.is_file()}
    encoded.clear()
    os.utime(corpus / "mill.txt")
    report = _update(corpus, index)
    assert _counts(report) == (0, 0, 0, 3)
    assert report.generation == 1
    assert encoded == []
    assert {path: path.stat().st_mtime_ns for path in index.rglob("*") if path.is_file()} == before


def test_only_changes_are_embedded(corpus: Path, index: Path, encoded: list[str]) -> None:
    """Added, changed, removed and unchanged articles are counted, and only new texts are encoded."""
    _update(corpus, index)
    encoded.clear()
    (corpus / "harbour.txt").unlink()
    (corpus / "mill.txt").write_text("The mill\n\nThe mill was never on fire.", encoding="utf-8")
    (corpus / "tower.txt").write_text("The tower\n\nThe tower leans.", encoding="utf-8")
    report = _update(corpus, index)
    assert _counts(report) == (1, 1, 1, 1)
    assert (report.generation, report.articles) == (2, 3)
    assert encoded
    assert all("mill" in text or "tower" in text for text in encoded)
    assert _quoted(index, "harbour ships north winter") <= {"bridge.txt", "mill.txt", "tower.txt"}
    assert "1902" not in "".join(stored.passage.article.text for stored in open_index(index).store.passages())


def test_update_equals_rebuild(corpus: Path, index: Path, tmp_path: Path) -> None:
    """Where much was removed or changed the index is row by row the one that a full build makes."""
    _update(corpus, index)
    (corpus / "bridge.txt").unlink()
    (corpus / "a-first.txt").write_text("A first\n\nThis one is before all others.", encoding="utf-8")
    (corpus / "mill.txt").write_text("The mill\n\nThe mill was never on fire.", encoding="utf-8")
    _update(corpus, index)
    _update(corpus, tmp_path / "fresh")
    updated, fresh = open_index(index), open_index(tmp_path / "fresh")
    assert list(updated.store.passages()) == list(fresh.store.passages())
    rows = np.arange(fresh.manifest.passages)
    one, other = updated.dense.vectors, fresh.dense.vectors
    np.testing.assert_array_equal(one.passage_vectors(rows), other.passage_vectors(rows))
    count = fresh.manifest.sentences
    np.testing.assert_array_equal(one.sentence_vectors(0, count), other.sentence_vectors(0, count))
    assert _replies(index) == _replies(tmp_path / "fresh")


def test_rebuild_embeds_everything(corpus: Path, index: Path, encoded: list[str]) -> None:
    """A rebuild encodes all articles again and answers as before."""
    _update(corpus, index)
    before = _replies(index)
    encoded.clear()
    report = _update(corpus, index, rebuild=True)
    assert _counts(report) == (3, 0, 0, 0)
    assert report.generation == 2
    assert any("bridge" in text for text in encoded)
    assert _replies(index) == before


def test_renamed_article_keeps_its_vectors(corpus: Path, index: Path, encoded: list[str]) -> None:
    """An article under another name is told to be renamed, and not encoded again."""
    _update(corpus, index)
    encoded.clear()
    (corpus / "mill.txt").rename(corpus / "watermill.txt")
    report = _update(corpus, index)
    assert (report.renamed, report.named, _counts(report)) == (1, ("watermill.txt",), (0, 0, 0, 2))
    assert encoded == []
    assert "watermill.txt" in _quoted(index, "When did the mill burn down?")


def test_same_content_under_two_ids(corpus: Path, index: Path, encoded: list[str]) -> None:
    """A copy of an article is an article of its own, in its own rows, with the same vectors."""
    _update(corpus, index)
    encoded.clear()
    shutil.copy(corpus / "mill.txt", corpus / "copy.txt")
    assert _counts(_update(corpus, index)) == (1, 0, 0, 3)
    assert encoded == []
    opened = open_index(index)
    copy, original = opened.store.rows_of(["copy.txt"]), opened.store.rows_of(["mill.txt"])
    vectors = opened.dense.vectors
    np.testing.assert_array_equal(vectors.passage_vectors(copy), vectors.passage_vectors(original))
    (corpus / "mill.txt").unlink()
    _update(corpus, index)
    assert "copy.txt" in _quoted(index, "When did the mill burn down?")


def test_other_model_or_precision(corpus: Path, index: Path) -> None:
    """Another model or precision embeds everything anew, and a note says why."""
    _update(corpus, index)
    report = _update(corpus, index, model="other")
    assert _counts(report) == (3, 0, 0, 0)
    assert report.notes[0] == f"The index before was made with {MODEL} (fp32): everything is embedded anew."
    report = _update(corpus, index, model="other", precision="int8")
    assert _counts(report) == (3, 0, 0, 0)
    assert report.generation == 3


@pytest.mark.parametrize("harm", ["truncated", "missing", "pointer", "format"])
def test_damaged_index_is_built_anew(corpus: Path, index: Path, harm: str) -> None:
    """A damaged index, or one of another format, is not opened but replaced by the next build, which says so."""
    _update(corpus, index)
    before = _replies(index)
    folder = open_index(index).folder
    if harm == "truncated":
        os.truncate(folder / "passages.faiss", 10)
    elif harm == "missing":
        (folder / "store.sqlite").unlink()
    elif harm == "pointer":
        (index / CURRENT_FILE).write_text("garbage", encoding="utf-8")
    else:
        replace(open_index(index).manifest, format=FORMAT + 1).write(folder)
    with pytest.raises(IndexUnavailable, match="qa-bot index --rebuild"):
        Pipeline.open(index)
    report = _update(corpus, index)
    assert _counts(report) == (3, 0, 0, 0)
    assert "everything is embedded anew" in report.notes[0]
    assert _replies(index) == before


def _earlier(index: Path, article_id: str) -> list[str]:
    return [version.text for version in open_index(index).store.earlier_texts(article_id)]


def test_earlier_texts_go_from_generation_to_generation(corpus: Path, index: Path) -> None:
    """What a corrected article said before is kept through small builds, renumbering, rebuilds and another format."""
    _many(corpus, 40)
    _update(corpus, index)
    first = ARTICLES["mill.txt"]
    (corpus / "mill.txt").write_text(first.replace("1902", "1903"), encoding="utf-8")
    assert _counts(_update(corpus, index)) == (0, 1, 0, 42)
    (corpus / "harbour.txt").write_text("---\nsource: Port\n---\n" + ARTICLES["harbour.txt"], encoding="utf-8")
    assert _counts(_update(corpus, index)) == (0, 1, 0, 42)
    assert (_earlier(index, "mill.txt"), _earlier(index, "harbour.txt")) == ([first], [])

    _many(corpus, 30)
    (corpus / "mill.txt").write_text("The mill\n\nIt stands.", encoding="utf-8")
    _update(corpus, index)
    assert open_index(index).store.rows_of(["mill.txt"]).max() < 33, "rows are numbered anew"
    second = first.replace("1902", "1903")
    assert _earlier(index, "mill.txt") == [second, first]

    (corpus / "mill.txt").write_text("The mill\n\nIt fell.", encoding="utf-8")
    _update(corpus, index, rebuild=True)
    assert _earlier(index, "mill.txt") == ["The mill\n\nIt stands.", second, first]
    replace(open_index(index).manifest, format=FORMAT + 1).write(open_index(index).folder)
    _update(corpus, index)
    assert _earlier(index, "mill.txt") == ["The mill\n\nIt stands.", second, first]
    (corpus / "mill.txt").rename(corpus / "watermill.txt")
    _update(corpus, index)
    assert _earlier(index, "watermill.txt") == ["The mill\n\nIt stands.", second, first]
    (corpus / "watermill.txt").rename(corpus / "wheel.txt")
    _update(corpus, index, rebuild=True)
    assert _earlier(index, "wheel.txt") == ["The mill\n\nIt stands.", second, first]
    (corpus / "wheel.txt").unlink()
    _update(corpus, index)
    (corpus / "wheel.txt").write_text(first, encoding="utf-8")
    _update(corpus, index)
    assert _earlier(index, "wheel.txt") == []


def test_skipped_files_are_reported(corpus: Path, index: Path) -> None:
    """What cannot be read is named and skipped, the rest is indexed, and mending it later adds it."""
    (corpus / "broken.txt").write_bytes(b"\x00\x01\x02" * 50)
    (corpus / "lines.jsonl").write_text('{"id": "one", "text": "One line."}\n{nonsense\n', encoding="utf-8")
    report = _update(corpus, index)
    assert report.articles == 4
    assert [Path(skipped.path).name for skipped in report.skipped] == ["broken.txt", "lines.jsonl, line 2"]
    (corpus / "broken.txt").write_text("Mended\n\nIt reads.", encoding="utf-8")
    assert _counts(_update(corpus, index)) == (1, 0, 0, 4)


def test_the_second_article_with_an_id_is_skipped(corpus: Path, index: Path) -> None:
    """Of two articles with one id the first is read, and the reason names both places; when it is gone, the second."""
    lines = ['{"id": 1, "text": "x"}', '{"id": "1", "text": "y"}', '{"id": "bridge.txt", "text": "z"}']
    place = corpus / "lines.jsonl"
    place.write_text("\n".join(lines), encoding="utf-8")
    report = _update(corpus, index)
    taken = 'The id "{}" is already that of {}; this one is left out.'
    assert report.articles == 4
    assert report.skipped == (
        Skipped(f"{place}, line 2", taken.format("1", f"{place}, line 1")),
        Skipped(f"{place}, line 3", taken.format("bridge.txt", corpus / "bridge.txt")),
    )
    (corpus / "bridge.txt").unlink()
    report = _update(corpus, index)
    assert (_counts(report), len(report.skipped)) == ((0, 1, 0, 3), 1)


def test_no_corpus(index: Path, tmp_path: Path) -> None:
    """A missing folder, an empty one and one in which nothing can be read are each one sentence."""
    with pytest.raises(CorpusError, match="none"):
        _update(tmp_path / "none", index)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(
        CorpusError, match=r"There is no article in .*empty: put \.txt, \.md, \.html, \.pdf, \.docx, \.epub or "
    ):
        _update(empty, index)
    (empty / "a.txt").write_bytes(b"\x00" * 20)
    with pytest.raises(CorpusError, match=r"No article in .*empty can be read \(1 skipped, the first: .*a\.txt: "):
        _update(empty, index)


def test_emptied_corpus_keeps_the_index(corpus: Path, index: Path) -> None:
    """A corpus that has become empty is an error, and the old index still answers."""
    _update(corpus, index)
    before = _replies(index)
    for path in corpus.iterdir():
        path.unlink()
    with pytest.raises(CorpusError):
        _update(corpus, index)
    assert _replies(index) == before


def test_progress_goes_up(corpus: Path, index: Path) -> None:
    """Each stage is told in order, and its count ends at its total."""
    told: list[tuple[str, int, int | None]] = []
    _update(corpus, index, progress=lambda *step: told.append(step))
    stages = list(dict.fromkeys(stage for stage, _, _ in told))
    assert stages == [
        "reading",
        "finding copies",
        "exporting the embedding model",
        "cutting into passages",
        "embedding passages",
    ]
    assert told[-1][1] == told[-1][2] == open_index(index).manifest.passages


def test_older_calibration_is_replaced(corpus: Path, index: Path, encoded: list[str]) -> None:
    """An index with another calibration than the package's gets it in a new generation, and nothing is embedded."""
    _update(corpus, index)
    encoded.clear()
    folder = index / "generations" / "1"
    shipped = (folder / "support.json").read_text(encoding="utf-8")
    older = shipped.replace('"threshold": 0', '"threshold": 1')
    (folder / "support.json").write_text(older, encoding="utf-8")

    report = _update(corpus, index)

    assert (older != shipped, report.generation, report.unchanged, encoded) == (True, 2, 3, [])
    assert (index / "generations" / "2" / "support.json").read_text(encoding="utf-8") == shipped


def test_older_reader_is_replaced(corpus: Path, index: Path, encoded: list[str]) -> None:
    """An index with another reader than the package's gets it in a new generation, says so, and embeds nothing."""
    _update(corpus, index)
    encoded.clear()
    opened = open_index(index)
    replace(opened.manifest, reader="an older one").write(opened.folder)

    report = _update(corpus, index)

    assert (report.generation, report.unchanged, encoded) == (2, 3, [])
    assert any(note.endswith("replies may change.") for note in report.notes)
    assert open_index(index).manifest.reader == parse_calibration(default_calibration_text()).reader
    assert _update(corpus, index).notes == ()


def test_damaged_package(corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the reader of the package is damaged, a build says so and leaves nothing behind."""

    def damaged() -> Path:
        raise ModelUnavailable("The reader that comes with qa-bot cannot be used.", model="reader")

    monkeypatch.setattr(indexing, "shipped_reader", damaged)
    with pytest.raises(ModelUnavailable):
        _update(corpus, index)
    assert list((index / "generations").iterdir()) == []


def test_calibration_of_another_model_is_noted(corpus: Path, index: Path) -> None:
    """An index whose model the calibration does not know says that its support is rough."""
    notes = _update(corpus, index).notes
    assert notes == (
        "Support is calibrated for all-MiniLM-L6-v2; with letter-pairs its numbers are rough: measure with"
        " `qa-bot evaluate` and set QA_BOT_MIN_SUPPORT.",
    )


def test_index_path_is_a_file(corpus: Path, index: Path) -> None:
    """An index path that is a file is one sentence, and the file is left alone."""
    index.write_text("mine", encoding="utf-8")
    with pytest.raises(IndexUnavailable, match=r"cannot be written \(.*\): choose another with --index"):
        _update(corpus, index)
    assert index.read_text(encoding="utf-8") == "mine"


def _many(corpus: Path, count: int) -> None:
    lines = [{"id": str(i), "text": f"Article {i} is about the number {i * i}. It ends here."} for i in range(count)]
    (corpus / "many.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as settled from the moment they are written."""
    monkeypatch.setattr(reader, "_UNSETTLED_NS", 0)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that builds have read."""
    names: list[str] = []

    def recording(files: Sequence[SourceFile], folder: Path) -> object:
        names.extend(file.path.name for file in files)
        return reader.read_files(files, folder)

    monkeypatch.setattr(scanning, "read_files", recording)
    return names


@pytest.mark.usefixtures("settled")
def test_only_written_files_are_read(corpus: Path, index: Path, read: list[str]) -> None:
    """A file that was not written since is not read again; one with a fault is, until it is mended."""
    (corpus / "broken.txt").write_bytes(b"\x00\x01\x02" * 50)
    _update(corpus, index)
    read.clear()
    assert [skipped.path for skipped in _update(corpus, index).skipped] == [str(corpus / "broken.txt")]
    assert read == ["broken.txt"]
    read.clear()
    (corpus / "mill.txt").write_text("The mill\n\nThe mill stands.", encoding="utf-8")
    (corpus / "harbour.txt").unlink()
    assert _counts(_update(corpus, index)) == (0, 1, 1, 1)
    assert read[:2] == ["broken.txt", "mill.txt"]


@pytest.mark.usefixtures("settled")
def test_additions_keep_what_is_there(corpus: Path, index: Path, tmp_path: Path) -> None:
    """What is added comes into rows after all others; the files of the rest are shared, and replies are a rebuild's."""
    _many(corpus, 40)
    _update(corpus, index)
    (corpus / "a-first.txt").write_text("A first\n\nThis one is before all others.", encoding="utf-8")
    assert _counts(_update(corpus, index)) == (1, 0, 0, 43)
    _update(corpus, tmp_path / "fresh")
    opened = open_index(index)
    assert opened.store.rows_of(["a-first.txt"]).tolist() == [43]
    assert [article.id for article in opened.store.articles()][:2] == ["a-first.txt", "bridge.txt"]
    shared = {path.name for path in opened.folder.rglob("*") if path.is_file() and path.stat().st_nlink > 1}
    assert {"passages.npy", "sentences.npy", "model.onnx", "tokenizer.json"} <= shared
    assert [path.name for path in block_folders(opened.folder)] == ["1", "2"]
    assert _replies(index) == _replies(tmp_path / "fresh")


@pytest.mark.usefixtures("settled")
def test_few_removals_leave_gaps(corpus: Path, index: Path) -> None:
    """An article that is gone is not found by words or vectors, and is in no row; the others keep theirs."""
    _many(corpus, 40)
    _update(corpus, index)
    rows = open_index(index).store.rows_of(["mill.txt"])
    dead = open_index(index).store.rows_of(["bridge.txt"])
    (corpus / "bridge.txt").unlink()
    assert _counts(_update(corpus, index)) == (0, 0, 1, 42)
    opened = open_index(index)
    assert opened.store.rows_of(["mill.txt"]).tolist() == rows.tolist()
    assert opened.dense.dead.tolist() == dead.tolist()
    assert "bridge.txt" not in _quoted(index, "When was the bridge over the Sava built?")
    question = OnnxEncoder.load(opened.folder / "encoder").encode_question("The bridge over the Sava")
    found = opened.dense.search(question, 100, exclude=np.empty(0, np.int64)).rows
    assert sorted(found.tolist()) == sorted(set(range(43)) - set(dead.tolist()))
    words = opened.lexical.terms("bridge Sava 1934")
    assert dead[0] not in opened.lexical.search(words, 50, exclude=np.empty(0, np.int64)).rows


def test_many_small_updates(corpus: Path, index: Path) -> None:
    """After many additions there are few blocks, and every vector is where it belongs."""
    _many(corpus, 30)
    _update(corpus, index)
    for number in range(6):
        (corpus / f"new{number}.txt").write_text(f"News {number}\n\nThe number {number} was drawn.", encoding="utf-8")
        _update(corpus, index)
    opened = open_index(index)
    assert [path.name for path in block_folders(opened.folder)] == ["1", "5", "7"]
    encoder = OnnxEncoder.load(opened.folder / "encoder")
    for row, stored in opened.store.passages_from(33):
        expected = encoder.encode_passages([stored.passage.text])
        np.testing.assert_array_equal(opened.dense.vectors.passage_vectors([row]), expected)


def test_cut_off_build_is_gone_on_with(corpus: Path, index: Path, small_reader: Path, encoded: list[str]) -> None:
    """What a killed build had embedded is not embedded again, and the index is that of a build in one piece."""
    _many(corpus, 197)
    with _process(corpus, index, small_reader, pause_at="embedding passages", pause_done=128) as build:
        assert build.stdout
        assert build.stdout.readline() == "paused: embedding passages\n"
        build.kill()
    report = _update(corpus, index)
    assert (report.articles, len(encoded)) == (200, 72)
    _update(corpus, index.with_name("fresh"))
    one, other = (open_index(path).dense.vectors for path in (index, index.with_name("fresh")))
    np.testing.assert_array_equal(one.passage_vectors(range(200)), other.passage_vectors(range(200)))
    np.testing.assert_array_equal(one.sentence_vectors(0, one.sentences), other.sentence_vectors(0, other.sentences))
    assert [path.name for path in (index / "generations").iterdir()] == ["1"]


@pytest.mark.parametrize("harm", ["draft.json", "vectors/1/passages.npy", "encoder/model.onnx", "store.sqlite"])
def test_damaged_leftover_is_passed_over(corpus: Path, index: Path, small_reader: Path, harm: str) -> None:
    """Where what is left of a killed build is damaged, everything is embedded and nothing is said of it."""
    with _process(corpus, index, small_reader, pause_at="embedding passages") as build:
        assert build.stdout
        build.stdout.readline()
        build.kill()
    (index / "generations" / "1.building" / harm).write_bytes(b"")
    report = _update(corpus, index)
    assert (report.articles, len(report.notes)) == (3, 1)
    assert "bridge.txt" in _quoted(index, "When was the bridge built?")


def test_killed_before_going_live(corpus: Path, index: Path, encoded: list[str]) -> None:
    """A build that was killed when all was written and not yet live is not embedded again."""
    _update(corpus, index)
    (index / CURRENT_FILE).unlink()
    encoded.clear()
    assert _update(corpus, index).generation == 2  # numbers are not given twice
    assert encoded == []
    assert [path.name for path in (index / "generations").iterdir()] == ["2"]


def test_leftover_with_a_damaged_page_is_passed_over(corpus: Path, index: Path, small_reader: Path) -> None:
    """A store of which a page in the middle is damaged, as after a power failure, does not stop the next build."""
    _many(corpus, 300)
    with _process(corpus, index, small_reader, pause_at="embedding passages") as build:
        assert build.stdout
        build.stdout.readline()
        build.kill()
    store = index / "generations" / "1.building" / "store.sqlite"
    content = bytearray(store.read_bytes())
    content[3 * 4096 : -2 * 4096] = bytes(len(content) - 5 * 4096)
    store.write_bytes(content)
    assert _update(corpus, index).articles == 303


def test_files_are_listed_after_the_wait(corpus: Path, index: Path, small_reader: Path) -> None:
    """What another build read while this one waited for it is not taken for removed."""
    _update(corpus, index)
    with build_lock(index, waiting=pytest.fail):
        waiting = _process(corpus, index, small_reader, pause_at="waiting for another build")
        assert waiting.stdout
        assert waiting.stdout.readline() == "paused: waiting for another build\n"
        (corpus / "tower.txt").write_text("The tower\n\nThe tower leans.", encoding="utf-8")
    _update(corpus, index)
    with waiting:
        assert waiting.communicate("\n")[0] == "built: 2\n"
    assert "tower.txt" in _quoted(index, "Which tower leans?")


@pytest.mark.usefixtures("settled")
def test_files_that_cannot_be_read_for_now_are_kept(
    corpus: Path, index: Path, encoded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Articles of a file or a folder that the system will not give stay until it does, and are not embedded again."""
    (corpus / "north").mkdir()
    (corpus / "mill.txt").rename(corpus / "north" / "mill.txt")
    _update(corpus, index)
    encoded.clear()
    scandir, read_bytes = os.scandir, Path.read_bytes
    monkeypatch.setattr(os, "scandir", lambda path: _refuse() if "north" in str(path) else scandir(path))
    monkeypatch.setattr(Path, "read_bytes", lambda path: _refuse() if path.name == "bridge.txt" else read_bytes(path))
    os.utime(corpus / "bridge.txt")
    report = _update(corpus, index)
    reason = "It cannot be read: Input/output error. What the index has of it stays."
    assert [(one.path, one.reason) for one in report.skipped] == [
        (str(corpus / "bridge.txt"), reason),
        (str(corpus / "north"), reason),
    ]
    assert _counts(report) == (0, 0, 0, 3)
    (corpus / "harbour.txt").unlink()
    assert _counts(_update(corpus, index)) == (0, 0, 1, 2)
    assert [article.id for article in open_index(index).store.articles()] == ["bridge.txt", "north/mill.txt"]
    monkeypatch.undo()
    (corpus / "north" / "mill.txt").unlink()
    assert _counts(_update(corpus, index)) == (0, 0, 1, 1)
    assert encoded == []


def _refuse() -> Any:
    raise OSError(5, "Input/output error")


def _process(
    corpus: Path, index: Path, reader: Path, *limit: str, pause_at: str = "", pause_done: int | None = None
) -> "subprocess.Popen[str]":
    script = Path(__file__).with_name("build_process.py")
    return subprocess.Popen(
        [sys.executable, str(script), str(corpus), str(index), str(reader), *limit],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PAUSE_AT": pause_at, "PAUSE_DONE": str(pause_done or "")},
    )


@pytest.mark.parametrize(
    "stage", ["reading", "exporting the embedding model", "cutting into passages", "embedding passages"]
)
def test_killed_build(corpus: Path, index: Path, small_reader: Path, stage: str) -> None:
    """A build that is killed in any stage leaves the old index answering, and the next build goes through."""
    _update(corpus, index)
    before = _replies(index)
    (corpus / "tower.txt").write_text("The tower\n\nThe tower leans.", encoding="utf-8")
    if stage == "exporting the embedding model":
        os.truncate(open_index(index).folder / "support.json", 10)  # a damaged index is exported anew
    with _process(corpus, index, small_reader, pause_at=stage) as build:
        assert build.stdout
        assert build.stdout.readline() == f"paused: {stage}\n"
        build.kill()
    assert [path.name for path in (index / "generations").glob("*.building")] == ["2.building"]
    if stage != "exporting the embedding model":
        assert _replies(index) == before
    report = _update(corpus, index)
    assert report.articles == 4
    assert sorted(path.name for path in (index / "generations").iterdir()) == ["1", "2"]


def test_two_builds_at_once(corpus: Path, index: Path, small_reader: Path) -> None:
    """A second build waits for the first one, says so, and then finds nothing left to do."""
    with _process(corpus, index, small_reader, pause_at="embedding passages") as first:
        assert first.stdout
        assert first.stdout.readline() == "paused: embedding passages\n"
        with _process(corpus, index, small_reader, pause_at="waiting for another build") as second:
            assert second.stdout
            assert second.stdout.readline() == "paused: waiting for another build\n"
            first.communicate("\n")
            assert second.communicate("\n")[0] == "built: 1\n"


def test_words_that_cannot_be_written(corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words are written beside the vectors; where that fails, the build ends in one sentence like any other failure."""

    def full(_folder: Path, _added: object, _removed: object) -> None:
        raise OSError("No space left on device")

    _update(corpus, index)
    before = _replies(index)
    (corpus / "well.txt").write_text("The well\n\nThe well is dry.", encoding="utf-8")
    monkeypatch.setattr(searches, "write_lexical", full)
    with pytest.raises(IndexUnavailable, match=r"cannot be written in .*No space left"):
        _update(corpus, index)
    assert _replies(index) == before


def test_words_stop_with_the_vectors(corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Ctrl-C nothing goes on beside it, and the next build is whole."""
    written: list[int] = []
    begun = Event()

    def slow(_folder: Path, added: Iterable[tuple[int, str]], _removed: object) -> None:
        for row, _ in added:
            written.append(row)
            begun.set()
            sleep(0.1)

    def interrupted(*_: object) -> Iterator[int]:
        begun.wait()
        raise KeyboardInterrupt

    _many(corpus, 100)
    with monkeypatch.context() as patch:
        patch.setattr(searches, "write_lexical", slow)
        patch.setattr(searches, "embed", interrupted)
        with pytest.raises(KeyboardInterrupt):
            _update(corpus, index)
    assert 1 <= len(written) < 100
    assert _counts(_update(corpus, index)) == (103, 0, 0, 0)


def test_full_disk(corpus: Path, index: Path, small_reader: Path) -> None:
    """Where the disk is full the build ends in one sentence and the old index still answers."""
    _update(corpus, index)
    before = _replies(index)
    _many(corpus, 300)
    # Too little for the store, and for the encoder.
    for limit in (5_000, 200_000):
        with _process(corpus, index, small_reader, str(limit)) as build:
            said = build.communicate()[0]
        assert said.startswith(f"error: The index cannot be written in {index} (")
        assert said.endswith("): what was there before is unchanged.\n")
        assert said.count("\n") == 1
        assert _replies(index) == before
        assert [path.name for path in (index / "generations").iterdir()] == ["1"]
