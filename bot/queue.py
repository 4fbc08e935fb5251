"""Turns that wait to be taken: a few at once, one a person, fair between people, refused at once where it is full."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from typing import Literal

AT_ONCE = 8
"""Turns that are taken side by side: as many as are put into words together (`bot.writer_process.MOST_ROWS`)."""
WAITING = 24
"""Turns of all people that wait at most: whoever came after them would wait for minutes."""
EACH = 3
"""Turns of one person that wait at most, so that nobody fills the queue alone."""

Reason = Literal["busy", "hasty", "stopping"]
"""The queue is full; the person has enough turns waiting; the bot stops."""


class Refused(Exception):  # noqa: N818 - it is no error that there is no room
    """A turn that will not be taken."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Queue:
    """The turns that wait and those that are taken.

    People come one after another, however many turns each of them has waiting.
    """

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING, each: int = EACH) -> None:
        self._at_once = at_once
        self._most = waiting
        self._each = each
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        """By person, the one whose turn is next first."""
        self._taken: dict[str, asyncio.Future[None]] = {}
        self._is_closed = False

    @contextlib.asynccontextmanager
    async def turn(self, person_id: str) -> AsyncIterator[None]:
        """Wait for a person's turn, and hold it until the block ends.

        Raises:
            Refused: at once, where there is no room to wait; later, when `close` comes before the turn does.
        """
        mine = self._join(person_id)
        try:
            await mine
            yield
        finally:
            self._leave(person_id, mine)

    def close(self) -> None:
        """Refuse whoever waits and whoever comes; the turns that are taken go on."""
        self._is_closed = True
        for mine in (mine for line in self._waiting.values() for mine in line):
            if not mine.done():
                mine.set_exception(Refused("stopping"))
        self._waiting.clear()

    def _join(self, person_id: str) -> asyncio.Future[None]:
        if self._is_closed:
            raise Refused("stopping")
        if len(self._taken) == self._at_once or person_id in self._taken:
            self._find_room(person_id)
        mine = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(person_id, deque()).append(mine)
        self._take()
        return mine

    def _find_room(self, person_id: str) -> None:
        if len(self._waiting.get(person_id, ())) >= self._each:
            raise Refused("hasty")
        if sum(map(len, self._waiting.values())) >= self._most:
            raise Refused("busy")

    def _leave(self, person_id: str, mine: asyncio.Future[None]) -> None:
        if self._taken.get(person_id) is mine:
            del self._taken[person_id]
        elif mine in self._waiting.get(person_id, ()):  # whoever waited for it has given up
            self._waiting[person_id].remove(mine)
            if not self._waiting[person_id]:
                del self._waiting[person_id]
        self._take()

    def _take(self) -> None:
        """Take turns while there is room."""
        while len(self._taken) < self._at_once and (person_id := self._next()) is not None:
            line = self._waiting[person_id]
            mine = line.popleft()
            if line:
                self._waiting.move_to_end(person_id)
            else:
                del self._waiting[person_id]
            if not mine.done():  # it is if whoever waits for it was cancelled a moment ago
                self._taken[person_id] = mine
                mine.set_result(None)

    def _next(self) -> str | None:
        """Whose turn it is: the first of those who have none at the moment."""
        return next((person_id for person_id in self._waiting if person_id not in self._taken), None)
