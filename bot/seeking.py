"""What is searched and what is asked, by the meaning of a message: glue between today's reader and what is known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.heads import Heads
from bot.search import OF_A_STORY, Found, Search
from bot.understanding import Context, Understanding
from domain.catalog import Catalog
from domain.linking import HAN, Linker
from domain.searching import telling
from domain.stance import mask

BY_COVER = 0.02
"""What the share of the words that one item has counts beside the cosine, where it is judged whether anything fits."""
THERE, SURELY = 0.858, 0.868
"""From so much on something fits what is searched, and does so surely: chosen on requests to a shop and a school."""
A_THING = 4
"""So many words at most name a thing that a catalogue has or has not; more of them tell of an evening."""
WEIGHT, MEANT, HINTED = 300.0, 3000.0, 30.0
"""What a cosine counts beside a standard deviation of the recommender's scores; where one item is meant; and where
words beside a wish fit nothing well."""
SHORT, THIS = 60, "这部电影"
"""So long is a question of what was named before at most; what stands in a title's place in Chinese."""
A_FEW = 12
"""So many items at least are looked at."""

SEARCHED = frozenset(("recommend", "critique", "other", "prefer", "reject"))


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
    """Decides what of a message is searched; made once a version."""

    def __init__(
        self, search: Search, explained: Callable[[str], Sequence[tuple[int, int]]], asking: Iterable[str]
    ) -> None:
        """Put it together; `explained` tells where a text has words for values, which need no search."""
        self._search = search
        self._explained = explained
        self._asking = frozenset(asking)

    def seek(self, text: str, said: Understanding) -> Sought | None:
        """What a message looks for; None if it says nothing that its wishes do not say."""
        if said.by_plot and not said.mentions:
            found = self._search.find(text, telling(text, self._asking), OF_A_STORY)
            return Sought(text, found, there=True, weight=MEANT) if found.cosine or found.covered else None
        pointed = any(mention.pointed for mention in said.mentions)
        if said.intent not in SEARCHED or pointed or said.people or not self._search.is_ready:
            return None
        titles = [(m.start, m.end) for m in said.mentions]
        unnamed = mask(text, titles).replace("@", " ")
        rest = telling(unnamed, self._asking)
        unsaid = telling(mask(unnamed, self._explained(unnamed)).replace("@", " "), self._asking)
        left = [word for word in unsaid.split() if not word.isdigit()]
        if not left or (said.intent in ("prefer", "reject") and not said.by_plot):
            return None
        found = self._search.find(unnamed, rest)
        sure = found.cosine + BY_COVER * found.covered
        if said.intent == "other" and sure < SURELY:
            return None
        alone = not said.constraints
        there = sure >= THERE or not alone or len(left) > A_THING
        return Sought(" ".join(left), found, there, alone, WEIGHT if alone or sure >= THERE else HINTED)


def by_meaning(
    said: Understanding, text: str, heads: Heads, linker: Linker, catalog: Catalog, context: Context
) -> Understanding:
    """What was understood, mended where the meaning of a message tells that it is a story or a question of an item.

    A story names nothing that is liked, and asks for one item: what else was read in it is left out.
    """
    if heads.is_story(text) or (said.by_plot and all(m.pointed for m in said.mentions)):
        return Understanding("recommend", by_plot=True)
    links = linker.link(text)
    about = {m.item_id for m in said.mentions if m.item_id} or {catalog[link.columns[0]].item_id for link in links}
    if not about and len(text) <= SHORT:
        about = {item for item in (context.focus, *context.slate[: len(context.slate) == 1]) if item}
    if len(about) != 1:
        return said
    unnamed = text
    for link in reversed(links):
        unnamed = unnamed[: link.start] + (THIS if HAN.search(text) else "it") + unnamed[link.end :]
    attribute = heads.asks(unnamed)
    if attribute not in (*catalog.values, *catalog.vocabulary.measures, "description"):
        return said
    return Understanding("ask_item", said.mentions, about=about.pop(), asks=attribute)


def as_known(said: Understanding, sought: Sought | None, search: Search, kinds: Collection[str]) -> Understanding:
    """What was understood, without the admissions that what is known of the items makes needless.

    Args:
        said: what was understood.
        sought: what is searched.
        search: knows the words of the items.
        kinds: the attributes that any catalogue has: a wish for another tells where something comes from.
    """
    return replace(
        said,
        untold=tuple(words for words in said.untold if not search.knows(words)),
        by_plot=said.by_plot and sought is None,
        origin=said.origin and all(c.attribute in kinds or c.is_range for c in said.constraints),
    )
