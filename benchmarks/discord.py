"""The bot as it is shipped, as a process of its own, over the local Discord of the tests; printed as a table.

`tour`          everything that it offers, in English and Chinese: requests that Discord would refuse.
`crowd`         people who act at the same time: how fast they are acknowledged, whether all are answered.
`cuts`          a line that is cut while it thinks: whether each message is answered, and once.
`autocomplete`  lists of titles while somebody types, over the catalogue and over a made-up one of 100,000 items.

Run it in a checkout, with what `make test` installs.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.settings import Settings
from bot.texts import Texts
from domain import artifact
from domain.artifact import Manifest, describe_files
from domain.catalog import Catalog, Item
from tests.discord_server import Clock, LocalDiscord, Message, Person, local_discord
from tests.discord_server.bot_process import BotProcess, bot_process
from tests.discord_server.limits import walk
from tests.discord_server.tour import Tour, Words, leaves

DOMAIN = "shelf"
"""Not the default one, so that a retrain on the tour finds no data and is over at once."""
WORDS = (
    Words("en-GB", ("hello", "I loved Heat and Fargo", "how long is the first one?"), "something tense", "Titanic"),
    Words("zh-CN", ("你好", "我喜欢 Heat 和 Fargo", "第一部多长？"), "想看喜剧", "Titanic"),
)
WISHES = ("something tense", "a comedy for two", "not too long, please", "想看喜剧", "like Heat", "a quiet drama", "")
BEAT_MS = 5_000
LATE_SECONDS = 1.0
"""So much later than it has to a heartbeat may come."""
ANSWER_SECONDS = 120.0
TYPED = 400
MANY = 100_000


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    what: str
    figure: str

    def __str__(self) -> str:
        return f"| {self.what} | {self.figure} |"


@contextlib.asynccontextmanager
async def shipped(artifacts: Path) -> AsyncIterator[tuple[LocalDiscord, BotProcess]]:
    """The bot, connected to a local Discord, with a state folder of its own."""
    async with local_discord(clock=Clock()) as server:
        server.gateway.heartbeat_ms = BEAT_MS
        with tempfile.TemporaryDirectory() as state:
            settings = {"PARLEY_DOMAIN": DOMAIN, "PARLEY_ARTIFACTS": str(artifacts), "PARLEY_STATE_DIR": state}
            async with bot_process(server.base, **settings, PARLEY_DATA=f"{state}/data") as bot:
                await bot.up(server.ready(ANSWER_SECONDS))
                yield server, bot


async def tour(artifacts: Path) -> AsyncIterator[Line]:
    """Everything that is offered, in both languages."""
    for words in WORDS:
        async with shipped(artifacts) as (server, bot):
            guide = Tour(server, words)
            await guide.everything()
            code = await bot.stop()
        offered = {"command " + " ".join(path) for _, path, _ in leaves(server.state.commands)}
        kinds = ", ".join(f"{count} {kind}s" for kind, count in _kinds(guide))
        used = f"{words.locale}: {kinds} used, of {len(offered)} commands {len(offered & guide.used.keys())}"
        yield Line(used, f"{len(server.refused)} of {len(server.requests)} requests refused; exit code {code}")
        for refusal in server.refused:
            print(refusal, file=sys.stderr)


def _kinds(guide: Tour) -> Iterator[tuple[str, int]]:
    for kind in ("command", "button", "select", "modal", "autocomplete", "menu"):
        yield kind, sum(what.startswith(f"{kind} ") for what in guide.used)


async def crowd(artifacts: Path, people: int, each: int, pause: float, seed: int) -> AsyncIterator[Line]:
    """People who give commands and press buttons, each with pauses of `pause` seconds on average."""
    async with shipped(artifacts) as (server, bot):
        chance = random.Random(seed)
        seeds = [chance.random() for _ in range(people)]
        acting = [_visit(server, server.person(str(9_000 + n)), each, pause, seeds[n]) for n in range(people)]
        await asyncio.gather(*acting)
        code = await bot.stop()
    asked = list(server.state.interactions.values())
    seconds = [interaction.answered_after for interaction in asked if interaction.answered_after is not None]
    unanswered = [interaction for interaction in asked if not interaction.is_answered]
    told = [message.payload["content"] for interaction in asked for message in interaction.messages]
    busy = sum(told.count(Texts.load().say(f"discord.{key}", "en")) for key in ("busy", "hasty"))
    late = sum(lateness > LATE_SECONDS for lateness in server.lateness)
    yield Line(f"{people} people, {len(asked)} interactions: acknowledged at p50; p95; at most", spread(seconds))
    yield Line(
        "… unanswered; told to come back in a minute; requests refused",
        f"{len(unanswered)}; {busy}; {len(server.refused)}",
    )
    worst = max(server.lateness, default=0.0)
    yield Line(f"… late heartbeats of {len(server.lateness)}; latest; exit code", f"{late}; {worst:.2f} s; {code}")


async def _visit(server: LocalDiscord, person: Person, each: int, pause: float, seed: float) -> None:
    """One person: commands, and buttons under what they got."""
    chance = random.Random(seed)
    for _ in range(each):
        await asyncio.sleep(chance.expovariate(1 / pause))
        await server.answered(await _act(person, chance), ANSWER_SECONDS)


def _act(person: Person, chance: random.Random) -> Coroutine[Any, Any, Any]:
    buttons = list(_buttons(person))
    if buttons and chance.random() < 0.5:
        return person.press(*chance.choice(buttons))
    acts: list[Callable[[], Coroutine[Any, Any, Any]]] = [
        lambda: person.command("recommend", wish=chance.choice(WISHES)),
        lambda: person.command("rate", item=chance.choice(("Heat", "Titanic", "Fargo")), verdict="like"),
        lambda: person.command("me"),
        lambda: person.autocomplete("rate", focused="item", typed=chance.choice(("h", "ti", "the g"))),
    ]
    return chance.choice(acts)()


def _buttons(person: Person) -> Iterator[tuple[Message, str]]:
    """The buttons that rate something."""
    for message in person.sees:
        for _, component in walk(message.payload):
            if str(component.get("custom_id")).startswith("rate:"):
                yield message, component["custom_id"]


async def cuts(artifacts: Path, times: int) -> AsyncIterator[Line]:
    """The line is cut right behind a message; every fifth message comes twice besides."""
    async with shipped(artifacts) as (server, bot):
        quiet, *people = (server.person(str(7_000 + n)) for n in range(times + 1))
        await quiet.say(WORDS[0].messages[1])
        await _heard(server, quiet)
        for n, person in enumerate(people):
            await person.say(WORDS[0].messages[1])
            await server.gateway.cut()
            if n % 5 == 0:
                await server.gateway.dispatch("MESSAGE_CREATE", server.gateway.session.events[-1]["d"])
            await _heard(server, person)
        code = await bot.stop()
    once = sum(len(person.reads) == len(quiet.reads) for person in people)
    resumed = f"{server.gateway.resumed} resumed, {server.gateway.identified - 1} begun anew"
    yield Line(f"{times} cuts of the line: messages answered once; sessions; exit code", f"{once}; {resumed}; {code}")


async def _heard(server: LocalDiscord, person: Person) -> None:
    await server.until(lambda: person.reads, ANSWER_SECONDS)


async def autocomplete(artifacts: Path, titles: list[str], seed: int) -> AsyncIterator[Line]:
    """Somebody types the beginnings of titles, one letter in eight of them wrong."""
    async with shipped(artifacts) as (server, bot):
        chance = random.Random(seed)
        person = server.person()
        typed = [_beginning(chance.choice(titles), chance) for _ in range(TYPED)]
        asked = [await server.answered(await person.autocomplete("rate", focused="item", typed=t)) for t in typed]
        await bot.stop()
    seconds = [interaction.answered_after for interaction in asked if interaction.answered_after is not None]
    found = sum(bool(interaction.choices) for interaction in asked)
    yield Line(f"autocomplete over {len(titles)} items: p50; p95; at most ({found} of {TYPED} found)", spread(seconds))


def _beginning(title: str, chance: random.Random) -> str:
    short = title[: chance.randint(1, 12)]
    at = chance.randrange(len(short))
    return short[:at] + chance.choice("aeimnrst") + short[at + 1 :] if chance.random() < 1 / 8 else short


def spread(seconds: list[float]) -> str:
    """Median, 95th percentile and maximum in milliseconds."""
    high = statistics.quantiles(seconds, n=20)[-1]
    return "; ".join(f"{1000 * s:.0f} ms" for s in (statistics.median(seconds), high, max(seconds)))


def borrowed(version: Path, place: Path) -> Catalog:
    """A version that is in use elsewhere, under another domain's name; its catalogue."""
    (place / DOMAIN).mkdir(parents=True)
    (place / DOMAIN / version.name).symlink_to(version.resolve())
    artifact.publish(place / DOMAIN, version.name)
    return Catalog.load(version / artifact.CATALOG)


