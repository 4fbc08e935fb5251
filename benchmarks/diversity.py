"""How far lists can be spread at equal accuracy: the adversary beside controls that learn nothing from one.

The controls are tuned on the hold-out of the training stage: of what costs nearly no NDCG@20 there, what shows most of
the catalogue. The lists that are measured are those of the test file, by a generator that was fitted once without its
adversary and is the same for every line.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy import sparse

from benchmarks.controls import (
    BATCH,
    CANDIDATES,
    LIST,
    Items,
    Lists,
    People,
    accuracy_and_coverage,
    best,
    controls,
    known_items,
    people,
    tuned,
)
from benchmarks.judge import BLIND, describe, tell_apart
from benchmarks.ranking import Split, read_split, write_data
from training import metrics
from training.dataset import DataError, Holdout, load
from training.recommender import (
    Options,
    Progress,
    Run,
    Validation,
    choose,
    fit,
    play_game,
    seed_everything,
    validation_split,
)
from training.vae import Generator

SHOWN = {"ndcg@20": "NDCG@20", "coverage@20": "coverage@20", "diversity": "diversity", "novelty": "novelty, bits"}
SHOWN |= {"gini": "Gini", "auc": "judge's AUC", "blind": "without scores"}
LOSS = 0.05
"""Draws are compared where they cost such a share of NDCG@20."""
DRAWS, DRAWN_PEOPLE = 2, 2_000
SCALES = (0.4, 0.7, 1.0, 1.4, 2.0)
NOISES = {"Gumbel noise": (0.2, 0.4, 0.6, 0.9, 1.3), "Gaussian noise": (0.3, 0.5, 0.8, 1.2, 1.8, 2.7)}
"""Scales tried of z and of noise on the scores, which is what z has to be better than."""
DRAWN = {"ndcg@20": "NDCG@20", "share@20": "of 20 shared", "share@5": "of 5 shared", "coverage@20": "coverage@20"}
DRAWN |= {"diversity": "diversity", "auc": "judge's AUC", "blind": "without scores"}


@dataclass(frozen=True)
class Fitted:
    """A generator without adversary as validation saw it and as it is served, and the run that chose its settings."""

    run: Run
    left: sparse.csr_matrix
    holdout: Holdout
    validated: Generator
    final: Generator


class Silent(Progress):
    """Tells nobody."""

    def __init__(self) -> None:
        """Begin nothing."""

    def tell(self, done: float, say: str) -> None:
        """Say nothing."""

    def close(self) -> None:
        """End nothing."""


class NoLog:
    """Keeps no figures."""

    def add_scalar(self, *_: Any) -> None:
        """Forget it."""

    def add_histogram(self, *_: Any) -> None:
        """Forget it."""


def fitted(split: Split, folder: Path, seed: int, kept: Path | None = None) -> Fitted:
    """Train without adversary; what `kept` holds is not trained again, and what is trained is kept there."""
    if not (folder / "items.csv").exists():
        write_data(split, folder)
    data = load(folder / "items.csv", folder / "interactions.csv")
    seed_everything(seed)
    log: Any = NoLog()
    run = Run(data, folder, Options(model="vae", seed=seed), log, Silent())
    left, _ = validation_split(run, 0)
    if kept is not None and kept.exists():
        saved = torch.load(kept, weights_only=False)  # written by this program
        run.chosen |= saved["chosen"]
        return Fitted(run, left, saved["holdout"], saved["val"], saved["final"])
    validation = choose(run)
    if validation is None:
        raise DataError(f"{folder}: nothing can be withheld")
    final = fit(run, data.matrix, None)
    if kept is not None:
        parts = {"val": validation.generator, "final": final, "holdout": validation.holdout, "chosen": run.chosen}
        torch.save(parts, kept)
    return Fitted(run, left, validation.holdout, validation.generator, final)


def figures(ranked: Lists, some: People, items: Items, seed: int) -> dict[str, float]:
    """What one line shows: `SHOWN`."""
    ndcg, covered = accuracy_and_coverage(ranked, some)
    counts = np.bincount(items.train.indices, minlength=items.train.shape[1])
    chosen, shown = describe(ranked, some.scores, some.popularity, some.history, some.relevant, items.alike)
    return {
        "ndcg@20": ndcg,
        "coverage@20": covered,
        "diversity": metrics.diversity(ranked, items.train),
        "novelty": metrics.novelty(ranked, counts, items.train.shape[0]),
        "gini": metrics.gini(ranked, len(counts)),
        "auc": tell_apart(chosen, shown, seed),
        "blind": tell_apart(chosen[:, BLIND], shown[:, BLIND], seed),
    }


def drawn(generator: Generator, some: People, items: Items, seed: int) -> Iterator[tuple[str, dict[str, float]]]:
    """What draws are like that cost `LOSS` of NDCG@20, by z and by noise on the scores: names and `DRAWN`.

    Of many people `DRAWN_PEOPLE` are asked, so coverage is theirs.
    """
    rng = np.random.default_rng(seed)
    some = some.part(np.sort(rng.permutation(len(some.scores))[:DRAWN_PEOPLE]))

    def by_z(scale: float) -> Lists:
        parts = []
        for start in range(0, len(some.scores), BATCH):
            history = some.history[start : start + BATCH]
            z = scale * rng.standard_normal((history.shape[0], generator.config.noise))
            scores = generator.rank_rows(history, torch.from_numpy(z.astype(np.float32)))
            scores[np.repeat(np.arange(len(scores)), np.diff(history.indptr)), history.indices] = -np.inf
            parts.append(best(scores))
        return np.concatenate(parts)

    columns = best(some.scores, 2 * CANDIDATES)
    scores = np.where(columns < 0, -np.inf, np.take_along_axis(some.scores, columns, 1)).astype(np.float32)

    def noisy(kind: str, scale: float) -> Lists:
        noise = rng.gumbel(size=scores.shape) if kind == "Gumbel noise" else rng.standard_normal(scores.shape)
        places = best((scores + scale * noise).astype(np.float32))
        return np.where(places < 0, -1, np.take_along_axis(columns, places, 1))

    safest = figures(best(some.scores), some, items, seed)["ndcg@20"]
    yield "z", _at_loss([_draws(partial(by_z, scale), some, items, seed) for scale in SCALES], safest)
    for kind, scales in NOISES.items():
        runs = [_draws(partial(noisy, kind, scale), some, items, seed) for scale in scales]
        yield kind, _at_loss(runs, safest)


def _draws(draw: Callable[[], Lists], some: People, items: Items, seed: int) -> dict[str, float]:
    """Accuracy, coverage and what is shared: means over `DRAWS` lists a person; the rest of the first of them."""
    lists = [draw() for _ in range(DRAWS)]
    each = [accuracy_and_coverage(ranked, some) for ranked in lists]
    found = figures(lists[0], some, items, seed)
    found["ndcg@20"], found["coverage@20"] = (float(mean) for mean in np.mean(each, axis=0))
    pairs = list(itertools.pairwise(lists))
    return found | {f"share@{k}": float(np.mean([shared(a, b, k) for a, b in pairs])) for k in (5, LIST)}


def shared(first: Lists, second: Lists, k: int) -> float:
    """Share of k places whose items are among the first k of the other list, mean over people."""
    return float((first[:, :k, None] == second[:, None, :k]).any(2).mean())


def _at_loss(runs: Sequence[dict[str, float]], safest: float) -> dict[str, float]:
    """Figures between those of scales, at the NDCG@20 that costs `LOSS` of the safest list's."""
    order = sorted(runs, key=lambda run: run["ndcg@20"])
    accuracy = [run["ndcg@20"] for run in order]
    wanted = (1 - LOSS) * safest
    return {name: float(np.interp(wanted, accuracy, [run[name] for run in order])) for name in DRAWN}


