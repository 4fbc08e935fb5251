"""What a message is by its meaning: a cry for help, a story that is told, a question of an item.

Part of the glue between today's reader and what is known of the items; cries for help stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from bot.encoder import Encoder
from domain.artifact import HEADS
from domain.searching import ASKED, PREFIX

READ = 1_000
"""Characters of a message that are read."""


class Heads:
    """Judges messages; made once an encoder, then used by any thread."""

    def __init__(self, encoder: Encoder, weights: Mapping[str, NDArray[np.float32]]) -> None:
        self._encoder = encoder
        self._weights = weights

    @classmethod
    def load(cls, folder: Path, encoder: Encoder) -> Heads | None:
        """What `training.heads` learned for an encoder; None where it is not there."""
        try:
            weights = load_file(folder / HEADS)
            return cls(encoder, weights) if len(weights["asks.bias"]) == len(ASKED) else None
        except (OSError, SafetensorError, KeyError):
            return None

    def is_trouble(self, text: str) -> bool:
        """Whether somebody cries for help."""
        return self._class("trouble", text) == 1

    def is_story(self, text: str) -> bool:
        """Whether a message tells of what happens in something, to have it found."""
        return self._class("story", text) == 1

    def asks(self, text: str) -> str | None:
        """The attribute that a message asks of an item; None if it asks for none.

        Args:
            text: with "it" where the item is named.
        """
        return ASKED[self._class("asks", text)] or None

    def _class(self, name: str, text: str) -> int:
        meaning = self._encoder.read(PREFIX + text[:READ]).whole
        w = self._weights
        logits = (meaning - w[f"{name}.mean"]) @ w[f"{name}.weight"] + w[f"{name}.bias"]
        return int(logits.argmax())
