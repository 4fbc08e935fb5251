"""How far lists can be spread at equal accuracy: the adversary beside controls that learn nothing from one.

The controls are tuned on the hold-out of the training stage: of what costs nearly no NDCG@20 there, what shows most of
the catalogue. The lists that are measured are those of the test file, by a generator that was fitted once without its
adversary and is the same for every line.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.controls import (
    BATCH,
    CANDIDATES,
    LIST,
    POPULARITY,
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
from benchmarks.verdict import ADVERSARY, GUMBEL, NOBODY, REBALANCED, Z, verdicts
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
Floats = NDArray[np.float32]
LOSS = 0.05
"""Draws are compared where they cost such a share of NDCG@20."""
DRAWS, DRAWN_PEOPLE = 2, 2_000
SCALES = (0.4, 0.7, 1.0, 1.4, 2.0)
NOISES = {GUMBEL: (0.2, 0.4, 0.6, 0.9, 1.3), "Gaussian noise": (0.3, 0.5, 0.8, 1.2, 1.8, 2.7)}
"""Scales tried of z and of noise on the scores, which is what z has to be better than."""
FURTHER, MOST_SCALES = 1.5, 10
"""By such a factor they go on while the last of them costs too little, up to so many."""
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
        "diversity": 1 - likeness(ranked, items.alike),
        "novelty": metrics.novelty(ranked, counts, items.train.shape[0]),
        "gini": metrics.gini(ranked, len(counts)),
        "auc": tell_apart(chosen, shown, seed),
        "blind": tell_apart(chosen[:, BLIND], shown[:, BLIND], seed),
    }


def likeness(ranked: Lists, alike: Floats) -> float:
    """Mean over lists of the mean cosine of their pairs (1 less `metrics.diversity`), from cosines ``[N, N]``."""
    found = []
    for row in ranked:
        own = row[row >= 0]
        if len(own) > 1:
            pairs = alike[np.ix_(own, own)].astype(np.float64)
            found.append((pairs.sum() - np.trace(pairs)) / (len(own) * (len(own) - 1)))
    return float(np.mean(found)) if found else 1.0


def drawn(
    generator: Generator, plain: People, items: Items, seed: int, popularity: float = 0.0
) -> Iterator[tuple[str, dict[str, float]]]:
    """What draws are like that cost `LOSS` of NDCG@20, by z and by noise on the scores: names and `DRAWN`.

    Noise is added to the scores that z = 0 gives, and once more to those with another weight of popularity: z lets
    popularity count less, the longer it is, so without that a comparison is one of two weights of popularity. The loss
    is of the list at z = 0. Of many people `DRAWN_PEOPLE` are asked, so coverage is theirs.

    Args:
        generator: with what the adversary taught.
        plain: the people, with scores without adversary.
        items: what is known of them.
        seed: of all draws.
        popularity: what the grid adds to its weight.
    """
    rng = np.random.default_rng(seed)
    plain = plain.part(np.sort(rng.permutation(len(plain.scores))[:DRAWN_PEOPLE]))
    temper = generator.temper.detach().tolist()
    some = replace(plain, scores=plain.tempered(*temper))

    def by_z(scale: float) -> Lists:
        parts = []
        for start in range(0, len(some.scores), BATCH):
            history = some.history[start : start + BATCH]
            z = scale * rng.standard_normal((history.shape[0], generator.config.noise))
            scores = generator.rank_rows(history, torch.from_numpy(z.astype(np.float32)))
            scores[np.repeat(np.arange(len(scores)), np.diff(history.indptr)), history.indices] = -np.inf
            parts.append(best(scores))
        return np.concatenate(parts)

    def noisy(scores: Floats, kind: str, scale: float) -> Lists:
        columns = best(scores, 2 * CANDIDATES)
        able = np.where(columns < 0, -np.inf, np.take_along_axis(scores, columns, 1))
        noise = rng.gumbel(size=able.shape) if kind == GUMBEL else rng.standard_normal(able.shape)
        places = best((able + scale * noise).astype(np.float32))
        return np.where(places < 0, -1, np.take_along_axis(columns, places, 1))

    wanted = (1 - LOSS) * accuracy_and_coverage(best(some.scores), some)[0]

    def compared(draw: Callable[[float], Lists], scales: Sequence[float]) -> dict[str, float]:
        draws = [[draw(scale) for _ in range(DRAWS)] for scale in scales]
        while mean_ndcg(draws[-1], some) > wanted and len(draws) < MOST_SCALES:
            draws.append([draw(scales[-1] * FURTHER ** (len(draws) - len(scales) + 1)) for _ in range(DRAWS)])
        return at_accuracy(draws, partial(_of_draws, some=some, items=items, seed=seed), some, wanted)

    yield Z, compared(by_z, SCALES)
    for kind, scales in NOISES.items():
        yield kind, compared(partial(noisy, some.scores, kind), scales)
    rebalanced = plain.tempered(popularity, 0.0)
    yield REBALANCED, compared(partial(noisy, rebalanced, GUMBEL), NOISES[GUMBEL])


def at_accuracy(
    draws: Sequence[Sequence[Lists]],
    describe_draws: Callable[[Sequence[Lists]], dict[str, float]],
    some: People,
    wanted: float,
) -> dict[str, float]:
    """Figures of draws of such an NDCG@20, between those of the two scales that are next to it.

    Args:
        draws: lists, by scale.
        describe_draws: their figures, `DRAWN`; asked of two scales only.
        some: for whom they are.
        wanted: NDCG@20; the nearest scale where none is above or below it.
    """
    ndcg = [mean_ndcg(lists, some) for lists in draws]
    order = np.argsort(ndcg, kind="stable")
    above = int(np.searchsorted(np.asarray(ndcg)[order], wanted))
    near = order[max(above - 1, 0) : above + 1]
    runs = [describe_draws(draws[at]) for at in near]
    accuracy = [run["ndcg@20"] for run in runs]
    return {name: float(np.interp(wanted, accuracy, [run[name] for run in runs])) for name in DRAWN}


def mean_ndcg(draws: Sequence[Lists], some: People) -> float:
    """NDCG@20, the mean over draws."""
    return float(np.mean([accuracy_and_coverage(ranked, some)[0] for ranked in draws]))


def _of_draws(lists: Sequence[Lists], some: People, items: Items, seed: int) -> dict[str, float]:
    """Accuracy, coverage and what is shared: means over the lists of a person; the rest of the first of them."""
    each = [accuracy_and_coverage(ranked, some) for ranked in lists]
    found = figures(lists[0], some, items, seed)
    found["ndcg@20"], found["coverage@20"] = (float(mean) for mean in np.mean(each, axis=0))
    pairs = list(itertools.pairwise(lists))
    return found | {f"share@{k}": float(np.mean([shared(a, b, k) for a, b in pairs])) for k in (5, LIST)}


def shared(first: Lists, second: Lists, k: int) -> float:
    """Share of k places whose items are among the first k of the other list, mean over people."""
    return float((first[:, :k, None] == second[:, None, :k]).any(2).mean())


Line = tuple[str, tuple[float, ...] | None, dict[str, float]]


def lines(split: Split, fit_of: Fitted, seed: int) -> Iterator[Line]:
    """Names, what was tuned, and figures: no adversary, the adversary, every control, and draws of the adversary's."""
    before = known_items(fit_of.left), people(fit_of.validated, fit_of.holdout.history, fit_of.holdout.relevant)
    items = known_items(fit_of.run.data.matrix)
    some = people(fit_of.final, split.train[split.asked], split.test[split.asked])
    yield NOBODY, None, figures(best(some.scores), some, items, seed)
    generator = copy.deepcopy(fit_of.validated)
    play_game(fit_of.run, fit_of.left, generator, Validation(generator, fit_of.holdout))
    temper = tuple(fit_of.run.chosen["temper"])
    yield ADVERSARY, temper, figures(best(some.tempered(*temper)), some, items, seed)
    settings = {}
    for control in controls():
        setting = settings[control.name] = tuned(control, before[1], before[0])
        ranked = best(some.scores) if setting is None else control.lists(some, items, setting)
        yield control.name, setting, figures(ranked, some, items, seed)
    fit_of.final.temper.data = torch.tensor(temper)
    popularity = settings[POPULARITY] or (0.0,)
    for name, found in drawn(fit_of.final, some, items, seed, popularity[0]):
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
    parser.add_argument("--figures", type=Path, help="folder for what was measured, which is not measured again")
    a = parser.parse_args(arguments)
    for folder in (a.keep, a.figures):
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
    names = a.only or sorted(file.stem for file in a.folder.glob("*.train"))
    if not names:
        print(f"{a.folder} holds no NAME.train", file=sys.stderr)
        return 2
    torch.set_num_threads(1)
    sets = {}
    for name in names:
        try:
            split = read_split(a.folder / f"{name}.train", a.folder / f"{name}.test", signed=False)
            runs = [measured(split, name, seed, a.keep, a.figures) for seed in range(a.seeds)]
        except DataError as error:
            print(error, file=sys.stderr)
            return 2
        found = {line[0]: [run[at][1:] for run in runs] for at, line in enumerate(runs[0])}
        sets[name] = {method: [figures for _, figures in of_seeds] for method, of_seeds in found.items()}
        print(f"\n{name}: {a.seeds} seed{'s' * (a.seeds > 1)}\n", *table(found), sep="\n", flush=True)
    print(*verdicts(sets), sep="\n")
    return 0


def measured(split: Split, name: str, seed: int, keep: Path | None, kept_figures: Path | None) -> list[Line]:
    """`lines` of one seed; from a file where they were measured before."""
    file = kept_figures / f"{name}-{seed}.json" if kept_figures else None
    if file is not None and file.exists():
        found: list[Line] = json.loads(file.read_text(encoding="utf-8"))
        return found
    with tempfile.TemporaryDirectory() as folder:
        found = list(
            lines(split, fitted(split, Path(folder), seed, keep / f"{name}-{seed}.pt" if keep else None), seed)
        )
    if file is not None:
        file.write_text(json.dumps(found), encoding="utf-8")
    return found


if __name__ == "__main__":
    sys.exit(main())
