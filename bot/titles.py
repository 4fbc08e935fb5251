"""Autocomplete: what was typed so far -> the items that it may become."""

from __future__ import annotations

from domain.catalog import Catalog
from domain.linking import normal


class Titles:
    """The titles of a catalogue in memory, the popular ones first; made once a catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        by_popularity = sorted(catalog, key=lambda item: -item.popularity)
        self._titles = [(f" {normal(item.title)}", item.item_id, item.name) for item in by_popularity]

    def starting_with(self, typed: str, limit: int) -> list[tuple[str, str]]:
        """(item_id, name) of the items with a word that begins as typed, those that begin with it themselves first."""
        wanted = f" {normal(typed)}"
        found = [(at, item_id, name) for title, item_id, name in self._titles if (at := title.find(wanted)) >= 0]
        found.sort(key=lambda row: row[0] > 0)
        return [(item_id, name) for _, item_id, name in found[:limit]]
