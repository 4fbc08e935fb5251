"""How alike items are in each thing that is said of them: attribute values, numbers, words and meaning.

What is not said of an item makes it neither like nor unlike another: each aspect is centred on the items of which
something is said, and 0 elsewhere. So how much is said of an item, which is more for well-known ones, decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from domain.catalog import Catalog
from training.content import attribute_tables, text_table

NEAR = 0.25
"""Numbers so many standard deviations apart are alike by a factor of 1/e: films, about 4 years."""
NOTHING = 1e-6
"""Less spread than this among the anchors says nothing."""

Columns = NDArray[np.integer]
Kernel = NDArray[np.float32]


class Aspect(Protocol):
    """One thing that is said of items."""

    def said(self, anchors: Columns) -> NDArray[np.bool_]:
        """Of which items something is said that can be compared with what is said of the anchors, ``[N]``."""

    def alike(self, some: Columns, others: Columns) -> Kernel:
        """A positive definite likeness, ``[some, others]``."""


@dataclass(frozen=True)
class Values:
    """Products of rows: of tf-idf tables, so that rare values that two share count more than common ones.

    Attributes:
        table: CSR ``[N, values]``, rows of length 1, or empty.
    """

    table: sparse.csr_matrix

    def said(self, anchors: Columns) -> NDArray[np.bool_]:
        """See `Aspect.said`: a value that an anchor has, too."""
        shared = np.asarray(self.table[anchors].sum(axis=0)).ravel() > 0
        return np.asarray(self.table @ shared.astype(np.float32) > 0)

    def alike(self, some: Columns, others: Columns) -> Kernel:
        """See `Aspect.alike`: the cosine."""
        return np.asarray((self.table[some] @ self.table[others].T).toarray(), dtype=np.float32)


@dataclass(frozen=True)
class Meaning:
    """Cosine of sentence vectors.

    Attributes:
        vectors: float32 ``[N, d]``, rows of length 1, or zeros where there is no text.
    """

    vectors: NDArray[np.float32]

    def said(self, anchors: Columns) -> NDArray[np.bool_]:
        """See `Aspect.said`."""
        return np.asarray(self.vectors.any(axis=1))

    def alike(self, some: Columns, others: Columns) -> Kernel:
        """See `Aspect.alike`: the cosine."""
        return np.asarray(self.vectors[some] @ self.vectors[others].T)


@dataclass(frozen=True)
class Numbers:
    """exp(-|x - y| / width): years, lengths, ages.

    Attributes:
        values: float32 ``[N]``, NaN where unknown.
        width: in units of the values.
    """

    values: NDArray[np.float32]
    width: float

    def said(self, anchors: Columns) -> NDArray[np.bool_]:
        """See `Aspect.said`."""
        return np.isfinite(self.values)

    def alike(self, some: Columns, others: Columns) -> Kernel:
        """See `Aspect.alike`."""
        known = np.nan_to_num(self.values)
        apart = np.abs(known[some][:, None] - known[others][None])  # (some, others)
        return np.asarray(np.exp(-apart / self.width), dtype=np.float32)


def aspects(catalog: Catalog, meaning: NDArray[np.floating] | None = None) -> Iterator[Aspect]:
    """All that is said of the items of a catalogue.

    Args:
        catalog: N items.
        meaning: sentence vectors ``[N, d]``, rows of zeros where there is no text; None if there are none. Those of
            items without a description are left out, and the words of titles and descriptions are kept apart: else
            descriptions were alike because they are some.
    """
    yield from map(Values, attribute_tables(catalog).values())
    yield Values(text_table((item.title for item in catalog), len(catalog)))
    yield Values(text_table((item.description or "" for item in catalog), len(catalog)))
    names = {name for item in catalog for name, value in item.attributes.items() if isinstance(value, float)}
    for name in ("year", *sorted(names)):
        numbers = (item.number(name) for item in catalog)
        values = np.array([np.nan if number is None else number for number in numbers], dtype=np.float32)
        if len(np.unique(values[np.isfinite(values)])) > 1:
            yield Numbers(values, NEAR * float(np.nanstd(values)))
    if meaning is not None:
        described = np.array([bool(item.description) for item in catalog])  # [N]; a bare title's says that it is bare
        vectors = np.asarray(meaning, dtype=np.float32) * described[:, None]
        yield Meaning(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))


class Centred:
    """An aspect less what the anchors have in common, in units in which an anchor is, on average, like itself by 1.

    With the kernel k and the means over the anchors a of which it says something, k(x, y) - mean k(x, a) - mean k(a, y)
    + mean k(a, a'): the products of the features less their mean (Schölkopf et al., Neural Computation 1998, eq. 31).
    """

    def __init__(self, aspect: Aspect, anchors: Columns) -> None:
        self.aspect, self.anchors = aspect, anchors
        self.said = aspect.said(anchors)  # (N)
        told = self.said[anchors]  # (A)
        self.scale = 1.0
        self.means, self.mean = np.zeros(len(anchors), dtype=np.float32), np.float32(0)
        if told.any():
            raw = aspect.alike(anchors, anchors)  # (A, A)
            self.means = raw[:, told].mean(1)
            self.mean = self.means[told].mean()
            self.scale = float((raw.diagonal() - 2 * self.means + self.mean)[told].mean())
        if not told.any() or self.scale < NOTHING:
            self.said = np.zeros_like(self.said)

    def __call__(self, some: Columns) -> Kernel:
        """Likeness of some items to the anchors, ``[some, A]``; 0 where nothing is said of either."""
        told, said = self.said[self.anchors], self.said[some]
        if not said.any():
            return np.zeros((len(some), len(self.anchors)), dtype=np.float32)
        raw = self.aspect.alike(some, self.anchors)  # (some, A)
        centred = raw - raw[:, told].mean(1)[:, None] - self.means + self.mean
        return np.asarray(centred / self.scale * said[:, None] * told, dtype=np.float32)
