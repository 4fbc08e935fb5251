"""Draws situations for the writers of replies: what the bot is about to say, in conversations of annotated messages.

``python -m benchmarks.situations --domain movies --files films --count 500 --seed 1 > situations.jsonl``. A
conversation is made of messages under `training/reader` that were written after what the bot has just done. Each line
holds a brief (domain.prompt), and the names behind its placeholders.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from bot.briefs import Briefed
from bot.conversation import Conversation
from bot.exchange import Incoming, Reply
from bot.history import History
from bot.models import Models, Serving, load_current
from bot.settings import Settings
from bot.texts import Texts
from bot.thought import last_plan
from domain.artifact import ArtifactError
from domain.frame import Act, LastPlan
from training.annotation import FOLDER, Annotated, load

LONGEST = 5
"""Messages of a conversation."""
WORDS = 40
"""Words of a message at most."""


class Listening:
    """A dialogue that writes nothing, and keeps the last brief."""

    def __init__(self) -> None:
        self.briefed: Briefed | None = None

    async def start(self) -> None:
        """See `bot.dialogue.Dialogue.start`."""

    async def close(self) -> None:
        """See `bot.dialogue.Dialogue.close`."""

    async def write(self, briefed: Briefed, seed: int) -> AsyncGenerator[Mapping[int, str]]:
        """See `bot.dialogue.Dialogue.write`."""
        self.briefed = briefed
        return
        yield {}


def by_plan(messages: Sequence[Annotated]) -> dict[LastPlan, list[Annotated]]:
    """Messages by the plan that they were written after."""
    found: dict[LastPlan, list[Annotated]] = defaultdict(list)
    for message in messages:
        if Act.TROUBLE not in message.frame.acts and len(message.text.split()) <= WORDS:
            found[message.after].append(message)
    return found


def fitting(after: LastPlan, messages: Mapping[LastPlan, Sequence[Annotated]]) -> Sequence[Annotated]:
    """The messages that may follow a plan: those written after it, or after one that did the same."""
    return messages.get(after) or [one for plan, some in messages.items() if plan.did == after.did for one in some]


async def spoken(
    models: Models, messages: Mapping[LastPlan, Sequence[Annotated]], chance: random.Random, number: int, folder: Path
) -> AsyncGenerator[tuple[str, Reply]]:
    """One conversation: each message and its reply."""
    texts, person = Texts.load(), f"person {number}"
    history = await History.open(folder, models.manifest.domain)
    try:
        with ThreadPoolExecutor(1) as threads:
            bot = Conversation(Serving(folder, texts, models), history, texts, threads)
            after = LastPlan()
            for turn in range(chance.randint(1, LONGEST)):
                possible = fitting(after, messages)
                if not possible:
                    break
                message = chance.choice(possible).text
                if reply := await bot.turn(Incoming(f"{number}/{turn}", person, message)):
                    yield message, reply
                after = last_plan(await history.load(person)).code
    finally:
        await history.close()


async def situations(models: Models, messages: Sequence[Annotated], seed: int) -> AsyncGenerator[Briefed]:
    """Briefs of conversations as they come up, none of them twice, until whoever asks has enough."""
    chance, known = random.Random(seed), by_plan(messages)
    found: set[str] = set()
    listening = Listening()
    with tempfile.TemporaryDirectory() as folder:
        for number in itertools.count():
            talk = spoken(replace(models, dialogue=listening), known, chance, number, Path(folder))
            async with aclosing(talk):
                async for _ in talk:
                    briefed, listening.briefed = listening.briefed, None
                    if briefed and (key := json.dumps(briefed.brief.to_json())) not in found:
                        found.add(key)
                        yield briefed


def line(briefed: Briefed, name: str) -> str:
    """A situation as it is given to writers, in JSON."""
    names = {f"@{k}": name for k, name in enumerate(briefed.items, start=1)}
    names |= {f"#{k}": name for k, name in enumerate(briefed.others, start=1)}
    return json.dumps({"id": name, **briefed.brief.to_json(), "names": names}, ensure_ascii=False)


async def print_situations(models: Models, messages: Sequence[Annotated], count: int, seed: int) -> None:
    """Print so many situations, each as soon as it came up."""
    drawn, number = situations(models, messages, seed), 0
    async with aclosing(drawn):
        async for briefed in drawn:
            print(line(briefed, f"{seed}-{number}"), flush=True)
            number += 1
            if number == count:
                return


def main(arguments: list[str] | None = None) -> int:
    """Print situations; returns the exit code."""
    settings = Settings()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.situations", description=__doc__)
    parser.add_argument("--domain", default=settings.domain)
    parser.add_argument("--files", default="films", help="what the names of the files of messages begin with")
    parser.add_argument("--language", default="en", help="of the messages: en, zh, es, …")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    folder = settings.artifacts / options.domain
    try:
        models = load_current(folder, Texts.load(), lambda text: print(text, file=sys.stderr))
    except ArtifactError as error:
        print(f"benchmarks.situations: {error}", file=sys.stderr)
        return 2
    files = (name for start in (options.files, "any") for name in FOLDER.glob(f"{start}.{options.language}.*.txt"))
    asyncio.run(print_situations(models, list(load(sorted(files))), options.count, options.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
