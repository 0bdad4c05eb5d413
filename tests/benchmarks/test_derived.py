from pathlib import Path

import numpy as np
import pytest
from derived import DerivedEncoder, compare, with_strays
from encoder_double import card, export_double
from sentence_table import SentenceTable, TokenReader, parted, read_sentences
from texts import Paragraph

from qa_bot.models.encoder import OnnxEncoder, Parted

SENTENCES = ("The harbour was built in 1801.", "It cost three crowns.", "Boats saw the mill.", "Nobody came back.")
TITLE = "The town"


@pytest.fixture
def encoder(tmp_path: Path) -> OnnxEncoder:
    """The small model, whose tokens take no notice of each other."""
    return export_double(tmp_path / "encoder", card())


@pytest.fixture
def table(encoder: OnnxEncoder, tmp_path: Path) -> SentenceTable:
    """Two real paragraphs of two sentences each, read, written and opened again."""
    real = [
        Paragraph("1", TITLE, " ".join(SENTENCES[:2]), SENTENCES[:2]),
        Paragraph("2", TITLE, " ".join(SENTENCES[2:]), SENTENCES[2:]),
    ]
    read_sentences(real, encoder, TokenReader.over(tmp_path / "encoder")).write(tmp_path / "table")
    return SentenceTable.read(tmp_path / "table")


def made(encoder: OnnxEncoder, *sentences: str) -> Parted:
    """A paragraph of those sentences as the product titles it."""
    (text,) = parted(Paragraph("made", TITLE, " ".join(sentences), sentences), encoder)
    return text


def deriving(table: SentenceTable, tmp_path: Path) -> DerivedEncoder:
    """The small model behind the table."""
    DerivedEncoder.table = table
    loaded = DerivedEncoder.load(tmp_path / "encoder")
    assert isinstance(loaded, DerivedEncoder)
    return loaded


def test_derived_are_the_real_ones(encoder: OnnxEncoder, table: SentenceTable, tmp_path: Path) -> None:
    """Where tokens take no notice of their neighbours, derived vectors are the real ones, of parts as well."""
    text = made(encoder, SENTENCES[3], SENTENCES[0], SENTENCES[1])

    found = deriving(table, tmp_path).derive(text)

    ((whole, parts),) = encoder.encode_parted([text])
    assert found
    assert np.allclose(found[0], whole, atol=2e-3)
    assert np.allclose(found[1], parts, atol=2e-3)


def test_two_sentences_taken_for_one(encoder: OnnxEncoder, table: SentenceTable, tmp_path: Path) -> None:
    """A part may be two real sentences; its vector is that of their tokens together."""
    whole = made(encoder, SENTENCES[1], SENTENCES[2])
    joined = Parted(whole.text, ((whole.parts[0][0], whole.parts[1][1]),))

    found = deriving(table, tmp_path).derive(joined)

    ((_, parts),) = encoder.encode_parted([joined])
    assert found
    assert np.allclose(found[1], parts, atol=2e-3)


def test_unknown_sentences_are_encoded(encoder: OnnxEncoder, table: SentenceTable, tmp_path: Path) -> None:
    """A passage with a sentence that is in no real paragraph is encoded as usual, in its place among the others."""
    texts = [
        made(encoder, SENTENCES[2]),
        made(encoder, SENTENCES[0], "A new bridge opened."),
        made(encoder, SENTENCES[1]),
    ]

    wholes = [whole[0] for whole, _ in deriving(table, tmp_path).encode_parted(texts)]

    real = [whole[0] for whole, _ in encoder.encode_parted(texts)]
    assert np.array_equal(wholes[1], real[1])
    assert np.allclose(wholes[0], real[0], atol=2e-3)
    assert np.allclose(wholes[2], real[2], atol=2e-3)


def test_strays(encoder: OnnxEncoder, table: SentenceTable, tmp_path: Path) -> None:
    """What derived vectors miss is kept as real less derived, here nothing to speak of; the same text strays alike."""
    texts = [made(encoder, SENTENCES[0], SENTENCES[3]), made(encoder, SENTENCES[2], SENTENCES[1])]

    strays = with_strays(table, texts, encoder).strays

    assert strays.shape == (2, encoder.dimension)
    assert np.abs(strays).max() < 2e-3
    DerivedEncoder.table = with_strays(table, texts, encoder)
    one, again = (deriving(DerivedEncoder.table, tmp_path).derive(texts[0]) for _ in range(2))
    assert one
    assert again
    assert np.array_equal(one[0], again[0])


def test_comparison_shows_both(encoder: OnnxEncoder, table: SentenceTable) -> None:
    """Real and derived vectors have a row each, alike where the vectors are."""
    rng = np.random.default_rng(0)
    texts = [made(encoder, *rng.permutation(SENTENCES).tolist()[: rng.integers(1, 5)]) for _ in range(300)]

    real, derived = (line.split("|")[2:4] for line in compare(table, texts, encoder).splitlines()[2:4])

    assert [cell.split(" / ")[0][:4] for cell in real] == [cell.split(" / ")[0][:4] for cell in derived]
