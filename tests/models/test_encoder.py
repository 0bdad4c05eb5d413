from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from encoder_double import DIMENSION, card, export_double

from qa_bot.errors import ModelUnavailable
from qa_bot.models.encoder import CARD_FILE, MODEL_FILE, TOKENIZER_FILE, EncoderCard, OnnxEncoder

TEXTS = ["Russian troops", "A much longer text of many words about hospitals south of Gomel", "x", "", "Russian troops"]


@pytest.fixture
def encoder(tmp_path: Path) -> OnnxEncoder:
    """The small model."""
    return export_double(tmp_path, card(window=16))


def test_card_round_trip(tmp_path: Path) -> None:
    """A card is read as it was written."""
    written = replace(card(precision="int8"), question_prompt="query: ", fidelity=0.9876)
    written.write(tmp_path)
    assert EncoderCard.read(tmp_path) == written


def test_order_is_that_of_the_texts(encoder: OnnxEncoder) -> None:
    """Vectors come back in the order of the texts, whatever batches they were encoded in."""
    many = TEXTS * 20
    vectors = encoder.encode_passages(many)
    assert vectors.shape == (100, DIMENSION)
    for i, text in enumerate(many):
        np.testing.assert_array_equal(vectors[i], encoder.encode_passages([text])[0])
    assert encoder.encode_passages([]).shape == (0, DIMENSION)


def test_vectors_are_unit(encoder: OnnxEncoder) -> None:
    """Questions and passages have length 1; a text without a token has no direction, but no error either."""
    assert np.linalg.norm(encoder.encode_question("Where?")) == pytest.approx(1)
    lengths = np.linalg.norm(encoder.encode_passages(TEXTS), axis=1)
    np.testing.assert_allclose(lengths, [1, 1, 1, 0, 1], atol=1e-6)


def test_like_texts_have_like_vectors(encoder: OnnxEncoder) -> None:
    """The nearest text shares the question's words."""
    cosines = encoder.encode_passages(TEXTS[:3]) @ encoder.encode_question("hospitals of Gomel")
    assert cosines.argmax() == 1


def test_prompts(tmp_path: Path) -> None:
    """Questions and passages are encoded behind their own prompts, which take room from the window."""
    plain = export_double(tmp_path / "plain", card(window=16))
    prompted = export_double(
        tmp_path / "prompted", replace(card(window=16), question_prompt="ask ", passage_prompt="read it ")
    )
    np.testing.assert_array_equal(prompted.encode_question("who"), plain.encode_question("ask who"))
    np.testing.assert_array_equal(prompted.encode_passages(["who"]), plain.encode_passages(["read it who"]))
    assert (plain.window, prompted.window) == (16, 13)


def test_count_tokens(encoder: OnnxEncoder) -> None:
    """Tokens are counted beyond the window, and counting does not change what is encoded."""
    before = encoder.encode_passages(TEXTS)
    assert encoder.count_tokens(["", "ab", "abcde x", "ab " * 1000]) == [0, 1, 4, 1000]
    assert encoder.count_tokens([]) == []
    np.testing.assert_array_equal(encoder.encode_passages(TEXTS), before)


def test_words_beyond_the_window_do_not_count(encoder: OnnxEncoder) -> None:
    """A text is cut at the window."""
    np.testing.assert_array_equal(encoder.encode_question("ab " * 16 + "zz"), encoder.encode_question("ab " * 16))


@pytest.mark.parametrize("name", [MODEL_FILE, TOKENIZER_FILE, CARD_FILE])
@pytest.mark.parametrize("content", [None, b"", b"{}", b"[1]", b"\x00\xff" * 50])
def test_damage_is_told(encoder: OnnxEncoder, tmp_path: Path, name: str, content: bytes | None) -> None:
    """A file that is missing or damaged is refused with the command that mends it."""
    del encoder
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelUnavailable, match="run `qa-bot index --rebuild`"):
        OnnxEncoder.load(tmp_path)