def made_up(catalog: Catalog, items: int, place: Path, seed: int) -> list[str]:
    """A version without models, of titles made of the words of others; its titles."""
    chance = random.Random(seed)
    words = [word for item in catalog for word in item.title.split()]
    titles = [" ".join(chance.choices(words, k=chance.randint(1, 4))) for _ in range(items)]
    folder = place / DOMAIN / "1"
    folder.mkdir(parents=True)
    years = [chance.randint(1930, 2020) for _ in titles]
    many = [Item(str(n), title, years[n]) for n, title in enumerate(titles)]
    Catalog(many, catalog.vocabulary).save(folder / artifact.CATALOG)
    Manifest(DOMAIN, "1", "", describe_files(folder)).save(folder)
    artifact.publish(place / DOMAIN, "1")
    return titles


async def measure(version: Path, options: argparse.Namespace) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        place, large = Path(name, "artifacts"), Path(name, "large")
        catalog = borrowed(version, place)
        titles = [item.title for item in catalog]
        each = -(-options.interactions // options.people)
        parts: dict[str, Callable[[], AsyncIterator[Line]]] = {
            "tour": lambda: tour(place),
            "crowd": lambda: crowd(place, options.people, each, options.pause, options.seed),
            "cuts": lambda: cuts(place, options.cuts),
            "autocomplete": lambda: autocomplete(place, titles, options.seed),
            "many": lambda: autocomplete(large, made_up(catalog, MANY, large, options.seed), options.seed),
        }
        chosen = options.only or list(parts)
        print("| what | figure |\n| --- | --- |", flush=True)
        for part in chosen:
            async for line in parts[part]():
                print(line, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run it; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.discord", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=["tour", "crowd", "cuts", "autocomplete", "many"])
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--interactions", type=int, default=2_000)
    parser.add_argument("--pause", type=float, default=10.0, help="seconds between a person's acts, on average")
    parser.add_argument("--cuts", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    settings = Settings.read()
    folder = settings.artifacts / settings.domain
    version = artifact.current(folder)
    if version is None:
        print(f"there is no artifact in {folder}: run `make run` first", file=sys.stderr)
        return 2
    asyncio.run(measure(folder / version, options))
    return 0


if __name__ == "__main__":
    sys.exit(main())
