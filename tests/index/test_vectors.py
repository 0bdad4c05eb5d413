import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from qa_bot.errors import IndexUnavailable
from qa_bot.index.vectors import BlockWriter, VectorStore, finished_vectors
from qa_bot.types import Vectors

DIMENSION = 8
WRITE_LIMITED = """
import resource, sys
from pathlib import Path
import numpy as np
from qa_bot.index.vectors import BlockWriter
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    with BlockWriter(Path(sys.argv[1]) / "vectors" / "1", passages=500, sentences=2000, dimension=32) as writer:
        writer.add(np.ones((500, 32), np.float32), np.ones((2000, 32), np.float32))
except OSError:
    print("told")
"""


def _numbers(seed: int, count: int) -> Vectors:
    return np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)


def _block(folder: Path, number: int, passages: Vectors, sentences: Vectors) -> BlockWriter:
    size = {"passages": len(passages), "sentences": len(sentences), "dimension": DIMENSION}
    return BlockWriter(folder / "vectors" / str(number), **size)


def _store(folder: Path, passages: Vectors, sentences: Vectors) -> VectorStore:
    parts = (passages[:7], sentences[:50]), (passages[7:8], sentences[50:51]), (passages[8:], sentences[51:])
    for number, part in zip((3, 7, 10), parts, strict=True):
        with _block(folder, number, *part) as writer:
            writer.add(*part)
    return VectorStore.open(folder)


def test_blocks_are_one(tmp_path: Path) -> None:
    """Rows and sentences are numbered through all blocks, in the order of the blocks' numbers; rows come to the bit."""
    passages, sentences = _numbers(1, 20), _numbers(2, 90)
    store = _store(tmp_path, passages, sentences)
    assert (store.rows, store.sentences, store.dimension) == (20, 90, DIMENSION)
    np.testing.assert_array_equal(store.passage_vectors([19, 7, 0, 6, 7]), passages[[19, 7, 0, 6, 7]])
    np.testing.assert_array_equal(store.sentence_vectors(48, 6), sentences[48:54].astype(np.float16))
    assert store.passage_vectors([]).shape == (0, DIMENSION)


def test_finished_part_of_a_block(tmp_path: Path) -> None:
    """Of a block that was cut off what had been kept is there, and no more."""
    passages, sentences = _numbers(1, 20), _numbers(2, 90)
    writer = _block(tmp_path, 1, passages, sentences)
    writer.add(passages[:5], sentences[:30])
    writer.keep()
    writer.add(passages[5:9], sentences[30:40])
    found = finished_vectors(tmp_path)
    assert found.rows == 5
    np.testing.assert_array_equal(found.passage_vectors(range(5)), passages[:5])
    np.testing.assert_array_equal(found.sentence_vectors(0, 30), sentences[:30].astype(np.float16))
    with pytest.raises(IndexUnavailable, match=r"damaged .*passages\.npy"):
        VectorStore.open(tmp_path)
    writer.__exit__()


def test_nothing_finished(tmp_path: Path) -> None:
    """A build that was cut off before its first block has finished nothing."""
    assert finished_vectors(tmp_path).rows == 0


@pytest.mark.parametrize("name", ["passages.npy", "sentences.npy"])
@pytest.mark.parametrize("harm", ["gone", "empty", "cut", "noise"])
def test_damage_is_told(tmp_path: Path, name: str, harm: str) -> None:
    """A file that is missing, cut off or no array at all is refused with the command that mends it."""
    _store(tmp_path, _numbers(1, 20), _numbers(2, 90))
    path = tmp_path / "vectors" / "10" / name
    content = path.read_bytes()
    path.unlink()
    if harm != "gone":
        path.write_bytes({"empty": b"", "cut": content[: len(content) // 2], "noise": b"\x93NUMP" * 99}[harm])
    with pytest.raises(IndexUnavailable, match=rf"damaged .*{name}.*qa-bot index --rebuild") as caught:
        VectorStore.open(tmp_path)
    assert caught.value.path == path


@pytest.mark.parametrize("limit", [100, 20_000, 64_100])
def test_full_disk_is_told(tmp_path: Path, limit: int) -> None:
    """Where a file cannot take all vectors there is an error and no silent loss."""
    command = [sys.executable, "-c", WRITE_LIMITED, str(tmp_path), str(limit)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "told\n"
