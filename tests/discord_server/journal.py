"""What happened on the local Discord, and waiting for what has to happen."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.discord_server.limits import Json

Event = TypeVar("Event")

PATIENCE = 30.0
"""Seconds to wait for something that has to happen before it is given up; nothing waits for it to pass."""


@dataclass(frozen=True)
class Request:
    """One REST request of the bot."""

    method: str
    path: str
    body: Any


@dataclass(frozen=True)
class Refusal:
    """A request that was refused for what it was, and not because a fault was asked for."""

    method: str
    path: str
    status: int
    code: int
    why: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}: {self.status}/{self.code}: {self.why}"


class Journal:
    """Everything that the bot did."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.refused: list[Refusal] = []
        self.frames: list[Json] = []
        """What came over the gateway."""
        self.connections: list[str] = []
        """Path and query of each connection to the gateway."""
        self.closed: list[int | None] = []
        """Close code of each connection that is over."""
        self.lateness: list[float] = []
        """Seconds by which each heartbeat came later than it had to; below zero if it came early."""
        self._changed = asyncio.Condition()

    @property
    def invalid(self) -> list[str]:
        """The refused requests whose bodies broke a rule."""
        return [str(refusal) for refusal in self.refused if refusal.code in (50006, 50035)]

    async def note(self, where: list[Event], what: Event) -> None:
        """Write something down, and wake who waits for it."""
        where.append(what)
        await self.changed()

    async def changed(self) -> None:
        """Let whoever waits look again."""
        async with self._changed:
            self._changed.notify_all()

    async def until(self, happened: Callable[[], Any], patience: float = PATIENCE) -> Any:
        """Wait until something is true, and give it back.

        Raises:
            TimeoutError: it does not become true; tells what the bot did last, and what was refused.
        """
        try:
            async with asyncio.timeout(patience), self._changed:
                await self._changed.wait_for(happened)
                return happened()
        except TimeoutError:
            last = [f"{request.method} {request.path}" for request in self.requests[-5:]]
            raise TimeoutError(f"last requests: {last}; refused: {list(map(str, self.refused))}") from None

    async def request(self, method: str, path: str, number: int = 1) -> Request:
        """The bot's first (second, …) request of a kind; `path` is a regular expression."""
        await self.until(lambda: len(self.all(method, path)) >= number)
        return self.all(method, path)[number - 1]

    def all(self, method: str, path: str) -> list[Request]:
        """All requests of a kind up to now."""
        return [r for r in self.requests if r.method == method and re.fullmatch(path, r.path)]
