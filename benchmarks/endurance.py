"""What must hold whatever happens: `python -m benchmarks.endurance script | kill | retrain`.

`script`   200 messages: no foreign title, nothing known recommended, no empty reply; peak memory and time of a turn.
`kill`     the bot is killed by SIGKILL at random moments of 100 turns: what was answered is stored, and stored once.
`retrain`  200 turns while three retrains run and swap: every turn answered once, and how long the longest took.

Every check prints a line; the exit code is 1 if one of them fails.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from benchmarks.messages import scripted
from bot.briefs import Briefed
from bot.checks import carried_out
from bot.conversation import Conversation
from bot.dialogue import Dialogue, NoDialogue
from bot.exchange import Incoming, Reply
from bot.history import History
from bot.models import Serving, load_current
from bot.retraining import Progress, Retraining
from bot.settings import Settings
from bot.terminal import PERSON
from bot.texts import Texts
from domain.prompt import PLACEHOLDER

MOST_FALLBACKS = 0.05
"""Share of the replies that the dialogue model is asked for and a template has to write after all."""


class Checks:
    """Prints each result and remembers whether one failed."""

    failed = False

    def check(self, holds: bool, said: str) -> None:
        """Print one result."""
        print(f"{'ok  ' if holds else 'FAIL'}  {said}", flush=True)
        self.failed |= not holds


def bot_process(state: Path, settings: Settings) -> subprocess.Popen[str]:
    """The bot in its terminal, as an owner starts it, with a state folder of its own."""
    environment = {k: v for k, v in os.environ.items() if k != "DISCORD_TOKEN"}
    environment |= {"PARLEY_STATE_DIR": str(state), "PARLEY_DOMAIN": settings.domain}
    return subprocess.Popen(
        [sys.executable, "-m", "bot"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env=environment,
    )


def say(bot: subprocess.Popen[str], line: str) -> str:
    """One line to the bot's terminal, and its reply; "" if the bot is gone."""
    assert bot.stdin is not None
    assert bot.stdout is not None
    try:
        bot.stdin.write(line.replace("\n", " ") + "\n")
        bot.stdin.flush()
    except BrokenPipeError:
        return ""
    reply: list[str] = []
    while text := bot.stdout.readline():
        if text == "\n":
            return "".join(reply)
        reply.append(text)
    return ""


def peak_memory(pid: int) -> float:
    """The most memory that a process ever held, in MB (VmHWM)."""
    match = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    return int(match[1]) / 1000 if match else float("nan")


async def script(settings: Settings, turns: int, seed: int) -> bool:
    """See the module's docstring."""
    checks = Checks()
    async with Parts(settings) as parts:
        catalog = parts.serving.models.catalog
        messages = scripted(catalog, turns, seed)
        replies: list[Reply] = []
        names = sorted((item.name for item in catalog), key=len, reverse=True)
        known_shown, foreign = 0, []
        for n, message in enumerate(messages):
            person = f"person-{n // 20}"
            await parts.conversation.set_consent(Incoming(f"c{n}", person, ""), remember=True)
            before = await parts.history.load(person)
            reply = await parts.conversation.turn(Incoming(f"m{n}", person, message))
            assert reply is not None
            replies.append(reply)
            after = await parts.history.load(person)
            known = set(after.preference.opinions) | {shown.item_id for shown in before.shown}
            known_shown += len([card for card in reply.cards if card.item_id in known])
            foreign += foreign_titles(reply.text, names)
        checks.check(all(reply.text.strip() for reply in replies), f"no empty reply in {len(replies)}")
        checks.check(not foreign, f"no title outside the catalogue {foreign[:3]}")
        checks.check(known_shown == 0, "nothing recommended that was liked, disliked, seen or just shown")
        slates = [reply for reply in replies if reply.cards]
        titles = {item.item_id: item.title for item in catalog}  # a reply that tells the year names a film by its title
        named = all(titles[card.item_id] in reply.text for reply in slates for card in reply.cards)
        checks.check(named, f"every reply of {len(slates)} slates names every item that it recommends")
        drafts, asked = parts.drafted.count(True), len(parts.drafted)
        fallen = (asked - drafts) / max(asked, 1)
        checks.check(fallen <= MOST_FALLBACKS, f"a template wrote {asked - drafts} of {asked} replies of the model's")
    checks.check(*process_memory(settings, messages))
    return not checks.failed


