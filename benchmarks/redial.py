"""Recommending from a conversation, on ReDial: R@1, R@10 and R@50 beside popularity and the recommender alone.

Protocol: Kostric and Balog, SIGIR'26 (10.1145/3805712.3808573). One instance for each message of the recommending side
that names a film and has an earlier message; recall is the share of the films named that are in the first K. "Fresh"
targets were not named before in the dialogue. What is ranked, and by what, is in the artifact of domain ``redial``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from bot.evidence import Evidence, NoEvidence, OnnxEvidence
from bot.recommender import OnnxRecommender, PopularityRecommender, Recommender
from bot.settings import Settings
from domain import artifact
from domain.artifact import ArtifactError, Manifest
from domain.catalog import Catalog
from domain.evidence import Said
from training.sources import redial_messages

DEPTHS = (1, 10, 50)
LISTED = 50


@dataclass(frozen=True)
class Instance:
    """One message to be foreseen.

    Attributes:
        conversation_id, message_id: as in the input; a message without an id gets its position.
        said: what was said before.
        known: ids of the films named before.
        targets: ids of the films that the message names.
    """

    conversation_id: str
    message_id: object
    said: tuple[Said, ...]
    known: tuple[str, ...]
    targets: tuple[str, ...]


def instances(path: Path, catalog: Catalog) -> Iterator[Instance]:
    """The instances of a file of ReDial's JSON lines."""
    with path.open(encoding="utf-8") as file:
        for line in filter(str.strip, file):
            dialogue = json.loads(line)
            said: list[Said] = []
            known: list[str] = []
            for at, (raw, message) in enumerate(zip(dialogue["messages"], redial_messages(dialogue), strict=True)):
                if message["by"] == "other" and message["items"] and said:
                    message_id = raw.get("messageId", at)
                    targets = tuple(message["items"])
                    yield Instance(
                        str(dialogue["conversationId"]), message_id, tuple(said), tuple(dict.fromkeys(known)), targets
                    )
                columns = [column for item_id in message["items"] if (column := catalog.column(item_id)) is not None]
                said.append(Said(message["by"] == "person", message["text"], tuple(columns)))
                known += message["items"]


class Ranker:
    """The recommender and the evidence of one artifact."""

    def __init__(self, catalog: Catalog, recommender: Recommender, evidence: Evidence) -> None:
        self._catalog = catalog
        self._recommender = recommender
        self._evidence = evidence

    def rank(self, instance: Instance, *, fresh: bool) -> list[str]:
        """The best films, without those named before if only `fresh` ones are asked for."""
        scores = self.scores(instance)
        if fresh:
            columns = [column for item in instance.known if (column := self._catalog.column(item)) is not None]
            scores[columns] = -np.inf
        best = np.argpartition(-scores, min(LISTED, len(scores) - 1))[:LISTED]
        order = best[np.argsort(-scores[best], kind="stable")]
        return [self._catalog[column].item_id for column in order if np.isfinite(scores[column])]

    def scores(self, instance: Instance) -> NDArray[np.float32]:
        """Scores ``[items]``: every film named before counts as liked."""
        columns = list(dict.fromkeys(column for said in instance.said for column in said.columns))
        history = (np.array(columns, dtype=np.int64), np.ones(len(columns), dtype=np.float32))
        return self._evidence.fuse(self._recommender.scores([history])[0], instance.said).copy()


def recall(ranked: Sequence[Sequence[str]], targets: Sequence[Sequence[str]]) -> dict[str, float]:
    """Share of the targets in the first K, over all instances together."""
    total = sum(map(len, targets))
    hits = {
        depth: sum(len(set(names[:depth]) & set(wanted)) for names, wanted in zip(ranked, targets, strict=True))
        for depth in DEPTHS
    }
    return {f"R@{depth}": hits[depth] / max(total, 1) for depth in DEPTHS}


def main(arguments: list[str] | None = None) -> int:
    """Rank every instance, write the predictions and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.redial", description=__doc__)
    parser.add_argument("--dialogues", type=Path, required=True, help="ReDial's JSON lines")
    parser.add_argument("--predictions", type=Path, required=True)
    parser.add_argument("--domain", default="redial")
    chosen = parser.parse_args(arguments)
    folder = Settings().artifacts / chosen.domain
    try:
        version = folder / str(artifact.current(folder))
        manifest = Manifest.load(version)
        catalog = Catalog.load(version / artifact.CATALOG)
        recommender = OnnxRecommender(version, manifest.noise)
        evidence: Evidence = OnnxEvidence(version) if (version / artifact.EVIDENCE).is_file() else NoEvidence()
    except ArtifactError as error:
        print(f"{error}; build it: python -m training.build --domain redial --source redial --from …", file=sys.stderr)
        return 2
    found = list(instances(chosen.dialogues, catalog))
    rankers = {
        "popularity in the ratings": Ranker(catalog, PopularityRecommender(catalog), NoEvidence()),
        "recommender alone": Ranker(catalog, recommender, NoEvidence()),
        "recommender and evidence": Ranker(catalog, recommender, evidence),
    }
    fresh = [tuple(item for item in i.targets if item not in i.known) for i in found]
    print(f"{len(found)} instances, {sum(len(i.targets) for i in found)} targets, {sum(map(len, fresh))} of them fresh")
    print(f"{'':28} {'fresh targets: R@1 / R@10 / R@50':36} all targets")
    for name, ranker in rankers.items():
        ranked = [
            (ranker.rank(i, fresh=True), ranker.rank(i, fresh=False))
            for i in tqdm(found, desc=name, leave=False, disable=None)
        ]
        figures = recall([r for r, _ in ranked], fresh), recall([r for _, r in ranked], [i.targets for i in found])
        shown = [" / ".join(f"{value:.4f}" for value in figure.values()) for figure in figures]
        print(f"{name:28} {shown[0]:36} {shown[1]}", flush=True)
    with chosen.predictions.open("w", encoding="utf-8") as file:
        for instance, (new, every) in zip(found, ranked, strict=True):
            ids = {"conversationId": instance.conversation_id, "messageId": instance.message_id}
            file.write(json.dumps(ids | {"ranked": new, "ranked_all": every}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
