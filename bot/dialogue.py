"""An act -> the words of a reply, by the dialogue model; knows nothing of users."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from bot.acts import Act


class Dialogue(Protocol):
    """Writes replies."""

    def write(self, act: Act, language: str) -> str | None:
        """The words for an act; None if no draft passes the checks, or if this act is not for a model to write."""


class NoDialogue:
    """The dialogue of an artifact that has no model: the templates speak."""

    def write(self, act: Act, language: str) -> str | None:
        """See `Dialogue.write`."""
        return None


class GenaiDialogue(NoDialogue):
    """Placeholder until the model is wired."""

    def __init__(self, folder: Path) -> None:
        pass
