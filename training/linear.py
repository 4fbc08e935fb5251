"""The generator's linear path: what co-occurs with the items of a history, solved in closed form, not by gradients."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor, nn

from training.slim import slim

DENSE_ITEMS = 20_000
"""Above so many items nothing of items x items or people x items is ever written out."""
FULL_ITEMS = 15_000
"""Nor a matrix of items x items above so many, of which training holds three (.9 GB each): items keep their nearest."""
CHEAP_ITEMS = 5_000
"""Up to so many items a matrix of items x items is inverted often enough to try every pair of powers."""
NEAREST = 200
"""So many does it keep."""
MOST_PEOPLE = 2_000
"""With fewer people than this, and than half the items, the path is a product through the people."""
CAP = 500
"""Of a longer history so many items, drawn at random, are counted towards co-occurrence in a large catalogue."""
BLOCK = 1_000
"""Rows of items x items that are in memory at once in a large catalogue."""
CELLS = 20_000_000
"""About so many scores are in memory at once when many people are judged."""
DISLIKE = 0.5
"""What a dislike weighs beside a like: it also says that the thing was chosen."""
L1, L2 = 1.0, 10.0
"""SLIM's penalties: with the first, what only one person combined says nothing."""
SPARSE = 1.0
"""Weight of the sparse part, where there is one."""
RIDGES = (3.0, 10.0, 30.0, 100.0, 200.0, 300.0, 500.0, 700.0, 1000.0, 3000.0, 10_000.0)
LIFTS = (0.0, 0.0625, 0.125, 0.1875, 0.25, 0.375, 0.5)


@dataclass(frozen=True)
class LinearSettings:
    """How the linear path is solved. Its family holds EASE (no powers) and, as the ridge grows, RP3beta and ItemKNN.

    Attributes:
        ridge: λ, in units of the mean square of an entry of A.
        user: power of a person's number of interactions that divides their row.
        item: power of an item's number of interactions that divides its column.
        lift: power of an item's number of interactions that its score is multiplied by.
        sparse: weight of SLIM's sparse weights beside the closed form, both in units of their spread.
    """

    ridge: float = 300.0
    user: float = 0.25
    item: float = 0.125
    lift: float = 0.0625
    sparse: float = 0.0


class LinearPath(nn.Module, ABC):
    """Scores w B of histories w, with B_jj = 0. The subclasses differ in how they keep B."""

    @abstractmethod
    def forward(self, item_ids: Tensor, weights: Tensor) -> Tensor:
        """Scores ``[B, N]`` of histories: item ids ``[B, n]`` and weights ``[B, n]``."""

    @abstractmethod
    def weigh(self, matrix: sparse.csr_matrix) -> NDArray[np.float32]:
        """The same for the rows of a CSR matrix, float32 ``[rows, N]``."""

    @abstractmethod
    def rescale(self, factor: float) -> None:
        """Multiply B."""

    @abstractmethod
    def place(self, new: NDArray[np.int64], places: sparse.csr_matrix) -> None:
        """Give some items the average row and column of others.

        Args:
            new: items, ``[n]``.
            places: CSR ``[N, N]``: the weights of those that stand for each. They stand for themselves, too: who liked
                one of them has liked something like the new item.
        """

    def rows(self, matrix: sparse.csr_matrix) -> Tensor:
        """Scores of the rows of a CSR matrix of signed weights, float32 ``[rows, N]``, on this module's device."""
        matrix = matrix.copy()
        matrix.data = np.where(matrix.data < 0, DISLIKE * matrix.data, matrix.data)
        return torch.from_numpy(np.asarray(self.weigh(matrix), dtype=np.float32)).to(next(self.buffers()).device)


class FullPath(LinearPath):
    """B as it is."""

    matrix: Tensor

    def __init__(self, items: int) -> None:
        super().__init__()
        self.register_buffer("matrix", torch.zeros(items, items))  # (N, N)

    def forward(self, item_ids: Tensor, weights: Tensor) -> Tensor:
        """See `LinearPath.forward`."""
        return (weights.unsqueeze(1) @ self.matrix[item_ids]).squeeze(1)  # (B, n), (B, n, N) -> (B, N)

    def weigh(self, matrix: sparse.csr_matrix) -> NDArray[np.float32]:
        """See `LinearPath.weigh`."""
        found: NDArray[np.float32] = matrix @ self.matrix.cpu().numpy()
        return found

    def rescale(self, factor: float) -> None:
        """See `LinearPath.rescale`."""
        self.matrix.mul_(factor)

    def place(self, new: NDArray[np.int64], places: sparse.csr_matrix) -> None:
        """See `LinearPath.place`; an item is as near to itself as its nearest is."""
        B = self.matrix.cpu().numpy()
        B = B + np.diag(B.max(axis=1))
        B[:, new] = (places[new] @ B.T).T
        B[new] = places[new] @ B
        np.fill_diagonal(B, 0)
        self.matrix.copy_(torch.from_numpy(B))


