"""What the direction of z means: what a slate tells of it, and which directions can be named.

All z are of one length, since the length alone already lets popularity count less. Half of the people teach, the others
are asked. Of what a slate tells there is a lower bound in nats, I(z; slate) >= log K + E log softmax_K f(slate, z)
(InfoNCE, van den Oord et al., arXiv 1807.03748, eq. 5) with a bilinear f of z and of how a person's slate differs from
their others; by chance it is 0, and what z means to one person only does not count. A direction is the ridge regression
on z of what it is named by; it is asked at both of its ends.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from benchmarks.controls import BATCH, Items, Lists, People, accuracy_and_coverage, best, known_items, people
from benchmarks.diversity import fitted, likeness
from benchmarks.ranking import Split, read_split
from training.dataset import DataError
from training.vae import Generator

PEOPLE = 1_000
"""At most so many people teach, and as many are asked."""
DRAWS = 4
"""Of each person."""
CANDIDATES = 64
"""K: the z that made a slate is to be found among so many."""
STEPS, RATE, DECAY = 400, 1e-2, 3.0
SHARPNESS = (0.1, 0.2, 0.4, 0.7, 1.0)
"""What the critic's logits are multiplied by: chosen on a quarter of what it might learn from."""
RANK = 32
"""Dimensions of the decoder's items by which slates are described."""
RIDGE = 1.0
"""Added to the diagonal, in units of one draw."""
COLUMNS = ("NDCG@20", "at one end", "any direction", "at the other", "people for whom the other end is higher")

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Drawn:
    """Slates of some people by draws of z, one person's after the other's.

    Attributes:
        z: ``[P, DRAWS, L]``.
        slates: ``[P, DRAWS, 20]``.
    """

    z: Floats
    slates: Lists


def slates(generator: Generator, some: People, z: Floats) -> Lists:
    """The best of each person by their z, ``[P, L]``, without what is in their history."""
    parts = []
    for start in range(0, len(z), BATCH):
        history = some.history[start : start + BATCH]
        scores = generator.rank_rows(history, torch.from_numpy(z[start : start + BATCH]))
        scores[np.repeat(np.arange(len(scores)), np.diff(history.indptr)), history.indices] = -np.inf
        parts.append(best(scores))
    return np.concatenate(parts)


def draw(generator: Generator, some: People, scale: float, rng: np.random.Generator) -> Drawn:
    """`DRAWS` slates of each person, by z of root mean square `scale`."""
    z = rng.standard_normal((DRAWS, len(some.scores), generator.config.noise)).astype(np.float32)
    z *= scale / np.sqrt(np.square(z).mean(2, keepdims=True))
    return Drawn(z.swapaxes(0, 1), np.stack([slates(generator, some, one) for one in z], axis=1))


def names(items: Items, years: Floats | None) -> dict[str, Callable[[Lists], Floats]]:
    """What slates are told apart by: a number of each of an array of them."""
    had = np.bincount(items.train.indices, minlength=items.train.shape[1])
    bits = -np.log2((had + 1) / (items.train.shape[0] + 1))
    found = {
        "popular to unknown, bits": lambda ranked: of_slates(ranked, bits.astype(np.float32)),
        "alike to mixed, diversity": lambda ranked: mixed(ranked, items),
    }
    return found | ({} if years is None else {"old to new, year": lambda ranked: of_slates(ranked, years)})


def of_slates(ranked: Lists, values: Floats) -> Floats:
    """Mean of a number over the items of each slate that have one, ``ranked.shape[:-1]``."""
    of_items = np.where(ranked < 0, np.nan, values[ranked])
    known = np.isfinite(of_items).sum(-1)
    mean = np.nansum(of_items, -1) / np.maximum(known, 1)
    return np.where(known > 0, mean, np.nanmean(values)).astype(np.float32)


def mixed(ranked: Lists, items: Items) -> Floats:
    """Diversity of each slate, ``ranked.shape[:-1]``."""
    flat = ranked.reshape(-1, ranked.shape[-1])
    return np.array([1 - likeness(row[None], items.alike) for row in flat], dtype=np.float32).reshape(ranked.shape[:-1])


def information(teach: tuple[Floats, Floats], ask: tuple[Floats, Floats], seed: int) -> tuple[float, float]:
    """The lower bound in nats, and how often the z that made a slate is thought the likeliest of `CANDIDATES`.

    Args:
        teach: features of slates ``[n, F]`` and their z ``[n, L]``.
        ask: the same of other people.
        seed: of the critic and of who stands beside whom.
    """
    torch.manual_seed(seed)
    scale = teach[0].std(0) + 1e-6
    x, z = torch.from_numpy(teach[0] / scale), torch.from_numpy(teach[1])
    kept = 3 * len(x) // 4
    weight = torch.nn.Parameter(torch.zeros(x.shape[1], z.shape[1]))
    optimiser = torch.optim.AdamW([weight], lr=RATE, weight_decay=DECAY)
    for _ in range(STEPS):
        rows = torch.randperm(kept)[:CANDIDATES]
        optimiser.zero_grad()
        torch.autograd.backward(F.cross_entropy(x[rows] @ weight @ z[rows].T, torch.arange(len(rows))))
        optimiser.step()
    critic = weight.detach()
    sharpness = max(SHARPNESS, key=lambda s: _bound(s * x[kept:] @ critic, z[kept:])[0])
    return _bound(sharpness * torch.from_numpy(ask[0] / scale) @ critic, torch.from_numpy(ask[1]))


