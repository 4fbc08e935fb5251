"""How well somebody is served who has named a few likes: NDCG@20 beside popularity, for people whom the build held out.

Half of what each person likes is what they may name, in a random order; the other half is to be found. The same scores
without the popularity that stands in for what is not known (`domain.artifact.PRIOR`) are printed beside them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.recommender import History, OnnxRecommender
from bot.settings import Settings
from domain import artifact
from domain.artifact import ArtifactError, Manifest
from domain.catalog import Catalog, CatalogError
from training import metrics
from training.dataset import SEEN, DataError, read_interactions, to_weights

LENGTHS = (0, 1, 2, 3, 5, 10)
LEAST = 2 * max(LENGTHS)
"""Likes of a person at least, so that everybody is measured at every length."""
REPEATS = 10
BATCH = 64


def halves(path: Path, catalog: Catalog, seed: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Of each person, `REPEATS` times: what they may name, in a random order, and what is to be found; columns."""
    events = read_interactions(path)
    columns = np.array([catalog.column(item_id) or 0 for item_id in events.item_id])  # the build left no other in
    liked = to_weights(events.value, len(columns)) > SEEN
    rng = np.random.default_rng(seed)
    found = []
    for user in range(len(events.users)):
        likes = np.unique(columns[(events.user == user) & liked])
        if len(likes) >= LEAST:
            orders = (rng.permutation(likes) for _ in range(REPEATS))
            found += [(order[: len(order) // 2], order[len(order) // 2 :]) for order in orders]
    return found


def ndcg(scores: NDArray[np.float32], known: sparse.csr_matrix, relevant: sparse.csr_matrix) -> float:
    """NDCG@20 of scores ``[people, items]``, what is known left out."""
    return metrics.accuracy(metrics.rank(scores, 20, known), relevant, (20,))["ndcg@20"]


def _rows(columns: list[NDArray[np.int64]], items: int) -> sparse.csr_matrix:
    ends = np.cumsum([0, *map(len, columns)])
    indices = np.concatenate([*columns, np.zeros(0, np.int64)])
    return sparse.csr_matrix((np.ones(len(indices), np.float32), indices, ends), shape=(len(columns), items))


def main(arguments: list[str] | None = None) -> int:
    """Print one line a number of likes; exit 2 with a sentence where nothing is built."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.short", description=__doc__)
    parser.add_argument("--domain", default="movies")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    settings = Settings()
    try:
        folder = settings.artifacts / chosen.domain
        folder = folder / str(artifact.current(folder))
        catalog, manifest = Catalog.load(folder / artifact.CATALOG), Manifest.load(folder)
        recommender = OnnxRecommender(folder, manifest.noise)
        people = halves(settings.data / chosen.domain / "holdout.csv", catalog, chosen.seed)
    except (ArtifactError, CatalogError, DataError) as error:
        print(error, file=sys.stderr)
        return 2
    if not people:
        print(f"nobody who was held out likes {LEAST} items", file=sys.stderr)
        return 2
    relevant = _rows([wanted for _, wanted in people], len(catalog))
    popularity = np.log1p(np.array([[item.popularity for item in catalog]], dtype=np.float32))
    print(f"{len(people)} halves of {len(people) // REPEATS} people held out; NDCG@20")
    print(f"{'likes':>6} {'Parley':>8} {'without':>8} {'popularity':>11}")
    for length in LENGTHS:
        named = [names[:length] for names, _ in people]
        histories: list[History] = [(n, np.ones(len(n), dtype=np.float32)) for n in named]
        batches = [histories[start : start + BATCH] for start in range(0, len(histories), BATCH)]
        known = _rows(named, len(catalog))
        scores = np.concatenate([recommender.scores(batch) for batch in batches])
        personal = np.concatenate([recommender.personal(batch) for batch in batches])
        popular = np.repeat(popularity, len(people), axis=0)
        figures = [ndcg(found, known, relevant) for found in (scores, personal, popular)]
        print(f"{length:>6} {figures[0]:8.4f} {figures[1]:8.4f} {figures[2]:11.4f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
