"""Exports a trained reader to qa_bot/data/reader/: int8 ONNX, its tokenizer and its card.

    python training/reader_export.py TRAIN RUN [RUN ...]

TRAIN holds SQuAD's training set, of which some rows say how large the numbers are that int8 has to hold
(smoothing.py). RUN is a folder of `reader_train.py`, or one with an exported reader. Of several runs, each begun where
another ended or where it began, the mean of the weights is exported (a "model soup": Wortsman et al. 2022). `--full`
receives the same reader in full precision, to be measured against.
"""

import argparse
import hashlib
import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from reader_model import ReaderModel, adapt, load_tokenizer
from reader_weights import exported_reader
from smoothing import drawn_rows, smooth
from torch.nn.utils import parametrize

from qa_bot.models.export import quantize
from qa_bot.models.span_model import CARD_FILE, FORMAT, MODEL_FILE, TOKENIZER_FILE

_TARGET = Path(__file__).parents[1] / "qa_bot" / "data" / "reader"
_NAME = "qa-bot-reader"
_OPSET = 17


def load(run: Path) -> ReaderModel:
    """The model that a run ended with, or its last checkpoint, or else an export; adapters merged into matrices."""
    finished, checkpoint, exported = run / "model.pt", run / "state.pt", run / MODEL_FILE
    if exported.exists() and not (finished.exists() or checkpoint.exists()):
        return exported_reader(exported).eval()
    state = torch.load(finished if finished.exists() else checkpoint, map_location="cpu")
    weights = state.get("model", state)
    model = ReaderModel()
    ranks = {len(tensor) for name, tensor in weights.items() if name.endswith(".down")}
    for rank in ranks:
        adapt(model, rank)
    model.load_state_dict(weights)
    for module in list(model.modules()):
        if parametrize.is_parametrized(module, "weight"):
            parametrize.remove_parametrizations(module, "weight", leave_parametrized=True)
    return model.eval()


def averaged(models: Sequence[ReaderModel]) -> ReaderModel:
    """A reader each of whose weights is the mean of the models' own."""
    mean = ReaderModel()
    states = [model.state_dict() for model in models]
    mean.load_state_dict({name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]})
    return mean.eval()


def export(model: ReaderModel, path: Path) -> None:
    """The model in full precision: `ids`, `types` and `mask` in, `starts` and `ends` out, all `(rows, tokens)`."""

    class TwoScores(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
            scores: tuple[torch.Tensor, ...] = self.model(ids, types, mask).unbind(-1)
            return scores

    example = tuple(torch.ones(2, 9, dtype=torch.int64) for _ in range(3))
    axes = {name: {0: "rows", 1: "tokens"} for name in ("ids", "types", "mask", "starts", "ends")}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # of the tracing exporter, about itself and about constants
        torch.onnx.export(
            TwoScores(),
            example,
            str(path),
            input_names=["ids", "types", "mask"],
            output_names=["starts", "ends"],
            dynamic_axes=axes,
            opset_version=_OPSET,
            dynamo=False,
        )


def finish(folder: Path, runs: Sequence[Path]) -> None:
    """The tokenizer and the card beside the model in the folder."""
    load_tokenizer().save(str(folder / TOKENIZER_FILE))
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (MODEL_FILE, TOKENIZER_FILE)}
    asked_for = [entry for run in runs for entry in _asked_for(run)]
    card = {"format": FORMAT, "name": f"{_NAME}-{digests[MODEL_FILE][:8]}", "sha256": digests, "runs": asked_for}
    (folder / CARD_FILE).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def _asked_for(run: Path) -> list[dict[str, Any]]:
    """What the runs in the folder were asked for."""
    card = run / CARD_FILE
    if card.exists():
        runs: list[dict[str, Any]] = json.loads(card.read_text(encoding="utf-8"))["runs"]
        return runs
    return [
        entry
        for entry in map(json.loads, (run / "log.jsonl").read_text(encoding="utf-8").splitlines())
        if "run" in entry
    ]


def main() -> None:
    """The reader is exported."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path, metavar="TRAIN")
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN")
    parser.add_argument("--target", type=Path, default=_TARGET, help="where the int8 model goes; shipped if not given")
    parser.add_argument("--full", type=Path, help="where the same in full precision goes")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()

    model = averaged([load(run) for run in given.runs])
    given.target.mkdir(parents=True, exist_ok=True)
    if given.full:
        given.full.mkdir(parents=True, exist_ok=True)
        export(model, given.full / MODEL_FILE)
        finish(given.full, given.runs)
    smooth(model, drawn_rows(given.train, load_tokenizer(), seed=given.seed))
    with TemporaryDirectory() as scratch:
        export(model, Path(scratch) / MODEL_FILE)
        quantize(Path(scratch) / MODEL_FILE, given.target / MODEL_FILE)
    finish(given.target, given.runs)
    print(f"{given.target}: {(given.target / MODEL_FILE).stat().st_size:,} bytes")  # noqa: T201


if __name__ == "__main__":
    main()
