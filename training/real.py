"""Real messages, annotated by id and place: their text lies in the data sets beside the project and stays there.

ReDial (Li et al., NeurIPS 2018; CC BY 4.0) and MG-ShopDial (Bernard and Balog, SIGIR 2023). An id is
``redial/CONVERSATION/MESSAGE`` or ``mgshopdial/DIALOGUE/UTTERANCE``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from domain.frame import Act, Flag, Frame, Kind, LastPlan, Mention, Role, Topic
from training.annotation import FOLDER, Annotated

DATA = Path("../shared/data")
LEARNED = FOLDER / "real.jsonl"
"""What the reader learns from, where the data is at hand; of ReDial no conversation that a held-out message is of."""


def clean(text: str) -> str:
    """A message as it was annotated: white space is one space."""
    return re.sub(r"\s+", " ", text).strip()


def texts(folder: Path = DATA) -> Iterator[tuple[str, str]]:
    """(id, text) of the messages of the data sets that are there; ReDial's marks are replaced by titles."""
    for path in sorted((folder / "redial").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            dialogue = json.loads(line)
            films = dialogue["movieMentions"] if isinstance(dialogue["movieMentions"], dict) else {}
            for at, message in enumerate(dialogue["messages"]):
                text = message["text"]
                for number, name in films.items():
                    text = text.replace(f"@{number}", clean(name)) if name else text
                yield f"redial/{dialogue['conversationId']}/{at}", clean(text)
    for path in (folder / "mgshopdial").glob("MGShopDial.json"):
        for dialogue in json.loads(path.read_text(encoding="utf-8")):
            for said in dialogue["utterances"]:
                yield f"mgshopdial/{dialogue['id']}/{said['utterance_id']}", clean(said["utterance"])


def messages(annotations: Path = LEARNED, folder: Path = DATA) -> Iterator[Annotated]:
    """The annotated messages of a file whose text is at hand."""
    told = {row["id"]: row for row in map(json.loads, annotations.read_text(encoding="utf-8").splitlines())}
    for name, text in texts(folder):
        row = told.pop(name, None)
        if row:
            mentions = tuple(_mention(*values) for values in row["mentions"])
            acts, flags = frozenset(map(Act, row["acts"])), frozenset(map(Flag, row["flags"]))
            domain = "films" if name.startswith("redial") else "shop"
            yield Annotated(text, Frame(acts, mentions, flags), LastPlan.parse(row["after"]), domain, name)


def _mention(start: int, end: int, kind: str, label: str, theirs: bool) -> Mention:
    if kind == Kind.QUESTION.value:
        return Mention(start, end, Kind.QUESTION, topic=Topic(label))
    return Mention(start, end, Kind(kind), Role(label), theirs=theirs)
