"""Rows that the reader is trained on: a question and a passage as tokens, and where the answer is, if it is there.

A row is `[CLS] question [SEP] title [SEP] passage [SEP]`, as `qa_bot.models.reader_input` makes it for a question that
is asked. Long passages, and most others, are cropped at random around their answer, so that the reader meets
passages of every length and answers at the edges of its window.
"""

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from lines import read_lines
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from qa_bot.models.reader_input import TITLE_TOKENS, assemble, room, shortened

# Articles whose names are drawn first are held out: the curve of a run is measured on them.
_HELD_OUT_ARTICLES = 12
_HELD_OUT_ROWS = 1000
# How often a passage that would fit is cropped all the same, and the fewest tokens that are left of it.
_CROPPED = 0.6
_SHORTEST = 40
# Rows are cropped to multiples of this: a CPU prepares its matrix products anew for each shape that it meets, and
# with all lengths trains at two thirds of the speed.
_STEP = 8
# How often a question is asked without its question mark, as most that are typed into a search box are, and how often
# with one letter wrong.
_UNMARKED, _MISTYPED = 0.25, 0.1

Ids = tuple[int, ...]

# A question as it is read: beside its own passage, which comes first, the negatives that were mined for it.
Asked = tuple["Example", ...]


@dataclass(frozen=True, slots=True)
class Example:
    """Token ids of question, title and passage; `answer` is the first and last token of it in the passage, or None."""

    question: Ids
    title: Ids
    passage: Ids
    answer: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Crop:
    """An example of which the passage's tokens `start` to `end` are kept; `length` counts all tokens of the row.

    Rows of the same `group` are of one question.
    """

    example: Example
    group: int
    start: int
    end: int
    length: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows padded to one length; `mask` is None where none needs padding. Targets are positions, 0 is null.

    `groups` numbers the questions from 0 on in the order of the rows, those of one question next to each other.
    """

    ids: NDArray[np.int64]
    types: NDArray[np.int64]
    mask: NDArray[np.int64] | None
    allowed: NDArray[np.bool_]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    groups: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Data:
    """Questions that their passage answers, those that it does not, and some of either kind that are held out."""

    answerable: list[Asked]
    silver: list[Asked]
    held_out: list[Asked]


def read_data(folder: Path, negatives: Path, tokenizer: Tokenizer, *, seed: int) -> Data:
    """SQuAD's training set and the negatives mined from it, as tokens."""
    passages = {row["id"]: row for row in read_lines(folder / "passages.jsonl.gz")}
    questions = {row["id"]: row for row in read_lines(folder / "questions.jsonl.gz")}
    held = set(random.Random(seed).sample(sorted({row["article"] for row in passages.values()}), _HELD_OUT_ARTICLES))
    encoded = _encode(tokenizer, {name: row["text"] for name, row in passages.items()})
    titles = _encode(tokenizer, {row["title"]: row["title"] for row in passages.values()})
    mined: dict[str, list[str]] = defaultdict(list)
    for row in read_lines(negatives):
        mined[row["question"]].append(row["passage"])

    def is_held_out(passage: str) -> bool:
        return passages[passage]["article"] in held

    def wording(name: str) -> str:
        question: str = questions[name]["question"]
        if is_held_out(questions[name]["passage"]):
            return question
        return as_typed(question, random.Random(f"{seed} {name}"))

    asked = _encode(tokenizer, {name: wording(name) for name in questions})

    def example(question: str, passage: str, answer: tuple[int, int] | None) -> Example:
        title = titles[passages[passage]["title"]].ids
        return Example(
            tuple(shortened(asked[question].ids)),
            tuple(title[:TITLE_TOKENS]),
            tuple(encoded[passage].ids),
            answer,
        )

    data = Data([], [], [])
    for name, row in questions.items():
        answer = _token_span(encoded[row["passage"]], row["answers"][0]) if row["answerable"] else None
        if row["answerable"] and answer is None:
            continue
        own = example(name, row["passage"], answer)
        if is_held_out(row["passage"]):
            data.held_out.append((own,))
        else:
            others = [example(name, passage, None) for passage in mined[name] if not is_held_out(passage)]
            (data.answerable if answer else data.silver).append((own, *others))
    random.Random(seed).shuffle(data.held_out)
    del data.held_out[_HELD_OUT_ROWS:]
    return data


def plan(questions: Sequence[Asked], *, beside: int, size: int, seed: int) -> list[list[Crop]]:
    """Every question with at most `beside` of its negatives, cropped, in batches of about `size` rows, shuffled.

    The rows of one question are together; those of a batch are of one length where that can be.
    """
    chance = random.Random(seed)
    by_length: dict[int, list[list[Crop]]] = defaultdict(list)
    for number, (own, *others) in enumerate(questions):
        crops = _crops([own, *chance.sample(others, min(beside, len(others)))], number, chance)
        by_length[max(crop.length for crop in crops)].append(crops)
    batches: list[list[Crop]] = []
    rest: list[list[Crop]] = []
    for length in sorted(by_length):
        chance.shuffle(by_length[length])
        *full, last = _batches(by_length[length], size)
        batches += full
        rest.append(last)
    batches += _batches(rest, size)
    chance.shuffle(batches)
    return batches


