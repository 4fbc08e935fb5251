"""The generator, a linear and a variational latent path fused, and the training of the latent path."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor, nn

from training.linear import DENSE_ITEMS, DISLIKE, empty_path

REACH = 4.0
"""What z is multiplied by beside the spread of the latent code: two lists at scale 1 share two thirds."""
BOLDER = 2.0
"""So much is added to the weight of the latent path for each unit of the scale of z, …"""
OBSCURER = 0.6
"""… and so much less popularity. Both by `benchmarks.dial`: novelty and diversity grow, accuracy pays."""
CHUNK = 512
"""So many scores are summed at once."""
WIDE = 5.0
"""Logarithm of the spread of the prior's widest part."""
LAYERS = 4
"""Of the encoder, behind the embeddings."""
SAMPLED = 4_096
"""In a large catalogue so many items, drawn at random, stand for those that nobody of a batch chose."""


@dataclass(frozen=True)
class GeneratorConfig:
    """Sizes of a generator.

    Attributes:
        items: N, columns of the catalogue.
        noise: L, length of z and of the latent code.
        hidden: H, width of the encoder; the decoder is no wider either.
        rank: R of the linear path as a product; 0 if it is none.
        nearest: K, items that the linear path keeps for each; 0 keeps all.
    """

    items: int
    noise: int = 100
    hidden: int = 256
    rank: int = 0
    nearest: int = 0


class Encoder(nn.Module):
    """A summed history ``[B, H]`` -> mean and log spread of q(latent | history), ``[B, 2L]``.

    Every layer sees the sum of all before it (Shenbin et al., RecVAE, WSDM'20, arXiv 1912.11160, figure 2).
    """

    def __init__(self, hidden: int, noise: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(hidden, hidden) for _ in range(LAYERS))
        self.norms = nn.ModuleList(nn.LayerNorm(hidden, eps=0.1) for _ in range(LAYERS + 1))
        self.code = nn.Linear(hidden, 2 * noise)

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        h = total = self.norms[0](F.silu(x))  # (B, H)
        for layer, norm in zip(self.layers, self.norms[1:], strict=True):
            h = norm(F.silu(layer(h) + total))
            total = total + h
        code: Tensor = self.code(h)
        return code


class Posterior(NamedTuple):
    """q(latent | history) of some people: mean and spread, both ``[B, L]``."""

    mu: Tensor
    sigma: Tensor

    def draw(self) -> Tensor:
        """A code for each person, ``[B, L]``."""
        return self.mu + self.sigma * torch.randn_like(self.mu)


class Known(NamedTuple):
    """What is known of the people of a batch.

    Attributes:
        mainstream: how popular their likes are beside other people's, ``[B]``: 0 is usual, or nothing is known.
        ignorance: 1 where nothing is known, 1 / (1 + n)^2 after n likes, ``[B]``.
    """

    mainstream: Tensor
    ignorance: Tensor


