"""What a person is doing with a message, by what it means and what was read in it: a linear model over both.

Rules read what is said in so many words (`bot.intent`); people find other words. This weighs the meaning of the message
and of the bot's message before it (vectors of a sentence encoder) together with what the rules found, by weights that
`training.intents` learned from annotated messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

Intent = Literal[
    "recommend", "prefer", "critique", "accept", "reject", "ask_item", "correct", "chat", "greet", "leave", "other"
]
INTENTS: tuple[Intent, ...] = get_args(Intent)

SHIPPED = Path(__file__).parent.parent / "weights" / "intents" / "intents.safetensors"
TEXT, BEFORE, CLUES, BIAS = "text", "before", "clues", "bias"
"""Names of the tensors: ``[width, intents]`` twice, ``[clues, intents]``, ``[intents]``."""
SHORT, LONG = 15, 80
"""Characters below and above which a message is short or long."""


@dataclass(frozen=True, slots=True)
class Clues:
    """What was read in a message and of what stands before it.

    Attributes:
        rule: the intent by rules alone.
        text: the message, titles left out.
        shown: how many items the bot's message before it names.
        asked: whether that message asks something.
        begins: nothing was said before.
        named, pointed, liked, disliked: whether an item is.
        wanted, unwanted: whether an attribute is.
    """

    rule: Intent
    text: str
    shown: int = 0
    asked: bool = False
    begins: bool = False
    named: bool = False
    pointed: bool = False
    liked: bool = False
    disliked: bool = False
    wanted: bool = False
    unwanted: bool = False

    def vector(self) -> NDArray[np.float32]:
        """Float32 ``[clues]``."""
        flags = (*astuple(self)[3:], self.shown == 1, self.shown > 1, "?" in self.text)
        size = len(self.text.strip()) < SHORT, len(self.text) > LONG
        return np.array([*(self.rule == intent for intent in INTENTS), *flags, *size], dtype=np.float32)


class IntentModel:
    """The weights; made once, then used by any thread."""

    def __init__(self, weights: Mapping[str, NDArray[np.float32]]) -> None:
        self._weights = weights

    @classmethod
    def load(cls, path: Path = SHIPPED) -> IntentModel | None:
        """Read the weights; None where there are none."""
        try:
            weights = load_file(path)
        except (OSError, SafetensorError):
            return None
        return cls(weights) if {TEXT, BEFORE, CLUES, BIAS} <= weights.keys() else None

    def odds(self, text: NDArray[np.float32], before: NDArray[np.float32], clues: Clues) -> NDArray[np.float32]:
        """Logarithms of the odds of every intent, in the order of `INTENTS`, up to a constant.

        Args:
            text: what the message means, ``[width]``, of length 1.
            before: what the bot's message before it means; zeros if there is none.
            clues: what was read in it.
        """
        w = self._weights
        odds: NDArray[np.float32] = text @ w[TEXT] + before @ w[BEFORE] + clues.vector() @ w[CLUES] + w[BIAS]
        return odds

    def intent(self, text: NDArray[np.float32], before: NDArray[np.float32], clues: Clues) -> Intent:
        """The likeliest intent."""
        return INTENTS[int(self.odds(text, before, clues).argmax())]
