"""What a person has rated and said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["user", "bot"]


@dataclass(frozen=True, slots=True)
class Interaction:
    """One thing that one person had to do with.

    Attributes:
        value: a rating or a count as the data has it; None where having it is all that is known.
        timestamp: seconds since 1970; None if unknown.
    """

    user_id: str
    item_id: str
    value: float | None = None
    timestamp: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation, under the id that Discord (or the terminal) gave it.

    Attributes:
        told: of a person's message, the frame that was read; of the bot's, its plan; both as JSON, or empty.
    """

    message_id: str
    role: Role
    text: str
    told: str = ""
