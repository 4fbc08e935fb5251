"""The adversarial game: the generator against a discriminator that judges whole slates of one person.

Both paths of a generator are fitted item by item, so its slates hold what is popular more often than people's own
choices do. That shows in no single item, but in a slate: the discriminator learns to tell what a person chose from what
the generator would show them, and the generator, to deceive it, learns how much popularity should count (`temper`), for
everybody and beside how mainstream a person's history is. A grid over both does as well: `benchmarks.diversity`
compares them, and `docs/decisions.md` has what happens if the adversary moves more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from scipy import sparse
from torch import Tensor, nn

from training.vae import Generator


@dataclass(frozen=True)
class GanSettings:
    """How the game is played.

    Attributes:
        rate: Adam's learning rate for the generator.
        judge_rate: Adam's learning rate for the discriminator.
        batch: people a step.
        steps: of each player in a round.
        warm_up: steps at the start in which only the discriminator learns.
        withheld: share of a history that the slate is drawn from; both see the rest.
        slate: k, items a slate at most.
        width: of the discriminator.
        sharpness: scores are multiplied by it before a slate is drawn; the larger, the nearer to the best list.
    """

    rate: float = 3e-3
    judge_rate: float = 1e-3
    batch: int = 128
    steps: int = 2
    warm_up: int = 8
    withheld: float = 0.5
    slate: int = 20
    width: int = 128
    sharpness: float = 6.0


class Discriminator(nn.Module):
    """D(slate, history): the logit that a slate is what this person really chose."""

    def __init__(self, items: int, width: int) -> None:
        super().__init__()
        self.items = nn.Linear(items, width, bias=False)
        self.judge = nn.Sequential(nn.Linear(2 * width, width), nn.LeakyReLU(0.2), nn.Dropout(0.3), nn.Linear(width, 1))

    def forward(self, slate: Tensor, history: Tensor) -> Tensor:
        """Logits ``[B]`` of slates and histories, both ``[B, N]``."""
        s = self.items(slate / (slate.sum(1, keepdim=True) + 1e-6))  # (B, W)
        h = self.items(history / (history.abs().sum(1, keepdim=True) + 1e-6))  # (B, W)
        logits: Tensor = self.judge(torch.cat([s, s * h], dim=1)).squeeze(1)  # (B)
        return logits


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """-E log D(real) - E log(1 - D(fake)), from logits (Goodfellow et al., NIPS'14, arXiv 1406.2661, eq. 1)."""
    real_loss = F.binary_cross_entropy_with_logits(real, torch.full_like(real, 0.9))  # one-sided label smoothing
    return real_loss + F.binary_cross_entropy_with_logits(fake, torch.zeros_like(fake))


def generator_loss(fake: Tensor) -> Tensor:
    """-E log D(fake), from logits: the non-saturating form (Goodfellow et al., NIPS'14, section 3)."""
    return F.binary_cross_entropy_with_logits(fake, torch.ones_like(fake))


def draw_slate(scores: Tensor, k: Tensor) -> Tensor:
    """A slate of k items without replacement, as a vector of zeros and ones that gradients pass through.

    Gumbel top-k (Kool et al., ICML'19, arXiv 1903.06059) forward, k times the softmax of the same perturbed scores
    backward (straight-through).

    Args:
        scores: logits ``[B, N]``, -inf where an item is no candidate.
        k: int64 ``[B]``, items a slate.

    Returns:
        ``[B, N]``.
    """
    uniform = torch.rand_like(scores).clamp(1e-9, 1 - 1e-7)
    perturbed = scores - torch.log(-torch.log(uniform))  # (B, N)
    soft = k.unsqueeze(1) * F.softmax(perturbed, dim=1)  # (B, N)
    slate: Tensor = pick(perturbed, k) + soft - soft.detach()
    return slate


def pick(scores: Tensor, k: Tensor) -> Tensor:
    """Ones at the k highest scores of each row, ``[B, N]``, for k int64 ``[B]``."""
    most = min(int(k.max()), scores.shape[1])
    best = scores.topk(most).indices  # (B, most)
    chosen = (torch.arange(most, device=k.device) < k.unsqueeze(1)).to(scores.dtype)  # (B, most)
    return torch.zeros_like(scores).scatter(1, best, chosen)


class GanTrainer:
    """Plays the game on a generator whose paths are fitted, a round at a time."""

    def __init__(self, generator: Generator, settings: GanSettings) -> None:
        self.generator, self.settings, self.played = generator, settings, 0
        self.discriminator = Discriminator(generator.config.items, settings.width).to(generator.temper.device)
        self.optimiser = torch.optim.Adam([generator.temper], lr=settings.rate, betas=(0.5, 0.99))
        self.judge = torch.optim.Adam(self.discriminator.parameters(), lr=settings.judge_rate, betas=(0.5, 0.999))

    def epoch(self, history: sparse.csr_matrix, target: sparse.csr_matrix, seed: int) -> dict[str, float]:
        """One round, on people drawn from `seed`; returns the mean losses.

        Args:
            history: signed weights, float32 CSR ``[people, N]``.
            target: ones at the positives, float32 CSR ``[people, N]``.
            seed: of everything that is random in this round.
        """
        torch.manual_seed(seed)
        rng = np.random.default_rng(seed)
        able = np.flatnonzero(np.diff(target.indptr) > 1)
        sums = {"loss_d": 0.0, "loss_g": 0.0}
        if not len(able):
            return sums
        for _ in range(self.settings.steps):
            rows = rng.choice(able, min(self.settings.batch, len(able)), replace=False)
            for name, loss in self.step(history[rows], target[rows], rng).items():
                sums[name] += loss / self.settings.steps
        return sums

    def step(self, history: sparse.csr_matrix, target: sparse.csr_matrix, rng: np.random.Generator) -> dict[str, float]:
        """One step of D, then one of G unless D is warming up, on one batch of people."""
        s, generator = self.settings, self.generator
        device = generator.temper.device
        known = history.copy()
        known.data = known.data * (rng.random(known.nnz) >= s.withheld)
        known.eliminate_zeros()  # the part of a history that G and D see
        besides = target - target.multiply(known != 0)  # what they chose besides
        told = np.flatnonzero(besides.sum(1))
        if not len(told):
            return {"loss_d": 0.0, "loss_g": 0.0}
        known = known[told]
        seen = torch.from_numpy(known.toarray()).to(device)  # (B, N)
        hidden = torch.from_numpy(besides[told].toarray()).to(device)  # (B, N)
        k = hidden.sum(1).clamp(max=s.slate).long()  # (B)
        real = pick(torch.rand_like(hidden) + hidden, k)  # (B, N)
        scores = self._scores(known)  # (B, N)
        fake = draw_slate(s.sharpness * scores.masked_fill(seen != 0, -torch.inf), k)  # (B, N)

        # 1. D: tell what people chose from what G drew; the detach keeps G out of it.
        loss_d = discriminator_loss(self.discriminator(real, seen), self.discriminator(fake.detach(), seen))
        self.judge.zero_grad(set_to_none=True)
        torch.autograd.backward(loss_d)
        self.judge.step()

        # 2. G: deceive D.
        loss_g = generator_loss(self.discriminator(fake, seen))
        self.played += 1
        if self.played > s.warm_up:
            self.optimiser.zero_grad(set_to_none=True)
            torch.autograd.backward(loss_g)
            self.optimiser.step()
        return {"loss_d": loss_d.item(), "loss_g": loss_g.item()}

    @torch.no_grad()
    def told_right(self, history: sparse.csr_matrix, withheld: sparse.csr_matrix) -> float:
        """How often D is right about slates from which it did not learn; .5 is chance, and is what too few give.

        Args:
            history: of people, float32 CSR ``[people, N]``.
            withheld: what they chose besides, ones, float32 CSR ``[people, N]``; beside it stand as many of G's best.
        """
        told = np.flatnonzero(withheld.getnnz(1))
        if not len(told):
            return 0.5
        device = self.generator.temper.device
        seen = torch.from_numpy(history[told].toarray()).to(device)  # (B, N)
        real = torch.from_numpy(withheld[told].toarray()).to(device)  # (B, N)
        k = real.sum(1).clamp(max=self.settings.slate).long()  # (B)
        best = pick(self._scores(history[told]).masked_fill(seen != 0, -torch.inf), k)  # (B, N)
        self.discriminator.eval()
        right = [self.discriminator(pick(real, k), seen) > 0, self.discriminator(best, seen) < 0]
        self.discriminator.train()
        return float(torch.cat(right).float().mean())

    def _scores(self, history: sparse.csr_matrix) -> Tensor:
        """Scores at z = 0 whose gradient reaches `temper` alone, ``[B, N]``."""
        generator = self.generator
        with torch.no_grad():
            linear, latent = generator.linear.rows(history), generator.decode(generator.encode_rows(history)[0])
        return generator.fuse(linear, latent, generator.known_rows(history))

    def state(self) -> dict[str, Any]:
        """Everything that it has learned."""
        return {"temper": self.generator.temper.detach(), "discriminator": self.discriminator.state_dict()}
