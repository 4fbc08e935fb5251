"""What z is worth: accuracy, coverage, novelty, diversity and agreement of two draws, over the scale of z.

The people are those that the build held out; 80% of what they did is folded in, the rest is to be found. Each scale is
drawn several times. `--plot` writes a picture of the same figures, `--runs` one of how the model was trained.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from scipy import sparse

from bot.settings import Settings
from domain import artifact
from domain.artifact import ArtifactError, Manifest
from domain.catalog import Catalog, CatalogError
from export.quality import score
from training import metrics
from training.dataset import DataError, read_interactions, to_matrix, withhold

SCALES = (0.0, 0.3, 0.6, 1.0, 1.5, 2.0, 3.0, 4.0)
DRAWS = 3
LIST = 20
COLUMNS = ("NDCG@20", "coverage@20", "novelty, bits", "diversity", "Gini", "two draws share")


def measure(
    session: onnxruntime.InferenceSession, matrix: sparse.csr_matrix, train: sparse.csr_matrix, noise: int
) -> NDArray[np.float64]:
    """Means over the draws of each scale, float64 ``[scales, len(COLUMNS)]``."""
    holdout = withhold(matrix, np.random.default_rng(0))
    told = np.flatnonzero(metrics.counts(holdout.relevant))
    history, relevant = holdout.history[told], holdout.relevant[told]
    popularity = np.bincount(train.indices, minlength=train.shape[1])
    rows = []
    for scale in SCALES:
        rng = np.random.default_rng(0)
        lists = []
        for _ in range(DRAWS):
            z = (scale * rng.standard_normal((len(told), noise))).astype(np.float32)
            lists.append(metrics.rank(score(session, history, z), LIST, history))
        pairs = [(a, b) for at, a in enumerate(lists) for b in lists[at + 1 :]]
        shared = [np.intersect1d(x, y).size / LIST for a, b in pairs for x, y in zip(a, b, strict=True)]
        each = [
            (
                metrics.accuracy(ranked, relevant)["ndcg@20"],
                metrics.coverage(ranked, train.shape[1]),
                metrics.novelty(ranked, popularity, train.shape[0]),
                metrics.diversity(ranked, train),
                metrics.gini(ranked, train.shape[1]),
            )
            for ranked in lists
        ]
        rows.append([*np.mean(each, axis=0), float(np.mean(shared))])
    return np.array(rows)


def plot_dial(found: NDArray[np.float64], path: Path) -> None:
    """A curve a figure over the scale of z, and accuracy against diversity."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    for name, column in zip(COLUMNS, found.T, strict=True):
        left.plot(SCALES, column / column[0] if column[0] else column, marker="o", label=name)
    left.set(xlabel="scale of z", ylabel="beside its value at 0", yscale="log")
    left.legend(fontsize=8)
    right.plot(found[:, 3], found[:, 0], marker="o")
    for scale, row in zip(SCALES, found, strict=True):
        if 0 < scale < 1:
            continue  # too near each other to be told apart
        right.annotate(f"{scale:g}", (row[3], row[0]), textcoords="offset points", xytext=(5, 5), fontsize=8)
    right.set(xlabel="intra-list diversity", ylabel="NDCG@20", title="each point: a scale of z")
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def plot_training(runs: Path, path: Path) -> None:
    """Losses and validation figures of the newest run under a folder of TensorBoard logs."""
    import matplotlib.pyplot as plt

    newest = max(runs.glob("**/events.out*"), key=lambda file: file.stat().st_mtime)
    curves = {tag: _curve(newest, tag) for tag in ("select", "game", "fit")}
    figure, axes = plt.subplots(1, 3, figsize=(13, 3.6))
    for stage, style in (("select", "-"), ("fit", "--")):
        if "nll" in curves[stage]:
            axes[0].plot(*curves[stage]["nll"], style, label=f"{stage}: reconstruction")
    axes[0].set(title="latent path", xlabel="epoch", ylabel="loss")
    if "ndcg@20" in curves["select"]:
        axes[1].plot(*curves["select"]["ndcg@20"], marker="o", color="tab:green")
    axes[1].set(title="validation, both paths", xlabel="epoch", ylabel="NDCG@20")
    for name, label in (("loss_d", "discriminator's loss"), ("loss_g", "generator's loss")):
        if name in curves["game"]:
            axes[2].plot(*curves["game"][name], label=label)
    if "coverage@20" in curves["game"]:
        beside = axes[2].twinx()
        beside.plot(*curves["game"]["coverage@20"], color="tab:green", linestyle=":", label="coverage@20")
        beside.set_ylabel("coverage@20, dotted")
    axes[2].set(title="the game", xlabel="round")
    for axis in (axes[0], axes[2]):
        axis.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def _curve(file: Path, tag: str) -> dict[str, Any]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    log = EventAccumulator(str(file))
    log.Reload()
    names = [name for name in log.Tags()["scalars"] if name.startswith(f"{tag}/")]
    return {
        name.removeprefix(f"{tag}/"): ([e.step for e in log.Scalars(name)], [e.value for e in log.Scalars(name)])
        for name in names
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one line a scale; exit 2 with a sentence where nothing is built."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dial", description=__doc__)
    parser.add_argument("--domain", default="movies")
    parser.add_argument("--plot", type=Path, help="a PNG to write; needs matplotlib (make bench-setup)")
    parser.add_argument("--runs", type=Path, help="TensorBoard logs to draw, into PNG-training.png beside --plot")
    chosen = parser.parse_args(arguments)
    settings = Settings()
    try:
        folder = settings.artifacts / chosen.domain
        folder = folder / str(artifact.current(folder))
        catalog, noise = Catalog.load(folder / artifact.CATALOG), Manifest.load(folder).noise
        data = settings.data / chosen.domain
        matrix, _ = to_matrix(read_interactions(data / "holdout.csv"), catalog)
        train, _ = to_matrix(read_interactions(data / "train.csv"), catalog)
    except (ArtifactError, CatalogError, DataError) as error:
        print(error, file=sys.stderr)
        return 2
    session = onnxruntime.InferenceSession(folder / artifact.RECOMMENDER, providers=["CPUExecutionProvider"])
    found = measure(session, matrix, train, noise)
    print(f"{'scale of z':>12}" + "".join(f"{name:>17}" for name in COLUMNS))
    for scale, row in zip(SCALES, found, strict=True):
        print(f"{scale:12g}" + "".join(f"{value:17.4f}" for value in row))
    if chosen.plot:
        plot_dial(found, chosen.plot)
    if chosen.plot and chosen.runs:
        plot_training(chosen.runs, chosen.plot.with_name(f"{chosen.plot.stem}-training.png"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