def foreign_titles(text: str, names: Sequence[str]) -> list[str]:
    """What is written like a title, "Name (1999)", in a reply and is no item's name; placeholders as well.

    Args:
        text: the reply.
        names: of all items, the longest first, so that "Alien (1979)" does not hide in a longer name.
    """
    for name in names:
        text = text.replace(name, "")
    return re.findall(r"\S* ?\((?:18|19|20)\d\d\)", text) + PLACEHOLDER.findall(text)


def process_memory(settings: Settings, messages: Sequence[str]) -> tuple[bool, str]:
    """Peak memory of the real process over the messages, and the time of its turns."""
    with tempfile.TemporaryDirectory() as state:
        started = time.monotonic()
        bot = bot_process(Path(state), settings)
        say(bot, "hi")
        first = time.monotonic() - started
        seconds = []
        for message in messages:
            started = time.monotonic()
            assert say(bot, message), "the bot ended"
            seconds.append(time.monotonic() - started)
        peak = peak_memory(bot.pid)
        assert bot.stdin is not None
        bot.stdin.close()
        code = bot.wait()
    print(f"      start to first reply: {first:.2f} s")
    print(f"      a turn of the process: {spread(seconds)}")
    return peak <= 1200 and code == 0, f"peak memory over {len(messages)} turns: {peak:.0f} MB (1200 allowed)"


def spread(seconds: Sequence[float]) -> str:
    """Median, 95th percentile and maximum, in words."""
    high = statistics.quantiles(seconds, n=20)[-1]
    return f"{statistics.median(seconds):.3f} s at the median, 95% within {high:.3f} s, {max(seconds):.3f} s at most"


async def kill(settings: Settings, turns: int, seed: int) -> bool:
    """See the module's docstring."""
    checks = Checks()
    chance = random.Random(seed)
    models = load_current(settings.artifacts / settings.domain, Texts.load(), print)
    lines = [f"({n}) {message}"[:500].strip() for n, message in enumerate(scripted(models.catalog, turns, seed))]
    answered: list[str] = []
    starts = kills = 0
    with tempfile.TemporaryDirectory() as state:
        rest = list(lines)
        while rest:
            bot = bot_process(Path(state), settings)
            starts += 1
            # Up to twelve turns are left alone; the next is cut off, at its start, its middle or its end.
            for left in range(chance.randrange(13), -1, -1):
                delay = chance.uniform(0, 0.08) if answered or left else chance.uniform(0, 2)
                killer = None if left else asyncio.get_running_loop().call_later(delay, bot.kill)
                reply = await asyncio.to_thread(say, bot, rest[0])
                if reply:
                    answered.append(rest.pop(0))
                if killer:
                    killer.cancel()
                if not reply or not rest:
                    kills += not reply
                    break
            bot.kill()
            bot.wait()
        history = await History.open(Path(state), settings.domain)
        stored = [m.text for m in await history.transcript(PERSON) if m.role == "user"]
        replies = [m for m in await history.transcript(PERSON) if m.role == "bot"]
        await history.close()
    lost = [line for line in answered if line not in stored]
    # A line whose answer the kill cut off is said again, as a person would, so it may be there under two ids.
    twice = len(stored) - len(set(stored))
    checks.check(not lost, f"nothing lost of {len(answered)} answered turns {lost[:2]}")
    checks.check(len(stored) == len(replies), f"every stored message has its reply: {len(stored)} and {len(replies)}")
    checks.check(twice <= kills, f"no turn stored twice ({twice} lines said again after {kills} kills)")
    print(f"      {starts} starts, all but the last killed, {kills} of them in the middle of a turn or of the start")
    return not checks.failed


