"""Evens out what goes into a reader's matrices, so that int8 takes less from it (SmoothQuant: Xiao et al. 2023).

int8 has one scale for all numbers that go into a product, and behind layer norm and GELU a few of them are ten times as
large as the others, for every token the same. Each is divided by the square root of the largest that it is over some
rows of the training set, and its row of the matrix multiplied by that: the product stays as it was. docs/log.md has
what it gives, and why only these matrices.
"""

import random
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import torch
from lines import read_lines
from reader_model import ReaderModel
from tokenizers import Tokenizer
from torch import Tensor, nn

from qa_bot.models.reader_input import TITLE_TOKENS, ReaderInput, assemble, room, shortened

# Rows that show how large the numbers are: half a minute's.
_ROWS = 200
# A channel that was never used is not divided by nothing.
_LEAST = 1e-3


class EvenLinear(nn.Linear):
    """A linear layer whose inputs are multiplied by `even`, one number a channel, and its matrix divided by them."""

    def __init__(self, layer: nn.Linear, even: Tensor) -> None:
        super().__init__(layer.in_features, layer.out_features)
        self.even: Tensor
        self.register_buffer("even", even)
        self.weight = nn.Parameter(layer.weight.detach() / even)
        self.bias = nn.Parameter(layer.bias.detach())

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 (torch's own name)
        """What the layer that it is made of gives for the input."""
        return super().forward(input * self.even)


def smooth(model: ReaderModel, rows: Sequence[ReaderInput]) -> None:
    """The feed-forward layers of the model are evened by what goes into them when it reads the rows."""
    layers = {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and _is_feed_forward(name)
    }
    largest = _largest_inputs(model, layers, rows)
    for name, layer in layers.items():
        model.set_submodule(name, EvenLinear(layer, largest[name].clamp(min=_LEAST).rsqrt()))


def drawn_rows(folder: Path, tokenizer: Tokenizer, *, seed: int) -> list[ReaderInput]:
    """Questions of SQuAD's training set, drawn at random, each with its passage."""
    passages = {row["id"]: row for row in read_lines(folder / "passages.jsonl.gz")}
    questions = random.Random(seed).sample(read_lines(folder / "questions.jsonl.gz"), _ROWS)
    rows = []
    for question in questions:
        passage = passages[question["passage"]]
        asked, title, read = (
            tokenizer.encode(text, add_special_tokens=False).ids
            for text in (question["question"], passage["title"], passage["text"])
        )
        shown = (shortened(asked), title[:TITLE_TOKENS])
        rows.append(assemble(*shown, read[: room(*shown)]))
    return rows


def _is_feed_forward(name: str) -> bool:
    return name.endswith(("intermediate.dense", "output.dense")) and "attention" not in name


@torch.no_grad()
def _largest_inputs(model: ReaderModel, layers: dict[str, nn.Linear], rows: Sequence[ReaderInput]) -> dict[str, Tensor]:
    """For each layer the largest that each of its inputs is, its sign aside, shape `(channels,)`."""
    largest = {name: torch.zeros(layer.in_features) for name, layer in layers.items()}

    def note(name: str, _layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        torch.maximum(largest[name], inputs[0].abs().amax((0, 1)), out=largest[name])

    watched = [layer.register_forward_pre_hook(partial(note, name)) for name, layer in layers.items()]
    for row in rows:
        model(torch.tensor([row.ids]), torch.tensor([row.types]), None)
    for handle in watched:
        handle.remove()
    return largest
