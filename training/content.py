"""What items are like by what is said of them: attribute values and words, as tf-idf tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
from scipy import sparse

from domain.catalog import Catalog, Item
from domain.evidence import phrases


def _table(rows: Iterable[tuple[int, str]], items: int) -> tuple[sparse.csr_matrix, dict[str, int]]:
    """(column, word) pairs as a tf-idf table ``[items, words]``, rows of length 1."""
    ids: dict[str, int] = {}
    pairs = Counter((row, ids.setdefault(word, len(ids))) for row, word in rows)
    at = np.array(list(pairs), dtype=np.int64).reshape(-1, 2)
    times = np.log1p(np.fromiter(pairs.values(), np.float32, len(pairs)))
    table = sparse.csr_matrix((times, (at[:, 0], at[:, 1])), shape=(items, max(len(ids), 1)))
    rarity = np.log((items + 1) / np.maximum(np.asarray((table > 0).sum(axis=0)).ravel(), 1))
    return unit_rows(table @ sparse.diags(rarity)), ids


def unit_rows(table: sparse.csr_matrix) -> sparse.csr_matrix:
    """The same rows, of length 1."""
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(lengths, 1e-9)) @ table, dtype=np.float32)


def attribute_table(catalog: Catalog) -> tuple[sparse.csr_matrix, dict[str, int]]:
    """Attribute values of the items, tf-idf float32 CSR ``[N, values]`` with rows of length 1; value -> column."""
    pairs = (
        (column, value.lower())
        for values in catalog.values.values()
        for value, columns in values.items()
        for column in columns
    )
    return _table(pairs, len(catalog))


def attribute_tables(catalog: Catalog) -> dict[str, sparse.csr_matrix]:
    """The same for each attribute by itself: attribute -> CSR ``[N, values of it]``."""
    return {
        attribute: _table(
            ((column, value.lower()) for value, columns in values.items() for column in columns), len(catalog)
        )[0]
        for attribute, values in catalog.values.items()
    }


def word_table(catalog: Catalog) -> tuple[sparse.csr_matrix, dict[str, int]]:
    """Words of titles and descriptions, likewise."""
    return _table(((column, word) for column, item in enumerate(catalog) for word in words_of(item)), len(catalog))


def text_table(texts: Iterable[str], items: int) -> sparse.csr_matrix:
    """Words of one text an item: tf-idf float32 CSR ``[items, words]``, rows of length 1, or empty as the text is."""
    return _table(((column, word) for column, text in enumerate(texts) for word in _words(text)), items)[0]


def words_of(item: Item) -> Iterator[str]:
    """The words of an item's title and description."""
    return _words(f"{item.title}. {item.description or ''}")


def _words(text: str) -> Iterator[str]:
    return (word for word in phrases(text) if " " not in word)
