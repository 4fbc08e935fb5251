"""One turn of a conversation: what was said goes in, what is known is updated, a reply comes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.preference import Verdict

Channel = Literal["terminal", "direct", "mention", "command"]
ActKind = Literal["recommend", "ask", "answer", "chat", "close"]


@dataclass(frozen=True, slots=True)
class Incoming:
    """What reached the bot.

    Attributes:
        event_id: Discord's id of the message or interaction; the same id is answered once.
        person_id: whose conversation it is.
        text: as typed; may be anything.
        locale: of the person's Discord client (``en-GB``, ``zh-CN``), if this event carried one.
    """

    event_id: str
    person_id: str
    text: str
    channel: Channel = "direct"
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One recommended item as a person reads it: its name, a line of its facts, and why it is here."""

    item_id: str
    name: str
    facts: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says.

    Attributes:
        text: plain sentences; everything that has to be said, cards or not.
        cards: the items that `text` recommends, in its order; empty for other acts.
        ask_to_remember: whether to put the question of consent under this reply.
        language: of the reply: ``en`` or ``zh-CN``.
    """

    text: str
    act: ActKind
    cards: tuple[Card, ...] = ()
    ask_to_remember: bool = False
    language: str = "en"


class Conversation:
    """Interface, in use by terminal.py and discord_app/ (full implementation follows)."""

    async def turn(self, incoming: Incoming) -> Reply | None:
        """Answer a message; None if that event was answered before."""
        raise NotImplementedError

    async def recommend(self, incoming: Incoming) -> Reply | None:
        """A slate for `/recommend`, `incoming.text` being what the person asked for, perhaps empty."""
        raise NotImplementedError

    async def rate(
        self, incoming: Incoming, item_id: str, verdict: Verdict, source: Literal["button", "command"]
    ) -> Reply | None:
        """Take a rating given by button or command; the reply confirms it in a sentence."""
        raise NotImplementedError

    async def set_consent(
        self, incoming: Incoming, *, remember: bool | None = None, share: bool | None = None
    ) -> Reply | None:
        """Give or withdraw a consent (None leaves it); `remember=False` deletes what was kept, and ends `share`."""
        raise NotImplementedError

    async def about(self, person_id: str, locale: str | None = None) -> Reply:
        """What is held about a person, as they may read it: consents, opinions, constraints."""
        raise NotImplementedError

    async def erase(self, person_id: str) -> None:
        """Delete everything that is held about a person."""
        raise NotImplementedError

    def text(self, key: str, locale: str | None = None, **values: object) -> str:
        """A sentence of texts/*.toml in the person's language."""
        raise NotImplementedError

    def find(self, typed: str, limit: int = 25) -> list[tuple[str, str]]:
        """(item_id, name) of the items whose titles continue what was typed, for autocomplete."""
        raise NotImplementedError
