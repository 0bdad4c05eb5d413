"""A reader in small, stored as a real ONNX model: it answers with numbers, near the words of the question.

The margin of a number is how many words of the question stand within `REACH` tokens of it, less `NEEDED`; a title
stands before its passage. A word is one of at least four letters, known by its first four, and counts as often as it
occurs. Any other span is far below. As with int8, scores depend on what goes through together: they are multiplied by
the number of rows. All numbers are whole, so scores are exact.
"""

import hashlib
import json
import string
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from qa_bot.models.reader_input import CLS, SEP
from qa_bot.models.span_model import CARD_FILE, FORMAT, MODEL_FILE, TOKENIZER_FILE, SpanModel

READER = "numbers"
# Four or five words to either side: a token is two letters.
REACH = 12
# So many words of the question tie with "it is not here".
NEEDED = 1
# What a start or an end that is not in a number costs.
FAR = 100
# Pieces come after the special tokens of BERT's vocabulary.
_UNKNOWN, _FIRST_PIECE = 100, 104
_OPSET = 17


def export_reader(folder: Path, *, name: str = READER) -> SpanModel:
    """The small reader in `folder`, as an index carries it."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = _vocabulary()
    reader_tokenizer(vocabulary).save(str(folder / TOKENIZER_FILE))
    onnx.save(_model(vocabulary), str(folder / MODEL_FILE))
    digests = {file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in (MODEL_FILE, TOKENIZER_FILE)}
    card = {"format": FORMAT, "name": name, "sha256": digests, "runs": []}
    (folder / CARD_FILE).write_text(json.dumps(card), encoding="utf-8")
    return SpanModel.load(folder)


def reader_tokenizer(vocabulary: list[str] | None = None) -> Tokenizer:
    """BERT's tokenizer with pieces of one or two letters or digits; a word of any other is one unknown token."""
    numbered = {piece: number for number, piece in enumerate(vocabulary or _vocabulary())}
    tokenizer = Tokenizer(models.WordPiece(numbered, unk_token="[UNK]"))  # noqa: S106
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def _vocabulary() -> list[str]:
    special = [f"[unused{number}]" for number in range(_FIRST_PIECE)]
    special[0], special[_UNKNOWN], special[CLS], special[SEP] = "[PAD]", "[UNK]", "[CLS]", "[SEP]"
    letters = string.ascii_lowercase + string.digits
    whole = [*letters, *(a + b for a in letters for b in letters)]
    return [*special, *whole, *(f"##{piece}" for piece in whole)]


def _tables(vocabulary: list[str]) -> dict[str, NDArray[np.int64] | NDArray[np.float32]]:
    """What is known of each token."""
    pairs = [len(piece.removeprefix("##")) == 2 and piece.removeprefix("##").isalpha() for piece in vocabulary]
    heads = np.array([pair and not piece.startswith("##") for pair, piece in zip(pairs, vocabulary, strict=True)])
    tails = np.array([pair and piece.startswith("##") for pair, piece in zip(pairs, vocabulary, strict=True)])
    numbers = np.array([piece.removeprefix("##").isdigit() for piece in vocabulary])
    starts, ends = np.where(numbers, 0, -FAR), np.where(numbers, 0, -FAR)
    starts[CLS], ends[CLS] = NEEDED, 0
    whole = {"heads": heads.astype(np.int64), "tails": tails.astype(np.int64)}
    real = {"numbers": numbers, "start_scores": starts, "end_scores": ends}
    return {**whole, **{name: table.astype(np.float32) for name, table in real.items()}}


def _model(vocabulary: list[str]) -> onnx.ModelProto:
    constants = {
        **_tables(vocabulary),
        "size": np.array(len(vocabulary)),
        "one": np.array([1]),
        "two": np.array([2]),
        "none": np.array([0]),
        "all": np.array([np.iinfo(np.int64).max]),
        "after": np.array([0, 0, 0, 1]),
        "reach": np.ones((1, 1, 2 * REACH + 1), dtype=np.float32),
    }
    graph = helper.make_graph(
        [*_stem_nodes(), *_match_nodes(), *_score_nodes()],
        "numbers",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["rows", "tokens"])
            for name in ("ids", "types", "mask")
        ],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", "tokens"]) for name in ("starts", "ends")],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=8)


def _stem_nodes() -> list[onnx.NodeProto]:
    """`stems`: one number for the first four letters of a word, at its first token; 0 elsewhere."""
    return [
        helper.make_node("Slice", ["ids", "one", "all", "one"], ["moved"]),
        helper.make_node("Pad", ["moved", "after"], ["following"]),
        helper.make_node("Gather", ["heads", "ids"], ["head"]),
        helper.make_node("Gather", ["tails", "following"], ["tail"]),
        helper.make_node("Mul", ["head", "tail"], ["word"]),
        helper.make_node("Mul", ["word", "mask"], ["is_word"]),
        helper.make_node("Mul", ["ids", "size"], ["large"]),
        helper.make_node("Add", ["large", "following"], ["both"]),
        helper.make_node("Mul", ["both", "is_word"], ["stems"]),
    ]


def _match_nodes() -> list[onnx.NodeProto]:
    """`known`: 1 at each word of title and passage that the question has, 0 elsewhere."""
    return [
        helper.make_node("Sub", ["one", "types"], ["asking"]),
        helper.make_node("Mul", ["stems", "asking"], ["asked"]),
        helper.make_node("Unsqueeze", ["asked", "one"], ["asked_row"]),
        helper.make_node("Unsqueeze", ["stems", "two"], ["stems_column"]),
        helper.make_node("Equal", ["stems_column", "asked_row"], ["equal"]),
        helper.make_node("Cast", ["equal"], ["matches"], to=TensorProto.INT64),
        helper.make_node("ReduceMax", ["matches"], ["matched"], axes=[2], keepdims=0),
        helper.make_node("Mul", ["matched", "is_word"], ["matched_word"]),
        helper.make_node("Mul", ["matched_word", "types"], ["known"]),
    ]


def _score_nodes() -> list[onnx.NodeProto]:
    """`starts` and `ends`, of which only the start of a number is the better for the words around it."""
    return [
        helper.make_node("Cast", ["known"], ["known_real"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["known_real", "one"], ["channel"]),
        helper.make_node("Conv", ["channel", "reach"], ["sums"], pads=[REACH, REACH]),
        helper.make_node("Squeeze", ["sums", "one"], ["near"]),
        helper.make_node("Gather", ["numbers", "ids"], ["number"]),
        helper.make_node("Mul", ["near", "number"], ["reward"]),
        helper.make_node("Gather", ["start_scores", "ids"], ["start_score"]),
        helper.make_node("Add", ["start_score", "reward"], ["start_alone"]),
        helper.make_node("Gather", ["end_scores", "ids"], ["end_alone"]),
        helper.make_node("Shape", ["ids"], ["shape"]),
        helper.make_node("Gather", ["shape", "none"], ["row_count"]),
        helper.make_node("Cast", ["row_count"], ["rows"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["start_alone", "rows"], ["starts"]),
        helper.make_node("Mul", ["end_alone", "rows"], ["ends"]),
    ]
