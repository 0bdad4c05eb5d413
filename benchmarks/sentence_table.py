"""Sentences of real paragraphs with the mean of their tokens' vectors, which `derived.py` puts together anew."""

import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from texts import Paragraph

from qa_bot.embedding import passages_of, with_title
from qa_bot.models.encoder import MODEL_FILE, OnnxEncoder, Parted
from qa_bot.types import Article, Vectors

_TOKENS = "token_vectors"
_FILES = ("keys", "sentences", "weights", "owners", "frames", "frame_weights", "strays")


@dataclass(frozen=True, slots=True)
class SentenceTable:
    """Real sentences by a mark of their words: the mean of their tokens, how many these are, and their passage.

    `frames` and `frame_weights` are the mean and the number of what else a passage has: title and special tokens.
    `strays` are differences of real and derived unit vectors.
    """

    keys: NDArray[np.uint64]
    sentences: NDArray[np.float16]
    weights: NDArray[np.float32]
    owners: NDArray[np.int32]
    frames: NDArray[np.float16]
    frame_weights: NDArray[np.float32]
    strays: NDArray[np.float16]

    def write(self, folder: Path) -> None:
        """The table in the folder."""
        folder.mkdir(parents=True)
        for name in _FILES:
            np.save(folder / f"{name}.npy", getattr(self, name))

    @classmethod
    def read(cls, folder: Path) -> "SentenceTable":
        """The table in the folder, mapped."""
        return cls(*(np.load(folder / f"{name}.npy", mmap_mode="r").view(np.ndarray) for name in _FILES))

    def find(self, part: str) -> NDArray[np.int64] | None:
        """The places of the one sentence, or the two, that the part is; None where it is in no real paragraph."""
        place = self._place(part)
        if place is not None:
            return np.array([place])
        for gap in (at for at, letter in enumerate(part) if letter == " "):
            first, second = self._place(part[:gap]), self._place(part[gap + 1 :])
            if first is not None and second is not None:
                return np.array([first, second])
        return None

    def _place(self, sentence: str) -> int | None:
        wanted = np.uint64(mark(sentence))
        place = int(np.searchsorted(self.keys, wanted))
        return place if place < len(self.keys) and self.keys[place] == wanted else None


def mark(sentence: str) -> int:
    """Eight bytes that stand for a sentence."""
    return int.from_bytes(hashlib.blake2b(sentence.encode(), digest_size=8).digest())


class TokenReader(OnnxEncoder):
    """The encoder with the vector of each token laid open, before they are pooled."""

    @classmethod
    def over(cls, folder: Path) -> "TokenReader":
        """The encoder in the folder."""
        model = onnx.load(folder / MODEL_FILE)
        (pooling,) = [node for node in model.graph.node if "parts" in node.input]
        tokens = next(name for name in pooling.input if name != "parts")
        model.graph.node.append(onnx.helper.make_node("Identity", [tokens], [_TOKENS]))
        model.graph.output.append(onnx.helper.make_tensor_value_info(_TOKENS, onnx.TensorProto.FLOAT, None))
        plain = cls.load(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
        return cls(plain.card, plain._tokenizer, session)

    def sums(self, text: Parted) -> tuple[Vectors, Vectors]:
        """Sums of the tokens of each part and of all others, and how many each has."""
        encoded = self._tokenizer.encode(self.card.passage_prompt + text.text)
        columns = {"input_ids": encoded.ids, "attention_mask": encoded.attention_mask}
        columns["token_type_ids"] = encoded.type_ids
        feed: dict[str, Any] = {name: np.array([columns[name]], dtype=np.int64) for name in self.card.inputs}
        feed["parts"] = np.zeros((0, len(encoded.ids)), np.float32)
        (tokens,) = self._session.run([_TOKENS], feed)
        middles = np.array([(start + end) / 2 for start, end in encoded.offsets]) - len(self.card.passage_prompt)
        own = np.array(encoded.special_tokens_mask) == 0
        inside = np.array([own & (start <= middles) & (middles < end) for start, end in text.parts])
        members = np.vstack([inside, ~inside.any(axis=0)]).astype(np.float32)
        return members @ tokens, members.sum(axis=1)


def read_sentences(paragraphs: Iterable[Paragraph], encoder: OnnxEncoder, reader: TokenReader) -> SentenceTable:
    """The table of all sentences of the paragraphs, of equal ones the first; two texts are read at once."""
    texts = [text for paragraph in paragraphs for text in parted(paragraph, encoder)]
    marks: dict[int, int] = {}
    sentences: list[Vectors] = []
    frames: list[Vectors] = []
    weights: list[float] = []
    owners: list[int] = []
    frame_weights: list[float] = []
    with ThreadPoolExecutor(2) as threads:
        for owner, (text, (sums, counts)) in enumerate(zip(texts, threads.map(reader.sums, texts), strict=True)):
            means = sums / np.maximum(counts, 1)[:, np.newaxis]
            frames.append(means[-1])
            frame_weights.append(counts[-1])
            for (start, end), mean, count in zip(text.parts, means[:-1], counts[:-1], strict=True):
                if count and marks.setdefault(mark(text.text[start:end]), len(weights)) == len(weights):
                    sentences.append(mean)
                    weights.append(count)
                    owners.append(owner)
    keys = np.array(list(marks), dtype=np.uint64)
    order = np.argsort(keys)
    return SentenceTable(
        keys[order],
        np.array(sentences, np.float16)[order],
        np.array(weights, np.float32)[order],
        np.array(owners, np.int32)[order],
        np.array(frames, np.float16),
        np.array(frame_weights, np.float32),
        np.zeros((1, encoder.dimension), np.float16),
    )


def parted(paragraph: Paragraph, encoder: OnnxEncoder) -> Iterator[Parted]:
    """The passages of a paragraph as the product cuts and titles them."""
    article = Article(paragraph.id, "", paragraph.title, paragraph.text, None, None, None, None, "")
    for passage in passages_of(article, encoder):
        text = with_title(article.title, passage.text)
        shift = len(text) - len(passage.text) - passage.start
        yield Parted(text, tuple((start + shift, end + shift) for start, end in passage.sentences))