def _bound(wanted: torch.Tensor, z: torch.Tensor) -> tuple[float, float]:
    """Nats and hits of a critic that wants some z, ``[n, L]``, of slates whose z stand in the same rows."""
    found = []
    for at in range(0, max(len(z) - CANDIDATES, 0) + 1, CANDIDATES):
        logits = wanted[at : at + CANDIDATES] @ z[at : at + CANDIDATES].T
        truth = torch.arange(len(logits))
        nats = np.log(len(logits)) - float(F.cross_entropy(logits, truth))
        found.append((nats, float((logits.argmax(1) == truth).float().mean())))
    nats, hits = np.mean(found, axis=0)
    return float(nats), float(hits)


def direction(z: Floats, told: Floats) -> Floats:
    """The unit vector along which a number rises fastest, by ridge regression, ``[L]``.

    Args:
        z: ``[P, DRAWS, L]``.
        told: of each slate, ``[P, DRAWS]``.
    """
    own = (told - told.mean(1, keepdims=True)).ravel()
    x = (z - z.mean(1, keepdims=True)).reshape(-1, z.shape[2])
    found = np.linalg.solve(x.T @ x + RIDGE * np.eye(x.shape[1]), x.T @ own)
    return np.asarray(found / max(float(np.linalg.norm(found)), 1e-12), dtype=np.float32)


def features(ranked: Lists, vectors: Floats) -> Floats:
    """How the mean item of a slate differs from those of the same person's other slates, ``[P * DRAWS, F]``."""
    mean = np.stack([np.stack([vectors[row[row >= 0]].mean(0) for row in own]) for own in ranked])  # (P, DRAWS, F)
    return np.asarray((mean - mean.mean(1, keepdims=True)).reshape(-1, vectors.shape[1]), dtype=np.float32)


Line = tuple[str, tuple[float, ...]]


def lines(
    generator: Generator, some: People, items: Items, scale: float, seed: int, years: Floats | None
) -> Iterator[Line]:
    """What a slate tells of z, then each direction: `COLUMNS`."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(some.scores))
    half = min(len(order) // 2, PEOPLE)
    groups = some.part(np.sort(order[:half])), some.part(np.sort(order[half : 2 * half]))
    teach, ask = (draw(generator, group, scale, rng) for group in groups)
    decoder = generator.output.weight.detach()  # (N, H)
    taste = torch.pca_lowrank(decoder, min(RANK, *decoder.shape))[0].numpy()
    vectors = np.concatenate([taste / taste.std(0), generator.popularity.numpy()[:, None]], axis=1)
    told = []
    for d in (teach, ask):
        mix = rng.permutation(d.z.shape[0] * DRAWS)  # so that one person's slates do not stand side by side
        told.append((features(d.slates, vectors)[mix], d.z.reshape(-1, d.z.shape[2])[mix]))
    yield "told of z, nats", information(told[0], told[1], seed)
    for name, number in names(items, years).items():
        along = direction(teach.z, number(teach.slates)) * scale * np.sqrt(teach.z.shape[2])
        ends = [slates(generator, groups[1], np.tile(sign * along, (half, 1)).astype(np.float32)) for sign in (-1, 1)]
        low, high = (number(ranked) for ranked in ends)
        accuracy = float(np.mean([accuracy_and_coverage(ranked, groups[1])[0] for ranked in ends]))
        shown = float(low.mean()), float(number(ask.slates).mean()), float(high.mean())
        yield name, (accuracy, *shown, float((high > low).mean()))


def read_years(path: Path, split: Split) -> Floats | None:
    """The year of each item from lines ``item year``, NaN where there is none; None without the file."""
    if not path.exists():
        return None
    known = dict(line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return np.array([float(known.get(item, "nan")) for item in split.items], dtype=np.float32)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where a file cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.directions", description=__doc__)
    parser.add_argument("folder", type=Path, help="of NAME.train and NAME.test, and NAME.years with lines 'item year'")
    parser.add_argument("--only", nargs="+", help="names of data sets; all by default")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--scale", type=float, default=0.6, help="length of z")
    parser.add_argument("--keep", type=Path, help="folder of generators that benchmarks.diversity fitted")
    a = parser.parse_args(arguments)
    torch.set_num_threads(1)
    for name in a.only or sorted(file.stem for file in a.folder.glob("*.train")):
        try:
            split = read_split(a.folder / f"{name}.train", a.folder / f"{name}.test", signed=False)
            with tempfile.TemporaryDirectory() as folder:
                final = fitted(split, Path(folder), a.seed, a.keep / f"{name}-{a.seed}.pt" if a.keep else None).final
        except DataError as error:
            print(error, file=sys.stderr)
            return 2
        some = people(final, split.train[split.asked], split.test[split.asked])
        years = read_years(a.folder / f"{name}.years", split)
        found = lines(final, some, known_items(split.train), a.scale, a.seed, years)
        told, right = next(found)[1]
        print(f"\n{name}: a slate tells {told:.2f} nats of z; found among {CANDIDATES}: {right:.3f}\n")
        print(f"| | {' | '.join(COLUMNS)} |", "| --- |" + " --- |" * len(COLUMNS), sep="\n")
        for direction_name, shown in found:
            print(f"| {direction_name} | {' | '.join(f'{figure:.4g}' for figure in shown)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
