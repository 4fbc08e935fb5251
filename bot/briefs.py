"""The acts of a reply -> the brief by which a model words it, and the names behind its placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.acts import CRITICISM, Act, Answer, Ask, Count, Pick, Recommend, Say
from bot.presenting import contrasts
from domain.catalog import Catalog, Item
from domain.phrasing import Phrasing
from domain.prompt import ASKS, Brief

WORDED = frozenset(
    """
    greet_again goodbye welcome enjoy chat mood insulted unclear misread outside favourite unknown_asked have_none
    corrected nothing_to_forget
    """.split()
)
"""The things said that a model may put into words of its own; the others say what has to be said exactly so."""
MOST_OTHERS = 9
"""Items besides those shown that a brief speaks of."""
TELLING = 4
"""Characters of a title that is taken for one wherever it stands."""
EXTREME = {"<": "least", ">": "most"}
MOST_APART = 5
"""Things that set items apart that a brief tells."""
LONGEST = 600
"""Characters of a message that a brief has."""


@dataclass(frozen=True, slots=True)
class Briefed:
    """A brief with what its placeholders stand for.

    Attributes:
        items: the names of the items that are shown: ``@1``, ….
        others: the names of the others: ``#1``, ….
    """

    brief: Brief
    items: tuple[str, ...]
    others: tuple[str, ...]


def briefed(
    acts: Sequence[Act],
    told: Sequence[str],
    message: str,
    named: Sequence[tuple[int, int, Item]],
    catalog: Catalog,
    language: str,
) -> Briefed | None:
    """The brief of a reply.

    Args:
        acts: what the reply does.
        told: the words of each act by the templates; of a slate they are not used.
        message: of the person.
        named: start, end (code points, exclusive) and item of what the message names.
        catalog: of the items.
        language: of the reply.

    Returns:
        None if something of it has to be said exactly so.
    """
    if any(isinstance(act, Say) and act.key not in WORDED for act in acts):
        return None
    slate = next((one for act in acts if (one := shown(act))), None)
    phrasing = Phrasing(catalog.vocabulary, language)
    names = _Names([pick.item for pick in slate.picks] if slate else [], phrasing)
    for _, _, item in named:
        names.of(item)
    for item in _spoken_of(acts):
        names.of(item)
    moves = [
        move for act, words in zip(acts, told, strict=True) for move in _moves(act, words, names, phrasing, catalog)
    ]
    items = [_told(pick, names, phrasing, language) for pick in slate.picks] if slate else []
    brief = Brief(phrasing.noun(plural=True), _masked(message, named, names), tuple(moves), tuple(items), language)
    return Briefed(brief, names.shown, names.others)


def shown(act: Act) -> Recommend | None:
    """What an act shows, if anything."""
    return act if isinstance(act, Recommend) else act.beside if isinstance(act, Ask) else None


class _Names:
    """Items -> placeholders, and texts with placeholders for their names."""

    def __init__(self, items: Sequence[Item], phrasing: Phrasing) -> None:
        self._phrasing = phrasing
        self._places = {item.item_id: f"@{n}" for n, item in enumerate(items, start=1)}
        self._items = list(items)
        self._others: list[Item] = []
        self.shown = tuple(phrasing.name(item) for item in items)

    @property
    def others(self) -> tuple[str, ...]:
        """The names behind ``#1``, …: the title alone."""
        return tuple(self._phrasing.title(item) for item in self._others)

    def of(self, item: Item) -> str:
        """The placeholder of an item; its title where there are too many."""
        if item.item_id not in self._places and len(self._others) < MOST_OTHERS:
            self._others.append(item)
            self._places[item.item_id] = f"#{len(self._others)}"
        return self._places.get(item.item_id, self._phrasing.title(item))

    def listed(self, items: Iterable[Item]) -> str:
        return ", ".join(self.of(item) for item in items)

    def mask(self, text: str) -> str:
        """A text of the templates with placeholders for the names in it; "It" without a year stays as it is."""
        for item in sorted((*self._items, *self._others), key=lambda item: -len(self._phrasing.name(item))):
            text = text.replace(self._phrasing.name(item), self.of(item))
            title = self._phrasing.title(item)
            if len(title) >= TELLING:
                text = re.sub(_whole(title), self.of(item), text)
        return text


