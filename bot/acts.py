"""What the bot has decided to say, before any word is chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from domain.catalog import Item
from domain.preference import Constraint

CRITICISM = "criticism"
"""What `Ask.attribute` holds for the question of what is wrong with what was shown."""

ActKind = Literal["recommend", "ask", "answer", "chat", "close"]


@dataclass(frozen=True, slots=True)
class Pick:
    """A recommended item with what speaks for it; every reason is true of the item or of the person's history.

    Attributes:
        because: an item that the person likes and that added most to this one's score; None if none did.
        meets: the constraints of the person that the item satisfies.
        shares: (attribute, value) pairs that the item has in common with `because`, the most telling first.
    """

    item: Item
    because: Item | None = None
    meets: tuple[Constraint, ...] = ()
    shares: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Recommend:
    """Show some items.

    Attributes:
        asked: what the person has just asked for, in their words where these can be repeated.
        unmet: what was asked for and nothing satisfies.
        liked: what the person has just said they like.
        disliked: likewise.
        missed: what was shown before and, as they say, does not fit.
        seen: likewise of what they had already.
        unknown: titles they named that the catalogue does not have.
        again: something was shown before, and this is instead of it.
        more: more of the same was asked for.
        surprises: a surprise was.
        recalled: the first is surely the one that was described.
        first: nothing was shown to the person before.
        introduced: what is to be said before it is said already.
        near: so many of the last picks are only nearly what was asked for.
    """

    kind: ClassVar[ActKind] = "recommend"
    picks: tuple[Pick, ...]
    asked: tuple[str, ...] = ()
    unmet: tuple[Constraint, ...] = ()
    liked: tuple[Item, ...] = ()
    disliked: tuple[Item, ...] = ()
    missed: tuple[Item, ...] = ()
    seen: tuple[Item, ...] = ()
    unknown: tuple[str, ...] = ()
    again: bool = False
    more: bool = False
    surprises: bool = False
    recalled: bool = False
    first: bool = False
    introduced: bool = False
    near: int = 0


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask about one attribute, naming a few of its values; of nothing in particular if `attribute` is None.

    Attributes:
        beside: what is shown in the meantime, so that a person who would rather see something than answer can.
    """

    kind: ClassVar[ActKind] = "ask"
    attribute: str | None
    options: tuple[str, ...] = ()
    greets: bool = False
    beside: Recommend | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Tell what the catalogue knows of an item.

    Attributes:
        attribute: what was asked; None for the item as a whole.
        also: the answers to what was asked besides.
        because: the liked item that made the bot recommend it, where that was asked.
        why: whether that was asked.
        among: the items of which one was to be chosen, where that was asked; `item` is the one chosen.
        extreme: by what the one was chosen, "shortest", where that was asked; without it, all of `among` are told of.
        value: an attribute's value that was asked for: whether the item has it, or which of `among` do.
        unsure: what was asked is nothing that the catalogue tells.
        has: whether the catalogue has it was asked.
        limits: numbers within which some of `among` were asked for: "are any of them under 90 minutes?".
        whether: it was asked whether it is so, not how much: "is it sad?".
        quote: the sentence of its description that answers, where no attribute does.
        series: where that was asked, the parts of its series that are here, in order; itself alone where it is the only
            one or stands alone, and nothing where it is not known to belong to any.
        against: what the item is compared with, in a number, or in all that they share; of `among`, the one is
            chosen that is likest to it.
        shares: (attribute, value) pairs that the item and `against` have in common.
        fuller: what it is about was told a moment ago, and more is wanted.
        suits: share of the catalogue that the item is ahead of for this person, where it was asked whether it suits.
        shown: whether the bot itself recommended it to them.
    """

    kind: ClassVar[ActKind] = "answer"
    item: Item
    attribute: str | None = None
    because: Item | None = None
    why: bool = False
    among: tuple[Item, ...] = ()
    extreme: str = ""
    value: tuple[str, str] | None = None
    unsure: bool = False
    has: bool = False
    limits: tuple[Constraint, ...] = ()
    quote: str = ""
    series: tuple[Item, ...] | None = None
    against: Item | None = None
    shares: tuple[tuple[str, str], ...] = ()
    fuller: bool = False
    suits: float | None = None
    shown: bool = False
    also: tuple[Answer, ...] = ()
    whether: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """Tell how many items there are within some constraints."""

    kind: ClassVar[ActKind] = "answer"
    number: int
    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class Say:
    """Say a fixed thing: the key of a sentence in texts/, and words of the person's that it repeats."""

    key: str
    kind: ActKind = "chat"
    item: Item | None = None
    words: str = ""


Act = Recommend | Ask | Answer | Count | Say


@dataclass(frozen=True, slots=True)
class Words:
    """A reply in parts.

    Attributes:
        opening: what is said first; all of it where nothing is shown.
        lines: what is said of each item that is shown, without its name.
        close: what is said last.
    """

    opening: str = ""
    lines: tuple[str, ...] = ()
    close: str = ""

    def behind(self, *sentences: str, space: str = " ") -> Words:
        """The same behind some sentences; empty ones are left out."""
        return replace(self, opening=space.join(filter(None, (*sentences, self.opening))))