async def retrain(settings: Settings, turns: int, seed: int) -> bool:
    """See the module's docstring."""
    checks = Checks()
    async with Parts(settings) as parts:
        messages = scripted(parts.serving.models.catalog, turns, seed)
        versions = [parts.serving.models.manifest.version]
        ended: list[str] = []
        done = asyncio.Event()

        async def retrains() -> None:
            retraining = Retraining(parts.settings, parts.history, parts.serving.refresh)
            for _ in range(3):
                outcome = await retraining.run(_quietly)
                versions.append(parts.serving.models.manifest.version)
                ended.append(outcome.say)
                print(f"      {outcome.say}", flush=True)
            done.set()

        alone = await parts.timed(messages, "alone")
        running = asyncio.create_task(retrains())
        during: list[float] = []
        while not during or not done.is_set():
            during += await parts.timed(messages, f"during-{len(during)}")
        await running
        checks.check(len(during) >= turns, f"{len(during)} turns, each answered, none answered twice")
        whole = all(said.startswith(("Published", "Not published: nothing")) for said in ended)
        checks.check(whole and len(ended) == 3, f"three retrains ended as they should; served: {', '.join(versions)}")
        print(f"      a turn alone:  {spread(alone)}")
        print(f"      a turn during: {spread(during)}")
        over = {
            name: sum(s > 2 * statistics.median(t) for s in t) for name, t in (("alone", alone), ("during", during))
        }
        counts = ", ".join(f"{count} {name}" for name, count in over.items())
        print(f"      over twice the median: {counts} (of {len(alone)} and {len(during)} turns)")
        late = [d - a for d, a in zip(during, alone * len(during), strict=False)]
        slow = sum(extra > 2 * statistics.median(during) for extra in late)
        print(f"      later than the same message alone by over two medians: {slow}, at most by {max(late):.3f} s")
        checks.check(over["during"] == 0, "no turn took longer than twice the median")
    return not checks.failed


async def _quietly(_: Progress) -> None:
    return None


class CountingDialogue(NoDialogue):
    """A dialogue that remembers, of each reply that was the model's to write, whether the model wrote it whole."""

    def __init__(self, dialogue: Dialogue, found: list[bool]) -> None:
        self._dialogue = dialogue
        self._found = found

    async def write(self, briefed: Briefed, seed: int) -> AsyncGenerator[Mapping[int, str]]:
        """See `bot.dialogue.Dialogue.write`."""
        parts: Mapping[int, str] = {}
        async for parts in self._dialogue.write(briefed, seed):
            yield parts
        self._found.append(carried_out(briefed.brief, parts))


class Parts:
    """A conversation put together as the bot does, over a state folder that is thrown away."""

    def __init__(self, settings: Settings) -> None:
        self._scratch = tempfile.TemporaryDirectory()
        self.settings = settings.model_copy(update={"state_dir": Path(self._scratch.name)})
        self.drafted: list[bool] = []

    async def __aenter__(self) -> Parts:
        texts = Texts.load()
        folder = self.settings.artifacts / self.settings.domain
        self.serving = Serving(folder, texts, load_current(folder, texts, print))
        models = self.serving.models
        if not isinstance(models.dialogue, NoDialogue):
            self.serving.models = replace(models, dialogue=CountingDialogue(models.dialogue, self.drafted))
        self.history = await History.open(self.settings.state_dir, self.settings.domain)
        self._threads = ThreadPoolExecutor(2)
        self.conversation = Conversation(
            self.serving, self.history, texts, self._threads, slate=self.settings.slate, surprise=self.settings.surprise
        )
        return self

    async def timed(self, messages: Sequence[str], name: str) -> list[float]:
        """Say the messages, each twice under one id, as ten people; seconds of each turn."""
        seconds = []
        for n, message in enumerate(messages):
            incoming = Incoming(f"{name}-{n}", f"person-{name}-{n % 10}", message)
            started = time.monotonic()
            assert await self.conversation.turn(incoming) is not None, "a turn was lost"
            seconds.append(time.monotonic() - started)
            assert await self.conversation.turn(incoming) is None, "a turn was answered twice"
            await asyncio.sleep(0.2)  # people read before they write
        return seconds

    async def __aexit__(self, *_: object) -> None:
        self._threads.shutdown()
        await self.history.close()
        self._scratch.cleanup()


def main() -> int:
    """Run one of the three; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.endurance", description=__doc__)
    parser.add_argument("what", choices=["script", "kill", "retrain"])
    parser.add_argument("--turns", type=int)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    run = {"script": script, "kill": kill, "retrain": retrain}[options.what]
    turns = options.turns or (100 if options.what == "kill" else 200)
    return 0 if asyncio.run(run(Settings.read(), turns, options.seed)) else 1


if __name__ == "__main__":
    sys.exit(main())
