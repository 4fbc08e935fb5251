"""What is understood of a message, and what of the conversation it is understood by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from domain.meaning import Intent
from domain.preference import Constraint
from domain.stance import Polarity


class Question(Enum):
    """What a person may want to know beside an attribute of an item."""

    WHY = "why an item is recommended"
    FIT = "whether an item is for them"
    COMPARE = "which of several items to take"
    EARLIER = "what was shown before"
    KINDS = "which kinds of things there are"
    BOT = "what the bot is and does"
    INSULT = "nothing, but the bot is insulted"
    SELF = "what the bot believes of them"
    HAVE = "whether the catalogue has some items"
    COUNT = "how many there are"
    PRIVACY = "what the bot keeps of them"
    METHOD = "how it chooses"
    FAVOURITE = "what the bot itself likes best"


DISLIKED = 1.2
"""From these log-odds on, most do dislike what they say nothing outright of (`training.liking`)."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of a message that name, or point at, an item.

    Attributes:
        item_id: None if the catalogue does not have it.
        start: of the words, in code points of the text.
        end: exclusive.
        polarity: 1 liked or wanted alike, -1 disliked, 0 neither or not said by the person of themselves.
        seen: the person says that they have seen it.
        pointed: it is pointed at ("the second one"), not named.
        vague: of several that were shown, "more like that" means none in particular.
        log_odds: logarithm of the odds that the person dislikes it, by all the words around it; 0 is even.
    """

    item_id: str | None
    start: int
    end: int
    polarity: Polarity = 0
    seen: bool = False
    pointed: bool = False
    vague: bool = False
    log_odds: float = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One of several questions about items in a message.

    Attributes:
        about: id of the item; None if it is none that the message names or points at.
        attribute: what is asked; None if that is nothing that an attribute tells.
        value: an attribute's value that is asked about: "is it scary?".
    """

    about: str | None
    attribute: str | None = None
    value: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What the conversation makes of "the second one", "yes" or "older".

    Attributes:
        slate: ids of the items shown last, in order.
        asked: the bot's last message asked something about the person's wishes.
        focus: the item that the bot's last message was about; else "it" is the first of the slate.
        named: ids of the items in the bot's last message, and in the one before it.
        on_behalf: what is wanted is for somebody else, so what they like counts.
        earlier: ids of items that the conversation was about before: of several of a name, one of them is meant.
        said: the bot's last message.
        before: the person's message before it.
    """

    slate: tuple[str, ...] = ()
    asked: bool = False
    focus: str | None = None
    named: tuple[tuple[str, ...], ...] = ()
    on_behalf: bool = False
    earlier: frozenset[str] = frozenset()
    said: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What one message says.

    Attributes:
        intent: the one that decides the reply.
        mentions: in the order of the text.
        constraints: wanted and unwanted attribute values and ranges; of a `correct` message, what holds instead.
        loosely: those of them that give way to what was wanted before: "not so violent" of an action film.
        retracted: of a `correct` message, what it takes back.
        withdrawn: likewise ids of the items of which it takes something back.
        forget_all: a `correct` message that takes back everything.
        forgets: numeric attributes whose ranges are taken back: "forget the year", "longer is fine too".
        about: id of the item that an `ask_item` message is about, if it names or points at one.
        asks: the attribute that is asked about, None for the item as a whole; or what else is asked.
        asks_also: further questions about that item or others.
        extremes: numeric attributes, and whether their highest number is asked for: "which is the longest?".
        value: an attribute's value that is asked about: "is it scary?".
        unsure: what is asked, or what items are compared by ("scariest"), is nothing that an attribute tells.
        several: all that was shown is asked about: "how long are they?".
        instead: what is said takes the place of what was understood before: "I meant Heat".
        restates: what was said before is said again: "I said I loved it".
        refines: it is added to what was wanted before: "sci-fi, preferably".
        mood: they say that they feel low.
        thanks: the message is nothing but thanks.
        goes_on: more is asked for, and what was asked for before still holds: "something else?".
        origin: what is wanted is to come from somewhere, which the catalogue does not tell.
        no_questions: the person does not want to be asked.
        surprise: something out of the way is wanted.
        by_plot: something is sought by what happens in it.
        untold: words for what should be in it, or not, of which the catalogue tells nothing.
        people: names of people who are to have a hand in what is wanted, whom the catalogue does not know.
        within: limits that a question about several items names: "are any of them under 90 minutes?".
        counted: the constraints within which items are to be counted.
        count: how many items are asked for.
        passed: items that the bot named and the person did not, with `Mention.log_odds`.
    """

    intent: Intent
    mentions: tuple[Mention, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    loosely: frozenset[Constraint] = frozenset()
    retracted: tuple[Constraint, ...] = ()
    withdrawn: frozenset[str] = frozenset()
    forget_all: bool = False
    forgets: tuple[str, ...] = ()
    about: str | None = None
    asks: str | Question | None = None
    asks_also: tuple[Asked, ...] = ()
    extremes: tuple[tuple[str, bool], ...] = ()
    value: tuple[str, str] | None = None
    unsure: bool = False
    several: bool = False
    instead: bool = False
    restates: bool = False
    refines: bool = False
    mood: bool = False
    thanks: bool = False
    goes_on: bool = False
    origin: bool = False
    no_questions: bool = False
    surprise: bool = False
    by_plot: bool = False
    untold: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    within: tuple[Constraint, ...] = ()
    counted: tuple[Constraint, ...] = ()
    count: int | None = None
    passed: tuple[tuple[str, float], ...] = ()
