"""Items that nobody has liked yet: some are made new by taking their interactions away, then looked for.

The shipped stages train and export without those interactions. Each person who liked some of the newcomers gets all
newcomers ranked by the rest of what they did: by the exported model, by the mean likeness (tf-idf cosine of attributes
and words) to what they liked, and by chance. The last line says whether newcomers get in the way of what is known.

Less may be said: `--drop` takes fields away from all items, `--genres-only` all but title and genres from newcomers.
The sentence vector of an item that lost a field goes, too, since it holds the field.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections.abc import Collection
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
from training.dataset import DataError, load, positives, read_items, read_meaning

SHARE = 0.1
LIKES = 5
"""Items with fewer likes are not made new: there would be too little to find them by."""
LIST = 20
KEPT = ("item_id", "title", "genres")
"""Columns of items.csv that no option takes away, …"""
KEPT_BY_CHANCE = (*KEPT, "year", "other_names")
"""… nor `--drop`: they are not written by hand."""


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


def impoverish(
    source: Path, out: Path, rng: np.random.Generator, drop: float = 0.0, genres_only: Collection[str] = ()
) -> NDArray[np.bool_]:
    """Take away some of what is said of items.

    Args:
        source: items.csv.
        out: the file to write.
        rng: draws the fields.
        drop: chance of each field of each item.
        genres_only: ids of items that keep nothing but `KEPT`.

    Returns:
        which items lost something, ``[N]``.
    """
    poorer = []
    with source.open(encoding="utf-8", newline="") as file, out.open("w", encoding="utf-8", newline="") as kept:
        reader = csv.DictReader(file)
        writer = csv.DictWriter(kept, reader.fieldnames or ())
        writer.writeheader()
        for row in reader:
            chances = rng.random(len(row))
            gone = {n for n, chance in zip(row, chances, strict=True) if chance < drop and n not in KEPT_BY_CHANCE}
            if row["item_id"] in genres_only:
                gone = {name for name in row if name not in KEPT}
            poorer.append(any(row[name] for name in gone))
            writer.writerow(row | dict.fromkeys(gone, ""))
    return np.array(poorer)


def arguments_of() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.newcomers", description=__doc__)
    parser.add_argument("--items", type=Path, help="items.csv; of the default films if left out")
    parser.add_argument("--interactions", type=Path)
    parser.add_argument("--meaning", type=Path, help="sentence vectors of the items (.npy), rows as in items.csv")
    parser.add_argument("--drop", type=float, default=0.0, help="chance of each field of each item to be taken away")
    parser.add_argument("--genres-only", action="store_true", help="of newcomers only title and genres are known")
    parser.add_argument("--seed", type=int, default=0)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Print one line a way of ranking; exit 2 with a sentence where the data are missing."""
    chosen = arguments_of().parse_args(arguments)
    films = Settings().data / "movies"
    items, interactions = chosen.items or films / "items.csv", chosen.interactions or films / "interactions.csv"
    try:
        data = load(items, interactions)
        meaning = None if chosen.meaning is None else read_meaning(chosen.meaning, len(data.catalog))
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
        ids = {data.catalog[int(at)].item_id for at in new}
        without(interactions, ids, folder / "interactions.csv")
        told = folder / "items.csv"
        of_genres = ids if chosen.genres_only else ()
        poorer = impoverish(items, told, np.random.default_rng(chosen.seed), chosen.drop, of_genres)
        arguments = ["--items", str(told), "--interactions", str(folder / "interactions.csv")]
        if meaning is not None:
            meaning[poorer] = 0
            np.save(folder / "meaning.npy", meaning.astype(np.float16))
            arguments += ["--meaning", str(folder / "meaning.npy")]
        catalog = Catalog(read_items(told))
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
        ("likeness to the liked", likeness(catalog, history[rows])[:, new]),
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
