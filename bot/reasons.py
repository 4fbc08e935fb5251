"""Why an item is recommended: the liked item that added most to its score, and the wishes that it meets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.acts import Pick
from bot.recommender import Recommender, contributions
from domain.catalog import Catalog, Item
from domain.preference import Constraint, Preference, encode

NEARLY = 0.5
"""A reason of the same kind is told if it added at least such a share of what the best one did."""
FEW, MOST_SHARED = 0.03, 2
"""Of so small a share of the catalogue is what two items have in common worth telling, and so many such things."""
EXPLAINED_ITEMS = 20
"""How many items of a history are considered as reasons, the newest first."""


def with_reasons(
    recommender: Recommender,
    catalog: Catalog,
    preference: Preference,
    columns: Sequence[int],
    unmet: Sequence[Constraint] = (),
) -> tuple[Pick, ...]:
    """Items, each with what speaks for it.

    Args:
        recommender: whose scores are explained.
        catalog: of the items.
        preference: of the person.
        columns: of the items.
        unmet: wishes that nothing satisfies: where nothing is of the years that were asked for, to be before their end
            is no merit.
    """
    missed = {limit.attribute for limit in unmet if limit.is_range}
    wishes = [c for c in preference.constraints if c.include and not (c.is_range and c.attribute in missed)]
    history = encode(preference, catalog)
    added = contributions(recommender, history, np.asarray(columns, dtype=np.int64), EXPLAINED_ITEMS)
    likes = {catalog.column(item_id) for item_id in preference.having("like")}
    liked = np.array([column in likes for column in history[0]], dtype=bool)
    ask = catalog.vocabulary.ask[:1]

    def kinds(item: Item) -> set[str]:
        return {value for attribute in ask for value in item.values(attribute)}

    picks = []
    for k, column in enumerate(columns):
        item = catalog[column]
        gains = np.where(liked, added[:, k], -np.inf)
        kin = np.array([bool(kinds(catalog[at]) & kinds(item)) for at in history[0]], dtype=bool)
        reason = reason_of(gains, kin)
        because = None if reason is None else catalog[history[0][reason]]
        meets = tuple(wish for wish in wishes if wish.holds(item))
        picks.append(Pick(item, because, meets, shared(item, because, catalog) if because else ()))
    return tuple(picks)


def shared(item: Item, other: Item, catalog: Catalog) -> tuple[tuple[str, str], ...]:
    """What two items have in common that few others have, the rarest first: the same maker, series, theme."""
    asked, telling = catalog.vocabulary.ask, catalog.vocabulary.telling
    pairs = [
        (name, value)
        for name in item.attributes
        if name not in asked and (not telling or name in telling)
        for value in item.values(name)
        if value in other.values(name) and len(catalog.values[name][value]) < FEW * len(catalog)
    ]
    return tuple(sorted(pairs, key=lambda pair: len(catalog.values[pair[0]][pair[1]]))[:MOST_SHARED])


def reason_of(gains: NDArray[np.float32], kin: NDArray[np.bool_]) -> int | None:
    """Which item of a history is told as the reason: what added most, or nearly, and is of a kind with the pick.

    Args:
        gains: what each added to the score, ``[n]``; -inf where it is no reason.
        kin: whether it is of a kind with the pick, ``[n]``.

    Returns:
        None if nothing added anything.
    """
    if not len(gains) or gains.max() <= 0:
        return None
    near = np.where(kin, gains, -np.inf)
    return int(near.argmax() if near.max() >= NEARLY * gains.max() else gains.argmax())
