import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from encoder_double import MODEL, SmallSource, export_small

from qa_bot import indexing
from qa_bot.checking import Examined, examine, mend
from qa_bot.errors import CorpusError, IndexMissing, IndexUnavailable
from qa_bot.index.checksums import CHECKSUMS_FILE, write_checksums
from qa_bot.index.generation import CURRENT_FILE, current_folder, open_index
from qa_bot.indexing import update_index
from qa_bot.pipeline import Pipeline

pytestmark = pytest.mark.usefixtures("small_model")

# Every file of a generation, by a pattern.
FILES = [
    "SHA256SUMS",
    "dead.npy",
    "encoder/encoder.json",
    "encoder/model.onnx",
    "encoder/tokenizer.json",
    "lexical/*.del",
    "lexical/*.fast",
    "lexical/*.fieldnorm",
    "lexical/*.idx",
    "lexical/*.pos",
    "lexical/*.store",
    "lexical/*.term",
    "lexical/.managed.json",
    "lexical/meta.json",
    "manifest.json",
    "passages.faiss",
    "reader/model.onnx",
    "reader/reader.json",
    "reader/tokenizer.json",
    "store.sqlite",
    "support.json",
    "vectors/1/passages.npy",
    "vectors/1/sentences.npy",
    "vectors/2/passages.npy",
    "vectors/2/sentences.npy",
    "words.sqlite",
]
QUESTIONS = ["When was the bridge built?", "What was drawn for number 7?", "moon"]


def _ignore(_stage: str, _done: int, _total: int | None) -> None:
    pass


def _update(corpus: Path, index: Path) -> None:
    update_index(corpus, index, embedding_model=MODEL, precision="fp32", progress=_ignore)


def _mend(index: Path, corpus: Path, found: Examined) -> None:
    mend(index, corpus, found, embedding_model=MODEL, precision="fp32", progress=_ignore)


def _examine(index: Path) -> Examined:
    return examine(index, progress=_ignore)


def _faults(index: Path) -> str:
    return " ".join(fault for check in _examine(index).checks for fault in check.faults)


def _replies(index: Path) -> list[object]:
    # What is quoted, best first; hidden rows still count a little in BM25, so scores may differ.
    turns = [Pipeline.open(index).ask(question) for question in QUESTIONS]
    quoted = [[one.citation for one in turn.evidence[:2]] for turn in turns]
    return [
        (type(turn.reply), [(one.article.id, one.text) for one in best])
        for turn, best in zip(turns, quoted, strict=True)
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, small_reader: Path) -> Path:
    """A folder with a corpus, and its index of two blocks with a hidden row."""
    root = tmp_path_factory.mktemp("built")
    corpus = root / "corpus"
    corpus.mkdir()
    for number in range(30):
        text = f"Draw {number}\n\nOn day {number} the number {number * number} was drawn."
        (corpus / f"draw{number:02}.txt").write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        _use_small(patch, small_reader)
        _update(corpus, root / "index")
        text = "The bridge\n\nThe bridge over the Sava was built in 1934. Two engineers drew it."
        (corpus / "bridge.txt").write_text(text, encoding="utf-8")
        (corpus / "draw03.txt").unlink()
        _update(corpus, root / "index")
    return root


def _use_small(patch: pytest.MonkeyPatch, reader: Path) -> None:
    patch.setattr(indexing, "SourceModel", SmallSource)
    patch.setattr(indexing, "export_checked", export_small)
    patch.setattr(indexing, "shipped_reader", lambda: reader)


@pytest.fixture
def corpus(built: Path) -> Path:
    """Thirty articles."""
    return built / "corpus"


@pytest.fixture
def index(built: Path, tmp_path: Path) -> Path:
    """Their index, to be harmed."""
    shutil.copytree(built / "index", tmp_path / "index")
    return tmp_path / "index"


def _file(index: Path, pattern: str) -> Path:
    """The largest file of that pattern: there may be two segments of words."""
    return max(current_folder(index).glob(pattern), key=lambda path: path.stat().st_size)


