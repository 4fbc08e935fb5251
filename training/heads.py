"""Small linear models on what messages mean: a cry for help, a story that is told, what is asked of an item.

Each is a logistic regression on the vectors of the encoder that searches; `benchmarks.heads --vectors` makes these from
the messages under `training/trouble` and `training/search`, which were written for it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from scipy.optimize import minimize

from domain.artifact import HEADS

SCALE = 10.0
"""Differences of unit vectors are multiplied by it, so that weights are of a size with one."""
L2 = 1.0
FALSE_ALARMS = {"trouble": 0.003, "story": 0.005}
"""Such a share of other messages, each left out when it is judged, may be taken for one."""
FALSE_QUESTIONS = 0.01
"""Likewise of messages that ask nothing of an item, for a question."""
FOLDS = 5

Array = NDArray[np.float64]


def fit(X: Array, y: NDArray[np.int64], classes: int) -> Array:
    """Weights ``[d + 1, classes]``, the biases last, of min_W Σ -log softmax(XW)_y + L2/2 ||W||²."""
    X = np.c_[X, np.ones(len(X))]
    wanted = np.eye(classes)[y]

    def loss(flat: Array) -> tuple[float, Array]:
        W = flat.reshape(X.shape[1], classes)
        logits = X @ W
        logits -= logits.max(1, keepdims=True)
        p = np.exp(logits)
        p /= p.sum(1, keepdims=True)
        penalty = np.r_[W[:-1], np.zeros((1, classes))]
        value = -np.log(p[np.arange(len(y)), y] + 1e-12).sum() + L2 * (penalty**2).sum() / 2
        return float(value), (X.T @ (p - wanted) + L2 * penalty).ravel()

    start = np.zeros(X.shape[1] * classes)
    found: Array = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return found.reshape(X.shape[1], classes)


def logits(X: Array, W: Array) -> Array:
    """``[n, classes]``."""
    found: Array = X @ W[:-1] + W[-1]
    return found


def left_out(X: Array, y: NDArray[np.int64], classes: int) -> Array:
    """Logits of each message by a model that was fitted without it, ``[n, classes]``."""
    fold = np.random.default_rng(0).permutation(len(X)) % FOLDS
    found = np.empty((len(X), classes))
    for k in range(FOLDS):
        found[fold == k] = logits(X[fold == k], fit(X[fold != k], y[fold != k], classes))
    return found


def learn(vectors: NDArray[np.float32], y: NDArray[np.int64], classes: int, false: float) -> dict[str, Array]:
    """A model whose class 0 is "none of the others".

    Args:
        vectors: what messages mean, ``[n, d]``, rows of length 1.
        y: their classes, ``[n]``.
        classes: how many there are.
        false: share of messages of class 0 that may be taken for another.

    Returns:
        ``mean`` ``[d]``, ``weight`` ``[d, classes]`` and ``bias`` ``[classes]``: the largest logit is the class.
    """
    mean = vectors.astype(np.float64).mean(0)
    X = SCALE * (vectors - mean)
    tried = left_out(X, y, classes)
    margin = tried[:, 1:].max(1) - tried[:, 0]
    doubt = float(np.quantile(margin[y == 0], 1 - false))
    tried[:, 0] += doubt
    right = (tried.argmax(1) == y)[y > 0].mean()
    print(f"left out in turn: {right:.3f} of {(y > 0).sum()} are told, {false:.3f} of others mistaken", file=sys.stderr)
    W = fit(X, y, classes)
    bias = W[-1].copy()
    bias[0] += doubt
    return {"mean": mean, "weight": SCALE * W[:-1], "bias": bias}


def main(arguments: Sequence[str] | None = None) -> int:
    """Learn all of them and write one file."""
    parser = argparse.ArgumentParser(prog="python -m training.heads", description=main.__doc__)
    parser.add_argument("--vectors", type=Path, required=True, help="npz by benchmarks.heads --vectors")
    parser.add_argument("--out", type=Path, required=True, help="folder of the weights")
    chosen = parser.parse_args(arguments)
    found: dict[str, NDArray[np.float32]] = {}
    with np.load(chosen.vectors, allow_pickle=False) as vectors:
        for name, false in FALSE_ALARMS.items():
            X = np.r_[vectors["ordinary"], vectors[name]]
            y = (np.arange(len(X)) >= len(vectors["ordinary"])).astype(np.int64)
            for part, tensor in learn(X, y, 2, false).items():
                found[f"{name}.{part}"] = tensor.astype(np.float32)
        classes = int(vectors["asked"].max()) + 1
        for part, tensor in learn(vectors["questions"], vectors["asked"], classes, FALSE_QUESTIONS).items():
            found[f"asks.{part}"] = tensor.astype(np.float32)
    chosen.out.mkdir(parents=True, exist_ok=True)
    save_file(found, chosen.out / HEADS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
