"""How long it takes to rank the catalogue for a person: the exported model, beside EASE as one line of numpy.

Both rank every item for the same random histories on one thread, in the same run. EASE gathers the rows of the
history's items, as a good implementation does; its weights are random, which changes nothing in its time.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bot.recommender import History, OnnxRecommender
from bot.settings import Settings
from domain import artifact
from domain.artifact import ArtifactError, Manifest
from domain.catalog import Catalog

LENGTHS = (1, 20, 100, 500)
BATCH = 64
REPEATS = 50


def median_ms(run: Callable[[], object]) -> float:
    """Milliseconds at the median of `REPEATS` runs, after five that are not counted."""
    seconds = []
    for at in range(REPEATS + 5):
        started = time.perf_counter()
        run()
        if at >= 5:
            seconds.append(time.perf_counter() - started)
    return 1000 * float(np.median(seconds))


def ranked(recommender: OnnxRecommender, people: list[History]) -> NDArray[np.int64]:
    """The 20 best of each person, by what is served."""
    return np.argpartition(-recommender.scores(people), 20, axis=1)


def ranked_by_ease(weights: NDArray[np.float32], person: History) -> NDArray[np.int64]:
    """The 20 best of one person, by a dense item-to-item matrix."""
    columns, liked = person
    return np.argpartition(-(liked @ weights[columns]), 20)


def main(arguments: list[str] | None = None) -> int:
    """Print one line a length of history."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency", description=__doc__)
    parser.add_argument("--domain", default="movies")
    chosen = parser.parse_args(arguments)
    folder = Settings().artifacts / chosen.domain
    folder = folder / str(artifact.current(folder))
    try:
        recommender = OnnxRecommender(folder, Manifest.load(folder).noise)
    except ArtifactError as error:
        print(error, file=sys.stderr)
        return 2
    items = len(Catalog.load(folder / artifact.CATALOG))
    rng = np.random.default_rng(0)
    weights = rng.standard_normal((items, items), dtype=np.float32)
    print(f"{items} items; milliseconds at the median of {REPEATS}")
    print(f"{'history':>8} {'alone':>8} {f'of {BATCH}':>8} {'EASE':>8} {'alone / EASE':>13}")
    for length in LENGTHS:
        size = min(length, items)
        people: list[History] = [
            (rng.choice(items, size, replace=False), np.ones(size, dtype=np.float32)) for _ in range(BATCH)
        ]
        alone = median_ms(partial(ranked, recommender, people[:1]))
        batch = median_ms(partial(ranked, recommender, people)) / BATCH
        ease = median_ms(partial(ranked_by_ease, weights, people[0]))
        print(f"{length:8} {alone:8.2f} {batch:8.2f} {ease:8.2f} {alone / ease:13.2f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
