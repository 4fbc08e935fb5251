"""How much items are like some others by what they are: the values that they share, and what their texts mean."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from domain.catalog import Catalog, Item

BY_VALUES, BY_MEANING = 20.0, 15.0
"""What it is worth to share all values, and to mean the same, in standard deviations of the recommender's scores: what
people who like the one also like is little but well known where a single item is told of."""
COMMON = 25
"""A value of fewer items counts no more than one of so many: who wants the like of a film does not want its sequel."""
UNLIKE, OF_SEVERAL = 0.2, 2.0
"""The least that it is worth to be like one of several, and what the geometric mean of them is multiplied by: it is
lower than that of one."""
FEW = 1
"""Of so many liked items at most is the like looked for where it was not asked for: of more, the recommender knows."""
KNOWN = 20
"""Of an item that so many people have had to do with, the recommender tells as much as what it is."""


class Likeness:
    """Compares the items of one catalogue; made once a catalogue."""

    def __init__(self, catalog: Catalog, vectors: NDArray[np.float16] | None) -> None:
        """Prepare to compare.

        Args:
            catalog: whose attributes count as `Vocabulary.ask` and `telling` say.
            vectors: what the text of each item means ``[items, size]``, of unit length; None if that is not known.
        """
        self._catalog = catalog
        names = dict.fromkeys((*catalog.vocabulary.ask[:1], *catalog.vocabulary.telling))
        self._rarity = {
            (name, value): math.log(len(catalog) / min(max(len(columns), COMMON), len(catalog)))
            for name in names
            for value, columns in catalog.values.get(name, {}).items()
        }
        self._lengths = np.array([math.sqrt(sum(r * r for _, r in self._told(item))) or 1.0 for item in catalog])
        self._meanings = None if vectors is None else _centred(vectors)

    def of(self, items: Sequence[Item]) -> NDArray[np.float64]:
        """What it is worth for each item to be like some others, ``[items]``; nothing where there are none.

        Who asks for the like of several wants something of all of them at once: the geometric mean counts.
        """
        if len(items) < 2:
            return self._mean([self._of_one(item) for item in items])
        logs = [np.log(np.maximum(self._of_one(item), UNLIKE)) for item in items]
        return np.asarray(OF_SEVERAL * np.exp(np.mean(logs, axis=0)))

    def of_liked(self, items: Sequence[Item]) -> NDArray[np.float64]:
        """The same where their like was not asked for: the less, the more the recommender knows of them."""
        return self._mean([self._of_one(item) * KNOWN / (KNOWN + item.raters) for item in items])

    def _mean(self, worth: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        return np.asarray(np.mean(worth, axis=0)) if worth else np.zeros(len(self._catalog))

    def _of_one(self, item: Item) -> NDArray[np.float64]:
        column, shared = self._catalog.column(item.item_id), np.zeros(len(self._catalog))
        if column is None:
            return shared
        for (name, value), rarity in self._told(self._catalog[column]):
            shared[list(self._catalog.values[name][value])] += rarity * rarity
        worth: NDArray[np.float64] = BY_VALUES * shared / self._lengths / self._lengths[column]
        if self._meanings is not None:
            worth += BY_MEANING * (self._meanings @ self._meanings[column])
        return worth

    def _told(self, item: Item) -> list[tuple[tuple[str, str], float]]:
        """The values of an item that count, and how rare each is."""
        pairs = ((name, value) for name in item.attributes for value in item.values(name))
        return [(pair, self._rarity[pair]) for pair in pairs if pair in self._rarity]


def _centred(vectors: NDArray[np.float16]) -> NDArray[np.float32]:
    """Vectors without what all of them have in common, of unit length again."""
    apart = vectors.astype(np.float32) - vectors.mean(axis=0, dtype=np.float32)
    lengths: NDArray[np.float32] = np.linalg.norm(apart, axis=1, keepdims=True)
    return np.asarray(apart / np.maximum(lengths, 1e-9))
