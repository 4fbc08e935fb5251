"""The weights of `domain.linking`: what speaks for words being a title, by logistic regression on marked dialogues.

ReDial marks every film. The marks are replaced by titles as people type them (`training.corruption`); a run of words
that could be a title is one if a mark of that title stood there, else it is ordinary words. Prints the weights that
stand in `domain.linking`, so that they can be made again; needs a built catalogue for every domain that is named.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.catalog import Catalog, CatalogError, Item
from domain.linking import WEIGHTS, Linker, normal, tokens
from training.corruption import corrupt

MENTION = re.compile(r"@(\d+)\b")
RIDGE = 1.0
AT_EDGES = 7
"""A mark and a run of words are the same place if their edges are no further apart: an article, a bracket."""


Mark = tuple[int, int, set[str]]
"""Start and end of a title in a text, and the normal forms of the titles that are meant."""


@dataclass(frozen=True)
class Typed:
    """A message whose marked titles were replaced by what people type.

    Attributes:
        text: what the person would have typed.
        spans: ``(start, end, id of the mark)``, in code points, end exclusive.
    """

    text: str
    spans: tuple[tuple[int, int, str], ...]


def typed(text: str, titles: Mapping[str, str], chance: random.Random) -> Typed:
    """Replace every mark of a film by its title, corrupted.

    Args:
        text: a message of ReDial's: ``Have you seen @12345?``.
        titles: of the marks to replace; others stay.
        chance: draws the corruption.
    """
    parts: list[str] = []
    spans: list[tuple[int, int, str]] = []
    end = length = 0
    for match in MENTION.finditer(text):
        if match[1] not in titles:
            continue
        before, name = text[end : match.start()], corrupt(titles[match[1]], chance)
        parts += [before, name]
        length += len(before)
        spans.append((length, length + len(name), match[1]))
        length += len(name)
        end = match.end()
    return Typed("".join([*parts, text[end:]]), tuple(spans))


class Namesakes:
    """ReDial's films in a catalogue: by id and title where the ids are ReDial's, else by title and year."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._by_name = {_title_and_year(item.name): item for item in reversed(catalog)}

    def item(self, mark: str, name: str) -> Item | None:
        """The item that is meant.

        Args:
            mark: ReDial's id.
            name: as ReDial calls it: ``Pulp Fiction (1994)``.
        """
        title, year = _title_and_year(name)
        same = self._catalog.get(mark)
        return same if same and normal(same.title) == title else self._by_name.get((title, year))


def _title_and_year(name: str) -> tuple[str, str]:
    dated = re.search(r"\s*\((\d{4})\)\s*$", name)
    return normal(name[: dated.start()] if dated else name), dated[1] if dated else ""


def examples(
    catalog: Catalog, dialogues: list[dict[str, Any]], seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Runs of words that could be titles.

    Returns:
        what speaks for them, ``[examples, WEIGHTS]``, and whether they are, ``[examples]``.
    """
    linker, namesakes = Linker(catalog), Namesakes(catalog)
    chance = random.Random(seed)  # noqa: S311
    rows: list[NDArray[np.float64]] = []
    right: list[bool] = []
    for message, titles in marked_messages(dialogues, namesakes):
        for _, evidence, hit in runs(*retyped(message, titles, chance), linker, catalog):
            rows.append(evidence)
            right.append(hit)
    return np.array(rows), np.array(right, dtype=np.float64)


def retyped(message: str, titles: Mapping[str, str], chance: random.Random) -> tuple[str, list[Mark]]:
    """A message of ReDial's as people would have typed it, and where titles stand in it."""
    written = typed(message, titles, chance)
    return written.text, [(start, end, {_title_and_year(titles[i])[0]}) for start, end, i in written.spans]


def runs(
    text: str, marks: Sequence[Mark], linker: Linker, catalog: Catalog
) -> Iterator[tuple[tuple[int, int], NDArray[np.float64], bool]]:
    """(place, what speaks for a title, whether it is one) of every run of words that could be one."""
    words = tokens(text)
    for candidate in linker.candidates(words):
        start, end = words[candidate.first].start, words[candidate.last - 1].end
        near = [mark for mark in marks if start < mark[1] and mark[0] < end]
        evidence = linker.evidence(text, words, candidate)
        meant = {normal(catalog[column].title) for column in candidate.columns}
        same = [mark for mark in near if abs(mark[0] - start) <= AT_EDGES and abs(mark[1] - end) <= AT_EDGES]
        hit = any(mark[2] & meant for mark in same)
        # A part of a title is neither: the longer name is judged first.
        if evidence is not None and (hit or not near):
            yield (start, end), evidence, hit


def marked_messages(dialogues: list[dict[str, Any]], namesakes: Namesakes) -> Iterator[tuple[str, dict[str, str]]]:
    """Every message of some of ReDial's dialogues, with the titles of its marks that the catalogue has."""
    for dialogue in dialogues:
        mentioned = dict(dialogue["movieMentions"] or {})
        titles = {i: name for i, name in mentioned.items() if name and namesakes.item(i, name)}
        for message in dialogue["messages"]:
            yield message["text"], titles


def fit(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights of a logistic regression, ridge on all but the first.

    Args:
        x: ``[examples, features]``, the first of which is 1.
        y: ``[examples]``, 0 or 1.
    """
    from scipy.optimize import minimize

    shrunk = np.full(x.shape[1], RIDGE)
    shrunk[0] = 0.0

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        log_odds = x @ weights
        likelihood = np.logaddexp(0, log_odds).sum() - y @ log_odds
        chance = 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))
        return float(likelihood + weights @ (shrunk * weights) / 2), x.T @ (chance - y) + shrunk * weights

    return np.asarray(minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x)


def f1(log_odds: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """F1 of taking all for titles whose log-odds are above 0."""
    taken = log_odds > 0
    return float(2 * right[taken].sum() / max(taken.sum() + right.sum(), 1))


def main(arguments: list[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where a file cannot be used."""
    parser = argparse.ArgumentParser(
        prog="python -m training.linking", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--dialogues", type=Path, required=True, help="ReDial's JSON lines")
    parser.add_argument("--catalog", type=Path, nargs="+", required=True, help="catalog.json of built domains")
    chosen = parser.parse_args(arguments)
    try:
        dialogues = [json.loads(line) for line in chosen.dialogues.read_text(encoding="utf-8").splitlines()]
        parts = [examples(Catalog.load(path), dialogues, seed) for seed, path in enumerate(chosen.catalog, 1)]
    except (OSError, ValueError, CatalogError) as error:
        print(error, file=sys.stderr)
        return 2
    x, y = np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    weights = fit(x, y)
    print(f"{len(y)} runs of words, {y.mean():.3f} of them titles")
    for name, weight in zip(WEIGHTS, weights, strict=True):
        print(f'    "{name}": {weight:.2f},')
    # Films that nobody marked count as ordinary words here, so the best threshold lies below even odds.
    for lower in np.arange(0, 1.01, 0.25):
        print(f"log-odds raised by {lower:.2f}: F1 {f1(x @ weights + lower, y):.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
