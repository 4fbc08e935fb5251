"""What items probably are though nobody says so, by what else is said: a film of three moods may have a fourth."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from domain.artifact import DESCRIBED_VALUES, LIKELY_CHANCES, LIKELY_ITEMS, LIKELY_SURE, LIKELY_VALUES
from domain.catalog import FEELING, Catalog
from domain.searching import names

Floats = NDArray[np.float32]

SEVERAL = 1.5
"""An attribute is completed if the items of which it is told have so many of its values on average: others are told in
full."""
FEWEST_ITEMS = 100
"""Of fewer items that are described nothing is learned."""
FEWEST_EXAMPLES = 10
"""Of a value that fewer items have, nothing is learned."""
MEANS = 6.0
"""What the vector of an item's text counts beside its other values, each 1."""
RIDGE = 30.0
"""The penalty: of 3, 10 and 30 the one with the best mean AUC on items left out, on the default films."""
LEAST_CHANCE = 0.15
"""What is less probable is not kept."""
SURE_CHANCE = 0.4
"""An item is taken to have a value if that is so probable, and as probable as of half of those that have it."""


def complete(catalog: Catalog, vectors: Floats, path: Path) -> int:
    """Write how probably items have values of which nothing is told.

    Each value is regressed (ridge) on what an item's text means, its values of other attributes and its levels, over
    the items of which anything of the attribute is told. What is predicted of an item is predicted without it: leave
    one out, in closed form.

    Args:
        catalog: items and their values.
        vectors: what each item means, ``[items, width]``.
        path: of the file that is written, or removed where there is nothing to tell.

    Returns:
        how many probabilities were written.
    """
    tables = _tables(catalog)
    kept: list[tuple[NDArray[np.int32], int, Floats, NDArray[np.bool_]]] = []
    values: list[tuple[str, str]] = []
    for attribute, table in tables.items():
        told = np.flatnonzero(table.any(axis=1))
        if len(told) < FEWEST_ITEMS or table.sum() < SEVERAL * len(told):
            continue
        others = [other[told] for name, other in tables.items() if name != attribute]
        features = np.hstack([MEANS * _centred(vectors[told]), *others, _levels(catalog)[told]])
        had = table[told]
        chances = left_out(features, had)
        for at, value in enumerate(catalog.values[attribute]):
            has = had[:, at] > 0
            if has.sum() < FEWEST_EXAMPLES:
                continue
            sure = max(float(np.median(chances[has, at])), SURE_CHANCE)
            new = np.flatnonzero(~has & (chances[:, at] >= LEAST_CHANCE))
            kept.append((told[new].astype(np.int32), len(values), chances[new, at], chances[new, at] >= sure))
            values.append((attribute, value))
    path.unlink(missing_ok=True)
    if not kept:
        return 0
    tensors = {
        LIKELY_ITEMS: np.concatenate([items for items, *_ in kept]),
        LIKELY_VALUES: np.concatenate([np.full(len(items), at, dtype=np.int16) for items, at, *_ in kept]),
        LIKELY_CHANCES: np.concatenate([chances for *_, chances, _ in kept]).clip(0, 1).astype(np.float16),
        LIKELY_SURE: np.concatenate([sure for *_, sure in kept]),
    }
    save_file(tensors, path, {DESCRIBED_VALUES: json.dumps(values)})
    return len(tensors[LIKELY_ITEMS])


def _tables(catalog: Catalog) -> Mapping[str, Floats]:
    """Attribute -> which items have which of its values ``[items, values]``, 0 or 1; of what says what items are."""
    attributes = dict.fromkeys((*catalog.vocabulary.ask, *catalog.vocabulary.telling, FEELING))
    tables = {}
    for name in attributes:
        if name in catalog.values and name not in names(catalog):
            tables[name] = np.zeros((len(catalog), len(catalog.values[name])), dtype=np.float32)
            for at, columns in enumerate(catalog.values[name].values()):
                tables[name][list(columns), at] = 1
    return tables


def _centred(vectors: Floats) -> Floats:
    """Rows less their mean, of length 1."""
    moved = vectors.astype(np.float32) - vectors.mean(axis=0, dtype=np.float32)
    return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6), dtype=np.float32)


def _levels(catalog: Catalog) -> Floats:
    """How much of each level items have ``[items, levels]``, standardised; what is not known is the mean."""
    told = [[item.number(name) for name in catalog.vocabulary.levels] for item in catalog]
    levels = np.array(told, dtype=np.float32).reshape(len(catalog), -1)
    known = np.isfinite(levels)
    mean = np.where(known, levels, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    moved = np.where(known, levels - mean, 0)
    return np.asarray(moved / np.maximum(moved.std(axis=0), 1e-6), dtype=np.float32)


def left_out(features: Floats, had: Floats) -> Floats:
    """What ridge regression predicts of each item from all others ``[items, values]``.

    With the hat matrix H, the prediction without item i is (Hy - h_ii y_i) / (1 - h_ii).
    """
    wide = np.hstack([features, np.ones((len(features), 1), dtype=np.float32)])
    inverse = np.linalg.inv(wide.T @ wide + RIDGE * np.eye(wide.shape[1], dtype=np.float32))
    own = ((wide @ inverse) * wide).sum(axis=1)[:, None]
    return np.asarray((wide @ (inverse @ (wide.T @ had)) - own * had) / (1 - own), dtype=np.float32)
