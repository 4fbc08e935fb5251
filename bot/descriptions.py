"""What the encoder reads of a description -> the attribute values that it means, by a layer that was learned."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from bot.encoder import Vector
from domain.artifact import DESCRIBED_VALUES, ArtifactError
from domain.catalog import Catalog
from domain.lexicon import Pairs
from domain.searching import LITTLE_KNOWN

SURE, BESIDE = 0.5, 0.25
"""A description means the values of at least the second probability, if they together reach the first."""
OF_A_WORD = 0.7
"""What they have to reach of a single word, which tells less of what is meant."""


class Descriptions:
    """Knows the values of one catalogue that descriptions mean. Safe to call from several threads."""

    def __init__(
        self,
        weight: NDArray[np.float32],
        bias: NDArray[np.float32],
        center: NDArray[np.float32],
        values: Pairs,
        catalog: Catalog,
    ) -> None:
        """Put it together.

        Args:
            weight: ``[values + 1, width]``, float32; the last row is of what means none of them.
            bias: ``[values + 1]``.
            center: what texts mean on average, ``[width]``.
            values: (attribute, value) pairs, in the order of the rows.
            catalog: values that it does not have are not told.
        """
        self._weight, self._bias, self._center, self._values = weight, bias, center, values
        here = [value in catalog.values.get(attribute, {}) for attribute, value in values]
        self._here = np.array(here, dtype=np.float32)
        self._wide = np.array([pair == LITTLE_KNOWN for pair in values], dtype=np.float32)

    @classmethod
    def load(cls, path: Path, catalog: Catalog) -> Descriptions | None:
        """Read what `training.descriptions` wrote; None if there is no such file.

        Raises:
            ArtifactError: it cannot be used.
        """
        if not path.is_file():
            return None
        try:
            with safe_open(path, "numpy") as told:
                weight, bias, center = (
                    told.get_tensor(name).astype(np.float32) for name in ("weight", "bias", "center")
                )
                named = json.loads(told.metadata()[DESCRIBED_VALUES])
                values = tuple((str(attribute), str(value)) for attribute, value in named)
        except (OSError, TypeError, ValueError, KeyError, SafetensorError) as error:
            raise ArtifactError(f"what descriptions mean cannot be read from {path}: {error}") from error
        if weight.shape != (len(values) + 1, *center.shape) or bias.shape != (len(values) + 1,):
            raise ArtifactError(f"{path} does not tell of as many values as it names")
        return cls(weight, bias, center, values, catalog)

    @property
    def known(self) -> Pairs:
        """The (attribute, value) pairs that it can tell, of the catalogue or not."""
        return self._values

    def chances(self, meant: Vector) -> NDArray[np.float32]:
        """The probability of each value ``[values]``, of what a text means ``[width]``; 0 where it is not here."""
        chances: NDArray[np.float32] = self._chances(meant) * self._here
        return chances

    def chances_of(self, meant: Vector) -> Mapping[tuple[str, str], float]:
        """The same by (attribute, value) pairs, and of `LITTLE_KNOWN`."""
        told = self._chances(meant) * np.maximum(self._here, self._wide)
        return dict(zip(self._values, map(float, told), strict=True))

    def _chances(self, meant: Vector) -> NDArray[np.float32]:
        moved = meant - self._center
        logits = self._weight @ (moved / (np.linalg.norm(moved) or 1.0)) + self._bias
        odds = np.exp(logits - logits.max())
        chances: NDArray[np.float32] = (odds / odds.sum())[:-1]
        return chances

    def values(self, meant: Vector) -> tuple[Pairs, float]:
        """The values that a text may mean, the likeliest first, and how sure that is: 0 to 1."""
        chances = self.chances(meant)
        order = np.argsort(-chances, kind="stable")
        kept = [at for place, at in enumerate(order) if not place or chances[at] >= BESIDE]
        return tuple(self._values[at] for at in kept), float(sum(chances[at] for at in kept))
