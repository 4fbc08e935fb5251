"""Whether ONNX Runtime and PyTorch agree on the recommender; what they disagree on is not published.

The other exporters hold their models to the same tolerance.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import nn

from domain.artifact import ITEM_IDS, PRIOR, SCORES, WEIGHTS, Z

TOLERANCE = 1e-4
"""Largest difference of a score; scores are in standard deviations over the catalogue, so they have one scale."""

Batch = tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]


class ParityError(Exception):
    """ONNX Runtime and PyTorch disagree; the message says by how much."""


def check_recommender(model: nn.Module, onnx_file: Path, batches: Iterable[Batch]) -> float:
    """Compare both outputs on batches of (item ids ``[b, n]``, weights ``[b, n]``, z ``[b, noise]``).

    Args:
        model: returns scores and prior, as it was exported.
        onnx_file: what it was exported to.
        batches: to compare on.

    Returns:
        the largest absolute difference.

    Raises:
        ParityError: it is above `TOLERANCE`, or a score is not a number.
    """
    session = onnxruntime.InferenceSession(onnx_file, providers=["CPUExecutionProvider"])
    worst = 0.0
    for item_ids, weights, z in batches:
        with torch.no_grad():
            ours = model(torch.from_numpy(item_ids), torch.from_numpy(weights), torch.from_numpy(z))
        theirs = session.run([SCORES, PRIOR], {ITEM_IDS: item_ids, WEIGHTS: weights, Z: z})
        apart = [np.abs(one.numpy() - other).max() for one, other in zip(ours, theirs, strict=True)]
        worst = float(np.max([worst, *apart]))  # unlike max(), keeps what is not a number
    if not worst <= TOLERANCE:
        raise ParityError(
            f"PyTorch and ONNX Runtime differ by {worst:.2g} in a score; at most {TOLERANCE:g} is allowed"
        )
    return worst
