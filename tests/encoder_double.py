"""A sentence-transformers model in small: a hashed bag of letter pairs, stored as a real ONNX model.

Texts that share words have like vectors, and no text has to be known before. All numbers are whole, so sums are
exact however texts are batched, and vectors do not depend on what else was encoded.
"""

import hashlib
import string
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from qa_bot.models.encoder import MODEL_FILE, PARTS, TOKENIZER_FILE, WHOLE, EncoderCard, OnnxEncoder, Precision

DIMENSION = 32
MODEL = "letter-pairs"
_OPSET = 17


def card(name: str = MODEL, *, precision: Precision = "fp32", window: int = 64) -> EncoderCard:
    """The card of the small model."""
    return EncoderCard(name, precision, DIMENSION, window, ("input_ids", "attention_mask"), "", "", 1.0)


def export_double(folder: Path, encoder_card: EncoderCard) -> OnnxEncoder:
    """The small model in `folder`, as an index carries it."""
    folder.mkdir(parents=True, exist_ok=True)
    pieces = _pieces()
    _tokenizer(pieces).save(str(folder / TOKENIZER_FILE))
    onnx.save(_bag(np.stack([_vector(piece) for piece in pieces])), str(folder / MODEL_FILE))
    encoder_card.write(folder)
    return OnnxEncoder.load(folder)


class SmallSource:
    """Stands where `SourceModel` stands; exports in no time."""

    def __init__(self, name: str) -> None:
        self.name = name

    @classmethod
    def load(cls, name: str) -> "SmallSource":
        """The small model under any name."""
        return cls(name)


def export_small(
    source: SmallSource, folder: Path, texts: Sequence[str], *, precision: Precision
) -> tuple[OnnxEncoder, str | None]:
    """Stands where `export_checked` stands."""
    assert texts, "an encoder is checked on texts of the corpus"
    return export_double(folder, card(source.name, precision=precision)), None


def _pieces() -> list[str]:
    letters = string.ascii_lowercase + string.digits
    whole = [*letters, *(a + b for a in letters for b in letters)]
    return ["[UNK]", *whole, *(f"##{piece}" for piece in whole)]


def _vector(piece: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    digest = hashlib.sha256(piece.removeprefix("##").encode()).digest()
    return np.array([1.0 if byte & 1 else -1.0 for byte in digest], dtype=np.float32)


def _tokenizer(pieces: list[str]) -> Tokenizer:
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))  # noqa: S106
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def _bag(table: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> onnx.ModelProto:
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["vectors"]),
        helper.make_node("Cast", ["attention_mask"], ["real"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["real", "last"], ["column"]),
        helper.make_node("Mul", ["vectors", "column"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "middle"], [WHOLE], keepdims=0),
        helper.make_node("Gather", ["kept", "first"], ["tokens"]),
        helper.make_node("MatMul", ["parts", "tokens"], [PARTS]),
    ]
    tokens = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    tokens.append(helper.make_tensor_value_info("parts", TensorProto.FLOAT, ["parts", "tokens"]))
    embeddings = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [rows, DIMENSION])
        for name, rows in ((WHOLE, "batch"), (PARTS, "parts"))
    ]
    constants = [
        numpy_helper.from_array(table, "table"),
        numpy_helper.from_array(np.array([2]), "last"),
        numpy_helper.from_array(np.array([1]), "middle"),
        numpy_helper.from_array(np.array(0), "first"),
    ]
    graph = helper.make_graph(nodes, "bag", tokens, embeddings, constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=8)
