"""Items and interactions -> a trained generator: model.safetensors, config.json and catalog.json."""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from scipy import sparse
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from domain.artifact import CATALOG, write_atomically
from training import metrics
from training.dataset import DataError, Dataset, Holdout, load, positives, read_meaning, split_interactions
from training.gan import GanSettings, GanTrainer
from training.linear import (
    CELLS,
    SPARSE,
    LinearPath,
    LinearSettings,
    NearestPath,
    Solver,
    is_closed,
    powers_to_try,
    prefers_product,
    sizes,
    solve,
    solver,
    sparse_path,
)
from training.newcomers import place, placements
from training.vae import Generator, GeneratorConfig, VaeSettings, VaeTrainer, standardise, width

STAGE = "training.recommender"
MODEL = "model.safetensors"
CONFIG = "config.json"
CHECKPOINT = "checkpoint.pt"
MARGIN = 0.01
"""Other powers, another weight of the latent path or no sparse part must be better by such a share: less does not
carry over."""
GIVE_UP = 0.1
"""A pair of powers that starts by such a share below the best is not climbed."""
FOLDS, MANY = 3, 50_000
"""Up to so many interactions the linear path is judged on so many splits: one alone decides by chance."""
GAINS = (0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0)
"""Weights of the latent path tried in the fusion; 0 beside them at the end, since z has a weight of its own."""
CAUTIONS = (0.0, 10.0, 30.0, 100.0, 300.0)
"""What popularity counts where nothing is known of a person: values tried."""
SHORT, SHORT_PEOPLE = (1, 2, 3, 5, 10), 300
"""Histories of so many likes, of so many people, choose among them, …"""
ACCURACY_FOR_CAUTION = 0.001
"""… as long as whole histories lose no more of NDCG@20, …"""
COVERAGE_FOR_CAUTION = 0.15
"""… and no more than such a share of their coverage@20."""
MARGIN_OF_CAUTION = 0.02
"""By such a share more caution has to be better: where all items are alike popular it is only noise."""
STEPS = 2_000
"""Of Adam, at most about so many train the latent path."""
EVALUATIONS = 12
"""So often is the latent path judged while it is trained for the first time."""
PATIENCE = 6
"""Evaluations without a better one before training stops."""
COVERAGE_FOR_GAME = 0.11
"""The adversarial game is over when coverage@20 of the hold-out has grown by such a share, …"""
ACCURACY_FOR_GAME = 0.0015
"""… or before it costs so much of NDCG@20 there."""
ROUNDS = 80
"""Rounds of the game at most."""
MODELS = ("gan", "vae", "linear", "latent")
"""The whole generator; the same without its adversary; the same without its latent, without its linear path."""
LOGGED_PEOPLE = 256
"""Of so many people TensorBoard shows what the discriminator says and what they are shown, …"""
LOGGED_LENGTHS = (0, 30, 100)
"""… at these lengths of z, in percent, the safest list first."""
CHECKPOINT_SECONDS = 15.0
HEARTBEAT = 5.0
"""Seconds after which progress is told again."""
BETWEEN_STEPS, NEARLY_DONE = 0.1, 0.99
"""So far beyond what was told, and so far in all, progress goes by time alone."""


class TrainingError(Exception):
    """Training cannot go on; the message is a sentence for the owner of the data."""


@dataclass(frozen=True)
class Options:
    """What the command line asks for.

    Attributes:
        model: one of `MODELS`.
        epochs: at most so many; None chooses by the size of the data.
        device: torch's name of it.
        meaning: of the items, see `read_meaning`; places those that nobody has liked yet. None goes without.
    """

    model: str = "gan"
    seed: int = 0
    epochs: int | None = None
    device: str = "cpu"
    resume: bool = False
    runs: Path = Path("runs")
    meaning: Path | None = None


