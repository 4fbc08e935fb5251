"""The time that passes on the local Discord."""

from __future__ import annotations

import time


class Clock:
    """Seconds since some moment; they pass by themselves, or only when a test lets them."""

    def __init__(self, *, stands: bool = False) -> None:
        self._stands = stands
        self._skipped = 0.0

    def now(self) -> float:
        """The present moment."""
        return self._skipped + (0.0 if self._stands else time.monotonic())

    def advance(self, seconds: float) -> None:
        """Let more time pass, at once."""
        self._skipped += seconds
