"""Replies in whole conversations: by the templates, by the dialogue model where the artifact has one, and hand-written.

Conversations are made of annotated messages (benchmarks.situations). Of each way to write: how many of the replies
that a model may write it wrote whole, titles that nobody gave it, how varied the words are (distinct-2, titles left
out, over as many words of each), how many 4-grams are said again within six turns, and the seconds to the first words
and to all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import re
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from benchmarks.endurance import foreign_titles
from benchmarks.situations import WORDS, Listening, by_plan, spoken
from bot import instructions
from bot.briefs import Briefed
from bot.checks import carried_out
from bot.dialogue import Dialogue, DraftingDialogue, NoDialogue
from bot.exchange import Reply
from bot.models import WARM_UP, Models, load_current
from bot.settings import Settings
from bot.texts import Texts
from bot.writer import Writer
from domain.artifact import ArtifactError
from domain.frame import LastPlan
from domain.prompt import PLACEHOLDER
from training.annotation import FOLDER, Annotated, load
from training.replies import load as hand_written

TURNS = 6
"""Turns within which a 4-gram counts as said again."""
LEAST = 4
"""Characters of a title that is looked for in a reply."""


@dataclass
class Heard:
    """What one way to write made of some conversations."""

    conversations: list[list[str]] = field(default_factory=list)  # the words of its own, titles as placeholders
    asked: int = 0
    whole: int = 0
    foreign: int = 0
    first: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


class Watched(Listening):
    """A dialogue that is watched while it writes."""

    def __init__(self, dialogue: Dialogue, heard: Heard) -> None:
        super().__init__()
        self._dialogue = dialogue
        self._heard = heard

    async def write(self, briefed: Briefed, seed: int) -> AsyncGenerator[Mapping[int, str]]:
        """See `bot.dialogue.Dialogue.write`."""
        self.briefed = briefed
        started, parts = time.monotonic(), dict[int, str]()
        async for found in self._dialogue.write(briefed, seed):
            if not parts:
                self._heard.first.append(time.monotonic() - started)
            parts = dict(found)
            yield found
        self._heard.asked += 1
        self._heard.whole += carried_out(briefed.brief, parts)
        self._heard.seconds.append(time.monotonic() - started)


def own_words(reply: Reply, models: Models, briefed: Briefed | None) -> str:
    """What is said beside what items are about, names as placeholders."""
    lines = [card.line for card in reply.cards]
    items = [models.catalog.get(card.item_id) for card in reply.cards]
    about = [item.about(reply.language) or "" if item else "" for item in items]
    parts = [line.removeprefix(told) for line, told in zip(lines, about, strict=True)]
    text = " ".join([reply.opening, *parts, reply.close]) if reply.cards else reply.text
    names = (*briefed.items, *briefed.others) if briefed else ()
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "@1")
        if len(title := re.sub(r" \(\d{4}\)$", "", name)) >= LEAST:
            text = text.replace(title, "@1")
    return text


def distinct(texts: Sequence[str], words: int) -> float:
    """Distinct pairs of words in a row, as a share of all, over the first so many words."""
    said = [word for text in texts for word in _words(text)][:words]
    pairs = list(itertools.pairwise(said))
    return len(set(pairs)) / max(len(pairs), 1)


def said_again(conversations: Sequence[Sequence[str]]) -> float:
    """The share of 4-grams that stood in one of the replies shortly before."""
    again = total = 0
    for replies in conversations:
        grams = [_grams(reply) for reply in replies]
        for at, mine in enumerate(grams):
            before = set().union(*grams[max(0, at - TURNS + 1) : at])
            again += len(mine & before)
            total += len(mine)
    return again / max(total, 1)


def _words(text: str) -> list[str]:
    return re.findall(r"[\w’']+", PLACEHOLDER.sub("", text).lower())


def _grams(text: str) -> set[tuple[str, ...]]:
    said = _words(text)
    return {tuple(said[at : at + 4]) for at in range(len(said) - 3)}


def messages_of_films() -> dict[LastPlan, list[Annotated]]:
    """The English messages about films, by the plan that they were written after."""
    return by_plan(list(load(sorted((*FOLDER.glob("films.en.*.txt"), *FOLDER.glob("any.en.*.txt"))))))


def ways_of(models: Models, base: Path | None = None) -> dict[str, Dialogue]:
    """The ways to write that an artifact has, and by instructions to the model of a folder, if one is given."""
    ways: dict[str, Dialogue] = {"templates": NoDialogue()}
    if not isinstance(models.dialogue, NoDialogue):
        ways["dialogue model"] = models.dialogue
    if base:
        ways["base model"] = DraftingDialogue(Writer(base, instructions.ask(WARM_UP)), instructions.ask)
    return ways


@asynccontextmanager
async def ready(dialogue: Dialogue) -> AsyncIterator[None]:
    """A dialogue that is ready to write, until the block ends."""
    await dialogue.start()
    try:
        yield
    finally:
        await dialogue.close()


async def converse(models: Models, dialogue: Dialogue, count: int, seed: int, show: int = 0) -> Heard:
    """So many conversations with one way to write."""
    messages, heard = messages_of_films(), Heard()
    names = sorted((item.name for item in models.catalog), key=len, reverse=True)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        await stack.enter_async_context(ready(dialogue))
        for number in range(count):
            watched = Watched(dialogue, heard)
            chance = random.Random(f"{seed}/{number}")
            replies = []
            talking = spoken(replace(models, dialogue=watched), messages, chance, number, Path(folder))
            async for message, reply in talking:
                words = own_words(reply, models, watched.briefed)
                replies.append(words)
                heard.foreign += len(foreign_titles(reply.text, names))
                if number < show:
                    print(f"> {message}\n{reply.text}\n", file=sys.stderr)
                watched.briefed = None
            heard.conversations.append(replies)
    return heard


def table(ways: Mapping[str, Heard]) -> Iterator[str]:
    """A line for each way to write, and one for what was written by hand."""
    hand = [PLACEHOLDER.sub("@1", reply.text) for reply in hand_written() if reply.brief.language == "en"]
    texts = {name: [text for replies in heard.conversations for text in replies] for name, heard in ways.items()}
    words = min(sum(len(_words(text)) for text in some) for some in (*texts.values(), hand))
    yield f"| | replies | written whole | foreign titles | distinct-2 of {words} words | said again | first; all, s |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for name, heard in ways.items():
        whole = f"{heard.whole / heard.asked:.3f} of {heard.asked}" if heard.first else ""
        timed = f"{np.median(heard.first):.2f}; {np.median(heard.seconds):.2f}" if heard.first else ""
        varied, again = distinct(texts[name], words), said_again(heard.conversations)
        yield f"| {name} | {len(texts[name])} | {whole} | {heard.foreign} | {varied:.3f} | {again:.3f} | {timed} |"
    yield f"| by hand | {len(hand)} | | | {distinct(hand, words):.3f} | | |"


def main(arguments: list[str] | None = None) -> int:
    """Print the table; returns the exit code."""
    settings = Settings()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replies", description=__doc__)
    parser.add_argument("--domain", default=settings.domain)
    parser.add_argument("--conversations", type=int, default=80, help=f"of messages of at most {WORDS} words")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--base", type=Path, help="exported model of a folder, to be asked by instructions as well")
    parser.add_argument("--show", type=int, default=0, help="so many conversations are printed on stderr")
    chosen = parser.parse_args(arguments)
    try:
        models = load_current(settings.artifacts / chosen.domain, Texts.load(), print)
    except ArtifactError as error:
        print(f"benchmarks.replies: {error}", file=sys.stderr)
        return 2

    async def all_of_them() -> dict[str, Heard]:
        return {
            name: await converse(models, dialogue, chosen.conversations, chosen.seed, chosen.show)
            for name, dialogue in ways_of(models, chosen.base).items()
        }

    print("\n".join(table(asyncio.run(all_of_them()))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
