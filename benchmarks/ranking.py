"""Top-N from history: the exported recommender on a train and a test file; with --compare, baselines beside it."""

from __future__ import annotations

import argparse
import csv
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.baselines import LIST, Outcome, compare
from domain.artifact import RECOMMENDER
from export.quality import score
from training import metrics
from training.dataset import SEEN, DataError, to_weights

BATCH = 64


@dataclass(frozen=True)
class Split:
    """A train and a test file.

    Attributes:
        users, items: ids as written; people of the test file who have no train line come last.
        train: signed weights, float32 CSR ``[users, items]``.
        test: ones at the positives, float32 CSR ``[users, items]``.
        values: of the train lines as written, ``[lines]``; None without --signed.
        lines: (row, column) of the train lines, int64 ``[lines, 2]``.
        asked: rows of the users of the test file.
    """

    users: tuple[str, ...]
    items: tuple[str, ...]
    train: sparse.csr_matrix
    test: sparse.csr_matrix
    values: NDArray[np.float64] | None
    lines: NDArray[np.int64]
    asked: NDArray[np.int64]


def read_split(train: Path, test: Path, signed: bool) -> Split:
    """Read two files of lines ``user item [value]``, white-space separated.

    Args:
        train: what is known.
        test: what is to be predicted.
        signed: whether values count; without it every line is a positive.

    Raises:
        DataError: a file, a line, and what is wrong with it.
    """
    known, withheld = _read(train, signed), _read(test, signed)
    users = {user: at for at, user in enumerate(dict.fromkeys([row[0] for row in known + withheld]))}
    items = {item: at for at, item in enumerate(dict.fromkeys([row[1] for row in known + withheld]))}
    lines = np.array([(users[user], items[item]) for user, item, _ in known], dtype=np.int64)
    values = np.array([value for *_, value in known]) if signed else None
    shape = len(users), len(items)
    good = to_weights(np.array([value for *_, value in withheld]) if signed else None, len(withheld)) > SEEN
    rows = np.array([users[user] for user, *_ in withheld])
    columns = np.array([items[item] for _, item, _ in withheld])
    ones = np.ones(int(good.sum()), dtype=np.float32)
    hidden = sparse.csr_matrix((ones, (rows[good], columns[good])), shape=shape)
    hidden.data[:] = 1
    return Split(
        users=tuple(users),
        items=tuple(items),
        train=_matrix(lines, to_weights(values, len(lines)), shape),
        test=hidden,
        values=values,
        lines=lines,
        asked=np.unique(rows),
    )


def _read(path: Path, signed: bool) -> list[tuple[str, str, float]]:
    found = []
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}, line 1: cannot be read: {error}") from error
    for number, line in enumerate(text.splitlines(), start=1):
        cells = line.split()
        if not cells:
            continue
        if len(cells) < 2 or (signed and len(cells) < 3):
            raise DataError(f"{path}, line {number}: {line!r} is not 'user item {'value' if signed else '[value]'}'")
        try:
            found.append((cells[0], cells[1], float(cells[2]) if signed else 1.0))
        except ValueError:
            raise DataError(f"{path}, line {number}: value {cells[2]!r} is not a number") from None
    if not found:
        raise DataError(f"{path}, line 1: there are no interactions")
    return found


def _matrix(lines: NDArray[np.int64], weights: NDArray[np.float32], shape: tuple[int, int]) -> sparse.csr_matrix:
    """Weights as a matrix; of a pair that occurs twice the last counts."""
    key = lines[:, 0] * shape[1] + lines[:, 1]
    _, last = np.unique(key[::-1], return_index=True)
    last = len(key) - 1 - last
    return sparse.csr_matrix((weights[last], (lines[last, 0], lines[last, 1])), shape=shape, dtype=np.float32)


