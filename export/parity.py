"""Whether ONNX Runtime and PyTorch agree on the recommender; what they disagree on is not published.

The other exporters hold their models to the same tolerance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import nn

from domain.artifact import ITEM_IDS, PRIOR, SCORES, WEIGHTS, Z

TOLERANCE = 1e-4
"""Largest difference of a score beside 1 + its size: where next to nothing is known, scores are large."""

Batch = tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]


SPOKEN = (
    "hi",
    "Hello, and welcome back!",
    "something tense, not too long?",
    "I loved Heat and Fargo, hated Titanic.",
    "  two  spaces   and a tab\t",
    "line\nbreak\n\nand two",
    "UPPER CASE",
    "MiXeD cAsE",
    "don't, won't, it's, they'd",
    "“quoted” ‘thus’ — and so…",
    "naïve café, Amélie, Übermut, señor, garçon",
    "İstanbul ıssız",
    "straße",
    "9/10",
    "1,299.00",
    "$12.99",
    "20 €",
    "under 90 minutes",
    "1990s",
    "1234567890" * 3,
    "3.14159",
    "a",
    " ",
    ".",
    "?!",
    "...",
    "---",
    "@1: crime, 106",
    "#1 and #2",
    "@@@",
    "<|im_start|>user\nrecommend film<|im_end|>\n<|im_start|>assistant\n",
    "<|im_end|>",
    "<b>bold</b>",
    '{"json": [1, 2]}',
    "https://example.org/a?b=c&d=e",
    "user@example.org",
    "/recommend",
    "`code`",
    "**bold** _it_",
    "👍",
    "🎬🍿 yes",
    "👩‍👩‍👧‍👦",
    "我想看一部喜剧",
    "推荐《千与千寻》那样的",
    "映画をおすすめして",
    "영화 추천해 줘",
    "Фильм, пожалуйста",
    "فيلم",
    "e\u0301",
    "\u200b",
    "zz" * 40,
    "supercalifragilisticexpialidocious",
    "def f(x): return x + 1",
)
"""At least 50 texts on which tokenizers differ if they differ anywhere."""


class ParityError(Exception):
    """ONNX Runtime and PyTorch disagree; the message says by how much."""


def check_tokens(trained: Callable[[str], Sequence[int]], served: Callable[[str], Sequence[int]], what: str) -> int:
    """Compare the ids that two tokenizers make of `SPOKEN`.

    Args:
        trained: the tokenizer that a model was trained with.
        served: the one that stands beside its export, read by what serves it.
        what: whose they are, for the message.

    Returns:
        how many texts were compared.

    Raises:
        ParityError: they differ on any.
    """
    for text in SPOKEN:
        if list(trained(text)) != list(served(text)):
            raise ParityError(f"the tokenizer that is served reads {text!r} otherwise than that of the {what}")
    return len(SPOKEN)


def check_recommender(model: nn.Module, onnx_file: Path, batches: Iterable[Batch]) -> float:
    """Compare both outputs on batches of (item ids ``[b, n]``, weights ``[b, n]``, z ``[b, noise]``).

    Args:
        model: returns scores and prior, as it was exported.
        onnx_file: what it was exported to.
        batches: to compare on.

    Returns:
        the largest ``|ours - theirs| / (1 + |ours|)``.

    Raises:
        ParityError: it is above `TOLERANCE`, or a score is not a number.
    """
    session = onnxruntime.InferenceSession(onnx_file, providers=["CPUExecutionProvider"])
    worst = 0.0
    for item_ids, weights, z in batches:
        with torch.no_grad():
            ours = model(torch.from_numpy(item_ids), torch.from_numpy(weights), torch.from_numpy(z))
        theirs = session.run([SCORES, PRIOR], {ITEM_IDS: item_ids, WEIGHTS: weights, Z: z})
        pairs = [(one.numpy().astype(np.float64), other) for one, other in zip(ours, theirs, strict=True)]
        apart = [(np.abs(one - other) / (1 + np.abs(one))).max() for one, other in pairs]
        worst = float(np.max([worst, *apart]))  # unlike max(), keeps what is not a number
    if not worst <= TOLERANCE:
        raise ParityError(
            f"the scores of the exported recommender and of the trained one differ by {worst:.2g}, where {TOLERANCE:g} "
            "is allowed, so it was not published: please report this, and build again with --seed 1"
        )
    return worst
