"""What a person types of a title -> the items that it may become, or that it is."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate, chain, islice

from rapidfuzz import process
from rapidfuzz.distance import OSA

from domain.catalog import Catalog, Item
from domain.linking import Linker, normal

Named = tuple[str, str]
"""An item's id and name."""

_LINE = "\n "
"""What every name begins with, so that the beginnings of its words are found by the blank before them."""
_YEAR = re.compile(r"\b\d{4}\b")
_LEAST_MISTYPED, _LONG = 4, 9
"""Letters of a name in which a slip is looked for, and of one in which there may be two."""
_MOST_MISTYPED = 5
_ARTICLE = re.compile(r"(?:the|a|an) (?=.)")


class Titles:
    """The titles of a catalogue in memory, the popular ones first; made once a catalogue."""

    def __init__(self, catalog: Catalog, linker: Linker) -> None:
        self._catalog = catalog
        self._linker = linker
        self._named: list[Named] = []
        self._called: tuple[dict[str, list[Named]], ...] = ({}, {})
        lines: list[str] = []
        for item in sorted(catalog, key=lambda item: -item.popularity):
            self._named.append((item.item_id, item.name))
            lines.append(_LINE + _key(item.name))
            for called, names in zip(self._called, _names(item), strict=True):
                for name in names:
                    called.setdefault(name, []).append((item.item_id, item.name))
        self._like: dict[tuple[str, int], list[str]] = {}
        """Names by their first letter and their length."""
        for name in {**self._called[0], **self._called[1]}:
            if name:
                self._like.setdefault((name[0], len(name)), []).append(name)
        self._written = "".join(lines)
        """All names, a line each: one search of a long text is far quicker than one of each name."""
        self._begins = [0, *accumulate(map(len, lines))]

    def called(self, typed: str) -> list[Named]:
        """The items whose whole title, with or without the year, is what was typed, in whatever case.

        Only where there are none, those that it is another name of, or the title of without its article.
        """
        wanted = _key(typed)
        return next((found for called in self._called if (found := called.get(wanted))), [])

    def like(self, typed: str, limit: int) -> list[Named]:
        """The items that may be meant by what was typed so far, the likeliest first.

        Those that are called so, those that begin so, those with a word that begins so; if there are none, those that
        are named by it, misspelt or beside a wrong year.
        """
        key = _key(typed)
        every = chain(self.called(typed), self._containing(_LINE + key), self._containing(f" {key}"))
        found = dict.fromkeys(islice(every, 3 * limit))  # each comes three times at most
        return list(found)[:limit] or self._misspelt(typed)[:limit]

    def _containing(self, piece: str) -> Iterator[Named]:
        """The items in whose lines a piece of text stands."""
        at = self._written.find(piece)
        while at >= 0:
            line = bisect_right(self._begins, at) - 1
            yield self._named[line]
            at = self._written.find(piece, self._begins[line + 1])

    def _misspelt(self, typed: str) -> list[Named]:
        years = tuple(map(int, _YEAR.findall(typed)))
        ways = dict.fromkeys([(typed, years), (typed, ()), (_YEAR.sub(" ", typed), ())])  # without a year, all the same
        columns = next((found for name, year in ways if (found := self._linker.columns(name, years=year))), ())
        return [(item.item_id, item.name) for item in map(self._catalog.__getitem__, columns)] or self._mistyped(typed)

    def _mistyped(self, typed: str) -> list[Named]:
        """The items whose whole name is a slip of the hand away, two letters that changed places being one slip.

        Of the first letter only that: among 100,000 items those that begin otherwise are too many to look through.
        """
        key = _key(typed)
        if len(key) < _LEAST_MISTYPED:
            return []
        slips = 1 if len(key) < _LONG else 2
        lengths = range(len(key) - slips, len(key) + slips + 1)
        about = [
            name
            for begin in dict.fromkeys(key[:2])
            for length in lengths
            for name in self._like.get((begin, length), ())
        ]
        near = process.extract(key, about, scorer=OSA.distance, score_cutoff=slips, limit=_MOST_MISTYPED)
        found = [named for name, _, _ in near for called in self._called for named in called.get(name, ())]
        return list(dict.fromkeys(found))


def _names(item: Item) -> tuple[set[str], set[str]]:
    """What an item is called, and what it may be called as well, in the form in which names are compared."""
    whole = {_key(item.title), _key(item.name)}
    also = {_ARTICLE.sub("", name, count=1) for name in whole if _ARTICLE.match(name)}
    return whole, (also | set(map(_key, item.other_names))) - whole


def _key(title: str) -> str:
    """The form in which titles are compared; of one that has no letter ("$"), the title itself."""
    return normal(title) or " ".join(title.casefold().split())
