"""SLIM: item-to-item weights that are sparse and not negative, of each item's nearest only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

BLOCK = 500
"""Items whose weights are descended at once."""


def slim(rows: sparse.csr_matrix, l1: float, l2: float, *, neighbours: int = 50, sweeps: int = 10) -> sparse.csr_matrix:
    """Minimum of ½||X - XW||² + l2/2 ||W||² + l1 ||W||₁ with W ≥ 0 and diag(W) = 0 (Ning & Karypis, ICDM'11).

    As the paper's fsSLIM, it chooses among an item's nearest by cosine; found by coordinate descent.

    Args:
        rows: X, CSR ``[people, N]``.
        l1: the more, the fewer weights.
        l2: the more, the smaller weights.
        neighbours: so many may have a weight towards an item.
        sweeps: of the descent.

    Returns:
        W, float32 CSR ``[N, N]``: what each item says for every other.
    """
    X = sparse.csc_matrix(rows, dtype=np.float32)
    N = X.shape[1]
    k = min(neighbours, N)
    norms = np.sqrt(np.asarray(X.multiply(X).sum(axis=0)).ravel())
    directions = sparse.csc_matrix(X @ sparse.diags(1 / np.maximum(norms, 1e-6)))
    near = np.zeros((N, k), dtype=np.int64)
    W = np.zeros((N, k), dtype=np.float32)  # W[j, c]: what item near[j, c] says for item j
    for start in range(0, N, BLOCK):
        items = np.arange(start, min(start + BLOCK, N))
        alike = (directions[:, items].T @ directions).toarray()  # (b, N)
        alike[np.arange(len(items)), items] = -1
        near[items] = np.argpartition(-alike, k - 1)[:, :k]
        W[items] = _descended(X, items, near[items], l1, l2, sweeps)
    kept = W.ravel() > 0
    cells = W.ravel()[kept], (near.ravel()[kept], np.repeat(np.arange(N), k)[kept])
    return sparse.csr_matrix(cells, shape=(N, N))


def _descended(
    X: sparse.csc_matrix, items: NDArray[np.int64], near: NDArray[np.int64], l1: float, l2: float, sweeps: int
) -> NDArray[np.float32]:
    """The weights of some items, ``[b, k]``, all descended at once, one neighbour after another."""
    b, k = near.shape
    G = np.zeros((b, k, k), dtype=np.float32)
    residual = np.zeros((b, k), dtype=np.float32)  # correlation of the neighbours with what is not explained yet
    for at, (item, others) in enumerate(zip(items, near, strict=True)):
        some = X[:, others]
        G[at] = (some.T @ some).toarray()
        residual[at] = (some.T @ X[:, item]).toarray().ravel()
    squares = np.einsum("bii->bi", G).copy()
    W = np.zeros((b, k), dtype=np.float32)
    for _ in range(sweeps):
        for i in range(k):
            new = np.maximum(residual[:, i] + squares[:, i] * W[:, i] - l1, 0) / (squares[:, i] + l2)
            new[near[:, i] == items] = 0  # a catalogue may have no more than k items
            residual -= G[:, i] * (new - W[:, i])[:, None]
            W[:, i] = new
    return W
