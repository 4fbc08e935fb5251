"""The questions of a message, each with the items that it is about and with what it asks of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.understood import CLAUSE_ENDS, SENTENCE_ENDS, Asked, Context, Named
from bot.words import UNSPACED, has_any, known
from domain.frame import Act, Frame, Kind, Mention, Role, Topic
from domain.linking import normal
from domain.measures import SERIES, Direction
from domain.preference import Constraint

PAIR = 2
TASTES = frozenset({Role.LIKED, Role.DISLIKED, Role.SEEN, Role.REFUSED})
"""What is said of an item of which nothing is asked by that."""
Value = tuple[Mention, tuple[str, str] | None, Constraint | None, Direction | None]
"""A mention that asks with no word that asks beside it, and the value, limit or direction that it asks about."""


class Asking:
    """Puts together what a message asks, once all of it is resolved."""

    def __init__(
        self,
        text: str,
        read: Frame,
        context: Context,
        named: Sequence[Named],
        questions: Sequence[tuple[Mention, Asked]],
        values: Sequence[Value],
        *,
        tells_a_story: bool = False,
    ) -> None:
        """Take what was resolved.

        Args:
            text: of the message.
            read: its frame.
            context: of the conversation.
            named: the items that it names.
            questions: what words ask that do ask, without items.
            values: what is asked about by its name alone.
            tells_a_story: it tells what happens in something.
        """
        self._text = text
        self._read = read
        self._context = context
        self._named = named
        self._questions = questions
        self._values = values
        self._tells_a_story = tells_a_story
        self.wished: tuple[Constraint, ...] = ()
        """What turns out to be wished for rather than asked: "do you have any Ghibli?"; after `asked`."""

    def asked(self) -> Iterator[Asked]:
        """The questions, each with the items that it is about and the value that it asks for."""
        values = [one for one in self._values if not self._is_a_part(one[0])]
        likened = self._likened()
        if likened:
            yield likened
        told: list[tuple[int, Asked]] = []
        of_series = bool(self._named) and any(value and value[0] in SERIES for _, value, _, _ in values)
        for mention, asked in self._questions:
            if asked.topic is Topic.HAVE and of_series:
                continue
            if values and self._is_of_no_item(asked):  # "do you have any Ghibli?", "a Ghibli night, which one?"
                self.wished, values = tuple(_counted(values)), []
                if asked.topic is Topic.COMPARE:
                    continue
            asked, values = self._with_value(asked, values)
            about = () if asked.topic is Topic.NAME and self._tells_a_story else self._about(mention, likened)
            told.append((mention.start, self._compared_with(mention, replace(asked, about=about))))
            if asked.topic is Topic.CAST and any(map(self._is_a_part, self._read.mentions)):
                told.append((mention.start, Asked(Topic.PROPERTY, about)))  # who plays whom is not known
        if self._wants(values):  # "and from the 70s or 80s?"
            self.wished = (*self.wished, *_counted(values))
            values = []
        told += [(one[0].start, self._asked_by_value(*one)) for one in values]
        yield from (asked for _, asked in sorted(told, key=lambda one: one[0]))
        if either := self._either(likened):
            yield either
            return
        if not self._questions and not values and not likened and Act.ASK in self._read.acts:
            items = tuple(dict.fromkeys(n.item_id for n in self._named if n.item_id and n.role not in TASTES))
            if items or any(n.role is Role.ASKED for n in self._named):
                yield Asked(Topic.PLOT, items, "description")

    def _is_of_no_item(self, asked: Asked) -> bool:
        """Whether a question that asks for items is of none that was named or shown."""
        if asked.topic is Topic.COMPARE:
            return not (self._named or self._context.slate)
        return asked.topic is Topic.HAVE and not any(n.item_id for n in self._named)

    def _with_value(self, asked: Asked, values: list[Value]) -> tuple[Asked, list[Value]]:
        """A question with what is asked about by its name beside it, and what is left of that for others."""
        if asked.topic is Topic.COUNT:
            return replace(asked, counted=tuple(_counted(values))), []
        if asked.topic is Topic.COMPARE and values:
            (by, value, limit, towards), *values = values
            high = None if towards is None else towards.high
            attribute = towards.attribute if towards else asked.attribute
            words = self._words(by)
            asked = replace(asked, value=value, limit=limit, attribute=attribute, highest=high, words=words)
        if asked.topic is Topic.BOT and any(n.item_id and n.role is Role.ASKED for n in self._named):
            asked = replace(asked, topic=Topic.HAVE)  # "do you teach machine learning?"
        return asked, values

    def _either(self, likened: Asked | None) -> Asked | None:
        """Which of two that are named with "or" between is to be seen: "The Prestige or The Illusionist?"."""
        asked = [n for n in self._named if n.role is Role.ASKED and n.item_id and not n.pointed]
        if len(asked) != PAIR or self._questions or self._values or likened or len(self._named) != PAIR:
            return None
        between = normal(self._text[asked[0].end : asked[1].start]).split()
        joints = map(normal, known(self._read.language, "pointers")["or"])
        about = tuple(n.item_id for n in asked if n.item_id)
        return Asked(Topic.COMPARE, about) if len(between) == 1 and set(joints) & set(between) else None

    def _wants(self, values: Sequence[Value]) -> bool:
        """Whether what is asked about by its name alone is rather wanted, since there is nothing of which to ask it.

        "And from the 70s or 80s?", "are there Italian westerns too?".
        """
        alone = not (self._questions or self._named)
        exists = has_any(self._text, known(self._read.language, "questions")["exists"])  # "有没有国产的"
        alone = alone and (exists or not (self._context.focus or len(self._context.slate) == 1))
        return alone and bool(values) and all(value or limit for _, value, limit, _ in values)

    def _asked_by_value(
        self, mention: Mention, value: tuple[str, str] | None, limit: Constraint | None, towards: Direction | None
    ) -> Asked:
        """The question that a value, a limit or a direction asks, with no word that asks beside it."""
        about, words = self._about(mention), self._words(mention)
        if value and value[0] in SERIES and about:  # "gibt es eine Fortsetzung von Matrix?"
            return Asked(Topic.SERIES, about, value[0], words=words)
        attribute = towards.attribute if towards else value[0] if value else limit.attribute if limit else None
        return Asked(Topic.KIND if value else Topic.PROPERTY, about, attribute, value, limit, words=words)

    def _is_a_part(self, mention: Mention) -> bool:
        """Whether words say which part it is that is asked for: "who plays the dancer?"."""
        if mention.kind is not Kind.THEME or mention.role not in (Role.ASKED, Role.MENTIONED):
            return False
        cast = (asks for asks, asked in self._questions if asked.topic is Topic.CAST)
        return any(asks.end <= mention.start and not self._ends(asks.end, mention.start) for asks in cast)

    def _likened(self) -> Asked | None:
        """What is set beside something named, with no word that asks: "is it anything like Heat? And how long?"."""
        asking = [*(mention for mention, _ in self._questions), *(one[0] for one in self._values)]
        for other in self._named:
            if Act.ASK not in self._read.acts or other.pointed or other.role not in (Role.ASKED, Role.LIKE_THIS):
                continue
            beside = [n for n in self._named if self._is_set_beside(n, other)]
            asks = any(not self._ends(*sorted((mention.end, other.start))) for mention in asking)
            if beside and not asks:
                return Asked(Topic.COMPARE, tuple(n.item_id for n in beside if n.item_id), against=other.item_id)
        return None

    def _is_set_beside(self, named: Named, other: Named) -> bool:
        """Whether an item is asked about in the sentence that names another behind it, and they are no enumeration."""
        if named.role is not Role.ASKED or named.start >= other.start or None in (named.item_id, other.item_id):
            return False
        apart = named.pointed or not self._are_listed(named, other)
        return apart and named.item_id != other.item_id and not self._ends(named.end, other.start)

    def _compared_with(self, mention: Mention, asked: Asked) -> Asked:
        """A question with the item that those in question are compared with, if one is named: "as sad as Heat?"."""
        titles = [n for n in self._named if n.item_id and not n.pointed and n.role not in (Role.SEEN, Role.CHOSEN)]
        if asked.topic is Topic.COMPARE:
            named = {n.item_id for n in titles}
            rest = tuple(item_id for item_id in asked.about if item_id not in named)
            pointed = any(n.pointed and n.item_id in rest for n in self._named)
            apart = {n for n in titles if n.role is Role.ASKED and self._ends(*sorted((mention.end, n.start)))}
            beside = [n for n in titles if n not in apart]
            return replace(asked, about=rest, against=beside[-1].item_id) if beside and pointed else asked
        others = [
            n.item_id for n in titles
            if n.role in (Role.MENTIONED, Role.LIKE_THIS) and n.item_id not in asked.about
            and not self._ends(*sorted((mention.end, n.start)))
        ]  # fmt: skip
        return replace(asked, against=others[0]) if others and asked.about else asked

    def _about(self, mention: Mention, likened: Asked | None = None) -> tuple[str, ...]:
        """The items that are asked about nearest to a question; else the ones named; else the focus."""
        asked = [n for n in self._named if n.role is Role.ASKED] or [n for n in self._named if n.item_id]
        asked = [n for n in asked if not self._is_of_another_question(n, mention)]
        asked = [n for n in asked if not (likened and n.item_id == likened.against)]
        if not asked:
            return (self._context.focus,) if self._context.focus else ()
        if mention.topic is Topic.COMPARE:
            return tuple(dict.fromkeys(n.item_id for n in asked if n.item_id))

        def distance(named: Named) -> tuple[int, int]:
            start, end = (
                sorted((named.start, mention.end)) if named.start >= mention.end else (named.end, mention.start)
            )
            return self._joints(start, end), max(end - start, 0)

        nearest = min(asked, key=distance)
        return tuple(dict.fromkeys(n.item_id for n in self._listed_with(nearest, asked) if n.item_id))

    def _is_of_another_question(self, named: Named, mention: Mention) -> bool:
        """Whether an item stands in a later sentence with a question of its own: "a sequel? and who made Heat?"."""
        if not self._context.focus or named.start < mention.end or not self._ends(mention.end, named.start):
            return False
        others = (other for other, _ in self._questions if other.start > mention.end)
        return any(not self._ends(*sorted((other.end, named.start))) for other in others)

    def _joints(self, start: int, end: int) -> int:
        """How often a part of the text goes on with something else: "how long is the first and who made the second"."""
        between = self._text[start:end]
        joints = known(self._read.language, "amounts")["and"]
        words = normal(between).split()
        joined = sum(between.count(one) if one >= UNSPACED else words.count(normal(one)) for one in set(joints))
        return joined + sum(mark in CLAUSE_ENDS for mark in between)

    def _ends(self, start: int, end: int) -> bool:
        """Whether a sentence ends within a part of the text."""
        return bool(set(self._text[start:end]) & SENTENCE_ENDS)

    def _listed_with(self, one: Named, all_named: Sequence[Named]) -> list[Named]:
        """What is named in one enumeration with an item: "who made Heat, Fargo and Alien?"."""
        ordered = sorted(all_named, key=lambda named: named.start)
        at = ordered.index(one)
        low = high = at
        while low and self._are_listed(ordered[low - 1], ordered[low]):
            low -= 1
        while high + 1 < len(ordered) and self._are_listed(ordered[high], ordered[high + 1]):
            high += 1
        return ordered[low : high + 1]

    def _are_listed(self, before: Named, behind: Named) -> bool:
        between = self._text[before.end : behind.start]
        return len(between.split()) <= 1 and not set(between) & SENTENCE_ENDS

    def _words(self, mention: Mention) -> str:
        return self._text[mention.start : mention.end]


def _counted(values: Iterable[Value]) -> Iterator[Constraint]:
    """What is to be counted, of the values and limits that are asked for."""
    for _, value, limit, _ in values:
        if value:
            yield Constraint(*value)
        if limit:
            yield limit
