"""Replies read blind, in an order that hides whose they are.

    python -m benchmarks.blind write SHEET               one JSON line a turn: message, plan, and replies A, B, …
    python -m benchmarks.blind count SHEET VERDICTS …    whose were preferred, fit to be sent, and sound knowing

The same conversations are had with each way to write (benchmarks.replies); turns whose plans differ are left out. A
reader sees the sheet alone, and writes a JSON line a turn: ``{"n": 0, "best": "B", "fit": ["A", "B"],
"knowing": ["B"]}``: the best, those that they would let a friend's bot send, and those that sound like somebody who
knows films. The order follows from the turn's number, so `count` knows it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.replies import Heard, Watched, messages_of_films, ready, ways_of
from benchmarks.situations import spoken
from bot.dialogue import Dialogue
from bot.models import Models, load_current
from bot.settings import Settings
from bot.texts import Texts
from domain.artifact import ArtifactError
from domain.prompt import fill, task

LETTERS = "ABCDEFGH"


def order(n: int, ways: Sequence[str]) -> list[str]:
    """Whose reply each letter of turn `n` is."""
    hidden = sorted(ways)
    random.Random(f"order of turn {n}").shuffle(hidden)
    return hidden


async def said(models: Models, dialogue: Dialogue, count: int, seed: int) -> dict[tuple[int, int], dict[str, str]]:
    """Conversation and turn -> message, plan and reply, where the reply is one that a model may write."""
    found: dict[tuple[int, int], dict[str, str]] = {}
    messages = messages_of_films()
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        await stack.enter_async_context(ready(dialogue))
        for number in range(count):
            watched = Watched(dialogue, Heard())
            talking = spoken(
                replace(models, dialogue=watched), messages, random.Random(f"{seed}/{number}"), number, Path(folder)
            )
            turn = 0
            async for message, reply in talking:
                if one := watched.briefed:
                    plan = fill(task(one.brief), one.items, one.others)
                    found[number, turn] = {"message": message, "plan": plan, "reply": reply.text}
                watched.briefed, turn = None, turn + 1
    return found


def sheet(by_way: Mapping[str, Mapping[tuple[int, int], Mapping[str, str]]]) -> list[dict[str, Any]]:
    """The turns that all ways to write had with the same plan, replies in hidden order."""
    ways = sorted(by_way)
    first = by_way[ways[0]]
    alike = [at for at in first if all(at in by_way[w] and by_way[w][at]["plan"] == first[at]["plan"] for w in ways)]
    lines = []
    for n, at in enumerate(alike):
        replies = {letter: by_way[way][at]["reply"] for letter, way in zip(LETTERS, order(n, ways), strict=False)}
        told = {"message": first[at]["message"], "plan": first[at]["plan"]}
        lines.append({"n": n, "ways": ways, **told, "replies": replies})
    return lines


def count(lines: Sequence[Mapping[str, Any]], verdicts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Lines that say how often each way was the best, fit to be sent, and knowing.

    Raises:
        KeyError: a verdict is of a turn that the sheet does not have, or lacks a key.
    """
    known = {line["n"]: line["ways"] for line in lines}
    found: dict[str, Counter[str]] = {what: Counter() for what in ("best", "fit", "knowing")}
    for verdict in verdicts:
        if verdict["n"] not in known:
            raise KeyError(f"turn {verdict['n']} is not on the sheet")
        ways = dict(zip(LETTERS, order(verdict["n"], known[verdict["n"]]), strict=False))
        for what, counted in found.items():
            counted.update(ways[letter] for letter in verdict[what])
    total = max(len(verdicts), 1)
    names = sorted({way for ways in known.values() for way in ways})
    shares = {name: [found[what][name] / total for what in found] for name in names}
    return [f"{len(verdicts)} verdicts"] + [
        f"{name}: the best {best:.2f}, fit to be sent {fit:.2f}, knowing {knowing:.2f}"
        for name, (best, fit, knowing) in shares.items()
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where a file cannot be used."""
    settings = Settings()
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.blind", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    writes = commands.add_parser("write")
    writes.add_argument("sheet", type=Path)
    writes.add_argument("--conversations", type=int, default=40)
    writes.add_argument("--seed", type=int, default=1)
    writes.add_argument("--base", type=Path, help="exported model of a folder, to be asked by instructions as well")
    writes.add_argument("--domain", default=settings.domain)
    counts = commands.add_parser("count")
    counts.add_argument("sheet", type=Path)
    counts.add_argument("verdicts", type=Path, nargs="+")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "count":
            print("\n".join(count(_lines(chosen.sheet), [v for path in chosen.verdicts for v in _lines(path)])))
            return 0
        models = load_current(settings.artifacts / chosen.domain, Texts.load(), print)
        lines = asyncio.run(_written(models, chosen.base, chosen.conversations, chosen.seed))
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        chosen.sheet.write_text(text, encoding="utf-8")
    except (OSError, ValueError, KeyError, ArtifactError) as error:
        print(f"benchmarks.blind: {error}", file=sys.stderr)
        return 2
    return 0


async def _written(models: Models, base: Path | None, conversations: int, seed: int) -> list[dict[str, Any]]:
    ways = ways_of(models, base)
    return sheet({name: await said(models, dialogue, conversations, seed) for name, dialogue in ways.items()})


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    sys.exit(main())
