"""Rebuilds the recommender in a child process and publishes it if it is no worse."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a retrain is: `done` in [0, 1] and a sentence."""

    done: float
    say: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a retrain, a rollback or a look ended: whether the version in use changed, and a sentence for the owner."""

    published: bool
    say: str


class Retraining:
    """Interface, in use by discord_app/admin.py (full implementation follows). One run at a time."""

    async def run(self, on_progress: Callable[[Progress], Awaitable[None]]) -> Outcome:
        """Retrain; a second call while one runs says so in its outcome."""
        raise NotImplementedError

    async def rollback(self) -> Outcome:
        """Go back to the newest whole version before the one in use."""
        raise NotImplementedError

    async def status(self) -> Outcome:
        """The version in use, its figures, and whether a retrain runs, in a few lines."""
        raise NotImplementedError
