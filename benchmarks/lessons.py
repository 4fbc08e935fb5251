"""What `training.understanding` learns from: annotated messages, and ReDial's titles, as what is served reads them.

Writes an .npz file of vectors and clues for every model of `domain.meaning`, so that training and serving cannot read
differently. What the rules settle is left out, and so are ReDial's dialogues with ``conversationId % 10 == 0``, which
are kept for measuring.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np

from benchmarks.annotated import FOLDER, Names, Utterance, read
from benchmarks.understanding import REDIAL, served, understander
from bot.encoder import OnnxEncoder
from bot.meaning import Heard, Span, moved, untitled
from bot.understander import Understander
from domain import artifact
from domain.artifact import ArtifactError
from domain.catalog import Catalog
from domain.linking import Judge, Linker, normal, odds_of
from domain.meaning import (
    INTENT,
    INTENTS,
    LIKING,
    POLARITIES,
    TITLE,
    WISH,
    Intent,
    IntentClues,
    LikingClues,
    Vector,
    WishClues,
    title_clues,
)
from domain.stance import Polarity
from training.linking import Mark, Namesakes, marked_messages, retyped, runs

KEPT = 10
"""One dialogue of ReDial's in so many is kept for measuring."""

Parts = Mapping[str, Vector | int]


@dataclass
class Asked:
    """A `Heard` message that keeps what is asked of it, while the rules have the last word."""

    text: str
    titles: Sequence[Span]
    before: str
    intents: list[IntentClues] = field(default_factory=list)
    wishes: dict[Span, WishClues] = field(default_factory=dict)
    likings: dict[Span, LikingClues] = field(default_factory=dict)

    def intent(self, clues: IntentClues) -> Intent:
        """See `bot.meaning.Heard`."""
        self.intents.append(clues)
        return clues.rule

    def wish(self, place: Span, clues: WishClues) -> Polarity:
        """See `bot.meaning.Heard`."""
        self.wishes[place] = clues
        return clues.rule

    def liking(self, place: Span, clues: LikingClues) -> Polarity:
        """See `bot.meaning.Heard`."""
        self.likings[place] = clues
        return clues.rule


class Recorder:
    """A hearer that keeps the last message."""

    def __init__(self) -> None:
        self.last: Asked | None = None

    def judge(self, text: str) -> Judge | None:
        """See `bot.meaning.Hearer`."""
        return None

    def hear(self, text: str, titles: Sequence[Span], before: str) -> Heard:
        """See `bot.meaning.Hearer`."""
        self.last = Asked(text, titles, before)
        return self.last


class Lessons:
    """Examples as they are gathered, each model's parts side by side."""

    def __init__(self, catalog: Catalog, linker: Linker, encoder: OnnxEncoder) -> None:
        self._catalog = catalog
        self._linker = linker
        self._encoder = encoder
        self._messages = 0
        self.rows: dict[str, list[Vector]] = {}

    def add(self, text: str, marks: Sequence[Mark], others: Iterator[tuple[str, Parts]] | None = None) -> None:
        """The titles of a message, and what else there is of it."""
        meaning = self._encoder.read(text)
        for place, evidence, hit in runs(text, marks, self._linker, self._catalog):
            clues = title_clues(odds_of(evidence))
            self._keep(TITLE, {"meaning": meaning.of(*place), "clues": clues, "truth": int(hit)})
        for model, parts_of in others or ():
            self._keep(model, parts_of)
        self._messages += 1

    def _keep(self, model: str, parts: Parts) -> None:
        for name, value in {**parts, "message": self._messages}.items():
            self.rows.setdefault(f"{model}.{name}", []).append(np.asarray(value))


def of_an_utterance(
    asked: Asked, said: Utterance, encoder: OnnxEncoder, reader: Understander
) -> Iterator[tuple[str, Parts]]:
    """What each model but that of titles is asked of a message, with what was annotated."""
    message = encoder.read(untitled(asked.text, asked.titles))
    before = encoder.read(asked.before).whole if asked.before else np.zeros_like(message.whole)
    for clues in asked.intents[:1]:
        truth = INTENTS.index(cast(Intent, said.intent))
        yield INTENT, {"meaning": message.whole, "before": before, "clues": clues.vector(), "truth": truth}
    wanted = {(c.attribute, c.value): c.include for c in said.constraints}
    for place, wish in asked.wishes.items():
        told = [wanted[pair] for pair in reader.pairs_of(said.text[slice(*place)]) if pair in wanted]
        truth = POLARITIES.index(0 if not told else 1 if told[0] else -1)
        yield WISH, {"meaning": message.of(*moved(place, asked.titles)), "clues": wish.vector(), "truth": truth}
    for place, liking in asked.likings.items():
        marks = [mark.polarity for mark in said.marks if place[0] < mark.end and mark.start < place[1]]
        for polarity in marks[:1]:
            truth = POLARITIES.index(cast(Polarity, polarity))
            yield LIKING, {"meaning": message.of(*moved(place, asked.titles)), "clues": liking.vector(), "truth": truth}


def gather(folder: Path, redial: Path, most: int) -> dict[str, list[Vector]]:
    """The examples.

    Args:
        folder: of annotated messages.
        redial: folder of ReDial's JSON lines; what is not there is done without.
        most: dialogues of ReDial's, at most.

    Raises:
        ArtifactError: the domain was never built, or has no encoder.
    """
    recorder = Recorder()
    catalog, linker, reader = understander("movies", recorder)
    encoder = OnnxEncoder(served("movies") / artifact.ENCODER)
    names, lessons = Names(catalog), Lessons(catalog, linker, encoder)
    for path in sorted(folder.glob("*.jsonl")):
        for said in read(path.read_text(encoding="utf-8").splitlines()):
            recorder.last = None
            reader.understand(said.text, reader.context_of(said.context))
            told = [(m.start, m.end, _titles(catalog, names.ids(m.name))) for m in said.marks]
            others = of_an_utterance(recorder.last, said, encoder, reader) if recorder.last else None
            lessons.add(said.text, told, others)
    lines = (line for path in sorted(redial.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines())
    dialogues = [dialogue for line in lines if int((dialogue := json.loads(line))["conversationId"]) % KEPT]
    chance = random.Random(0)
    chance.shuffle(dialogues)
    for message, titles in marked_messages(dialogues[:most], Namesakes(catalog)):
        lessons.add(*retyped(message, titles, chance))
    return lessons.rows


def _titles(catalog: Catalog, item_ids: frozenset[str]) -> set[str]:
    return {normal(item.title) for item in map(catalog.get, item_ids) if item}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where the domain was never built."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lessons", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="of annotated messages")
    parser.add_argument("--redial", type=Path, default=REDIAL, help="folder of ReDial's JSON lines")
    parser.add_argument("--most", type=int, default=1500, help="dialogues of ReDial's, at most")
    parser.add_argument("--out", type=Path, required=True, help="an .npz file")
    chosen = parser.parse_args(arguments)
    try:
        rows = gather(chosen.folder, chosen.redial, chosen.most)
    except ArtifactError as error:
        print(error, file=sys.stderr)
        return 2
    np.savez(chosen.out, **{name: np.array(found) for name, found in rows.items()})  # type: ignore[arg-type]
    return 0


if __name__ == "__main__":
    sys.exit(main())
