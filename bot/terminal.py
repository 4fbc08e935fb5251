"""The conversation in a terminal: one line in, one reply out, an empty line after each."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
import uuid
from typing import TextIO

from bot.conversation import Conversation
from bot.exchange import Incoming, Reply

PERSON = "terminal:owner"
"""The person of the terminal is the machine's owner, and is remembered."""


ADDRESS = "terminal"
"""Where replies to the person of the terminal go."""


async def talk(conversation: Conversation, lines: TextIO, replies: TextIO, stop: asyncio.Event) -> None:
    """Answer line by line until the input ends or a stop is asked for. Standard output holds replies only."""
    answering = asyncio.create_task(_answer(conversation, lines, replies))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({answering, stopping}, return_when=asyncio.FIRST_COMPLETED)
    for task in (answering, stopping):
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await answering


async def _answer(conversation: Conversation, lines: TextIO, replies: TextIO) -> None:
    for late in conversation.undelivered(ADDRESS):
        print("parley: your last message was answered just before a stop; say it again to see it", file=sys.stderr)
        await conversation.delivered(late.event_id)
    if await conversation.is_undecided(PERSON):
        await conversation.set_consent(_incoming("", "consent"), remember=True)
    async for line in _Lines(lines):
        if not line.strip():
            continue
        incoming = _incoming(line.strip(), uuid.uuid4().hex)
        printed = _Printed(replies)
        reply = await conversation.turn(incoming, printed.show)
        if reply is not None:
            printed.finish(reply)
            await conversation.delivered(incoming.event_id)


class _Printed:
    """A reply that is printed while it is being written, as far as it will not change."""

    def __init__(self, replies: TextIO) -> None:
        self._replies = replies
        self._text = ""

    async def show(self, reply: Reply) -> None:
        """Print what is new of what stays; see `bot.exchange.Show`."""
        if reply.settled.startswith(self._text):
            self._write(reply.settled)

    def finish(self, reply: Reply) -> None:
        """Print the rest of a reply; all of it on a new line, should it begin otherwise, as after a failed turn."""
        if not reply.text.startswith(self._text):
            self._replies.write("\n")
            self._text = ""
        self._write(reply.text)
        self._replies.write("\n\n")
        self._replies.flush()

    def _write(self, text: str) -> None:
        self._replies.write(text[len(self._text) :])
        self._replies.flush()
        self._text = text


def _incoming(text: str, event: str) -> Incoming:
    return Incoming(f"terminal:{event}", PERSON, text, "terminal", address=ADDRESS if text else "")


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
