"""Trains the reader; a run that was cut off goes on from its last checkpoint.

    python training/mine.py TRAIN MINED
    python training/reader_train.py TRAIN MINED/negatives.jsonl.gz RUN --passes 2
    python training/reader_train.py TRAIN MINED/negatives.jsonl.gz RUN --start qa_bot/data/reader/model.onnx

RUN receives `log.jsonl` (the command, the curve, measures on articles held out from the training set), `state.pt` (the
last checkpoint) and, when the run is done, `model.pt`.
"""

import argparse
import hashlib
import json
import math
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from reader_data import Asked, Batch, Crop, batch, plan, read_data, whole
from reader_model import ReaderModel, adapt, load_tokenizer
from reader_weights import exported_reader
from torch import Tensor
from torch.nn import functional

from qa_bot.models.spans import spans_by_start

# Steps between two lines of the curve, two checkpoints, and two measurements on the articles held out.
_LOG, _SAVE, _MEASURE = 50, 250, 1500
_CLIP = 1.0
_WEIGHT_DECAY = 0.01
_WARM_UP = 0.05
_NEVER = -1e4


@dataclass(frozen=True, slots=True)
class Run:
    """One run: where it writes, what it was asked for, what it reads."""

    folder: Path
    arguments: dict[str, Any]
    device: torch.device
    steps: list[list[Crop]]
    held_out: list[Asked]


def loss_of(scores: Tensor, rows: Batch, device: torch.device) -> Tensor:
    """Cross entropy of start and end, each row alone and all rows of a question together, in equal parts.

    Alone, the choice is between the passage's tokens and null. Together it is between the tokens of all passages and
    "none of these", every score taken above its row's null (Clark and Gardner 2018): so that margins of different
    passages can be compared.
    """
    allowed = torch.from_numpy(rows.allowed).to(device)
    targets = torch.from_numpy(np.stack([rows.starts, rows.ends], 1)).to(device)
    groups = torch.from_numpy(rows.groups).to(device)
    scores = scores.float()
    above_null = (scores - scores[:, :1]).masked_fill(~allowed[..., None], _NEVER)
    found = above_null.logsumexp(1)
    right = above_null.gather(1, targets[:, None])[:, 0].masked_fill(targets == 0, 0.0)
    alone = functional.softplus(found) - right
    asked = int(groups[-1]) + 1
    every = torch.zeros(asked, len(groups) + 1, 2, device=device) + _NEVER
    every[:, -1] = 0.0
    every[groups, torch.arange(len(groups), device=device)] = found
    # Of a question at most one passage has the answer; the others, and "none of these", are right at 0.
    together = every.logsumexp(1) - torch.zeros(asked, 2, device=device).index_add(0, groups, right)
    return (alone.mean() + together.mean()) / 2


def scores_of(model: ReaderModel, rows: Batch, device: torch.device) -> Tensor:
    """Scores under bfloat16, which a CPU with AVX-512 multiplies three times as fast as single precision."""
    ids, types = (torch.from_numpy(column).to(device) for column in (rows.ids, rows.types))
    mask = None if rows.mask is None else torch.from_numpy(rows.mask).to(device)
    with torch.autocast(device.type, torch.bfloat16):
        scores: Tensor = model(ids, types, mask)
    return scores


