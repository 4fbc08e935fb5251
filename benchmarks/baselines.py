"""What the recommender is compared with: well-known methods, each tuned on a part of the train file and refitted.

A method is a function of the train matrix (float32 CSR ``[users, N]`` of ones), a seed and its settings. It returns
item-to-item weights ``[N, N]``, by which a history is multiplied, or the scores of all users ``[users, N]``.
"""

from __future__ import annotations

import importlib.util
import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from scipy import sparse
from torch import nn

from training import metrics

LIST = 20
SLIM_ITEMS = 5_000
"""Above so many items SLIM chooses among an item's nearest only (fsSLIM, in the same paper)."""
SLOW_CELLS = 5_000_000
"""Mult-VAE, ALS and BPR are compared where people times items are at most so many."""


def popularity(train: sparse.csr_matrix) -> NDArray[np.float64]:
    """How many people had each item, float64 ``[N]``."""
    return np.bincount(train.indices, minlength=train.shape[1]).astype(np.float64)


def most_popular(train: sparse.csr_matrix, seed: int) -> NDArray[np.float64]:
    """The same scores for everybody."""
    return np.tile(popularity(train), (train.shape[0], 1))


def item_knn(train: sparse.csr_matrix, seed: int, k: int, shrink: float) -> sparse.csr_matrix:
    """Cosine with shrinkage, the k nearest of each item (Deshpande & Karypis, TOIS'04)."""
    norms = np.sqrt(popularity(train))
    alike = (train.T @ train).tocoo()
    alike.data = alike.data / (norms[alike.row] * norms[alike.col] + shrink + 1e-9)
    return nearest(alike.tocsr(), k)


def rp3beta(train: sparse.csr_matrix, seed: int, k: int, alpha: float, beta: float) -> sparse.csr_matrix:
    """Three random steps, P_ui^α P_iu^α / popularity^β, the k likeliest of each item (Paudel et al., TIIS'17)."""
    to_item = sparse.diags(np.maximum(np.diff(train.indptr), 1.0) ** -alpha) @ train
    to_user = sparse.diags(np.maximum(popularity(train), 1.0) ** -alpha) @ train.T
    return nearest((to_user @ to_item @ sparse.diags(np.maximum(popularity(train), 1.0) ** -beta)).tocsr(), k)


def ease(train: sparse.csr_matrix, seed: int, ridge: float) -> NDArray[np.float32]:
    """B = I - P diag(P)⁻¹, P = (XᵀX + λI)⁻¹ (Steck, WWW'19, arXiv 1905.03375).

    With fewer people than half the items P comes from the smaller matrix: λP = I - Xᵀ (XXᵀ + λI)⁻¹ X.
    """
    users, items = train.shape
    if users < items / 2:
        X = train.toarray().astype(np.float32)
        P = -(X.T @ np.linalg.solve(X @ X.T + ridge * np.eye(users, dtype=np.float32), X))
        P[np.diag_indices(items)] += 1
    else:
        G = torch.from_numpy((train.T @ train).toarray().astype(np.float32))
        G.diagonal().add_(ridge)
        P = torch.cholesky_inverse(torch.linalg.cholesky(G)).numpy()
    B: NDArray[np.float32] = -P / np.diag(P)
    np.fill_diagonal(B, 0)
    return B


def slim(train: sparse.csr_matrix, seed: int, l1: float, l2: float) -> Any:
    """Minimum of ½||X - XW||² + l2/2 ||W||² + l1 ||W||₁ with W ≥ 0 and diag(W) = 0 (Ning & Karypis, ICDM'11)."""
    if train.shape[1] > SLIM_ITEMS:
        return _slim_of_nearest(train, l1, l2)
    return _slim_of_all(train, l1, l2)


def _slim_of_all(train: sparse.csr_matrix, l1: float, l2: float, sweeps: int = 20) -> NDArray[np.float32]:
    """By coordinate descent: all columns of W are descended at once, one row of it after another."""
    G = (train.T @ train).toarray().astype(np.float32)
    W: NDArray[np.float32] = np.zeros_like(G)
    residual = G.copy()  # G - G W
    diagonal = np.diag(G).copy()
    for _ in range(sweeps):
        for i in range(len(G)):
            new = np.maximum(residual[i] + diagonal[i] * W[i] - l1, 0) / (diagonal[i] + l2)
            new[i] = 0
            changed = np.flatnonzero(new != W[i])
            residual[:, changed] -= np.outer(G[:, i], (new - W[i])[changed])
            W[i] = new
    return W


