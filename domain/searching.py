"""What is looked for in an item, and how: the same texts where items are embedded and where they are searched."""

from __future__ import annotations

from domain.catalog import Catalog, Item

PREFIX = "query: "
"""What every text begins with before it is embedded: the encoder was made for it."""
DESCRIPTION_WORDS = 60
"""Of a longer description, so many words are embedded; all are searched by words."""


def told(item: Item, catalog: Catalog) -> str:
    """What an item is, in words: title, values of attributes that many share, and description."""
    shared = (name for name in item.attributes if name in catalog.values and name not in _names(catalog))
    values = (", ".join(item.values(name)) for name in shared)
    description = " ".join((item.description or "").split()[:DESCRIPTION_WORDS])
    return ". ".join(part for part in (item.title, *values, description) if part)


def _names(catalog: Catalog) -> frozenset[str]:
    """Attributes whose values are names: nearly every item has values of its own."""
    return frozenset(
        name for name, values in catalog.values.items() if len(values) > 0.4 * sum(map(len, values.values()))
    )


def texts(item: Item, catalog: Catalog) -> tuple[str, ...]:
    """What of an item is embedded: what it is, and by what it is remembered."""
    return tuple(text for text in (told(item, catalog), item.remembered) if text)
