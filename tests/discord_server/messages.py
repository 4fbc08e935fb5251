"""A message and an interaction, as the local Discord knows them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from tests.discord_server.limits import COMPONENTS_V2, Json
from tests.discord_server.payloads import Channel, User

EPHEMERAL, LOADING = 1 << 6, 1 << 7
"""Flags of a message: for one person only; promised and not there yet."""
SAY, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
"""Kinds of first answers."""
COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
"""Kinds of interactions."""


@dataclass
class Message:
    """A message, and who sees it."""

    payload: Json
    only_for: str | None = None
    """The id of the one person who sees it."""
    is_deleted: bool = False
    versions: list[Json] = field(default_factory=list)
    """What it was changed to, each time."""

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.payload["id"])

    @property
    def is_loading(self) -> bool:
        """Whether it is a promise so far."""
        return bool(self.payload["flags"] & LOADING)

    @property
    def is_v2(self) -> bool:
        """Whether it is made of components alone."""
        return bool(self.payload["flags"] & COMPONENTS_V2)


@dataclass
class Interaction:
    """Something that a person asked of the bot, and the bot's answers."""

    payload: Json
    person: User
    channel: Channel
    began: float
    is_user_install: bool = False
    message: Message | None = None
    """The one whose component was used."""
    sent: float = field(default_factory=time.monotonic)
    answered_after: float | None = None
    """Seconds until the first answer, of real time."""
    first: Json | None = None
    """The first answer: its type and data."""
    original: Message | None = None
    follow_ups: list[Message] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.payload["id"])

    @property
    def token(self) -> str:
        """What answers are addressed to."""
        return str(self.payload["token"])

    @property
    def kind(self) -> int:
        """Such as `COMMAND`."""
        return int(self.payload["type"])

    @property
    def choices(self) -> list[Json]:
        """What an autocomplete was answered with."""
        return (self.first or {}).get("data", {}).get("choices") or []

    @property
    def modal(self) -> Json | None:
        """The modal that was opened, if one was."""
        return self.first["data"] if self.first and self.first["type"] == MODAL else None

    @property
    def messages(self) -> list[Message]:
        """The messages that answer it, as they are now."""
        every = [self.original] if self.original else []
        return [message for message in (*every, *self.follow_ups) if not message.is_deleted]

    @property
    def is_answered(self) -> bool:
        """Whether the person has more than a promise."""
        if self.first is None:
            return False
        if self.first["type"] == DEFER_UPDATE:
            return bool(self.follow_ups or (self.original and self.original.versions))
        return self.first["type"] != DEFER or any(not message.is_loading for message in self.messages)
