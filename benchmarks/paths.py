"""What the paths of the generator are worth: NDCG@20 of the linear one alone, of the latent one alone and of both.

Of generators without adversary, of the files that `benchmarks.table` reads; at z = 0, on the test file. The weight of
the latent path is the one that validation chose, and nothing is fitted again for another.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from benchmarks.controls import accuracy_and_coverage, best, people
from benchmarks.diversity import fitted
from benchmarks.ranking import Split, read_split
from training.dataset import DataError
from training.vae import Generator

PATHS = ("both", "linear alone", "latent alone")


def worth(generator: Generator, split: Split) -> Iterator[float]:
    """NDCG@20 by each of `PATHS`; the generator is changed."""
    history, relevant = split.train[split.asked], split.test[split.asked]
    gain = float(generator.gain)

    def ndcg() -> float:
        some = people(generator, history, relevant)
        return accuracy_and_coverage(best(some.scores), some)[0]

    yield ndcg()
    generator.gain.fill_(0.0)
    yield ndcg()
    generator.gain.fill_(gain or 1.0)
    generator.linear.rescale(0.0)
    generator.caution.fill_(0.0)
    yield ndcg()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line a set: means over seeds, and the mean and deviation of what the latent path adds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.paths", description=__doc__)
    parser.add_argument("folder", type=Path, help="of NAME.train and NAME.test, lines 'user item'")
    parser.add_argument("--only", nargs="+", help="names of data sets; all by default")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder of generators that benchmarks.diversity fitted")
    a = parser.parse_args(arguments)
    torch.set_num_threads(1)
    print(f"| | seeds | weight | {' | '.join(PATHS)} | the latent path adds | ± |")
    print("| --- |" + " --- |" * (len(PATHS) + 4))
    for name in a.only or sorted(file.stem for file in a.folder.glob("*.train")):
        found, gains = [], []
        for seed in range(a.seeds):
            try:
                split = read_split(a.folder / f"{name}.train", a.folder / f"{name}.test", signed=False)
                with tempfile.TemporaryDirectory() as folder:
                    kept = a.keep / f"{name}-{seed}.pt" if a.keep else None
                    generator = fitted(split, Path(folder), seed, kept).final
            except DataError as error:
                print(error, file=sys.stderr)
                return 2
            gains.append(f"{float(generator.gain):g}")
            found.append([*worth(generator, split)])
        figures = np.array(found)  # (seeds, paths)
        added = figures[:, 0] - figures[:, 1]
        spread = f"{added.std(ddof=1):.4f}".lstrip("0") if len(added) > 1 else ""
        shown = " | ".join(f"{mean:.4f}".lstrip("0") for mean in figures.mean(0))
        print(f"| {name} | {len(added)} | {', '.join(gains)} | {shown} | {added.mean():+.4f} | {spread} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
