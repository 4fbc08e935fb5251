"""The weights of `domain.liking`: whether seekers disliked a film, by what they said around it, from ReDial.

After each dialogue its seeker told of every film whether they liked it. Logistic regression over the features of all
that they said, both classes weighing the same; balanced accuracy by five-fold cross-validation over dialogues.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from scipy import sparse
from scipy.optimize import minimize

from domain.liking import SIZE, TENSOR, Said, named, shown
from domain.phrases import Phrases
from domain.stance import Stance, mask
from training.linking import MENTION

FOLDS = 5


@dataclass(frozen=True)
class Opinion:
    """What a seeker said around one film, as rows of the table, and whether they disliked it."""

    dialogue: int
    rows: tuple[int, ...]
    disliked: bool


def opinions(dialogue: dict[str, Any], phrases: Phrases) -> Iterator[Opinion]:
    """The films of one dialogue of ReDial's that its seeker said to like or to dislike."""
    form = dict(dialogue["initiatorQuestions"] or {})
    answers = {item_id: said["liked"] for item_id, said in form.items() if said["liked"] in (0, 1)}
    rows: dict[str, set[int]] = defaultdict(set)
    known: set[str] = set()
    slates: list[list[str]] = [[], []]
    for message in dialogue["messages"]:
        text = message["text"].lower().replace("’", "'")
        marks = [(match.start(), match.end(), match[1]) for match in MENTION.finditer(text)]
        if message["senderWorkerId"] != dialogue["initiatorWorkerId"]:
            slates[1] = list(dict.fromkeys([*slates[1], *(item_id for _, _, item_id in marks)]))
        else:
            places = tuple((start, end) for start, end, _ in marks)
            masked = mask(text, places)
            said = Said(masked, Stance(masked, phrases), places)
            here = {item_id for _, _, item_id in marks}
            for start, end, item_id in marks:
                rows[item_id].update(named(said, (start, end), first=item_id not in known))
            for turns, slate in enumerate(reversed(slates)):
                for item_id in set(slate) - here:
                    rows[item_id].update(shown(said, turns, len(slate)))
            slates = [slates[1], []]
        known.update(item_id for _, _, item_id in marks)
    for item_id, liked in answers.items():
        if item_id in known:
            yield Opinion(int(dialogue["conversationId"]), tuple(sorted(rows[item_id])), not liked)


def table(found: list[Opinion]) -> sparse.csr_matrix:
    """``[opinions, SIZE]`` of ones."""
    ends = np.cumsum([0, *(len(opinion.rows) for opinion in found)])
    columns = np.array([row for opinion in found for row in opinion.rows])
    return sparse.csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(found), SIZE))


def fit(x: sparse.csr_matrix, disliked: NDArray[np.bool_], ridge: float) -> NDArray[np.float64]:
    """Weights of a logistic regression in which both classes weigh the same, ``[SIZE]``."""
    share = disliked.mean()
    weight = np.where(disliked, 0.5 / share, 0.5 / (1 - share))

    def loss(b: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        log_odds = x @ b
        chance = 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))
        likelihood = float((weight * (np.logaddexp(0, log_odds) - disliked * log_odds)).sum())
        return likelihood + ridge / 2 * float(b @ b), x.T @ (weight * (chance - disliked)) + ridge * b

    return np.asarray(minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 100}).x)


def balanced_accuracy(log_odds: NDArray[np.float64], disliked: NDArray[np.bool_]) -> float:
    """Mean of the shares of both classes that log-odds above and below 0 get right."""
    return float(((log_odds > 0)[disliked].mean() + (log_odds <= 0)[~disliked].mean()) / 2)


def main(arguments: list[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where the dialogues cannot be read."""
    parser = argparse.ArgumentParser(
        prog="python -m training.liking", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--dialogues", type=Path, required=True, help="ReDial's JSON lines")
    parser.add_argument("--out", type=Path, required=True, help="folder for liking.safetensors")
    parser.add_argument("--rare", type=int, default=8, help="features of fewer opinions are left out")
    parser.add_argument("--ridge", type=float, default=150.0)
    chosen = parser.parse_args(arguments)
    phrases = Phrases.load()
    try:
        lines = chosen.dialogues.read_text(encoding="utf-8").splitlines()
        found = [opinion for line in lines for opinion in opinions(json.loads(line), phrases)]
    except (OSError, ValueError, KeyError) as error:
        print(f"{chosen.dialogues} cannot be read: {error}", file=sys.stderr)
        return 2
    x, disliked = table(found), np.array([opinion.disliked for opinion in found])
    if not disliked.any() or disliked.all():
        print(f"{chosen.dialogues} has no film that was liked or none that was disliked", file=sys.stderr)
        return 2
    frequent = np.asarray(x.sum(axis=0)).ravel() >= chosen.rare
    x = sparse.csr_matrix(x @ sparse.diags(frequent.astype(np.float32)))
    fold = np.array([opinion.dialogue % FOLDS for opinion in found])
    log_odds = np.zeros(len(found))
    for held in range(FOLDS):
        log_odds[fold == held] = x[fold == held] @ fit(x[fold != held], disliked[fold != held], chosen.ridge)
    weights = fit(x, disliked, chosen.ridge) * frequent
    chosen.out.mkdir(parents=True, exist_ok=True)
    save_file({TENSOR: weights.astype(np.float16)}, chosen.out / "liking.safetensors")
    print(f"{len(found)} opinions, {disliked.sum()} of them dislikes; {frequent.sum()} features")
    print(f"balanced accuracy, {FOLDS} folds of dialogues: {balanced_accuracy(log_odds, disliked):.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
