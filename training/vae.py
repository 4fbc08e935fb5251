"""The generator: a linear item-to-item path and a variational latent path, fused; and its training without adversary."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor, nn

DENSE_ITEMS = 20_000
"""Above so many items the item-to-item matrix is never written out."""


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
        x = (weights.unsqueeze(1) @ self.embedding[item_ids]).squeeze(1)  # (B, n), (B, n, H) -> (B, H)
        norm = weights.square().sum(1, keepdim=True)  # (B, 1)
        mu, sigma = self.encode(x, norm)  # (B, L)
        latent = self.decode(mu + sigma * z)  # (B, N)
        return self.fuse(self.linear(item_ids, weights), latent)  # (B, N)

    def encode(self, x: Tensor, norm: Tensor) -> tuple[Tensor, Tensor]:
        """mu and sigma of q(latent | history), both ``[B, L]``, from summed embeddings and the squares of weights."""
        h = self.encoder(x / (norm + 1e-6).sqrt())  # (B, H) -> (B, 2L)
        mu, log_sigma = h.chunk(2, dim=1)  # (B, L)
        return mu, log_sigma.clamp(-5, 2).exp()

    def encode_rows(self, matrix: sparse.csr_matrix, dropout: float = 0.0) -> tuple[Tensor, Tensor]:
        """`encode` of the rows of a CSR matrix; entries are left out with probability `dropout`."""
        device = self.embedding.device
        ids = torch.from_numpy(matrix.indices.astype(np.int64)).to(device)
        offsets = torch.from_numpy(matrix.indptr[:-1].astype(np.int64)).to(device)
        w = F.dropout(torch.from_numpy(matrix.data).to(device), dropout)
        x = F.embedding_bag(ids, self.embedding, offsets, mode="sum", per_sample_weights=w)  # (B, H)
        row = torch.from_numpy(np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))).to(device)
        norm = torch.zeros(matrix.shape[0], device=device).index_add(0, row, w.square())  # (B)
        return self.encode(x, norm.unsqueeze(1))

    def decode(self, latent: Tensor) -> Tensor:
        """Logits of the latent path, ``[B, N]``."""
        return self.output(self.decoder(latent))

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


def solve_linear(linear: LinearPath, history: sparse.csr_matrix, target: sparse.csr_matrix, ridge: float) -> None:
    """Fit the linear path: argmin_B ||Y - S B||² + λ ||B||² with diag(B) = 0, and store it.

    EASE (Steck, WWW'19, arXiv 1905.03375) for an input S that differs from the target Y: with P = (SᵀS + λI)⁻¹,
    B = P SᵀY - P diag(γ), γ_j = (P SᵀY)_jj / P_jj. With fewer people than items the same comes from the Gram matrix of
    people, K = (SSᵀ + λI)⁻¹: P = (I - SᵀKS) / λ, so that off the diagonal B = Sᵀ K (Y + S diag(γ) / λ), of rank ≤ people.

    Args:
        linear: filled in place.
        history: S, ``[people, N]``.
        target: Y, ``[people, N]``.
        ridge: λ > 0.
    """
    S, Y = (np.asarray(m.toarray(), dtype=np.float32) for m in (history, target))
    if linear.factored:
        K = np.linalg.inv(S.astype(np.float64) @ S.T + ridge * np.eye(len(S))).astype(np.float32)  # (U, U)
        KS, KY = K @ S, K @ Y  # (U, N)
        P = np.maximum((1 - (S * KS).sum(0)) / ridge, 1e-12)  # (N), the diagonal of P
        gamma = (S * KY).sum(0) / P  # (N)
        right = KY + KS * (gamma / ridge)  # (U, N)
        rotated, length = rotation(S)  # (U, U): rows of S in orthogonal directions, so that float32 loses little
        linear.left[:] = torch.from_numpy(S.T @ (rotated / length).astype(np.float32))
        linear.right[:] = torch.from_numpy((rotated * length).T.astype(np.float32) @ right)
        linear.diagonal[:] = torch.from_numpy((S * right).sum(0))
    else:
        P = torch.linalg.inv(torch.from_numpy(S.T @ S) + ridge * torch.eye(S.shape[1]))  # (N, N)
        B = P @ torch.from_numpy(S.T @ Y)  # (N, N)
        B -= P * (B.diagonal() / P.diagonal())
        linear.left[:] = B.fill_diagonal_(0)
    some = linear.rows(history[: 1000])
    linear.rescale(1 / max(float(some.std(1).median()), 1e-12))


def rotation(S: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Eigenvectors (columns) and singular values of the Gram matrix of rows, ``[U, U]`` and ``[U]``."""
    values, vectors = np.linalg.eigh(S.astype(np.float64) @ S.T)
    return vectors, np.sqrt(np.maximum(values, 1e-6))


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
        order = np.random.default_rng(seed).permutation(history.shape[0])
        sums: dict[str, float] = {}
        self.generator.train()
        for start in range(0, len(order), self.settings.batch):
            rows = order[start : start + self.settings.batch]
            for name, loss in self.step(history[rows], target[rows]).items():
                sums[name] = sums.get(name, 0.0) + loss * len(rows) / len(order)
        self.generator.eval()
        return sums

    def step(self, history: sparse.csr_matrix, target: sparse.csr_matrix) -> dict[str, float]:
        """One step of Adam on one batch of people."""
        y = torch.from_numpy(target.toarray()).to(self.generator.embedding.device)  # (B, N)
        mu, sigma = self.generator.encode_rows(history, self.settings.dropout)  # (B, L)
        logits = self.generator.decode(mu + sigma * torch.randn_like(mu))  # (B, N)
        nll, kl = multinomial_loss(logits, y), kl_loss(mu, sigma, y, self.settings.gamma)
        self.optimiser.zero_grad(set_to_none=True)
        (nll + kl).backward()
        self.optimiser.step()
        return {"nll": nll.item(), "kl": kl.item()}

    def state(self) -> dict[str, Any]:
        """Everything that a later `restore` needs to go on as if nothing had happened."""
        return {"generator": self.generator.state_dict(), "optimiser": self.optimiser.state_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a `state`."""
        self.generator.load_state_dict(state["generator"])
        self.optimiser.load_state_dict(state["optimiser"])


def describe(config: GeneratorConfig, settings: VaeSettings) -> dict[str, Any]:
    """Both as plain data for config.json."""
    return {"generator": asdict(config), "settings": asdict(settings)}
