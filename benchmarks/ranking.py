"""Top-N from history: the exported recommender on a train and a test file; with --compare, baselines beside it."""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from scipy import sparse

from domain.artifact import RECOMMENDER
from export.quality import score
from training import metrics
from training.dataset import SEEN, DataError, split_interactions, to_weights

LIST = 20
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


def train_and_export(split: Split, folder: Path, seed: int, model: str = "gan") -> Path:
    """Run the shipped stages with their defaults as child processes.

    Returns:
        the folder with recommender.onnx, whose columns are `Split.items`.
    """
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
    trained, exported = folder / f"model-{model}-{seed}", folder / f"artifact-{model}-{seed}"
    data = ["--items", str(folder / "items.csv"), "--interactions", str(folder / "interactions.csv")]
    _stage("training.recommender", *data, "--out", str(trained), "--model", model, "--seed", str(seed))
    _stage("export.recommender", "--model", str(trained), "--out", str(exported))
    return exported


def _stage(module: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", module, *arguments], check=True, stdout=subprocess.DEVNULL)  # noqa: S603


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


def format_row(name: str, found: dict[str, float]) -> str:
    """A row of the table, figures without the leading zero."""
    return f"{name:<28}" + "".join(f"{found[column]:>8.4f}" for column in COLUMNS)


COLUMNS = (*(f"{m}@{k}" for k in (5, 20) for m in ("precision", "recall", "ndcg", "mrr")), "coverage@20")
SHORT = ("P@5", "R@5", "NDCG@5", "MRR@5", "P@20", "R@20", "NDCG@20", "MRR@20", "cov@20")
HEADER = f"{'':<28}" + "".join(f"{name:>8}" for name in SHORT)


# Baselines: each is a function of the train matrix and its settings that returns item-to-item weights [N, N].


def popularity(train: sparse.csr_matrix) -> NDArray[np.float64]:
    """How many people had each item, float64 ``[N]``."""
    return np.bincount(train.indices, minlength=train.shape[1]).astype(np.float64)


def item_knn(train: sparse.csr_matrix, k: int, shrink: float) -> sparse.csr_matrix:
    """Cosine with shrinkage, the k nearest of each item (Deshpande & Karypis, TOIS'04)."""
    norms = np.sqrt(popularity(train))
    alike = (train.T @ train).tocoo()
    alike.data = alike.data / (norms[alike.row] * norms[alike.col] + shrink + 1e-9)
    return _nearest(alike.tocsr(), k)


def rp3beta(train: sparse.csr_matrix, k: int, alpha: float, beta: float) -> sparse.csr_matrix:
    """Three random steps, P_ui^α P_iu^α / popularity^β, the k likeliest of each item (Paudel et al., TIIS'17)."""
    to_item = sparse.diags(np.maximum(np.diff(train.indptr), 1.0) ** -alpha) @ train
    to_user = sparse.diags(np.maximum(popularity(train), 1.0) ** -alpha) @ train.T
    return _nearest((to_user @ to_item @ sparse.diags(np.maximum(popularity(train), 1.0) ** -beta)).tocsr(), k)


def ease(train: sparse.csr_matrix, ridge: float) -> NDArray[np.float32]:
    """B = I - P diag(P)⁻¹, P = (XᵀX + λI)⁻¹ (Steck, WWW'19, arXiv 1905.03375)."""
    G = (train.T @ train).toarray().astype(np.float32)
    P = np.linalg.inv(G + ridge * np.eye(len(G), dtype=np.float32))
    B: NDArray[np.float32] = -P / np.diag(P)
    np.fill_diagonal(B, 0)
    return B


def slim(train: sparse.csr_matrix, l1: float, l2: float, sweeps: int = 20) -> NDArray[np.float32]:
    """Minimum of ½||X - XW||² + l2/2 ||W||² + l1 ||W||₁ with W ≥ 0 and diag(W) = 0 (Ning & Karypis, ICDM'11).

    By coordinate descent: all columns of W are descended at once, one row of it after another.
    """
    G = (train.T @ train).toarray().astype(np.float32)
    W: NDArray[np.float32] = np.zeros_like(G)
    residual = G.copy()  # G - G W
    diagonal = np.diag(G).copy()
    for _ in range(sweeps):
        for i in range(len(G)):
            new = np.maximum(residual[i] + diagonal[i] * W[i] - l1, 0) / (diagonal[i] + l2)
            new[i] = 0
            changed = np.flatnonzero(new != W[i])
            residual[:, changed] -= np.outer(G[:, i], (new - W[i])[changed])
            W[i] = new
    return W


def _nearest(weights: sparse.csr_matrix, k: int) -> sparse.csr_matrix:
    """The k largest entries of each row, without the diagonal."""
    weights = weights.tolil()
    weights.setdiag(0)
    weights = weights.tocsr()
    weights.eliminate_zeros()
    for row in range(weights.shape[0]):
        part = weights.data[weights.indptr[row] : weights.indptr[row + 1]]
        if len(part) > k:
            part[part < np.partition(part, -k)[-k]] = 0
    weights.eliminate_zeros()
    return weights


GRIDS: dict[str, tuple[Callable[..., Any], list[tuple[Any, ...]]]] = {
    "ItemKNN": (item_knn, [(k, shrink) for k in (50, 200) for shrink in (0.0, 10.0, 100.0)]),
    "RP3beta": (rp3beta, [(k, a, b) for k in (100, 1000) for a in (0.5, 1.0) for b in (0.0, 0.3, 0.6)]),
    "EASE": (ease, [(ridge,) for ridge in (3.0, 10.0, 30.0, 100.0, 200.0, 400.0, 800.0)]),
    "SLIM": (slim, [(l1, l2) for l1 in (1.0, 3.0, 10.0) for l2 in (10.0, 100.0)]),
}
SLIM_ITEMS = 5_000
"""Above so many items SLIM by dense coordinate descent takes longer than the comparison is worth."""


def compare(split: Split, seed: int) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """Every baseline, tuned on a fifth of the train lines and refitted on all: its name and its lists."""
    train = split.train.copy()
    train.data[:] = 1
    history = train[split.asked]
    yield "popularity", metrics.rank(np.tile(popularity(train), (len(split.asked), 1)), LIST, history)
    left, holdout = split_interactions(train, np.random.default_rng(seed))
    for name, (fit, grid) in GRIDS.items():
        if name == "SLIM" and train.shape[1] > SLIM_ITEMS:
            continue

        def quality(settings: tuple[float, ...], fit: Callable[..., Any] = fit) -> float:
            scores = _dense(holdout.history @ fit(left, *settings))
            return metrics.accuracy(metrics.rank(scores, LIST, holdout.history), holdout.relevant)["ndcg@20"]

        best = max(grid, key=quality)
        yield f"{name} {best}", metrics.rank(_dense(history @ fit(train, *best)), LIST, history)


def _dense(scores: Any) -> NDArray[np.float32]:
    found: NDArray[np.float32] = scores.toarray() if sparse.issparse(scores) else np.asarray(scores)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where a file cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ranking", description=__doc__)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--predictions", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--signed", action="store_true", help="values are ratings; without it every line is a positive")
    parser.add_argument("--compare", action="store_true", help="print baselines and ablations beside it")
    a = parser.parse_args(arguments)
    try:
        split = read_split(a.train, a.test, a.signed)
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        ranked = predict(train_and_export(split, Path(folder), a.seed), split)
        write_predictions(a.predictions, split, ranked)
        print(HEADER)
        print(format_row("Parley (GAN)", figures(split, ranked)), flush=True)
        if a.compare:
            ablation = predict(train_and_export(split, Path(folder), a.seed, model="vae"), split)
            print(format_row("- without adversary (VAE)", figures(split, ablation)), flush=True)
            for name, lists in compare(split, a.seed):
                print(format_row(name, figures(split, lists)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
