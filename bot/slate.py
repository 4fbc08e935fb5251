"""Scores and constraints -> the few items that are shown."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.likely import UNKNOWN, Likely
from domain.catalog import FEELING, Catalog, Item
from domain.linking import normal
from domain.preference import AGE, Constraint, is_bearable

WANTED_BONUS = 8.0
"""What an attribute that was asked for is worth, in standard deviations of the scores."""

UNTOLD_COST = 4.0
"""What it costs, in standard deviations of the scores, that nothing tells what an item is about: where others are told
of, there is little to say for it."""

UNTRANSLATED_COST = 2.0
"""What it costs that it is told in other languages than that of the reply alone."""

IN_PART = 0.3
"""So much of that is a value worth which is not an item's first: a film of the USA, made with money from Korea."""

EVERY_BONUS = 60.0
"""What it is worth to be of each attribute what was asked for: who wants a thriller from Korea wants both, however like
something else another one is."""

OF_A_FEELING = 0.5
"""And of a feeling less of that: "a clever, funny whodunit" is a whodunit before it is anything else."""

MISS_COST = 9.0
"""What it costs to be beyond a limit that nothing satisfies, in standard deviations of the scores, for each standard
deviation of the number: who asked for this year's films is shown the newest."""

UNKNOWN_MISS = 2.0
"""So many standard deviations beyond a limit is an item taken to be whose number is not known."""

CONSIDERED = 30
"""Among so many of the best, a question looks for what would tell them apart."""

SEVERAL = 2
"""An attribute of which things have so many values on average tells several things of each, so that it may be all that
was asked for: "funny and sad"."""

CLOSE = 5
"""Among so many times the items of a slate, the best of another series is preferred to a second one of the same."""


@dataclass(frozen=True, slots=True)
class Slate:
    """The items to show.

    Attributes:
        columns: best first.
        unmet: constraints that had to be let go of, since nothing that is left satisfies them.
        considered: the best of all that were allowed, best first, whatever series they are of.
        near: so many of the last are only nearly what was asked for, since but one is all of it.
    """

    columns: tuple[int, ...]
    unmet: tuple[Constraint, ...] = ()
    considered: tuple[int, ...] = ()
    near: int = 0


