"""Twelve conversations as they come out of the whole bot.

``python -m benchmarks.conversations > docs/conversations.md``.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot.conversation import Conversation
from bot.exchange import Incoming
from bot.history import History
from bot.models import Serving, load_current
from bot.settings import Settings
from bot.texts import Texts
from domain.artifact import ArtifactError

HEAD = """# Twelve conversations

Made by `python -m benchmarks.conversations > docs/conversations.md` with the default films, and not edited: what each
person says is in `benchmarks/people.toml`, what Parley answers is what the bot of that build answered.
"""


async def speak(settings: Settings, domain: str) -> None:
    """Let every person have their say, and print what comes back."""
    texts = Texts.load()
    folder = settings.artifacts / domain
    people = tomllib.loads((Path(__file__).parent / "people.toml").read_text(encoding="utf-8"))["person"]
    serving = Serving(folder, texts, load_current(folder, texts, lambda text: print(text, file=sys.stderr)))
    print(HEAD)
    with tempfile.TemporaryDirectory() as state, ThreadPoolExecutor(1) as threads:
        history = await History.open(Path(state), domain)
        bot = Conversation(serving, history, texts, threads, slate=settings.slate, surprise=settings.surprise)
        for number, person in enumerate(people, start=1):
            print(f"## {number}. {person['who']}\n")
            for turn, text in enumerate(person["says"]):
                reply = await bot.turn(Incoming(f"{number}-{turn}", str(number), text, "terminal"))
                print(f"> {text}\n\n**Parley:** {reply.text if reply else ''}\n", flush=True)
        await history.close()


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.conversations", description=__doc__)
    parser.add_argument("--domain", default="movies")
    chosen = parser.parse_args(arguments)
    try:
        asyncio.run(speak(Settings(), chosen.domain))
    except ArtifactError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
