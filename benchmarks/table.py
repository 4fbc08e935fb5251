"""The table of `benchmarks.ranking --compare` on many data sets: a folder of NAME.train and NAME.test -> Markdown.

Written line by line, so that a run that is cut off keeps what it has.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from pathlib import Path

from benchmarks.ranking import lines, read_split
from training.dataset import DataError

SHOWN = {"P@5": "precision@5", "NDCG@5": "ndcg@5", "P@20": "precision@20", "R@20": "recall@20"}
SHOWN |= {"MRR@20": "mrr@20", "NDCG@20": "ndcg@20", "coverage@20": "coverage@20"}


def main(arguments: list[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where a file cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.table", description=__doc__)
    parser.add_argument("folder", type=Path, help="of NAME.train and NAME.test, lines 'user item'")
    parser.add_argument("--only", nargs="+", help="names of data sets; all by default")
    parser.add_argument("--seeds", type=int, default=1)
    chosen = parser.parse_args(arguments)
    names = chosen.only or sorted(file.stem for file in chosen.folder.glob("*.train"))
    if not names:
        print(f"{chosen.folder} holds no NAME.train", file=sys.stderr)
        return 2
    for name in names:
        try:
            split = read_split(chosen.folder / f"{name}.train", chosen.folder / f"{name}.test", signed=False)
        except DataError as error:
            print(error, file=sys.stderr)
            return 2
        people, items = split.train.shape
        print(f"\n{name}: {people} people, {items} items, {split.train.nnz} + {split.test.nnz} interactions", end="")
        print(f"; {chosen.seeds} seed{'s' * (chosen.seeds > 1)}\n")
        print(f"| | {' | '.join(SHOWN)} | ± | fit, s | GB | ms |")
        print("| --- |" + " --- |" * (len(SHOWN) + 4), flush=True)
        with tempfile.TemporaryDirectory() as folder:
            for method, shown in lines(split, Path(folder), range(chosen.seeds)):
                cells = [f"{shown[column]:.4f}".lstrip("0") for column in SHOWN.values()]
                cells.append("" if math.isnan(shown["deviation"]) else f"{shown['deviation']:.4f}".lstrip("0"))
                cells += [f"{shown['seconds']:.0f}", f"{shown['gigabytes']:.1f}", f"{shown['milliseconds']:.2f}"]
                print(f"| {method} | {' | '.join(cells)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
