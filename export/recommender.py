"""A trained generator -> recommender.onnx, checked against PyTorch."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.export import Dim

from domain.artifact import CATALOG, ITEM_IDS, PRIOR, RECOMMENDER, SCORES, WEIGHTS, Z, write_atomically
from domain.catalog import Catalog, CatalogError
from export.parity import Batch, ParityError, check_recommender
from export.quiet import quiet
from training import progress
from training.recommender import TrainingError, load_generator
from training.vae import Generator

STAGE = "export.recommender"
say = partial(progress.say, STAGE)
FACTS = "recommender.json"
OPSET = 18


def export(model: Path, out: Path) -> dict[str, Any]:
    """Export the model of a training folder.

    Writes recommender.onnx (with recommender.onnx.data beside it), catalog.json and recommender.json, the last with
    ``noise``, ``parity``, ``value_range``, ``training`` and ``metrics``. Nothing appears in `out` unless both agree.

    Raises:
        TrainingError, CatalogError: the folder holds no model.
        ParityError: ONNX Runtime and PyTorch disagree.
    """
    generator, config = load_generator(model)
    catalog = Catalog.load(model / CATALOG)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".export-") as folder:
        fresh = Path(folder)
        say(0.1, "tracing")
        to_onnx(generator, fresh / RECOMMENDER, generator.config.noise)
        say(0.6, "comparing with PyTorch")
        batches = probes(len(catalog), generator.config.noise)
        parity = check_recommender(Explained(generator), fresh / RECOMMENDER, batches)
        facts = {
            "noise": generator.config.noise,
            "parity": {"recommender": parity},
            "value_range": config["value_range"],
            "training": config["training"],
            "metrics": config["metrics"],
        }
        shutil.copyfile(model / CATALOG, fresh / CATALOG)
        write_atomically(fresh / FACTS, json.dumps(facts, indent=1) + "\n")
        for file in sorted(fresh.iterdir()):
            os.replace(file, out / file.name)
    say(1.0, f"exported; PyTorch and ONNX Runtime differ by at most {parity:.1e}")
    return facts


class Explained(nn.Module):
    """A generator with both of its outputs."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, item_ids: Tensor, weights: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
        """See `Generator.explained`."""
        return self.generator.explained(item_ids, weights, z)


def to_onnx(model: Generator, path: Path, noise: int) -> None:
    """Write a generator with the inputs and outputs that `domain.artifact` names; batch and history are dynamic."""
    example = (torch.zeros(2, 3, dtype=torch.int64), torch.ones(2, 3), torch.zeros(2, noise))
    batch, length = Dim("batch"), Dim("n")
    with quiet():
        torch.onnx.export(
            Explained(model),
            example,
            str(path),
            input_names=[ITEM_IDS, WEIGHTS, Z],
            output_names=[SCORES, PRIOR],
            opset_version=OPSET,
            dynamo=True,
            dynamic_shapes=({0: batch, 1: length}, {0: batch, 1: length}, {0: batch}),
            external_data=True,
            verbose=False,
        )


def probes(items: int, noise: int) -> Iterator[Batch]:
    """Inputs to compare on: no history, one item, padding, dislikes, long histories, small and large z."""
    rng = np.random.default_rng(0)
    for people, length, scale in ((1, 1, 0.0), (1, 1, 1.0), (3, 20, 1.0), (8, 100, 0.5), (2, 500, 2.0)):
        item_ids = rng.integers(0, items, (people, length))
        weights = rng.choice(np.array([-1, 0.25, 0.5, 1], dtype=np.float32), (people, length))
        weights[:, length // 2 + 1 :] *= rng.integers(0, 2, (people, 1))  # some end early
        yield item_ids, weights, (scale * rng.standard_normal((people, noise))).astype(np.float32)
    yield np.zeros((1, 1), dtype=np.int64), np.zeros((1, 1), dtype=np.float32), np.zeros((1, noise), dtype=np.float32)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where there is no model or it cannot be trusted."""
    parser = argparse.ArgumentParser(prog=f"python -m {STAGE}", description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder that training.recommender wrote")
    parser.add_argument("--out", type=Path, required=True)
    a = parser.parse_args(arguments)
    try:
        export(a.model, a.out)
    except (TrainingError, CatalogError, ParityError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
