"""What was said in a conversation -> the scores of the recommender, corrected by the evidence of dialogues."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from bot.device import providers
from bot.recommender import UNUSABLE
from domain import artifact
from domain.artifact import ArtifactError
from domain.evidence import Lexicon, Said


class Evidence(Protocol):
    """Corrects scores by what was said."""

    def fuse(self, scores: NDArray[np.float32], said: Sequence[Said]) -> NDArray[np.float32]:
        """One ranking from both.

        Args:
            scores: the recommender's ``[items]``.
            said: the conversation, oldest message first.

        Returns:
            ``[items]``, higher is better.
        """


class NoEvidence:
    """The evidence of an artifact that has none: the recommender alone decides."""

    def fuse(self, scores: NDArray[np.float32], said: Sequence[Said]) -> NDArray[np.float32]:
        """See `Evidence.fuse`."""
        return scores


class OnnxEvidence:
    """What `training.evidence` learned. Safe to call from several threads."""

    def __init__(self, folder: Path) -> None:
        """Load ``evidence.onnx`` and its words from an artifact.

        Raises:
            ArtifactError: they cannot be loaded.
        """
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = 1
        try:
            facts = json.loads((folder / artifact.EVIDENCE_FACTS).read_text(encoding="utf-8"))
            self._lexicon = Lexicon(facts["words"])
            self._session = onnxruntime.InferenceSession(folder / artifact.EVIDENCE, options, providers=providers())
        except (OSError, ValueError, KeyError, TypeError, *UNUSABLE) as error:
            raise ArtifactError(f"{folder / artifact.EVIDENCE} cannot be loaded: {error}") from error

    def fuse(self, scores: NDArray[np.float32], said: Sequence[Said]) -> NDArray[np.float32]:
        """See `Evidence.fuse`."""
        cues = self._lexicon.read(said)
        feeds = {
            artifact.SCORES: scores[None],
            artifact.ITEM_IDS: _one_row(cues.item_ids),
            artifact.ITEM_WEIGHTS: _one_row(cues.item_weights),
            artifact.WORD_IDS: _one_row(cues.word_ids),
            artifact.WORD_WEIGHTS: _one_row(cues.word_weights),
        }
        return np.asarray(self._session.run([artifact.FUSED], feeds)[0][0])


def _one_row(values: NDArray[np.int64] | NDArray[np.float32]) -> NDArray[np.int64] | NDArray[np.float32]:
    """A batch of one; where there is nothing, one key of weight 0."""
    return values[None] if len(values) else np.zeros((1, 1), dtype=values.dtype)
