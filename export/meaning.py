"""What the items of a catalogue mean, and the words by which they and their values are found."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from zipfile import BadZipFile

import bm25s
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from safetensors import safe_open
from tokenizers import Tokenizer

from domain.artifact import (
    ATTENTION_MASK,
    DESCRIBED_VALUES,
    DESCRIPTIONS,
    ENCODER_MODEL,
    ENCODER_TOKENIZER,
    HIDDEN,
    MEANING,
    MEANING_OF_VALUES,
    SEARCH_WORDS,
    TOKEN_IDS,
)
from domain.catalog import Catalog
from domain.searching import PREFIX, described_values, embedded, indexed, words
from training import progress
from training.dataset import VOCABULARY, DataError, read_items, read_vocabulary

STAGE = "export.meaning"
say = partial(progress.say, STAGE)
TOKENS = 160
"""Of a longer text, so many tokens are read."""
EACH = 200
"""Texts after which progress is told."""

Vectors = dict[str, NDArray[np.float16]]
"""Digest of a text -> what it means."""


def export(items: Path, encoder: Path, out: Path, cache: Path, described: Path | None = None) -> int:
    """Write the vectors and the index of a catalogue.

    Args:
        items: items.csv, with its vocabulary.json beside it.
        encoder: folder that `export.search_encoder` made.
        out: folder that gets `MEANING`, float16 ``[N, 384]`` with rows of length 1, `MEANING_OF_VALUES` likewise, a row
            for each of `described_values`, and `SEARCH_WORDS`.
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
    np.save(out / MEANING, _means(texts, known))
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


def digest(text: str) -> str:
    """What stands for a text in the cache."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def read_all(encoder: Path, texts: Sequence[str]) -> Vectors:
    """What texts mean, each read by itself, so that none depends on what is read beside it."""
    tokenizer = Tokenizer.from_file(str(encoder / ENCODER_TOKENIZER))
    tokenizer.enable_truncation(TOKENS)
    tokenizer.no_padding()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    session = onnxruntime.InferenceSession(encoder / ENCODER_MODEL, options, providers=["CPUExecutionProvider"])

    def read(text: str) -> NDArray[np.float16]:
        ids = np.asarray([tokenizer.encode(PREFIX + text).ids], dtype=np.int64)
        hidden = session.run([HIDDEN], {TOKEN_IDS: ids, ATTENTION_MASK: np.ones_like(ids)})[0][0]  # (tokens, 384)
        mean = hidden.mean(0)
        return np.asarray(mean / np.linalg.norm(mean), dtype=np.float16)

    found: Vectors = {}
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for number, (text, vector) in enumerate(zip(texts, threads.map(read, texts), strict=True), 1):
            found[digest(text)] = vector
            if number % EACH == 0:
                say(number / len(texts), f"{number} of {len(texts)} texts are read")
    return found


def read_cache(path: Path) -> Vectors:
    """What was kept; nothing if there is no such file or it is broken."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            return dict(zip(map(str, kept["digests"]), kept["vectors"], strict=True))
    except (OSError, EOFError, TypeError, ValueError, KeyError, BadZipFile):
        return {}


def write_cache(path: Path, vectors: Mapping[str, NDArray[np.float16]]) -> None:
    """Keep what texts mean, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial_file = path.with_name(f".{path.name}")
    with partial_file.open("wb") as file:
        np.savez(file, digests=np.asarray(list(vectors)), vectors=np.stack(list(vectors.values())))
    os.replace(partial_file, path)


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
