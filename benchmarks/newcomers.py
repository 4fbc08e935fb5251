"""Items that nobody has liked yet: some are made new by taking their interactions away, then looked for.

The shipped stages train and export without those interactions. Each person who liked some of the newcomers gets all
newcomers ranked by the rest of what they did: by the exported model, by the mean likeness (tf-idf cosine of attributes
and words) to what they liked, and by chance. The last lines say whether newcomers get in the way of what is known.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.ranking import stage
from bot.settings import Settings
from domain.artifact import RECOMMENDER
from domain.catalog import Catalog
from export.quality import score
from training import metrics
from training.content import attribute_table, word_table
from training.dataset import DataError, load, positives

SHARE = 0.1
LIKES = 5
"""Items with fewer likes are not made new: there would be too little to find them by."""
LIST = 20


def without(interactions: Path, newcomers: set[str], out: Path) -> None:
    """The interactions with other items."""
    with interactions.open(encoding="utf-8", newline="") as file, out.open("w", encoding="utf-8", newline="") as kept:
        reader = csv.DictReader(file)
        writer = csv.DictWriter(kept, reader.fieldnames or ())
        writer.writeheader()
        writer.writerows(row for row in reader if row["item_id"] not in newcomers)


def likeness(catalog: Catalog, history: sparse.csr_matrix) -> NDArray[np.float32]:
    """Mean cosine of each item to what each person liked, float32 ``[people, N]``."""
    liked = positives(history)
    scores = sum(
        weight * (liked @ table @ table.T).toarray()
        for table, weight in ((attribute_table(catalog)[0], 1.0), (word_table(catalog)[0], 0.5))
    )
    return np.asarray(scores, dtype=np.float32)


def main(arguments: list[str] | None = None) -> int:
    """Print one line a way of ranking; exit 2 with a sentence where the data are missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.newcomers", description=__doc__)
    parser.add_argument("--items", type=Path, help="items.csv; of the default films if left out")
    parser.add_argument("--interactions", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    films = Settings().data / "movies"
    items, interactions = chosen.items or films / "items.csv", chosen.interactions or films / "interactions.csv"
    try:
        data = load(items, interactions)
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    rng = np.random.default_rng(chosen.seed)
    target = positives(data.matrix)
    able = np.flatnonzero(np.asarray(target.sum(axis=0)).ravel() >= LIKES)
    new = np.sort(rng.permutation(able)[: round(SHARE * len(able))])
    is_new = np.zeros(len(data.catalog), dtype=bool)
    is_new[new] = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        without(interactions, {data.catalog[int(at)].item_id for at in new}, folder / "interactions.csv")
        (folder / "items.csv").write_bytes(items.read_bytes())
        arguments = ["--items", str(folder / "items.csv"), "--interactions", str(folder / "interactions.csv")]
        stage("training.recommender", *arguments, "--out", str(folder / "model"))
        stage("export.recommender", "--model", str(folder / "model"), "--out", str(folder / "artifact"))
        session = onnxruntime.InferenceSession(folder / "artifact" / RECOMMENDER, providers=["CPUExecutionProvider"])
        history = sparse.csr_matrix(data.matrix @ sparse.diags((~is_new).astype(np.float32)))
        history.eliminate_zeros()
        relevant = sparse.csr_matrix(target[:, new])
        rows = np.flatnonzero(np.diff(relevant.indptr))
        parts = [score(session, history[rows[at : at + 64]]) for at in range(0, len(rows), 64)]
        ours = np.concatenate(parts)
    print(f"{len(new)} newcomers among {len(data.catalog)} items, {len(rows)} people who liked some of them")
    print(f"{'':<24}{'NDCG@20':>9}{'R@20':>9}")
    for name, scores in (
        ("Parley", ours[:, new]),
        ("likeness to the liked", likeness(data.catalog, history[rows])[:, new]),
        ("chance", rng.random((len(rows), len(new)))),
    ):
        found = metrics.accuracy(metrics.rank(scores, LIST), relevant[rows], (LIST,))
        print(f"{name:<24}{found['ndcg@20']:9.4f}{found['recall@20']:9.4f}")
    top = metrics.rank(ours, LIST, history[rows])
    print(
        f"newcomers in lists of {LIST} from all items: {is_new[top].mean():.4f}; among the items: {is_new.mean():.4f}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
