"""What `training.understanding` learns from: annotated messages, and ReDial's titles, as what is served reads them.

Writes JSON lines, a `training.understanding.Lesson` each: what every model of `domain.meaning` is asked of a text, with
what the rules read, so that training and serving cannot read differently. What the rules settle is left out, and so are
ReDial's dialogues with ``conversationId % 10 == 0``, which are kept for measuring.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import cast

from benchmarks.annotated import FOLDER, Names, Utterance, read
from benchmarks.understanding import REDIAL, understander
from bot.meaning import Heard, Span, moved, untitled
from bot.understander import Understander
from domain.artifact import ArtifactError
from domain.catalog import Catalog
from domain.linking import Judge, Linker, log_odds_of, normal
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
    WishClues,
    title_clues,
)
from domain.stance import Polarity
from training.linking import Mark, Namesakes, marked_messages, retyped, runs
from training.understanding import Lesson, Question

KEPT = 10
"""One dialogue of ReDial's in so many is kept for measuring."""


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


def of_titles(message: int, text: str, marks: Sequence[Mark], linker: Linker, catalog: Catalog) -> Iterator[Lesson]:
    """Which runs of words in a message are titles; nothing if none could be."""
    questions = tuple(
        Question(TITLE, place, tuple(title_clues(log_odds_of(evidence)).tolist()), int(hit))
        for place, evidence, hit in runs(text, marks, linker, catalog)
    )
    if questions:
        yield Lesson(message, text, "", questions)


def of_the_rest(message: int, asked: Asked, said: Utterance, reader: Understander) -> Lesson:
    """What every other model is asked of a message, with what was annotated."""
    questions = []
    for clues in asked.intents[:1]:
        truth = INTENTS.index(cast(Intent, said.intent))
        questions.append(Question(INTENT, (0, 0), tuple(clues.vector().tolist()), truth))
    wanted = {(c.attribute, c.value): c.include for c in said.constraints}
    for place, wish in asked.wishes.items():
        told = [wanted[pair] for pair in reader.pairs_of(said.text[slice(*place)]) if pair in wanted]
        truth = POLARITIES.index(0 if not told else 1 if told[0] else -1)
        questions.append(Question(WISH, moved(place, asked.titles), tuple(wish.vector().tolist()), truth))
    for place, liking in asked.likings.items():
        marks = [mark.polarity for mark in said.marks if place[0] < mark.end and mark.start < place[1]]
        for polarity in marks[:1]:
            truth = POLARITIES.index(cast(Polarity, polarity))
            questions.append(Question(LIKING, moved(place, asked.titles), tuple(liking.vector().tolist()), truth))
    return Lesson(message, untitled(asked.text, asked.titles), asked.before, tuple(questions))


def gather(folder: Path, redial: Path, most: int) -> Iterator[Lesson]:
    """The lessons.

    Args:
        folder: of annotated messages.
        redial: folder of ReDial's JSON lines; what is not there is done without.
        most: dialogues of ReDial's, at most.

    Raises:
        ArtifactError: the domain was never built.
    """
    recorder = Recorder()
    catalog, linker, reader = understander("movies", recorder)
    names, number = Names(catalog), itertools.count()
    for path in sorted(folder.glob("*.jsonl")):
        for said in read(path.read_text(encoding="utf-8").splitlines()):
            message, recorder.last = next(number), None
            reader.understand(said.text, reader.context_of(said.context))
            told = [(m.start, m.end, _titles(catalog, names.ids(m.name))) for m in said.marks]
            found = next(of_titles(message, said.text, told, linker, catalog), None)
            rest = of_the_rest(message, recorder.last, said, reader) if recorder.last else None
            if found and rest and found.text == rest.text:
                yield replace(rest, questions=(*found.questions, *rest.questions))
            else:
                yield from filter(None, (found, rest))
    lines = (line for path in sorted(redial.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines())
    dialogues = [dialogue for line in lines if int((dialogue := json.loads(line))["conversationId"]) % KEPT]
    chance = random.Random(0)
    chance.shuffle(dialogues)
    for text, titles in marked_messages(dialogues[:most], Namesakes(catalog)):
        yield from of_titles(next(number), *retyped(text, titles, chance), linker, catalog)


def _titles(catalog: Catalog, item_ids: frozenset[str]) -> set[str]:
    return {normal(item.title) for item in map(catalog.get, item_ids) if item}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where the domain was never built."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lessons", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="of annotated messages")
    parser.add_argument("--redial", type=Path, default=REDIAL, help="folder of ReDial's JSON lines")
    parser.add_argument("--most", type=int, default=200, help="dialogues of ReDial's, at most")
    parser.add_argument("--out", type=Path, required=True, help="a file of JSON lines")
    chosen = parser.parse_args(arguments)
    try:
        lessons = [json.dumps(asdict(lesson)) for lesson in gather(chosen.folder, chosen.redial, chosen.most)]
    except ArtifactError as error:
        print(error, file=sys.stderr)
        return 2
    chosen.out.write_text("\n".join(lessons) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
