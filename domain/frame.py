"""What one message says, as a typed frame: what its writer does, names, wants and asks. Knows no catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Act(Enum):
    """What somebody does with a message; one message may do several things."""

    REQUEST = "request"
    """Asks for something to be recommended."""
    INFORM = "inform"
    """Tells a taste, an experience, a fact about themselves or about who is with them."""
    CRITIQUE = "critique"
    """Wants what was shown to be different."""
    ACCEPT = "accept"
    """Takes what was shown or says yes."""
    REJECT = "reject"
    """Turns down what was shown or says no."""
    ASK = "ask"
    """Wants to know something."""
    CORRECT = "correct"
    """Says that they were misunderstood, or takes something back."""
    CHAT = "chat"
    GREET = "greet"
    THANK = "thank"
    LEAVE = "leave"
    TROUBLE = "trouble"
    """Is in danger, or fears it."""


class Kind(Enum):
    """What the words of a mention are."""

    TITLE = "title"
    PERSON = "person"
    VALUE = "value"
    """A label: a genre, a country, a brand, a material, a level."""
    THEME = "theme"
    """A description in words of one's own."""
    RANGE = "range"
    """A number, a date or a comparison of them: "the 90s", "$20", "older", "not too long"."""
    POINTER = "pointer"
    """Points at something shown or said: "the second one", "it"."""
    COUNT = "count"
    """How many are wanted."""
    QUESTION = "question"
    """The words that ask."""


class Role(Enum):
    """What the writer says of what they mention."""

    LIKED = "liked"
    DISLIKED = "disliked"
    SEEN = "seen"
    """Seen, read, played, bought, taken, owned."""
    WANTED = "wanted"
    UNWANTED = "unwanted"
    LIKE_THIS = "like-this"
    ASKED = "asked"
    CHOSEN = "chosen"
    REFUSED = "refused"
    AT_LEAST = "at-least"
    AT_MOST = "at-most"
    WITHDRAWN = "withdrawn"
    """Holds no more: "any year is fine"."""
    MENTIONED = "mentioned"


class Topic(Enum):
    """What a question is about: a property that things of many kinds have, or something else."""

    MAKER = "maker"
    CAST = "cast"
    PLOT = "plot"
    KIND = "kind"
    YEAR = "year"
    LENGTH = "length"
    PLACE = "place"
    LANGUAGE = "language"
    AGE = "age"
    SCARY = "scary"
    VIOLENCE = "violence"
    SEX = "sex"
    SADNESS = "sadness"
    SERIES = "series"
    BASIS = "basis"
    FORM = "form"
    PRICE = "price"
    RATING = "rating"
    POPULARITY = "popularity"
    AVAILABILITY = "availability"
    PROPERTY = "property"
    """Any other property; the words of the question name it."""
    NAME = "name"
    WHY = "why"
    FIT = "fit"
    """Whether it would suit somebody."""
    HAVE = "have"
    """Whether the catalogue has it."""
    COUNT = "how-many"
    COMPARE = "compare"
    BOT = "bot"
    ME = "me"
    """What is believed of the writer."""
    PRIVACY = "privacy"
    EARLIER = "earlier"
    KINDS = "kinds"
    METHOD = "method"
    FAVOURITE = "favourite"
    OUTSIDE = "outside"
    """Nothing that a recommender could know."""


class Flag(Enum):
    """What holds of a message as a whole."""

    SURPRISE = "surprise"
    MORE = "more"
    """More of the same request: "another", "anything else?"."""
    ANYTHING = "anything"
    """No preference: "whatever", "you choose"."""
    FORGET = "forget"
    """All that was said is to be forgotten."""
    STOP_ASKING = "stop-asking"
    CHILD = "child"
    """It is for a child, or one will be there."""
    LOW = "low"
    """The writer feels low."""
    INSTEAD = "instead"
    """What is said takes the place of what was understood."""
    OFFENDED = "insult"
    """The bot is insulted."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of a message and what they stand for.

    Attributes:
        start: in code points of the text.
        end: exclusive.
        role: None for a question.
        topic: of a question only.
        theirs: it is somebody else's taste or wish, not the writer's.
        means: what the words stand for, where an annotator says so: a title with its year, ``attribute value``.
    """

    start: int
    end: int
    kind: Kind
    role: Role | None = None
    topic: Topic | None = None
    theirs: bool = False
    means: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What one message says; mentions are in the order of the text and do not overlap."""

    acts: frozenset[Act] = frozenset()
    mentions: tuple[Mention, ...] = ()
    flags: frozenset[Flag] = frozenset()
    language: str = "en"


@dataclass(frozen=True, slots=True)
class LastPlan:
    """The little of the bot's last reply that a message is read by.

    Attributes:
        did: ``start`` (nothing yet), ``greet``, ``recommend``, ``ask``, ``answer``, ``chat``, ``noted``, ``told``,
            ``console`` or ``close``.
        shown: how many items it showed or spoke of.
        asked: what it asked: ``opening``, ``kind``, ``title``, ``mood``, ``year``, ``length``, ``people``,
            ``criticism``, ``which``, ``other``; empty if nothing.
    """

    did: str = "start"
    shown: int = 0
    asked: str = ""

    def __str__(self) -> str:
        parts = [self.did, *([str(self.shown)] if self.shown else []), *(["ask", self.asked] if self.asked else [])]
        return " ".join(parts if self.did != "ask" else ["ask", self.asked])

    @classmethod
    def parse(cls, code: str) -> LastPlan:
        """The plan of a code such as ``recommend 3 ask kind``.

        Raises:
            ValueError: it is no such code.
        """
        did, *rest = code.split()
        if did not in DID:
            raise ValueError(f"the bot cannot have done {did!r}")
        if did == "ask":
            rest = ["ask", *rest]
        shown = int(rest.pop(0)) if rest and rest[0].isdecimal() else 0
        asked = ""
        if rest:
            word, asked = rest if len(rest) == 2 else ("", "")
            if word != "ask" or asked not in ASKED:
                raise ValueError(f"{code!r} does not tell what was asked")
        return cls(did, shown, asked)


DID = ("start", "greet", "recommend", "ask", "answer", "chat", "noted", "told", "console", "close")
ASKED = ("opening", "kind", "title", "mood", "year", "length", "people", "criticism", "which", "other")


def to_plain(frame: Frame) -> dict[str, object]:
    """A frame as it is stored, in JSON's own types."""
    return {
        "acts": sorted(act.value for act in frame.acts),
        "flags": sorted(flag.value for flag in frame.flags),
        "language": frame.language,
        "mentions": [
            [m.start, m.end, m.kind.value, (m.topic or m.role or Role.MENTIONED).value, m.theirs]
            for m in frame.mentions
        ],
    }
