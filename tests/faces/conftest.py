import shutil
from pathlib import Path

import pytest

from qa_bot.settings import Settings, variable

SHIPPED = Path(__file__).parents[2] / "corpus"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to be in, and no settings."""
    monkeypatch.chdir(tmp_path)
    for field in Settings.model_fields:
        monkeypatch.delenv(variable(field), raising=False)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """The shipped article."""
    shutil.copytree(SHIPPED, tmp_path / "corpus")
    return tmp_path / "corpus"


@pytest.fixture
def index(tmp_path: Path, shipped_index: Path) -> Path:
    """Its index."""
    shutil.copytree(shipped_index, tmp_path / "index")
    return tmp_path / "index"
