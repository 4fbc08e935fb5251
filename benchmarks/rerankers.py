"""What spreads a list without learning anything: greedy re-rankers of each person's best candidates.

Notation: of B people, the C best candidates by score, float ``[B, C]``; a re-ranker returns the places of k of them in
that order, int64 ``[B, k]``, the first to be shown first. A larger weight spreads more, and 0 leaves the best k.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
JITTER = 1e-3
"""Is added to the diagonal of a kernel: of two items that are all alike the second adds a little volume, not none."""
SMOOTHING = 0.01
"""Share of what is wanted in every list, so that a divergence is finite (Steck, RecSys'18, eq. 7)."""


def mmr(scores: Floats, alike: Floats, weight: float, k: int) -> NDArray[np.int64]:
    """Maximal marginal relevance: next is argmax_i s_i - w max_{j chosen} a_ij (Carbonell & Goldstein, SIGIR'98).

    Args:
        scores: ``[B, C]``.
        alike: similarities of candidates, ``[B, C, C]``.
        weight: w, (1 - λ) / λ of the paper.
        k: items a list.
    """
    people = np.arange(len(scores))
    nearest = np.zeros_like(scores)

    def see(chosen: NDArray[np.int64]) -> None:
        np.maximum(nearest, alike[people, chosen], out=nearest)

    return _greedy(scores, lambda: scores - weight * nearest, see, k)


def dpp(scores: Floats, alike: Floats, weight: float, k: int) -> NDArray[np.int64]:
    """The likeliest list of a determinantal point process, argmax_Y Σ_{i in Y} s_i + w log det A_Y, greedily.

    Its kernel is diag(q) A diag(q) with q = exp(s / 2w). What each item adds to the volume is kept up to date by an
    incremental Cholesky factor (Chen et al., NeurIPS'18, arXiv 1709.05135, algorithm 1).

    Args:
        scores: ``[B, C]``.
        alike: A, positive semidefinite with ones on its diagonal, ``[B, C, C]``.
        weight: w.
        k: items a list.
    """
    people = np.arange(len(scores))
    volume = np.full_like(scores, 1 + JITTER)  # d_i², (B, C)
    factors: list[Floats] = []  # c_i, k times (B, C)

    def see(chosen: NDArray[np.int64]) -> None:
        spanned = sum((c[people, chosen, None] * c for c in factors), np.zeros_like(scores))  # (B, C)
        factors.append(((alike[people, chosen] - spanned) / np.sqrt(volume[people, chosen, None])).astype(np.float32))
        np.maximum(volume - factors[-1] ** 2, JITTER**2, out=volume)

    return _greedy(scores, lambda: (scores + weight * np.log(volume)).astype(np.float32), see, k)


def calibrate(scores: Floats, kinds: Floats, wanted: Floats, weight: float, k: int) -> NDArray[np.int64]:
    """Calibrated lists: argmax_Y Σ_{i in Y} s_i - w KL(p, q_Y), greedily (Steck, RecSys'18, eq. 3 to 8).

    p are the shares of kinds that a person's history has, q_Y those of the list, smoothed by `SMOOTHING` of p.

    Args:
        scores: ``[B, C]``.
        kinds: shares of kinds of each candidate, ``[B, C, G]``.
        wanted: p, ``[B, G]``.
        weight: w, λ / (1 - λ) of the paper.
        k: items a list.
    """
    people = np.arange(len(scores))
    total = np.zeros_like(wanted)  # kinds of the list so far, (B, G)
    p = wanted[:, None]  # (B, 1, G)
    count = 0

    def see(chosen: NDArray[np.int64]) -> None:
        nonlocal count
        total[:] += kinds[people, chosen]
        count += 1

    def worth() -> Floats:
        q = (1 - SMOOTHING) * (total[:, None] + kinds) / (count + 1) + SMOOTHING * p  # (B, C, G)
        divergence = (p * np.log(np.where(p > 0, p / np.maximum(q, 1e-12), 1))).sum(2)  # (B, C)
        return np.asarray(scores - weight * divergence, dtype=np.float32)

    return _greedy(scores, worth, see, k)


def _greedy(
    scores: Floats, worth: Callable[[], Floats], see: Callable[[NDArray[np.int64]], None], k: int
) -> NDArray[np.int64]:
    """Take what is worth most, k times; `see` is told each choice. Who has fewer candidates gets -1."""
    people, taken = np.arange(len(scores)), ~np.isfinite(scores)
    places = np.full((len(scores), k), -1, dtype=np.int64)
    for place in range(min(k, scores.shape[1])):
        best = np.where(taken, -np.inf, worth()).argmax(1)
        places[:, place] = np.where(taken.all(1), -1, best)
        taken[people, best] = True
        see(best)
    return places
