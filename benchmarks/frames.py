"""How well messages are read that were held out, beside what two annotators agree on.

``tests/reader`` holds what is measured on, written without sight of what is learned from; ``tests/reader/second`` the
same messages annotated once more; ``real.jsonl`` annotations of real messages, whose text is taken from the data sets
where these lie; ``turned.jsonl`` messages whose meaning a careless reader turns round.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bot.guards import Guards
from bot.reader import Reader
from domain.frame import Act, Frame, Kind, LastPlan
from domain.reading import frame
from training import real
from training.annotation import Annotated, load
from training.corruption import misspell
from training.reader import names, scored
from training.variation import lowered, spliced

FOLDER = Path("tests/reader")
TROUBLE = Path("tests/trouble")
Pairs = list[tuple[Frame, Frame]]


def held_out(folder: Path = FOLDER) -> dict[str, list[Annotated]]:
    """The messages of each file."""
    return {path.name.removesuffix(".txt"): list(load([path])) for path in sorted(folder.glob("*.txt"))}


def read(reader: Reader, messages: Iterable[Annotated]) -> Pairs:
    """(annotated, read) frames."""
    return [(m.frame, frame(reader.read(m.text, m.after))) for m in messages]


def report(reader: Reader) -> None:
    """Print every figure."""
    messages = held_out()
    pairs = {name: read(reader, those) for name, those in messages.items()}
    second = held_out(FOLDER / "second")
    agreed = {n: [(a.frame, b.frame) for a, b in zip(messages[n], s, strict=True)] for n, s in second.items()}
    print(f"{'held out':26} messages {'  '.join(_FIGURES)}")
    for name, those in pairs.items():
        _line(name, those)
    for title, holds in _GROUPS:
        _line(title, [pair for name in pairs if holds(name) for pair in pairs[name]])
    _line("two annotators", [pair for those in agreed.values() for pair in those])
    if theirs := list(real.messages(FOLDER / "real.jsonl")):
        _line("real messages", read(reader, theirs))
    everything = [m for those in messages.values() for m in those]
    for title, change in CHANGES.items():
        print(f"{title}: {changed(reader, everything, change):.3f} of frames change")
    wrong, right, count = turned(reader)
    print(f"turned round: {wrong} of {count}; the role that is right: {right}")
    print("cries for help: found {:.3f} of {}, false alarms {:.4f} of {}".format(*trouble(reader)))
    middle, late = speed(reader, everything)
    print(f"milliseconds a message of up to 60 tokens: {middle:.1f} at the median, {late:.1f} at p95")


_FIGURES = ("acts", "kinds", "roles", "overlap", "theirs", "questions", "flags")
_GROUPS: Sequence[tuple[str, Callable[[str], bool]]] = (
    ("English", lambda name: ".en." in name),
    *((language, lambda name, part=f".{language}.": part in name) for language in ("zh", "es", "de", "fr", "pt")),
    ("films, everyday English", lambda name: name == "films.en.everyday"),
    ("not films", lambda name: not name.startswith("films")),
    ("all", lambda name: True),
)


def _line(title: str, pairs: Pairs) -> None:
    figures = scored(pairs) | {"overlap": overlapping(pairs)}
    print(f"{title:26} {len(pairs):8} " + "  ".join(f"{figures[name]:{len(name)}.3f}" for name in _FIGURES))


def overlapping(pairs: Pairs) -> float:
    """F1 of mentions with kind and role, where the words need but overlap."""
    hits = found = annotated = 0
    for a, b in pairs:
        left = [m for m in b.mentions if m.kind is not Kind.QUESTION]
        wanted = [m for m in a.mentions if m.kind is not Kind.QUESTION]
        found, annotated = found + len(left), annotated + len(wanted)
        for m in wanted:
            same = (x for x in left if (x.kind, x.role) == (m.kind, m.role))
            hit = next((x for x in same if x.start < m.end and m.start < x.end), None)
            if hit:
                left.remove(hit)
                hits += 1
    return 2 * hits / max(found + annotated, 1)


# What must not change what is read (CheckList: Ribeiro et al., ACL 2020)


def _typo(message: Annotated, chance: random.Random) -> Annotated:
    """A letter wrong in a word that no mention holds."""
    free = [
        m for m in re.finditer(r"[A-Za-z]{5,}", message.text)
        if not any(m.start() < x.end and x.start < m.end() for x in message.frame.mentions)
    ]  # fmt: skip
    if not free:
        return message
    word = chance.choice(free)
    return spliced(message, word.start(), word.end(), misspell(word[0], chance))


def _other_name(message: Annotated, chance: random.Random) -> Annotated:
    named = [m for m in message.frame.mentions if m.kind in (Kind.TITLE, Kind.PERSON)]
    if not named or message.domain != "films":
        return message
    one = chance.choice(named)
    old, new = message.text[one.start : one.end], chance.choice(NAMES[one.kind])
    return spliced(message, one.start, one.end, new.lower() if old.islower() else new)


NAMES = {kind: [x for x in known if x.isascii() and 4 < len(x) < 25] for kind, known in names().items()}


def _lower(message: Annotated, chance: random.Random) -> Annotated:
    return lowered(message)


def _politely(message: Annotated, chance: random.Random) -> Annotated:
    please = ", please" if message.frame.language == "en" else ""
    return replace(message, text=f"{message.text.rstrip(' .!')}{please}")


Change = Callable[[Annotated, random.Random], Annotated]
CHANGES: dict[str, Change] = {
    "a typo": _typo,
    "lower case": _lower,
    "another name": _other_name,
    "a politeness": _politely,
}


def changed(reader: Reader, messages: Sequence[Annotated], change: Change) -> float:
    """Share of frames that are read otherwise after a change that changes no meaning."""
    chance, other, count = random.Random(0), 0, 0
    for message in messages:
        new = change(message, chance)
        if new.text != message.text:
            before, after = (_plain(frame(reader.read(m.text, m.after)), m.text) for m in (message, new))
            count, other = count + 1, other + (before != after)
    return other / max(count, 1)


def _plain(told: Frame, text: str) -> object:
    """A frame without the words of names."""
    mentions = [
        ("" if m.kind in (Kind.TITLE, Kind.PERSON) else text[m.start : m.end].lower(), m.kind, m.role, m.topic)
        for m in told.mentions
    ]
    return told.acts - {Act.THANK}, mentions


# Meaning turned round, cries for help, time


def turned(reader: Reader) -> tuple[int, int, int]:
    """(read the wrong way round, read right, messages)."""
    wrong = right = 0
    rows = [json.loads(line) for line in (FOLDER / "turned.jsonl").read_text(encoding="utf-8").splitlines()]
    for row in rows:
        start = row["text"].index(row["words"])
        end = start + len(row["words"])
        told = frame(reader.read(row["text"], LastPlan.parse(row["after"])))
        roles = {m.role.value for m in told.mentions if m.role and m.start < end and start < m.end}
        wrong += bool(roles & set(row["wrong"]))
        right += bool(roles & set(row["right"]))
    return wrong, right, len(rows)


def trouble(reader: Reader) -> tuple[float, int, float, int]:
    """(recall, cries, false alarms, other messages), by the list of `bot.guards` or by the reader."""
    guards = Guards()

    def told(name: str) -> list[bool]:
        rows = map(json.loads, (TROUBLE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
        texts = [row["text"] for row in rows]
        return [bool(guards.trouble(t)) or Act.TROUBLE in reader.read(t, LastPlan()).acts for t in texts]

    cries, ordinary = told("cries"), told("ordinary")
    for those in held_out().values():
        for m in those:
            found = bool(guards.trouble(m.text)) or Act.TROUBLE in reader.read(m.text, m.after).acts
            (cries if Act.TROUBLE in m.frame.acts else ordinary).append(found)
    return float(np.mean(cries)), len(cries), float(np.mean(ordinary)), len(ordinary)


def speed(reader: Reader, messages: Sequence[Annotated]) -> tuple[float, float]:
    """(median, p95) of the milliseconds that reading takes."""
    taken = []
    for message in messages:
        if len(message.text) < 200:
            began = time.perf_counter()
            reader.read(message.text, message.after)
            taken.append(1000 * (time.perf_counter() - began))
    return float(np.median(taken)), float(np.percentile(taken, 95))
