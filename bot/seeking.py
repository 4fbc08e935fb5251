"""What is searched: descriptions in words of one's own, and whether anything here fits them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.entities import is_plain
from bot.search import Found, Search
from bot.understood import AGAINST, FOR_NOW, Named, Understood
from domain.catalog import Item
from domain.frame import Act, Flag, Kind, Mention, Role, Topic
from domain.plan import Plan
from domain.preference import Constraint
from domain.searching import telling
from domain.words import RARE, commonness

BY_COVER = 0.03
"""What the share of the words that one item has counts beside the cosine, where it is judged whether anything fits."""
THERE = 0.87
"""From so much on something fits what is searched: chosen on requests to a shop and a school."""
BESIDE, BESIDE_FOREIGN = 0.885, 0.87
"""From so much on it fits beside a label that was wished for too, in the language of the descriptions and in another:
chosen on such wishes for films."""
MOST_WORDS = 0.75
"""Or something has such a share of its words, rare ones counting more."""
A_THING = 4
"""So many words at most name a thing that a catalogue has or has not; more of them tell a story."""
A_STORY, LONGEST_STORY = 6, 80
"""From so many telling words on, and up to so many, a message tells what happens in something."""
OF_A_STORY_HERE = 0.25
"""Something that a story may be of has such a share of its words, in the language of the descriptions: of 100 plots as
people remember them, what has most of any has .24 to 1."""
A_STORY_OF = 0.835
"""From so near on it may be of what is here: what was remembered of films is, in four languages."""
WEIGHT, MEANT, HINTED = 300.0, 3000.0, 30.0
"""What a cosine counts beside a standard deviation of the recommender's scores; where one item is meant; and where
words beside a wish fit nothing well."""
ONE_WORD = 100.0
"""What has a single word has it: "the one with the shark" is the best known rather than the one that says it most."""
AHEAD, SURELY_AHEAD = 0.02, 0.03
"""What a story is of is ahead by so much: it was the right film in all 103 of 150 half-remembered plots with such
a lead."""
MOST_OF_IT, ALL_OF_IT = 0.6, 0.999
"""Such a share of the words that name a thing has what is surely that thing; and what has all of them."""
BESIDE_THINGS = frozenset({Topic.OUTSIDE, Topic.BOT, Topic.KINDS})
"""Topics of questions that are of no item."""
OF_A_THING = frozenset({Topic.PROPERTY, Topic.KIND, Topic.AVAILABILITY, Topic.HAVE})
"""Topics of questions that are of no item where none was shown."""
OF_A_DESCRIPTION = frozenset({Act.REQUEST, Act.INFORM, Act.CRITIQUE, Act.GREET})
"""What a message does that describes what is wanted; where nothing was shown, it may be taken for small talk too."""
BESIDE_A_REQUEST = frozenset({Act.CHAT, Act.INFORM, Act.ASK})
MAY_BE_DESCRIBED = frozenset({Role.WANTED, Role.ASKED, Role.MENTIONED})
"""What is said of words that were taken for a title, where they may describe something."""
OF_NO_THING = frozenset({Topic.BOT, Topic.ME, Topic.PRIVACY, Topic.METHOD, Topic.EARLIER, Topic.COUNT, Topic.WHY})
"""Topics of questions that describe nothing."""
ALONE, OF_NO_REQUEST, BESIDE_GUESSES, BESIDE_WISHES = 0.4, 0.6, 0.6, 0.85
"""So sure a message as a whole describes something: where nothing else was found in a request; in what was taken for
none; beside what parts of it may mean; beside what they surely mean."""
OF_A_STORY_TOO = 0.75
"""And so sure where it may be a story of one thing as well."""
A_PART = 0.4
"""A title of common words that is no more of a message may be no title."""
A_FEW = 12
"""So many items at least are looked at."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What a message looks for in words of its own.

    Attributes:
        words: those that were searched.
        found: what they found.
        there: whether anything fits them.
        alone: nothing else was wished for, so that what does not fit the words is not to be shown.
        weight: what a cosine counts beside a standard deviation of scores of taste.
    """

    words: str
    found: Found
    there: bool
    alone: bool = True
    weight: float = WEIGHT

    @property
    def is_sure(self) -> bool:
        """Whether something surely fits."""
        return _sureness(self.found) >= THERE

    @property
    def is_surely_told(self) -> bool:
        """Whether a story is surely told of something here: of one item, or most of its words."""
        return self.recalled() is not None or self.found.covered >= MOST_WORDS

    def recalled(self, lead: float = AHEAD) -> int | None:
        """The column of the one item that a story is told of, if it has such a lead on all others."""
        if self.weight != MEANT or not self.there or len(self.found.scores) < 2:
            return None
        second, first = (int(column) for column in np.argsort(self.found.scores)[-2:])
        return first if self.found.scores[first] - self.found.scores[second] >= lead else None

    def among(self, scores: NDArray[np.float32], banned: set[int]) -> tuple[NDArray[np.float32], set[int]]:
        """Scores of taste and of the words together ``[items]``, and the columns not to be shown.

        Args:
            scores: of taste.
            banned: columns that are not shown anyway.
        """
        left = self.found.scores.copy()
        left[list(banned)] = -np.inf
        fits = replace(self.found, scores=left).fitting(A_FEW)
        merit = scores / (float(scores.std()) or 1.0) + self.weight * (self.found.scores - left.max())
        unfit = set(map(int, np.flatnonzero(~fits))) if self.alone else set()
        return merit.astype(np.float32), banned | unfit


class Seeker:
    """Searches what messages describe; made once a version."""

    def __init__(self, search: Search, asking: Iterable[str]) -> None:
        """Put it together; `asking` are words that ask for something and say nothing of what it is."""
        self._search = search
        self._asking = frozenset(asking)

    def is_story(self, text: str, least: int = A_STORY) -> bool:
        """Whether a message tells so much, of `least` words or more, that all of it is best searched as it stands."""
        return least <= _size(telling(text, self._asking).split()) <= LONGEST_STORY

    def share(self, words: str, text: str) -> float:
        """How much of what a text tells some of its words are; 0 to 1."""
        return _size(telling(words, self._asking).split()) / max(_size(telling(text, self._asking).split()), 1)

    def seek(
        self,
        described: Sequence[str],
        *,
        alone: bool,
        named: bool = False,
        beside: float = 0.0,
        message: str = "",
        least: float = 0.0,
        wishes: Sequence[Constraint] = (),
    ) -> Sought | None:
        """What some descriptions look for; None if they tell nothing, or nothing can be searched.

        Args:
            described: in words of the person's own.
            alone: nothing else was wished for.
            named: it is one item whose name is asked for.
            beside: what it takes to fit where something else was wished for.
            message: all that was said: its other words rank what fits.
            least: such a share of the words of a story something has to have, unless it means nearly the same.
            wishes: what else was wished for: whether anything fits is told of what has it.
        """
        text = ", ".join(described)
        left = telling(text, self._asking).split()
        if not left or not self._search.is_ready:
            return None
        if named or (alone and _size(left) > A_THING):
            found = self._search.find(text, " ".join(left), story=True)
            known = found.covered >= least or found.cosine >= BESIDE
            return Sought(text, found, there=known and _tells_of(found), weight=MEANT)
        rest = telling(message, self._asking) if _size(left) <= A_THING else ""
        found = self._search.find(text, " ".join(left), rest=rest)
        having = self._having(wishes)
        here = found if having is None else self._search.find(text, " ".join(left), among=having)
        sure = _sureness(found)
        there = self._is_there(left, here, THERE if alone else beside)
        there = there or (not alone and here.covered >= MOST_WORDS)
        weight = WEIGHT if alone or sure >= THERE or self._is_there(left, found, THERE) else HINTED
        return Sought(text, found, there, alone, min(weight, ONE_WORD) if len(left) == 1 else weight)

    def _having(self, wishes: Sequence[Constraint]) -> NDArray[np.bool_] | None:
        """Which items have a wished-for value of each attribute, ``[items]``; None where nothing was wished for."""
        wanted = [wish for wish in wishes if wish.include and not wish.is_range]
        if not wanted:
            return None
        return self._search.having(tuple((wish.attribute, wish.value) for wish in wanted))

    def narrowed(self, before: Sequence[str], described: Sequence[str]) -> tuple[str, ...]:
        """What was looked for before and what is said of it now, if something has most of both; else the latter."""
        both = (*before, *(words for words in described if words not in before))
        left = telling(", ".join(both), self._asking)
        has_most = self._search.find(left, left).covered >= MOST_OF_IT
        return both if before and has_most else tuple(described)

    def _is_there(self, said: Sequence[str], found: Found, least: float) -> bool:
        """Whether something fits: it is near enough in meaning, or has all the words, and they are unusual ones."""
        unusual = all(commonness(word) < RARE for word in said)
        return _sureness(found) >= least or (unusual and found.covered >= ALL_OF_IT)

    def reconsidered(
        self, said: Understood, text: str, shown: Sequence[Item] = (), called: Collection[str] = ()
    ) -> Understood:
        """What a message says; as a request, if what it asks for was taken for something else and is surely here.

        Args:
            said: as it was resolved.
            text: of the message.
            shown: what was shown last, of which it may ask or complain.
            called: ids of the items whose names stand in the text: who names a thing tells no story of it.
        """
        if not self._search.is_ready:
            return said
        if self._is_surely_a_story(said, text, called):
            return Understood(replace(said.frame, acts=frozenset({Act.REQUEST})), sought=(text,))
        if described := self._as_described(said, text, shown):
            return described
        if not _may_be_a_request(said, text, shown=bool(shown)):
            return said
        left = telling(text, self._asking)
        things = [word for word in left.split() if not word.isdecimal()]
        if not 0 < _size(things) <= A_THING:
            return said
        found = self._search.find(left, left)
        if not self._is_there(left.split(), found, THERE) or found.covered < MOST_OF_IT:
            return said
        frame = replace(said.frame, acts=said.frame.acts - {Act.ASK} | {Act.REQUEST})
        return replace(said, frame=frame, named=(), asked=(), sought=(left,))

    def _as_described(self, said: Understood, text: str, shown: Sequence[Item]) -> Understood | None:
        """What a message says where it as a whole describes values that its parts did not tell; else None."""
        if not self._may_describe(said, text, shown=bool(shown)):
            return None
        told, sureness = self._search.told(text)
        if Act.CRITIQUE in said.acts and any(value in one.values(name) for name, value in told for one in shown):
            return None  # "that is a comedy, dude"
        wished = {(c.attribute, c.value) for c in said.wishes}
        guessed = {pair for words in said.hints for pair in self._search.values(words)}
        plain = [c for c in said.wishes if (c.attribute, c.value) not in guessed]
        if plain:
            least = BESIDE_WISHES if not any(c.is_range for c in plain) else 1.0
        elif said.sought or guessed:
            least = BESIDE_GUESSES
        else:
            least = ALONE if Act.REQUEST in said.acts else OF_NO_REQUEST
        least = max(least, OF_A_STORY_TOO) if self.is_story(text) else least
        if sureness < least or wished & set(told):
            return None
        acts = said.frame.acts - BESIDE_A_REQUEST | {Act.REQUEST}
        hints = (*said.hints, *said.sought) or (text,)
        wishes = (*(Constraint(*pair) for pair in told), *plain)
        return Understood(replace(said.frame, acts=acts), (), wishes, hints=hints, count=said.count, described=True)

    def _may_describe(self, said: Understood, text: str, *, shown: bool) -> bool:
        """Whether a message may as a whole describe what is wanted: nothing that it surely says stands against that."""
        acts = OF_A_DESCRIPTION if shown else OF_A_DESCRIPTION | {Act.CHAT, Act.ASK}
        against = said.flags or said.withdrawn or said.shunned or any(not wish.include for wish in said.wishes)
        describes = said.acts <= acts and said.acts != {Act.GREET}
        if against or not describes or any(asked.topic in OF_NO_THING for asked in said.asked):
            return False
        return all(self._may_be_told(named, text, shown=shown) for named in said.named)

    def _may_be_told(self, named: Named, text: str, *, shown: bool) -> bool:
        """Whether words that were taken for a title may be a part of a description."""
        words = text[named.start : named.end]
        share = self.share(words, text)
        if named.pointed or (named.item_id and (shown or not is_plain(words) or share > A_PART)):
            return False
        return bool(named.item_id) or named.role in MAY_BE_DESCRIBED or share >= MOST_OF_IT

    def _is_surely_a_story(self, said: Understood, text: str, called: Collection[str]) -> bool:
        """Whether a message tells what happens in one item that it does not name, whatever it was taken for."""
        in_need = Act.TROUBLE in said.acts or Flag.LOW in said.flags
        if in_need or any(n.pointed for n in said.named) or not self.is_story(text):
            return False
        sought = self.seek((text,), alone=True, named=True)
        column = sought.recalled(SURELY_AHEAD) if sought else None
        named = {*called, *(n.item_id for n in said.named)}
        return column is not None and self._search.item_id(column) not in named


def _sureness(found: Found) -> float:
    """How sure it is that something fits."""
    return found.cosine + BY_COVER * found.covered


def _tells_of(found: Found) -> bool:
    """Whether something may be what a story tells of; where nothing tells what is meant, words have to do."""
    return found.cosine >= A_STORY_OF or (not found.cosine and found.covered > 0)


def _may_be_a_request(said: Understood, text: str, *, shown: bool) -> bool:
    """Whether nothing was found that is wanted, and a thing may have been taken for a title, or for small talk."""
    if said.wishes or said.sought or said.shunned or said.hints or said.nobody or said.flags:
        return False
    if said.named:
        unknown = all(n.item_id is None and is_plain(text[n.start : n.end]) for n in said.named)
        return unknown and Act.REQUEST in said.acts
    beside = BESIDE_THINGS if shown else BESIDE_THINGS | OF_A_THING
    return bool(said.asked or Act.ASK in said.acts) and all(
        asked.topic in beside and not asked.about for asked in said.asked
    )


def _size(words: Sequence[str]) -> int:
    """How many words there are; what is written without spaces has one in two characters."""
    return sum(len(word) // 2 if word[0] >= "\u2e80" else 1 for word in words)


SETTLED = frozenset({Flag.SURPRISE, Flag.ANYTHING, Flag.MORE})
LABELS = frozenset({Kind.VALUE, Kind.PERSON, Kind.RANGE})
PARTLY = 0.5
"""What has such a share of the words beside a wish is shown as the nearest, where nothing fits them."""
LABELLED = 0.34
"""A long description of whose telling words a smaller share are labels is a story that has some in it."""
HARDLY_LABELLED = 0.13
"""And of which a smaller share are labels is one even where nothing here has most of its words."""
TOLD = 0.2
"""Where nothing but labels is told, such a share of them is all: the rest is said beside them."""


def sought_in(seeker: Seeker, said: Understood, last: Plan, text: str) -> Sought | None:
    """What a message looks for in its own words, or what the one before it did, where more of it is asked for.

    A long description is searched as it was told, as is a request in which nothing was found that tells what is wanted.
    """
    described = said.sought
    criticises = Act.CRITIQUE in said.acts and Act.REQUEST not in said.acts
    corrects = Act.CORRECT in said.acts and bool(said.wishes or said.named)
    if not described and Flag.MORE in said.flags and not said.wishes and not said.named:
        described = last.sought
    elif criticises and not said.named and not any(wish.include and not wish.is_range for wish in said.wishes):
        described = seeker.narrowed(last.sought, described)  # "ink", "black only please"
    labelled = any(m.role in FOR_NOW for m in _labels(said, text))
    likes = any(n.item_id and n.role is Role.LIKE_THIS for n in said.named)
    alone = not (likes or (labelled and any(c.include for c in said.wishes)))
    named = any(asked.topic is Topic.NAME for asked in said.asked)
    of_children = labelled and Flag.CHILD in said.flags  # what is told beside a label tells who will watch
    share = seeker.share(_words(_labels(said, text), text), text)
    is_told = labelled and not (said.sought or said.hints or named) and share >= TOLD
    refuses = said.shunned or any(not wish.include for wish in said.wishes)  # what is not wanted is not searched
    of_oneself = Flag.LOW in said.flags  # "got yelled at by my boss, just want something warm"
    tells_more = not (of_children or is_told or said.described or refuses or criticises or corrects or of_oneself)
    if tells_more and seeker.is_story(text) and not _is_of_items(said, text):
        whole = alone or share < LABELLED
        least = OF_A_STORY_HERE if said.frame.language == "en" else 0.0
        found = seeker.seek((text,), alone=whole, named=whole, beside=_beside(said), least=least)
        limits = any(m.role in (Role.AT_LEAST, Role.AT_MOST) for m in said.frame.mentions)  # "max 100 mins"
        wished = limits or (labelled and share >= HARDLY_LABELLED and any(c.include for c in said.wishes))
        if found and wished and not found.is_surely_told:
            found = None  # "me n the lads, few beers. Heist or so" tells of an evening
        unknown = any(n.item_id is None for n in said.named)  # what happens in it, taken for titles
        told = (said.sought or said.hints or named or unknown or Act.REQUEST in said.acts) and not said.nobody
        if found and (told or found.is_sure) and (found.there or not said.wishes):
            return found
    settled = of_oneself or said.flags & SETTLED
    nothing = not (said.wishes or said.named or said.nobody or said.asked or said.company or settled)
    if not described and Act.REQUEST in said.acts and nothing:
        described = (text,)
    if not described and said.hints:
        return seeker.seek(said.hints, alone=False)  # of what has the value, what is told beside it comes first
    alone = alone and not said.wishes
    beside = _beside(said)
    if not described:
        return None
    wishes = () if alone else said.wishes
    return seeker.seek(described, alone=alone, named=named, beside=beside, message=text, wishes=wishes)


def _labels(said: Understood, text: str) -> list[Mention]:
    """What a message says by labels, names and numbers, of what is wanted and of what is not."""
    described = {*said.sought, *said.shunned, *said.hints}
    return [
        m
        for m in said.frame.mentions
        if m.role in FOR_NOW | AGAINST
        and (m.kind in LABELS or (m.kind is Kind.THEME and text[m.start : m.end] not in described))
    ]


def _words(mentions: Iterable[Mention], text: str) -> str:
    return " ".join(text[m.start : m.end] for m in mentions)


def _beside(said: Understood) -> float:
    """What a description has to reach beside a wish; nothing where it is a label, which some owners do not tell."""
    if (said.labels and set(said.sought) <= set(said.labels)) or said.frame.language == "xx":
        return 0.0
    return BESIDE if said.frame.language == "en" else BESIDE_FOREIGN


def _is_of_items(said: Understood, text: str) -> bool:
    """Whether a message speaks of items that are here, so that it is no story of what happens in one."""
    known = any(
        n.item_id and (n.pointed or n.role is Role.LIKE_THIS or not is_plain(text[n.start : n.end])) for n in said.named
    )
    return known or any(asked.topic is not Topic.NAME for asked in said.asked)