class ProductPath(LinearPath):
    """B as ``left @ right`` less its diagonal."""

    left: Tensor
    right: Tensor
    diagonal: Tensor

    def __init__(self, items: int, rank: int) -> None:
        super().__init__()
        self.register_buffer("left", torch.zeros(items, rank))  # (N, R)
        self.register_buffer("right", torch.zeros(rank, items))  # (R, N)
        self.register_buffer("diagonal", torch.zeros(items))  # (N)

    def forward(self, item_ids: Tensor, weights: Tensor) -> Tensor:
        """See `LinearPath.forward`."""
        x = (weights.unsqueeze(1) @ self.left[item_ids]).squeeze(1)  # (B, n), (B, n, R) -> (B, R)
        itself = weights * self.diagonal[item_ids]  # (B, n)
        return (x @ self.right).scatter_add(1, item_ids, -itself)  # (B, N)

    def weigh(self, matrix: sparse.csr_matrix) -> NDArray[np.float32]:
        """See `LinearPath.weigh`."""
        scores: NDArray[np.float32] = (matrix @ self.left.cpu().numpy()) @ self.right.cpu().numpy()
        row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        scores[row, matrix.indices] -= matrix.data * self.diagonal.cpu().numpy()[matrix.indices]
        return scores

    def rescale(self, factor: float) -> None:
        """See `LinearPath.rescale`."""
        self.right.mul_(factor)
        self.diagonal.mul_(factor)

    def place(self, new: NDArray[np.int64], places: sparse.csr_matrix) -> None:
        """See `LinearPath.place`; how near an item is to itself is in the product."""
        left, right = self.left.cpu().numpy(), self.right.cpu().numpy()
        left[new], right[:, new] = places[new] @ left, (places[new] @ right.T).T
        self.left.copy_(torch.from_numpy(left))
        self.right.copy_(torch.from_numpy(right))
        self.diagonal.copy_((self.left * self.right.T).sum(1))


class NearestPath(LinearPath):
    """Of each row of B the largest entries: K nearest items and how near they are."""

    nearest: Tensor
    strength: Tensor

    def __init__(self, items: int, nearest: int) -> None:
        super().__init__()
        self.register_buffer("nearest", torch.zeros(items, nearest, dtype=torch.int32))  # (N, K)
        self.register_buffer("strength", torch.zeros(items, nearest))  # (N, K)

    def forward(self, item_ids: Tensor, weights: Tensor) -> Tensor:
        """See `LinearPath.forward`."""
        columns = self.nearest[item_ids].flatten(1).long()  # (B, n) -> (B, n K)
        added = (weights.unsqueeze(2) * self.strength[item_ids]).flatten(1)  # (B, n K)
        scores: Tensor = weights.new_zeros(weights.shape[0], len(self.nearest)).scatter_add(1, columns, added)
        return scores

    def weigh(self, matrix: sparse.csr_matrix) -> NDArray[np.float32]:
        """See `LinearPath.weigh`."""
        found: NDArray[np.float32] = (matrix @ self.table()).toarray()
        return found

    def table(self) -> sparse.csr_matrix:
        """B, CSR ``[N, N]``."""
        N, K = self.nearest.shape
        cells = self.strength.cpu().numpy().ravel(), self.nearest.cpu().numpy().ravel(), np.arange(N + 1) * K
        return sparse.csr_matrix(cells, shape=(N, N))

    def keep(self, start: int, rows: sparse.csr_matrix) -> None:
        """Take the largest entries of some rows of B, the first of which is `start`; none of an item with itself."""
        K = self.nearest.shape[1]
        for item, begin, end in zip(
            range(start, start + rows.shape[0]), rows.indptr[:-1], rows.indptr[1:], strict=True
        ):
            found: NDArray[np.int32] = rows.indices[begin:end]
            strength: NDArray[np.float32] = np.where(found == item, 0, rows.data[begin:end])
            if len(found) > K:
                best = np.argpartition(-strength, K)[:K]
                found, strength = found[best], strength[best]
            self.nearest[item], self.strength[item] = 0, 0
            self.nearest[item, : len(found)] = torch.from_numpy(found)
            self.strength[item, : len(found)] = torch.from_numpy(strength)

    def rescale(self, factor: float) -> None:
        """See `LinearPath.rescale`."""
        self.strength.mul_(factor)

    def place(self, new: NDArray[np.int64], places: sparse.csr_matrix) -> None:
        """See `LinearPath.place`; an item is as near to itself as its nearest is."""
        B = sparse.csr_matrix(self.table() + sparse.diags(self.strength.cpu().numpy().max(axis=1)))
        old = np.ones(B.shape[0], dtype=np.float32)
        old[new] = 0
        rows, rest = sparse.csr_matrix(sparse.diags(old) + places), sparse.diags(old)
        those = np.unique(places[new].indices)  # that stand for others
        weights = places[new][:, those].toarray().T  # (those, n): few zeros, so dense is many times as fast
        for start in range(0, B.shape[0], BLOCK):  # blocks, since what many items stand for fills B
            part = rows[start : start + BLOCK] @ B  # (block, N)
            placed = part[:, those] @ weights  # (block, n)
            ends = np.arange(len(placed) + 1) * len(new)
            filled = sparse.csr_matrix((placed.ravel(), np.tile(new, len(placed)), ends), shape=part.shape)
            self.keep(start, sparse.csr_matrix(part @ rest + filled))


