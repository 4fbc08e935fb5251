"""What goes into a conversation, and what comes out of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from bot.acts import ActKind
from bot.history import Person, ServerSettings
from bot.profile import Wish
from domain.preference import Opinion

Channel = Literal["terminal", "direct", "mention", "command"]

MOST = 5
"""Items that one reply shows at most: Discord has as many rows of buttons."""
READ = 2_000
"""Characters of a message that are read; more is said to be too much."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """What reached the bot.

    Attributes:
        event_id: Discord's id of the message or interaction; the same id is answered once.
        person_id: whose conversation it is.
        text: as typed; may be anything.
        locale: of the person's Discord client (``en-GB``, ``zh-CN``), if this event carried one.
        public: others read the reply.
        slate: the items of the bot's message that this one answers, whoever they were shown to.
        address: where the reply goes: handed back by `Conversation.undelivered` if nobody told that it arrived.
        count: how many items are asked for, unless the text tells; None for as many as the person has set.
        surprise: scale of z that is asked for; None for the one that the person has set.
        server: what is set for the server that it comes from.
    """

    event_id: str
    person_id: str
    text: str
    channel: Channel = "direct"
    locale: str | None = None
    public: bool = False
    slate: tuple[str, ...] = ()
    address: str = ""
    count: int | None = None
    surprise: float | None = None
    server: ServerSettings = field(default_factory=ServerSettings)

    def is_for_them_alone(self, person: Person) -> bool:
        """Whether the person, or those who manage the server, want nobody else to read the reply."""
        return self.public and (person.settings.only_to_me or self.server.only_to_me)


@dataclass(frozen=True, slots=True)
class Card:
    """One recommended item as a person reads it.

    Attributes:
        facts: of it, in one short line; may be empty.
        line: what is said of it, without its name.
        title: of the catalogue, without the year.
        year: of publication, where known.
        image: the https address of its picture, where the catalogue has one.
        original: the title of the catalogue, where `name` has another.
    """

    item_id: str
    name: str
    facts: str
    line: str
    title: str = ""
    year: int | None = None
    image: str | None = None
    original: str = ""


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating that was taken: the opinion, and the one that it replaced, so that it can be taken back."""

    opinion: Opinion
    name: str
    before: Opinion | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says.

    Attributes:
        text: everything that is said, as plain sentences.
        opening: where there are cards, what of it is said before them.
        cards: the items that are recommended, in the order of `text`; empty for other acts.
        close: what is said after them.
        wishes: what the cards go by; each can be dropped by its token.
        ask_to_remember: whether to put the question of consent under this reply.
        language: of the reply, one of `bot.texts.LANGUAGES`.
        private: it tells of the person's profile, and is for nobody else to read.
        rated: the rating that it confirms.
        failed: it says no more than that something went wrong.
        greets: it greets somebody of whom nothing is known yet.
        settled: of a reply that is still being written, the beginning of `text` that will not change.
    """

    text: str
    act: ActKind
    cards: tuple[Card, ...] = ()
    opening: str = ""
    close: str = ""
    wishes: tuple[Wish, ...] = ()
    ask_to_remember: bool = False
    language: str = "en"
    private: bool = False
    rated: Rated | None = None
    failed: bool = False
    greets: bool = False
    settled: str = ""


Show = Callable[[Reply], Awaitable[None]]
"""Is told of a reply while it is being written."""
