import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import onnx
import pytest
from encoder_double import card, export_double
from tokenizers import Tokenizer

from qa_bot.corpus.reader import read_corpus
from qa_bot.errors import ModelUnavailable
from qa_bot.index.generation import ENCODER_FOLDER, open_index
from qa_bot.models.bundled import find_model
from qa_bot.models.encoder import MODEL_FILE, EncoderCard, OnnxEncoder, Precision
from qa_bot.models.export import MIN_FIDELITY, SourceModel, export_checked
from qa_bot.pipeline import Pipeline
from qa_bot.text import sentences
from qa_bot.types import Article

CORPUS = Path(__file__).parents[2] / "corpus"


class Source:
    """A source whose exports are as faithful as it is told, first in full precision, then in int8."""

    name = "small"

    def __init__(self, *fidelity: float) -> None:
        self._fidelity = list(fidelity)

    def export(self, folder: Path) -> OnnxEncoder:
        """The small model."""
        return export_double(folder, card(self.name))

    def fidelity(self, encoder: OnnxEncoder, texts: Sequence[str]) -> float:
        """The next of the figures."""
        assert encoder.encode_passages(texts).shape[0] == len(texts)
        return self._fidelity.pop(0)


def _checked(folder: Path, precision: Precision, *fidelity: float) -> tuple[OnnxEncoder, str | None]:
    return export_checked(cast(SourceModel, Source(*fidelity)), folder, ["a text"], precision=precision)


def test_faithful_int8(tmp_path: Path) -> None:
    """A faithful int8 model is kept, and the full one is gone."""
    encoder, note = _checked(tmp_path, "int8", 1.0, 0.99)
    assert note is None
    assert (encoder.card.precision, encoder.card.fidelity) == ("int8", 0.99)
    assert EncoderCard.read(tmp_path) == encoder.card
    assert not (tmp_path / "full.onnx").exists()


def test_unfaithful_int8_is_refused(tmp_path: Path) -> None:
    """An int8 model that strays is thrown away for the full one, and the note says so with both figures."""
    encoder, note = _checked(tmp_path, "int8", 0.9999, 0.93)
    assert note == (
        "int8 was refused for this model on this machine (cosine 0.930 with sentence-transformers, 0.98 is needed):"
        " the index holds the model in full precision."
    )
    assert (encoder.card.precision, encoder.card.fidelity) == ("fp32", 0.9999)
    full = export_double(tmp_path / "full", card())
    np.testing.assert_array_equal(encoder.encode_question("Gomel"), full.encode_question("Gomel"))
    assert not (tmp_path / "full.onnx").exists()


def test_full_precision(tmp_path: Path) -> None:
    """Full precision is stored as it is, with its measured fidelity."""
    encoder, note = _checked(tmp_path, "fp32", 0.995)
    assert note is None
    assert (encoder.card.precision, encoder.card.fidelity) == ("fp32", 0.995)


@pytest.mark.parametrize("precision", ["int8", "fp32"])
def test_unfaithful_export_is_refused(tmp_path: Path, precision: Precision) -> None:
    """A model that strays even in full precision cannot be used."""
    with pytest.raises(
        ModelUnavailable, match=r"cannot be exported faithfully \(cosine 0\.900 .*QA_BOT_EMBEDDING_MODEL"
    ):
        _checked(tmp_path, precision, 0.9)


@pytest.fixture(scope="module")
def source() -> SourceModel:
    """The default model as sentence-transformers has it."""
    return SourceModel.load("all-MiniLM-L6-v2")


def test_export_equals_sentence_transformers(source: SourceModel, shipped_index: Path) -> None:
    """On every sentence of the shipped article the index's encoder is within .98 of sentence-transformers."""
    article = next(outcome for outcome in read_corpus(CORPUS) if isinstance(outcome, Article))
    texts = [article.text[start:end] for start, end in sentences(article.text)]
    index = open_index(shipped_index)
    encoder = OnnxEncoder.load(index.folder / ENCODER_FOLDER)
    assert len(texts) > 20
    assert source.fidelity(encoder, texts) >= MIN_FIDELITY
    assert index.manifest.fidelity >= MIN_FIDELITY
    assert np.linalg.norm(encoder.encode_question("Where does she live?")) == pytest.approx(1)


def test_full_precision_is_exact(source: SourceModel, tmp_path: Path) -> None:
    """The model in full precision gives sentence-transformers' own vectors, beyond the window and for no text too."""
    encoder = source.export(tmp_path)
    texts = ["Russian troops were treated south of Gomel.", "word " * 1000, "", "Ünïcode 🙂"]
    assert source.fidelity(encoder, texts) > 0.99999
    assert encoder.dimension == 384
    assert encoder.window == 254


def test_count_tokens_is_the_tokenizers(shipped_index: Path) -> None:
    """Tokens are counted as the model's own tokenizer does, special ones left out."""
    folder = open_index(shipped_index).folder / ENCODER_FOLDER
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    texts = ["Tsikhanouskaya ran against Lukashenko.", "", "a " * 700]
    expected = [len(tokenizer.encode(text, add_special_tokens=False).ids) for text in texts]
    assert OnnxEncoder.load(folder).count_tokens(texts) == expected
    assert expected[2] == 700


@pytest.mark.parametrize("name", ["no-such-owner/no-such-model", "no-such-model", "/no/such/folder", "a b/../c"])
def test_unknown_model(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that is not on this machine is one sentence within seconds where the hub cannot be reached."""
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    started = time.perf_counter()
    with pytest.raises(
        ModelUnavailable, match=r"cannot be loaded .*127.*cannot be reached.*QA_BOT_EMBEDDING_MODEL"
    ) as caught:
        SourceModel.load(name)
    assert time.perf_counter() - started < 10
    assert caught.value.model == name
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("harm", ["empty", "no weights"])
def test_folder_without_a_model(tmp_path: Path, harm: str) -> None:
    """A folder that holds no model, or half of one, is one sentence, and nothing is looked for elsewhere."""
    if harm == "no weights":
        original = Path(find_model("all-MiniLM-L6-v2"))
        shutil.copytree(original, tmp_path / "model", ignore=shutil.ignore_patterns("*.safetensors", "*.bin"))
    else:
        (tmp_path / "model").mkdir()
    with pytest.raises(ModelUnavailable, match="cannot be loaded") as caught:
        SourceModel.load(str(tmp_path / "model"))
    assert "\n" not in str(caught.value)


def test_other_model_by_folder(tmp_path: Path, shipped: Pipeline) -> None:
    """A copy of a model in a folder is loaded by its path and gives the same vectors."""
    del shipped
    shutil.copytree(find_model("all-MiniLM-L6-v2"), tmp_path / "copy")
    copied = SourceModel.load(str(tmp_path / "copy"))
    assert copied.name == str(tmp_path / "copy")


def test_attention_is_fused(shipped_index: Path) -> None:
    """The index's encoder has one operator of attention for each of its six layers, and none has a mask."""
    model = onnx.load(str(open_index(shipped_index).folder / ENCODER_FOLDER / MODEL_FILE))
    attention = [node for node in model.graph.node if node.op_type == "QAttention"]
    assert [node.input[5] for node in attention] == [""] * 6
    assert not [node for node in model.graph.node if node.op_type == "Softmax"]
