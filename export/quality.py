"""How good an exported recommender is for held-out people, with popularity beside it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from scipy import sparse

from domain.artifact import CATALOG, ITEM_IDS, RECOMMENDER, SCORES, WEIGHTS, Z
from domain.catalog import Catalog, CatalogError
from domain.preference import pad
from training import metrics
from training.dataset import DataError, Holdout, read_interactions, to_matrix, withhold

STAGE = "export.quality"
BATCH = 64


def measure(artifact: Path, interactions: Path, seed: int = 0) -> dict[str, float]:
    """Fold in 80% of each held-out person's interactions and rank the rest.

    Args:
        artifact: folder with recommender.onnx and catalog.json.
        interactions: CSV of people that the model was not trained on.
        seed: of the choice of the 80%.

    Returns:
        ``ndcg@20``, ``recall@20``, ``ndcg@5``, ``coverage@20``, ``popularity_ndcg@20`` and ``people``: those with
        at least two positives; means over them.

    Raises:
        DataError, CatalogError: a file cannot be used.
    """
    catalog = Catalog.load(artifact / CATALOG)
    matrix, _ = to_matrix(read_interactions(interactions), catalog)
    holdout = withhold(matrix, np.random.default_rng(seed))
    told = np.flatnonzero(metrics.counts(holdout.relevant))
    if not len(told):
        raise DataError(f"{interactions}, line 1: nobody has two items that they like, so nothing can be withheld")
    holdout = Holdout(holdout.history[told], holdout.relevant[told])
    session = onnxruntime.InferenceSession(artifact / RECOMMENDER, providers=["CPUExecutionProvider"])
    ranked = np.concatenate(list(_ranked(session, holdout.history)))
    popularity = np.array([item.popularity for item in catalog], dtype=np.float64)
    popular = metrics.rank(np.tile(popularity, (len(told), 1)), 20, holdout.history)
    figures = metrics.accuracy(ranked, holdout.relevant)
    return {
        "ndcg@20": figures["ndcg@20"],
        "recall@20": figures["recall@20"],
        "ndcg@5": figures["ndcg@5"],
        "coverage@20": metrics.coverage(ranked, len(catalog)),
        "popularity_ndcg@20": metrics.accuracy(popular, holdout.relevant)["ndcg@20"],
        "people": len(told),
    }


def score(
    session: onnxruntime.InferenceSession, history: sparse.csr_matrix, z: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """Scores of the rows of a CSR matrix, float32 ``[rows, items]``; z, ``[rows, noise]``, is 0 if left out."""
    parts = np.split(np.arange(history.nnz), history.indptr[1:-1])
    item_ids, weights = pad((history.indices[p].astype(np.int64), history.data[p]) for p in parts)
    if z is None:
        noise = next(node.shape[1] for node in session.get_inputs() if node.name == Z)
        z = np.zeros((len(item_ids), noise), dtype=np.float32)
    scores: NDArray[np.float32] = session.run([SCORES], {ITEM_IDS: item_ids, WEIGHTS: weights, Z: z})[0]
    return scores


def _ranked(session: onnxruntime.InferenceSession, history: sparse.csr_matrix) -> Iterator[NDArray[np.int64]]:
    for start in range(0, history.shape[0], BATCH):
        part = history[start : start + BATCH]
        yield metrics.rank(score(session, part), 20, part)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: the last line on stdout is one JSON object with the figures."""
    parser = argparse.ArgumentParser(prog=f"python -m {STAGE}", description=__doc__)
    parser.add_argument("--artifact", type=Path, required=True)
    parser.add_argument("--interactions", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    a = parser.parse_args(arguments)
    try:
        print(json.dumps({k: round(v, 5) for k, v in measure(a.artifact, a.interactions, a.seed).items()}))
    except (DataError, CatalogError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
