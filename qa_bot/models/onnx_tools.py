"""What a build does to an exported model, and how the tools for it are kept from saying too much or too little."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The place of the mask among the inputs of the operator `Attention`.
_MASK = 3


def fuse_attention(model: Path, *, heads: int, width: int) -> None:
    """The model in that file has each layer's attention as one operator, without a mask; raises OSError.

    `width` is the length of a token's vector. A mask is of no use, since each text goes through alone. In int8 a
    passage takes a seventh less time so (docs/log.md). What the tool does not know as attention stays as it was.
    """
    from onnxruntime.transformers.fusion_options import FusionOptions  # noqa: PLC0415 (only a build needs it)
    from onnxruntime.transformers.optimizer import optimize_model  # noqa: PLC0415

    options = FusionOptions("bert")
    # These take longer on a CPU than what they replace.
    options.enable_skip_layer_norm = options.enable_bias_skip_layer_norm = False
    options.enable_embed_layer_norm = options.enable_bias_gelu = False
    with quiet(), writing(model):
        fused = optimize_model(
            str(model), "bert", num_heads=heads, hidden_size=width, optimization_options=options, opt_level=0
        )
        for node in fused.get_nodes_by_op_type("Attention"):
            node.input[_MASK] = ""
        # The mask stays an input: how tokens are pooled needs it.
        fused.prune_graph(allow_remove_graph_inputs=False)
        fused.save_model_to_file(str(model))


@contextmanager
def quiet() -> Iterator[None]:
    """Without the advice that these tools log through the root logger."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(level)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Where one of these tools fails over a file, an OSError: they do not say that the disk is full."""
    from google.protobuf.message import Error as ProtobufError  # noqa: PLC0415

    try:
        yield
    except (RuntimeError, ProtobufError) as error:
        raise OSError(f"{path} cannot be written or read back: {str(error).strip()}") from error
