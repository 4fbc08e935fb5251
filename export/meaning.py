"""What the items of a catalogue mean, and the words by which they and their values are found."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from domain.artifact import (
    DESCRIBED_VALUES,
    DESCRIPTIONS,
    LIKELY,
    MEANING,
    MEANING_OF_VALUES,
    SEARCH_WORDS,
)
from domain.catalog import Catalog
from domain.searching import described_values, embedded, indexed, words
from export.likely import complete
from training import progress
from training.dataset import VOCABULARY, DataError, read_items, read_vocabulary
from training.embedding import Vectors, digest, read_all, read_cache, write_cache

STAGE = "export.meaning"
say = partial(progress.say, STAGE)


def export(items: Path, encoder: Path, out: Path, cache: Path, described: Path | None = None) -> int:
    """Write the vectors and the index of a catalogue.

    Args:
        items: items.csv, with its vocabulary.json beside it.
        encoder: folder that `export.search_encoder` made.
        out: folder that gets `MEANING`, float16 ``[N, 384]`` with rows of length 1, `MEANING_OF_VALUES` likewise, a row
            for each of `described_values`, `LIKELY` where there is enough to learn it from, and `SEARCH_WORDS`.
        cache: what texts mean, kept from one build to the next; only what is new is read.
        described: folder of the layer that `training.descriptions` learned; it is copied if it tells of any value of
            the catalogue.

    Returns:
        how many texts were new.

    Raises:
        DataError: items.csv cannot be used.
    """
    catalog = Catalog(read_items(items), read_vocabulary(items.parent / VOCABULARY))
    texts = [embedded(item, catalog) for item in catalog]
    values = list(described_values(catalog).values())
    known = read_cache(cache)
    new = list(dict.fromkeys(text for some in (*texts, *values) for text in some if digest(text) not in known))
    known |= read_all(encoder, new)
    out.mkdir(parents=True, exist_ok=True)
    meaning = _means(texts, known)
    np.save(out / MEANING, meaning)
    complete(catalog, meaning.astype(np.float32), out / LIKELY)
    (out / MEANING_OF_VALUES).unlink(missing_ok=True)
    if values:
        np.save(out / MEANING_OF_VALUES, _means(values, known))
    write_cache(cache, {digest(text): known[digest(text)] for some in (*texts, *values) for text in some})
    write_index(catalog, out / SEARCH_WORDS)
    (out / DESCRIPTIONS).unlink(missing_ok=True)
    if described and _tells_of(described / DESCRIPTIONS, catalog):
        shutil.copyfile(described / DESCRIPTIONS, out / DESCRIPTIONS)
    return len(new)


def _tells_of(layer: Path, catalog: Catalog) -> bool:
    """Whether a catalogue has any of the values that a layer knows by descriptions."""
    with safe_open(layer, "numpy") as told:
        values = json.loads(told.metadata()[DESCRIBED_VALUES])
    return any(value in catalog.values.get(attribute, {}) for attribute, value in values)


def _means(texts: Sequence[Sequence[str]], known: Vectors) -> NDArray[np.float16]:
    """What some texts mean together, a row of length 1 for each few."""
    vectors = np.stack([np.mean([known[digest(text)] for text in some], axis=0, dtype=np.float32) for some in texts])
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float16)


def write_index(catalog: Catalog, out: Path) -> None:
    """The BM25 index of the items' words (Lucene's variant; bm25s, Lù 2024, arXiv 2407.03618)."""
    index = bm25s.BM25(method="lucene", k1=1.2, b=0.5)
    index.index([list(words(indexed(item))) for item in catalog], show_progress=False)
    shutil.rmtree(out, ignore_errors=True)
    index.save(out)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where items.csv cannot be used."""
    parser = argparse.ArgumentParser(prog=f"python -m {STAGE}", description=__doc__)
    parser.add_argument("--items", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--described", type=Path, help="folder of what `training.descriptions` learned")
    chosen = parser.parse_args(arguments)
    try:
        new = export(chosen.items, chosen.encoder, chosen.out, chosen.cache, chosen.described)
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    say(1, f"items are embedded and indexed, {new} new texts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
