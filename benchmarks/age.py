"""What the age of opinions is worth: people's latest fifth is to be found from the rest, which weighs less with age.

People of at least ten interactions whose times span two months, held out by the build and trained on (the latter know
too much, but alike for every half-life). `domain.preference.HALF_LIFE` is chosen by this.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from scipy import sparse

from bot.settings import Settings
from domain import artifact, preference
from domain.artifact import ArtifactError
from domain.catalog import Catalog, CatalogError
from export.quality import score
from training import metrics
from training.dataset import SEEN, DataError, read_interactions, to_weights

HALF_LIVES = (1e9, 3000.0, 1000.0, 365.0, 180.0, 90.0, 30.0)
DAY = 86_400
SPAN, LEAST, FOLD_IN, MOST = 60, 10, 0.8, 200


def people(path: Path, catalog: Catalog) -> list[tuple[sparse.csr_matrix, NDArray[np.floating], sparse.csr_matrix]]:
    """Of each person the earlier part as a row of weights, its ages in days, and the positives of the later part."""
    events = read_interactions(path)
    if events.timestamp is None:
        raise DataError(f"{path}, line 1: there are no timestamps")
    columns = np.array([catalog.column(item_id) or 0 for item_id in events.item_id])  # the build left no other in
    weights, days = to_weights(events.value, len(columns)), events.timestamp / DAY
    found = []
    for user in range(len(events.users)):
        at = np.flatnonzero(events.user == user)
        at = at[np.argsort(days[at], kind="stable")]
        if len(at) < LEAST or days[at[-1]] - days[at[0]] < SPAN:
            continue
        known, later = np.split(at, [int(FOLD_IN * len(at))])
        later = later[weights[later] > SEEN]
        if len(later):
            history = _row(columns[known], weights[known], len(catalog))
            age = _row(columns[known], days[known[-1]] - days[known] + 1e-3, len(catalog)).data
            found.append((history, age, _row(columns[later], np.ones(len(later)), len(catalog))))
    return found[:MOST]


def _row(columns: NDArray[np.int64], values: NDArray[np.floating], items: int) -> sparse.csr_matrix:
    row = sparse.csr_matrix((values, (np.zeros(len(columns), dtype=int), columns)), shape=(1, items), dtype=np.float32)
    row.sort_indices()
    return row


def main(arguments: list[str] | None = None) -> int:
    """Print one line a half-life; exit 2 with a sentence where nothing is built."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.age", description=__doc__)
    parser.add_argument("--domain", default="movies")
    chosen = parser.parse_args(arguments)
    settings = Settings()
    try:
        folder = settings.artifacts / chosen.domain
        folder = folder / str(artifact.current(folder))
        catalog = Catalog.load(folder / artifact.CATALOG)
        sets = [people(settings.data / chosen.domain / f"{name}.csv", catalog) for name in ("holdout", "train")]
    except (ArtifactError, CatalogError, DataError) as error:
        print(error, file=sys.stderr)
        return 2
    session = onnxruntime.InferenceSession(folder / artifact.RECOMMENDER, providers=["CPUExecutionProvider"])
    print(f"NDCG@20 of {len(sets[0])} people held out, {len(sets[1])} trained on")
    for half_life in HALF_LIVES:
        means = []
        for some in sets:
            found = []
            for history, age, relevant in some:
                aged = history.copy()
                aged.data = aged.data * np.maximum(0.5 ** (age / half_life), preference.LEAST_WEIGHT)
                ranked = metrics.rank(score(session, aged.astype(np.float32)), 20, history)
                found.append(metrics.accuracy(ranked, relevant, (20,))["ndcg@20"])
            means.append(float(np.mean(found)) if found else float("nan"))
        name = "never" if half_life == HALF_LIVES[0] else f"{half_life:g} days"
        print(f"{name:>10}{means[0]:9.4f}{means[1]:9.4f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
