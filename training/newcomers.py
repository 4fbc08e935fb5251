"""Items that nobody has liked yet: they are placed among the items that are described as they are."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse

from domain.catalog import Catalog
from training.content import attribute_table, word_table
from training.vae import Generator

ALIKE = 100
"""So many known items stand for a newcomer."""
WORDS = 0.5
"""What alike words count beside alike attributes."""
BLOCK = 200


def placements(catalog: Catalog, likes: NDArray[np.floating]) -> sparse.csr_matrix:
    """Which known items stand for which newcomers.

    Args:
        catalog: N items.
        likes: how many people liked each, ``[N]``; newcomers have none.

    Returns:
        float32 CSR ``[N, N]``: rows of newcomers hold weights that add up to 1, in proportion to the squared likeness;
        the rows of the others, and of newcomers like nothing known, are empty.
    """
    new, known = np.flatnonzero(likes == 0), np.flatnonzero(likes > 0)
    tables = [(attribute_table(catalog)[0], 1.0), (word_table(catalog)[0], WORDS)]
    rows, columns, weights = [], [], []
    for start in range(0, len(new), BLOCK):
        some = new[start : start + BLOCK]
        alike = sum(weight * (table[some] @ table[known].T) for table, weight in tables)
        for item, row in zip(some, np.asarray(alike.toarray()), strict=True):
            best = np.argsort(-row, kind="stable")[:ALIKE]
            best = best[row[best] > 0]
            rows += [item] * len(best)
            columns += list(known[best])
            weights += list(np.square(row[best]) / np.square(row[best]).sum())
    shape = len(catalog), len(catalog)
    return sparse.csr_matrix((np.asarray(weights, dtype=np.float32), (rows, columns)), shape=shape)


@torch.no_grad()
def place(generator: Generator, places: sparse.csr_matrix) -> None:
    """Give newcomers what the items have, on average, that stand for them: in both paths and as popularity.

    An average of a hundred is seldom the best of all, so newcomers come up where they are asked for by what they are,
    or where little else is left, and crowd out nothing.
    """
    new = np.flatnonzero(np.diff(places.indptr))
    if not len(new):
        return
    generator.linear.place(new, places)
    at, mean = torch.from_numpy(new), places[new]
    for table in (generator.embedding, generator.output.weight, generator.output.bias, generator.popularity):
        table[at] = torch.from_numpy(mean @ table.detach().cpu().numpy()).to(table.device)
