"""What training may see of the ratings that people share."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from domain.history import Interaction

MIN_PEOPLE = 5
"""With fewer people who agreed, their ratings are not used at all: a model could give away whose they are."""
MIN_PEOPLE_PER_ITEM = 2
MAX_RATINGS_PER_PERSON = 500


def training_view(ratings: Iterable[Interaction], low: float, high: float, key: bytes) -> list[Interaction]:
    """What training may see of shared ratings: no names, no text, no rare items, nobody's every move.

    People get new names by a key that dies with the run, each brings at most `MAX_RATINGS_PER_PERSON` ratings, items
    that fewer than `MIN_PEOPLE_PER_ITEM` of them rated are left out, and with fewer than `MIN_PEOPLE` people there is
    nothing at all. Times are days already.

    Args:
        ratings: with value 1 (liked) or -1 (disliked).
        low: what a dislike is worth in the base data.
        high: what a like is worth there.
        key: 32 random bytes.
    """
    kept: list[Interaction] = []
    per_person: Counter[str] = Counter()
    for rating in sorted(ratings, key=lambda r: -(r.timestamp or 0)):
        per_person[rating.user_id] += 1
        if per_person[rating.user_id] <= MAX_RATINGS_PER_PERSON:
            kept.append(rating)
    if len(per_person) < MIN_PEOPLE:
        return []
    people_of = Counter(rating.item_id for rating in kept)
    view: defaultdict[str, list[Interaction]] = defaultdict(list)
    for r in sorted(kept, key=lambda r: r.item_id):
        if people_of[r.item_id] >= MIN_PEOPLE_PER_ITEM:
            value = high if (r.value or 0) > 0 else low
            view[r.user_id].append(Interaction(_renamed(r.user_id, key), r.item_id, value, r.timestamp))
    # In an order that no name has a say in, so that the same ratings train the same model again.
    return [r for rated in sorted(view.values(), key=_rated) for r in rated]


def _rated(person: Iterable[Interaction]) -> list[tuple[str, float, int]]:
    """What somebody rated, without their name."""
    return [(r.item_id, r.value or 0.0, r.timestamp or 0) for r in person]


def _renamed(person_id: str, key: bytes) -> str:
    return "shared-" + hashlib.blake2b(person_id.encode(), key=key, digest_size=12).hexdigest()


def write(rows: Iterable[Interaction], path: Path) -> None:
    """Write such a view as ``training.build`` reads it."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["user_id", "item_id", "value", "timestamp"])
        writer.writerows([r.user_id, r.item_id, r.value, r.timestamp] for r in rows)
