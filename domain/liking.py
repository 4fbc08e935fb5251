"""Whether a person dislikes an item, by all that they say around it: a linear model over words and word pairs.

`domain.stance` reads what is said outright. Much is not: "meh", "not for me", going on to the next thing. This adds the
words around the name, and those of the reply where an item was only shown, as learned by `training.liking`.
"""

from __future__ import annotations

import itertools
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from domain.stance import Stance

SIZE = 1 << 16
"""Entries of the table that the features are hashed into."""

SHIPPED = Path(__file__).parent.parent / "weights" / "liking" / "liking.safetensors"
TENSOR = "weights"

_WORD = re.compile(r"@+|[\w']+|[!?]")
_PART = re.compile(r"[.;!?]+|\bbut\b")
_OTHER = "other@"


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a person's.

    Attributes:
        masked: lower case, titles masked as ``@@@``.
        stance: reads it.
        places: ``(start, end)`` of every name in it.
    """

    masked: str
    stance: Stance
    places: tuple[tuple[int, int], ...]


def named(said: Said, place: tuple[int, int], *, first: bool) -> list[int]:
    """Features of an item that is named.

    Args:
        said: the message.
        place: where the name stands.
        first: nobody named the item before.

    Returns:
        rows of the table, each once.
    """
    polarity, seen = said.stance.towards_item(*place)
    features = {f"says {polarity}", f"seen {seen}"} | ({"first"} if first else set())
    start = 0
    for end in [*(match.start() for match in _PART.finditer(said.masked)), len(said.masked)]:
        near = start <= place[0] < end
        words = [
            ("this@" if start + match.start() == place[0] else _OTHER) if match[0][0] == "@" else match[0]
            for match in _WORD.finditer(said.masked[start:end])
        ]
        features |= set(_grams("near" if near else "far", words, 3 if near else 2))
        start = end
    return _rows(features)


def shown(said: Said, turns: int, slate: int) -> list[int]:
    """Features of an item that was shown to the person and not named by them.

    Args:
        said: the message.
        turns: of the person's since it was shown: 0 for the reply to it, 1 for the next message.
        slate: how many items were shown together.

    Returns:
        rows of the table, each once.
    """
    words = [_OTHER if match[0][0] == "@" else match[0] for match in _WORD.finditer(said.masked)]
    features = set(_grams(f"reply {turns}", words, 3 - turns))
    features |= {f"reply {turns} to {min(slate, 3)}", *(f"reply {turns} opens {word}" for word in words[:1])}
    features |= {f"reply {turns} to {min(slate, 3)} says {p}" for p in said.stance.opinions()[:1]}
    features |= {f"reply {turns} names another"} if said.places else set()
    return _rows(features)


def _grams(tag: str, words: Sequence[str], longest: int) -> Iterator[str]:
    for length in range(1, longest + 1):
        for gram in zip(*(itertools.islice(words, at, None) for at in range(length)), strict=False):
            yield f"{tag}: {' '.join(gram)}"


def _rows(features: set[str]) -> list[int]:
    return sorted({zlib.crc32(feature.encode()) % SIZE for feature in features})


class Liking:
    """The table of what each feature adds to the logarithm of the odds that an item is disliked."""

    def __init__(self, weights: NDArray[np.float32] | None = None) -> None:
        self._weights = np.zeros(SIZE, np.float32) if weights is None else weights

    @classmethod
    def load(cls, path: Path = SHIPPED) -> Liking:
        """Read a table; where there is none, one that says nothing."""
        try:
            return cls(load_file(path)[TENSOR].astype(np.float32))
        except (OSError, SafetensorError, KeyError):
            return cls()

    def log_odds(self, rows: Sequence[int]) -> float:
        """What a message adds to the logarithm of the odds; 0 where as many dislike the item as like it."""
        return float(self._weights[list(rows)].sum())