class SlateMaker:
    """Composes slates from one catalogue; made once a catalogue."""

    def __init__(self, catalog: Catalog, likely: Likely = UNKNOWN) -> None:
        """Put it together.

        Args:
            catalog: what is shown.
            likely: what items probably are that nobody says of them.
        """
        self._catalog = catalog
        self._likely = likely
        self._ordered: dict[str, bool] = {}
        self._alternatives = _alternatives(catalog)
        self._untold_in: dict[str, NDArray[np.float64]] = {}
        told = np.array([item.about("en") is not None for item in catalog])
        self._untold = np.where(told, 0.0, UNTOLD_COST if told.any() else 0.0)
        self._series = [_series(item, catalog.vocabulary.series) for item in catalog]

    def untold_in(self, language: str) -> NDArray[np.float64]:
        """What it costs that nothing tells in a language what an item is about ``[items]``, if others are told of."""
        if language not in self._untold_in:
            told = np.array([bool(item.descriptions.get(language)) or language == "en" for item in self._catalog])
            self._untold_in[language] = np.where(told, 0.0, UNTRANSLATED_COST if told.any() else 0.0)
        return self._untold_in[language]

    def compose(
        self,
        scores: NDArray[np.float32],
        constraints: Sequence[Constraint],
        banned: Iterable[int],
        count: int,
        likeness: NDArray[np.float64] | float = 0.0,
        alike: Sequence[Item] = (),
        latest: Sequence[Constraint] = (),
        *,
        either: Sequence[Constraint] = (),
    ) -> Slate:
        """The best items that satisfy what they can: everything, or else what was told last, or else some of it.

        What is not wanted is never shown, nor what is more than somebody can bear, whatever else has to be let go of.

        Args:
            scores: ``[items]``.
            constraints: hard unless `Constraint.include` of a value: of those, the more an item satisfies the better.
            banned: columns never to be shown.
            count: how many items.
            likeness: what it is worth to be like what was asked for, in standard deviations of the scores ``[items]``.
            alike: items whose like is asked for: others of their series come last.
            latest: of the constraints, those that were told last: they count before the others.
            either: constraints of which any is enough, whatever their attributes.
        """
        allowed = self._allowed(constraints, banned)
        wishes = {c: self._holds(c) for c in constraints if c.include and not c.is_range}
        limits = {c: self._holds(c) for c in constraints if c.include and c.is_range and c.attribute != AGE}
        kinds = _of_kinds(wishes)
        all_at_once = self._at_once({wish: holds for wish, holds in wishes.items() if wish not in either})
        if one := tuple(wish for wish in wishes if wish in either):
            kinds = _of_kinds({wish: holds for wish, holds in wishes.items() if wish not in one})
            kinds[one] = np.logical_or.reduce([wishes[wish] for wish in one])
        merit = _standardised(scores) + likeness - self._untold + self._fit(kinds, all_at_once)
        by_attribute = {c.attribute: tuple(d for d in limits if d.attribute == c.attribute) for c in limits}
        together = list(by_attribute.values())
        together.sort(key=lambda those: not self._may_hold(those, limits, allowed))  # else in the order they were told
        only: Slate | None = None
        strictly = [(np.logical_and.reduce([*kinds.values(), *all_at_once]), ())] if all_at_once else []
        for needed, unmet in itertools.chain(strictly, _ways(wishes, kinds, together, latest)):
            candidates = np.logical_and.reduce([allowed, *(limits[c] for c in limits if c not in unmet)])
            if needed is not None:
                candidates &= needed
            if only:
                candidates[list(only.columns)] = False
            if candidates.sum() >= (count if strictly and needed is strictly[0][0] else 1) and not (
                only and needed is None
            ):
                order = np.flatnonzero(candidates)
                nearness = merit - MISS_COST * sum(self._miss(limit) for limit in unmet if limit.is_range)
                order = order[np.argsort(-nearness[order], kind="stable")]
                best = self._best(order, count, {self._series_of(item) for item in alike})
                kept = [_any(wishes, value) for value in dict.fromkeys(w.value for w in wishes if w not in unmet)]
                chosen = _with_each(best, order, kept)
                if only:
                    chosen = chosen[: count - 1]
                    return replace(only, columns=(*only.columns, *chosen), near=len(chosen))
                anew = self._at_once(
                    {wish: holds for wish, holds in wishes.items() if wish in latest and wish not in either}
                )
                missed = _missed(chosen, kinds, anew, latest)
                found = Slate(chosen, tuple(dict.fromkeys((*unmet, *missed))), tuple(map(int, order[:CONSIDERED])))
                if len(chosen) > 1 or count == 1 or len(kinds) < 2 or found.unmet:
                    return found
                only = found
        return only or Slate((), tuple(constraints))

    def _allowed(self, constraints: Sequence[Constraint], banned: Iterable[int]) -> NDArray[np.bool_]:
        """Which items may be shown at all ``[items]``."""
        allowed = np.ones(len(self._catalog), dtype=bool)
        allowed[list(banned)] = False
        for constraint in constraints:
            if not constraint.include or constraint.attribute == AGE:
                allowed &= self._holds(constraint)
        bearable = [c for c in constraints if is_bearable(c, self._catalog.vocabulary.levels)]
        within = np.logical_and.reduce([allowed, *map(self._holds, bearable)])
        return within if within.any() else allowed

    def _fit(
        self, kinds: Mapping[tuple[Constraint, ...], NDArray[np.bool_]], all_at_once: Sequence[NDArray[np.bool_]]
    ) -> NDArray[np.float64]:
        """What it is worth to be what is wished for ``[items]``, in standard deviations of the scores."""
        telling = {wish: self._telling(wish) for those in kinds for wish in those}
        worth = np.zeros(len(self._catalog))
        for value in dict.fromkeys(wish.value for wish in telling):
            worth += WANTED_BONUS * np.max([told for wish, told in telling.items() if wish.value == value], axis=0)
        for those, holds in kinds.items():
            nearly = np.max([telling[wish] for wish in those], axis=0)
            share = OF_A_FEELING if all(wish.attribute == FEELING for wish in those) else 1.0
            worth += EVERY_BONUS * share * self._rarity(holds) * np.maximum(holds, nearly)
        if all_at_once:
            worth += EVERY_BONUS * np.logical_and.reduce(all_at_once)
        return worth

    def _at_once(self, wishes: Mapping[Constraint, NDArray[np.bool_]]) -> list[NDArray[np.bool_]]:
        """Which items satisfy each wish of those that things may satisfy all at once; none if there is but one such.

        Values that one word stands for are one wish: whatever is bleak, gritty or disturbing is "dark".
        """
        asked = self._catalog.vocabulary.ask
        of = Counter(wish.attribute for wish in wishes if wish.attribute not in asked)
        several = {name for name, count in of.items() if count > 1 and self._has_several(name)}
        values = dict.fromkeys(wish.value for wish in wishes if wish.attribute in several)
        told = {(wish.attribute, wish.value) for wish in wishes}
        any_of = [sorted(value for _, value in those) for those in self._alternatives if those <= told]
        each = dict.fromkeys(tuple(next((those for those in any_of if value in those), [value])) for value in values)
        units = [np.logical_or.reduce([_any(wishes, value) for value in those]) for those in each]
        return units if len(units) > 1 else []

    def _has_several(self, attribute: str) -> bool:
        """Whether things have several values of an attribute, each of which tells of them."""
        counts = [len(values) for item in self._catalog if (values := item.values(attribute))]
        return bool(counts) and sum(counts) >= SEVERAL * len(counts)

    def _rarity(self, holds: NDArray[np.bool_]) -> float:
        """What it counts to be of a kind, 1 to 2: who asks for somebody's comedies rather has others of theirs."""
        return 1 + math.log(len(holds) / max(int(holds.sum()), 1)) / math.log(max(len(holds), 2))

    def _may_hold(
        self,
        those: Sequence[Constraint],
        limits: Mapping[Constraint, NDArray[np.bool_]],
        allowed: NDArray[np.bool_],
    ) -> bool:
        """Whether items within all other limits are there of which nothing tells that they are beyond these."""
        candidates = allowed.copy()
        for limit, holds in limits.items():
            if limit not in those:
                candidates &= holds
        return any(self._catalog[int(at)].number(those[0].attribute) is None for at in np.flatnonzero(candidates))

    def _telling(self, wish: Constraint) -> NDArray[np.float64]:
        """How much each item is of what is wished ``[items]``.

        In part, where other values are told of it first; as probably as it is, where nobody says so. Kinds that people
        are asked for are in no order, even if some of the sources have them in one.
        """
        holds = self._holds(wish).astype(np.float64)
        columns, chances = self._likely.chances(wish.attribute, wish.value)
        holds[columns] = chances
        if wish.attribute not in self._catalog.vocabulary.ask and self._is_ordered(wish.attribute):
            for column in self._catalog.values.get(wish.attribute, {}).get(wish.value, ()):
                if self._catalog[column].values(wish.attribute)[0] != wish.value:
                    holds[column] = IN_PART
        return holds

    def _is_ordered(self, attribute: str) -> bool:
        """Whether the values of an attribute stand in an order that tells something: not in that of the alphabet."""
        if attribute not in self._ordered:
            lists = (item.values(attribute) for item in self._catalog)
            self._ordered[attribute] = any(list(values) != sorted(values) for values in lists)
        return self._ordered[attribute]

    def series(self, items: Iterable[Item]) -> set[int]:
        """The columns of some items and of the others of their series."""
        called = {self._series_of(item) for item in items}
        return {column for column, name in enumerate(self._series) if name in called}

    def _series_of(self, item: Item) -> str:
        column = self._catalog.column(item.item_id)
        return _series(item, self._catalog.vocabulary.series) if column is None else self._series[column]

    def _best(self, order: NDArray[np.int64], count: int, known: Set[str]) -> tuple[int, ...]:
        """The first of some columns in order, no two of one series nor one of those known while others come close."""
        order = order[: CLOSE * count]
        first_of_series: dict[str, int] = {}
        for column in map(int, order):
            first_of_series.setdefault(self._series[column], column)
        firsts = [column for series, column in first_of_series.items() if series not in known]
        rest = [int(column) for column in order if int(column) not in firsts]
        return tuple([*firsts, *rest][:count])

    def _miss(self, limit: Constraint) -> NDArray[np.float64]:
        """How far each item is beyond a limit, in standard deviations of that number over the catalogue."""
        numbers = np.array([item.number(limit.attribute) for item in self._catalog], dtype=np.float64)
        spread = float(np.nanstd(numbers)) if np.isfinite(numbers).any() else 0.0
        beyond = numbers - limit.number if limit.value[0] == "<" else limit.number - numbers
        return np.nan_to_num(np.maximum(beyond, 0), nan=UNKNOWN_MISS * spread) / (spread or 1.0)

    def _holds(self, constraint: Constraint) -> NDArray[np.bool_]:
        held = np.zeros(len(self._catalog), dtype=bool)
        if constraint.is_range:
            for column, item in enumerate(self._catalog):
                held[column] = constraint.holds(item)
            return held
        held[list(self._catalog.values.get(constraint.attribute, {}).get(constraint.value, ()))] = True
        held[self._likely.surely(constraint.attribute, constraint.value)] = True
        return held if constraint.include else ~held


