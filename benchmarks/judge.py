"""A two-sample test of slates: can a fresh classifier tell what people chose from what they were shown?

Half of the people teach it, it is asked about the other half, and the other way round (Lopez-Paz & Oquab, ICLR'17,
arXiv 1610.06545). It sees a slate by features that any judge could compute; .5 is chance.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from scipy import sparse
from scipy.stats import rankdata
from torch import nn

WIDTH, STEPS, RATE, DECAY = 32, 300, 1e-2, 1e-2

BLIND = slice(2, None)
"""Of the features, those that do not come from the scores that were to be spread."""

Features = NDArray[np.float32]


def describe(
    ranked: NDArray[np.int64],
    scores: NDArray[np.float32],
    popularity: NDArray[np.float32],
    history: sparse.csr_matrix,
    relevant: sparse.csr_matrix,
    alike: NDArray[np.float32],
) -> tuple[Features, Features]:
    """Features of what each person chose and of as many items from the top of their list, both ``[people, 7]``.

    They are: mean and least score, mean and spread of popularity, popularity less that of the history, mean cosine of
    pairs, and how many items. People of whom nothing was withheld, or whose lists are too short, are left out.
    """
    chosen, shown = [], []
    for row in range(len(ranked)):
        real = relevant.indices[relevant.indptr[row] : relevant.indptr[row + 1]]
        had = history.indices[history.indptr[row] : history.indptr[row + 1]]
        real = real[np.isfinite(scores[row, real])][: ranked.shape[1]]
        fake = ranked[row, : len(real)]
        if not len(real) or (fake < 0).any():
            continue
        usual = float(popularity[had].mean()) if len(had) else 0.0
        chosen.append(_slate(scores[row, real], popularity[real], usual, alike[np.ix_(real, real)]))
        shown.append(_slate(scores[row, fake], popularity[fake], usual, alike[np.ix_(fake, fake)]))
    return np.array(chosen, dtype=np.float32), np.array(shown, dtype=np.float32)


def _slate(scores: Features, popularity: Features, usual: float, alike: Features) -> tuple[float, ...]:
    k = len(scores)
    pairs = (float(alike.sum()) - float(np.trace(alike))) / (k * (k - 1)) if k > 1 else 0.0
    popular = float(popularity.mean())
    return float(scores.mean()), float(scores.min()), popular, float(popularity.std()), popular - usual, pairs, float(k)


def tell_apart(chosen: Features, shown: Features, seed: int) -> float:
    """AUC of a classifier between both, each row judged by one that learned from other people; .5 with too few.

    Args:
        chosen: features of what people chose, ``[people, F]``.
        shown: of what the same people were shown, ``[people, F]``.
        seed: of the halves and of the classifier.
    """
    people = len(chosen)
    if people < 4:
        return 0.5
    both = np.concatenate([chosen, shown])  # (2 P, F)
    x = torch.from_numpy((both - both.mean(0)) / (both.std(0) + 1e-6))
    y = torch.cat([torch.ones(people), torch.zeros(people)])
    half = np.tile(np.random.default_rng(seed).permutation(people) % 2, 2)
    verdicts = np.zeros(2 * people)
    for side in (0, 1):
        train, test = torch.from_numpy(half == side), torch.from_numpy(half != side)
        verdicts[half != side] = _fit(x[train], y[train], seed)(x[test]).detach().squeeze(1).numpy()
    return float(np.mean([auc(verdicts[half == side], y.numpy()[half == side] > 0) for side in (0, 1)]))


def _fit(x: torch.Tensor, y: torch.Tensor, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    judge = nn.Sequential(nn.Linear(x.shape[1], WIDTH), nn.Tanh(), nn.Linear(WIDTH, 1))
    optimiser = torch.optim.AdamW(judge.parameters(), lr=RATE, weight_decay=DECAY)
    for _ in range(STEPS):
        optimiser.zero_grad()
        torch.autograd.backward(F.binary_cross_entropy_with_logits(judge(x).squeeze(1), y))
        optimiser.step()
    return judge


def auc(verdicts: NDArray[np.float64], true: NDArray[np.bool_]) -> float:
    """The chance that something true has a higher verdict than something false, ties half (Mann-Whitney)."""
    positive, negative = int(true.sum()), int((~true).sum())
    ranks = rankdata(verdicts)
    return float((ranks[true].sum() - positive * (positive + 1) / 2) / (positive * negative))