def test_whole(index: Path) -> None:
    """Of a whole index every part is looked at and nothing is found."""
    found = _examine(index)
    assert (found.whole, found.live, found.damaged) == (True, True, frozenset())
    assert {check.part: check.found for check in found.checks} == {
        "files": found.checks[0].found,
        "articles": "30, each text as it was read",
        "passages": "30 inside their articles, 61 sentences in order",
        "vectors": "31 of passages, 63 of sentences, 32 numbers each",
        "dense search": "31 rows, 1 hidden",
        "word search": "30 passages",
        "spellings": found.checks[6].found,
        "sample": "16 passages embedded again, cosine 1.0000 or more",
        "reader": f"{open_index(index).manifest.reader}, with its calibration",
    }


def test_every_file_is_looked_at(index: Path) -> None:
    """The files that are harmed one by one below are all that a generation has."""
    folder = current_folder(index)
    there = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"
    }
    named = {path.relative_to(folder).as_posix() for pattern in FILES for path in folder.glob(pattern)}
    assert named == there


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("pattern", FILES)
def test_harm_is_found_and_mended(index: Path, corpus: Path, pattern: str) -> None:
    """A bit, the last byte or all of any file: it is named, and the index is then whole and says what it said."""
    before = _replies(index)
    path = _file(index, pattern)
    content = path.read_bytes()
    for harm in (_flip, _truncate, Path.unlink):
        harm(path)
        found = _examine(index)
        assert not found.whole
        assert found.checks[0].faults
        assert path.name in " ".join(found.checks[0].faults) or (pattern == CHECKSUMS_FILE and harm is _flip)
        if harm is not Path.unlink:
            path.write_bytes(content)
    _mend(index, corpus, found)
    assert _faults(index) == ""
    assert _replies(index) == before


def test_pointer(index: Path, corpus: Path, encoded: list[str]) -> None:
    """Where it cannot be read which generation is live, the newest is made live again, and nothing is built."""
    for content in (b"7", b"\xff", b""):
        (index / CURRENT_FILE).write_bytes(content)
        found = _examine(index)
        assert (found.live, found.whole, found.folder) == (False, True, index / "generations" / "2")
        encoded.clear()
        _mend(index, corpus, found)
        assert current_folder(index).name == "2"
    assert encoded == []


@pytest.mark.parametrize(
    ("pattern", "embedded"),
    [
        pytest.param("words.sqlite", 0, id="what can be made of texts and vectors costs no embedding"),
        pytest.param("reader/model.onnx", 0, id="nor does the reader"),
        pytest.param("vectors/2/passages.npy", 1, id="of a block that is damaged the passages are embedded again"),
        pytest.param("vectors/1/passages.npy", 30, id="and those of the blocks after it"),
        pytest.param("encoder/model.onnx", 30, id="without the encoder all are"),
        pytest.param("store.sqlite", 30, id="and without the store"),
    ],
)
def test_what_is_proven_good_is_kept(
    index: Path, corpus: Path, encoded: list[str], pattern: str, embedded: int
) -> None:
    """Only what cannot be told to be good is embedded again."""
    _flip(_file(index, pattern))
    found = _examine(index)
    encoded.clear()
    _mend(index, corpus, found)
    assert len(encoded) == embedded


def _execute(statement: str) -> Callable[[Path], None]:
    def execute(folder: Path) -> None:
        with closing(sqlite3.connect(folder / "store.sqlite")) as store:
            store.execute(statement)
            store.commit()

    return execute


def _swap_vectors(folder: Path) -> None:
    vectors = np.load(folder / "vectors" / "1" / "passages.npy")
    np.save(folder / "vectors" / "1" / "passages.npy", vectors[::-1])


