"""What goes wrong on demand: refusals, rate limits, outages, slow answers."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field

from tests.discord_server.limits import Json


@dataclass
class Fault:
    """What the next requests of a kind get instead of their answer, or before it."""

    method: str
    path: str
    """A regular expression."""
    times: int = 1
    status: int = 0
    """Of the answer; 0 lets the request have its own."""
    body: Json = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    """So long the answer waits."""
    gate: asyncio.Event | None = None
    """The answer waits for it."""
    is_cut: bool = False
    """The line is cut instead of an answer."""

    async def wait(self) -> None:
        """Hold the answer up."""
        if self.gate is not None:
            await self.gate.wait()
        if self.seconds:
            await asyncio.sleep(self.seconds)


class Faults:
    """The faults that are still to come; the oldest that fits is taken."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def fail(self, method: str, path: str, status: int, *, code: int = 0, times: int = 1) -> None:
        """Let the next requests of a kind fail."""
        self._faults.append(Fault(method, path, times, status, {"code": code, "message": "refused"}))

    def limit(self, method: str, path: str, *, times: int = 1, retry_after: float = 0.01) -> None:
        """Answer the next requests of a kind with 429, as Discord itself (not the network before it) does."""
        body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": False}
        self._faults.append(Fault(method, path, times, 429, body, {"Via": "1.1 google", "Retry-After": "1"}))

    def slow(self, method: str, path: str, seconds: float, *, times: int = 1) -> None:
        """Let the next requests of a kind wait for their answers."""
        self._faults.append(Fault(method, path, times, seconds=seconds))

    def hold(self, method: str, path: str, *, times: int = 1) -> asyncio.Event:
        """Hold the answers to the next requests of a kind until the event is set."""
        gate = asyncio.Event()
        self._faults.append(Fault(method, path, times, gate=gate))
        return gate

    def hang_up(self, method: str, path: str, *, times: int = 1) -> None:
        """Cut the line of the next requests of a kind."""
        self._faults.append(Fault(method, path, times, is_cut=True))

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that a request meets."""
        fault = next((f for f in self._faults if f.method == method and re.fullmatch(f.path, path)), None)
        if fault is not None:
            fault.times -= 1
            self._faults = [f for f in self._faults if f.times > 0]
        return fault
