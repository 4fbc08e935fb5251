"""What a ranking is worth: accuracy against withheld items, and what lies beyond accuracy.

Notation: ``ranked`` int ``[people, k]`` holds columns, the best first, -1 where a list ended early; ``relevant`` is a
CSR matrix ``[people, items]`` with ones at the withheld positives R_u; ``hits`` bool ``[people, k]`` says whether
place i of person u holds one of them. Accuracy metrics return a figure a person; people without relevant items get 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]


def rank(scores: NDArray[np.floating], k: int, excluded: sparse.csr_matrix | None = None) -> NDArray[np.int64]:
    """The k best columns of each row, ties by column, leaving out the entries stored in `excluded`.

    Args:
        scores: ``[people, items]``.
        k: length of a list; the lists of people with fewer candidates end with -1.
        excluded: ``[people, items]``.

    Returns:
        int64 ``[people, k]``.
    """
    scores = np.array(scores, dtype=np.float64)
    if excluded is not None:
        rows = np.repeat(np.arange(excluded.shape[0]), np.diff(excluded.indptr))
        scores[rows, excluded.indices] = -np.inf
    ranked = np.full((scores.shape[0], k), -1, dtype=np.int64)
    n = min(k, scores.shape[1])
    for row, values in enumerate(scores):
        edge = np.partition(values, -n)[-n]
        at = np.flatnonzero(values >= edge)
        best = at[np.argsort(-values[at], kind="stable")][:n]
        best = best[values[best] > -np.inf]
        ranked[row, : len(best)] = best
    return ranked


def hits(ranked: NDArray[np.int64], relevant: sparse.csr_matrix) -> NDArray[np.bool_]:
    """Whether each place holds a relevant item, bool ``[people, k]``."""
    row = np.repeat(np.arange(len(ranked)), ranked.shape[1])
    column = ranked.ravel()
    found = np.asarray(relevant[row, np.maximum(column, 0)]).ravel() > 0
    return np.asarray((found & (column >= 0)).reshape(ranked.shape))


def counts(relevant: sparse.csr_matrix) -> NDArray[np.int64]:
    """|R_u|, int64 ``[people]``."""
    return np.asarray(np.diff(relevant.indptr), dtype=np.int64)


def precision(hits: NDArray[np.bool_], k: int) -> Floats:
    """P@k = |top k ∩ R_u| / k."""
    return np.asarray(hits[:, :k].sum(axis=1) / k)


def recall(hits: NDArray[np.bool_], relevant: NDArray[np.int64], k: int) -> Floats:
    """R@k = |top k ∩ R_u| / |R_u|."""
    return np.asarray(hits[:, :k].sum(axis=1) / np.maximum(relevant, 1))


def ndcg(hits: NDArray[np.bool_], relevant: NDArray[np.int64], k: int) -> Floats:
    """NDCG@k = Σ_{i ≤ k} hit_i / log2(i + 1), divided by Σ_{i ≤ min(|R_u|, k)} 1 / log2(i + 1)."""
    discount = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.concatenate([[0.0], np.cumsum(discount)])[np.minimum(relevant, k)]
    gained = hits[:, :k] @ discount[: hits.shape[1]]
    return np.asarray(np.divide(gained, ideal, out=np.zeros(len(hits)), where=ideal > 0))


def mrr(hits: NDArray[np.bool_], k: int) -> Floats:
    """MRR@k = 1 / place of the first hit among the first k; 0 without one."""
    top = hits[:, :k]
    return np.where(top.any(axis=1), 1 / (top.argmax(axis=1) + 1), 0.0)


def coverage(ranked: NDArray[np.int64], items: int) -> float:
    """Share of the catalogue that stands in at least one list."""
    return len(np.unique(ranked[ranked >= 0])) / items


def gini(ranked: NDArray[np.int64], items: int) -> float:
    """Gini index of how often each item is recommended: 0 if all alike, towards 1 if a few take it all.

    G = Σ_j (2j - n - 1) c_(j) / (n Σ c), with c_(j) the counts in ascending order, j = 1 … n.
    """
    c = np.sort(np.bincount(ranked[ranked >= 0], minlength=items)).astype(np.float64)
    if not c.sum():
        return 0.0
    return float(((2 * np.arange(1, items + 1) - items - 1) * c).sum() / (items * c.sum()))


def novelty(ranked: NDArray[np.int64], popularity: NDArray[np.int64], people: int) -> float:
    """Mean self-information of what is recommended, in bits: -log2((people who had it + 1) / (people + 1))."""
    share = (popularity[ranked[ranked >= 0]] + 1) / (people + 1)
    return float(-np.log2(share).mean()) if share.size else 0.0


def diversity(ranked: NDArray[np.int64], matrix: sparse.csr_matrix) -> float:
    """Mean over lists of the mean of 1 - cosine(i, j) over the pairs of a list, items as columns of `matrix`."""
    columns = sparse.csc_matrix(matrix, dtype=np.float64)
    norms = np.sqrt(np.asarray(columns.multiply(columns).sum(axis=0)).ravel())
    unit = (columns @ sparse.diags(1 / np.maximum(norms, 1e-12))).T.tocsr()
    per_list = []
    for row in ranked:
        rows = unit[row[row >= 0]]
        n = rows.shape[0]
        if n > 1:
            alike = (rows @ rows.T).toarray()
            per_list.append(1 - (alike.sum() - np.trace(alike)) / (n * (n - 1)))
    return float(np.mean(per_list)) if per_list else 0.0


def accuracy(
    ranked: NDArray[np.int64], relevant: sparse.csr_matrix, cuts: tuple[int, ...] = (5, 20)
) -> dict[str, float]:
    """Means over people of every accuracy metric at every cut, e.g. ``{"ndcg@20": .44, …}``."""
    found, n = hits(ranked, relevant), counts(relevant)
    figures = {}
    for k in cuts:
        figures[f"precision@{k}"] = float(precision(found, k).mean())
        figures[f"recall@{k}"] = float(recall(found, n, k).mean())
        figures[f"ndcg@{k}"] = float(ndcg(found, n, k).mean())
        figures[f"mrr@{k}"] = float(mrr(found, k).mean())
    return figures
