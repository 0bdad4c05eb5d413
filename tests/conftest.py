from pathlib import Path

import pytest
from encoder_double import SmallSource, export_small

from qa_bot import indexing
from qa_bot.pipeline import Pipeline

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


@pytest.fixture
def small_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds export the small model in place of a downloaded one."""
    monkeypatch.setattr(indexing, "SourceModel", SmallSource)
    monkeypatch.setattr(indexing, "export_checked", export_small)
