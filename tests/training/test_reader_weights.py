import numpy as np
import pytest
import torch
from reader_model import ReaderModel
from reader_weights import WORDS, exported_reader, exported_weights

from qa_bot.models.reader_input import assemble
from qa_bot.models.span_model import MODEL_FILE, SpanModel, Text, shipped_reader

TEXT = "The mill burnt down in 1911. It was built again by Anna Berg, and sold two years later."


@pytest.fixture(scope="module")
def weights() -> dict[str, torch.Tensor]:
    """The weights of the reader that is shipped."""
    return exported_weights(shipped_reader() / MODEL_FILE)


def test_every_weight_but_those_of_words_comes_back(weights: dict[str, torch.Tensor]) -> None:
    """Names and shapes are those of the model that is trained; only the words' vectors, which are not, are left out."""
    expected = {name: tuple(tensor.shape) for name, tensor in ReaderModel().state_dict().items() if name != WORDS}
    assert {name: tuple(tensor.shape) for name, tensor in weights.items()} == expected


@pytest.mark.parametrize(("question", "answer"), [("When did the mill burn?", "1911"), ("Who built it again?", "Anna")])
def test_they_read_as_the_export_reads(question: str, answer: str) -> None:
    """The model with these weights finds the same answer as the export, its margin within 2 of its own."""
    model = exported_reader(shipped_reader() / MODEL_FILE).eval()
    shipped = SpanModel.load(shipped_reader())
    [[span]] = shipped.read(question, [Text("", TEXT, ((0, len(TEXT)),))])
    assert span is not None
    assert answer in TEXT[span.start : span.end]

    tokenizer = shipped._tokenizer
    asked, read = (tokenizer.encode(text, add_special_tokens=False) for text in (question, TEXT))
    row = assemble(asked.ids, (), read.ids)
    with torch.no_grad():
        scores = model(torch.tensor([row.ids]), torch.tensor([row.types]), None)[0].numpy()
    start, end = (read.char_to_token(at) for at in (span.start, span.end - 1))
    assert start is not None
    assert end is not None
    margin = scores[row.first + start, 0] + scores[row.first + end, 1] - scores[0].sum()
    assert int(scores[row.first : -1, 0].argmax()) == start
    assert np.isclose(margin, span.margin, atol=2.0)
