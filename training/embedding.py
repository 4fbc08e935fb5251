"""Texts -> what they mean by the exported search encoder, kept from one build to the next."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from domain.artifact import ATTENTION_MASK, ENCODER_MODEL, ENCODER_TOKENIZER, HIDDEN, TOKEN_IDS
from domain.searching import PREFIX
from training import progress

TOKENS = 160
"""Of a longer text, so many tokens are read."""
EACH = 200
"""Texts after which progress is told."""

Vectors = dict[str, NDArray[np.float16]]
"""Digest of a text -> what it means."""


def digest(text: str) -> str:
    """What stands for a text in the cache."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def read_all(encoder: Path, texts: Sequence[str], stage: str = "export.meaning") -> Vectors:
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
                progress.say(stage, number / len(texts), f"{number} of {len(texts)} texts are read")
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
