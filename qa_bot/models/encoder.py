"""The encoder that an index carries: an exported sentence-transformers model, run by ONNX Runtime alone."""

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from onnxruntime import InferenceSession
from tokenizers import Encoding, Tokenizer

from qa_bot.errors import ModelUnavailable
from qa_bot.models.session import open_session
from qa_bot.text import Offsets
from qa_bot.types import Vectors

Precision = Literal["int8", "fp32"]

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
CARD_FILE = "encoder.json"
WHOLE, PARTS = "sentence_embedding", "part_embeddings"

# A sentence's vector is the mean of its tokens' vectors, read within its passage, less this share of the passage's own
# mean: what sets the sentence apart from its neighbours. .3 to .5 measured alike (docs/log.md).
_SHARED = 0.4


@dataclass(frozen=True, slots=True)
class Parted:
    """A text and its parts, `(start, end)` in it."""

    text: str
    parts: tuple[Offsets, ...]


@dataclass(frozen=True, slots=True)
class EncoderCard:
    """What an exported encoder is: its name, how it was stored, and how it wants its texts.

    `window` is the greatest number of tokens in one text, special tokens included; `fidelity` is the smallest cosine
    with sentence-transformers' own vectors on passages of the corpus.
    """

    model: str
    precision: Precision
    dimension: int
    window: int
    inputs: tuple[str, ...]
    question_prompt: str
    passage_prompt: str
    fidelity: float

    def write(self, folder: Path) -> None:
        """The card as JSON in the encoder's folder."""
        (folder / CARD_FILE).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "EncoderCard":
        """The card stored in the encoder's folder; raises ModelUnavailable where there is none that can be read."""
        try:
            fields = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
            return cls(**{**fields, "inputs": tuple(fields["inputs"])})
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ModelUnavailable(
                f"The index carries no encoder that can be read ({folder}): run `qa-bot index --rebuild`.",
                model=str(folder),
            ) from error


class OnnxEncoder:
    """Unit vectors of questions and passages, and the encoder's own count of tokens."""

    def __init__(self, card: EncoderCard, tokenizer: Tokenizer, session: InferenceSession) -> None:
        self.card = card
        self._tokenizer = tokenizer
        self._session = session
        # One text a thread: half again as fast as all threads on one text after the other.
        self._threads = ThreadPoolExecutor(os.cpu_count())

    @classmethod
    def load(cls, folder: Path) -> "OnnxEncoder":
        """The encoder stored in `folder`; raises ModelUnavailable where it is missing or damaged."""
        card = EncoderCard.read(folder)
        try:
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
            session = open_session(folder / MODEL_FILE)
        # Both libraries raise bare Exception subclasses of their own making, none of them public.
        except Exception as error:
            raise ModelUnavailable(
                f"The encoder in {folder} is damaged: run `qa-bot index --rebuild`.", model=card.model
            ) from error
        tokenizer.enable_truncation(card.window)
        tokenizer.no_padding()
        return cls(card, tokenizer, session)

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return self.card.dimension

    @property
    def window(self) -> int:
        """Tokens of a text that the model sees, without the prompt and the special tokens that frame it."""
        return self.card.window - len(self._tokenizer.encode(self.card.passage_prompt).ids)

    @cached_property
    def _counter(self) -> Tokenizer:
        # A copy takes 30 ms, which a question does not need to spend.
        counter = Tokenizer.from_str(self._tokenizer.to_str())
        counter.no_truncation()
        return counter

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, special tokens not counted, however long it is."""
        return [len(encoding) for encoding in self._counter.encode_batch_fast(list(texts), add_special_tokens=False)]

    def encode_question(self, question: str) -> Vectors:
        """The question's unit vector, shape `(dimension,)`."""
        vector: Vectors = self._encode(self.card.question_prompt, Parted(question, ()))[0][0]
        return vector

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of the texts in their order, shape `(len(texts), dimension)`."""
        encoded = self.encode_parted([Parted(text, ()) for text in texts])
        return np.concatenate([np.empty((0, self.dimension), np.float32), *(whole for whole, _ in encoded)])

    def encode_parted(self, texts: Sequence[Parted]) -> Iterator[tuple[Vectors, Vectors]]:
        """For each text its unit vector, shape `(1, dimension)`, and those of its parts, `(len(parts), dimension)`.

        Each goes through alone: int8 takes its scales from all that goes through together, so that in a batch a
        text's vector would depend on its neighbours. On a CPU it is as fast, since nothing is padded.
        """
        return self._threads.map(lambda text: self._encode(self.card.passage_prompt, text), texts)

    def _encode(self, prompt: str, text: Parted) -> tuple[Vectors, Vectors]:
        encoding = self._tokenizer.encode(prompt + text.text)
        columns = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        feed = {name: np.array([columns[name]], dtype=np.int64) for name in self.card.inputs}
        weights = _part_weights(encoding, text.parts, shift=len(prompt))
        whole, parts = self._session.run([WHOLE, PARTS], {**feed, "parts": weights})
        return _unit(whole), _unit(parts)


def _part_weights(encoding: Encoding, parts: Sequence[Offsets], *, shift: int) -> Vectors:
    """What each token counts for in the vector of each part, shape `(len(parts), tokens)`."""
    middles = np.array([(start + end) / 2 for start, end in encoding.offsets]) - shift
    own = np.array(encoding.special_tokens_mask) == 0
    tokens = max(len(middles), 1)
    weights = np.full((len(parts), len(middles)), -_SHARED / tokens, dtype=np.float32)
    for row, (start, end) in enumerate(parts):
        inside = own & (start <= middles) & (middles < end)
        # A part that the window cuts off has the vector of the whole.
        weights[row] += inside / inside.sum() if inside.any() else (1 + _SHARED) / tokens
    return weights


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
    return unit
