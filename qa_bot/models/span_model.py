"""The trained reader as an index carries it: ONNX Runtime scores each token as start and end of the answer."""

import hashlib
import json
import os
import unicodedata
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from onnxruntime import InferenceSession
from tokenizers import Encoding, Tokenizer

from qa_bot.errors import ModelUnavailable
from qa_bot.models.reader_input import TITLE_TOKENS, ReaderInput, assemble, room, shortened, windows
from qa_bot.models.session import open_session
from qa_bot.models.spans import Scores, null_score, spans_by_start
from qa_bot.support import default_calibration_text, parse_calibration
from qa_bot.text import Offsets

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
CARD_FILE = "reader.json"
# Raised by every change of what the model reads (reader_input.py) or gives.
FORMAT = 1
_INPUTS = ("ids", "types", "mask")


@dataclass(frozen=True, slots=True)
class ReaderCard:
    """What a reader is: its name, the SHA-256 of each of its files, and the runs that trained it."""

    name: str
    sha256: dict[str, str]
    runs: list[dict[str, Any]]

    @classmethod
    def read(cls, folder: Path) -> "ReaderCard":
        """The card in the reader's folder; raises ValueError or OSError where it is damaged or of another version."""
        fields = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
        if not isinstance(fields, dict) or fields.pop("format", None) != FORMAT:
            raise ValueError(f"it is not of format {FORMAT}")
        try:
            return cls(**fields)
        except TypeError as error:
            raise ValueError(f"{CARD_FILE} is damaged") from error


@dataclass(frozen=True, slots=True)
class TextSpan:
    """Characters `start` to `end` of a text; `margin` is how much better they answer than "it is not here".

    `null` is the score of "it is not here" where the span was read.
    """

    start: int
    end: int
    margin: float
    null: float


@dataclass(frozen=True, slots=True)
class Text:
    """A text to read, its title, and its sentences as `(start, end)` in it."""

    title: str
    text: str
    sentences: tuple[Offsets, ...]


class SpanModel:
    """For a question and a text, how well each of its spans answers; safe to share between threads."""

    def __init__(self, card: ReaderCard, tokenizer: Tokenizer, session: InferenceSession) -> None:
        self.card = card
        self._tokenizer = tokenizer
        self._session = session
        # One thread for each row: twice as fast as all threads on one row after the other.
        self._threads = ThreadPoolExecutor(os.cpu_count())

    @classmethod
    def load(cls, folder: Path) -> "SpanModel":
        """The reader stored in `folder`; raises ModelUnavailable where it is missing or damaged."""
        try:
            card = ReaderCard.read(folder)
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
            session = open_session(folder / MODEL_FILE)
        # Both libraries raise bare Exception subclasses of their own making, none of them public.
        except Exception as error:
            raise ModelUnavailable(
                f"The reader in {folder} is damaged or of another version: run `qa-bot index --rebuild`.",
                model=str(folder),
            ) from error
        return cls(card, tokenizer, session)

    def question_tokens(self, question: str) -> int:
        """How many tokens the question has; `reader_input.QUESTION_TOKENS` of them are read."""
        return len(self._encode(question).ids)

    def read(self, question: str, texts: Sequence[Text]) -> list[list[TextSpan | None]]:
        """For each sentence of each text the best span that begins in it, None where nothing in it can be read.

        Each window of a text goes through alone: int8 takes its scales from all that goes through together, so that in
        a batch a text's scores would depend on its neighbours.
        """
        asked = shortened(self._encode(question).ids)
        encodings = [self._encode(text.text) for text in texts]
        rows = [
            _Row(number, start, assemble(asked, title, encoding.ids[start:end]))
            for number, (text, encoding) in enumerate(zip(texts, encodings, strict=True))
            for title in [self._encode(text.title).ids[:TITLE_TOKENS]]
            for start, end in windows(len(encoding.ids), room(asked, title))
        ]
        best: list[list[TextSpan | None]] = [[None] * len(text.sentences) for text in texts]
        for row, (starts, ends) in zip(rows, self._threads.map(self._score, rows), strict=True):
            found = _by_sentence(texts[row.text], encodings[row.text], row, starts, ends)
            best[row.text] = list(map(_better, best[row.text], found))
        return best

    def _encode(self, text: str) -> Encoding:
        return self._tokenizer.encode(text, add_special_tokens=False)

    def _score(self, row: "_Row") -> tuple[Scores, Scores]:
        columns = (row.input.ids, row.input.types, [1] * len(row.input.ids))
        feed = {name: np.array([column], dtype=np.int64) for name, column in zip(_INPUTS, columns, strict=True)}
        starts, ends = self._session.run(["starts", "ends"], feed)
        return starts[0], ends[0]


@dataclass(frozen=True, slots=True)
class _Row:
    """One window of a text: the number of the text, the window's first token in it, and what is read."""

    text: int
    start: int
    input: ReaderInput


def shipped_reader() -> Path:
    """The folder of the reader that the package ships, all of it checked; raises ModelUnavailable."""
    folder = Path(str(files("qa_bot").joinpath("data/reader")))
    try:
        card = ReaderCard.read(folder)
        for name in (MODEL_FILE, TOKENIZER_FILE):
            _check_file(folder / name, card.sha256.get(name))
        _check_calibration(card)
    except (OSError, ValueError) as error:
        raise ModelUnavailable(
            f"The reader that comes with qa-bot cannot be used ({folder}: {error}):"
            " install qa-bot again, from its folder with `pip install --force-reinstall --no-deps .`.",
            model=str(folder),
        ) from error
    return folder


def _check_calibration(card: ReaderCard) -> None:
    fitted = parse_calibration(default_calibration_text()).reader
    if fitted != card.name:
        raise ValueError(f"support is calibrated for {fitted}, and this is {card.name}")


def _check_file(path: Path, expected: str | None) -> None:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != expected:
        raise ValueError(f"{path.name} is not the file that was shipped: sha256 {digest}")


def _by_sentence(text: Text, encoding: Encoding, row: _Row, starts: Scores, ends: Scores) -> Iterator[TextSpan | None]:
    """For each sentence the best span that begins in it, of those in the row."""
    last, margins = spans_by_start(starts, ends, first=row.input.first, stop=len(starts) - 1)
    null = float(null_score(starts, ends))
    begins = np.array([start for start, _ in encoding.offsets[row.start : row.start + len(margins)]], dtype=np.int64)
    for bounds in text.sentences:
        first, stop = np.searchsorted(begins, bounds).tolist()
        if first == stop:
            yield None
        else:
            token = first + int(margins[first:stop].argmax())
            shift = row.start - row.input.first
            start, end = _whole_words(text.text, encoding, row.start + token, int(last[token]) + shift)
            yield TextSpan(start, end, float(margins[token]), null)


def _whole_words(text: str, encoding: Encoding, first: int, last: int) -> Offsets:
    """The characters of tokens `first` to `last`, words that the tokenizer divides and marks that it drops kept."""
    words = encoding.word_ids
    while first > 0 and words[first - 1] == words[first]:
        first -= 1
    while last + 1 < len(words) and words[last + 1] == words[last]:
        last += 1
    start, end = encoding.offsets[first][0], encoding.offsets[last][1]
    while end < len(text) and unicodedata.category(text[end]).startswith("M"):
        end += 1
    return start, end


def _better(one: TextSpan | None, other: TextSpan | None) -> TextSpan | None:
    if one is None or other is None:
        return one or other
    return other if other.margin > one.margin else one
