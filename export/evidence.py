"""Evidence of dialogues -> evidence.onnx for one catalogue, checked against PyTorch."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch.export import Dim

from domain.artifact import (
    CATALOG,
    EVIDENCE,
    EVIDENCE_FACTS,
    FUSED,
    ITEM_IDS,
    ITEM_WEIGHTS,
    SCORES,
    WORD_IDS,
    WORD_WEIGHTS,
    write_atomically,
)
from domain.catalog import Catalog, CatalogError
from export.parity import TOLERANCE, ParityError
from export.quiet import quiet
from export.recommender import OPSET
from training import progress
from training.evidence import Evidence, load
from training.recommender import TrainingError

STAGE = "export.evidence"
say = partial(progress.say, STAGE)
INPUTS = (SCORES, ITEM_IDS, ITEM_WEIGHTS, WORD_IDS, WORD_WEIGHTS)


def export(folder: Path, out: Path) -> float:
    """Export evidence for the catalogue of an artifact: evidence.onnx and evidence.json appear beside it.

    Returns:
        the largest difference of a score between PyTorch and ONNX Runtime.

    Raises:
        TrainingError, CatalogError: there is no evidence or no catalogue.
        ParityError: ONNX Runtime and PyTorch disagree.
    """
    catalog = Catalog.load(out / CATALOG)
    module, lexicon, facts = load(folder, catalog)
    with tempfile.TemporaryDirectory(dir=out, prefix=".export-") as fresh:
        path = Path(fresh) / EVIDENCE
        to_onnx(module, path, len(catalog))
        parity = check(module, path, len(catalog), len(lexicon.words))
        content = {"words": lexicon.words, "training": facts, "parity": parity}
        write_atomically(Path(fresh) / EVIDENCE_FACTS, json.dumps(content, ensure_ascii=False) + "\n")
        for file in sorted(Path(fresh).iterdir()):
            os.replace(file, out / file.name)
    return parity


def to_onnx(module: Evidence, path: Path, items: int) -> None:
    """Write the module with the inputs and the output that `domain.artifact` names; all but `items` is dynamic."""
    ids, weights = torch.zeros(2, 3, dtype=torch.int64), torch.ones(2, 3)
    example = (torch.zeros(2, items), ids, weights, torch.zeros(2, 5, dtype=torch.int64), torch.ones(2, 5))
    batch, n, m = Dim("batch"), Dim("n"), Dim("m")
    with quiet():
        torch.onnx.export(
            module,
            example,
            str(path),
            input_names=list(INPUTS),
            output_names=[FUSED],
            opset_version=OPSET,
            dynamo=True,
            dynamic_shapes=({0: batch}, {0: batch, 1: n}, {0: batch, 1: n}, {0: batch, 1: m}, {0: batch, 1: m}),
            external_data=True,
            verbose=False,
        )


def check(module: Evidence, path: Path, items: int, words: int) -> float:
    """Compare on conversations of no, few and many items and words.

    Raises:
        ParityError: a score differs by more than `export.parity.TOLERANCE`.
    """
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(0)
    worst = 0.0
    for batch, n, m in ((1, 1, 1), (1, 4, 30), (3, 8, 100)):
        inputs = (
            rng.standard_normal((batch, items)).astype(np.float32),
            rng.integers(0, items, (batch, n)),
            (rng.random((batch, n)) * rng.integers(0, 2, (batch, n))).astype(np.float32),
            rng.integers(0, max(words, 1), (batch, m)),
            rng.random((batch, m)).astype(np.float32),
        )
        with torch.no_grad():
            ours = module(*map(torch.from_numpy, inputs)).numpy()
        theirs = session.run([FUSED], dict(zip(INPUTS, inputs, strict=True)))[0]
        worst = float(np.max([worst, np.abs(ours - theirs).max()]))
    if not worst <= TOLERANCE:
        raise ParityError(f"PyTorch and ONNX Runtime differ by {worst:.2g} in a score of the evidence")
    return worst


def main(arguments: list[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where there is no evidence or it cannot be trusted."""
    parser = argparse.ArgumentParser(prog=f"python -m {STAGE}", description=__doc__)
    parser.add_argument("--evidence", type=Path, required=True, help="folder that training.evidence wrote")
    parser.add_argument("--out", type=Path, required=True, help="the artifact's folder, with its catalog.json")
    chosen = parser.parse_args(arguments)
    try:
        parity = export(chosen.evidence, chosen.out)
    except (TrainingError, CatalogError, ParityError) as error:
        print(error, file=sys.stderr)
        return 2
    sentence = f"exported; PyTorch and ONNX Runtime differ by at most {parity:.1e}"
    say(1.0, sentence)
    print(json.dumps({"parity": parity}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
