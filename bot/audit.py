"""What owners did to the models, for good: a line each in a file of the state folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Audit:
    """The file. It holds who did what and how that ended, and nothing about anybody else."""

    path: Path

    def note(self, who: str, did: str, ended: str) -> None:
        """Add a line; it is on the disk when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        line = f"{datetime.now(UTC).isoformat(timespec='seconds')} {who} {did}: {' '.join(ended.split())}\n"
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def latest(self, number: int) -> list[str]:
        """The last lines, the newest last."""
        try:
            return self.path.read_text(encoding="utf-8", errors="replace").splitlines()[-number:]
        except FileNotFoundError:
            return []
