"""A sentence-transformers model exported to ONNX, once, when an index is built: the only door to torch."""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import urlopen

from qa_bot.errors import ModelUnavailable
from qa_bot.models.bundled import find_model
from qa_bot.models.encoder import MODEL_FILE, PARTS, TOKENIZER_FILE, WHOLE, EncoderCard, OnnxEncoder, Precision
from qa_bot.models.onnx_tools import fuse_attention, quiet, writing

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor

# Least cosine between the exported model's vectors and sentence-transformers' own that still ranks alike.
MIN_FIDELITY = 0.98
# The longest text the encoder takes. Models with a larger window are held to it: a passage is a place to quote
# from, and one that runs over pages has one blurred vector.
_MAX_WINDOW = 256
_OPSET = 17
# How long the hub of models may take to answer before it counts as out of reach.
_HUB_SECONDS = 5


class SourceModel:
    """A loaded sentence-transformers model: the reference for what is exported from it."""

    def __init__(self, name: str, model: "SentenceTransformer") -> None:
        self.name = name
        self._model = model

    @classmethod
    def load(cls, name: str) -> "SourceModel":
        """The model called `name` (or at that path), on the CPU; raises ModelUnavailable where it cannot be had."""
        source = find_model(name)
        try:
            model = _load(source)
        except (OSError, ValueError, RuntimeError, ImportError) as error:
            reason = str(error).strip().split("\n")[0]
            raise ModelUnavailable(
                f"The embedding model {name!r} cannot be loaded ({reason}): set QA_BOT_EMBEDDING_MODEL to the name"
                " of a sentence-transformers model or to a folder that holds one.",
                model=name,
            ) from error
        return cls(name, model.eval())

    def export(self, folder: Path) -> OnnxEncoder:
        """The model in full precision in `folder`, with its tokenizer and card; fidelity is not yet measured."""
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer = getattr(self._model.tokenizer, "backend_tokenizer", None)
        if tokenizer is None:
            raise self._refusal("it has no fast tokenizer")
        tokenizer.save(str(folder / TOKENIZER_FILE))
        inputs = self._trace(folder / MODEL_FILE)
        config = getattr(getattr(self._model, "transformers_model", None), "config", None)
        fuse_attention(
            folder / MODEL_FILE,
            heads=getattr(config, "num_attention_heads", 0),
            width=getattr(config, "hidden_size", 0),
        )
        self._card(inputs).write(folder)
        return OnnxEncoder.load(folder)

    def fidelity(self, encoder: OnnxEncoder, texts: Sequence[str]) -> float:
        """The smallest cosine between the encoder's vectors of the texts and sentence-transformers' own."""
        ours = encoder.encode_passages(texts)
        reference = self._model.encode_document(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return float((ours * reference).sum(axis=1).min())

    def _card(self, inputs: tuple[str, ...]) -> EncoderCard:
        prompts = self._model.prompts
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise self._refusal("it does not say how long its vectors are")
        return EncoderCard(
            model=self.name,
            precision="fp32",
            dimension=dimension,
            window=min(self._model.max_seq_length or _MAX_WINDOW, _MAX_WINDOW),
            inputs=inputs,
            question_prompt=prompts.get("query") or "",
            passage_prompt=prompts.get("document") or prompts.get("passage") or "",
            fidelity=1.0,
        )

    def _trace(self, path: Path) -> tuple[str, ...]:
        import torch  # noqa: PLC0415

        features = self._model.preprocess(["A first text.", "A second text, a little longer than the first."])
        names = tuple(n for n in ("input_ids", "attention_mask", "token_type_ids") if n in features)
        if "input_ids" not in names:
            raise self._refusal("it does not work on tokens")
        if "token_embeddings" not in self._model(dict(features)):
            raise self._refusal("it gives no vectors of single tokens")
        module = _embedding_module(self._model, names)
        axes: dict[str, dict[int, str]] = {name: {0: "batch", 1: "tokens"} for name in names}
        axes |= {"parts": {0: "parts", 1: "tokens"}, WHOLE: {0: "batch"}, PARTS: {0: "parts"}}
        parts = torch.ones(3, features["input_ids"].shape[1])
        with warnings.catch_warnings(), torch.no_grad(), writing(path):
            # The tracing exporter is announced as legacy and warns of constants that are the same for every input.
            warnings.simplefilter("ignore")
            torch.onnx.export(
                module,
                (*(features[name] for name in names), parts),
                str(path),
                input_names=[*names, "parts"],
                output_names=[WHOLE, PARTS],
                dynamic_axes=axes,
                opset_version=_OPSET,
                dynamo=False,
            )
        return names

    def _refusal(self, why: str) -> ModelUnavailable:
        return ModelUnavailable(
            f"The embedding model {self.name!r} cannot be used: {why}; choose another with QA_BOT_EMBEDDING_MODEL.",
            model=self.name,
        )


def export_checked(
    source: SourceModel, folder: Path, texts: Sequence[str], *, precision: Precision
) -> tuple[OnnxEncoder, str | None]:
    """The encoder in `folder`, in the precision asked for where that is faithful on `texts`, and a note where not.

    Raises ModelUnavailable where even full precision strays from sentence-transformers: the model does something
    that the export does not carry.
    """
    encoder = source.export(folder)
    exact = source.fidelity(encoder, texts)
    if exact < MIN_FIDELITY:
        raise ModelUnavailable(
            f"The embedding model {source.name!r} cannot be exported faithfully (cosine {exact:.3f} with"
            f" sentence-transformers, {MIN_FIDELITY} is needed): choose another with QA_BOT_EMBEDDING_MODEL.",
            model=source.name,
        )
    if precision == "int8":
        return _quantized(source, folder, texts, exact)
    replace(encoder.card, fidelity=exact).write(folder)
    return OnnxEncoder.load(folder), None


def _load(source: str) -> "SentenceTransformer":
    """The model in a folder or among those downloaded before; only else is the hub of models asked."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 (seconds; only a build needs it)
    from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

    disable_progress_bar()  # type: ignore[no-untyped-call]  # its bar would run through the build's own

    def load(*, local_files_only: bool) -> SentenceTransformer:
        # "eager" attention exports to plain matrix products, which int8 speeds up by half again over "sdpa".
        eager = {"attn_implementation": "eager"}
        return SentenceTransformer(source, device="cpu", model_kwargs=eager, local_files_only=local_files_only)

    try:
        return load(local_files_only=True)
    except OSError:
        if Path(source).exists():
            raise
        _reach_hub()
        return load(local_files_only=False)


def _reach_hub() -> None:
    """Nothing if the hub of models answers within seconds, else OSError: its own client tries for over a minute."""
    from huggingface_hub.constants import ENDPOINT  # noqa: PLC0415

    try:
        with urlopen(ENDPOINT, timeout=_HUB_SECONDS):  # noqa: S310 (the client's own address)
            return
    except HTTPError:  # an answer all the same
        return
    except OSError as error:
        raise OSError(f"it is not on this machine, and {ENDPOINT} cannot be reached") from error


def _quantized(source: SourceModel, folder: Path, texts: Sequence[str], exact: float) -> tuple[OnnxEncoder, str | None]:
    model = folder / MODEL_FILE
    full = model.rename(folder / "full.onnx")
    quantize(full, model)
    card = EncoderCard.read(folder)
    fidelity = source.fidelity(OnnxEncoder.load(folder), texts)
    if fidelity >= MIN_FIDELITY:
        full.unlink()
        replace(card, precision="int8", fidelity=fidelity).write(folder)
        return OnnxEncoder.load(folder), None
    full.replace(model)
    replace(card, fidelity=exact).write(folder)
    note = (
        f"int8 was refused for this model on this machine (cosine {fidelity:.3f} with sentence-transformers,"
        f" {MIN_FIDELITY} is needed): the index holds the model in full precision."
    )
    return OnnxEncoder.load(folder), note


def quantize(full: Path, target: Path) -> None:
    """The model in `full` with its matrices in int8, one scale a channel, in `target`; raises OSError."""
    from onnx import TensorProto  # noqa: PLC0415
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415

    # Of what a fused operator gives, the quantizer cannot work out the type.
    types = {"DefaultTensorType": TensorProto.FLOAT}
    # One scale a channel: with one a matrix the cosine with the original falls from .99 to .93.
    with quiet(), writing(target):
        quantize_dynamic(full, target, per_channel=True, weight_type=QuantType.QInt8, extra_options=types)


def _embedding_module(model: "SentenceTransformer", names: tuple[str, ...]) -> Any:
    import torch  # noqa: PLC0415

    class Embedding(torch.nn.Module):
        """The whole model as one function of its token columns, and of the weights of parts over its first text."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *inputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            *columns, parts = inputs
            features = dict(zip(names, columns, strict=True))
            for module in self.model:
                pooled = WHOLE in features
                features = module(features)
                if WHOLE in features and not pooled:
                    features[WHOLE] = _with_parts(features, parts)
            rows = columns[0].shape[0]
            return features[WHOLE][:rows], features[WHOLE][rows:]

    return Embedding()


def _with_parts(features: "dict[str, Tensor]", parts: "Tensor") -> "Tensor":
    """The pooled texts, and below them the weighted sums of the first text's tokens, which go the same way from here.

    Where several poolings stand side by side, so does the one of the parts.
    """
    import torch  # noqa: PLC0415

    texts, tokens = features[WHOLE], features["token_embeddings"][0]
    return torch.cat([texts, (parts @ tokens).repeat(1, texts.shape[1] // tokens.shape[1])])
