"""Ways to spread lists that learn nothing from an adversary, each with one or two numbers, and how these are tuned."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from scipy.cluster.vq import kmeans2
from scipy.sparse.linalg import svds

from benchmarks.rerankers import calibrate, dpp, mmr
from training import metrics
from training.dataset import positives
from training.recommender import COVERAGE_FOR_GAME
from training.vae import Generator

LIST = 20
ALLOWED = 0.001
"""So much of NDCG@20 may a control cost on the hold-out."""
CANDIDATES = 200
"""So many of a person's best items are re-ranked."""
WEIGHTS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Of each re-ranker, tried."""
FOR_ALL = tuple(np.round(np.arange(0.0, -1.21, -0.1), 2).tolist())
FOR_MAINSTREAM = (-0.2, -0.1, 0.0, 0.1, 0.2, 0.3)
"""What popularity counts: values tried of the two numbers that the adversary moves."""
REACHES = (0.5, 1.0, 2.0)
"""By so much at most is the score of an item raised that is on nobody's list."""
BANDS, KINDS, RANK = 5, 20, 32
"""Bands of popularity with as many interactions each; kinds of items, clustered in so many dimensions."""
BATCH = 128
POPULARITY = "grid over popularity"
"""The name of the control that moves one number alone."""

Lists = NDArray[np.int64]
"""Columns of the items of each list, int64 ``[P, 20]``, -1 where there are none left."""


@dataclass(frozen=True)
class People:
    """What one generator says of some people, and what they chose.

    Attributes:
        scores: at z = 0 without adversary, ``[P, N]``, -inf for what is in the history.
        mainstream: see `training.vae.Known`, ``[P]``.
        popularity: of the items, standardised, ``[N]``.
        history, relevant: CSR ``[P, N]``.
    """

    scores: NDArray[np.float32]
    mainstream: NDArray[np.float32]
    popularity: NDArray[np.float32]
    history: sparse.csr_matrix
    relevant: sparse.csr_matrix

    def part(self, rows: NDArray[np.int64]) -> People:
        """Some of them."""
        scores, mainstream = self.scores[rows], self.mainstream[rows]
        return People(scores, mainstream, self.popularity, self.history[rows], self.relevant[rows])

    def tempered(self, everybody: float, mainstream: float) -> NDArray[np.float32]:
        """Scores with another weight of popularity."""
        counts = (everybody + mainstream * self.mainstream)[:, None]
        return np.asarray(self.scores + counts * self.popularity, dtype=np.float32)


@dataclass(frozen=True)
class Items:
    """What is known of the items from who had them.

    Attributes:
        train: CSR ``[people, N]``.
        alike: cosines of items by who had them, ``[N, N]``.
        bands, kinds: ones where an item is of that band of popularity or of that kind, ``[N, G]``.
    """

    train: sparse.csr_matrix
    alike: NDArray[np.float32]
    bands: NDArray[np.float32]
    kinds: NDArray[np.float32]


def people(generator: Generator, history: sparse.csr_matrix, relevant: sparse.csr_matrix) -> People:
    """Score all items for some people."""
    parts = [generator.rank_rows(history[start : start + BATCH]) for start in range(0, history.shape[0], BATCH)]
    scores = np.concatenate(parts)
    row = np.repeat(np.arange(len(scores)), np.diff(history.indptr))
    scores[row, history.indices] = -np.inf
    mainstream = generator.known_rows(history).mainstream.numpy()
    return People(scores, mainstream, generator.popularity.numpy(), history, relevant)


def best(scores: NDArray[np.float32], k: int = LIST) -> Lists:
    """Columns of the k highest scores of each row, -1 where they are -inf."""
    found = torch.from_numpy(scores).topk(min(k, scores.shape[1]))
    return np.asarray(torch.where(found.values > -torch.inf, found.indices, -1).numpy())


def known_items(train: sparse.csr_matrix, seed: int = 0) -> Items:
    """Cosines, bands of popularity and kinds (k-means of normalised singular vectors), all from who had what."""
    columns = sparse.csc_matrix(train, dtype=np.float32)
    columns.data[:] = 1
    counts = np.asarray(columns.sum(axis=0)).ravel()
    unit = (columns @ sparse.diags(1 / np.sqrt(np.maximum(counts, 1)))).tocsc()
    alike = (unit.T @ unit).toarray().astype(np.float32)
    np.fill_diagonal(alike, 1)
    order = np.argsort(-counts, kind="stable")
    band = np.empty(len(counts), dtype=int)
    band[order] = np.minimum(BANDS * np.cumsum(counts[order]) / max(counts.sum(), 1), BANDS - 1).astype(int)
    _, spread, directions = svds(unit, k=min(RANK, min(unit.shape) - 1), rng=np.random.default_rng(seed))
    vectors = directions.T * spread
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    _, kind = kmeans2(vectors, KINDS, minit="++", rng=np.random.default_rng(seed), missing="warn")
    return Items(train, alike, *(np.eye(n, dtype=np.float32)[of] for n, of in ((BANDS, band), (KINDS, kind))))


