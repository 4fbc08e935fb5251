"""What items probably are that nobody has said of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from domain.artifact import (
    DESCRIBED_VALUES,
    LIKELY_CHANCES,
    LIKELY_ITEMS,
    LIKELY_SURE,
    LIKELY_VALUES,
    ArtifactError,
)

Columns = NDArray[np.int32]


class Likely:
    """What `export.likely` tells of the items of one catalogue."""

    def __init__(self, told: Mapping[tuple[str, str], tuple[Columns, NDArray[np.float32], NDArray[np.bool_]]]) -> None:
        """Put it together.

        Args:
            told: (attribute, value) -> columns of items that nobody says have it, how probable it is of each, and
                whether it is taken to be so.
        """
        self._told = told

    @classmethod
    def load(cls, path: Path) -> Likely:
        """Read a file that `export.likely` wrote; it knows nothing if there is none.

        Raises:
            ArtifactError: it cannot be used.
        """
        if not path.is_file():
            return cls({})
        try:
            with safe_open(path, "numpy") as file:
                names = (LIKELY_ITEMS, LIKELY_VALUES, LIKELY_CHANCES, LIKELY_SURE)
                items, values, chances, sure = (file.get_tensor(name) for name in names)
                pairs = [
                    (str(attribute), str(value)) for attribute, value in json.loads(file.metadata()[DESCRIBED_VALUES])
                ]
        except (OSError, TypeError, ValueError, KeyError, SafetensorError) as error:
            raise ArtifactError(f"what items probably are cannot be read from {path}: {error}") from error
        ends = np.searchsorted(values, np.arange(len(pairs) + 1))
        parts = [slice(*ends[at : at + 2]) for at in range(len(pairs))]
        told = ((items[part], chances[part].astype(np.float32), sure[part]) for part in parts)
        return cls(dict(zip(pairs, told, strict=True)))

    def chances(self, attribute: str, value: str) -> tuple[Columns, NDArray[np.float32]]:
        """Items that probably have a value, though nobody says so, and how probably."""
        columns, chances, _ = self._told.get((attribute, value), _NOTHING)
        return columns, chances

    def surely(self, attribute: str, value: str) -> Columns:
        """Those of them that are taken to have it."""
        columns, _, sure = self._told.get((attribute, value), _NOTHING)
        return columns[sure]


_NOTHING = (np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.bool_))
UNKNOWN = Likely({})
"""Of a catalogue of which nothing was learned."""
