"""Items and interactions -> a trained generator: model.safetensors, config.json and catalog.json."""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from scipy import sparse
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from domain.artifact import CATALOG, write_atomically
from training import metrics
from training.dataset import DataError, Dataset, Holdout, load, positives, split_interactions
from training.gan import GanSettings, GanTrainer
from training.vae import (
    ClosedForm,
    Generator,
    GeneratorConfig,
    LinearPath,
    LinearSettings,
    VaeSettings,
    VaeTrainer,
    prefers_factors,
)

STAGE = "training.recommender"
MODEL = "model.safetensors"
CONFIG = "config.json"
CHECKPOINT = "checkpoint.pt"
RIDGES = (3.0, 10.0, 30.0, 100.0, 200.0, 300.0, 500.0, 700.0, 1000.0, 3000.0, 10_000.0)
LIFTS = (0.0, 0.0625, 0.125, 0.1875, 0.25, 0.375, 0.5)
POWERS = ((0.25, 0.125), (0.25, 0.25), (0.0, 0.0), (0.5, 0.5))
"""Settings of the linear path that are tried; the powers are pairs (user, item), the safest first."""
MARGIN = 0.01
"""A later pair of powers must be better by such a share: smaller differences do not carry over to other people."""
CHEAP_ITEMS = 5_000
"""Up to so many items a matrix of items x items is inverted often enough to try every pair of powers."""
GIVE_UP = 0.1
"""A pair of powers that starts by such a share below the best is not climbed."""
GAINS = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0)
"""Weights of the latent path tried in the fusion; never 0, or z would change nothing."""
EVALUATIONS = 12
"""So often is the latent path judged while it is trained for the first time."""
PATIENCE = 6
"""Evaluations without a better one before training stops."""
ACCURACY_FOR_GAME = 0.001
"""NDCG@20 that the adversarial game may cost on the hold-out."""
CHECKPOINT_SECONDS = 15.0


class TrainingError(Exception):
    """Training cannot go on; the message is a sentence for the owner of the data."""


@dataclass(frozen=True)
class Options:
    """What the command line asks for.

    Attributes:
        epochs: at most so many; None chooses by the size of the data.
        device: torch's name of it.
    """

    model: str = "gan"
    seed: int = 0
    epochs: int | None = None
    device: str = "cpu"
    resume: bool = False
    runs: Path = Path("runs")


@dataclass
class Progress:
    """How far training is, told to a person (a bar, or lines on stderr) and to a program (JSON lines on stdout)."""

    bar: Any = None
    last: float = -1.0

    def tell(self, done: float, say: str) -> None:
        """Report that a share of the work is done."""
        if self.bar is None:
            self.bar = tqdm(total=100, file=sys.stderr, disable=not sys.stderr.isatty(), unit="%", leave=False)
        self.bar.set_description_str(say)
        self.bar.update(round(100 * done) - self.bar.n)
        if not sys.stderr.isatty() and (done - self.last >= 0.05 or done in (0.0, 1.0)):
            self.last = done
            print(f"{STAGE}: {100 * done:.0f}% {say}", file=sys.stderr, flush=True)
        print(json.dumps({"stage": STAGE, "done": round(done, 4), "say": say}), flush=True)

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.close()


@dataclass
class Run:
    """One training run: its data, where it writes, and what it has found so far.

    Attributes:
        chosen: what validation chose: ``linear``, ``gain``, ``epochs``, ``game`` (adversarial epochs), ``metrics``.
    """

    data: Dataset
    out: Path
    options: Options
    log: SummaryWriter
    progress: Progress = field(default_factory=Progress)
    chosen: dict[str, Any] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    @property
    def most_epochs(self) -> int:
        """Enough for convergence: small data need more passes than large."""
        if self.options.epochs is not None:
            return self.options.epochs
        return int(np.clip(6_000_000 / max(self.data.matrix.nnz, 1), 20, 60))


def train(items: Path, interactions: Path, out: Path, options: Options) -> dict[str, Any]:
    """Train on two files and write the model's folder.

    Returns:
        what config.json holds.

    Raises:
        DataError: a file cannot be used.
        TrainingError: nothing can be learnt from the data, or the loss became NaN.
    """
    data = load(items, interactions)
    if not positives(data.matrix).nnz:
        raise TrainingError(f"{interactions}: nobody likes anything here, so there is nothing to learn from")
    out.mkdir(parents=True, exist_ok=True)
    seed_everything(options.seed)
    with SummaryWriter(str(options.runs / f"{out.name}-{options.model}-{options.seed}")) as log:
        run = Run(data, out, options, log)
        try:
            return _train(run)
        finally:
            run.progress.close()


