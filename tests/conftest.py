from pathlib import Path

import pytest
from encoder_double import SmallSource, export_small
from reader_double import export_reader

from qa_bot import indexing
from qa_bot.models.encoder import OnnxEncoder, Parted
from qa_bot.pipeline import Pipeline
from qa_bot.support import default_calibration_text, parse_calibration

CORPUS = Path(__file__).parent.parent / "corpus"


def _quiet(_stage: str, _done: int, _total: int | None) -> None:
    pass


@pytest.fixture(scope="session")
def shipped_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the shipped corpus, built once with the real model."""
    index = tmp_path_factory.mktemp("shipped") / "index"
    indexing.update_index(CORPUS, index, embedding_model="all-MiniLM-L6-v2", precision="int8", progress=_quiet)
    return index


@pytest.fixture(scope="session")
def shipped(shipped_index: Path) -> Pipeline:
    """The pipeline over the index of the shipped corpus."""
    return Pipeline.open(shipped_index)


@pytest.fixture(scope="session")
def small_reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small reader, under the name of the one that the shipped calibration was fitted for."""
    folder = tmp_path_factory.mktemp("reader")
    export_reader(folder, name=parse_calibration(default_calibration_text()).reader)
    return folder


@pytest.fixture
def small_model(small_reader: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds export the small model in place of a downloaded one, and carry the small reader."""
    monkeypatch.setattr(indexing, "SourceModel", SmallSource)
    monkeypatch.setattr(indexing, "export_checked", export_small)
    monkeypatch.setattr(indexing, "shipped_reader", lambda: small_reader)


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that builds encode, as they encode them."""
    texts: list[str] = []
    encode = OnnxEncoder.encode_parted

    def recording(encoder: OnnxEncoder, parted: list[Parted]) -> object:
        texts.extend(one.text for one in parted)
        return encode(encoder, parted)

    monkeypatch.setattr(OnnxEncoder, "encode_parted", recording)
    return texts
