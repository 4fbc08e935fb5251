"""What one message says of a catalogue: items, wishes, questions, and the words that nothing tells."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from bot.words import known
from domain.frame import Act, Flag, Frame, Role, Topic
from domain.linking import normal
from domain.preference import Constraint

FOR_NOW = frozenset({Role.WANTED, Role.LIKED, Role.LIKE_THIS, Role.CHOSEN, Role.AT_LEAST, Role.AT_MOST})
"""As what something is told of that is to be shown now."""
AGAINST = frozenset({Role.UNWANTED, Role.DISLIKED, Role.REFUSED})
"""As what it is told of that is not to be."""
ALIKE = frozenset({Role.LIKED, Role.LIKE_THIS})
"""As what an item is told of whose like may be shown."""
COMPLAINING = frozenset({Act.CRITIQUE, Act.REJECT, Act.CORRECT})
"""Acts of messages that may describe what was shown rather than what is wanted."""


DENIED = 3
"""So many words behind a name stands what denies that it fits: "Heat just isn't funny"."""
DOUBTS = ("??", "?!", "!?", "？？")
"""What stands behind the name of what nobody would have expected."""
SENTENCE_ENDS = frozenset(".?!;。？！；")
CLAUSE_ENDS = SENTENCE_ENDS | frozenset(",:，：")


@dataclass(frozen=True, slots=True)
class Context:
    """What the conversation makes of "the second one" and of "shorter".

    Attributes:
        slate: ids of what was shown last, in order.
        focus: the one item that was spoken of last, if there is one.
        earlier: ids of what the conversation was about before: of several of a name, one of them is meant.
        subject: the item that the person named or chose last: "more by the same director".
        wishes: what was wanted before: "anything else with him".
    """

    slate: tuple[str, ...] = ()
    focus: str | None = None
    earlier: frozenset[str] = frozenset()
    subject: str | None = None
    wishes: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """An item that a message names or points at.

    Attributes:
        item_id: None if the catalogue does not have it.
        start: of the words, in code points of the text.
        end: exclusive.
        role: what is said of it.
        theirs: it is somebody else's taste.
        pointed: it is pointed at, not named.
        vague: others that were shown may be meant as well.
    """

    item_id: str | None
    start: int
    end: int
    role: Role
    theirs: bool = False
    pointed: bool = False
    vague: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One question.

    Attributes:
        topic: what it is about.
        about: ids of the items in question, in order.
        attribute: of the catalogue; None if it has none such.
        others: further attributes that tell of the topic.
        value: an (attribute, value) pair that is asked for: "is it a comedy?".
        limit: a range that is asked for: "is it under two hours?".
        counted: what is to be counted.
        highest: of several items, whether the highest number of `attribute` is asked for, or the lowest.
        words: the words that ask.
        how_much: it is asked how much, not whether: "how sad is it?".
        against: id of an item that the others are compared with: "is it as sad as Heat?".
    """

    topic: Topic
    about: tuple[str, ...] = ()
    attribute: str | None = None
    value: tuple[str, str] | None = None
    limit: Constraint | None = None
    counted: tuple[Constraint, ...] = ()
    highest: bool | None = None
    words: str = ""
    others: tuple[str, ...] = ()
    how_much: bool = False
    against: str | None = None


FELT = Asked(Topic.PROPERTY, attribute="mood", others=("sadness",))
"""What a question of how something feels asks, before the level that it may also be of: "is it dark?"."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What one message says of this catalogue.

    Attributes:
        frame: what the reader read.
        named: items, in the order of the text.
        wishes: what is wanted or not.
        withdrawn: wishes that no longer hold; with an empty value, all of an attribute.
        sought: descriptions of what is wanted that no attribute tells: they are searched.
        shunned: likewise of what is not wanted.
        labels: of what is searched, that which somebody would call a kind of thing.
        nobody: people whom no item has.
        asked: the questions.
        count: how many are wanted.
        implied: limits of `wishes` that words stand for which can be repeated instead: "gentle", "with my parents".
        company: the words that tell who watches along, (start, end) in code points; None if none do.
        hints: descriptions that a value of `wishes` stands for, and that say more.
        described: `wishes` are what the message describes as a whole.
        either: wishes of which any is enough: "by Haneke or with Huppert", "ghosts or zombies".
        slate: ids of what was shown, or compared, last: what a question that names nothing is about.
    """

    frame: Frame = field(default_factory=Frame)
    named: tuple[Named, ...] = ()
    wishes: tuple[Constraint, ...] = ()
    withdrawn: tuple[Constraint, ...] = ()
    sought: tuple[str, ...] = ()
    shunned: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    nobody: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()
    count: int | None = None
    hints: tuple[str, ...] = ()
    implied: tuple[Constraint, ...] = ()
    company: tuple[int, int] | None = None
    described: bool = False
    either: tuple[Constraint, ...] = ()
    slate: tuple[str, ...] = ()

    @property
    def acts(self) -> frozenset[Act]:
        """See `Frame.acts`."""
        return self.frame.acts

    @property
    def flags(self) -> frozenset[Flag]:
        """See `Frame.flags`."""
        return self.frame.flags

    def ids(self, roles: Iterable[Role]) -> tuple[str, ...]:
        """Ids of the named items that have one of some roles, of the writer's own."""
        wanted = frozenset(roles)
        return tuple(dict.fromkeys(n.item_id for n in self.named if n.item_id and n.role in wanted and not n.theirs))


HOPED_FOR = frozenset({Role.ASKED, Role.WANTED, Role.LIKE_THIS, Role.LIKED, Role.CHOSEN})


def misfits(said: Understood, text: str, slate: Collection[str]) -> list[str]:
    """Ids of what was shown last and, as a complaint names it, does not fit: "Heat isn't a comedy", "Heat??".

    Args:
        said: the message.
        text: of it.
        slate: what was shown last.
    """
    if not said.acts & COMPLAINING:
        return []
    denies = set(known(said.frame.language, "pointers")["denies"])
    found: dict[str, None] = {}
    for named in said.named:
        if named.item_id not in slate or named.pointed:
            continue
        clause = "".join(itertools.takewhile(lambda mark: mark not in CLAUSE_ENDS, text[named.end :]))
        behind = text[named.end + len(clause) :]
        denied = denies & set(normal(clause.replace("'", "").replace("’", "")).split()[:DENIED])
        if denied or behind.lstrip().startswith(DOUBTS):
            found[named.item_id or ""] = None
    return list(found)


def words_of(mentions: Sequence[Named], text: str) -> tuple[str, ...]:
    """The words by which unknown items are named that somebody may hope for: what was seen is not missed."""
    words = (text[n.start : n.end] for n in mentions if n.item_id is None and n.role in HOPED_FOR)
    return tuple(word for word in words if any(map(str.isalnum, word)))