def _train(run: Run) -> dict[str, Any]:
    matrix = run.data.matrix
    run.progress.tell(0.0, f"{matrix.shape[0]} people, {matrix.shape[1]} items, {matrix.nnz} interactions")
    saved = _checkpoint(run) if run.options.resume else None
    if saved and saved["stage"] == "fit":
        run.chosen = saved["chosen"]
    else:
        saved = None
        run.chosen |= {"linear": asdict(LinearSettings()), "gain": 1.0, "epochs": min(run.most_epochs, 20)}
        run.chosen |= {"game": 0, "metrics": {}}
        left, holdout = split_interactions(matrix, np.random.default_rng(run.options.seed))
        if holdout.relevant.nnz and positives(left).nnz:
            select(run, left, holdout)
    config = save(run, fit(run, matrix, saved))
    (run.out / CHECKPOINT).unlink(missing_ok=True)
    return config


def search_linear(run: Run, matrix: sparse.csr_matrix, holdout: Holdout) -> LinearSettings:
    """Climb to the settings of the linear path with the best NDCG@20 on the hold-out.

    Powers are tried one pair after another; for each the ridge is climbed from the best so far, then the lift.
    """
    best, top = LinearSettings(), -1.0
    cheap = prefers_factors(*matrix.shape) or matrix.shape[1] <= CHEAP_ITEMS
    powers = POWERS if cheap else POWERS[:1]
    for at, (user, item) in enumerate(powers):
        form = ClosedForm(matrix, user, item)

        def quality(settings: LinearSettings, form: ClosedForm = form) -> float:
            return _ndcg(form.solve(settings), holdout)

        found = replace(best, user=user, item=item)
        score = quality(found)
        if score > top - GIVE_UP * top:
            for name, grid in (("lift", LIFTS), ("ridge", RIDGES), ("lift", LIFTS)):
                found, score = _climb(found, score, name, grid, quality)
        if score > top + MARGIN * max(top, 0):
            best, top = found, score
        run.progress.tell(0.02 + 0.2 * (at + 1) / len(powers), f"linear path, NDCG@20 {top:.4f}")
    return best


def _climb(
    found: LinearSettings,
    score: float,
    name: str,
    grid: tuple[float, ...],
    quality: Callable[[LinearSettings], float],
) -> tuple[LinearSettings, float]:
    """Walk along a grid in either direction for as long as it gets better."""
    start = grid.index(getattr(found, name))
    for step in (1, -1):
        at = start + step
        while 0 <= at < len(grid):
            candidate = replace(found, **{name: grid[at]})
            better = quality(candidate)
            if better <= score:
                break
            found, score, at = candidate, better, at + step
        if getattr(found, name) != grid[start]:
            break
    return found, score


def _ndcg(path: LinearPath, holdout: Holdout) -> float:
    ranked = metrics.rank(path.rows(holdout.history).numpy(), 20, holdout.history)
    return metrics.accuracy(ranked, holdout.relevant, (20,))["ndcg@20"]


def new_generator(run: Run, matrix: sparse.csr_matrix, settings: LinearSettings) -> Generator:
    """A generator whose linear path is solved and whose latent path knows popularity only."""
    path = ClosedForm(matrix, settings.user, settings.item).solve(settings)
    rank = path.right.shape[0] if path.factored else 0
    torch.manual_seed(run.options.seed)
    generator = Generator(GeneratorConfig(items=matrix.shape[1], rank=rank))
    generator.linear = path
    popularity = np.asarray(positives(matrix).sum(axis=0)).ravel()
    with torch.no_grad():
        generator.output.bias.copy_(torch.from_numpy(np.log(popularity + 0.1)))
    return generator.to(run.options.device)


