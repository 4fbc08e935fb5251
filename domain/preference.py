"""What a person likes, dislikes and wants, and how the recommender is told of it."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from domain.catalog import Catalog, Item

Verdict = Literal["like", "dislike", "seen"]
Source = Literal["message", "button", "command"]

WEIGHTS: Mapping[Verdict, float] = {"like": 1.0, "dislike": -1.0, "seen": 0.25}
"""What a verdict weighs in the recommender's input; having seen a thing is weak evidence of liking its kind."""

HALF_LIFE = 365.0
"""Days after which an opinion weighs half of what the person's newest one does: `benchmarks.age` has the figures."""
LEAST_WEIGHT = 0.05
"""Of its first weight, so much stays of the oldest opinion."""

_LIMIT = re.compile(r"([<>]=?)(-?[\d.]+)")
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a person thinks of one item, and how we know: only buttons and commands may train the shared model.

    Raises:
        ValueError: there is no such verdict or source. It may come from outside, and a store refuses it too late.
    """

    item_id: str
    verdict: Verdict
    source: Source
    day: int = 0
    """Days since 1970; finer times are never kept."""

    def __post_init__(self) -> None:
        if self.verdict not in get_args(Verdict) or self.source not in get_args(Source):
            raise ValueError("an opinion has a verdict or a source that there is not")


AGE = "age"
"""The attribute that tells from which age a thing is for somebody: a limit of it protects, and never gives way."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A wanted or unwanted attribute value, or a range of numbers: a limit (``>=1990``) or a span (``>=1980<1990``)."""

    attribute: str
    value: str
    include: bool = True

    @property
    def is_range(self) -> bool:
        """Whether the value is a comparison with a number."""
        return self.value[:1] in "<>" and self.value != ""

    @classmethod
    def limit(cls, attribute: str, sign: str, number: float) -> Constraint:
        """A range: ``limit("year", ">=", 1990)``."""
        return cls(attribute, f"{sign}{number:.12g}")

    @classmethod
    def outside(cls, attribute: str, low: float, below: float) -> Constraint:
        """An unwanted span of numbers, from one to below another: "not from the 80s"."""
        return cls(attribute, f">={low:.12g}<{below:.12g}", include=False)

    @property
    def limits(self) -> tuple[tuple[str, float], ...]:
        """The (comparison, number) pairs of a range, all of which hold within it."""
        return tuple((sign, float(number)) for sign, number in _LIMIT.findall(self.value))

    @property
    def sign(self) -> str:
        """The comparison of a limit: ``<``, ``<=``, ``>`` or ``>=``; of a span, its first."""
        return self.limits[0][0]

    @property
    def number(self) -> float:
        """The number of a limit; of a span, its first."""
        return self.limits[0][1]

    def holds(self, item: Item) -> bool:
        """Whether an item satisfies it; a number that is not known satisfies no range."""
        if self.is_range:
            number = item.number(self.attribute)
            inside = number is not None and all(_COMPARISONS[sign](number, edge) for sign, edge in self.limits)
            return inside == self.include
        return (self.value in item.values(self.attribute)) == self.include


@dataclass(frozen=True, slots=True)
class Preference:
    """What is known of one person's taste: their opinions by item, and what they want or do not want."""

    opinions: Mapping[str, Opinion] = field(default_factory=dict)
    constraints: tuple[Constraint, ...] = ()

    def having(self, verdict: Verdict) -> tuple[str, ...]:
        """Ids of the items with that verdict, the oldest first."""
        return tuple(o.item_id for o in self.opinions.values() if o.verdict == verdict)

    def with_opinion(self, opinion: Opinion) -> Preference:
        """The preference after one more opinion; the newest of an item counts."""
        kept = {item_id: o for item_id, o in self.opinions.items() if item_id != opinion.item_id}
        return replace(self, opinions={**kept, opinion.item_id: opinion})

    def without_opinion(self, item_id: str) -> Preference:
        """The preference as if nothing had been said of that item."""
        return replace(self, opinions={i: o for i, o in self.opinions.items() if i != item_id})

    def with_constraint(self, constraint: Constraint) -> Preference:
        """The preference with a constraint that replaces what it contradicts."""
        kept = tuple(c for c in self.constraints if not contradicts(constraint, c))
        return replace(self, constraints=(*kept, constraint))


def is_bearable(limit: Constraint, levels: Container[str]) -> bool:
    """Whether a limit tells how much somebody can bear: an age, or how violent or sad it may be.

    Args:
        limit: any constraint.
        levels: the attributes that are graded, `domain.catalog.Vocabulary.levels`.
    """
    return limit.attribute == AGE or (limit.attribute in levels and limit.is_range and limit.sign[0] == "<")


def contradicts(new: Constraint, old: Constraint) -> bool:
    """Whether `old` has to go when `new` is said: the same value, or a limit of a number on the same side."""
    if new.attribute != old.attribute:
        return False
    if not (new.is_range and old.is_range) or not new.include:
        return new.value == old.value
    if not old.include:  # what is wanted lies in a span that was not
        return all(_COMPARISONS[sign](new.number, edge) for sign, edge in old.limits)
    return new.sign[0] == old.sign[0] or _excludes(new, old)


def _excludes(one: Constraint, other: Constraint) -> bool:
    """Whether no number is within both of two limits on opposite sides."""
    low, high = (one, other) if one.sign[0] == ">" else (other, one)
    return low.number > high.number or (low.number == high.number and (low.sign, high.sign) != (">=", "<="))


def encode(preference: Preference, catalog: Catalog) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The recommender's input for one person.

    Returns:
        item ids: columns of the catalogue, shape ``[n]``.
        weights: of those items, in [-1, 1], shape ``[n]``; see `WEIGHTS` and `aged`.
    """
    columns: list[int] = []
    weights: list[float] = []
    newest = max((opinion.day for opinion in preference.opinions.values()), default=0)
    for opinion in preference.opinions.values():
        column = catalog.column(opinion.item_id)
        if column is not None:
            columns.append(column)
            weights.append(WEIGHTS[opinion.verdict] * aged(newest - opinion.day))
    return np.asarray(columns, dtype=np.int64), np.asarray(weights, dtype=np.float32)


def aged(days: float) -> float:
    """What an opinion still weighs that is so many days older than the newest of the same person."""
    return max(math.exp2(-days / HALF_LIFE), LEAST_WEIGHT)


def pad(
    people: Iterable[tuple[NDArray[np.int64], NDArray[np.float32]]],
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Several people's inputs as one batch.

    Returns:
        item ids ``[people, longest]`` and weights ``[people, longest]``; padding is column 0 with weight 0, which
        adds nothing to any score. At least one column wide, so that nobody's history is a batch of width zero.
    """
    rows = list(people)
    width = max((len(ids) for ids, _ in rows), default=0) or 1
    item_ids = np.zeros((len(rows), width), dtype=np.int64)
    weights = np.zeros((len(rows), width), dtype=np.float32)
    for row, (ids, w) in enumerate(rows):
        item_ids[row, : len(ids)] = ids
        weights[row, : len(w)] = w
    return item_ids, weights