class SumPath(LinearPath):
    """Two paths added."""

    def __init__(self, product: ProductPath, nearest: NearestPath) -> None:
        super().__init__()
        self.product = product
        self.nearest = nearest

    def forward(self, item_ids: Tensor, weights: Tensor) -> Tensor:
        """See `LinearPath.forward`."""
        scores: Tensor = self.product(item_ids, weights) + self.nearest(item_ids, weights)
        return scores

    def weigh(self, matrix: sparse.csr_matrix) -> NDArray[np.float32]:
        """See `LinearPath.weigh`."""
        return self.product.weigh(matrix) + self.nearest.weigh(matrix)

    def rescale(self, factor: float) -> None:
        """See `LinearPath.rescale`."""
        self.product.rescale(factor)
        self.nearest.rescale(factor)

    def place(self, new: NDArray[np.int64], places: sparse.csr_matrix) -> None:
        """See `LinearPath.place`."""
        self.product.place(new, places)
        self.nearest.place(new, places)


AnyPath = TypeVar("AnyPath", bound=LinearPath)


def empty_path(items: int, rank: int, nearest: int) -> LinearPath:
    """A path of zeros, of the kind that a generator's configuration names."""
    if rank and nearest:
        return SumPath(ProductPath(items, rank), NearestPath(items, nearest))
    if nearest:
        return NearestPath(items, nearest)
    return ProductPath(items, rank) if rank else FullPath(items)


def sizes(path: LinearPath) -> dict[str, int]:
    """What `empty_path` has to know besides the items to make one like it."""
    if isinstance(path, SumPath):
        return sizes(path.product) | {"nearest": sizes(path.nearest)["nearest"]}
    return {
        "rank": path.right.shape[0] if isinstance(path, ProductPath) else 0,
        "nearest": path.nearest.shape[1] if isinstance(path, NearestPath) else 0,
    }


Grids = tuple[tuple[str, tuple[float, ...]], ...]
"""Names of `LinearSettings` and the values that are tried, in the order in which they are searched."""


class Solver(Protocol):
    """Solves the linear path of one pair of powers; made once, asked for many settings."""

    grids: ClassVar[Grids]

    def solve(self, settings: LinearSettings) -> LinearPath:
        """The path, in units in which its scores have a spread of about 1."""


def solve(history: sparse.csr_matrix, settings: LinearSettings, part: NearestPath | None = None) -> LinearPath:
    """The linear path of some histories; of its sparse `part`, where that was learned before, it is made."""
    path = solver(history, settings.user, settings.item).solve(settings)
    return beside(path, part or sparse_path(history), settings.sparse) if settings.sparse else path


