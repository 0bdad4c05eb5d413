import subprocess
import sys
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest

from qa_bot.errors import IndexUnavailable
from qa_bot.index import dense_writer
from qa_bot.index.dense import DEAD_FILE, PASSAGES_FILE, DenseIndex
from qa_bot.index.dense_writer import DenseFacts, Written, write_dense
from qa_bot.index.vectors import BlockWriter, VectorStore
from qa_bot.types import Rows, Vectors

NONE = np.empty(0, np.int64)
ROWS, SENTENCES, DIMENSION = 200, 500, 16
WRITE_LIMITED = """
import resource, sys
from pathlib import Path
import numpy as np
from qa_bot.index.dense_writer import write_dense
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    write_dense(Path(sys.argv[1]), np.empty(0, np.int64), previous=None, ask=None)
except OSError:
    print("told")
"""


def _unit(seed: int, count: int) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def _ask(rows: Rows) -> Vectors:
    """Questions about those rows: vectors that lie nowhere near them."""
    return _unit(3, len(rows))


def _block(folder: Path, number: int, passages: Vectors, sentences: Vectors) -> None:
    size = {"passages": len(passages), "sentences": len(sentences), "dimension": passages.shape[1]}
    with BlockWriter(folder / "vectors" / str(number), **size) as writer:
        writer.add(passages, sentences)


def _index(folder: Path, passages: Vectors, sentences: Vectors, *, dead: Rows = NONE) -> DenseIndex:
    _block(folder, 1, passages[:7], sentences[:50])
    _block(folder, 2, passages[7:], sentences[50:])
    write_dense(folder, dead, previous=None, ask=_ask)
    return DenseIndex.open(folder)


@pytest.fixture
def clustered(monkeypatch: pytest.MonkeyPatch) -> None:
    """From 100 rows on the index is an inverted file, with small codes for small vectors."""
    monkeypatch.setattr(dense_writer, "EXACT_ROWS", 100)
    monkeypatch.setattr(dense_writer, "_CODES", "PQ8x4fs")


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


def test_dead_rows_are_not_found(tmp_path: Path) -> None:
    """Rows that are dead are not found, with and without others excluded, and no fewer of the rest are."""
    passages = _unit(1, ROWS)
    dead = np.array([0, 8, 9, 63, 64, ROWS - 1])
    index = _index(tmp_path, passages, _unit(2, SENTENCES), dead=dead)
    assert index.dead.tolist() == dead.tolist()
    question = _unit(3, 1)[0]
    ranked = [row for row in np.argsort(-(passages @ question)).tolist() if row not in dead]
    assert index.search(question, ROWS, exclude=NONE).rows.tolist() == ranked
    exclude = np.sort(ranked[:5])
    assert index.search(question, 10, exclude=exclude).rows.tolist() == ranked[5:15]


class Watched:
    """A FAISS index, and on how many threads each search of it ran."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self.threads: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def search(self, *asked: Any, params: Any) -> Any:
        """What the index finds."""
        self.threads.append(faiss.omp_get_max_threads())
        return self._index.search(*asked, params=params)


def test_one_thread_searches(tmp_path: Path) -> None:
    """FAISS searches on one thread, whoever asks, and has as many as before for what else it does."""
    passages, question = _unit(1, ROWS), _unit(3, 1)[0]
    _block(tmp_path, 1, passages, _unit(2, SENTENCES))
    clusters: Any = faiss.index_factory(DIMENSION, "IVF1,Flat", faiss.METRIC_INNER_PRODUCT)
    clusters.train(passages)
    clusters.add(passages)
    watched = Watched(clusters)
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(3)
    try:
        found = DenseIndex(watched, VectorStore.open(tmp_path), NONE).search(question, 9, exclude=NONE)
        assert (watched.threads, faiss.omp_get_max_threads()) == ([1], 3)
    finally:
        faiss.omp_set_num_threads(before)
    assert found.rows.tolist() == np.argsort(-(passages @ question))[:9].tolist()


@pytest.mark.usefixtures("clustered")
def test_clusters_find_the_nearest(tmp_path: Path) -> None:
    """An inverted file finds what exhaustive search finds, dead and excluded rows left out, in its order and scores."""
    passages = _unit(1, 2000)
    dead = np.arange(5)
    _block(tmp_path, 1, passages, _unit(2, SENTENCES))
    facts = write_dense(tmp_path, dead, previous=None, ask=_ask)
    assert facts.kind.startswith("IVF179,PQ8x4fs, ")
    assert facts.recall >= dense_writer.LEAST_RECALL
    index = DenseIndex.open(tmp_path)
    shares = []
    for question in _unit(3, 30):
        cosines = passages @ question
        ranked = [row for row in np.argsort(-cosines).tolist() if row not in dead]
        found = index.search(question, 50, exclude=np.array(sorted(ranked[:3])))
        shares.append(len(set(found.rows[:10].tolist()) & set(ranked[3:13])) / 10)
        np.testing.assert_allclose(found.scores, cosines[found.rows], atol=1e-6)
        assert np.all(np.diff(found.scores) <= 0)
    assert np.mean(shares) >= 0.95


@pytest.mark.usefixtures("clustered")
def test_recall_is_that_of_questions(tmp_path: Path) -> None:
    """As many clusters are searched as the questions need, of which passages themselves need few."""
    passages = _unit(1, 2000)
    probes = []
    for number, ask in enumerate((lambda rows: passages[rows], _ask)):
        folder = tmp_path / str(number)
        _block(folder, 1, passages, _unit(2, SENTENCES))
        facts = write_dense(folder, NONE, previous=None, ask=ask)
        probes.append(int(facts.kind.split(", ")[1].removesuffix(" probes")))
    assert probes[0] <= probes[1]
    index = DenseIndex.open(tmp_path / "1")
    questions = _ask(np.arange(200))
    found = [index.search(question, 50, exclude=NONE).rows[:10].tolist() for question in questions]
    nearest = [np.argsort(-(passages @ question))[:10].tolist() for question in questions]
    shares = [len(set(got) & set(best)) / 10 for got, best in zip(found, nearest, strict=True)]
    assert np.mean(shares) == pytest.approx(facts.recall)


@pytest.mark.usefixtures("clustered")
def test_more_than_many_clusters_are_searched_only_for_the_least(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where what is wanted is not to be had, the search ends at a quarter of the clusters that finds the least."""
    monkeypatch.setattr(dense_writer, "_WANTED_RECALL", 1.1)
    monkeypatch.setattr(dense_writer, "LEAST_RECALL", 0.5)
    _block(tmp_path, 1, _unit(1, 2000), _unit(2, SENTENCES))
    facts = write_dense(tmp_path, NONE, previous=None, ask=_ask)
    assert facts.kind == "IVF179,PQ8x4fs, 60 probes"
    assert 0.5 <= facts.recall < 1.0