def _any(wishes: Mapping[Constraint, NDArray[np.bool_]], value: str) -> NDArray[np.bool_]:
    """Which items have a value in any of the attributes that it is wanted of ``[items]``."""
    return np.asarray(np.any([holds for wish, holds in wishes.items() if wish.value == value], axis=0))


def _of_kinds(wishes: Mapping[Constraint, NDArray[np.bool_]]) -> dict[tuple[Constraint, ...], NDArray[np.bool_]]:
    """The wishes of each kind, of which any is enough, and which items satisfy one ``[items]``.

    A kind is an attribute; what somebody does who does several things is one.
    """
    attributes: dict[str, str] = {}
    kinds: dict[str, list[Constraint]] = {}
    for wish in wishes:
        kinds.setdefault(attributes.setdefault(wish.value, wish.attribute), []).append(wish)
    return {tuple(those): np.asarray(np.any([wishes[wish] for wish in those], axis=0)) for those in kinds.values()}


def _missed(
    chosen: tuple[int, ...],
    kinds: Mapping[tuple[Constraint, ...], NDArray[np.bool_]],
    all_at_once: Sequence[NDArray[np.bool_]],
    latest: Sequence[Constraint],
) -> tuple[Constraint, ...]:
    """The wishes told last that nothing chosen satisfies; all, where each is satisfied but never all at once."""
    columns = list(chosen)
    told = {key: holds for key, holds in kinds.items() if set(key) & set(latest)}
    missed = tuple(w for key, holds in told.items() if not holds[columns].any() for w in key if w in latest)
    if missed or not told or np.logical_and.reduce([*told.values(), *all_at_once])[columns].any():
        return missed
    return tuple(w for key in told for w in key if w in latest)