class Progress:
    """How far training is, told to a person (a bar, or lines on stderr) and to a program (JSON lines on stdout).

    What is told is told again every `HEARTBEAT` seconds, with the time left and, between two steps, as far as the time
    that such training takes has gone by; it never goes back.
    """

    def __init__(self, expected: float = 0.0, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin; `expected` is how many seconds it may take, 0 if nobody knows."""
        self._expected = expected
        self._clock = clock
        self._began = clock()
        self._shown, self._printed, self._next, self._say = 0.0, -1.0, 0.0, ""
        self._bar: Any = None
        self._ended = threading.Event()
        self._lock = threading.Lock()
        threading.Thread(target=self._beat, daemon=True).start()

    def tell(self, done: float, say: str) -> None:
        """Report that a share of the work is done."""
        with self._lock:
            self._say, self._next = say, min(done + BETWEEN_STEPS, NEARLY_DONE)
            self._show(max(done, self._shown), always=done in (0.0, 1.0))

    def beat(self) -> None:
        """Tell again what was told last, and what time has done since."""
        with self._lock:
            gone = (self._clock() - self._began) / self._expected if self._expected else 0.0
            self._show(max(self._shown, min(gone, self._next)), always=True)

    def close(self) -> None:
        """Take the bar away."""
        self._ended.set()
        if self._bar is not None:
            self._bar.close()

    def _beat(self) -> None:
        while not self._ended.wait(HEARTBEAT):
            self.beat()

    def _show(self, done: float, *, always: bool) -> None:
        self._shown = done
        say = f"{self._say}{self._left(done)}"
        if self._bar is None:
            self._bar = tqdm(total=100, file=sys.stderr, disable=not sys.stderr.isatty(), unit="%", leave=False)
        self._bar.set_description_str(say)
        self._bar.update(round(100 * done) - self._bar.n)
        if not sys.stderr.isatty() and (always or done - self._printed >= 0.05):
            self._printed = done
            print(f"{STAGE}: {100 * done:.0f}% {say}", file=sys.stderr, flush=True)
        print(json.dumps({"stage": STAGE, "done": round(done, 4), "say": say}), flush=True)

    def _left(self, done: float) -> str:
        """Time left: by what was expected at first, then by what was done so far."""
        gone = self._clock() - self._began
        by_now = gone / done * (1 - done) if done else self._expected
        left = done * by_now + (1 - done) * max(self._expected - gone, 0.0) if self._expected else by_now
        return "" if done >= 1 or not left else f", about {as_time(left)} left"


def as_time(seconds: float) -> str:
    """Seconds as people say them: "40 s", "12 min"."""
    return f"{max(round(seconds, -1), 10):.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def expected_seconds(interactions: int) -> float:
    """About how long training takes on two cores: measured by `benchmarks.growth`."""
    return float(max(10.0, 90.0 * (interactions / 100_000) ** 1.1))


def expected_memory(people: int, items: int, interactions: int) -> float:
    """About how many gigabytes training needs at its peak: fitted to `benchmarks.growth`."""
    if prefers_product(people, items):
        path = 16.0 * people * items
    else:
        path = 14.0 * items**2 if is_closed(people, items) else 20_000.0 * items
    return 0.5 + (path + 200.0 * interactions) / 1e9


@dataclass
class Run:
    """One training run: its data, where it writes, and what it has found so far.

    Attributes:
        chosen: what validation chose: ``linear``, ``gain``, ``caution``, ``epochs``, ``game`` (adversarial rounds),
            ``temper`` (what they taught), ``metrics``.
        meaning: sentence vectors of the items, ``[N, d]``, where there are any.
    """

    data: Dataset
    out: Path
    options: Options
    log: SummaryWriter
    progress: Progress = field(default_factory=Progress)
    chosen: dict[str, Any] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
    meaning: NDArray[np.float32] | None = None

    @property
    def most_epochs(self) -> int:
        """Enough for convergence, which takes steps, not passes: many people need fewer."""
        if self.options.epochs is not None:
            return self.options.epochs
        return int(np.clip(STEPS * VaeSettings().batch / self.data.matrix.shape[0], 5, 60))


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
    meaning = None if options.meaning is None else read_meaning(options.meaning, len(data.catalog))
    out.mkdir(parents=True, exist_ok=True)
    seed_everything(options.seed)
    with SummaryWriter(str(options.runs / f"{out.name}-{options.model}-{options.seed}")) as log:
        run = Run(data, out, options, log, Progress(expected_seconds(data.matrix.nnz)), meaning=meaning)
        try:
            return _train(run)
        finally:
            run.progress.close()


def _train(run: Run) -> dict[str, Any]:
    matrix = run.data.matrix
    people, items = matrix.shape
    memory = expected_memory(people, items, matrix.nnz)
    size = f"{matrix.shape[0]} people, {matrix.shape[1]} items, {matrix.nnz} interactions"
    run.progress.tell(0.0, f"{size}: needs about {memory:.1f} GB of memory")
    saved = _checkpoint(run) if run.options.resume else None
    if saved and saved["stage"] == "fit":
        run.chosen = saved["chosen"]
    else:
        saved = None
        choose(run)
    config = save(run, fit(run, matrix, saved))
    (run.out / CHECKPOINT).unlink(missing_ok=True)
    return config


def choose(run: Run) -> Validation | None:
    """Put what validation chooses into `Run.chosen`; returns what it chose by, None where nothing can be withheld."""
    latent = run.options.model != "linear"
    run.chosen |= {"linear": asdict(LinearSettings()), "gain": float(latent)}
    run.chosen |= {"epochs": min(run.most_epochs, 20) if latent else 0}
    run.chosen |= {"caution": 0.0, "game": 0, "temper": [0.0, 0.0], "metrics": {}}
    splits = [validation_split(run, fold) for fold in range(FOLDS if run.data.matrix.nnz <= MANY else 1)]
    splits = [(left, holdout) for left, holdout in splits if holdout.relevant.nnz and positives(left).nnz]
    return select(run, splits) if splits else None


Split = tuple[sparse.csr_matrix, Holdout]


def validation_split(run: Run, fold: int) -> Split:
    """What to train on while choosing, and what to choose by."""
    matrix = run.data.matrix
    people = int(np.clip(CELLS // matrix.shape[1], 500, 2_000))
    return split_interactions(matrix, np.random.default_rng(run.options.seed + 1_000 * fold), at_most=people)


def search_linear(run: Run, splits: Sequence[Split]) -> LinearSettings:
    """Climb to the settings of the linear path with the best mean NDCG@20 on the splits.

    Powers are tried one pair after another; for each the solver's grids are climbed from the best so far.
    """
    best, top = LinearSettings(), -1.0
    powers = powers_to_try(*run.data.matrix.shape)
    for at, (user, item) in enumerate(powers):
        solvers = [solver(left, user, item) for left, _ in splits]

        def quality(settings: LinearSettings, solvers: Sequence[Solver] = solvers) -> float:
            return float(np.mean([_ndcg(s.solve(settings), h) for s, (_, h) in zip(solvers, splits, strict=True)]))

        found = replace(best, user=user, item=item)
        score = quality(found)
        if score > top - GIVE_UP * top:
            for name, grid in solvers[0].grids:
                found, score = _climb(found, score, name, grid, quality)
        if score > top + MARGIN * max(top, 0):
            best, top = found, score
        run.progress.tell(0.02 + 0.2 * (at + 1) / len(powers), f"linear path, NDCG@20 {top:.4f}")
    return best


def choose_sparse(splits: Sequence[Split], linear: LinearSettings) -> tuple[float, NearestPath]:
    """The weight of the sparse part of the linear path: `SPARSE`, unless the splits are clearly against it.

    Two that err in different ways are better added; by how much shows in more people than one hold-out has.

    Returns:
        it, and the part that was learned of the first split.
    """
    alone, added = 0.0, 0.0
    parts = [sparse_path(left) for left, _ in splits]
    for (left, holdout), part in zip(splits, parts, strict=True):
        closed, nearest = (path.rows(holdout.history) for path in (solve(left, linear), part))
        alone += _quality(closed, holdout)
        added += _quality(closed + SPARSE * nearest, holdout)
    return SPARSE if added >= (1 - MARGIN) * alone else 0.0, parts[0]


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
    return _quality(path.rows(holdout.history), holdout)


def _quality(scores: torch.Tensor, holdout: Holdout) -> float:
    return metrics.accuracy(_best(scores, holdout.history), holdout.relevant, (20,))["ndcg@20"]


def _best(scores: torch.Tensor, history: sparse.csr_matrix) -> NDArray[np.int64]:
    """`metrics.rank` to 20 places, but fast; ties fall as they may."""
    row = np.repeat(np.arange(history.shape[0]), np.diff(history.indptr))
    scores = scores.clone()
    scores[torch.from_numpy(row), torch.from_numpy(history.indices.astype(np.int64))] = -torch.inf
    best = scores.topk(min(20, scores.shape[1]))
    places = torch.where(best.values > -torch.inf, best.indices, -1).cpu().numpy()
    return np.pad(places, ((0, 0), (0, 20 - places.shape[1])), constant_values=-1)


def new_generator(
    run: Run, matrix: sparse.csr_matrix, settings: LinearSettings, part: NearestPath | None = None
) -> Generator:
    """A generator whose linear path is solved, and whose latent path knows popularity only.

    Args:
        run: whose seed, model and device it has.
        matrix: what is known of people.
        settings: of the linear path.
        part: the sparse part of that, if it was learned before; it is changed.
    """
    path = solve(matrix, settings, part)
    if run.options.model == "latent":
        path.rescale(0.0)
    items = matrix.shape[1]
    torch.manual_seed(run.options.seed)
    generator = Generator(
        GeneratorConfig(
            items=items,
            hidden=width(items),
            **sizes(path),
        )
    )
    generator.linear = path
    generator.know_popularity(positives(matrix))
    return generator.to(run.options.device)


def select(run: Run, splits: Sequence[Split]) -> Validation:
    """Choose by validation: the linear path, the epochs and gain of the latent path, and the rounds of the game."""
    matrix, holdout = splits[0]
    linear = search_linear(run, splits)
    part = None
    if is_closed(*run.data.matrix.shape):
        weight, part = choose_sparse(splits, linear)
        linear = replace(linear, sparse=weight)
    run.chosen["linear"] = asdict(linear)
    generator = new_generator(run, matrix, linear, part)
    trainer, validation = VaeTrainer(generator, VaeSettings()), Validation(generator, holdout)
    best, waited, state = -1.0, 0, _copy(trainer.state())
    if run.options.model == "linear":
        run.chosen |= {"gain": 0.0, "epochs": 0, "caution": choose_caution(validation, 0.0, run.options.seed)}
        run.chosen["metrics"] = validation.figures(0.0)
        play_game(run, matrix, generator, validation)
        return validation
    every = max(run.most_epochs // EVALUATIONS, 1)
    for epoch in _epochs(run, "select", trainer, matrix, range(run.most_epochs)):
        run.progress.tell(0.2 + 0.3 * (epoch + 1) / run.most_epochs, f"validation pass, epoch {epoch + 1}")
        if (epoch + 1) % every and epoch + 1 < run.most_epochs:
            continue
        validation.look()
        gain = max(GAINS, key=lambda gain: validation.figures(gain)["ndcg@20"])
        figures = validation.figures(gain)
        _log(run.log, "select", epoch, figures)
        waited += 1
        if figures["ndcg@20"] > best:
            best, waited, state = figures["ndcg@20"], 0, _copy(trainer.state())
            run.chosen |= {"gain": gain, "epochs": epoch + 1, "metrics": figures}
        if waited >= PATIENCE:
            break
    trainer.restore(state)
    validation.look()
    gains = GAINS if run.options.model == "latent" else (0.0, *GAINS)
    run.chosen["gain"], run.chosen["caution"] = choose_gain_and_caution(validation, gains, run.options.seed)
    run.chosen["metrics"] = validation.figures(run.chosen["gain"])
    if run.options.model != "vae":
        play_game(run, matrix, generator, validation)
    return validation


class Validation:
    """What a generator is worth on a hold-out, with its slow parts kept from one question to the next."""

    def __init__(self, generator: Generator, holdout: Holdout) -> None:
        self.generator, self.holdout = generator, holdout
        self.linear = standardise(generator.linear.rows(holdout.history))  # (people, N)
        self.known = generator.known_rows(holdout.history)
        self.look()

    @torch.no_grad()
    def look(self) -> None:
        """Take the latent path as it is now."""
        self.latent = standardise(_latent(self.generator, self.holdout.history))  # (people, N)

    def worth(self) -> float:
        """NDCG@20 of the latent path alone, in shares of the linear one's; 1 where that has none."""
        linear, latent = (_quality(path, self.holdout) for path in (self.linear, self.latent))
        return latent / linear if linear else 1.0

    @torch.no_grad()
    def figures(self, gain: float) -> dict[str, float]:
        """Accuracy and coverage with this weight of the latent path, which the generator keeps."""
        self.generator.gain.fill_(gain)
        scores = self.generator.add_up(self.linear, self.latent, self.known)
        ranked = _best(scores, self.holdout.history)
        figures = metrics.accuracy(ranked, self.holdout.relevant)
        return figures | {"coverage@20": metrics.coverage(ranked, scores.shape[1])}


@torch.no_grad()
def _latent(generator: Generator, history: sparse.csr_matrix) -> torch.Tensor:
    batch = 256
    starts = range(0, history.shape[0], batch)
    return torch.cat([generator.decode(generator.encode_rows(history[s : s + batch])[0]) for s in starts])


def choose_gain(validation: Validation, gains: Sequence[float]) -> float:
    """Of weights of the latent path that are nearly as good as the best, the nearest to what it is worth by itself.

    Two that err in different ways are better added, each by how good it is alone; what both are worth together shows
    in more people than one hold-out has.
    """
    found = {gain: validation.figures(gain)["ndcg@20"] for gain in gains}
    good = [gain for gain, ndcg in found.items() if ndcg >= (1 - MARGIN) * max(found.values())]
    return min(good, key=lambda gain: abs(gain - min(validation.worth(), 1.0)))


def choose_gain_and_caution(validation: Validation, gains: Sequence[float], seed: int) -> tuple[float, float]:
    """The weight of the latent path, then caution, with which the latent path may have less to say, but never more."""
    gain = choose_gain(validation, gains)
    caution = choose_caution(validation, gain, seed)
    return min(gain, choose_gain(validation, gains)), caution


def choose_caution(validation: Validation, gain: float, seed: int) -> float:
    """What popularity should count for people of whom little is known: the best for histories cut short.

    Args:
        validation: whose generator is asked; it keeps the choice.
        gain: of its latent path.
        seed: draws the likes that are left.
    """
    generator, holdout = validation.generator, validation.holdout
    whole: dict[float, float] = {}
    coverage: dict[float, float] = {}
    for caution in CAUTIONS:
        generator.caution.fill_(caution)
        figures = validation.figures(gain)
        whole[caution], coverage[caution] = figures["ndcg@20"], figures["coverage@20"]
    short = dict.fromkeys(CAUTIONS, 0.0)
    full, relevant = holdout.history[:SHORT_PEOPLE], holdout.relevant[:SHORT_PEOPLE]
    for length in SHORT:
        few = shortened(full, length, np.random.default_rng(seed + length))
        linear, latent, known = generator.linear.rows(few), _latent(generator, few), generator.known_rows(few)
        for caution in CAUTIONS:
            generator.caution.fill_(caution)
            with torch.no_grad():
                ranked = _best(generator.fuse(linear, latent, known), full)
            short[caution] += metrics.accuracy(ranked, relevant, (20,))["ndcg@20"]
    allowed = allowed_cautions(whole, coverage)
    enough = (1 - MARGIN_OF_CAUTION) * max(short[c] for c in allowed)
    caution = min(c for c in allowed if short[c] >= enough)
    generator.caution.fill_(caution)
    return caution


def allowed_cautions(ndcg: Mapping[float, float], coverage: Mapping[float, float]) -> list[float]:
    """Those that cost whole histories nearly nothing: neither accuracy nor, unless they gain some, coverage.

    Args:
        ndcg: NDCG@20 of whole histories with each.
        coverage: likewise, coverage@20.
    """
    broad = {c for c in CAUTIONS if coverage[c] >= (1 - COVERAGE_FOR_CAUTION) * coverage[CAUTIONS[0]]}
    best = max(ndcg[c] for c in broad)
    candidates = [c for c in CAUTIONS if c in broad or ndcg[c] > best + ACCURACY_FOR_CAUTION]
    return [c for c in candidates if ndcg[c] >= max(ndcg[d] for d in candidates) - ACCURACY_FOR_CAUTION]


def shortened(history: sparse.csr_matrix, length: int, rng: np.random.Generator) -> sparse.csr_matrix:
    """At most `length` likes of each person, drawn at random, and nothing else."""
    row = np.repeat(np.arange(history.shape[0]), np.diff(history.indptr))
    order = np.lexsort((rng.random(history.nnz), history.data <= 0, row))
    place = np.arange(history.nnz) - history.indptr[row[order]]
    keep = order[(place < length) & (history.data[order] > 0)]
    return sparse.csr_matrix((history.data[keep], (row[keep], history.indices[keep])), shape=history.shape)


def play_game(run: Run, matrix: sparse.csr_matrix, generator: Generator, validation: Validation) -> None:
    """Play until it has brought what it is played for (`COVERAGE_FOR_GAME`) or costs too much; keep what it taught."""
    gain, game = run.chosen["gain"], GanTrainer(generator, GanSettings())
    before, holdout = validation.figures(gain), validation.holdout
    rounds = min(ROUNDS, run.options.epochs or ROUNDS)
    for number in _epochs(run, "game", game, matrix, range(rounds)):
        figures = validation.figures(gain)
        told_right = game.told_right(holdout.history[:LOGGED_PEOPLE], holdout.relevant[:LOGGED_PEOPLE])
        _log(run.log, "game", number, figures | {"told_right": told_right})
        run.progress.tell(0.5 + 0.1 * (number + 1) / rounds, f"validation game, round {number + 1}")
        if figures["ndcg@20"] < before["ndcg@20"] - ACCURACY_FOR_GAME:
            break
        run.chosen |= {"game": number + 1, "temper": generator.temper.tolist(), "metrics": figures}
        if figures["coverage@20"] >= (1 + COVERAGE_FOR_GAME) * before["coverage@20"]:
            break


def fit(run: Run, matrix: sparse.csr_matrix, saved: dict[str, Any] | None) -> Generator:
    """Train on everything, with what validation chose; go on from a checkpoint where there is one."""
    generator = new_generator(run, matrix, LinearSettings(**run.chosen["linear"]))
    generator.gain.fill_(run.chosen["gain"])
    generator.caution.fill_(run.chosen["caution"])
    generator.temper.data = torch.tensor(run.chosen["temper"], device=run.options.device)
    trainer, epochs, fitted = VaeTrainer(generator, VaeSettings()), run.chosen["epochs"], 0
    if saved:
        trainer.restore(saved["state"])
        fitted = saved["epoch"] + 1
    for epoch in _epochs(run, "fit", trainer, matrix, range(fitted, epochs)):
        run.progress.tell(0.6 + 0.39 * (epoch + 1) / epochs, f"epoch {epoch + 1} of {epochs}")
    likes = np.asarray(positives(matrix).sum(axis=0)).ravel()
    if not likes.all():
        place(generator, placements(run.data.catalog, likes, run.meaning))
    _log_lists(run, generator, positives(matrix))
    return generator


def _log_lists(run: Run, generator: Generator, target: sparse.csr_matrix) -> None:
    """What some people are shown, by the length of z: how much of the catalogue, how mixed, how unknown, how new.

    Args:
        run: whose log it goes to; steps are the length of z in percent.
        generator: that is fitted.
        target: ones at the positives, CSR ``[people, N]``.
    """
    history, rng = run.data.matrix[:LOGGED_PEOPLE], np.random.default_rng(run.options.seed)
    likes = np.bincount(target.indices, minlength=target.shape[1])
    safest = None
    for percent in LOGGED_LENGTHS:
        z = rng.standard_normal((history.shape[0], generator.config.noise)).astype(np.float32) * (percent / 100)
        scores = generator.rank_rows(history, torch.from_numpy(z).to(generator.temper.device))
        ranked = metrics.rank(scores, 20, history)
        safest = ranked if safest is None else safest
        run.log.add_histogram("shown/scores", scores, percent)
        run.log.add_histogram("shown/items", ranked, percent)
        both = (ranked[:, :, None] == safest[:, None]).any(2) & (ranked >= 0)
        figures = {
            "coverage@20": metrics.coverage(ranked, target.shape[1]),
            "diversity": metrics.diversity(ranked, target),
            "novelty": metrics.novelty(ranked, likes, target.shape[0]),
            "kept": float(both.sum() / max((ranked >= 0).sum(), 1)),
        }
        _log(run.log, "shown", percent, figures)


def _epochs(
    run: Run, stage: str, trainer: VaeTrainer | GanTrainer, matrix: sparse.csr_matrix, epochs: range
) -> Iterator[int]:
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
    if isinstance(state, list):
        return [_copy(value) for value in state]
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


def save(run: Run, generator: Generator) -> dict[str, Any]:
    """Write the model's folder, config.json last."""
    config = {
        "generator": asdict(generator.config),
        "value_range": list(run.data.value_range),
        "training": {"model": run.options.model, "seed": run.options.seed}
        | {name: run.chosen[name] for name in ("linear", "gain", "caution", "epochs", "game", "temper")}
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
    parser.add_argument("--meaning", type=Path, help="sentence vectors of the items (.npy), rows as in the items file")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", choices=MODELS, default="gan")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--resume", action="store_true")
    a = parser.parse_args(arguments)
    device = ("cuda" if torch.cuda.is_available() else "cpu") if a.device == "auto" else a.device
    torch.set_num_threads(max((os.cpu_count() or 1) // 2, 1))  # more wait for each other: 91 s on two, 70 s on one
    options = Options(model=a.model, seed=a.seed, epochs=a.epochs, device=device, resume=a.resume, meaning=a.meaning)
    try:
        train(a.items, a.interactions, a.out, options)
    except (DataError, TrainingError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
