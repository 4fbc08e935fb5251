"""A turn on its way from what was understood to words, and what is remembered of it."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot import ranking
from bot.acts import CRITICISM, Act, Answer, Ask, Count, Recommend, Say, Words
from bot.briefs import Briefed, shown
from bot.exchange import READ, Incoming
from bot.gist import Gist
from bot.history import Person
from bot.models import Models
from bot.policy import OPENING
from bot.seeking import PARTLY, Sought
from bot.understood import Understood
from domain.frame import Flag, Role, to_plain
from domain.history import Message
from domain.plan import Plan
from domain.preference import Preference

REMEMBERED = 3
"""Turns of phrase of so many replies are not used again, if there are others."""
IN_TROUBLE = "in trouble"
"""What `Person.asked` holds after a cry for help: the next reply recommends nothing unless that is asked for."""
_CONSOLED = Plan(("console",)).to_json()
_MOVES = {Recommend: "recommend", Ask: "ask", Answer: "answer", Count: "answer"}
_SAID_MOVES = {
    "goodbye": "close", "enjoy": "close", "mood": "console", "after_trouble": "console", "corrected": "noted",
    "forgot_all": "noted", "misread": "ask", "greet_again": "greet", "about_person": "told", "shown_before": "told",
}  # fmt: skip
"""What sentences do, where it is not small talk."""
_REFUSING = frozenset({Role.REFUSED, Role.UNWANTED, Role.WITHDRAWN})
_ASKED = {OPENING: "opening", CRITICISM: "criticism", "year": "year", "length": "length"}


@dataclass(frozen=True)
class Turn:
    """What one turn goes by.

    Attributes:
        told: what may be told of the person where others may read it.
        sought: what is searched.
        gist: what the messages so far describe as a whole.
        warnings: words of the message for what some people cannot bear to see.
    """

    models: Models
    person: Person
    told: Preference
    said: Understood
    incoming: Incoming
    language: str
    chance: random.Random
    sought: Sought | None
    gist: Gist = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def found_none(self) -> str:
        """The words that nothing fits, where the nearest to what was shown are shown instead; else nothing."""
        found = self.sought
        if self.language != "en" and any(wish.include for wish in self.said.wishes):
            return ""  # chat language is quoted as if it were a kind too easily
        narrowed = found and not found.alone and found.found.covered >= PARTLY  # "python for total beginners"
        known = self.said.sought and (self.person.shown or narrowed)
        return found.words if found and known and not found.there and not found.alone else ""

    @property
    def said_before(self) -> str:
        """The bot's last few replies."""
        return "\n".join([m.text for m in self.person.messages if m.role == "bot"][-REMEMBERED:])


@dataclass(frozen=True)
class Thought:
    """A turn that is decided and not yet in words.

    Attributes:
        acts: what the reply does.
        words: by the templates.
        framing: what is said before these words, or before those that a model finds.
        briefed: what a model is asked to word; None if that is for the templates alone.
        asks: whether the question of consent goes under it.
        alone: whether it is for the person alone.
        leaves: whether its words may leave the machine: the person agreed, or owns it, and is not in trouble.
    """

    turn: Turn
    acts: tuple[Act, ...]
    words: Words
    framing: tuple[str, ...] = ()
    briefed: Briefed | None = None
    asks: bool = False
    alone: bool = False
    leaves: bool = False

    @property
    def slate(self) -> Recommend | None:
        """What the reply shows."""
        return next((slate for act in self.acts if (slate := shown(act))), None)

    @property
    def abouts(self) -> list[str]:
        """What each item of the slate is about; empty where nothing tells."""
        return [pick.item.about(self.turn.language) or "" for pick in self.slate.picks] if self.slate else []


def last_plan(person: Person) -> Plan:
    """What the bot's last reply did; of a person kept by an older version, what was shown last."""
    replies = [message for message in person.messages if message.role == "bot"]
    if replies and replies[-1].told:
        return Plan.from_json(replies[-1].told)
    slate = person.last_slate if person.shown and replies else ()
    return Plan(("recommend",) if slate else (), slate, None, len(slate))