def sparse_path(history: sparse.csr_matrix) -> NearestPath:
    """SLIM's weights, of each item the `NEAREST` largest at most, in the units of `Solver.solve`."""
    rows, _, _ = normalised(history, 0.0, 0.0)
    W = slim(rows, L1, L2)
    path = NearestPath(W.shape[0], int(np.clip(np.diff(W.indptr).max(initial=0), 1, NEAREST)))
    path.keep(0, W)
    return in_units(path, rows)


def beside(path: LinearPath, nearest: NearestPath, weight: float) -> LinearPath:
    """A path with a sparse one added to it, so many times; both may be changed."""
    nearest.rescale(weight)
    if isinstance(path, ProductPath):
        return SumPath(path, nearest)
    assert isinstance(path, FullPath)
    path.matrix.add_(torch.from_numpy(nearest.table().toarray()))
    return path


def solver(history: sparse.csr_matrix, user: float, item: float) -> Solver:
    """The solver that suits the size of a catalogue."""
    kind = ClosedForm if is_closed(*history.shape) else CoOccurrence
    return kind(history, user, item)


def is_closed(people: int, items: int) -> bool:
    """Whether the path is had in closed form: as a matrix of items x items, or as a product of two narrow ones."""
    return items <= (DENSE_ITEMS if prefers_product(people, items) else FULL_ITEMS)


def powers_to_try(people: int, items: int) -> tuple[tuple[float, float], ...]:
    """Pairs of powers (user, item) that are worth their time, the safest first."""
    if not is_closed(people, items):
        return (0.25, 0.25), (0.5, 0.5)
    if prefers_product(people, items) or items <= CHEAP_ITEMS:
        return (0.25, 0.125), (0.25, 0.25), (0.0, 0.0), (0.5, 0.5)
    return ((0.25, 0.125),)


def prefers_product(people: int, items: int) -> bool:
    """Whether a matrix of items x items is smaller as a product of two narrow ones."""
    return people < min(items / 2, MOST_PEOPLE)


class ClosedForm:
    """argmin_B ||A - A B||² + λ ||B||² with diag(B) = 0, prepared once for every λ.

    EASE (Steck, WWW'19, arXiv 1905.03375): B = I - P diag(P)⁻¹ with P = (AᵀA + λI)⁻¹; A is normalised as
    `LinearSettings` says. With few people the same is had from A Aᵀ = Q diag(e) Qᵀ: P = (I - Aᵀ Q diag(1 / (e + λ)) Qᵀ
    A) / λ, so that off the diagonal B = Aᵀ Q diag(1 / (e + λ)) Qᵀ A diag(1 / (λ P_jj)), a product of rank ≤ people.
    """

    grids: ClassVar[Grids] = ("lift", LIFTS), ("ridge", RIDGES), ("lift", LIFTS)

    def __init__(self, history: sparse.csr_matrix, user: float, item: float) -> None:
        self.rows, self.scale, self.popularity = normalised(history, user, item)
        self.unit = float(self.rows.multiply(self.rows).sum() / max(self.rows.nnz, 1)) or 1.0
        self.factored = prefers_product(*history.shape)
        self.solved: tuple[float, Tensor] | None = None
        if self.factored:
            A = self.rows.toarray()
            e, Q = np.linalg.eigh(A.astype(np.float64) @ A.T)
            self.e = np.maximum(e, 1e-6 * self.unit)[:, None].astype(np.float32)  # (R, 1)
            self.QA = Q.T.astype(np.float32) @ A  # (R, N)
        else:
            self.G = torch.from_numpy((self.rows.T @ self.rows).toarray())  # (N, N)

    def inverse(self, ridge: float) -> Tensor:
        """(AᵀA + λI)⁻¹, ``[N, N]``; the last is kept, since it serves every lift."""
        if self.solved is None or self.solved[0] != ridge:
            self.solved = None  # frees the old one first
            L = torch.linalg.cholesky(self.G + ridge * torch.eye(len(self.G)))  # (N, N)
            self.solved = ridge, torch.cholesky_inverse(L).T.contiguous()  # rows in memory order: scipy copies others
        return self.solved[1]

    def solve(self, settings: LinearSettings) -> LinearPath:
        """See `Solver.solve`; user and item powers are those of this object."""
        ridge, lift = settings.ridge * self.unit, (self.popularity**settings.lift).astype(np.float32)
        if self.factored:
            path = ProductPath(self.rows.shape[1], len(self.e))
            right = self.QA / (self.e + ridge)  # (U, N)
            P = np.maximum(1 - (self.QA * right).sum(0), 1e-6)  # (N), the diagonal of λP
            right *= lift / P
            path.left[:] = torch.from_numpy((self.QA / np.sqrt(self.e)).T * self.scale[:, None])
            path.right[:] = torch.from_numpy(np.sqrt(self.e) * right)
            path.diagonal[:] = torch.from_numpy((self.QA * right).sum(0) * self.scale)
            return in_units(path, self.rows)
        full, inverse = FullPath(0), self.inverse(ridge)  # (N, N)
        B = inverse * torch.from_numpy(-self.scale)[:, None]
        full.matrix = B.mul_(torch.from_numpy(lift) / inverse.diagonal()).fill_diagonal_(0)
        return in_units(full, self.rows)


