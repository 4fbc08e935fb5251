"""Splits interactions for `benchmarks.ranking`: `python -m benchmarks.split --interactions F --train F --test F`."""

from __future__ import annotations

import argparse
import csv
import random
import sys
from pathlib import Path

TEST_SHARE = 0.2


def divide(interactions: Path, train: Path, test: Path, seed: int) -> None:
    """Put a random fifth of the lines of a CSV into the test file and the others into the train file.

    Raises:
        OSError: a file cannot be read or written.
        KeyError: a column is missing.
    """
    chance = random.Random(seed)
    with (
        interactions.open(encoding="utf-8", newline="") as file,
        train.open("w", encoding="utf-8") as kept,
        test.open("w", encoding="utf-8") as withheld,
    ):
        for row in csv.DictReader(file):
            line = f"{row['user_id']} {row['item_id']} {row.get('value') or ''}".rstrip()
            print(line, file=withheld if chance.random() < TEST_SHARE else kept)


def main() -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.split", description=__doc__)
    parser.add_argument("--interactions", type=Path, required=True, help="CSV user_id,item_id[,value][,timestamp]")
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    divide(chosen.interactions, chosen.train, chosen.test, chosen.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
