"""The adversarial game: the generator against a discriminator that judges whole slates of one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from scipy import sparse
from torch import Tensor, nn

from training.vae import Generator, VaeSettings, VaeTrainer, kl_loss, multinomial_loss


@dataclass(frozen=True)
class GanSettings(VaeSettings):
    """How the game is played.

    Attributes:
        adversary: weight of the adversarial term in the generator's loss.
        slate: k, items a slate.
        width: of the discriminator.
        sharpness: scores are multiplied by it before a slate is drawn; the larger, the nearer to the best list.
        judge_rate: Adam's learning rate for the discriminator.
    """

    adversary: float = 5.0
    slate: int = 20
    width: int = 128
    sharpness: float = 2.0
    judge_rate: float = 1e-3


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


def draw_slate(scores: Tensor, k: int) -> Tensor:
    """A slate of k items without replacement, as a vector of zeros and ones that gradients pass through.

    Gumbel top-k (Kool et al., ICML'19, arXiv 1903.06059) forward, k times the softmax of the same perturbed scores
    backward (straight-through).

    Args:
        scores: logits ``[B, N]``, -inf where an item is no candidate.
        k: items a slate.

    Returns:
        ``[B, N]``.
    """
    uniform = torch.rand_like(scores).clamp(1e-9, 1 - 1e-7)
    perturbed = scores - torch.log(-torch.log(uniform))  # (B, N)
    soft = k * F.softmax(perturbed, dim=1)  # (B, N)
    slate: Tensor = pick(perturbed, k) + soft - soft.detach()
    return slate


def pick(scores: Tensor, k: int) -> Tensor:
    """Ones at the k highest scores of each row, ``[B, N]``."""
    best = scores.topk(min(k, scores.shape[1])).indices  # (B, k)
    return torch.zeros_like(scores).scatter(1, best, 1.0)


class GanTrainer(VaeTrainer):
    """Trains a generator as a variational autoencoder that must also deceive a discriminator."""

    settings: GanSettings

    def __init__(self, generator: Generator, settings: GanSettings) -> None:
        super().__init__(generator, settings)
        self.discriminator = Discriminator(generator.config.items, settings.width).to(generator.embedding.device)
        self.judge = torch.optim.Adam(self.discriminator.parameters(), lr=settings.judge_rate, betas=(0.5, 0.999))

    def step(self, history: sparse.csr_matrix, target: sparse.csr_matrix) -> dict[str, float]:
        """One step of D, then one of G, on one batch of people."""
        s, device = self.settings, self.generator.embedding.device
        y = torch.from_numpy(target.toarray()).to(device)  # (B, N)
        known = history.copy()
        known.data = known.data * (np.random.random(known.nnz) >= s.dropout)  # seeded by epoch()
        known.eliminate_zeros()  # the part of a history that G and D see
        seen = torch.from_numpy(known.toarray()).to(device)  # (B, N)
        mu, sigma = self.generator.encode_rows(known)  # (B, L)
        latent = self.generator.decode(mu + sigma * torch.randn_like(mu))  # (B, N)
        scores = self.generator.fuse(self.generator.linear.rows(known), latent)  # (B, N)
        hidden = y * (seen == 0)  # (B, N), what the person chose besides
        k = int(hidden.sum(1).median().clamp(1, s.slate).item())
        real = hidden * pick(torch.rand_like(hidden) * hidden, k)  # (B, N)
        fake = draw_slate(s.sharpness * scores.masked_fill(seen != 0, -torch.inf), k)  # (B, N)

        # 1. D: tell what people chose from what G drew; the detach keeps G out of it.
        loss_d = discriminator_loss(self.discriminator(real.detach(), seen), self.discriminator(fake.detach(), seen))
        self.judge.zero_grad(set_to_none=True)
        torch.autograd.backward(loss_d)
        self.judge.step()

        # 2. G: explain the person, and deceive D.
        nll, kl = multinomial_loss(latent, y), kl_loss(mu, sigma, y, s.gamma)
        loss_g = generator_loss(self.discriminator(fake, seen))
        self.optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(nll + kl + s.adversary * loss_g)
        self.optimiser.step()
        return {"nll": nll.item(), "kl": kl.item(), "loss_d": loss_d.item(), "loss_g": loss_g.item()}

    def state(self) -> dict[str, Any]:
        """Everything that a later `restore` needs, the discriminator and its optimiser included."""
        return super().state() | {"discriminator": self.discriminator.state_dict(), "judge": self.judge.state_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a `state`."""
        super().restore(state)
        self.discriminator.load_state_dict(state["discriminator"])
        self.judge.load_state_dict(state["judge"])