def select(run: Run, matrix: sparse.csr_matrix, holdout: Holdout) -> None:
    """Choose by validation: the linear path, the epochs and gain of the latent path, and the epochs of the game.

    The game goes on for as long as accuracy pays for it: see `ACCURACY_FOR_GAME`.
    """
    linear = search_linear(run, matrix, holdout)
    run.chosen["linear"] = asdict(linear)
    generator = new_generator(run, matrix, linear)
    trainer = VaeTrainer(generator, VaeSettings())
    every = max(run.most_epochs // EVALUATIONS, 1)
    best, waited, state = -1.0, 0, _copy(trainer.state())
    for epoch in _epochs(run, "select", trainer, matrix, range(run.most_epochs)):
        run.progress.tell(0.2 + 0.3 * (epoch + 1) / run.most_epochs, f"validation pass, epoch {epoch + 1}")
        if (epoch + 1) % every and epoch + 1 < run.most_epochs:
            continue
        gain, figures = _choose_gain(generator, holdout, GAINS)
        _log(run.log, "select", epoch, figures)
        waited += 1
        if figures["ndcg@20"] > best:
            best, waited, state = figures["ndcg@20"], 0, _copy(trainer.state())
            run.chosen |= {"gain": gain, "epochs": epoch + 1, "metrics": figures}
        if waited >= PATIENCE:
            break
    if run.options.model == "gan":
        _select_game(run, matrix, holdout, generator, state)


def _select_game(
    run: Run, matrix: sparse.csr_matrix, holdout: Holdout, generator: Generator, state: dict[str, Any]
) -> None:
    game = GanTrainer(generator, GanSettings())
    VaeTrainer.restore(game, state)
    generator.gain.fill_(run.chosen["gain"])
    least = run.chosen["metrics"]["ndcg@20"] - ACCURACY_FOR_GAME
    most = max(run.most_epochs // 6, 1)
    for epoch in _epochs(run, "game", game, matrix, range(most)):
        _, figures = _choose_gain(generator, holdout, (run.chosen["gain"],))
        _log(run.log, "game", epoch, figures)
        run.progress.tell(0.5 + 0.1 * (epoch + 1) / most, f"validation game, epoch {epoch + 1}")
        if figures["ndcg@20"] < least:
            break
        run.chosen |= {"game": epoch + 1, "metrics": figures}


def fit(run: Run, matrix: sparse.csr_matrix, saved: dict[str, Any] | None) -> Generator:
    """Train on everything, with what validation chose; go on from a checkpoint where there is one."""
    generator = new_generator(run, matrix, LinearSettings(**run.chosen["linear"]))
    generator.gain.fill_(run.chosen["gain"])
    trainer = VaeTrainer(generator, VaeSettings())
    pretrain, total = run.chosen["epochs"], run.chosen["epochs"] + run.chosen["game"]
    done = saved["epoch"] + 1 if saved else 0
    if saved and done <= pretrain:
        trainer.restore(saved["state"])
    for epoch in _epochs(run, "fit", trainer, matrix, range(done, pretrain)):
        run.progress.tell(0.6 + 0.39 * (epoch + 1) / total, f"epoch {epoch + 1} of {total}")
    if run.chosen["game"]:
        torch.manual_seed(run.options.seed)
        game = GanTrainer(generator, GanSettings())
        if saved and done > pretrain:
            game.restore(saved["state"])
        else:
            VaeTrainer.restore(game, trainer.state())
        for epoch in _epochs(run, "fit", game, matrix, range(max(done, pretrain), total)):
            run.progress.tell(0.6 + 0.39 * (epoch + 1) / total, f"epoch {epoch + 1} of {total}")
    sample = generator.rank_rows(matrix[:256])
    run.log.add_histogram("generated/scores", sample, total)
    run.log.add_histogram("generated/items", metrics.rank(sample, 20, matrix[:256]), total)
    return generator


def _epochs(run: Run, stage: str, trainer: VaeTrainer, matrix: sparse.csr_matrix, epochs: range) -> Iterator[int]:
    """Epoch after epoch, with checkpoints; a loss that is not finite stops training and keeps the last good state."""
    target, written = positives(matrix), time.monotonic()
    good = epochs.start - 1, _copy(trainer.state())
    for epoch in epochs:
        losses = trainer.epoch(matrix, target, seed=run.options.seed * 100_003 + epoch)
        if not np.isfinite(list(losses.values())).all():
            _write_checkpoint(run, stage, *good)
            where = run.out / CHECKPOINT
            raise TrainingError(f"the loss was no longer a number in epoch {epoch + 1}; {where} keeps the state before")
        _log(run.log, stage, epoch, losses)
        good = epoch, _copy(trainer.state())
        if time.monotonic() - written > CHECKPOINT_SECONDS:
            _write_checkpoint(run, stage, *good)
            written = time.monotonic()
        yield epoch


def _copy(state: Any) -> Any:
    if isinstance(state, torch.Tensor):
        return state.clone()
    if isinstance(state, dict):
        return {name: _copy(value) for name, value in state.items()}
    return state


def _write_checkpoint(run: Run, stage: str, epoch: int, state: dict[str, Any]) -> None:
    temporary = run.out / f".{CHECKPOINT}"
    torch.save({"key": _key(run), "stage": stage, "epoch": epoch, "state": state, "chosen": run.chosen}, temporary)
    os.replace(temporary, run.out / CHECKPOINT)


def _checkpoint(run: Run) -> dict[str, Any] | None:
    """What an interrupted run of the same data and options left behind; None if there is no such thing."""
    path = run.out / CHECKPOINT
    if not path.is_file():
        return None
    saved: dict[str, Any] = torch.load(path, weights_only=True, map_location=run.options.device)
    if saved["key"] != _key(run):
        raise TrainingError(f"{path} belongs to other data or options: remove it, or leave --resume out")
    return saved


def _key(run: Run) -> list[Any]:
    """What a checkpoint must have in common with the run that goes on from it."""
    matrix = run.data.matrix
    return [run.options.model, run.options.seed, run.options.epochs, *matrix.shape, matrix.nnz, float(matrix.sum())]


@torch.no_grad()
def _choose_gain(generator: Generator, holdout: Holdout, gains: Sequence[float]) -> tuple[float, dict[str, float]]:
    linear = generator.linear.rows(holdout.history)
    latent = generator.decode(generator.encode_rows(holdout.history)[0])
    found = []
    for gain in gains:
        generator.gain.fill_(gain)
        scores = generator.fuse(linear, latent).cpu().numpy()
        ranked = metrics.rank(scores, 20, holdout.history)
        figures = metrics.accuracy(ranked, holdout.relevant)
        figures["coverage@20"] = metrics.coverage(ranked, scores.shape[1])
        found.append((figures["ndcg@20"], gain, figures))
    _, gain, figures = max(found, key=lambda one: one[0])
    generator.gain.fill_(gain)
    return gain, figures


def save(run: Run, generator: Generator) -> dict[str, Any]:
    """Write the model's folder, config.json last."""
    config = {
        "generator": asdict(generator.config),
        "value_range": list(run.data.value_range),
        "training": {"model": run.options.model, "seed": run.options.seed}
        | {name: run.chosen[name] for name in ("linear", "gain", "epochs", "game")}
        | {"seconds": round(time.monotonic() - run.started, 1)},
        "metrics": run.chosen["metrics"],
    }
    temporary = run.out / f".{MODEL}"
    save_file({name: t.contiguous() for name, t in generator.cpu().state_dict().items()}, str(temporary))
    os.replace(temporary, run.out / MODEL)
    run.data.catalog.save(run.out / CATALOG)
    write_atomically(run.out / CONFIG, json.dumps(config, indent=1) + "\n")
    run.progress.tell(1.0, f"trained in {config['training']['seconds']} s")
    return config


def load_generator(folder: Path) -> tuple[Generator, dict[str, Any]]:
    """The generator that `train` wrote, in evaluation mode, and its config.json.

    Raises:
        TrainingError: the folder does not hold one.
    """
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        generator = Generator(GeneratorConfig(**config["generator"]))
        generator.load_state_dict(load_file(folder / MODEL))
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise TrainingError(f"{folder} holds no trained recommender: {error}") from error
    return generator.eval(), config


def seed_everything(seed: int) -> None:
    """The same seed gives the same model on the same machine."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def _log(log: SummaryWriter, tag: str, step: int, figures: dict[str, float]) -> None:
    for name, figure in figures.items():
        log.add_scalar(f"{tag}/{name}", figure, step)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where the data cannot be used."""
    parser = argparse.ArgumentParser(prog=f"python -m {STAGE}", description=__doc__)
    parser.add_argument("--items", type=Path, required=True)
    parser.add_argument("--interactions", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", choices=("gan", "vae"), default="gan")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--resume", action="store_true")
    a = parser.parse_args(arguments)
    device = ("cuda" if torch.cuda.is_available() else "cpu") if a.device == "auto" else a.device
    options = Options(model=a.model, seed=a.seed, epochs=a.epochs, device=device, resume=a.resume)
    try:
        train(a.items, a.interactions, a.out, options)
    except (DataError, TrainingError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
