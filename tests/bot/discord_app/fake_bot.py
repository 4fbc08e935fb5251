"""The bot's process without its models: `python -m tests.bot.discord_app.fake_bot STATE_DIR FIFO`.

A turn with the word `wait` goes on when the fifo has been written to.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

from bot.discord_app.client import serve
from bot.exchange import Incoming, Reply, Show
from bot.settings import Settings
from bot.texts import Texts
from tests.bot.discord_app.fakes import FakeConversation, FakeRetraining


class WaitingConversation(FakeConversation):
    def __init__(self, fifo: Path) -> None:
        super().__init__()
        self._fifo = fifo
        self._reading: asyncio.Task[bytes] | None = None

    async def turn(self, incoming: Incoming, show: Show | None = None) -> Reply | None:
        await self._wait(incoming)
        return await super().turn(incoming, show)

    async def recommend(self, incoming: Incoming, show: Show | None = None) -> Reply | None:
        await self._wait(incoming)
        return await super().recommend(incoming, show)

    async def _wait(self, incoming: Incoming) -> None:
        if "wait" in incoming.text:
            if self._reading is None:
                self._reading = asyncio.create_task(asyncio.to_thread(self._fifo.read_bytes))
            await asyncio.shield(self._reading)
            self.gate.set()


def main() -> int:
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    state_dir, fifo = map(Path, sys.argv[1:])
    settings = Settings(state_dir=state_dir, _env_file=None)
    return asyncio.run(serve(settings, WaitingConversation(fifo), FakeRetraining(), Texts.load()))


if __name__ == "__main__":
    sys.exit(main())
