"""How training and serving grow with the catalogue: made-up interactions, trained and exported by the shipped stages.

People have a few of many circles of items; of a circle they choose by a popularity that falls as 1 / rank, and now and
then anything. The last column is EASE as one line of numpy, where its matrix of items x items fits into 4 GB.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency import median_ms, ranked, ranked_by_ease
from benchmarks.ranking import stage
from bot.recommender import History, OnnxRecommender
from domain.artifact import RECOMMENDER
from training.vae import GeneratorConfig

CIRCLE = 200
"""Items a circle, about."""
CIRCLES_OF_ONE = 3
STRAY = 0.2
"""Share of choices outside one's circles."""
HISTORY = 100
BATCH = 64
EASE_ITEMS = 30_000


def write(folder: Path, items: int, interactions: int, length: int, seed: int = 0) -> None:
    """items.csv and interactions.csv of made-up people with `length` interactions on average."""
    rng = np.random.default_rng(seed)
    with (folder / "items.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("item_id", "title"))
        writer.writerows((f"i{at}", f"Item {at}") for at in range(items))
    circles = max(items // CIRCLE, 2)
    member = [np.arange(at, items, circles) for at in range(circles)]
    everything = rng.permutation(items)
    with (folder / "interactions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("user_id", "item_id"))
        person = written = 0
        while written < interactions:
            count = min(1 + rng.geometric(1 / length), items // 2, interactions - written)
            joined = rng.choice(circles, min(CIRCLES_OF_ONE, circles), replace=False)
            own = np.concatenate([member[at] for at in joined])
            inside = own[_by_rank(rng, len(own), count)]
            anything = everything[_by_rank(rng, items, count)]
            chosen = np.unique(np.where(rng.random(count) < STRAY, anything, inside))
            writer.writerows((f"p{person}", f"i{at}") for at in chosen)
            written += len(chosen)
            person += 1


def _by_rank(rng: np.random.Generator, n: int, count: int) -> NDArray[np.int64]:
    """Positions below n, the chance of each falling about as 1 / (rank + 1)."""
    rank: NDArray[np.float64] = np.exp(rng.random(count) * np.log(n + 1)) - 1
    return np.minimum(rank, n - 1).astype(np.int64)


def main(arguments: list[str] | None = None) -> int:
    """Print one line a size of catalogue."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--items", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--interactions", type=int, default=1_000_000)
    parser.add_argument("--length", type=int, default=20, help="interactions a person, on average")
    chosen = parser.parse_args(arguments)
    print(f"{chosen.interactions} interactions, {os.cpu_count()} cores; a person with {HISTORY} items is ranked")
    names = ("items", "train s", "GB", "export s", "GB", "file MB", "alone ms", f"of {BATCH} ms", "EASE ms")
    print("".join(f"{name:>10}" for name in names))
    for items in chosen.items:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write(folder, items, chosen.interactions, chosen.length)
            data = ["--items", str(folder / "items.csv"), "--interactions", str(folder / "interactions.csv")]
            trained = stage("training.recommender", *data, "--out", str(folder / "model"))
            exported = stage("export.recommender", "--model", str(folder / "model"), "--out", str(folder / "artifact"))
            size = sum(file.stat().st_size for file in (folder / "artifact").glob(f"{RECOMMENDER}*")) / 1e6
            recommender = OnnxRecommender(folder / "artifact", GeneratorConfig(items).noise)
            rng = np.random.default_rng(0)
            people: list[History] = [
                (rng.choice(items, HISTORY, replace=False), np.ones(HISTORY, dtype=np.float32)) for _ in range(BATCH)
            ]
            alone = median_ms(partial(ranked, recommender, people[:1]))
            batch = median_ms(partial(ranked, recommender, people)) / BATCH
            ease = float("nan")
            if items <= EASE_ITEMS:
                weights = rng.standard_normal((items, items), dtype=np.float32)
                ease = median_ms(partial(ranked_by_ease, weights, people[0]))
            figures = (*trained, *exported, size, alone, batch, ease)
            print(f"{items:10}" + "".join(f"{figure:10.2f}" for figure in figures), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
