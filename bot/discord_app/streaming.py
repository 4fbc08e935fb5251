"""Shows a reply while it is being written: at once, and then by edits that keep to Discord's limits."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.exchange import Reply

SECONDS = 1.0
"""Between two edits of a message, at least."""

Edit = Callable[[Reply], Awaitable[Any]]
"""Puts a reply in the place of what is shown of it."""


class Streaming:
    """The replies to one event as they grow; of those that come while it waits, the newest is shown."""

    def __init__(self, edit: Edit, seconds: float = SECONDS) -> None:
        """Get ready to show.

        Args:
            edit: puts a reply in the place of what is shown of it, and at first sends it.
            seconds: see `SECONDS`.
        """
        self._edit = edit
        self._seconds = seconds
        self._newest: Reply | None = None
        self._showing: asyncio.Task[None] | None = None
        self._is_over = asyncio.Event()

    async def show(self, reply: Reply) -> None:
        """Show a reply as soon as the limit allows; returns at once. See `bot.exchange.Show`."""
        self._newest = reply
        if self._showing is None:
            self._showing = asyncio.create_task(self._show())

    async def finish(self) -> None:
        """Show no more of it: the edit that is under way comes to its end, what waits is dropped."""
        self._newest = None
        self._is_over.set()
        if self._showing:
            await self._showing

    async def _show(self) -> None:
        while (reply := self._newest) is not None:
            self._newest = None
            with contextlib.suppress(discord.HTTPException):  # the whole reply will be sent in any case
                await self._edit(reply)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._seconds):
                    await self._is_over.wait()
        self._showing = None
