"""A person's history -> a score for every item of the catalogue, by ONNX Runtime."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as errors

from bot.device import has_cuda, providers
from domain import artifact
from domain.artifact import ArtifactError
from domain.catalog import Catalog
from domain.preference import pad

History = tuple[NDArray[np.int64], NDArray[np.float32]]
"""Columns and signed weights of one person's items, as `domain.preference.encode` gives them."""


UNUSABLE = (
    errors.Fail, errors.InvalidArgument, errors.InvalidGraph, errors.InvalidProtobuf, errors.NoSuchFile,
    errors.RuntimeException,
)  # fmt: skip
"""What ONNX Runtime raises for a file that is no model; its exceptions share no base class."""


class Recommender(Protocol):
    """Scores every item for a batch of histories."""

    @property
    def noise(self) -> int:
        """Length of z."""

    def scores(self, histories: list[History], z: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """Score all items.

        Args:
            histories: one a row of the result.
            z: the draw that varies the preference, ``[batch, noise]``; None is the safest list.

        Returns:
            ``[batch, items]``, higher is better, comparable within a row only.
        """

    def personal(self, histories: list[History]) -> NDArray[np.float32]:
        """What of the scores, without z, comes of the histories and not of want of them, ``[batch, items]``."""


class OnnxRecommender:
    """The trained generator. Safe to call from several threads."""

    def __init__(self, folder: Path, noise: int) -> None:
        """Load ``recommender.onnx`` of an artifact.

        Raises:
            ArtifactError: the file is no model that ONNX Runtime can load.
        """
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = (
            1  # a turn is a few milliseconds; threads that wait for each other make it longer
        )
        try:
            self._session = onnxruntime.InferenceSession(folder / artifact.RECOMMENDER, options, providers=providers())
        except UNUSABLE as error:
            raise ArtifactError(f"{folder / artifact.RECOMMENDER} cannot be loaded: {error}") from error
        shape = next(i.shape for i in self._session.get_inputs() if i.name == artifact.Z)
        if shape[1] != noise:
            raise ArtifactError(f"{folder / artifact.RECOMMENDER} takes {shape[1]} numbers of noise, not {noise}")
        self._noise = noise
        self._parts = [o.name for o in self._session.get_outputs() if o.name in (artifact.SCORES, artifact.PRIOR)]
        self._on_gpu = has_cuda()

    @property
    def noise(self) -> int:
        """Length of z."""
        return self._noise

    def scores(self, histories: list[History], z: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """See `Recommender.scores`."""
        item_ids, weights = pad(histories)
        if z is None:
            z = np.zeros((len(histories), self._noise), dtype=np.float32)
        feeds = {artifact.ITEM_IDS: item_ids, artifact.WEIGHTS: weights, artifact.Z: z}
        if not self._on_gpu:
            return np.asarray(self._session.run([artifact.SCORES], feeds)[0])
        # Binding keeps the copies between host and device to one each way.
        binding = self._session.io_binding()
        for name, array in feeds.items():
            binding.bind_cpu_input(name, array)
        binding.bind_output(artifact.SCORES, "cpu")
        self._session.run_with_iobinding(binding)
        return np.asarray(binding.copy_outputs_to_cpu()[0])

    def personal(self, histories: list[History]) -> NDArray[np.float32]:
        """See `Recommender.personal`."""
        item_ids, weights = pad(histories)
        z = np.zeros((len(histories), self._noise), dtype=np.float32)
        feeds = {artifact.ITEM_IDS: item_ids, artifact.WEIGHTS: weights, artifact.Z: z}
        parts = dict(zip(self._parts, self._session.run(self._parts, feeds), strict=True))
        return np.asarray(parts[artifact.SCORES] - parts.get(artifact.PRIOR, 0))


class PopularityRecommender:
    """What most people had to do with, the same for everybody: the recommender of an artifact without a model."""

    noise = 1

    def __init__(self, catalog: Catalog) -> None:
        self._scores = np.log1p(np.array([item.popularity for item in catalog], dtype=np.float32))

    def scores(self, histories: list[History], z: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """See `Recommender.scores`; z has nothing to vary."""
        return np.tile(self._scores, (len(histories), 1))

    def personal(self, histories: list[History]) -> NDArray[np.float32]:
        """See `Recommender.personal`: nothing does."""
        return np.zeros((len(histories), len(self._scores)), dtype=np.float32)


def contributions(
    recommender: Recommender, history: History, columns: NDArray[np.int64], newest: int | None = None
) -> NDArray[np.float32]:
    """What each item of a history added to the scores of some items.

    The mean of what it added when it came in the order of the history and in the reverse order: Shapley values sampled
    by one pair of orders (Castro et al., Computers & OR'09; antithetic pairs: Mitchell et al., JMLR'22, arXiv
    2104.12199). Both sums telescope, so the parts add up to the score with these items less the score without them, up
    to rounding, whatever the model; of two items that say the same, each gets half. Popularity that stands in for what
    is not known is left aside (`Recommender.personal`).

    Args:
        recommender: any.
        history: ``n`` columns and weights, the oldest first.
        columns: ``[k]``, the items whose scores are taken apart.
        newest: so many of the newest items share the sum; the older ones are taken for granted. None is all.

    Returns:
        ``[n, k]``, 0 for the older ones.
    """
    ids, weights = history
    n = len(ids)
    first = 0 if newest is None else max(n - newest, 0)
    order = np.arange(n)
    forward = [order[:end] for end in range(first, n + 1)]
    backward = [np.concatenate([order[:first], order[start:]]) for start in range(n - 1, first, -1)]
    scores = recommender.personal([(ids[part], weights[part]) for part in (*forward, *backward)])[:, columns]
    up = np.diff(scores[: len(forward)], axis=0)  # of items first … n-1
    down = np.diff(
        np.concatenate([scores[:1], scores[len(forward) :], scores[len(forward) - 1 : len(forward)]]), axis=0
    )
    added = np.zeros((n, len(columns)), dtype=np.float32)
    if n > first:
        added[first:] = (up + down[::-1]) / 2
    return added
