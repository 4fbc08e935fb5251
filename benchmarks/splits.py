"""Our ranking beside every baseline on several random splits of the same interactions: one decides by chance.

`python -m benchmarks.splits --interactions F [--splits 5]`
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.baselines import compare
from benchmarks.ranking import Split, ours, read_split
from benchmarks.split import divide
from training import metrics
from training.dataset import DataError

OURS = "Parley"
SETTINGS = re.compile(r" \([-\d., ]+\)$")


def outcomes(split: Split, folder: Path, seed: int) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """Names, and the 20 best of each asked person, int64 ``[asked, 20]``."""
    yield OURS, ours(split, folder, seed).ranked
    train = split.train.copy()
    train.data[:] = 1
    for name, fits in compare(train, split.asked):
        yield SETTINGS.sub("", name), fits[0].ranked


def ndcg(split: Split, ranked: NDArray[np.int64]) -> NDArray[np.float64]:
    """NDCG@20 of each person with a positive in the test file."""
    test = split.test[split.asked]
    relevant = metrics.counts(test)
    found = metrics.ndcg(metrics.hits(ranked, test), relevant, 20)
    return np.asarray(found[relevant > 0])


def table(figures: dict[str, list[NDArray[np.float64]]]) -> list[str]:
    """Lines of Markdown: a method, its means by split, the mean of these, and ours less it with a standard error.

    The error is that of the mean over splits of paired differences between people; splits share people, so it is a
    little too small.

    Args:
        figures: NDCG@20 of each person, by method and split.
    """
    count = len(figures[OURS])
    shown = [f"| | {' | '.join(f'split {n}' for n in range(count))} | mean | ours less it | ± |"]
    shown.append("| --- |" + " --- |" * (count + 3))
    for name, splits in figures.items():
        gaps = [mine - theirs for mine, theirs in zip(figures[OURS], splits, strict=True)]
        error = float(np.sqrt(sum(gap.var(ddof=1) / len(gap) for gap in gaps)) / count)
        means = [float(split.mean()) for split in splits]
        cells = [f"{figure:.4f}" for figure in (*means, float(np.mean(means)))]
        cells += ["", ""] if name == OURS else [f"{np.mean([gap.mean() for gap in gaps]):+.4f}", f"{error:.4f}"]
        shown.append(f"| {name} | {' | '.join(cells)} |")
    return shown


def main(arguments: list[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where the file cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.splits", description=__doc__)
    parser.add_argument("--interactions", type=Path, required=True, help="CSV user_id,item_id[,value][,timestamp]")
    parser.add_argument("--splits", type=int, default=5)
    chosen = parser.parse_args(arguments)
    figures: dict[str, list[NDArray[np.float64]]] = {}
    for seed in range(chosen.splits):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            try:
                divide(chosen.interactions, folder / "train", folder / "test", seed)
                split = read_split(folder / "train", folder / "test", signed=False)
            except (OSError, KeyError, DataError) as error:
                print(f"{chosen.interactions} cannot be used: {error}", file=sys.stderr)
                return 2
            for method, ranked in outcomes(split, folder, seed):
                found = ndcg(split, ranked)
                figures.setdefault(method, []).append(found)
                print(f"split {seed}, {method}: NDCG@20 {found.mean():.4f}", file=sys.stderr, flush=True)
    print("\n".join(table(figures)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
