"""Items that nobody has liked yet: they are placed among the items that are described as they are."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve

from domain.catalog import Catalog
from training.likeness import Centred, Columns, Kernel, aspects
from training.linear import DENSE_ITEMS
from training.vae import Generator

ANCHORS = 2_500
"""So many known items, the most liked, stand for newcomers: of the others too little is known."""
NEIGHBOURS = 100
"""In a large catalogue so many of them for each, or placing would take longer than training."""
NOISE = 1.0
"""Variance of what is not said of an item, beside that of all that is."""
UNLIKE = 1e-6
"""A newcomer whose likeness to every anchor is less than this is like nothing known."""
CAUTION = 0.7
"""What weights add up to. At 1, films that stay unliked cost others .010 of NDCG@20, at .75 .0017, at .7 nothing."""
LITTLE = 1 / 3
"""Newcomers of which at most this share of the aspects is said are placed by those aspects alone."""
BLOCK = 500


def placements(
    catalog: Catalog, likes: NDArray[np.floating], meaning: NDArray[np.floating] | None = None
) -> sparse.csr_matrix:
    """Which known items stand for which newcomers.

    See `kriging`, by the mean likeness over all aspects. Its weights are multiplied by `CAUTION`: that keeps the order
    of newcomers among themselves, and moves their scores towards those of the mean item.

    Args:
        catalog: N items.
        likes: how many people liked each, ``[N]``; newcomers have none.
        meaning: sentence vectors of the items, ``[N, d]``, rows of zeros where there is no text.

    Returns:
        float32 CSR ``[N, N]``: rows of newcomers hold weights that add up to `CAUTION`, some of them negative; the rows
        of the others, and of newcomers of which nothing is said that is said of anything known, are empty.
    """
    new, known = np.flatnonzero(likes == 0), np.flatnonzero(likes > 0)
    places = sparse.csr_matrix((len(catalog), len(catalog)), dtype=np.float32)
    if not len(new) or not len(known):
        return places
    anchors = np.sort(known[np.argsort(-likes[known], kind="stable")[:ANCHORS]])
    likenesses = [Centred(aspect, anchors) for aspect in aspects(catalog, meaning)]
    said = np.array([likeness.said[new] for likeness in likenesses])  # (aspects, new)
    little = said.sum(0) <= LITTLE * len(said)
    for group in (little, ~little):
        of_these = [likeness for likeness, some in zip(likenesses, said, strict=True) if some[group].any()]
        if of_these:
            weights = _weights(of_these, anchors, new[group], len(catalog) > DENSE_ITEMS)
            places += _spread(np.float32(CAUTION) * weights, new[group], anchors, len(catalog))
    return places


def _weights(likenesses: list[Centred], anchors: Columns, new: Columns, large: bool) -> sparse.csr_matrix:
    """Of each anchor for each new item, CSR ``[new, A]``; they add up to 1, or are none for what is like no anchor."""
    between = _alike(likenesses, anchors)  # (A, A)
    rows = []
    for start in range(0, len(new), BLOCK):
        to = _alike(likenesses, new[start : start + BLOCK])  # (block, A)
        weights = _nearby(between, to, min(NEIGHBOURS, len(anchors))) if large else kriging(between, to)
        weights[np.abs(to).max(axis=1) < UNLIKE] = 0
        rows.append(sparse.csr_matrix(weights))
    return sparse.vstack(rows, format="csr")


def kriging(between: Kernel, to: Kernel) -> Kernel:
    """Weights of known items that best foretell new ones from them; they add up to 1.

    Ordinary kriging (Cressie, Statistics for Spatial Data, 1993, section 3.2) with likeness as covariance: if items
    differ as their descriptions do, no other weights that add up to 1 err less in the mean square. With C = K + noise,
    k of the new item and a vector of ones 1: w = C⁻¹ (k + 1 m), m = (1 - 1ᵀC⁻¹k) / 1ᵀC⁻¹1.

    Args:
        between: K, likeness of the known items, ``[A, A]``.
        to: k, of each new one to them, ``[n, A]``.

    Returns:
        w, ``[n, A]``.
    """
    C = between + np.float32(NOISE) * np.eye(len(between), dtype=np.float32)
    right = np.column_stack([to.T, np.ones(len(between), dtype=np.float32)])
    solved = cho_solve(cho_factor(C, lower=True), right)  # (A, n + 1)
    direct, ones = solved[:, :-1], solved[:, -1:]
    weights = direct + ones * (1 - direct.sum(0)) / ones.sum()
    return np.asarray(weights.T, dtype=np.float32)


def _alike(likenesses: list[Centred], some: Columns) -> Kernel:
    """Mean likeness of some items to the anchors, over all aspects, ``[some, A]``."""
    return np.asarray(sum(likeness(some) for likeness in likenesses) / len(likenesses), dtype=np.float32)


def _nearby(between: Kernel, to: Kernel, nearest: int) -> Kernel:
    """`kriging` from so many anchors that are most like each, ``[n, A]``."""
    weights = np.zeros_like(to)
    for row, found in zip(to, weights, strict=True):
        best = np.argpartition(-row, nearest - 1)[:nearest]
        found[best] = kriging(between[np.ix_(best, best)], row[None, best])[0]
    return weights


def _spread(weights: sparse.csr_matrix, new: Columns, anchors: Columns, items: int) -> sparse.csr_matrix:
    """Weights ``[new, A]`` as a table of all items, ``[N, N]``."""
    counts = np.zeros(items, dtype=np.int64)
    counts[new] = np.diff(weights.indptr)
    starts = np.concatenate([[0], np.cumsum(counts)])
    return sparse.csr_matrix((weights.data, anchors[weights.indices], starts), shape=(items, items))


@torch.no_grad()
def place(generator: Generator, places: sparse.csr_matrix) -> None:
    """Give newcomers what the items have, on average, that stand for them: in both paths and as popularity.

    What is foretold is less than what is known: newcomers come up where they are asked for by what they are, or where
    little else is left, and crowd out nothing.
    """
    new = np.flatnonzero(np.diff(places.indptr))
    if not len(new):
        return
    generator.linear.place(new, places)
    at, mean = torch.from_numpy(new), places[new]
    for table in (generator.embedding, generator.output.weight, generator.output.bias, generator.popularity):
        table[at] = torch.from_numpy(mean @ table.detach().cpu().numpy()).to(table.device)