def reranked(some: People, items: Items, method: str, weight: float) -> Lists:
    """The lists of one re-ranker: ``MMR``, ``DPP``, ``bands`` or ``kinds`` (calibration to these)."""
    lists = []
    for start in range(0, len(some.scores), BATCH):
        scores = some.scores[start : start + BATCH]
        columns = best(scores, CANDIDATES)
        s = np.where(columns < 0, -np.inf, np.take_along_axis(scores, columns, 1)).astype(np.float32)
        if method in ("MMR", "DPP"):
            alike = items.alike[columns[:, :, None], columns[:, None]]
            places = (mmr if method == "MMR" else dpp)(s, alike, weight, LIST)
        else:
            kinds = items.bands if method == "bands" else items.kinds
            had = positives(some.history[start : start + BATCH]) @ kinds
            places = calibrate(s, kinds[columns], had / np.maximum(had.sum(1, keepdims=True), 1), weight, LIST)
        lists.append(np.where(places < 0, -1, np.take_along_axis(columns, places, 1)))
    return np.concatenate(lists)


def once(scores: NDArray[np.float32], reach: float) -> Lists:
    """Lists in which every item that comes near enough to somebody's is on one: s_ui + m_i where 0 < m_i <= reach.

    m_i = min_u (s_u(20) - s_ui) is how far item i is from the list that it is nearest to, whose last score is s_u(20).
    Where several meet on one list, some are left out all the same.
    """
    last = np.sort(np.partition(scores, -LIST, axis=1)[:, -LIST:], axis=1)[:, :1]
    short = (last - scores).min(0)  # (N)
    return best(scores + np.where((short > 0) & (short <= reach), short + 1e-4, 0).astype(np.float32))


@dataclass(frozen=True)
class Control:
    """A way to spread lists: settings to choose from, the safest first, and the lists that each makes."""

    name: str
    settings: Sequence[tuple[float, ...]]
    lists: Callable[[People, Items, tuple[float, ...]], Lists]
    rule: str = "coverage"


def controls() -> list[Control]:
    """All of them."""
    both = sorted(itertools.product(FOR_ALL, FOR_MAINSTREAM), key=lambda pair: abs(pair[0]) + abs(pair[1]))

    def tempered(some: People, _: Items, setting: tuple[float, ...]) -> Lists:
        return best(some.tempered(*setting))

    def reranker(method: str) -> Callable[[People, Items, tuple[float, ...]], Lists]:
        return lambda some, items, setting: reranked(some, items, method, *setting)

    weights = [(weight,) for weight in WEIGHTS]
    reaches = list(itertools.product(FOR_ALL, REACHES))
    named = {"MMR": "MMR", "DPP": "DPP", "bands": "calibration, popularity", "kinds": "calibration, kinds"}
    return [
        Control("grid, the adversary's rule", both, tempered, rule="game"),
        Control("grid over both numbers", both, tempered),
        Control(POPULARITY, [(weight, 0.0) for weight in FOR_ALL], tempered),
        *(Control(name, weights, reranker(method)) for method, name in named.items()),
        Control("every item once", reaches, lambda some, _, s: once(some.tempered(s[0], 0.0), s[1])),
    ]


def tuned(control: Control, some: People, items: Items) -> tuple[float, ...] | None:
    """The setting that validation chooses: None where every one of them costs too much.

    By the rule ``coverage``, of those that cost at most `ALLOWED` the one with the highest coverage; by ``game``, the
    most accurate of those that bring what ends the adversary's game.
    """
    start = accuracy_and_coverage(best(some.scores), some)
    found = {setting: accuracy_and_coverage(control.lists(some, items, setting), some) for setting in control.settings}
    if control.rule == "game":
        enough = {s: f for s, f in found.items() if f[1] >= (1 + COVERAGE_FOR_GAME) * start[1]}
        return max(enough, key=lambda s: enough[s][0], default=None)
    able = {s: f for s, f in found.items() if f[0] >= start[0] - ALLOWED}
    return max(able, key=lambda s: able[s][1], default=None)


def accuracy_and_coverage(ranked: Lists, some: People) -> tuple[float, float]:
    """NDCG@20 of those of whom something was withheld, and the share of the items that stand in anybody's list."""
    told = metrics.counts(some.relevant) > 0
    ndcg = metrics.accuracy(ranked[told], some.relevant[told], (LIST,))[f"ndcg@{LIST}"]
    return ndcg, metrics.coverage(ranked, some.scores.shape[1])
