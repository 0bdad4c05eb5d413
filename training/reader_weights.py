"""The weights of an exported reader, back as the model that is trained: a new run can go on from the reader shipped."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from reader_model import ReaderModel
from torch import Tensor

# How the quantizer names a matrix product, and what belongs to its matrix.
_PRODUCT, _MATRIX, _SCALE, _ZERO = "/MatMul_quant", "_quantized", "_scale", "_zero_point"
# What smoothing.py multiplies the inputs of a layer by; its matrix is divided by it.
_EVEN = "even"

# The one weight that an export does not give back.
WORDS = "body.embeddings.word_embeddings.weight"


def exported_reader(path: Path) -> ReaderModel:
    """The reader of the int8 model in `path`, ready to be trained on or exported again."""
    model = ReaderModel()
    model.load_state_dict({WORDS: model.state_dict()[WORDS], **exported_weights(path)})
    return model


def exported_weights(path: Path) -> dict[str, Tensor]:
    """The state of a `ReaderModel` from the int8 model in `path`, its matrices as exact as int8 leaves them.

    The words' embeddings are left out: training leaves them as they are in the body.
    """
    graph = onnx.load(str(path)).graph
    arrays = {array.name: numpy_helper.to_array(array) for array in graph.initializer}
    weights = {
        name.removeprefix("model."): array for name, array in arrays.items() if name.endswith((".bias", "Norm.weight"))
    }
    for node in graph.node:
        if node.op_type == "MatMulInteger" and node.name.endswith(_PRODUCT):
            name = node.name.removeprefix("/model/").removesuffix(_PRODUCT).replace("/", ".")
            # A matrix multiplies from the right, one scale a column; a layer of torch holds it the other way round.
            matrix = _plain(arrays, node.input[1].removesuffix(_MATRIX)).T
            weights[f"{name}.weight"] = matrix * arrays.get(f"model.{name}.{_EVEN}", 1.0)
    for table in ("token_type", "position"):
        name = f"body.embeddings.{table}_embeddings.weight"
        weights[name] = _plain(arrays, f"model.{name}")
    return {name: torch.from_numpy(array.astype(np.float32)) for name, array in weights.items()}


def _plain(arrays: dict[str, NDArray[Any]], name: str) -> NDArray[np.float32]:
    """The matrix of that name as plain numbers."""
    shifted = arrays[name + _MATRIX].astype(np.float32) - arrays[name + _ZERO].astype(np.float32)
    plain: NDArray[np.float32] = shifted * arrays[name + _SCALE]
    return plain