Line = tuple[str, tuple[float, ...] | None, dict[str, float]]


def lines(split: Split, fit_of: Fitted, seed: int) -> Iterator[Line]:
    """Names, what was tuned, and figures: no adversary, the adversary, every control, and draws of the adversary's."""
    before = known_items(fit_of.left), people(fit_of.validated, fit_of.holdout.history, fit_of.holdout.relevant)
    items = known_items(fit_of.run.data.matrix)
    some = people(fit_of.final, split.train[split.asked], split.test[split.asked])
    yield "without adversary", None, figures(best(some.scores), some, items, seed)
    generator = copy.deepcopy(fit_of.validated)
    play_game(fit_of.run, fit_of.left, generator, Validation(generator, fit_of.holdout))
    temper = tuple(fit_of.run.chosen["temper"])
    yield "the adversary", temper, figures(best(some.tempered(*temper)), some, items, seed)
    for control in controls():
        setting = tuned(control, before[1], before[0])
        ranked = best(some.scores) if setting is None else control.lists(some, items, setting)
        yield control.name, setting, figures(ranked, some, items, seed)
    fit_of.final.temper.data = torch.tensor(temper)
    for name, found in drawn(fit_of.final, replace(some, scores=some.tempered(*temper)), items, seed):
        yield name, None, found


def table(found: dict[str, list[tuple[tuple[float, ...] | None, dict[str, float]]]]) -> Iterator[str]:
    """Lines of Markdown, of lists and of draws: means over seeds and the standard deviation of coverage."""
    for columns, last in ((SHOWN, "chosen"), (DRAWN, "")):
        yield f"| | {' | '.join(columns.values())} | ± coverage | {last} |"
        yield "| --- |" + " --- |" * (len(columns) + 2)
        for name, runs in found.items():
            if columns.keys() != runs[0][1].keys():
                continue
            cells = [f"{np.mean([f[column] for _, f in runs]):.4f}".lstrip("0") for column in columns]
            spread = np.std([f["coverage@20"] for _, f in runs], ddof=1) if len(runs) > 1 else np.nan
            cells.append("" if np.isnan(spread) else f"{spread:.4f}".lstrip("0"))
            cells.append("; ".join(", ".join(f"{x:.2g}" for x in setting) for setting, _ in runs if setting))
            yield f"| {name} | {' | '.join(cells)} |"
        yield ""


def main(arguments: list[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where a file cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.diversity", description=__doc__)
    parser.add_argument("folder", type=Path, help="of NAME.train and NAME.test, lines 'user item'")
    parser.add_argument("--only", nargs="+", help="names of data sets; all by default")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for fitted generators, so that they are fitted once")
    a = parser.parse_args(arguments)
    if a.keep:
        a.keep.mkdir(parents=True, exist_ok=True)
    names = a.only or sorted(file.stem for file in a.folder.glob("*.train"))
    if not names:
        print(f"{a.folder} holds no NAME.train", file=sys.stderr)
        return 2
    torch.set_num_threads(1)
    for name in names:
        found: dict[str, list[Any]] = {}
        try:
            split = read_split(a.folder / f"{name}.train", a.folder / f"{name}.test", signed=False)
            with tempfile.TemporaryDirectory() as folder:
                for seed in range(a.seeds):
                    kept = a.keep / f"{name}-{seed}.pt" if a.keep else None
                    for method, setting, shown in lines(split, fitted(split, Path(folder), seed, kept), seed):
                        found.setdefault(method, []).append((setting, shown))
        except DataError as error:
            print(error, file=sys.stderr)
            return 2
        print(f"\n{name}: {a.seeds} seed{'s' * (a.seeds > 1)}\n", *table(found), sep="\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