def train(model: ReaderModel, run: Run, *, passed: float) -> None:
    """All steps from the last checkpoint on; `passed` is the time of the process that is no training, for the log."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=run.arguments["rate"], weight_decay=_WEIGHT_DECAY, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, len(run.steps)))
    done = _resume(run, model, optimizer, schedule)
    losses: list[float] = []
    tokens, started = 0, time.perf_counter()
    size = sum(crop.length for crops in run.steps for crop in crops)
    facts = {"at": done, "of": len(run.steps), "tokens": size, "waited_s": passed}
    _log(run, {"run": run.arguments, **facts, "torch": torch.__version__})
    for step in range(done, len(run.steps)):
        rows = batch(run.steps[step])
        loss = loss_of(scores_of(model, rows, run.device), rows, run.device)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(trained, _CLIP)
        optimizer.step()
        schedule.step()
        losses.append(float(loss.detach()))
        tokens += rows.ids.size
        if (step + 1) % _LOG == 0:
            speed = round(tokens / (time.perf_counter() - started))
            _log(run, {"step": step + 1, "loss": round(float(np.mean(losses)), 4), "tokens_per_s": speed})
            losses.clear()
        if (step + 1) % _MEASURE == 0 or step + 1 == len(run.steps):
            _log(run, {"step": step + 1, **measured(model, run)})
        if (step + 1) % _SAVE == 0:
            _save(run, step + 1, model, optimizer, schedule)
    torch.save(model.state_dict(), run.folder / "model.pt")


@torch.no_grad()
def measured(model: ReaderModel, run: Run) -> dict[str, float]:
    """On the articles held out: exact match of tokens where there is an answer, and AUROC of the margin where not."""
    exact: list[bool] = []
    margins: tuple[list[float], list[float]] = ([], [])
    for crops in whole(run.held_out, size=32):
        rows = batch(crops)
        for row, scores in enumerate(scores_of(model, rows, run.device).float().cpu().numpy()):
            inside = np.flatnonzero(rows.allowed[row])
            last, found = spans_by_start(*scores.T, first=int(inside[0]), stop=int(inside[-1]) + 1)
            best = int(found.argmax())
            answerable = bool(rows.starts[row])
            margins[answerable].append(float(found[best]))
            if answerable:
                exact.append((inside[best], last[best]) == (rows.starts[row], rows.ends[row]))
    silent, answered = (np.array(side) for side in margins)
    auroc = (answered[:, None] > silent[None]).mean()
    return {"exact_spans": round(float(np.mean(exact)), 4), "auroc_adversarial": round(float(auroc), 4)}


def _rate(step: int, steps: int) -> float:
    """The share of the learning rate: up in a line, then down in a line."""
    warm = max(1, math.ceil(steps * _WARM_UP))
    return step / warm if step < warm else max(0.0, (steps - step) / (steps - warm))


def _save(run: Run, step: int, model: ReaderModel, optimizer: torch.optim.Optimizer, schedule: Any) -> None:
    """A checkpoint that takes the place of the one before only when it is whole."""
    fresh = run.folder / "state.new"
    states = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}
    torch.save({"step": step, **states}, fresh)
    fresh.replace(run.folder / "state.pt")


def _resume(run: Run, model: ReaderModel, optimizer: torch.optim.Optimizer, schedule: Any) -> int:
    path = run.folder / "state.pt"
    if not path.exists():
        return 0
    state = torch.load(path, map_location=run.device)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    schedule.load_state_dict(state["schedule"])
    return int(state["step"])


def _log(run: Run, entry: dict[str, Any]) -> None:
    line = json.dumps(entry)
    with (run.folder / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    print(line, flush=True)  # noqa: T201


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("negatives", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--passes", type=int, default=1)
    parser.add_argument("--questions", type=int, help="questions of one pass, drawn at random; all if not given")
    parser.add_argument("--silver", type=int, default=1, help="times that SQuAD 2.0's unanswerable questions count")
    parser.add_argument("--beside", type=int, default=2, help="mined negatives beside a question's passage, at most")
    parser.add_argument("--start", type=Path, metavar="MODEL.onnx", help="go on from the weights of an int8 export")
    parser.add_argument("--adapter", type=int, metavar="RANK", help="train low-rank changes only")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def main() -> None:
    """The reader is trained."""
    started = time.perf_counter()
    given = _arguments()
    given.run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(given.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    data = read_data(given.train, given.negatives, load_tokenizer(), seed=given.seed)
    questions = [*data.answerable, *data.silver * given.silver]
    seeds = range(given.seed, given.seed + given.passes)
    count = min(given.questions or len(questions), len(questions))
    passes = [(random.Random(seed).sample(questions, count), seed) for seed in seeds]
    steps = [crops for drawn, seed in passes for crops in plan(drawn, beside=given.beside, size=given.batch, seed=seed)]
    start = given.start and hashlib.sha256(given.start.read_bytes()).hexdigest()
    # Where files lie on a machine says nothing.
    paths = {"train": "TRAIN", "negatives": "NEGATIVES", "run": "RUN", "start": start}
    run = Run(given.run, {**vars(given), **paths}, device, steps, data.held_out)
    model = exported_reader(given.start) if given.start else ReaderModel()
    if given.adapter:
        adapt(model, given.adapter)
    train(model.to(device).train(), run, passed=round(time.perf_counter() - started))


if __name__ == "__main__":
    main()
