"""What the items are worth to a person: scores, what is not to be shown, and the like of what they like."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence, Set

import numpy as np
from numpy.typing import NDArray

from bot.history import Person
from bot.likeness import FEW
from bot.models import Models
from bot.understood import ALIKE, Understood
from domain.catalog import Item
from domain.evidence import Said
from domain.frame import Act, Role
from domain.linking import mask
from domain.measures import PEOPLE
from domain.preference import Preference, encode

STANDS_OUT = 1.5
"""What a standard deviation of the items' standing is worth, in standard deviations of the recommender's scores."""
KNOWN_BY, ALIKE_BY = 0.5, 2.0
"""So many likes tell as much of what somebody will like as how an item stands with everybody; and where the like of
something is asked for, which tells more of it than a taste does."""


def scores_for(
    models: Models, person: Person, text: str, z: NDArray[np.float32] | None = None, known_by: float = KNOWN_BY
) -> NDArray[np.float32]:
    """One score an item ``[items]``, from what is known of a person and what they said, `text` being the latest."""
    scores = models.recommender.scores([encode(person.preference, models.catalog)], z)[0]
    scores = models.evidence.fuse(scores, _said(models, person, text))
    return _with_standing(models, scores, person.preference, known_by)


def scores_of(
    models: Models, preference: Preference, z: NDArray[np.float32] | None = None, known_by: float = KNOWN_BY
) -> NDArray[np.float32]:
    """One score an item ``[items]``, from a taste alone."""
    scores = models.recommender.scores([encode(preference, models.catalog)], z)[0]
    return _with_standing(models, scores, preference, known_by)


def _with_standing(
    models: Models, scores: NDArray[np.float32], preference: Preference, known_by: float
) -> NDArray[np.float32]:
    """Scores and, the less is known of somebody, how items stand with everybody.

    Those whose ratings were learned from had not seen what came later. Where no source tells of standing, nothing of it
    counts.
    """
    spread = float(models.standing.std())
    if not spread:
        return scores
    unknown = known_by / (known_by + len(preference.having("like")))
    told = (scores - scores.mean()) / (scores.std() or 1.0)
    standing = (models.standing - models.standing.mean()) * np.float32(STANDS_OUT / spread)
    return np.asarray((1 - unknown) * told + unknown * standing, dtype=np.float32)


def _said(models: Models, person: Person, text: str) -> list[Said]:
    """What the person said so far, as evidence: the items that they like, and their words without titles."""
    liked = {models.catalog.column(item_id) for item_id in person.preference.having("like")}
    said = []
    for message in [*(message.text for message in person.messages if message.role == "user"), text]:
        named = [(start, end, models.linker.columns(message[start:end])) for start, end in models.linker.exact(message)]
        places = {(start, end): columns[0] for start, end, columns in named if columns and columns[0] in liked}
        said.append(Said(True, mask(message, places), tuple(dict.fromkeys(places.values()))))
    return said


def banned(person: Person, models: Models) -> set[int]:
    """Columns of what must not be shown: rated, seen, shown before, or on the watchlist already."""
    shown, saved = (one.item_id for one in person.shown), (one.item_id for one in person.saved)
    item_ids = [*person.preference.opinions, *shown, *saved]
    return {column for item_id in item_ids if (column := models.catalog.column(item_id)) is not None}


def drawn(chance: random.Random, count: int) -> NDArray[np.float32]:
    """Normal noise ``[count]``."""
    return np.random.default_rng(chance.getrandbits(32)).standard_normal(count, dtype=np.float32)


def few_liked(models: Models, person: Person) -> list[Item]:
    """All that a person likes, if it is so little that the like of it is what they are shown."""
    liked = person.preference.having("like")
    return [item for one in liked if (item := models.catalog.get(one))] if len(liked) <= FEW else []


def columns(models: Models, items: Iterable[Item]) -> set[int]:
    """The columns of some items, of those that the catalogue has."""
    return {column for item in items if (column := models.catalog.column(item.item_id)) is not None}


def alike(models: Models, said: Understood, before: Sequence[str]) -> tuple[str, ...]:
    """Ids of the items whose like is asked for, now or, where a message only narrows it down, by those `before`."""
    if asked := named(models, said, {Role.LIKE_THIS}, pointed=True):
        return tuple(item.item_id for item in asked)
    kinds = {*models.catalog.vocabulary.ask, *models.catalog.vocabulary.telling}
    anew = any(wish.include and wish.attribute in kinds for wish in said.wishes) and Act.CRITIQUE not in said.acts
    goes_on = not (anew or said.sought or named(models, said, ALIKE))
    return tuple(before) if goes_on else ()


def of_people(models: Models, said: Understood, banned: Set[int]) -> tuple[str, ...]:
    """Ids of what those who are asked for made or are in, if all of it is known: the like of it comes nearest."""
    wishes = [wish for wish in said.wishes if wish.include and wish.attribute in PEOPLE]
    those = {column for w in wishes for column in models.catalog.values.get(w.attribute, {}).get(w.value, ())}
    return tuple(models.catalog[column].item_id for column in sorted(those)) if those <= banned else ()


def likeness(models: Models, person: Person, asked: Sequence[str]) -> NDArray[np.float64]:
    """What it is worth to be like what was asked for, or like the one item of which it is known that they like it."""
    if items := [item for item_id in asked if (item := models.catalog.get(item_id))]:
        return models.likeness.of(items)
    return models.likeness.of_liked(few_liked(models, person))


def named(models: Models, said: Understood, roles: Iterable[Role], *, pointed: bool = False) -> tuple[Item, ...]:
    """The items that a message names, or also those that it points at, with one of some roles."""
    wanted = frozenset(roles)
    ids = dict.fromkeys(n.item_id for n in said.named if n.item_id and n.role in wanted and pointed >= n.pointed)
    return tuple(item for item_id in ids if item_id and (item := models.catalog.get(item_id)))
