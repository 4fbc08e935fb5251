"""The local Discord by hand: every line typed is a direct message to the bot, and what the person sees is printed.

A line such as `/recommend wish=something tense` gives a command. `control` tells how to steer it from outside.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re
import sys

from tests.discord_server.clock import Clock
from tests.discord_server.person import Person, text_of
from tests.discord_server.server import LocalDiscord

_FOR_EVER = 1e9


async def _by_hand(port: int) -> None:
    server = LocalDiscord(clock=Clock())
    await server.start(port)
    print(f"DISCORD_TOKEN=x DISCORD_API_BASE={server.base} python -m bot", flush=True)
    person = server.person()
    printing = asyncio.create_task(_print(server, person))
    try:
        await server.until(lambda: server.gateway.is_connected and server.state.commands, _FOR_EVER)
        print("The bot is there: say something.", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            await _do(person, line.strip())
        await asyncio.Event().wait()  # with its input closed, it serves until it is stopped
    finally:
        printing.cancel()
        await server.close()


async def _do(person: Person, line: str) -> None:
    command, *options = re.split(r"\s(?=\w+=)", line)
    if line.startswith("/"):
        await person.command(*command.removeprefix("/").split(), **dict(option.split("=", 1) for option in options))
    elif line:
        await person.say(line)


async def _print(server: LocalDiscord, person: Person) -> None:
    printed: set[str] = set()

    def news() -> list[str]:
        every = [message for message in person.sees if not message.is_loading]
        texts = {f"{message.id} {text_of(message)}" for message in every if "bot" in message.payload["author"]}
        return sorted(texts - printed)

    while True:
        for text in await server.until(news, _FOR_EVER):
            printed.add(text)
            print(text.split(" ", 1)[1], flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.discord_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_by_hand(parser.parse_args().port))
