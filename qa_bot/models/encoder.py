"""The encoder that an index carries: an exported sentence-transformers model, run by ONNX Runtime alone."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from qa_bot.errors import ModelUnavailable
from qa_bot.types import Vectors

Precision = Literal["int8", "fp32"]

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
CARD_FILE = "encoder.json"


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

    def __init__(self, card: EncoderCard, tokenizer: Tokenizer, session: onnxruntime.InferenceSession) -> None:
        self.card = card
        self._tokenizer = tokenizer
        self._session = session

    @classmethod
    def load(cls, folder: Path) -> "OnnxEncoder":
        """The encoder stored in `folder`; raises ModelUnavailable where it is missing or damaged."""
        card = EncoderCard.read(folder)
        try:
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
            session = onnxruntime.InferenceSession(str(folder / MODEL_FILE), providers=["CPUExecutionProvider"])
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
        return self._encode(self.card.question_prompt + question)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of the texts in their order, shape `(len(texts), dimension)`.

        Each goes through alone: int8 takes its scales from all that goes through together, so that in a batch a
        text's vector would depend on its neighbours. On a CPU it is as fast, since nothing is padded.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._encode(self.card.passage_prompt + text)
        return vectors

    def _encode(self, text: str) -> Vectors:
        encoding = self._tokenizer.encode(text)
        columns = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        feed = {name: np.array([columns[name]], dtype=np.int64) for name in self.card.inputs}
        vector: Vectors = self._session.run(["sentence_embedding"], feed)[0][0]
        unit: Vectors = vector / max(float(np.linalg.norm(vector)), float(np.finfo(np.float32).tiny))
        return unit
