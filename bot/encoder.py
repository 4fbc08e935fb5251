"""Texts -> what they and their words mean, as vectors, by the sentence encoder in ONNX Runtime."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bot.device import providers
from bot.recommender import UNUSABLE
from domain.artifact import (
    ATTENTION_MASK,
    ENCODER_MODEL,
    ENCODER_TOKENIZER,
    ENCODER_TOKENS,
    HIDDEN,
    TOKEN_IDS,
    ArtifactError,
)

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Meaning:
    """A text as the encoder reads it.

    Attributes:
        hidden: of every token, float32 ``[tokens, width]``.
        places: (start, end) of every token in code points; empty for those that frame the text.
    """

    hidden: NDArray[np.float32]
    places: Sequence[tuple[int, int]]

    @property
    def whole(self) -> Vector:
        """What the text means, ``[width]``, of length 1."""
        return _direction(self.hidden)

    def of(self, start: int, end: int) -> Vector:
        """What the words at [start, end) mean there; what the text means if they were not read."""
        inside = [at for at, (a, b) in enumerate(self.places) if a < end and start < b]
        return _direction(self.hidden[inside]) if inside else self.whole


def _direction(hidden: NDArray[np.float32]) -> Vector:
    mean: Vector = hidden.mean(0)
    return mean / np.linalg.norm(mean)


class Encoder(Protocol):
    """Says what texts mean."""

    def read(self, text: str) -> Meaning:
        """What a text means, and its words."""


def opened(folder: Path, what: str) -> tuple[onnxruntime.InferenceSession, Tokenizer]:
    """An exported encoder and its tokenizer, for one thread a text.

    Args:
        folder: of the artifact, with both.
        what: it is called in an error.

    Raises:
        ArtifactError: they cannot be loaded.
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1  # a message takes some milliseconds on one
    try:
        session = onnxruntime.InferenceSession(folder / ENCODER_MODEL, options, providers=providers())
        told = (folder / ENCODER_TOKENIZER).read_text(encoding="utf-8")
        json.loads(told)["model"]  # tokenizers itself raises a bare Exception for what is no tokenizer
    except (OSError, ValueError, KeyError, TypeError, *UNUSABLE) as error:
        raise ArtifactError(f"the {what} in {folder} cannot be loaded: {error}") from error
    tokenizer = Tokenizer.from_str(told)
    tokenizer.no_padding()
    return session, tokenizer


class OnnxEncoder:
    """The exported encoder. Safe to call from several threads."""

    def __init__(self, folder: Path) -> None:
        """Load what `export.search_encoder` made.

        Raises:
            ArtifactError: it cannot be loaded.
        """
        self._session, self._tokenizer = opened(folder, "encoder")
        self._tokenizer.enable_truncation(ENCODER_TOKENS)

    def read(self, text: str) -> Meaning:
        """See `Encoder.read`."""
        tokens = self._tokenizer.encode(text)
        ids = np.asarray([tokens.ids], dtype=np.int64)
        hidden = self._session.run([HIDDEN], {TOKEN_IDS: ids, ATTENTION_MASK: np.ones_like(ids)})[0]
        return Meaning(hidden[0], tokens.offsets)