@pytest.mark.usefixtures("clustered")
def test_clusters_are_taken_further(tmp_path: Path) -> None:
    """Rows that are added join the clusters that were learnt; when there are twice as many these are learnt anew."""
    passages, sentences = _unit(1, 1300), _unit(2, SENTENCES)
    kinds = []
    for number, rows in enumerate((500, 600, 1300)):
        folder = tmp_path / str(number)
        _block(folder, 1, passages[:rows], sentences)
        previous = Written(tmp_path / str(number - 1), 1.0, 500) if number else None
        kinds.append(write_dense(folder, NONE, previous=previous, ask=_ask).kind.partition(",")[0])
        assert DenseIndex.open(folder).search(passages[rows - 1], 1, exclude=NONE).rows.tolist() == [rows - 1]
    assert kinds == ["IVF89", "IVF89", "IVF144"]


@pytest.mark.usefixtures("clustered")
def test_recall_is_measured_when_enough_has_changed(tmp_path: Path) -> None:
    """The recall from before stands until a fiftieth of the rows came or went; then it is measured anew."""
    passages, sentences = _unit(1, 600), _unit(2, SENTENCES)
    facts = []
    for number, (rows, dead) in enumerate([(500, []), (505, [7, 8]), (505, range(12)), (600, [])]):
        folder = tmp_path / str(number)
        _block(folder, 1, passages[:rows], sentences)
        previous = Written(tmp_path / "0", 0.99, 500) if number else None
        facts.append(write_dense(folder, np.array(dead, np.int64), previous=previous, ask=_ask))
    assert [one.measured for one in facts] == [500, 500, 517, 600]
    assert facts[1].recall == 0.99
    assert all(one.recall != 0.99 for one in facts[2:])


@pytest.mark.usefixtures("clustered")
def test_poor_recall_never_goes_live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where clusters do not reach the recall that is asked for, the index is exhaustive."""
    monkeypatch.setattr(dense_writer, "LEAST_RECALL", 1.1)
    _block(tmp_path, 1, _unit(1, 500), _unit(2, SENTENCES))
    assert write_dense(tmp_path, NONE, previous=None, ask=_ask) == DenseFacts("Flat", 1.0, 500)


@pytest.mark.parametrize("name", [PASSAGES_FILE, DEAD_FILE])
@pytest.mark.parametrize("harm", ["gone", "empty", "cut", "noise"])
def test_damage_is_told(tmp_path: Path, name: str, harm: str) -> None:
    """A file that is missing, cut off or no index at all is refused with the command that mends it."""
    _index(tmp_path, _unit(1, ROWS), _unit(2, SENTENCES), dead=np.arange(5))
    path = tmp_path / name
    content = path.read_bytes()
    path.unlink()
    if harm != "gone":
        path.write_bytes({"empty": b"", "cut": content[: len(content) // 2], "noise": b"\x93NUMP" * 99}[harm])
    with pytest.raises(IndexUnavailable, match=rf"damaged .*{name}.*qa-bot index --rebuild") as caught:
        DenseIndex.open(tmp_path)
    assert caught.value.path == path


@pytest.mark.parametrize("limit", [100, 20_000, 63_999])
def test_full_disk_is_told(tmp_path: Path, limit: int) -> None:
    """Where the file cannot take all vectors, down to its last bytes, there is an error and no silent loss."""
    _block(tmp_path, 1, np.ones((500, 32), np.float32), np.ones((10, 32), np.float32))
    command = [sys.executable, "-c", WRITE_LIMITED, str(tmp_path), str(limit)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "told\n"


@pytest.mark.parametrize("count", [3, 60, 180])
def test_only_some_rows(tmp_path: Path, count: int) -> None:
    """Among rows that are given, the order is that of brute force; dead and excluded ones are never found."""
    passages = _unit(1, ROWS)
    index = _index(tmp_path, passages, _unit(2, SENTENCES), dead=np.array([5], np.int64))
    question = _unit(3, 1)[0]
    only = np.arange(count, dtype=np.int64)

    found = index.search(question, 4, exclude=np.array([1], np.int64), only=only)

    cosines = passages @ question
    expected = [row for row in np.lexsort((np.arange(ROWS), -cosines)).tolist() if row < count and row not in (1, 5)]
    assert found.rows.tolist() == expected[:4]
    assert index.search(question, 4, exclude=NONE, only=NONE).rows.tolist() == []
