"""What a person does to what is held about them: each change a function of the person, with the sentence that tells it.

Nothing here reads or writes the store, and nothing waits.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.history import Person, PersonalSettings, Saved, today
from domain.phrasing import Phrasing
from domain.preference import Constraint, Opinion, Source

_EPOCH = date(1970, 1, 1).toordinal()
MOST_SAVED = 500
"""So many items a watchlist holds."""


@dataclass(frozen=True, slots=True)
class Change:
    """A person after something that they did.

    Attributes:
        key: of the sentence of texts/ that tells of it.
        says: what the sentence is filled with.
        keeps: it is told how long that is kept of somebody who did not agree to be remembered.
    """

    person: Person
    key: str
    says: Mapping[str, object] = field(default_factory=dict)
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants or does not want, as one says it ("the 1990s"): one constraint, or the two of a span."""

    constraints: tuple[Constraint, ...]
    says: str

    @property
    def token(self) -> str:
        """What stands for it in a button."""
        return wish_token(*self.constraints)


def wish_token(*constraints: Constraint) -> str:
    """What stands for constraints in a button: 11 characters, the same for the same ones after a restart, too."""
    told = "\0".join(f"{c.attribute}\0{c.value}\0{c.include}" for c in constraints)
    digest = hashlib.blake2b(told.encode(), digest_size=8).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def wishes_of(constraints: Sequence[Constraint], phrasing: Phrasing) -> tuple[Wish, ...]:
    """The wishes that constraints make, in their order; each can be dropped by itself."""
    years = tuple(c for c in constraints if c.attribute == "year" and c.include)
    span = years if len(years) > 1 and len(phrasing.wish_list(years)) == 1 else ()
    groups = dict.fromkeys(span if c in span else (c,) for c in constraints)
    return tuple(Wish(group, phrasing.wishes(group)) for group in groups)


def consent(person: Person, locale: str | None, *, remember: bool | None = None, share: bool | None = None) -> Change:
    """Give or withdraw a consent; None leaves it.

    Of who is no longer to be remembered only their settings stay, and those in memory, until a restart.
    """
    remembers = person.remember if remember is None else remember
    shares = (person.share if share is None else share) and remembers is True
    kept = Person(person.person_id, settings=person.settings) if person.remember and not remembers else person
    after = replace(kept, remember=remembers, share=shares, locale=locale or person.locale)
    if share and not shares:
        return Change(after, "conversation.share_needs_remember")
    kind, given = ("share", share) if remember is None else ("remember", remember)
    return Change(after, f"conversation.{kind}_{'on' if given else 'off'}")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is believed of a person, as they may read it, and what takes it back.

    Attributes:
        item_id: of the item that it is an opinion of; empty for a wish.
        name: of that item.
        wish: the token of the wish that it is; empty for an opinion.
    """

    says: str
    item_id: str = ""
    name: str = ""
    wish: str = ""


def day_of(day: int) -> str:
    """A day since 1970 as it is written: 2026-11-03."""
    return date.fromordinal(_EPOCH + day).isoformat()


def save(person: Person, item_id: str, name: str) -> Change:
    """Put an item on the watchlist."""
    says = {"name": name}
    if is_saved(person, item_id):
        return Change(person, "profile.saved_already", says)
    if len(person.saved) >= MOST_SAVED:
        return Change(person, "profile.saved_full", {"most": MOST_SAVED})
    after = replace(person, saved=(*person.saved, Saved(item_id, today())))
    return Change(after, "profile.saved", says, keeps=True)


def unsave(person: Person, item_id: str, name: str) -> Change:
    """Take an item off the watchlist."""
    if not is_saved(person, item_id):
        return Change(person, "profile.saved_gone", {"name": name})
    return Change(_without(person, item_id), "profile.unsaved", {"name": name})


def done(person: Person, item_id: str, name: str, source: Source) -> Change:
    """Take an item off the watchlist as one that the person has had; what they think of it already stays."""
    if not is_saved(person, item_id):
        return Change(person, "profile.saved_gone", {"name": name})
    known = person.preference
    if item_id not in known.opinions:
        known = known.with_opinion(Opinion(item_id, "seen", source, today()))
    return Change(replace(_without(person, item_id), preference=known), "profile.saved_done", {"name": name})


def is_saved(person: Person, item_id: str) -> bool:
    """Whether an item is on the watchlist."""
    return any(one.item_id == item_id for one in person.saved)


def drop_wish(person: Person, token: str, phrasing: Phrasing) -> Change:
    """Believe one wish no longer: the one that has the token, or the constraint that has it by itself."""
    wanted = person.preference.constraints
    each = tuple(Wish((constraint,), phrasing.wishes((constraint,))) for constraint in wanted)
    gone = next((wish for wish in (*wishes_of(wanted, phrasing), *each) if wish.token == token), None)
    if gone is None:
        return Change(person, "profile.wish_gone")
    kept = tuple(c for c in wanted if c not in gone.constraints)
    after = replace(person, preference=replace(person.preference, constraints=kept))
    return Change(after, "profile.wish_dropped", {"wish": gone.says})


def drop_opinion(person: Person, item_id: str, name: str) -> Change:
    """Know nothing any more of what the person thinks of an item."""
    if item_id not in person.preference.opinions:
        return Change(person, "profile.opinion_gone", {"name": name})
    after = replace(person, preference=person.preference.without_opinion(item_id))
    return Change(after, "profile.opinion_dropped", {"name": name})


def choose(person: Person, settings: PersonalSettings) -> Change:
    """Set what a person may set."""
    return Change(replace(person, settings=settings), "profile.settings_noted", keeps=True)


def _without(person: Person, item_id: str) -> Person:
    return replace(person, saved=tuple(one for one in person.saved if one.item_id != item_id))
