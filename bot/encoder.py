"""Texts -> what they mean, as vectors, by the sentence encoder in ONNX Runtime; knows nothing of intents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bot.device import providers
from bot.recommender import UNUSABLE
from domain.artifact import ATTENTION_MASK, ENCODER_MODEL, ENCODER_TOKENIZER, HIDDEN, TOKEN_IDS, ArtifactError

LONGEST = 96
"""Tokens of a text that are read; of a longer one, the first."""


class Encoder(Protocol):
    """Says what texts mean."""

    def encode(self, text: str) -> NDArray[np.float32]:
        """The meaning of a text: float32 ``[384]`` of length 1."""


class OnnxEncoder:
    """The exported encoder. Safe to call from several threads."""

    def __init__(self, folder: Path) -> None:
        """Load what `export.encoder` made.

        Raises:
            ArtifactError: it cannot be loaded.
        """
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = 1  # a message takes some ten milliseconds on one
        try:
            self._session = onnxruntime.InferenceSession(folder / ENCODER_MODEL, options, providers=providers())
            told = (folder / ENCODER_TOKENIZER).read_text(encoding="utf-8")
            json.loads(told)  # tokenizers itself raises a bare Exception for what is no JSON
        except (OSError, ValueError, *UNUSABLE) as error:
            raise ArtifactError(f"the encoder in {folder} cannot be loaded: {error}") from error
        self._tokenizer = Tokenizer.from_str(told)
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.no_padding()

    def encode(self, text: str) -> NDArray[np.float32]:
        """See `Encoder.encode`."""
        ids = np.asarray([self._tokenizer.encode(text).ids], dtype=np.int64)
        hidden = self._session.run([HIDDEN], {TOKEN_IDS: ids, ATTENTION_MASK: np.ones_like(ids)})[0]
        mean: NDArray[np.float32] = hidden[0].mean(0)
        return mean / np.linalg.norm(mean)