class Generator(nn.Module):
    """G(z, history): a preference vector over the catalogue for each person of a batch.

    z is the variational autoencoder's own noise: z = 0 gives the most likely preference, and a larger z a bolder draw
    from what the history leaves open, in which the drawn taste weighs more and popularity less. The less is known of a
    person, the more popularity counts (`caution`); how much it counts otherwise is what the adversary teaches
    (`training.gan`).
    """

    gain: Tensor
    popularity: Tensor
    usual: Tensor
    caution: Tensor

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        N, H, L = config.items, config.hidden, config.noise
        self.config = config
        self.linear = empty_path(N, config.rank, config.nearest)
        self.embedding = nn.Parameter(torch.randn(N, H) * 0.02)  # (N, H)
        self.encoder = Encoder(H, L)
        self.decoder = nn.Identity() if L <= H else nn.Linear(L, H)
        self.output = nn.Linear(min(L, H), N)
        self.register_buffer("gain", torch.ones(()))  # weight of the latent path
        self.register_buffer("popularity", torch.zeros(N))  # of the items, by its logarithm, standardised
        self.register_buffer("usual", torch.tensor([0.0, 1.0]))  # mean and spread over people of what they like of it
        self.register_buffer("caution", torch.zeros(()))  # what popularity counts where nothing is known of a person
        self.temper = nn.Parameter(torch.zeros(2))  # what popularity counts: for everybody, and for mainstream tastes

    def forward(self, item_ids: Tensor, weights: Tensor, z: Tensor) -> Tensor:
        """Scores, float32 ``[B, N]``; see `explained`."""
        return self.explained(item_ids, weights, z)[0]

    def explained(self, item_ids: Tensor, weights: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
        """Scores, and what of them is popularity that stands in for what is not known.

        Args:
            item_ids: int64 ``[B, n]``; padding is any column with weight 0.
            weights: float32 ``[B, n]`` in [-1, 1].
            z: float32 ``[B, L]``.

        Returns:
            both float32 ``[B, N]``.
        """
        liked = weights.clamp_min(0)  # (B, n)
        known = self.known((liked * self.popularity[item_ids]).sum(1), liked.sum(1))
        weights = F.leaky_relu(weights, DISLIKE)  # (B, n)
        x = (weights.unsqueeze(1) @ self.embedding[item_ids]).squeeze(1)  # (B, n), (B, n, H) -> (B, H)
        norm = weights.square().sum(1, keepdim=True)  # (B, 1)
        mu, sigma = self.encode(x, norm)  # (B, L)
        latent = self.decode(mu + REACH * sigma * z)  # (B, N)
        daring = scale_of(z)
        return self.fuse(self.linear(item_ids, weights), latent, known, daring), self.prior(known, daring)

    def encode(self, x: Tensor, norm: Tensor) -> Posterior:
        """q(latent | history), from summed embeddings and squared weights."""
        h = self.encoder(x / (norm + 1e-6).sqrt())  # (B, H) -> (B, 2L)
        mu, log_sigma = h.chunk(2, dim=1)  # (B, L)
        return Posterior(mu, log_sigma.clamp(-5, 2).exp())

    def encode_rows(self, matrix: sparse.csr_matrix, dropout: float = 0.0) -> Posterior:
        """`encode` of the rows of a CSR matrix; entries are left out with probability `dropout`."""
        device = self.embedding.device
        ids = torch.from_numpy(matrix.indices.astype(np.int64)).to(device)
        offsets = torch.from_numpy(matrix.indptr[:-1].astype(np.int64)).to(device)
        w = F.leaky_relu(torch.from_numpy(matrix.data).to(device), DISLIKE)
        w = F.dropout(w, dropout)
        sparse_gradient = is_large(self.config.items)
        x = F.embedding_bag(
            ids, self.embedding, offsets, mode="sum", per_sample_weights=w, sparse=sparse_gradient
        )  # (B, H)
        row = torch.from_numpy(np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))).to(device)
        norm = torch.zeros(matrix.shape[0], device=device).index_add(0, row, w.square())  # (B)
        return self.encode(x, norm.unsqueeze(1))

    def decode(self, latent: Tensor) -> Tensor:
        """Logits of the latent path, ``[B, N]``."""
        logits: Tensor = self.output(self.decoder(latent))
        return logits

    def decode_some(self, latent: Tensor, columns: Tensor) -> Tensor:
        """Logits of some items, ``[B, M]``; its gradient touches no other item's weights."""
        weight = F.embedding(columns, self.output.weight, sparse=True)  # (M, H)
        logits: Tensor = self.decoder(latent) @ weight.T + self.output.bias[columns]
        return logits

    def known(self, popularity: Tensor, liked: Tensor) -> Known:
        """What decides how much popularity counts.

        Args:
            popularity: sum over the likes of weight times `popularity`, ``[B]``.
            liked: sum of their weights, ``[B]``.
        """
        mean, spread = self.usual
        return Known(torch.clamp((popularity - mean * liked) / (liked + 1) / spread, -3, 3), 1 / (1 + liked).square())

    def known_rows(self, matrix: sparse.csr_matrix) -> Known:
        """`known` of the rows of a CSR matrix."""
        liked = matrix.maximum(0)
        popularity = torch.from_numpy(liked @ self.popularity.cpu().numpy()).to(self.usual.device)
        return self.known(popularity, torch.from_numpy(np.asarray(liked.sum(1)).ravel()).to(self.usual.device))

    def fuse(self, linear: Tensor, latent: Tensor, known: Known, daring: Tensor | None = None) -> Tensor:
        """Both paths in units of their own spread over the catalogue, and what popularity counts, added.

        Args:
            linear: scores of the linear path, ``[B, N]``.
            latent: of the latent path, ``[B, N]``.
            known: what is known of each person.
            daring: the scale of z, ``[B]``; None is 0.
        """
        return self.add_up(standardise(linear), standardise(latent), known, daring)

    def add_up(self, linear: Tensor, latent: Tensor, known: Known, daring: Tensor | None = None) -> Tensor:
        """`fuse`, of paths that are standardised already."""
        daring = torch.zeros_like(known.ignorance) if daring is None else daring
        counts = self.temper[0] + self.temper[1] * known.mainstream - OBSCURER * daring  # (B)
        gain = self.gain + BOLDER * daring  # (B)
        weighted = gain.unsqueeze(1) * latent + counts.unsqueeze(1) * self.popularity
        return linear + weighted + self.prior(known, daring)

    def prior(self, known: Known, daring: Tensor) -> Tensor:
        """What popularity counts for want of anything better, ``[B, N]``; nothing for the bold."""
        caution = self.caution * known.ignorance * (1 - daring).clamp_min(0)  # (B)
        return caution.unsqueeze(1) * self.popularity

    @torch.no_grad()
    def rank_rows(self, matrix: sparse.csr_matrix, z: Tensor | None = None) -> NDArray[np.float32]:
        """Scores of the rows of a CSR matrix, float32 ``[rows, N]``, for z ``[rows, L]``; None is 0."""
        mu, sigma = self.encode_rows(matrix)  # (B, L)
        latent = self.decode(mu if z is None else mu + REACH * sigma * z)  # (B, N)
        daring = None if z is None else scale_of(z)
        scores = self.fuse(self.linear.rows(matrix), latent, self.known_rows(matrix), daring)
        return np.asarray(scores.cpu().numpy(), dtype=np.float32)

    @torch.no_grad()
    def know_popularity(self, target: sparse.csr_matrix) -> None:
        """Start from how many people liked each item: the latent path's first guess, and the units of `temper`."""
        counts = np.asarray(target.sum(axis=0), dtype=np.float64).ravel()
        self.output.bias.copy_(torch.from_numpy(np.log(counts + 0.1)))
        known = np.log1p(counts)
        # Where all are alike popular, what differs is chance, and stays small.
        self.popularity.copy_(torch.from_numpy((known - known.mean()) / max(float(known.std()), 0.5)))
        liked = np.maximum(np.asarray(target.sum(1)).ravel(), 1.0)
        tastes = target @ self.popularity.numpy() / liked
        self.usual.copy_(torch.tensor([float(tastes.mean()), max(float(tastes.std()), 1e-3)]))


