"""An ONNX Runtime session as both models run: on one thread, without what is slow on a CPU, int8 exact."""

from pathlib import Path

from onnxruntime import InferenceSession, SessionOptions

# This fusion runs one number at a time on a CPU: without it the encoder is a seventh faster, the reader a tenth, and
# the reader's measures on 10,001 questions move by at most .002 (docs/benchmarks.md).
_SLOW_FUSIONS = ["SkipLayerNormFusion"]
# Where an x86 processor has no VNNI, ONNX Runtime adds products of int8 in 16 bits and cuts off what does not fit,
# unless told not to: the reader lost .01 of F1 and EM so (docs/log.md). With VNNI they are exact, and this only slower.
_EXACT_PRODUCTS = ("session.x64quantprecision", "1")
_PROCESSOR = Path("/proc/cpuinfo")
# Of what Linux says of a processor, all that it has stands in less than that.
_ITS_BYTES = 8192


def open_session(model: Path) -> InferenceSession:
    """The model in the file, ready to run on the thread that asks; raises what ONNX Runtime raises."""
    options = SessionOptions()
    options.intra_op_num_threads = 1
    if not has_vnni(_PROCESSOR):
        options.add_session_config_entry(*_EXACT_PRODUCTS)
    providers = ["CPUExecutionProvider"]
    return InferenceSession(str(model), options, providers=providers, disabled_optimizers=_SLOW_FUSIONS)


def has_vnni(processor: Path) -> bool:
    """Whether Linux says in that file that the processor has VNNI; False where it is another system."""
    try:
        with processor.open("rb") as facts:
            return b"vnni" in facts.read(_ITS_BYTES)
    except OSError:
        return False