def write_data(split: Split, folder: Path) -> None:
    """items.csv and interactions.csv, whose columns are `Split.items`."""
    with (folder / "items.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("item_id", "title"))
        writer.writerows((item, item) for item in split.items)
    with (folder / "interactions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("user_id", "item_id") if split.values is None else ("user_id", "item_id", "value"))
        for at, (row, column) in enumerate(split.lines):
            value = () if split.values is None else (split.values[at],)
            writer.writerow((split.users[row], split.items[column], *value))


def ours(split: Split, folder: Path, seed: int, model: str = "gan") -> Outcome:
    """Run the shipped stages with their defaults as child processes, and rank by what they export."""
    trained, exported = folder / f"model-{model}-{seed}", folder / f"artifact-{model}-{seed}"
    if not (folder / "items.csv").exists():
        write_data(split, folder)
    data = ["--items", str(folder / "items.csv"), "--interactions", str(folder / "interactions.csv")]
    seconds, gigabytes = stage(
        "training.recommender", *data, "--out", str(trained), "--model", model, "--seed", str(seed)
    )
    stage("export.recommender", "--model", str(trained), "--out", str(exported))
    started = time.perf_counter()
    ranked = predict(exported, split)
    return Outcome(ranked, seconds, gigabytes, 1000 * (time.perf_counter() - started) / len(split.asked))


def stage(module: str, *arguments: str) -> tuple[float, float]:
    """Run a stage with nothing said; its seconds, and the most memory that it held, in GB.

    Raises:
        subprocess.CalledProcessError: it failed; it said why on stderr.
    """
    started, command = time.monotonic(), [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:  # noqa: S603
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    return time.monotonic() - started, usage.ru_maxrss / 2**20


def predict(artifact: Path, split: Split) -> NDArray[np.int64]:
    """The 20 best of each asked person, train items left out, int64 ``[asked, 20]``; z = 0."""
    session = onnxruntime.InferenceSession(artifact / RECOMMENDER, providers=["CPUExecutionProvider"])
    parts = []
    for start in range(0, len(split.asked), BATCH):
        history = split.train[split.asked[start : start + BATCH]]
        parts.append(metrics.rank(score(session, history), LIST, history))
    return np.concatenate(parts)


def write_predictions(path: Path, split: Split, ranked: NDArray[np.int64]) -> None:
    """A line a person of the test file: ``user<TAB>item item …``, the best first."""
    with path.open("w", encoding="utf-8") as file:
        for row, places in zip(split.asked, ranked, strict=True):
            file.write(f"{split.users[row]}\t{' '.join(split.items[at] for at in places if at >= 0)}\n")


def figures(split: Split, ranked: NDArray[np.int64]) -> dict[str, float]:
    """P, R, NDCG and MRR at 5 and 20 over the people with a positive in the test file, and coverage of all lists."""
    test = split.test[split.asked]
    told = metrics.counts(test) > 0
    found = metrics.accuracy(ranked[told], test[told])
    return found | {"coverage@20": metrics.coverage(ranked, len(split.items))}


COLUMNS = (*(f"{m}@{k}" for k in (5, 20) for m in ("precision", "recall", "ndcg", "mrr")), "coverage@20")
SHORT = ("P@5", "R@5", "NDCG@5", "MRR@5", "P@20", "R@20", "NDCG@20", "MRR@20", "cov@20", "±NDCG", "fit s", "GB", "ms")
HEADER = f"{'':<30}" + "".join(f"{name:>8}" for name in SHORT)
ABLATIONS = {
    "gan": "Parley",
    "vae": "- without its adversary",
    "latent": "- without its linear path",
    "linear": "- without its latent path",
}


def row(split: Split, outcomes: Sequence[Outcome]) -> dict[str, float]:
    """What one line of the table shows: means over seeds, and the standard deviation of NDCG@20."""
    found = [figures(split, outcome.ranked) for outcome in outcomes]
    shown = {name: float(np.mean([f[name] for f in found])) for name in COLUMNS}
    shown["deviation"] = float(np.std([f["ndcg@20"] for f in found], ddof=1)) if len(found) > 1 else math.nan
    for name in ("seconds", "gigabytes", "milliseconds"):
        shown[name] = float(np.mean([getattr(outcome, name) for outcome in outcomes]))
    return shown


def format_row(name: str, shown: dict[str, float]) -> str:
    """A line of the table."""
    accuracy = "".join(f"{shown[column]:8.4f}" for column in COLUMNS)
    deviation = f"{shown['deviation']:8.4f}" if not math.isnan(shown["deviation"]) else f"{'':8}"
    cost = f"{shown['seconds']:8.1f}{shown['gigabytes']:8.2f}{shown['milliseconds']:8.2f}"
    return f"{name:<30}{accuracy}{deviation}{cost}"


def lines(
    split: Split, folder: Path, seeds: Sequence[int], first: Outcome | None = None
) -> Iterator[tuple[str, dict[str, float]]]:
    """Ours, its ablations and every baseline: names and what the table shows of them.

    Args:
        split: the data.
        folder: for models.
        seeds: of whatever is trained.
        first: ours with the first seed, if it is there.
    """
    for model, name in ABLATIONS.items():
        done = [first] if first and model == "gan" else []
        yield name, row(split, done + [ours(split, folder, seed, model) for seed in seeds[len(done) :]])
    train = split.train.copy()
    train.data[:] = 1
    for name, outcomes in compare(train, split.asked, len(seeds)):
        yield name, row(split, outcomes)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where a file cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ranking", description=__doc__)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--predictions", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--signed", action="store_true", help="values are ratings; without it every line is a positive")
    parser.add_argument("--compare", action="store_true", help="print baselines and ablations beside it")
    parser.add_argument("--seeds", type=int, default=1, help="with --compare: fits of whatever is trained")
    a = parser.parse_args(arguments)
    try:
        split = read_split(a.train, a.test, a.signed)
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        outcome = ours(split, Path(folder), a.seed)
        write_predictions(a.predictions, split, outcome.ranked)
        print(HEADER)
        if not a.compare:
            print(format_row(f"Parley, seed {a.seed}", row(split, [outcome])))
            return 0
        for name, shown in lines(split, Path(folder), range(a.seed, a.seed + a.seeds), outcome):
            print(format_row(name, shown), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
