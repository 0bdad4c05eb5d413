from pathlib import Path

import numpy as np
import pytest
import torch
from reader_export import export, load
from reader_model import ReaderModel, load_tokenizer
from reader_weights import exported_weights
from smoothing import EvenLinear, smooth
from torch import nn

from qa_bot.models.export import quantize
from qa_bot.models.reader_input import ReaderInput, assemble
from qa_bot.models.session import open_session
from qa_bot.models.span_model import shipped_reader

QUESTIONS = "When did the mill burn?", "Who built it again?", "How much did the new owner pay for it?"
TEXT = (
    "The mill at Orsa burnt down in 1911, after a dry summer. It was built again by Anna Berg, and sold two years"
    " later for 4,200 crowns to the town, which ran it until the war and then let it fall down."
)


@pytest.fixture
def reader() -> ReaderModel:
    """The reader that is shipped, in full precision."""
    return load(shipped_reader())


@pytest.fixture(scope="module")
def rows() -> list[ReaderInput]:
    """Some questions, each with a text that answers it."""
    tokenizer = load_tokenizer()
    asked, [read] = (
        [tokenizer.encode(text, add_special_tokens=False).ids for text in texts] for texts in (QUESTIONS, [TEXT])
    )
    return [assemble(question, (), read) for question in asked]


def _scores(model: ReaderModel, rows: list[ReaderInput]) -> np.ndarray:
    with torch.no_grad():
        scores = [model(torch.tensor([row.ids]), torch.tensor([row.types]), None)[0] for row in rows]
    return torch.cat(scores).numpy()


def _in_int8(model: ReaderModel, rows: list[ReaderInput], folder: Path) -> np.ndarray:
    folder.mkdir()
    export(model, folder / "full.onnx")
    quantize(folder / "full.onnx", folder / "model.onnx")
    session = open_session(folder / "model.onnx")
    found = []
    for row in rows:
        feed = {"ids": [row.ids], "types": [row.types], "mask": [[1] * len(row.ids)]}
        starts, ends = session.run(["starts", "ends"], {name: np.array(column) for name, column in feed.items()})
        found.append(np.stack([starts[0], ends[0]], 1))
    return np.concatenate(found)


def test_evened_layer_gives_the_same() -> None:
    """What is divided out of the inputs is in the matrix."""
    layer = nn.Linear(4, 2)
    given = torch.tensor([[1.0, -30.0, 2.0, 0.5]])

    evened = EvenLinear(layer, torch.tensor([1.0, 0.2, 0.7, 1.5]))

    assert torch.allclose(evened(given), layer(given), atol=1e-5)


def test_int8_is_nearer_to_full_precision_when_smoothed(
    reader: ReaderModel, rows: list[ReaderInput], tmp_path: Path
) -> None:
    """Smoothed, the reader gives the same scores and loses less of them in int8, and its weights come back plain."""
    exact, weights = _scores(reader, rows), dict(reader.state_dict())
    plain_error = np.abs(_in_int8(reader, rows, tmp_path / "plain") - exact).mean()

    smooth(reader, rows)

    assert np.allclose(_scores(reader, rows), exact, atol=1e-3)
    assert np.abs(_in_int8(reader, rows, tmp_path / "smoothed") - exact).mean() < 0.8 * plain_error
    for name, back in exported_weights(tmp_path / "smoothed" / "model.onnx").items():
        assert (back - weights[name]).abs().mean() < 0.04 * weights[name].abs().mean(), name
