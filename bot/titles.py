"""What a person types of a title -> the items that it may become, or that it is."""

from __future__ import annotations

import re

from domain.catalog import Catalog, Item
from domain.linking import Linker, normal

Named = tuple[str, str]
"""An item's id and name."""

_YEAR = re.compile(r"\b\d{4}\b")
_ARTICLE = re.compile(r"(?:the|a|an) (?=.)")


class Titles:
    """The titles of a catalogue in memory, the popular ones first; made once a catalogue."""

    def __init__(self, catalog: Catalog, linker: Linker) -> None:
        self._catalog = catalog
        self._linker = linker
        self._written: list[tuple[str, Named]] = []
        self._called: tuple[dict[str, list[Named]], ...] = ({}, {})
        for item in sorted(catalog, key=lambda item: -item.popularity):
            self._written.append((f" {_key(item.name)}", (item.item_id, item.name)))
            for called, names in zip(self._called, _names(item), strict=True):
                for name in names:
                    called.setdefault(name, []).append((item.item_id, item.name))

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
        wanted = f" {_key(typed)}"
        called = self.called(typed)
        found = [(at, named) for written, named in self._written if (at := written.find(wanted)) >= 0]
        found.sort(key=lambda row: row[0] > 0)
        return list(dict.fromkeys([*called, *(named for _, named in found)]))[:limit] or self._misspelt(typed)[:limit]

    def _misspelt(self, typed: str) -> list[Named]:
        years = tuple(map(int, _YEAR.findall(typed)))
        named = self._linker.columns
        columns = named(typed, years=years) or named(typed) or named(_YEAR.sub(" ", typed))
        return [(item.item_id, item.name) for item in map(self._catalog.__getitem__, columns)]


def _names(item: Item) -> tuple[set[str], set[str]]:
    """What an item is called, and what it may be called as well, in the form in which names are compared."""
    whole = {_key(item.title), _key(item.name)}
    also = {_ARTICLE.sub("", name, count=1) for name in whole if _ARTICLE.match(name)}
    return whole, (also | set(map(_key, item.other_names))) - whole


def _key(title: str) -> str:
    """The form in which titles are compared; of one that has no letter ("$"), the title itself."""
    return normal(title) or title.strip().casefold()
