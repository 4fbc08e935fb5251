"""The generator, a linear and a variational latent path fused, and its training without an adversary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor, nn

DENSE_ITEMS = 20_000
"""Above so many items the item-to-item matrix is never written out."""

RANK = 2_000
"""The linear path as a product is exact up to so many people; with more it is the best product of about that rank."""
DISLIKE = 0.5
"""What a dislike weighs beside a like: it also says that the thing was chosen."""


@dataclass(frozen=True)
class GeneratorConfig:
    """Sizes of a generator.

    Attributes:
        items: N, columns of the catalogue.
        noise: L, length of z and of the latent code.
        hidden: H, width of encoder and decoder.
        rank: R of the linear path; 0 keeps its N x N matrix as it is.
    """

    items: int
    noise: int = 100
    hidden: int = 256
    rank: int = 0


class LinearPath(nn.Module):
    """Scores w B, with B_jj = 0: what co-occurs with the items of a history. Solved in closed form, not by gradients.

    B is kept as a product ``left @ right`` less its diagonal where that is smaller, else as it is (``rank`` 0).
    """

    left: Tensor
    right: Tensor
    diagonal: Tensor

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        N, R = config.items, config.rank
        self.factored = R > 0
        self.register_buffer("left", torch.zeros(N, R or N))  # (N, R)
        if self.factored:
            self.register_buffer("right", torch.zeros(R, N))  # (R, N)
            self.register_buffer("diagonal", torch.zeros(N))  # (N)

    def forward(self, item_ids: Tensor, weights: Tensor) -> Tensor:
        """Scores ``[B, N]`` of histories: item ids ``[B, n]`` and weights ``[B, n]``."""
        x = (weights.unsqueeze(1) @ self.left[item_ids]).squeeze(1)  # (B, n), (B, n, R) -> (B, R)
        if self.factored:
            itself = weights * self.diagonal[item_ids]  # (B, n)
            x = (x @ self.right).scatter_add(1, item_ids, -itself)  # (B, N)
        return x

    def rescale(self, factor: float) -> None:
        """Multiply B, so that its scores have a spread of about 1 and `standardise` can tell evidence from none."""
        (self.right if self.factored else self.left).mul_(factor)
        if self.factored:
            self.diagonal.mul_(factor)

    def rows(self, matrix: sparse.csr_matrix) -> Tensor:
        """The same for the rows of a CSR matrix, float32 ``[rows, N]``, on this module's device."""
        device = self.left.device
        matrix = matrix.copy()
        matrix.data = np.where(matrix.data < 0, DISLIKE * matrix.data, matrix.data)
        x = torch.from_numpy(matrix @ self.left.cpu().numpy()).to(device)
        if self.factored:
            x = x @ self.right
            itself = matrix @ sparse.diags(self.diagonal.cpu().numpy())
            x = x - torch.from_numpy(itself.toarray()).to(device)
        return x


