"""What a message means: what its writer is doing, wants and likes, by linear models over vectors and what rules read.

Rules read what is said in so many words (`domain.stance`, `bot.intent`); people find other words. These models weigh
what the words mean, as vectors of a sentence encoder, together with what the rules found. Their weights were learned
by `training.understanding` from annotated messages.
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

from domain.stance import Polarity

Intent = Literal[
    "recommend", "prefer", "critique", "accept", "reject", "ask_item", "correct", "chat", "greet", "leave", "other"
]
INTENTS: tuple[Intent, ...] = get_args(Intent)
POLARITIES: tuple[Polarity, ...] = (-1, 0, 1)

TITLE, INTENT, WISH, LIKING = "title", "intent", "wish", "liking"
"""The models: of words that may be a title, of a message, of words for an attribute's value, of words for an item."""
MEANING, BEFORE, CLUES, BIAS = "meaning", "before", "clues", "bias"
"""A model's tensors, ``intent.clues`` and so on: ``[width, classes]`` twice, ``[clues, classes]``, ``[classes]``."""
HEARD = slice(len(POLARITIES), len(POLARITIES) + len(INTENTS))
"""Where the intent stands in the clues of `WISH` and `LIKING`."""
DOUBT = 1.0
"""So much likelier, in logarithms of odds, must it be that something is taken back before it is, if no rule says so."""
WISH_DOUBT = 2.0
"""Likewise, before a wish by rule is dropped or turned round."""
SEEN_DOUBT = 3.0
"""Likewise, before what was but seen is taken to be liked or not."""
LIKING_DOUBT = 1.0
"""Likewise, before a liking by rule is dropped or turned round."""
FAR = 8.0
"""Logarithms of odds beyond which more makes no difference."""
SHORT, LONG = 15, 80
"""Characters below and above which a message is short or long."""

Vector = NDArray[np.float32]


def _one_of(value: object, values: tuple[object, ...]) -> tuple[bool, ...]:
    return tuple(value == one for one in values)


@dataclass(frozen=True, slots=True)
class IntentClues:
    """What was read in a message and of what stands before it.

    Attributes:
        rule: the intent by rules alone.
        text: the message.
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

    def vector(self) -> Vector:
        """Float32 ``[clues]``."""
        flags = (*astuple(self)[3:], self.shown == 1, self.shown > 1, "?" in self.text)
        size = len(self.text.strip()) < SHORT, len(self.text) > LONG
        return np.array([*_one_of(self.rule, INTENTS), *flags, *size], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class WishClues:
    """What was read of words for an attribute's value.

    Attributes:
        rule: 1 wanted, -1 unwanted, 0 neither, by rules alone.
        intent: of the message.
    """

    rule: Polarity
    intent: Intent

    def vector(self) -> Vector:
        """Float32 ``[clues]``."""
        return np.array([*_one_of(self.rule, POLARITIES), *_one_of(self.intent, INTENTS)], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class LikingClues:
    """What was read of words that name or point at an item.

    Attributes:
        rule: 1 liked, -1 disliked, 0 neither, by rules alone.
        intent: of the message.
        log_odds: `domain.liking`'s, that it is disliked.
        pointed: it is pointed at, not named.
        seen: it is said to have been seen.
        shown: the bot has just shown it.
        begins: nothing was said before.
        many: how many items are named or pointed at.
    """

    rule: Polarity
    intent: Intent
    log_odds: float = 0.0
    pointed: bool = False
    seen: bool = False
    shown: bool = False
    begins: bool = False
    many: int = 1

    def vector(self) -> Vector:
        """Float32 ``[clues]``."""
        flags = self.pointed, self.seen, self.shown, self.begins, self.many == 1, self.many > 2
        rules = (*_one_of(self.rule, POLARITIES), *_one_of(self.intent, INTENTS))
        return np.array([*rules, self.log_odds / 2, *flags], dtype=np.float32)


def title_clues(log_odds: float) -> Vector:
    """Float32 ``[1]``: what `domain.linking` says, as far as that may outweigh all else."""
    return np.array([min(max(log_odds, -FAR), FAR)], dtype=np.float32)


class MeaningModel:
    """The weights of all four; made once, then used by any thread."""

    def __init__(self, weights: Mapping[str, Vector]) -> None:
        self._weights = weights

    @classmethod
    def load(cls, path: Path) -> MeaningModel | None:
        """Read the weights; None where there are none."""
        try:
            return cls(load_file(path))
        except (OSError, SafetensorError):
            return None

    def title(self, words: Vector, log_odds: float) -> float:
        """The logarithm of the odds that words are a title where they stand, given that by `domain.linking` alone."""
        ordinary, title = self._logits(TITLE, words, title_clues(log_odds))
        return float(title - ordinary)

    def intent(self, message: Vector, before: Vector, clues: IntentClues) -> Intent:
        """The likeliest intent.

        Args:
            message: what it means, ``[width]``, of length 1.
            before: what the bot's message before it means; zeros if there is none.
            clues: what was read in it.
        """
        logits = self._logits(INTENT, message, clues.vector()) + before @ self._weights[f"{INTENT}.{BEFORE}"]
        logits[INTENTS.index("correct")] -= DOUBT * (clues.rule != "correct")  # what is forgotten by mistake is gone
        return INTENTS[int(logits.argmax())]

    def wish(self, words: Vector, clues: WishClues) -> Polarity:
        """Whether an attribute's value is wanted, unwanted, or neither, by the words for it in their message."""
        logits = self._logits(WISH, words, clues.vector())
        unheard = logits.max() - logits[POLARITIES.index(clues.rule)]
        return clues.rule if clues.rule and unheard < WISH_DOUBT else POLARITIES[int(logits.argmax())]

    def liking(self, words: Vector, clues: LikingClues) -> Polarity:
        """Whether an item is liked, disliked, or neither, by the words for it."""
        logits = self._logits(LIKING, words, clues.vector())
        unheard = logits.max() - logits[POLARITIES.index(clues.rule)]
        doubt = LIKING_DOUBT if clues.rule else SEEN_DOUBT * clues.seen
        return clues.rule if unheard < doubt else POLARITIES[int(logits.argmax())]

    def _logits(self, model: str, meaning: Vector, clues: Vector) -> Vector:
        w = self._weights
        logits: Vector = meaning @ w[f"{model}.{MEANING}"] + clues @ w[f"{model}.{CLUES}"] + w[f"{model}.{BIAS}"]
        return logits
