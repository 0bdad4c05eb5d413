"""Builds that were cut off: what they had finished is not made again."""

import json
import logging
from pathlib import Path

from qa_bot.embedding import Source
from qa_bot.errors import QABotError
from qa_bot.index.generation import ENCODER_FOLDER
from qa_bot.index.manifest import FORMAT, load_manifest
from qa_bot.index.store import Store
from qa_bot.index.vectors import finished_vectors
from qa_bot.models.encoder import OnnxEncoder, Precision

logger = logging.getLogger(__name__)

_MARK = "draft.json"


def mark_resumable(folder: Path, model: str, precision: Precision) -> None:
    """The draft in `folder` has its encoder: from now on it can be gone on with if the process ends."""
    (folder / _MARK).write_text(json.dumps(_facts(model, precision)), encoding="utf-8")


def unmark(folder: Path) -> None:
    """The draft is finished."""
    (folder / _MARK).unlink()


def interrupted_source(folder: Path | None, model: str, precision: Precision) -> Source | None:
    """What a build that was cut off left in `folder`; None where that was nothing, or for another model."""
    if folder is None:
        return None
    try:
        if _facts_of(folder) != _facts(model, precision):
            return None
        OnnxEncoder.load(folder / ENCODER_FOLDER)
        store = Store.open(folder)
        # After a power failure a page may be missing in the middle.
        return None if store.damage() else Source(store, finished_vectors(folder))
    except (OSError, ValueError, QABotError) as error:
        logger.debug("nothing can be taken from the build that was cut off in %s: %s", folder, error)
        return None


def _facts_of(folder: Path) -> dict[str, object]:
    """What the leftover says of itself; one that was finished and not yet live has a manifest instead of the mark."""
    mark = folder / _MARK
    if mark.exists():
        facts: dict[str, object] = json.loads(mark.read_text(encoding="utf-8"))
        return facts
    manifest = load_manifest(folder)
    return {"format": manifest.format, "model": manifest.model, "precision": manifest.asked_precision}


def _facts(model: str, precision: Precision) -> dict[str, object]:
    return {"format": FORMAT, "model": model, "precision": precision}
