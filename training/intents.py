"""The weights of `domain.intents`: a multinomial logistic regression over what messages mean and what was read in them.

`benchmarks.annotated --read` reads the annotated messages under ``training/utterances`` with what is served, and writes
the vectors and clues that this learns from. How strongly weights are held small is chosen by five-fold cross-validation
over whole messages.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file

from domain.intents import BEFORE, BIAS, CLUES, INTENTS, SHIPPED, TEXT

INTENT = "intent"
"""Beside `TEXT`, `BEFORE` and `CLUES` in the file of what was read: index into `INTENTS`, int64 ``[messages]``."""
SCALES = {TEXT: 4.0, BEFORE: 2.0, CLUES: 1.0}
"""What each part is multiplied by before its weights are held small: vectors of length 1 say little by each number."""
RIDGES = (0.1, 0.2, 0.4, 0.8, 1.6)
FOLDS = 5
STEPS = 200

Read = dict[str, NDArray[np.float32]]


def fit(parts: Read, intents: NDArray[np.int64], ridge: float) -> Read:
    """Weights that make the annotated intents likeliest.

    The loss is the mean cross-entropy plus ``ridge / n`` times the sum of squared weights (bias aside).

    Args:
        parts: `TEXT`, `BEFORE` ``[n, width]`` and `CLUES` ``[n, clues]``.
        intents: indices into `INTENTS`, ``[n]``.
        ridge: how strongly weights are held small.

    Returns:
        the tensors that `domain.intents` reads.
    """
    x = torch.from_numpy(np.concatenate([SCALES[name] * parts[name] for name in SCALES], axis=1))  # (n, features)
    y = torch.from_numpy(intents)  # (n,)
    W = torch.zeros(x.shape[1], len(INTENTS), requires_grad=True)
    b = torch.zeros(len(INTENTS), requires_grad=True)
    solver = torch.optim.LBFGS([W, b], max_iter=STEPS, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        solver.zero_grad()
        loss = torch.nn.functional.cross_entropy(x @ W + b, y) + ridge / len(y) * (W**2).sum()
        torch.autograd.backward(loss)
        return loss

    solver.step(closure)  # type: ignore[no-untyped-call]
    weights, at = {BIAS: b.detach().numpy()}, 0
    for name, scale in SCALES.items():
        width = parts[name].shape[1]
        weights[name] = np.ascontiguousarray(scale * W.detach().numpy()[at : at + width])
        at += width
    return weights


def guess(weights: Read, parts: Read) -> NDArray[np.int64]:
    """The likeliest intent of each message, ``[n]``."""
    odds = sum((parts[name] @ weights[name] for name in SCALES), weights[BIAS])
    likeliest: NDArray[np.int64] = np.argmax(odds, axis=1)
    return likeliest


def macro_f1(truth: NDArray[np.int64], guessed: NDArray[np.int64]) -> float:
    """Mean over the intents that occur of 2 hits / (annotated + guessed)."""
    scores = []
    for intent in np.unique(truth):
        hits = int(((truth == intent) & (guessed == intent)).sum())
        scores.append(2 * hits / int((truth == intent).sum() + (guessed == intent).sum()))
    return float(np.mean(scores))


def cross_validated(parts: Read, intents: NDArray[np.int64], ridge: float) -> float:
    """Macro-F1 over messages that were each left out of the fit that judges them."""
    fold = np.random.default_rng(0).permutation(len(intents)) % FOLDS
    guessed = np.zeros_like(intents)
    for k in range(FOLDS):
        told = {name: part[fold != k] for name, part in parts.items()}
        guessed[fold == k] = guess(
            fit(told, intents[fold != k], ridge), {name: part[fold == k] for name, part in parts.items()}
        )
    return macro_f1(intents, guessed)


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m training.intents", description=__doc__)
    parser.add_argument("--read", type=Path, required=True, help="what `benchmarks.annotated --read` wrote")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    chosen = parser.parse_args(arguments)
    with np.load(chosen.read, allow_pickle=False) as read:
        parts = {name: read[name].astype(np.float32) for name in SCALES}
        intents = read[INTENT]
    figures = {ridge: cross_validated(parts, intents, ridge) for ridge in RIDGES}
    for ridge, figure in figures.items():
        print(f"ridge {ridge:g}: macro-F1 {figure:.3f}")
    best = max(figures, key=lambda ridge: figures[ridge])
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    save_file(fit(parts, intents, best), chosen.out)
    print(f"{len(intents)} messages, ridge {best:g} -> {chosen.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
