"""Splits interactions for `benchmarks.ranking`: `python -m benchmarks.split --interactions F --train F --test F`."""

from __future__ import annotations

import argparse
import csv
import random
import sys
from pathlib import Path

TEST_SHARE = 0.2


def main() -> int:
    """Put a random fifth of the lines into the test file and the others into the train file; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.split", description=__doc__)
    parser.add_argument("--interactions", type=Path, required=True, help="CSV user_id,item_id[,value][,timestamp]")
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    chance = random.Random(chosen.seed)
    with (
        chosen.interactions.open(encoding="utf-8", newline="") as file,
        chosen.train.open("w", encoding="utf-8") as train,
        chosen.test.open("w", encoding="utf-8") as test,
    ):
        for row in csv.DictReader(file):
            line = f"{row['user_id']} {row['item_id']} {row.get('value') or ''}".rstrip()
            print(line, file=test if chance.random() < TEST_SHARE else train)
    return 0


if __name__ == "__main__":
    sys.exit(main())
