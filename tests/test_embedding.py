from pathlib import Path

import numpy as np
import pytest
from encoder_double import DIMENSION, card, export_double

from qa_bot.embedding import embed, with_title
from qa_bot.index.dense import DenseIndex, DenseWriter
from qa_bot.index.store import StoredPassage
from qa_bot.models.encoder import OnnxEncoder
from qa_bot.types import Article, Passage

TEXT = "The mill\n\nIt burned. Nobody was hurt."
ARTICLE = Article("a", "corpus/a.txt", "The mill", TEXT, None, None, None, None, "h")
HEAD = StoredPassage(Passage(ARTICLE, 0, 20, ((0, 8), (10, 20))), 0)
TAIL = StoredPassage(Passage(ARTICLE, 21, len(TEXT), ((21, len(TEXT)),)), 2)


@pytest.fixture
def encoder(tmp_path: Path) -> OnnxEncoder:
    """The small model."""
    return export_double(tmp_path / "encoder", card())


def _embed(
    folder: Path,
    passages: list[StoredPassage],
    encoder: OnnxEncoder,
    previous: DenseIndex | None = None,
    reused: dict[int, tuple[int, int]] | None = None,
) -> list[int]:
    count = sum(len(stored.passage.sentences) for stored in passages)
    folder.mkdir()
    with DenseWriter(folder, dimension=DIMENSION, sentences=count) as writer:
        done = list(embed(passages, encoder, writer, previous=previous, reused=reused or {}))
        writer.finish()
    return done


def test_with_title() -> None:
    """The title stands before a part of the article, but not twice."""
    assert with_title("The mill", "It burned.") == "The mill\nIt burned."
    assert with_title("The mill", "The mill\n\nIt burned.") == "The mill\n\nIt burned."
    assert with_title("", "It burned.") == "It burned."


def test_vectors(tmp_path: Path, encoder: OnnxEncoder) -> None:
    """Passages and sentences are encoded behind the title, in the order of rows."""
    _embed(tmp_path / "new", [HEAD, TAIL], encoder)
    index = DenseIndex.open(tmp_path / "new")
    expected = encoder.encode_passages([TEXT[:20], "The mill\nNobody was hurt."])
    np.testing.assert_array_equal(index.passage_vectors([0, 1]), expected)
    sentences = encoder.encode_passages(["The mill", "The mill\nIt burned.", "The mill\nNobody was hurt."])
    np.testing.assert_array_equal(index.sentence_vectors(0, 3), sentences.astype(np.float16))


def test_reused_vectors_are_copied(tmp_path: Path, encoder: OnnxEncoder) -> None:
    """A passage that was there before gets the vectors of its old row, also where the order has changed."""
    _embed(tmp_path / "old", [HEAD, TAIL], encoder)
    old = DenseIndex.open(tmp_path / "old")
    fresh = StoredPassage(Passage(ARTICLE, 10, 20, ((10, 20),)), 1)
    passages = [StoredPassage(TAIL.passage, 0), fresh, StoredPassage(HEAD.passage, 2)]
    _embed(tmp_path / "new", passages, encoder, previous=old, reused={0: (1, 2), 2: (0, 0)})
    new = DenseIndex.open(tmp_path / "new")
    np.testing.assert_array_equal(new.passage_vectors([0, 2]), old.passage_vectors([1, 0]))
    expected = np.concatenate([old.sentence_vectors(2, 1), old.sentence_vectors(1, 1), old.sentence_vectors(0, 2)])
    np.testing.assert_array_equal(new.sentence_vectors(0, 4), expected)


def test_blocks(tmp_path: Path, encoder: OnnxEncoder) -> None:
    """Progress is told after each block of 256, and every row is written."""
    assert _embed(tmp_path / "new", [TAIL] * 600, encoder) == [256, 512, 600]
    vectors = DenseIndex.open(tmp_path / "new").passage_vectors(np.arange(600))
    np.testing.assert_array_equal(vectors, np.repeat(vectors[:1], 600, axis=0))


def test_nothing_to_embed(tmp_path: Path, encoder: OnnxEncoder) -> None:
    """Without passages nothing is told, and an index without rows can be opened and asked."""
    assert _embed(tmp_path / "new", [], encoder) == []
    index = DenseIndex.open(tmp_path / "new")
    assert index.search(encoder.encode_question("mill"), 5, exclude=np.empty(0, np.int64)).rows.tolist() == []
