"""What is searched: descriptions in words of one's own, and whether anything here fits them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.search import OF_A_STORY, Found, Search
from domain.searching import telling

BY_COVER = 0.02
"""What the share of the words that one item has counts beside the cosine, where it is judged whether anything fits."""
THERE = 0.858
"""From so much on something fits what is searched: chosen on requests to a shop and a school."""
BESIDE, BESIDE_FOREIGN = 0.857, 0.83
"""From so much on it fits beside a label that was wished for too, in the language of the descriptions and in another:
chosen on such wishes for films."""
A_THING = 4
"""So many words at most name a thing that a catalogue has or has not; more of them tell a story."""
A_STORY, LONGEST_STORY = 6, 80
"""From so many telling words on, and up to so many, a message tells what happens in something."""
WEIGHT, MEANT, HINTED = 300.0, 3000.0, 30.0
"""What a cosine counts beside a standard deviation of the recommender's scores; where one item is meant; and where
words beside a wish fit nothing well."""
A_FEW = 12
"""So many items at least are looked at."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What a message looks for in words of its own.

    Attributes:
        words: those that were searched.
        found: what they found.
        there: whether anything fits them.
        alone: nothing else was wished for, so that what does not fit the words is not to be shown.
        weight: what a cosine counts beside a standard deviation of scores of taste.
    """

    words: str
    found: Found
    there: bool
    alone: bool = True
    weight: float = WEIGHT

    @property
    def is_sure(self) -> bool:
        """Whether something surely fits."""
        return self.found.cosine + BY_COVER * self.found.covered >= THERE

    def among(self, scores: NDArray[np.float32], banned: set[int]) -> tuple[NDArray[np.float32], set[int]]:
        """Scores of taste and of the words together ``[items]``, and the columns not to be shown.

        Args:
            scores: of taste.
            banned: columns that are not shown anyway.
        """
        left = self.found.scores.copy()
        left[list(banned)] = -np.inf
        fits = replace(self.found, scores=left).fitting(A_FEW)
        merit = scores / (float(scores.std()) or 1.0) + self.weight * (self.found.scores - left.max())
        unfit = set(map(int, np.flatnonzero(~fits))) if self.alone else set()
        return merit.astype(np.float32), banned | unfit


class Seeker:
    """Searches what messages describe; made once a version."""

    def __init__(self, search: Search, asking: Iterable[str]) -> None:
        """Put it together; `asking` are words that ask for something and say nothing of what it is."""
        self._search = search
        self._asking = frozenset(asking)

    def is_story(self, text: str) -> bool:
        """Whether a message tells so much that all of it is best searched as it stands."""
        return A_STORY <= _size(telling(text, self._asking).split()) <= LONGEST_STORY

    def share(self, words: str, text: str) -> float:
        """How much of what a text tells some of its words are; 0 to 1."""
        return _size(telling(words, self._asking).split()) / max(_size(telling(text, self._asking).split()), 1)

    def seek(self, described: Sequence[str], *, alone: bool, named: bool = False, beside: float = 0.0) -> Sought | None:
        """What some descriptions look for; None if they tell nothing, or nothing can be searched.

        Args:
            described: in words of the person's own.
            alone: nothing else was wished for.
            named: it is one item whose name is asked for.
            beside: what it takes to fit where something else was wished for.
        """
        text = ", ".join(described)
        left = telling(text, self._asking).split()
        if not left or not self._search.is_ready:
            return None
        if named or (alone and _size(left) > A_THING):
            found = self._search.find(text, " ".join(left), OF_A_STORY)
            return Sought(text, found, there=found.cosine > 0 or found.covered > 0, weight=MEANT)
        found = self._search.find(text, " ".join(left))
        sure = found.cosine + BY_COVER * found.covered
        there = sure >= (THERE if alone else beside)
        return Sought(text, found, there, alone, WEIGHT if alone or sure >= THERE else HINTED)


def _size(words: Sequence[str]) -> int:
    """How many words there are; what is written without spaces has one in two characters."""
    return sum(len(word) // 2 if word[0] >= "\u2e80" else 1 for word in words)
