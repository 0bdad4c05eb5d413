import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from qa_bot.errors import IndexUnavailable
from qa_bot.index.dense import PASSAGES_FILE, SENTENCES_FILE, DenseIndex, DenseWriter
from qa_bot.types import Vectors

NONE = np.empty(0, np.int64)
ROWS, SENTENCES, DIMENSION = 200, 500, 16

WRITE_LIMITED = """
import resource, sys
from pathlib import Path
import numpy as np
from qa_bot.index.dense import DenseWriter
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    with DenseWriter(Path(sys.argv[1]), dimension=32, sentences=int(sys.argv[3])) as writer:
        writer.add(np.ones((500, 32), np.float32), np.ones((int(sys.argv[3]), 32), np.float32))
        writer.finish()
except OSError:
    print("told")
"""


def _unit(seed: int, count: int) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def _index(folder: Path, passages: Vectors, sentences: Vectors) -> DenseIndex:
    with DenseWriter(folder, dimension=passages.shape[1], sentences=len(sentences)) as writer:
        writer.add(passages[:7], sentences[:50])
        writer.add(passages[7:], sentences[50:])
        writer.finish()
    return DenseIndex.open(folder)


def test_order_is_brute_force(tmp_path: Path) -> None:
    """Rows and scores are those of numpy over all vectors, with and without excluded rows."""
    passages = _unit(1, ROWS)
    index = _index(tmp_path, passages, _unit(2, SENTENCES))
    for question in _unit(3, 20):
        cosines = passages @ question
        expected = np.lexsort((np.arange(ROWS), -cosines))
        found = index.search(question, 30, exclude=NONE)
        assert found.rows.tolist() == expected[:30].tolist()
        np.testing.assert_allclose(found.scores, cosines[expected[:30]], atol=1e-6)
        exclude = np.sort(expected[:10])
        assert index.search(question, 30, exclude=exclude).rows.tolist() == expected[10:40].tolist()


def test_ties_go_by_row(tmp_path: Path) -> None:
    """Of equal passages the first rows are found, also where the limit falls among them."""
    signs = np.random.default_rng(4).choice([-1.0, 1.0], size=(ROWS, 4)).astype(np.float32)
    index = _index(tmp_path, signs, signs)
    question = np.array([1, 1, 1, -1], dtype=np.float32)
    expected = np.lexsort((np.arange(ROWS), -(signs @ question)))
    for limit in (1, 2, 5, 20, 120, ROWS, ROWS + 5):
        assert index.search(question, limit, exclude=NONE).rows.tolist() == expected[:limit].tolist()
    exclude = np.sort(expected[[0, 2, 4]])
    left = [row for row in expected.tolist() if row not in exclude]
    assert index.search(question, 5, exclude=exclude).rows.tolist() == left[:5]


def test_limits(tmp_path: Path) -> None:
    """No more rows come back than there are, and none where all are excluded or none is asked for."""
    index = _index(tmp_path, _unit(1, 10), _unit(2, 60))
    question = _unit(3, 1)[0]
    assert sorted(index.search(question, 50, exclude=NONE).rows.tolist()) == list(range(10))
    assert index.search(question, 5, exclude=np.arange(10)).rows.tolist() == []
    assert index.search(question, 0, exclude=NONE).rows.tolist() == []
    assert index.search(question, 50, exclude=np.arange(9)).rows.tolist() == [9]


def test_scores_are_those_of_search(tmp_path: Path) -> None:
    """The scores of given rows equal the scores that search gives them, in the order asked for."""
    index = _index(tmp_path, _unit(1, ROWS), _unit(2, SENTENCES))
    question = _unit(3, 1)[0]
    found = index.search(question, 20, exclude=NONE)
    np.testing.assert_allclose(index.scores(question, found.rows[::-1]), found.scores[::-1], atol=1e-6)
    assert index.scores(question, NONE).tolist() == []


def test_sentences_in_half_precision(tmp_path: Path) -> None:
    """Sentence vectors come back by number, their cosines within .0005 of full precision."""
    sentences = _unit(2, SENTENCES)
    index = _index(tmp_path, _unit(1, ROWS), sentences)
    question = _unit(3, 1)[0]
    np.testing.assert_allclose(index.sentence_scores(question, 45, 10), sentences[45:55] @ question, atol=5e-4)
    np.testing.assert_array_equal(index.sentence_vectors(49, 2), sentences[49:51].astype(np.float16))


def test_passage_vectors(tmp_path: Path) -> None:
    """The vector of a row is what was added, to the bit."""
    passages = _unit(1, ROWS)
    index = _index(tmp_path, passages, _unit(2, SENTENCES))
    np.testing.assert_array_equal(index.passage_vectors([6, 7, 0]), passages[[6, 7, 0]])


@pytest.mark.parametrize("name", [PASSAGES_FILE, SENTENCES_FILE])
@pytest.mark.parametrize("harm", ["gone", "empty", "cut", "noise"])
def test_damage_is_told(tmp_path: Path, name: str, harm: str) -> None:
    """A file that is missing, cut off or no index at all is refused with the command that mends it."""
    _index(tmp_path, _unit(1, ROWS), _unit(2, SENTENCES))
    path = tmp_path / name
    content = path.read_bytes()
    path.unlink()
    if harm != "gone":
        path.write_bytes({"empty": b"", "cut": content[: len(content) // 2], "noise": b"\x93NUMP" * 99}[harm])
    with pytest.raises(IndexUnavailable, match=rf"damaged .*{name}.*qa-bot index --rebuild") as caught:
        DenseIndex.open(tmp_path)
    assert caught.value.path == path


@pytest.mark.parametrize(("limit", "sentences"), [(100, 10), (20_000, 10), (63_999, 10), (64_020, 10), (64_100, 2000)])
def test_full_disk_is_told(tmp_path: Path, limit: int, sentences: int) -> None:
    """Where a file cannot take all vectors, down to its last bytes, there is an error and no silent loss."""
    command = [sys.executable, "-c", WRITE_LIMITED, str(tmp_path), str(limit), str(sentences)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "told\n"
