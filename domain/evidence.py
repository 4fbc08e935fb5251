"""What was said so far -> the keys by which the evidence of dialogues is looked up: items named and words used.

The one place where training (training.evidence) and serving (bot.evidence) agree on how a conversation is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ITEM_DECAY, WORD_DECAY = 0.9, 0.85
"""What one message more between then and now leaves of an item's or a word's weight."""
OF_THE_OTHER = 0.5
"""What words of the recommending side weigh beside those of the person."""
LONGEST = 3
"""Words that a phrase of the lexicon has at most."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Said:
    """One message, as evidence.

    Attributes:
        by_person: who asks for recommendations said it, not who gives them.
        text: without the titles in it: their words say nothing of what is wanted.
        columns: items that it names, as columns of the catalogue.
    """

    by_person: bool
    text: str
    columns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Cues:
    """The keys of one conversation: ids ``[n]`` and weights ``[n]`` in (0, 1], the latest weigh most."""

    item_ids: NDArray[np.int64]
    item_weights: NDArray[np.float32]
    word_ids: NDArray[np.int64]
    word_weights: NDArray[np.float32]


def phrases(text: str) -> Iterator[str]:
    """Every run of one to three words of a text, in lower case."""
    words = [match.group().replace("’", "'") for match in _WORD.finditer(text.lower())]
    for at in range(len(words)):
        for length in range(1, min(LONGEST, len(words) - at) + 1):
            yield " ".join(words[at : at + length])


class Lexicon:
    """The words and phrases that count, in the order of their ids."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(words)
        self._ids: Mapping[str, int] = {word: at for at, word in enumerate(self.words)}

    def read(self, said: Sequence[Said]) -> Cues:
        """The keys of a conversation, oldest message first."""
        items: dict[int, float] = {}
        words: dict[int, float] = {}
        for age, message in enumerate(reversed(said)):
            for column in message.columns:
                items.setdefault(column, ITEM_DECAY**age)
            weight = WORD_DECAY**age * (1.0 if message.by_person else OF_THE_OTHER)
            for phrase in phrases(message.text):
                word = self._ids.get(phrase)
                if word is not None:
                    words[word] = max(words.get(word, 0.0), weight)
        return Cues(*_arrays(items), *_arrays(words))


def _arrays(weights: Mapping[int, float]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    return np.fromiter(weights, np.int64, len(weights)), np.fromiter(weights.values(), np.float32, len(weights))
