"""The weights of `domain.meaning`: logistic regressions over what words mean and what rules read in them.

They learn from what `benchmarks.lessons` writes: annotated messages and ReDial's titles, as what is served reads them.
How strongly weights are held small is chosen by five-fold cross-validation over whole messages.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file

from domain.meaning import (
    BEFORE,
    BIAS,
    CLUES,
    HEARD,
    INTENT,
    INTENTS,
    LIKING,
    MEANING,
    POLARITIES,
    SHIPPED,
    TITLE,
    WISH,
    Vector,
)

CLASSES = {TITLE: 2, INTENT: len(INTENTS), WISH: len(POLARITIES), LIKING: len(POLARITIES)}
MESSAGE, TRUTH = "message", "truth"
"""Beside the parts in the file of what was read, ``[examples]``: which message each is of, and what was annotated."""
SCALES = {MEANING: 4.0, BEFORE: 2.0, CLUES: 1.0}
"""What each part is multiplied by before its weights are held small: vectors of length 1 say little by each number."""
RIDGES = (0.5, 1.0, 2.0, 4.0)
FOLDS = 5
STEPS = 200


@dataclass(frozen=True)
class Examples:
    """What one model learns from.

    Attributes:
        parts: `MEANING`, `CLUES` and for intents `BEFORE`, ``[examples, width of the part]``.
        truth: index of the class that was annotated, int64 ``[examples]``.
        message: of which message each is, int64 ``[examples]``.
        classes: how many there are.
    """

    parts: Mapping[str, Vector]
    truth: NDArray[np.int64]
    message: NDArray[np.int64]
    classes: int

    def where(self, chosen: NDArray[np.bool_]) -> Examples:
        """Some of them."""
        parts = {name: part[chosen] for name, part in self.parts.items()}
        return Examples(parts, self.truth[chosen], self.message[chosen], self.classes)


def fit(examples: Examples, ridge: float) -> dict[str, Vector]:
    """Weights that make what was annotated likeliest.

    The loss is the mean cross-entropy plus ``ridge / n`` times the sum of squared weights (bias aside).

    Returns:
        a tensor for each part, and `BIAS`.
    """
    parts = [SCALES[name] * part for name, part in examples.parts.items()]
    x = torch.from_numpy(np.concatenate(parts, axis=1).astype(np.float32))  # (n, features)
    y = torch.from_numpy(examples.truth)  # (n,)
    W = torch.zeros(x.shape[1], examples.classes, requires_grad=True)
    b = torch.zeros(examples.classes, requires_grad=True)
    solver = torch.optim.LBFGS([W, b], max_iter=STEPS, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        solver.zero_grad()
        loss = torch.nn.functional.cross_entropy(x @ W + b, y) + ridge / len(y) * (W**2).sum()
        torch.autograd.backward(loss)
        return loss

    solver.step(closure)  # type: ignore[no-untyped-call]
    weights, at = {BIAS: b.detach().numpy()}, 0
    for name, part in examples.parts.items():
        weights[name] = np.ascontiguousarray(SCALES[name] * W.detach().numpy()[at : at + part.shape[1]])
        at += part.shape[1]
    return weights


def guess(weights: Mapping[str, Vector], examples: Examples) -> NDArray[np.int64]:
    """The likeliest class of each example, ``[examples]``."""
    odds = sum((part @ weights[name] for name, part in examples.parts.items()), weights[BIAS])
    likeliest: NDArray[np.int64] = np.argmax(odds, axis=1)
    return likeliest


def macro_f1(truth: NDArray[np.int64], guessed: NDArray[np.int64]) -> float:
    """Mean over the classes that occur of 2 hits / (annotated + guessed)."""
    scores = []
    for one in np.unique(truth):
        hits = int(((truth == one) & (guessed == one)).sum())
        scores.append(2 * hits / int((truth == one).sum() + (guessed == one).sum()))
    return float(np.mean(scores))


def unseen(examples: Examples, ridge: float) -> NDArray[np.int64]:
    """The likeliest class of each example by a fit that its whole message was left out of, ``[examples]``."""
    order = np.random.default_rng(0).permutation(int(examples.message.max()) + 1)
    fold = order[examples.message] % FOLDS
    guessed = np.zeros_like(examples.truth)
    for k in range(FOLDS):
        guessed[fold == k] = guess(fit(examples.where(fold != k), ridge), examples.where(fold == k))
    return guessed


def as_heard(examples: Examples, intents: Examples, guessed: NDArray[np.int64]) -> Examples:
    """Examples whose clues hold the intent of their message as it is guessed where it was not learned from.

    With the one that was annotated, or learned by heart, a model would trust intents more than it may when it serves.
    """
    heard = dict(zip(intents.message.tolist(), guessed.tolist(), strict=True))
    known = np.array([message in heard for message in examples.message.tolist()])
    kept = examples.where(known)
    clues = kept.parts[CLUES].copy()
    clues[:, HEARD] = np.eye(len(INTENTS))[[heard[message] for message in kept.message.tolist()]]
    return Examples({**kept.parts, CLUES: clues}, kept.truth, kept.message, kept.classes)


def read(path: Path) -> dict[str, Examples]:
    """The examples of every model."""
    with np.load(path, allow_pickle=False) as found:
        return {
            model: Examples(
                {name: found[f"{model}.{name}"] for name in SCALES if f"{model}.{name}" in found},
                found[f"{model}.{TRUTH}"],
                found[f"{model}.{MESSAGE}"],
                classes,
            )
            for model, classes in CLASSES.items()
        }


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m training.understanding", description=__doc__)
    parser.add_argument("--read", type=Path, required=True, help="what `benchmarks.lessons` wrote")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    chosen = parser.parse_args(arguments)
    tensors: dict[str, Vector] = {}
    found = read(chosen.read)
    intents, heard = found[INTENT], np.zeros(0, dtype=np.int64)
    for model, examples in found.items():
        told = as_heard(examples, intents, heard) if model in (WISH, LIKING) else examples
        guessed = {ridge: unseen(told, ridge) for ridge in RIDGES}
        figures = {ridge: macro_f1(told.truth, guess_of) for ridge, guess_of in guessed.items()}
        best = max(figures, key=lambda ridge: figures[ridge])
        heard = guessed[best] if model == INTENT else heard
        said = ", ".join(f"{ridge:g}: {figure:.3f}" for ridge, figure in figures.items())
        print(f"{model}: {len(told.truth)} examples; cross-validated macro-F1 by ridge {said}")
        tensors |= {f"{model}.{name}": tensor for name, tensor in fit(told, best).items()}
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, chosen.out)
    print(f"-> {chosen.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
