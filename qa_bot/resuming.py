"""Builds that were cut off, and generations that are broken: what is of use in them is not made again."""

import json
import logging
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from qa_bot.embedding import Source
from qa_bot.errors import QABotError
from qa_bot.index.checksums import CHECKSUMS_FILE
from qa_bot.index.generation import ENCODER_FOLDER, Index
from qa_bot.index.manifest import FORMAT, MANIFEST_FILE, parse_manifest
from qa_bot.index.store import STORE_FILE, Store
from qa_bot.index.vectors import VectorStore, block_folders, finished_vectors
from qa_bot.models.encoder import OnnxEncoder, Precision

logger = logging.getLogger(__name__)

_MARK = "draft.json"


def mark_resumable(folder: Path, model: str, precision: Precision) -> None:
    """The draft in `folder` has its encoder: from now on it can be gone on with if the process ends."""
    (folder / _MARK).write_text(json.dumps(_facts(model, precision)), encoding="utf-8")


def unmark(folder: Path) -> None:
    """The draft is finished."""
    (folder / _MARK).unlink()


def _interrupted_source(folder: Path | None, model: str, precision: Precision) -> Source | None:
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


@dataclass(frozen=True, slots=True)
class Salvage:
    """A generation that is broken: its folder, and the names of its files that are of no use."""

    folder: Path
    damaged: frozenset[str]

    def intact(self, *parts: str) -> bool:
        """Whether those files, or all in those folders, are of use."""
        return not any(f"{name}/".startswith(f"{part}/") for name in self.damaged for part in parts)


def known_sources(
    live: Index | None, salvage: Salvage | None, interrupted: Path | None, model: str, precision: Precision
) -> dict[Path, Source]:
    """What need not be embedded again, by the folder that it is in; an encoder of the same vectors is there too."""
    found = [
        (live and live.folder, Source(live.store, live.dense.vectors) if live else None),
        (salvage and salvage.folder, _salvaged_source(salvage, model, precision)),
        (interrupted, _interrupted_source(interrupted, model, precision)),
    ]
    return {folder: source for folder, source in found if folder and source}


def _salvaged_source(salvage: Salvage | None, model: str, precision: Precision) -> Source | None:
    """What a broken generation has that is of use: vectors up to the first block that is damaged.

    None where its store, its encoder or what it says of itself is damaged, or where it was made with another model.
    """
    if salvage is None or not salvage.intact(MANIFEST_FILE, CHECKSUMS_FILE, STORE_FILE, ENCODER_FOLDER):
        return None
    try:
        if _facts_of(salvage.folder) != _facts(model, precision):
            return None
        blocks = block_folders(salvage.folder)
        whole = takewhile(lambda block: salvage.intact(block.relative_to(salvage.folder).as_posix()), blocks)
        return Source(Store.open(salvage.folder), VectorStore.of(list(whole)))
    except (OSError, QABotError) as error:
        logger.debug("nothing can be taken from %s: %s", salvage.folder, error)
        return None


def _facts_of(folder: Path) -> dict[str, object]:
    """What the leftover says of itself; one that was finished and not yet live has a manifest instead of the mark."""
    mark = folder / _MARK
    if mark.exists():
        facts: dict[str, object] = json.loads(mark.read_text(encoding="utf-8"))
        return facts
    manifest = parse_manifest(folder)
    return {"format": manifest.format, "model": manifest.model, "precision": manifest.asked_precision}


def _facts(model: str, precision: Precision) -> dict[str, object]:
    return {"format": FORMAT, "model": model, "precision": precision}
