"""The conversation in a terminal: one line in, one reply out, an empty line after each."""

from __future__ import annotations

import asyncio
import sys
import threading
import uuid
from typing import TextIO

from bot.conversation import Conversation, Incoming

PERSON = "terminal:owner"
"""The person of the terminal is the machine's owner, and is remembered."""


async def talk(conversation: Conversation, lines: TextIO, replies: TextIO) -> None:
    """Answer line by line until the input ends. Standard output holds replies only."""
    await conversation.set_consent(_incoming("", "consent"), remember=True)
    async for line in _Lines(lines):
        if not line.strip():
            continue
        reply = await conversation.turn(_incoming(line.strip(), uuid.uuid4().hex))
        if reply is not None:
            replies.write(f"{reply.text}\n\n")
            replies.flush()


def _incoming(text: str, event: str) -> Incoming:
    return Incoming(f"terminal:{event}", PERSON, text, "terminal")


class _Lines:
    """Lines of a file, read in a thread that dies with the process: nobody can interrupt a blocking read."""

    def __init__(self, file: TextIO) -> None:
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, args=(file,), daemon=True).start()

    def _read(self, file: TextIO) -> None:
        for line in file:
            self._loop.call_soon_threadsafe(self._queue.put_nowait, line)
        self._loop.call_soon_threadsafe(self._queue.put_nowait, None)

    def __aiter__(self) -> _Lines:
        return self

    async def __anext__(self) -> str:
        line = await self._queue.get()
        if line is None:
            raise StopAsyncIteration
        return line


def standard_streams() -> tuple[TextIO, TextIO]:
    """Standard input and output as UTF-8, whatever the locale; bytes that are no UTF-8 are replaced."""
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    return sys.stdin, sys.stdout