def scale_of(z: Tensor) -> Tensor:
    """The root mean square of each row of z, ``[B]``: about s for a z drawn with standard deviation s."""
    return z.square().mean(1).sqrt()


def standardise(scores: Tensor) -> Tensor:
    """Each row less its mean, in units of its standard deviation over the catalogue; of next to nothing, nothing."""
    centred = scores - mean(scores)
    return centred / (mean(centred.square()) + 1e-4).sqrt()


def mean(rows: Tensor) -> Tensor:
    """Mean of each row, ``[B, 1]``, in two steps: one long sum of floats is off by 2e-4 over 100,000 items."""
    N = rows.shape[1]
    if N <= CHUNK:
        return rows.mean(1, keepdim=True)
    padded = F.pad(rows, (0, -N % CHUNK))
    parts = padded.view(-1, padded.shape[1] // CHUNK, CHUNK)  # (B, N) -> (B, N / CHUNK, CHUNK)
    found: Tensor = parts.sum(2).sum(1, keepdim=True) / N
    return found


def is_large(items: int) -> bool:
    """Whether a catalogue is so large that training has to follow the interactions, not people times items."""
    return items > DENSE_ITEMS


def width(items: int) -> int:
    """H that suits a catalogue: the decoder of a large one is what serving it costs."""
    return 64 if is_large(items) else 256


def multinomial_loss(logits: Tensor, target: Tensor) -> Tensor:
    """-Σ_i y_i log softmax(logits)_i, mean over people (Liang et al., WWW'18, arXiv 1802.05814, eq. 2)."""
    return -(F.log_softmax(logits, dim=1) * target).sum(1).mean()


def sampled_loss(logits: Tensor, target: Tensor, chance: Tensor) -> Tensor:
    """`multinomial_loss` from some of the items, each standing for those like it that were not drawn.

    Args:
        logits: ``[B, M]`` of the items drawn.
        target: ``[B, M]``; every positive of these people is among the items.
        chance: ``[M]``, with which an item is drawn that this person did not choose.
    """
    total = torch.logsumexp(logits - chance.log() * (target == 0), dim=1, keepdim=True)  # (B, 1)
    return -((logits - total) * target).sum(1).mean()


def kl_loss(code: Tensor, now: Posterior, before: Posterior, liked: Tensor, gamma: float) -> Tensor:
    """β_u (log q(code | history) - log p(code)), summed over the code, mean over people; β_u = γ liked_u.

    The prior p is, in each place of the code, 3/20 N(0, 1) + 3/4 q_before(· | history) + 1/10 N(0, e^10): what was
    learned so far holds the encoder (RecVAE, arXiv 1912.11160, eq. 8, and its composite prior).

    Args:
        code: drawn from `now`, ``[B, L]``.
        now: the posterior, its parts ``[B, L]``.
        before: by the encoder before this pass, of the whole history.
        liked: how much each person chose, ``[B]``.
        gamma: γ.
    """
    plain = torch.zeros_like(code)
    parts = (
        log_normal(code, plain, plain) + math.log(3 / 20),
        log_normal(code, before.mu, before.sigma.log()) + math.log(3 / 4),
        log_normal(code, plain, plain + WIDE) + math.log(1 / 10),
    )
    kl = log_normal(code, now.mu, now.sigma.log()) - torch.logsumexp(torch.stack(parts), 0)  # (B, L)
    return (gamma * liked * kl.sum(1)).mean()


def log_normal(x: Tensor, mu: Tensor, log_sigma: Tensor) -> Tensor:
    """Log density of a normal distribution, element by element."""
    return -0.5 * (math.log(2 * math.pi) + ((x - mu) / log_sigma.exp()).square()) - log_sigma


@dataclass(frozen=True)
class VaeSettings:
    """How the latent path is trained.

    Attributes:
        rate: Adam's learning rate.
        batch: people a step.
        dropout: share of a history that the encoder does not see.
        gamma: strength of the KL term.
    """

    rate: float = 1e-3
    batch: int = 128
    dropout: float = 0.5
    gamma: float = 0.005


class VaeTrainer:
    """Trains a generator's latent path as a variational autoencoder, one epoch at a time (RecVAE, algorithm 1).

    The encoder and the decoder take turns: the encoder learns from histories of which it sees a part, held by a prior
    that remembers what it said before; the decoder from whole histories, as the encoder reads them then. In a large
    catalogue the softmax is taken over the items that a batch chose and a sample of the others, and only their weights
    are touched.
    """

    def __init__(self, generator: Generator, settings: VaeSettings) -> None:
        self.generator, self.settings = generator, settings
        self.encoder = self._optimisers(generator.embedding, [*generator.encoder.parameters()])
        beside = [generator.output.bias, *generator.decoder.parameters()]
        self.decoder = self._optimisers(generator.output.weight, beside)

    def _optimisers(self, table: Tensor, others: list[nn.Parameter]) -> list[torch.optim.Optimizer]:
        """For a table of which a step may touch a few rows alone, and for weights beside it."""
        rate = self.settings.rate
        if not is_large(self.generator.config.items):
            return [torch.optim.Adam([table, *others], lr=rate)]
        return [torch.optim.Adam(others, lr=rate), torch.optim.SparseAdam([table], lr=rate)]

    def epoch(self, history: sparse.csr_matrix, target: sparse.csr_matrix, seed: int) -> dict[str, float]:
        """One pass over the people for the encoder, then one for the decoder; returns the mean losses."""
        torch.manual_seed(seed)
        rng = np.random.default_rng(seed)
        share = np.bincount(target.indices, minlength=target.shape[1]) / max(target.shape[0], 1)
        sums: dict[str, float] = {}
        for step in (self.encoder_step, self.decoder_step):
            known = self.posterior(history)
            order = rng.permutation(history.shape[0])
            for start in range(0, len(order), self.settings.batch):
                rows = order[start : start + self.settings.batch]
                of_these = Posterior(known.mu[rows], known.sigma[rows])
                for name, loss in step(history[rows], target[rows], of_these, share, rng).items():
                    sums[name] = sums.get(name, 0.0) + loss * len(rows) / len(order)
        return sums

    @torch.no_grad()
    def posterior(self, history: sparse.csr_matrix) -> Posterior:
        """What the encoder says of whole histories now."""
        parts = [self.generator.encode_rows(history[s : s + CHUNK]) for s in range(0, history.shape[0], CHUNK)]
        return Posterior(torch.cat([mu for mu, _ in parts]), torch.cat([sigma for _, sigma in parts]))

    def encoder_step(
        self,
        history: sparse.csr_matrix,
        target: sparse.csr_matrix,
        before: Posterior,
        share: NDArray[np.float64],
        rng: np.random.Generator,
    ) -> dict[str, float]:
        """One step of the encoder on a batch: what it sees a part of is to be foretold, and `before` holds it.

        Args:
            history: of these people, CSR ``[B, N]``.
            target: ones at what they chose, CSR ``[B, N]``.
            before: `posterior` at the start of the pass.
            share: of all people chose each item, ``[N]``.
            rng: draws items in a large catalogue.
        """
        now = self.generator.encode_rows(history, self.settings.dropout)  # (B, L)
        code = now.draw()  # (B, L)
        nll = self._nll(code, target, share, rng)
        liked = torch.from_numpy(np.asarray(target.sum(1)).ravel()).to(code)  # (B)
        kl = kl_loss(code, now, before, liked, self.settings.gamma)
        _descend(self.encoder, nll + kl)
        return {"nll": nll.item(), "kl": kl.item()}

    def decoder_step(
        self,
        _: sparse.csr_matrix,
        target: sparse.csr_matrix,
        known: Posterior,
        share: NDArray[np.float64],
        rng: np.random.Generator,
    ) -> dict[str, float]:
        """One step of the decoder on a batch, from the codes of whole histories; see `encoder_step`."""
        nll = self._nll(known.draw(), target, share, rng)
        _descend(self.decoder, nll)
        return {"nll_decoder": nll.item()}

    def _nll(
        self, code: Tensor, target: sparse.csr_matrix, share: NDArray[np.float64], rng: np.random.Generator
    ) -> Tensor:
        """How unlikely what people chose is, given a code ``[B, L]``."""
        if not is_large(target.shape[1]):
            return multinomial_loss(self.generator.decode(code), torch.from_numpy(target.toarray()).to(code))
        columns = np.union1d(target.indices, rng.integers(0, target.shape[1], SAMPLED))  # (M)
        drawn = 1 - (1 - 1 / target.shape[1]) ** SAMPLED * (1 - share[columns]) ** target.shape[0]
        y = torch.from_numpy(target[:, columns].toarray()).to(code)  # (B, M)
        logits = self.generator.decode_some(code, torch.from_numpy(columns.astype(np.int64)).to(code.device))  # (B, M)
        return sampled_loss(logits, y, torch.from_numpy(drawn).to(code))

    def state(self) -> dict[str, Any]:
        """Everything that a later `restore` needs to go on as if nothing had happened."""
        parameters = {name: p.detach() for name, p in self.generator.named_parameters()}
        return {"generator": parameters, "optimisers": [o.state_dict() for o in (*self.encoder, *self.decoder)]}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a `state`."""
        self.generator.load_state_dict(state["generator"], strict=False)  # what is no parameter stays as it is
        for optimiser, saved in zip((*self.encoder, *self.decoder), state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)


def _descend(optimisers: list[torch.optim.Optimizer], loss: Tensor) -> None:
    """A step of each down one loss."""
    for optimiser in optimisers:
        optimiser.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    for optimiser in optimisers:
        optimiser.step()