class Generator(nn.Module):
    """G(z, history): a preference vector over the catalogue for each person of a batch.

    z is the variational autoencoder's own noise: the latent code is mu + sigma * z, so z = 0 gives the most likely
    preference, and a larger z a bolder draw from what the history leaves open.
    """

    gain: Tensor

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        N, H, L = config.items, config.hidden, config.noise
        self.config = config
        self.linear = LinearPath(config)
        self.embedding = nn.Parameter(torch.randn(N, H) * 0.02)  # (N, H)
        self.encoder = nn.Sequential(nn.LayerNorm(H), nn.LeakyReLU(0.1), nn.Linear(H, 2 * L))
        self.decoder = nn.Sequential(nn.Linear(L, H), nn.LeakyReLU(0.1))
        self.output = nn.Linear(H, N)
        self.register_buffer("gain", torch.ones(()))  # weight of the latent path

    def forward(self, item_ids: Tensor, weights: Tensor, z: Tensor) -> Tensor:
        """Scores.

        Args:
            item_ids: int64 ``[B, n]``; padding is any column with weight 0.
            weights: float32 ``[B, n]`` in [-1, 1].
            z: float32 ``[B, L]``.

        Returns:
            float32 ``[B, N]``.
        """
        weights = F.leaky_relu(weights, DISLIKE)  # (B, n)
        x = (weights.unsqueeze(1) @ self.embedding[item_ids]).squeeze(1)  # (B, n), (B, n, H) -> (B, H)
        norm = weights.square().sum(1, keepdim=True)  # (B, 1)
        mu, sigma = self.encode(x, norm)  # (B, L)
        latent = self.decode(mu + sigma * z)  # (B, N)
        return self.fuse(self.linear(item_ids, weights), latent)  # (B, N)

    def encode(self, x: Tensor, norm: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and spread of q(latent | history), both ``[B, L]``, from summed embeddings and squared weights."""
        h = self.encoder(x / (norm + 1e-6).sqrt())  # (B, H) -> (B, 2L)
        mu, log_sigma = h.chunk(2, dim=1)  # (B, L)
        return mu, log_sigma.clamp(-5, 2).exp()

    def encode_rows(self, matrix: sparse.csr_matrix, dropout: float = 0.0) -> tuple[Tensor, Tensor]:
        """`encode` of the rows of a CSR matrix; entries are left out with probability `dropout`."""
        device = self.embedding.device
        ids = torch.from_numpy(matrix.indices.astype(np.int64)).to(device)
        offsets = torch.from_numpy(matrix.indptr[:-1].astype(np.int64)).to(device)
        w = F.leaky_relu(torch.from_numpy(matrix.data).to(device), DISLIKE)
        w = F.dropout(w, dropout)
        x = F.embedding_bag(ids, self.embedding, offsets, mode="sum", per_sample_weights=w)  # (B, H)
        row = torch.from_numpy(np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))).to(device)
        norm = torch.zeros(matrix.shape[0], device=device).index_add(0, row, w.square())  # (B)
        return self.encode(x, norm.unsqueeze(1))

    def decode(self, latent: Tensor) -> Tensor:
        """Logits of the latent path, ``[B, N]``."""
        logits: Tensor = self.output(self.decoder(latent))
        return logits

    def fuse(self, linear: Tensor, latent: Tensor) -> Tensor:
        """Both paths in units of their own spread over the catalogue, added."""
        return standardise(linear) + self.gain * standardise(latent)

    @torch.no_grad()
    def rank_rows(self, matrix: sparse.csr_matrix, z: Tensor | None = None) -> NDArray[np.float32]:
        """Scores of the rows of a CSR matrix, float32 ``[rows, N]``; z None is 0."""
        mu, sigma = self.encode_rows(matrix)
        latent = self.decode(mu if z is None else mu + sigma * z)
        scores: NDArray[np.float32] = self.fuse(self.linear.rows(matrix), latent).cpu().numpy()
        return scores


def standardise(scores: Tensor) -> Tensor:
    """Each row less its mean, in units of its standard deviation over the catalogue; of next to nothing, nothing."""
    centred = scores - scores.mean(1, keepdim=True)
    return centred / (centred.square().mean(1, keepdim=True) + 1e-4).sqrt()


@dataclass(frozen=True)
class LinearSettings:
    """How the linear path is solved. Its family holds EASE (no powers) and, as the ridge grows, RP3beta and ItemKNN.

    Attributes:
        ridge: λ, in units of the mean square of an entry of S.
        user: power of a person's number of interactions that divides their row.
        item: power of an item's number of interactions that divides its column.
        lift: power of an item's number of interactions that its score is multiplied by.
    """

    ridge: float = 300.0
    user: float = 0.25
    item: float = 0.125
    lift: float = 0.0625


class ClosedForm:
    """argmin_B ||A - A B||² + λ ||B||² with diag(B) = 0, prepared once for every λ.

    EASE (Steck, WWW'19, arXiv 1905.03375): B = I - P diag(P)⁻¹ with P = (AᵀA + λI)⁻¹; A is normalised as
    `LinearSettings` says. With few people the same is had from A Aᵀ = Q diag(e) Qᵀ: P = (I - Aᵀ Q diag(1 / (e + λ)) Qᵀ
    A) / λ, so that off the diagonal B = Aᵀ Q diag(1 / (e + λ)) Qᵀ A diag(1 / (λ P_jj)), a product of rank ≤ people.
    """

    def __init__(self, history: sparse.csr_matrix, user: float, item: float) -> None:
        people, self.items = history.shape
        per_user = np.maximum(np.diff(history.indptr), 1.0)
        self.popularity = np.maximum(np.bincount(history.indices, minlength=self.items), 1.0)
        self.scale = (self.popularity**-item).astype(np.float32)
        A = sparse.diags(per_user**-user) @ affinity(history) @ sparse.diags(self.scale)
        A = sparse.csr_matrix(A, dtype=np.float32)
        self.unit = float(A.multiply(A).sum() / max(A.nnz, 1)) or 1.0
        self.rows = A
        self.factored = prefers_factors(people, self.items)
        self.solved: tuple[float, Tensor] | None = None
        if self.factored:
            Z = A.toarray() if people <= RANK else sketch(A, RANK)  # (R, N)
            e, Q = np.linalg.eigh(Z.astype(np.float64) @ Z.T)
            self.e = np.maximum(e, 1e-6 * self.unit)[:, None].astype(np.float32)  # (R, 1)
            self.QA = Q.T.astype(np.float32) @ Z  # (R, N)
        else:
            self.G = torch.from_numpy((A.T @ A).toarray())  # (N, N)

    def inverse(self, ridge: float) -> Tensor:
        """(AᵀA + λI)⁻¹, ``[N, N]``; the last is kept, since it serves every lift."""
        if self.solved is None or self.solved[0] != ridge:
            self.solved = None  # frees the old one first
            L = torch.linalg.cholesky(self.G + ridge * torch.eye(self.items))  # (N, N)
            self.solved = ridge, torch.cholesky_inverse(L)
        return self.solved[1]

    def solve(self, settings: LinearSettings) -> LinearPath:
        """The linear path for one λ and one lift; user and item powers are those of this object."""
        ridge, lift = settings.ridge * self.unit, (self.popularity**settings.lift).astype(np.float32)
        if self.factored:
            path = LinearPath(GeneratorConfig(items=self.items, rank=len(self.e)))
            right = self.QA / (self.e + ridge)  # (U, N)
            P = np.maximum(1 - (self.QA * right).sum(0), 1e-6)  # (N), the diagonal of λP
            right *= lift / P
            path.left[:] = torch.from_numpy((self.QA / np.sqrt(self.e)).T * self.scale[:, None])
            path.right[:] = torch.from_numpy(np.sqrt(self.e) * right)
            path.diagonal[:] = torch.from_numpy((self.QA * right).sum(0) * self.scale)
        else:
            path = LinearPath(GeneratorConfig(items=self.items))
            P = self.inverse(ridge)  # (N, N)
            B = P * torch.from_numpy(-self.scale)[:, None]
            path.left = B.mul_(torch.from_numpy(lift) / P.diagonal()).fill_diagonal_(0)
        spread = path.rows(self.rows[:1000]).std(1, correction=0).median()
        path.rescale(1 / max(float(spread), 1e-12))
        return path


def sketch(A: sparse.csr_matrix, rank: int) -> NDArray[np.float32]:
    """A matrix ``[rank, N]`` with nearly the same Gram matrix of columns, for more people than can be solved exactly.

    Randomised range finder with two power iterations (Halko et al., SIAM Review'11, arXiv 0909.4061, algorithm 4.4).
    """
    Q = np.random.default_rng(0).standard_normal((A.shape[1], rank)).astype(np.float32)  # (N, R)
    for _ in range(3):
        Q = np.linalg.qr(A.T @ (A @ Q))[0]
    R = np.linalg.qr(A @ Q)[1]  # (R, R): the rows of R Qᵀ have the Gram matrix of A Q Qᵀ
    return np.asarray(R @ Q.T, dtype=np.float32)


def affinity(weights: sparse.csr_matrix) -> sparse.csr_matrix:
    """Weights in [-1, 1] as what the linear path learns from: 1 for a like, 0 for the strongest dislike."""
    found = weights.copy()
    found.data = (1 + found.data) / 2
    return found


def prefers_factors(people: int, items: int) -> bool:
    """Whether the linear path is smaller, or only possible, as a product of two narrow matrices."""
    return people < min(items / 2, RANK) or items > DENSE_ITEMS


def multinomial_loss(logits: Tensor, target: Tensor) -> Tensor:
    """-Σ_i y_i log softmax(logits)_i, mean over people (Liang et al., WWW'18, arXiv 1802.05814, eq. 2)."""
    return -(F.log_softmax(logits, dim=1) * target).sum(1).mean()


def kl_loss(mu: Tensor, sigma: Tensor, target: Tensor, gamma: float) -> Tensor:
    """KL(q(latent | history) || N(0, I)) times β_u = γ |target_u| (Shenbin et al., RecVAE, arXiv 1912.11160, eq. 8)."""
    kl = 0.5 * (mu.square() + sigma.square() - 1 - 2 * sigma.log()).sum(1)  # (B)
    return (gamma * target.sum(1) * kl).mean()


@dataclass(frozen=True)
class VaeSettings:
    """How the latent path is trained.

    Attributes:
        rate: Adam's learning rate.
        batch: people a step.
        dropout: share of a history that the encoder does not see.
        gamma: strength of the KL term.
        decay: Adam's weight decay.
    """

    rate: float = 1e-3
    batch: int = 128
    dropout: float = 0.5
    gamma: float = 0.005
    decay: float = 0.0


class VaeTrainer:
    """Trains a generator's latent path as a variational autoencoder, one epoch at a time."""

    def __init__(self, generator: Generator, settings: VaeSettings) -> None:
        self.generator, self.settings = generator, settings
        self.optimiser = torch.optim.Adam(generator.parameters(), lr=settings.rate, weight_decay=settings.decay)

    def epoch(self, history: sparse.csr_matrix, target: sparse.csr_matrix, seed: int) -> dict[str, float]:
        """One pass over the people, in an order drawn from `seed`; returns the mean losses."""
        torch.manual_seed(seed)
        np.random.seed(seed % 2**32)
        order = np.random.default_rng(seed).permutation(history.shape[0])
        sums: dict[str, float] = {}
        for start in range(0, len(order), self.settings.batch):
            rows = order[start : start + self.settings.batch]
            for name, loss in self.step(history[rows], target[rows]).items():
                sums[name] = sums.get(name, 0.0) + loss * len(rows) / len(order)
        return sums

    def step(self, history: sparse.csr_matrix, target: sparse.csr_matrix) -> dict[str, float]:
        """One step of Adam on one batch of people."""
        y = torch.from_numpy(target.toarray()).to(self.generator.embedding.device)  # (B, N)
        mu, sigma = self.generator.encode_rows(history, self.settings.dropout)  # (B, L)
        logits = self.generator.decode(mu + sigma * torch.randn_like(mu))  # (B, N)
        nll, kl = multinomial_loss(logits, y), kl_loss(mu, sigma, y, self.settings.gamma)
        self.optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(nll + kl)
        self.optimiser.step()
        return {"nll": nll.item(), "kl": kl.item()}

    def state(self) -> dict[str, Any]:
        """Everything that a later `restore` needs to go on as if nothing had happened."""
        parameters = {name: p.detach() for name, p in self.generator.named_parameters()}
        return {"generator": parameters, "optimiser": self.optimiser.state_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a `state`."""
        self.generator.load_state_dict(state["generator"], strict=False)  # the linear path is no parameter
        self.optimiser.load_state_dict(state["optimiser"])
