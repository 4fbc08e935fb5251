"""What messages describe as a whole: how well each item fits, whatever their single words were taken for."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from bot.search import Search
from domain.catalog import FEELING, Catalog
from domain.searching import LITTLE_KNOWN

Gist = Mapping[tuple[str, str], float]
"""(attribute, value) pairs, `LITTLE_KNOWN` among them -> how surely they are meant, 0 to 1."""

WORTH = 6.0
"""What it is worth to be surely what was described, in standard deviations of the recommender's scores."""
UNKNOWN_WORTH = 3.0
"""Likewise to be little known, for each standard deviation of the logarithm of popularity."""
LEAST = 0.1
"""What is meant less surely is not counted."""
KEPT = 0.5
"""What was meant a message before counts so much of what is meant now."""
SURE, FELT = 0.6, 0.5
"""From so much on a message surely describes something that items are, or how they feel: what is not here is hardly
taken for a feeling."""
LONG, MOST = 8, 600
"""A sentence of more words, or of more Chinese characters, is read by its clauses too; of a text, so many characters
are read."""
NEGATING = 3
"""So many words, or Chinese characters, before what is not wanted say that it is not."""
COMFORT = 0.3
"""So surely does somebody who is low mean something comforting, if nothing else is told."""
IF_WANTED = 0.25
"""Where a message surely wants something and nothing else tells what, describing nothing is so much less likely."""

_SENTENCES = re.compile(r"(?<=[.!?…\n])\s+|(?<=[。！？])")  # where one ends and the next begins, in any language
_CLAUSES = re.compile(r"[,;:()，；：（）]\s*|\s+(?=[\u3400-\u9fff])")  # a space before Chinese stands for a comma


class Gists:
    """Reads what messages describe; made once a version. Safe to call from several threads."""

    def __init__(self, search: Search, catalog: Catalog) -> None:
        self._search = search
        self._columns = catalog.values
        fame = np.log1p(np.array([item.popularity for item in catalog], dtype=np.float64))
        self._fame = (fame - fame.mean()) / (fame.std() or 1.0)

    def of(self, text: str, *, wanted: bool = False) -> Gist:
        """What a message describes: the surest of what it says as a whole, by its sentences and by its clauses.

        Args:
            text: of the message, without clauses that name something or say what is not wanted (`told_in`).
            wanted: it wants something of which nothing else tells what it is.
        """
        told: dict[tuple[str, str], float] = {}
        for part in dict.fromkeys(parts(text)):
            chances = self._search.chances(part)
            known = sum(chances.values())
            likelier = 1 / (known + IF_WANTED * (1 - known)) if wanted and known else 1.0
            for pair, chance in chances.items():
                if chance * likelier >= (SURE if pair == LITTLE_KNOWN else LEAST):
                    told[pair] = max(told.get(pair, 0.0), chance * likelier)
        return told

    def worth(self, gist: Gist) -> NDArray[np.float64]:
        """What it is worth for each item to fit, in standard deviations of the recommender's scores ``[items]``."""
        worth: NDArray[np.float64] = -UNKNOWN_WORTH * gist.get(LITTLE_KNOWN, 0.0) * self._fame
        for (attribute, value), chance in gist.items():
            worth[list(self._columns.get(attribute, {}).get(value, ()))] += WORTH * chance
        return worth


def told_in(text: str, beside: Collection[tuple[int, int]], unwanted: Collection[tuple[int, int]] = ()) -> str:
    """A text without the clauses in which names stand (start, end), and without what is not wanted and says so."""
    ends = [0, *(m.end() for m in re.finditer(f"{_SENTENCES.pattern}|{_CLAUSES.pattern}", text)), len(text)]
    left = []
    for a, b in itertools.pairwise(ends):
        clause = text[a:b]
        for start, end in sorted(unwanted, reverse=True):
            if a <= start < b:
                clause = _without_negation(clause[: start - a]) + " " + clause[end - a :]
        if not any(start < b and a < end for start, end in beside):
            left.append(clause)
    return "".join(left)


def _without_negation(before: str) -> str:
    """What stands before words that are not wanted, less the last few of it, which say so: "something to laugh at"."""
    if before and before[-1] >= "\u2e80":
        return before[:-NEGATING]
    left = before.rsplit(maxsplit=NEGATING)
    return left[0] if len(left) > NEGATING else ""


def parts(text: str) -> Iterator[str]:
    """A text, its sentences, and the clauses of the long ones."""
    text = text[:MOST]
    for one in (text, *_SENTENCES.split(text)):
        yield from filter(None, [one.strip()])
        if max(len(one.split()), sum("\u3400" <= character <= "\u9fff" for character in one)) > LONG:
            yield from filter(None, map(str.strip, _CLAUSES.split(one)))


def comforted(gist: Gist, catalog: Catalog, *, nothing_else: bool) -> Gist:
    """What somebody means who is low: of how things feel only what does them good, and that where nothing else is told.

    Args:
        gist: of the message.
        catalog: tells what is comforting.
        nothing_else: nothing but this message's gist tells what is wanted.
    """
    known = catalog.values.get(FEELING, {})
    good = [(FEELING, value) for value in catalog.vocabulary.comforting if value in known]
    kept = {pair: chance for pair, chance in gist.items() if pair[0] != FEELING or pair in good}
    return dict.fromkeys(good, COMFORT) | kept if nothing_else and not is_sure(kept) else kept


def is_sure(gist: Gist) -> bool:
    """Whether it is sure that something is described that items are."""
    felt = sum(chance for (attribute, _), chance in gist.items() if attribute == FEELING)
    return felt >= FELT or sum(chance for pair, chance in gist.items() if pair != LITTLE_KNOWN) >= SURE


def going_on(now: Gist, before: Gist, without: Collection[tuple[str, str]] = ()) -> Gist:
    """What is meant now and, less, what was meant before; some values are surely not."""
    pairs = {pair: max(now.get(pair, 0.0), KEPT * before.get(pair, 0.0)) for pair in (*now, *before)}
    return {pair: chance for pair, chance in pairs.items() if chance >= LEAST and pair not in without}