def _shorten_vectors(folder: Path) -> None:
    vectors = np.load(folder / "vectors" / "1" / "passages.npy")
    np.save(folder / "vectors" / "1" / "passages.npy", vectors / 2)


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        (
            _execute("UPDATE articles SET text = text || '.' WHERE id = 'bridge.txt'"),
            'The text or the facts of "bridge',
        ),
        (_execute("UPDATE articles SET author = 'N. N.' WHERE id = 'bridge.txt'"), 'The text or the facts of "bridge'),
        (_execute("DELETE FROM articles WHERE id = 'bridge.txt'"), "There are 29 articles, and should be 30."),
        (_execute('UPDATE passages SET "end" = 999 WHERE row = 4'), "The passage in row 4 is not in its place"),
        (
            _execute('UPDATE passages SET "start" = 5 WHERE row = 4'),
            "The sentences of the passage in row 4 are not inside",
        ),
        (
            _execute(
                "UPDATE passages SET sentences = CAST(substr(sentences, 9) || substr(sentences, 1, 8) AS BLOB)"
                " WHERE row = 4"
            ),
            "The sentences of the passage in row 4 are not in",
        ),
        (_execute("DELETE FROM passages WHERE row = 4"), "There are 29 passages, and should be 30."),
        (
            _execute("UPDATE passages SET first_sentence = 0 WHERE row = 4"),
            "Two passages share the number of a sentence.",
        ),
        (
            _execute("UPDATE passages SET article = 99 WHERE row = 4"),
            "1 passages are of no article, the first in row 4.",
        ),
        (_execute("DELETE FROM stories WHERE article = 2"), "1 articles are of no story."),
        (_shorten_vectors, "The vector of the passage in row 0 has the length 0.500, not 1."),
        (_swap_vectors, "embedded again, has another vector (cosine "),
        (lambda folder: np.save(folder / "dead.npy", np.array([4])), "1 passages are hidden, the first in row 4."),
        (lambda folder: np.save(folder / "dead.npy", np.empty(0, np.int64)), "neither those of a passage nor hidden"),
    ],
)
def test_what_was_written_wrongly_is_found(index: Path, corpus: Path, harm: Callable[[Path], None], fault: str) -> None:
    """Also where the checksums are right, each part is held against the others; then nothing broken is taken over."""
    folder = current_folder(index)
    harm(folder)
    write_checksums(folder, None)
    assert fault in _faults(index)
    _mend(index, corpus, _examine(index))
    assert _faults(index) == ""


def test_nothing_altered_is_quoted(index: Path) -> None:
    """A question is refused rather than answered with a text that is not the one that was read."""
    _execute("UPDATE articles SET text = replace(text, '1934', '1943') WHERE id = 'bridge.txt'")(current_folder(index))
    with pytest.raises(
        IndexUnavailable, match=r'the text of "bridge.txt" is not what was read\): run `qa-bot index --'
    ):
        Pipeline.open(index).ask("When was the bridge over the Sava built?")


def test_without_a_corpus_the_index_stays(index: Path, tmp_path: Path) -> None:
    """Where there is nothing to mend it from, a broken index stays as it is."""
    _flip(_file(index, "words.sqlite"))
    found = _examine(index)
    with pytest.raises(CorpusError):
        _mend(index, tmp_path / "none", found)
    assert current_folder(index).name == "2"
    assert _examine(index) == found


def test_no_index(tmp_path: Path) -> None:
    """Where there is none, that is said."""
    with pytest.raises(IndexMissing, match="There is no index"):
        _examine(tmp_path)


def test_damage_of_shared_files_is_not_written_on(index: Path, corpus: Path, tmp_path: Path) -> None:
    """What a new generation shares with a damaged one has the checksum that it had when it was written."""
    shutil.copytree(corpus, tmp_path / "more")
    (tmp_path / "more" / "mill.txt").write_text("The mill\n\nThe mill burned down in 1902.", encoding="utf-8")
    _flip(_file(index, "vectors/1/passages.npy"))
    _update(tmp_path / "more", index)
    assert current_folder(index).name == "3"
    assert "vectors/1/passages.npy has other bytes than were written." in _faults(index)