def _whole(title: str) -> str:
    """The pattern of a title that is no part of a word; marks around it, 《》, part it from any."""
    before, behind = ("(?<!\\w)" if title[0].isalnum() else ""), ("(?!\\w)" if title[-1].isalnum() else "")
    return f"{before}{re.escape(title)}{behind}"


def _spoken_of(acts: Sequence[Act]) -> Iterator[Item]:
    """The items that acts speak of besides those they show."""
    for act in acts:
        if slate := shown(act):
            yield from (*slate.liked, *slate.disliked, *slate.seen)
            yield from (pick.because for pick in slate.picks if pick.because)
        if isinstance(act, Answer):
            yield from (act.item, *act.among, *([act.because] if act.because else []))
            yield from _spoken_of(act.also)
        if isinstance(act, Say) and act.item:
            yield act.item


def _moves(act: Act, words: str, names: _Names, phrasing: Phrasing, catalog: Catalog) -> Iterator[tuple[str, str]]:
    """What an act does, a move or several."""
    if slate := shown(act):
        yield from _heard(slate, names, phrasing)
        told = [c for c in contrasts([pick.item for pick in slate.picks], catalog) if c.is_worth_telling(catalog)]
        if told:
            yield "apart", ", ".join(f"{names.of(c.item)} {EXTREME[c.sign]} {c.attribute}" for c in told[:MOST_APART])
    match act:
        case Ask():
            yield ASKS, _question(act, phrasing)
        case Answer() | Count():
            yield "tell", names.mask(words)
        case Say():
            yield act.key.replace("_", " "), names.mask(words)


def _heard(slate: Recommend, names: _Names, phrasing: Phrasing) -> Iterator[tuple[str, str]]:
    """What was heard before a slate, and that it is one."""
    yield "show", ", ".join(names.of(pick.item) for pick in slate.picks) or "nothing, there is nothing left that fits"
    for move, items in (("liked", slate.liked), ("not liked", slate.disliked), ("known already", slate.seen)):
        if items:
            yield move, names.listed(items)
    if slate.unknown:
        yield "not here", phrasing.alternatives(slate.unknown)
    if slate.asked:
        yield "asked for", ", ".join(slate.asked)
    if slate.unmet:
        yield "nothing fits, these are the nearest", phrasing.wishes(slate.unmet)
    for move, holds in (("instead of those before", slate.again), ("more of these", slate.more)):
        if holds:
            yield move, ""
    if slate.surprises:
        yield "a surprise", ""


def _question(act: Ask, phrasing: Phrasing) -> str:
    if act.attribute == CRITICISM:
        return "what is wrong with those"
    if act.attribute is None:
        return "welcome them, and what they loved or feel like" if act.greets else "what they loved or feel like"
    options = phrasing.listed([phrasing.value(act.attribute, value) for value in act.options], "or")
    return f"{phrasing.word(act.attribute)}: {options}" if options else phrasing.word(act.attribute)


def _told(pick: Pick, names: _Names, phrasing: Phrasing, language: str) -> str:
    """What a model is told of an item, in a line."""
    item = pick.item
    parts = [str(item.year or ""), phrasing.facts(item)]
    parts += [f"about: {about}" if (about := item.about(language)) else ""]
    parts += [f"opinion: {pitch}" if (pitch := item.pitch_in(language)) else ""]
    if pick.because:
        shared = phrasing.listed([phrasing.value(*pair) for pair in pick.shares])
        parts.append(f"liked with {names.of(pick.because)}" + (f", shares {shared}" if shared else ""))
    return " | ".join(filter(None, parts))


def _masked(message: str, named: Sequence[tuple[int, int, Item]], names: _Names) -> str:
    """A message on one line, placeholders in the place of the titles in it."""
    for start, end, item in sorted(named, key=lambda one: -one[0]):
        message = message[:start] + names.of(item) + message[end:]
    return " ".join(message.split())[:LONGEST]