def _slim_of_nearest(
    train: sparse.csr_matrix, l1: float, l2: float, k: int = 100, sweeps: int = 20, block: int = 500
) -> sparse.csr_matrix:
    """Of each column only the k nearest items by cosine may be above 0; a block of columns is descended at once."""
    near = item_knn(train, 0, k, 0.0).tocsr()
    columns, items = sparse.csc_matrix(train), train.shape[1]
    candidates = np.full((items, k), -1)
    for item in range(items):
        found = near.indices[near.indptr[item] : near.indptr[item + 1]]
        candidates[item, : min(len(found), k)] = found[:k]
    W = np.zeros((items, k), dtype=np.float32)
    for start in range(0, items, block):
        some = candidates[start : start + block]  # (b, k)
        G = np.zeros((len(some), k, k), dtype=np.float32)
        wanted = np.zeros((len(some), k), dtype=np.float32)
        for at, chosen in enumerate(some):
            real = chosen[chosen >= 0]
            sub = columns[:, real]
            G[at, : len(real), : len(real)] = (sub.T @ sub).toarray()
            wanted[at, : len(real)] = (sub.T @ columns[:, start + at]).toarray().ravel()
        w, diagonal = W[start : start + block], np.einsum("bii->bi", G)
        for _ in range(sweeps):
            for i in range(k):
                rest = wanted[:, i] - np.einsum("bj,bj->b", G[:, i], w) + diagonal[:, i] * w[:, i]
                w[:, i] = np.maximum(rest - l1, 0) / (diagonal[:, i] + l2)
    row, column = candidates.ravel(), np.repeat(np.arange(items), k)
    kept = (row >= 0) & (W.ravel() > 0)
    return sparse.csr_matrix((W.ravel()[kept], (row[kept], column[kept])), shape=(items, items))


def mult_vae(train: sparse.csr_matrix, seed: int, epochs: int, beta: float) -> NDArray[np.float32]:
    """Mult-VAE of 600 and 200 units, β grown over the first half of the epochs (Liang et al., WWW'18)."""
    torch.manual_seed(seed)
    users, items = train.shape
    encoder = nn.Sequential(nn.Linear(items, 600), nn.Tanh(), nn.Linear(600, 400))
    decoder = nn.Sequential(nn.Linear(200, 600), nn.Tanh(), nn.Linear(600, items))
    optimiser = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3)
    X = torch.from_numpy(train.toarray())
    for epoch in range(epochs):
        for rows in torch.split(torch.randperm(users), 100):
            x = X[rows]
            mu, log_var = encoder(F.dropout(F.normalize(x, dim=1), 0.5)).chunk(2, dim=1)
            logits = decoder(mu + torch.randn_like(mu) * (log_var / 2).exp())
            kl = 0.5 * (log_var.exp() + mu.square() - 1 - log_var).sum(1).mean()
            nll = -(F.log_softmax(logits, dim=1) * x).sum(1).mean()
            optimiser.zero_grad()
            torch.autograd.backward(nll + min(1.0, 2 * epoch / epochs) * beta * kl)
            optimiser.step()
    with torch.no_grad():
        scores: NDArray[np.float32] = decoder(encoder(F.normalize(X, dim=1)).chunk(2, dim=1)[0]).numpy()
    return scores


def als(train: sparse.csr_matrix, seed: int, factors: int, regularization: float, alpha: float) -> NDArray[np.float32]:
    """Alternating least squares of `implicit` (Hu, Koren & Volinsky, ICDM'08)."""
    from implicit.als import AlternatingLeastSquares

    model = AlternatingLeastSquares(
        factors=factors, regularization=regularization, alpha=alpha, iterations=15, random_state=seed
    )
    model.fit(train, show_progress=False)
    return np.asarray(model.user_factors @ model.item_factors.T, dtype=np.float32)


def bpr(train: sparse.csr_matrix, seed: int, factors: int, rate: float, iterations: int) -> NDArray[np.float32]:
    """Bayesian personalised ranking of `implicit` (Rendle et al., UAI'09)."""
    from implicit.bpr import BayesianPersonalizedRanking

    model = BayesianPersonalizedRanking(
        factors=factors, learning_rate=rate, iterations=iterations, random_state=seed, num_threads=1
    )
    model.fit(train, show_progress=False)
    return np.asarray(model.user_factors @ model.item_factors.T, dtype=np.float32)


def nearest(weights: sparse.csr_matrix, k: int) -> sparse.csr_matrix:
    """The k largest entries of each row, without the diagonal."""
    weights = weights.tocoo()
    weights.data[weights.row == weights.col] = 0
    weights = weights.tocsr()
    weights.eliminate_zeros()
    for row in range(weights.shape[0]):
        part = weights.data[weights.indptr[row] : weights.indptr[row + 1]]
        if len(part) > k:
            part[part < np.partition(part, -k)[-k]] = 0
    weights.eliminate_zeros()
    return weights


@dataclass(frozen=True)
class Method:
    """A baseline and what is tried for it.

    Attributes:
        fit: see the module.
        by_user: whether it returns scores of users.
        grid: settings to choose from.
        seeded: whether another seed gives another model.
        slow: whether it is left out on large data.
        needs: a package that may not be installed.
    """

    fit: Callable[..., Any]
    grid: tuple[tuple[Any, ...], ...] = ((),)
    by_user: bool = False
    seeded: bool = False
    slow: bool = False
    needs: str | None = None

    def suits(self, train: sparse.csr_matrix) -> bool:
        """Whether it is compared on these data, on this machine."""
        small = train.shape[0] * train.shape[1] <= SLOW_CELLS
        return (small or not self.slow) and (self.needs is None or importlib.util.find_spec(self.needs) is not None)


