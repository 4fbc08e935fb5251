"""The bot as a process of its own, connected to the local Discord, and what it writes to stderr."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.discord_server.journal import PATIENCE

ROOT = Path(__file__).parents[2]


@dataclass
class BotProcess:
    """The process, and the lines that it has written to stderr."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            async with self._changed:
                self.lines.append(line.decode())
                self._changed.notify_all()

    async def logged(self, words: str) -> None:
        """Wait until it has written some words."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: words in self.log)

    async def ended(self) -> int:
        """Wait for its end and its last words; its exit code."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait([self._reading])
            return await self.process.wait()

    async def up(self, connected: Coroutine[Any, Any, None]) -> None:
        """Wait until it is connected.

        Raises:
            RuntimeError: it has ended instead; tells its last words.
        """
        connecting = asyncio.create_task(connected)
        await asyncio.wait([connecting, self._reading], return_when=asyncio.FIRST_COMPLETED)
        if not connecting.done():
            connecting.cancel()
            raise RuntimeError(f"the bot has ended: {self.log[-1000:]}")
        await connecting

    async def stop(self) -> int:
        """End it as Docker and systemd do; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await self.ended()

    @property
    def log(self) -> str:
        """All that it has written."""
        return "".join(self.lines)


@contextlib.asynccontextmanager
async def bot_process(base: str, *command: str, token: str = "x", **settings: str) -> AsyncIterator[BotProcess]:
    """Start the bot, and kill it at the end if it still runs.

    Args:
        base: of the local Discord.
        command: arguments of Python; the bot as it is shipped if there are none.
        token: what it takes for its token.
        settings: environment variables; no others of the bot's are handed on.
    """
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PARLEY_", "DISCORD_"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-W", "error", "-W", "ignore:'audioop' is deprecated:DeprecationWarning"),
        *(command or ("-m", "bot")),
        cwd=ROOT,
        env=clean | {"DISCORD_TOKEN": token, "DISCORD_API_BASE": base, **settings},
        stderr=asyncio.subprocess.PIPE,
    )
    bot = BotProcess(process)
    try:
        yield bot
    finally:
        if process.returncode is None:
            process.kill()
        await bot.ended()