def answered(person: Person, incoming: Incoming) -> Plan:
    """What the reply did that a message answers: the bot's last to this person, unless it points at another slate."""
    last, slate = last_plan(person), incoming.slate
    if slate in ((), last.slate):
        return last
    return Plan(("recommend",), slate, slate[0] if len(slate) == 1 else None, len(slate))


def shown_what_it_answers(person: Person, incoming: Incoming) -> Person:
    """The person, to whom the slate that they point at has been shown as well: perhaps it was made for another."""
    return person if incoming.slate in ((), person.last_slate) else person.with_slate(incoming.slate)


def in_trouble(person: Person, incoming: Incoming, text: str) -> Person:
    """Somebody who cried for help, after the answer."""
    asked = tuple(dict.fromkeys((*person.asked, IN_TROUBLE)))
    said = Message(incoming.event_id, "user", incoming.text[:READ]), Message(incoming.event_id, "bot", text, _CONSOLED)
    return replace(person, asked=asked, locale=incoming.locale or person.locale).with_messages(*said)


def after_reply(thought: Thought, text: str) -> Person:
    """The person after the reply, which is kept with what was read and what was planned."""
    turn, acts = thought.turn, thought.acts
    person, said = turn.person, turn.said
    plan = _plan(acts, turn)
    if slate := thought.slate:
        person = person.with_slate(pick.item.item_id for pick in slate.picks)
    for act in acts:
        if isinstance(act, Ask):
            person = replace(person, asked=tuple(dict.fromkeys([*person.asked, act.attribute or OPENING])))
    event, read = turn.incoming.event_id, json.dumps(to_plain(said.frame), separators=(",", ":"))
    return person.with_messages(
        Message(event, "user", turn.incoming.text, read), Message(event, "bot", text, plan.to_json())
    )


def _plan(acts: Sequence[Act], turn: Turn) -> Plan:
    """What a reply did, for the next message to be read by."""
    last = answered(turn.person, turn.incoming)
    moves: list[str] = []
    slate, focus, spoken, asked = last.slate, None, 0, ""
    for act in acts:
        moves.append(_SAID_MOVES.get(act.key, "chat") if isinstance(act, Say) else _MOVES[type(act)])
        if showing := shown(act):
            slate = tuple(pick.item.item_id for pick in showing.picks)
            spoken, moves[-1] = len(slate), "recommend"
        if isinstance(act, Ask):
            asked = _ASKED.get(act.attribute or OPENING, "kind")
        if isinstance(act, Say) and act.item:
            focus = act.item.item_id
        if isinstance(act, Answer):
            about = tuple(dict.fromkeys(i.item_id for i in (act.item, *act.among, *(one.item for one in act.also))))
            spoken = spoken or len(about)
            focus = about[0] if len(about) == 1 else focus
            said = (n.item_id for n in turn.said.named if n.item_id and n.role is Role.ASKED and not n.pointed)
            together = dict.fromkeys((*said, *about, *([act.against.item_id] if act.against else ())))
            if len(together) > 1 and not set(together) & set(slate):
                slate = tuple(together)  # "The Prestige or The Illusionist?", then "which one is shorter?"
    if "greet" in moves or (moves == ["ask"] and isinstance(acts[0], Ask) and acts[0].greets):
        moves, asked = ["greet"], ""
    if len(slate) == 1:
        focus = slate[0]
    sought = turn.said.sought or (last.sought if Flag.MORE in turn.said.flags else ())
    named = (n.item_id for n in reversed(turn.said.named) if n.item_id and not n.vague and n.role not in _REFUSING)
    alike = ranking.alike(turn.models, turn.said, last.alike)
    meant = tuple((*pair, round(chance, 2)) for pair, chance in turn.gist.items())
    return Plan(tuple(moves), slate, focus, spoken, asked, sought, next(named, last.subject), alike, meant)
