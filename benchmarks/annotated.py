"""How much is understood of messages that were written and annotated for it: items, liking, wishes, intents.

A message is a JSON object: ``context`` (earlier messages), ``marked`` (the message; a mention is ``[[words|Title
(year)|polarity]]``, ``?`` for a title that no catalogue up to 2016 has), ``intent``, and ``constraints`` as (attribute,
value, include), where a bare ``<`` or ``>`` is any limit on that side ("older").

``tests/utterances`` holds them: ``--folder tests/utterances``. Without it, the frames under ``tests/reader`` are read:
`benchmarks.frames`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.frames import report
from benchmarks.understanding import Served, f1, intent_of, mentioned, polarity_of
from bot.understood import Understood
from domain.artifact import ArtifactError
from domain.catalog import Catalog, Item
from domain.linking import normal
from domain.preference import Constraint

ANNOTATED = ("genres", "year", "length")
"""The attributes that the annotators of these messages knew of."""
_MARK = re.compile(r"\[\[(?P<words>[^|\]]*)\|(?P<name>[^|\]]*)\|(?P<polarity>-?\d)\]\]")
_NAME = re.compile(r"(?P<title>.*?)\s*\((?P<year>\d{4})\)$")


@dataclass(frozen=True)
class Mark:
    """Words of a message that name or point at an item, as annotated.

    Attributes:
        name: title and year; ``?`` where no catalogue has it.
        start: in code points of the text.
        end: exclusive.
        polarity: 1, -1 or 0.
    """

    name: str
    start: int
    end: int
    polarity: int


@dataclass(frozen=True)
class Utterance:
    """An annotated message; `context` holds the (role, text) of those before it, oldest first."""

    id: str
    text: str
    context: tuple[tuple[str, str], ...]
    marks: tuple[Mark, ...]
    constraints: tuple[Constraint, ...]
    intent: str


def read(lines: Iterable[str]) -> Iterator[Utterance]:
    """The annotated messages of a file."""
    for line in filter(str.strip, lines):
        row = json.loads(line)
        text, marks = unmarked(row["marked"])
        context = tuple((message["role"], message["text"]) for message in row["context"])
        constraints = tuple(Constraint(*constraint) for constraint in row["constraints"])
        yield Utterance(row["id"], text, context, marks, constraints, row["intent"])


def unmarked(marked: str) -> tuple[str, tuple[Mark, ...]]:
    """The text as it was typed, and its marks."""
    text, marks, end = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[end : match.start()]
        marks.append(Mark(match["name"], len(text), len(text) + len(match["words"]), int(match["polarity"])))
        text += match["words"]
        end = match.end()
    return text + marked[end:], tuple(marks)


class Names:
    """The items that annotators meant, by title and year."""

    def __init__(self, catalog: Catalog) -> None:
        self._items: dict[tuple[str, str], list[Item]] = {}
        for item in catalog:
            for title in (item.title, *item.other_names):
                self._items.setdefault((normal(title), str(item.year)), []).append(item)

    def ids(self, name: str) -> frozenset[str]:
        """Ids of the items of a title and year, give or take a year; none if the catalogue has no such item."""
        told = _NAME.match(name)
        if not told:
            return frozenset()
        years = (str(int(told["year"]) + off) for off in (0, 1, -1))
        found = (self._items.get((normal(told["title"]), year)) for year in years)
        return frozenset(item.item_id for item in next((items for items in found if items), ()))


@dataclass
class Counts:
    """What was found, what was annotated, and what was both."""

    found: int = 0
    right: int = 0
    marked: int = 0

    def __str__(self) -> str:
        precision, recall = self.right / max(self.found, 1), self.right / max(self.marked, 1)
        both = 2 * precision * recall / max(precision + recall, 1e-9)
        return f"precision {precision:.3f} recall {recall:.3f} F1 {both:.3f} ({self.marked} annotated)"


@dataclass
class Score:
    """What a set of messages comes to.

    Attributes:
        mentions: of items of the catalogue.
        strangers: of items that it does not have.
        constraints: all of them.
        unwanted: those of what is not wanted.
        polarities: (annotated, read) of every mention that was found.
        intents: likewise of every message.
    """

    mentions: Counts
    strangers: Counts
    constraints: Counts
    unwanted: Counts
    polarities: list[tuple[int, int]]
    intents: list[tuple[str, str]]

    def macro(self) -> float:
        """Macro-F1 of the intents."""
        truth, guessed = [a for a, _ in self.intents], [b for _, b in self.intents]
        labels = sorted(set(truth))
        return sum(f1(truth, guessed, label) for label in labels) / len(labels)


def score(utterances: Sequence[Utterance], reads: Served, show: int = 0) -> Score:
    """Understand the messages and count; prints the first `show` that are not understood wholly."""
    names = Names(reads.catalog)
    total = Score(Counts(), Counts(), Counts(), Counts(), [], [])
    for said in utterances:
        heard = reads.understand(said.text, said.context)
        right = _count_mentions(total, said, heard, names)
        read = [c for c in heard.wishes if c.attribute in ANNOTATED]
        right &= _count_constraints(total, said.constraints, read)
        total.intents.append((said.intent, intent_of(heard)))
        if not (right and said.intent == intent_of(heard)) and show:
            show -= 1
            print(_report(said, heard, reads.catalog))
    return total


def _count_mentions(total: Score, said: Utterance, heard: Understood, names: Names) -> bool:
    marks = [(mark, names.ids(mark.name)) for mark in said.marks]
    left = list(marks)
    for _, ids in marks:
        (total.mentions if ids else total.strangers).marked += 1
    wrong = False
    for mention in mentioned(heard):
        counts = total.mentions if mention.item_id else total.strangers
        counts.found += 1
        same = (m for m in left if mention.start < m[0].end and m[0].start < mention.end)
        hit = next((m for m in same if (mention.item_id in m[1] if m[1] else mention.item_id is None)), None)
        if hit is None:
            wrong = True
            continue
        left.remove(hit)
        counts.right += 1
        polarity = polarity_of(mention)
        total.polarities.append((hit[0].polarity, polarity))
        wrong |= hit[0].polarity != polarity
    return not (wrong or left)


def _count_constraints(total: Score, wanted: Sequence[Constraint], heard: Sequence[Constraint]) -> bool:
    left, right = list(wanted), 0
    for constraint in heard:
        hit = next((c for c in left if agrees(c, constraint)), None)
        if hit:
            left.remove(hit)
            right += 1
            total.unwanted.right += not hit.include
    total.constraints.right += right
    total.constraints.found += len(heard)
    total.constraints.marked += len(wanted)
    total.unwanted.found += sum(not c.include for c in heard)
    total.unwanted.marked += sum(not c.include for c in wanted)
    return not left and right == len(heard)


def agrees(annotated: Constraint, heard: Constraint) -> bool:
    """Whether a constraint is the one that was annotated; whole numbers on either side of a limit are one limit."""
    if (annotated.attribute, annotated.include) != (heard.attribute, heard.include):
        return False
    if not (annotated.is_range and heard.is_range):
        return annotated.value == heard.value
    if annotated.value in ("<", ">"):
        return heard.value.startswith(annotated.value)
    return annotated.value[0] == heard.value[0] and _edge(annotated) == _edge(heard)


def _edge(limit: Constraint) -> float:
    """The last whole number within a limit."""
    inclusive = limit.value[1:2] == "="
    return limit.number if inclusive else limit.number + (1 if limit.value[0] == ">" else -1)


def _report(said: Utterance, heard: Understood, catalog: Catalog) -> str:
    def name(item_id: str | None) -> str:
        item = catalog.get(item_id) if item_id else None
        return item.name if item else "?"

    context = "".join(f"    {role}: {text}\n" for role, text in said.context[-2:])
    mentions = [(said.text[m.start : m.end], name(m.item_id), polarity_of(m)) for m in mentioned(heard)]
    marks = [(said.text[m.start : m.end], m.name, m.polarity) for m in said.marks]
    lines = [f"{said.id}\n{context}  > {said.text}"]
    if said.intent != intent_of(heard):
        lines.append(f"  intent {intent_of(heard)}, not {said.intent}")
    if mentions != marks:
        lines.append(f"  mentions {mentions}, not {marks}")
    wishes, wanted = (sorted(_written(c) for c in cs) for cs in (heard.wishes, said.constraints))
    if wishes != wanted:
        lines.append(f"  wishes {wishes}, not {wanted}")
    return "\n".join(lines)


def _written(constraint: Constraint) -> str:
    return f"{'' if constraint.include else 'no '}{constraint.attribute} {constraint.value}"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where the domain was never built."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.annotated", description=main.__doc__)
    parser.add_argument("--folder", type=Path, help="of JSON lines, by intents: tests/utterances; without it, frames")
    parser.add_argument("--only", help="one file's name without its ending")
    parser.add_argument("--errors", type=int, default=0, help="how many messages to show that are misunderstood")
    chosen = parser.parse_args(arguments)
    try:
        reads = Served("movies")
    except ArtifactError as error:
        print(error, file=sys.stderr)
        return 2
    if chosen.folder is None:
        report(reads.reader)
        return 0
    for path in sorted(chosen.folder.glob(f"{chosen.only or '*'}.jsonl")):
        utterances = list(read(path.read_text(encoding="utf-8").splitlines()))
        _print(path.stem, utterances, score(utterances, reads, chosen.errors))
    return 0


def _print(name: str, utterances: Sequence[Utterance], total: Score) -> None:
    print(f"\n{name}: {len(utterances)} messages")
    for what in ("mentions", "strangers", "constraints", "unwanted"):
        print(f"{what:<12} {getattr(total, what)}")
    told = {polarity: [b for a, b in total.polarities if a == polarity] for polarity in (1, -1, 0)}
    shares = {polarity: found.count(polarity) / max(len(found), 1) for polarity, found in told.items()}
    each = ", ".join(f"{polarity:+d}: {share:.2f}" for polarity, share in shares.items())
    print(f"{'polarity':<12} balanced accuracy {sum(shares.values()) / 3:.3f} (.333 by saying nothing) {each}")
    truth = [a for a, _ in total.intents]
    majority = max(set(truth), key=truth.count)
    hits, most = (
        sum(a == b for a, b in pairs) / len(truth) for pairs in (total.intents, [(a, majority) for a in truth])
    )
    print(f"{'intents':<12} macro-F1 {total.macro():.3f}, accuracy {hits:.3f} (always {majority}: {most:.3f})")


if __name__ == "__main__":
    sys.exit(main())