def _ways(
    wishes: Mapping[Constraint, NDArray[np.bool_]],
    kinds: Mapping[tuple[Constraint, ...], NDArray[np.bool_]],
    limits: Sequence[tuple[Constraint, ...]],
    latest: Sequence[Constraint],
) -> Iterator[tuple[NDArray[np.bool_] | None, tuple[Constraint, ...]]]:
    """What items may need to be ``[items]``, and what is let go of meanwhile; the strictest way first.

    All kinds; those told last, while limits go, those told before first; any kind at all, while they go; nothing.
    """
    last = [
        np.logical_or.reduce([wishes[w] for w in those if w in latest]) for those in kinds if set(those) & set(latest)
    ]
    if wishes:
        yield np.logical_and.reduce([*kinds.values(), *last]), ()
    if last:
        before = [those for those in limits if not set(those) & set(latest)]
        for going in (before, limits):
            for unmet in ((), *going, tuple(itertools.chain.from_iterable(going))):
                yield np.logical_and.reduce(last), unmet
    any_kind = np.logical_or.reduce(list(kinds.values())) if kinds else None
    for unmet in _concessions(tuple(wishes), limits):
        yield (None if set(wishes) <= set(unmet) else any_kind), unmet


def _with_each(best: tuple[int, ...], order: NDArray[np.int64], wishes: Sequence[NDArray[np.bool_]]) -> tuple[int, ...]:
    """The best, but the last of them give way to what satisfies a wish that none of them does: two people, two tastes.

    Args:
        best: columns.
        order: all candidates, best first.
        wishes: which items satisfy each, ``[items]``.
    """
    chosen = list(best)
    replaced = len(chosen)
    for holds in wishes:
        fitting = order[holds[order]]
        if replaced > 1 and len(fitting) and not holds[chosen].any():
            replaced -= 1
            chosen[replaced] = int(fitting[0])
    return tuple(chosen)


def _concessions(
    wishes: tuple[Constraint, ...], limits: Sequence[tuple[Constraint, ...]]
) -> Iterator[tuple[Constraint, ...]]:
    """What to let go of, the least first: nothing, the limits of one attribute, all limits, the wishes, everything."""
    yield ()
    yield from limits
    all_limits = tuple(itertools.chain.from_iterable(limits))
    yield all_limits
    yield wishes
    yield (*wishes, *all_limits)


def _standardised(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    spread = float(scores.std())
    wide = scores.astype(np.float64)
    return np.asarray((wide - wide.mean()) / (spread if spread > 0 else 1.0))


def _alternatives(catalog: Catalog) -> list[frozenset[tuple[str, str]]]:
    """The values that one word stands for, any of which will do; those of the most first."""
    several = {frozenset(pairs) for pairs in catalog.vocabulary.synonyms.values() if len(pairs) > 1}
    return sorted(several, key=lambda pairs: (-len(pairs), sorted(pairs)))


def _series(item: Item, attribute: str) -> str:
    """What the parts of one series have in common: its name, or the title before its colon, without a number behind."""
    if item.values(attribute):
        return item.values(attribute)[0]
    head = item.title.replace(" - ", ": ").partition(":")[0]
    return re.sub(r"\s+(?:\d+|part.*)$", "", normal(head)) or item.item_id