class CoOccurrence:
    """B = AᵀA without its diagonal, the nearest of each item: where `ClosedForm` goes as its ridge grows.

    Time follows the interactions (each person adds the square of their history, of at most `CAP` items), memory the
    items. With powers of .5 and .5 this is RP3beta (Paudel et al., TIIS'17) with α = 1 and β = .5 - lift.
    """

    grids: ClassVar[Grids] = (("lift", LIFTS),)

    def __init__(self, history: sparse.csr_matrix, user: float, item: float) -> None:
        self.rows, self.scale, self.popularity = normalised(shortened(history), user, item)

    def solve(self, settings: LinearSettings) -> LinearPath:
        """See `Solver.solve`; there is no ridge."""
        N = self.rows.shape[1]
        path = NearestPath(N, min(NEAREST, N))
        lift = sparse.diags((self.popularity**settings.lift).astype(np.float32))
        columns = sparse.csr_matrix(self.rows @ lift)
        for start, near in self._blocks(columns):
            path.keep(start, sparse.csr_matrix(sparse.diags(self.scale[start : start + near.shape[0]]) @ near))
        return in_units(path, self.rows)

    def _blocks(self, columns: sparse.csr_matrix) -> Iterator[tuple[int, sparse.csr_matrix]]:
        rows = sparse.csr_matrix(self.rows.T)
        for start in range(0, rows.shape[0], BLOCK):
            yield start, sparse.csr_matrix(rows[start : start + BLOCK] @ columns)


def normalised(
    history: sparse.csr_matrix, user: float, item: float
) -> tuple[sparse.csr_matrix, NDArray[np.float32], NDArray[np.float64]]:
    """A, float32 CSR ``[people, N]``; what its columns were multiplied by; how many people had each item, at least 1.

    A like is 1 before it is normalised, the strongest dislike 0.
    """
    affinity = history.copy()
    affinity.data = (1 + affinity.data) / 2
    popularity = np.maximum(np.bincount(history.indices, minlength=history.shape[1]), 1.0)
    scale = (popularity**-item).astype(np.float32)
    per_user = np.maximum(np.diff(history.indptr), 1.0) ** -user
    A = sparse.diags(per_user) @ affinity @ sparse.diags(scale)
    return sparse.csr_matrix(A, dtype=np.float32), scale, popularity


def shortened(history: sparse.csr_matrix) -> sparse.csr_matrix:
    """The same histories, of those longer than `CAP` so many items drawn at random."""
    length = np.diff(history.indptr)
    if length.max(initial=0) <= CAP:
        return history
    rng, kept = np.random.default_rng(0), np.ones(history.nnz, dtype=bool)
    for person in np.flatnonzero(length > CAP):
        span = np.arange(*history.indptr[person : person + 2])
        kept[rng.permutation(span)[CAP:]] = False
    row = np.repeat(np.arange(history.shape[0]), length)[kept]
    cells = history.data[kept], (row, history.indices[kept])
    return sparse.csr_matrix(cells, shape=history.shape, dtype=np.float32)


def in_units(path: AnyPath, rows: sparse.csr_matrix) -> AnyPath:
    """Rescaled, so that scores have a spread of about 1 and `standardise` can tell evidence from none."""
    some = rows[: min(max(CELLS // rows.shape[1], 1), BLOCK)]
    spreads = path.rows(some).std(1, correction=0)
    spread = spreads.median() or spreads.mean()  # of most people, a sparse path may know nothing
    path.rescale(1 / max(float(spread), 1e-12))
    return path
