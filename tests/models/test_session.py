"""How models run."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from qa_bot.models.session import has_vnni, open_session

_ROWS, _DEPTH, _COLUMNS = 3, 64, 5


def _product(path: Path, weights: np.ndarray) -> Path:
    """A model in which activations in int8 are multiplied with the weights, as in an int8 export."""
    given = helper.make_tensor_value_info("given", TensorProto.UINT8, [_ROWS, _DEPTH])
    product = helper.make_tensor_value_info("product", TensorProto.INT32, [_ROWS, _COLUMNS])
    node = helper.make_node("MatMulInteger", ["given", "weights", "", "zero"], ["product"])
    constants = [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(np.array(0, np.int8), "zero")]
    graph = helper.make_graph([node], "product", [given], [product], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)
    return path


def test_products_are_exact_on_every_processor(tmp_path: Path) -> None:
    """The largest activations with the largest weights, two of which overflow 16 bits, give their exact product."""
    weights = np.full((_DEPTH, _COLUMNS), 127, dtype=np.int8)
    weights[:, 1] = -128
    given = np.full((_ROWS, _DEPTH), 255, dtype=np.uint8)

    (product,) = open_session(_product(tmp_path / "model.onnx", weights)).run(None, {"given": given})

    assert (product == given.astype(np.int32) @ weights.astype(np.int32)).all()


def test_vnni_is_what_the_system_says(tmp_path: Path) -> None:
    """Either kind of VNNI is found among what the processor has; where nothing is said, there is none."""
    facts = tmp_path / "cpuinfo"
    for flags, expected in (("avx2 avx512_vnni amx_int8", True), ("avx2 avx_vnni", True), ("avx2 avx512f", False)):
        facts.write_text(f"processor : 0\nflags : fpu {flags}\n", encoding="utf-8")
        assert has_vnni(facts) is expected
    assert not has_vnni(tmp_path / "none")