def whole(questions: Sequence[Asked], *, size: int) -> list[list[Crop]]:
    """Every question's own passage once, as much of it as fits, in order."""
    crops = [_kept(own, number, 0, _room(own)) for number, (own, *_) in enumerate(questions)]
    return [crops[at : at + size] for at in range(0, len(crops), size)]


def batch(crops: Sequence[Crop]) -> Batch:
    """The rows of some crops."""
    longest = max(crop.length for crop in crops)
    shape = (len(crops), longest)
    ids, types, mask = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    allowed = np.zeros(shape, dtype=bool)
    starts, ends = (np.zeros(len(crops), dtype=np.int64) for _ in range(2))
    for row, crop in enumerate(crops):
        example = crop.example
        inputs = assemble(example.question, example.title, example.passage[crop.start : crop.end])
        ids[row, : crop.length], types[row, : crop.length], mask[row, : crop.length] = inputs.ids, inputs.types, 1
        allowed[row, inputs.first : crop.length - 1] = True
        if example.answer and crop.start <= example.answer[0] and example.answer[1] < crop.end:
            starts[row], ends[row] = (inputs.first + token - crop.start for token in example.answer)
    numbers = np.array([crop.group for crop in crops])
    groups = np.r_[0, np.cumsum(numbers[1:] != numbers[:-1])]
    return Batch(ids, types, None if mask.all() else mask, allowed, starts, ends, groups)


def as_typed(question: str, chance: random.Random) -> str:
    """The question as somebody may have typed it: as it is, without its mark, with a letter wrong, or both."""
    if chance.random() < _UNMARKED:
        question = question.rstrip(" ?")
    long = [(word.start(), word.end()) for word in re.finditer(r"[^\W\d_]{5,}", question)]
    if not long or chance.random() >= _MISTYPED:
        return question
    at = chance.randrange(*chance.choice(long))
    left, letter, right = question[:at], question[at], question[at + 1 :]
    other = chance.choice("aeinorstl")
    return left + chance.choice(("", letter * 2, other, letter + other)) + right


def _encode(tokenizer: Tokenizer, texts: dict[str, str]) -> dict[str, Encoding]:
    return dict(zip(texts, tokenizer.encode_batch(list(texts.values()), add_special_tokens=False), strict=True))


def _token_span(passage: Encoding, answer: dict[str, object]) -> tuple[int, int] | None:
    """The first and the last token of an answer; None where it has none."""
    start = int(str(answer["start"]))
    end = start + len(str(answer["text"]))
    inside = [token for token, (first, last) in enumerate(passage.offsets) if first < end and last > start]
    return (inside[0], inside[-1]) if inside else None


def _room(example: Example) -> int:
    return min(room(example.question, example.title), len(example.passage))


def _kept(example: Example, group: int, start: int, size: int) -> Crop:
    return Crop(example, group, start, start + size, _length(example, size))


def _length(example: Example, size: int) -> int:
    return len(assemble(example.question, example.title, example.passage[:size]).ids)


def _batches(groups: Sequence[Sequence[Crop]], size: int) -> list[list[Crop]]:
    """Groups one after the other in batches of at least `size` rows; the last one may have fewer, or none."""
    batches: list[list[Crop]] = [[]]
    for crops in groups:
        if len(batches[-1]) >= size:
            batches.append([])
        batches[-1] += crops
    return batches


def _crops(examples: Sequence[Example], group: int, chance: random.Random) -> list[Crop]:
    """All of the question's passages in rows of one length, as far as they are long enough."""
    length = _drawn_length(examples, chance)
    return [_crop(example, group, length, chance) for example in examples]


def _drawn_length(examples: Sequence[Example], chance: random.Random) -> int:
    """How many tokens the rows of a question are to have: those of its own passage, or what all can be cropped to."""
    own = examples[0]
    size = _room(own)
    if chance.random() < _CROPPED and size > _SHORTEST:
        size = chance.randint(_SHORTEST, max(_SHORTEST, min(map(_room, examples))))
    return _length(own, size) // _STEP * _STEP


def _crop(example: Example, group: int, length: int, chance: random.Random) -> Crop:
    """The example's passage cropped so that its row has so many tokens, but for its answer and where it has fewer."""
    tokens = len(example.passage)
    first, last = example.answer or (0, 0)
    size = length - _length(example, 0)
    size = min(max(size, last - first + 1), _room(example))
    if example.answer:
        start = chance.randint(max(0, last + 1 - size), min(first, tokens - size))
    else:
        start = chance.randint(0, tokens - size)
    return _kept(example, group, start, size)