METHODS: dict[str, Method] = {
    "popularity": Method(most_popular, by_user=True),
    "ItemKNN": Method(item_knn, tuple((k, shrink) for k in (50, 200) for shrink in (0.0, 10.0, 100.0))),
    "RP3beta": Method(rp3beta, tuple((k, a, b) for k in (100, 1000) for a in (0.5, 1.0) for b in (0.0, 0.3, 0.6))),
    "EASE": Method(ease, tuple((ridge,) for ridge in (3.0, 10.0, 30.0, 100.0, 200.0, 400.0, 800.0, 3000.0))),
    "SLIM": Method(slim, tuple((l1, l2) for l1 in (1.0, 3.0, 10.0) for l2 in (10.0, 100.0))),
    "Mult-VAE": Method(mult_vae, tuple((e, b) for e in (50, 100, 200) for b in (0.1, 0.2, 0.5)), True, True, True),
    "ALS (implicit)": Method(
        als,
        tuple((f, r, a) for f in (32, 64, 128) for r in (1.0, 10.0) for a in (1.0, 5.0)),
        True,
        True,
        True,
        needs="implicit",
    ),
    "BPR (implicit)": Method(
        bpr,
        tuple((f, r, i) for f in (32, 64, 128) for r in (0.01, 0.05) for i in (100, 300)),
        True,
        True,
        True,
        needs="implicit",
    ),
}


@dataclass(frozen=True)
class Outcome:
    """A fitted baseline.

    Attributes:
        ranked: int64 ``[asked, 20]``, train items left out.
        seconds: to fit, without tuning.
        gigabytes: the most memory that its process held.
        milliseconds: to rank, a person.
    """

    ranked: NDArray[np.int64]
    seconds: float
    gigabytes: float
    milliseconds: float


def compare(train: sparse.csr_matrix, asked: NDArray[np.int64], seeds: int = 1) -> Iterator[tuple[str, list[Outcome]]]:
    """Every baseline that suits, tuned on a fifth of the train lines and refitted on all.

    Args:
        train: ones, float32 CSR ``[users, N]``.
        asked: rows of the users to rank for.
        seeds: how many fits of what is seeded; the others are fitted once.

    Yields:
        its name with the settings that were chosen, and the outcome of each seed.
    """
    spawn = multiprocessing.get_context("spawn")
    for name, method in METHODS.items():
        if not method.suits(train):
            continue
        # A process each, so that the memory of one is not counted for the next.
        with ProcessPoolExecutor(1, mp_context=spawn) as pool:
            best = pool.submit(tune, name, train).result() if len(method.grid) > 1 else method.grid[0]
        found = []
        for seed in range(seeds if method.seeded else 1):
            with ProcessPoolExecutor(1, mp_context=spawn) as pool:
                found.append(pool.submit(measure, name, train, asked, best, seed).result())
        yield f"{name} {best or ''}".strip(), found


def tune(name: str, train: sparse.csr_matrix) -> tuple[Any, ...]:
    """The settings of the best NDCG@20 on a random fifth of the lines."""
    method = METHODS[name]
    out = np.random.default_rng(0).random(train.nnz) < 0.2
    row = np.repeat(np.arange(train.shape[0]), np.diff(train.indptr))

    def part(mask: NDArray[np.bool_]) -> sparse.csr_matrix:
        return sparse.csr_matrix((train.data[mask], (row[mask], train.indices[mask])), train.shape, dtype=np.float32)

    left, relevant = part(~out), part(out)
    able = np.flatnonzero(np.diff(relevant.indptr))[:3_000]

    def quality(settings: tuple[Any, ...]) -> float:
        ranked = ranking(method.fit(left, 0, *settings), left, able, method.by_user)
        return metrics.accuracy(ranked, relevant[able])["ndcg@20"]

    return max(method.grid, key=quality)


def measure(
    name: str, train: sparse.csr_matrix, asked: NDArray[np.int64], settings: tuple[Any, ...], seed: int
) -> Outcome:
    """Fit with one seed and rank."""
    started = time.perf_counter()
    method = METHODS[name]
    fitted = method.fit(train, seed, *settings)
    seconds = time.perf_counter() - started
    started = time.perf_counter()
    ranked = ranking(fitted, train, asked, method.by_user)
    milliseconds = 1000 * (time.perf_counter() - started) / len(asked)
    return Outcome(ranked, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, milliseconds)


def ranking(fitted: Any, train: sparse.csr_matrix, asked: NDArray[np.int64], by_user: bool) -> NDArray[np.int64]:
    """The 20 best of each person by what a method returned, train items left out, int64 ``[asked, 20]``."""
    parts = []
    for start in range(0, len(asked), 500):
        rows = asked[start : start + 500]
        history = train[rows]
        scores = fitted[rows] if by_user else history @ fitted
        scores = scores.toarray() if sparse.issparse(scores) else np.asarray(scores)
        parts.append(metrics.rank(scores, LIST, history))
    return np.concatenate(parts)
