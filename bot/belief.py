"""What a message changes in what is believed of a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.understanding import DISLIKED, Mention, Understanding
from domain.catalog import Catalog
from domain.preference import AGE, Constraint, Opinion, Preference, contradicts

LEAST_ROOM = 0.004
"""A limit from before and a new one have to be apart by such a share: eight years, half a minute."""


SELDOM_TOGETHER = 0.1
"""Two kinds exclude each other if fewer things are both than such a share of what chance would give."""


def believe(preference: Preference, said: Understanding, day: int, catalog: Catalog) -> Preference:
    """The preference after a message.

    Args:
        preference: before it.
        said: what the message says.
        day: days since 1970.
        catalog: tells which kinds do not go together.
    """
    if said.intent == "correct":
        preference = _forget(preference, said, day)
    elif _asks_afresh(said, preference):
        preference = replace(preference, constraints=tuple(_kept(preference, said, catalog)))
    if said.forgets:
        kept = tuple(c for c in preference.constraints if not c.is_range or c.attribute not in said.forgets)
        preference = replace(preference, constraints=kept)
    for constraint in said.constraints:
        preference = _without_what_leaves_no_room(preference, constraint)
        preference = _without_what_never_goes_with(preference, constraint, catalog)
    wanted = {(c.attribute, c.value) for c in preference.constraints if c.include}
    for constraint in said.constraints:
        if constraint not in said.loosely or (constraint.attribute, constraint.value) not in wanted:
            preference = preference.with_constraint(constraint)
    for mention in said.mentions if said.intent not in ("ask_item", "correct") else ():
        opinion = _opinion(mention, day)
        if opinion:
            preference = preference.with_opinion(opinion)
    # What is said of something that is named is not said of what was shown.
    for item_id, log_odds in said.passed if not said.mentions and said.intent != "correct" else ():
        if log_odds >= DISLIKED and item_id not in preference.opinions:
            preference = preference.with_opinion(Opinion(item_id, "dislike", "message", day))
    return preference


def _without_what_leaves_no_room(preference: Preference, new: Constraint) -> Preference:
    """Without limits from before that with the new one would leave next to nothing: "older", then "newer"."""
    if not new.is_range:
        return preference
    limits = [c for c in preference.constraints if c.is_range and c.include and c.attribute == new.attribute]
    if not new.include:  # "the 80s", then "not from the 80s"
        (_, low), (_, high) = new.limits
        within = [c for c in limits if low <= c.number <= high]
        emptied = len({c.sign[0] for c in within}) == 2
        return replace(
            preference, constraints=tuple(c for c in preference.constraints if not emptied or c not in within)
        )

    def remains(old: Constraint) -> bool:
        if old not in limits or old.sign[0] == new.sign[0]:
            return True
        low, high = sorted((old, new), key=lambda c: c.sign[0] == "<")
        return high.number - low.number > LEAST_ROOM * high.number

    return replace(preference, constraints=tuple(c for c in preference.constraints if remains(c)))


def _without_what_never_goes_with(preference: Preference, new: Constraint, catalog: Catalog) -> Preference:
    """Without a wanted kind from before that things of the new kind hardly ever are: horror, then for children."""
    if new.is_range or not new.include:
        return preference
    columns = catalog.values.get(new.attribute, {})
    wanted = set(columns.get(new.value, ()))

    def remains(old: Constraint) -> bool:
        if old.attribute != new.attribute or not old.include or old.is_range or old.value == new.value:
            return True
        had = columns.get(old.value, ())
        return len(wanted.intersection(had)) * len(catalog) >= SELDOM_TOGETHER * len(wanted) * len(had)

    return replace(preference, constraints=tuple(c for c in preference.constraints if remains(c)))


def _forget(preference: Preference, said: Understanding, day: int) -> Preference:
    """Without what is named; "I do like it" of what was disliked is a new opinion, "forget that I like it" is none."""
    if said.forget_all:
        return Preference()
    if said.instead:
        return _replaced(preference, said, day)
    for mention in said.mentions:
        old, new = preference.opinions.get(mention.item_id or ""), _opinion(mention, day)
        if old and new and said.restates and new.verdict == old.verdict:
            continue
        preference = preference.without_opinion(mention.item_id or "")
        stated = old is not None or mention.item_id not in said.withdrawn  # not "I never said I like Heat"
        if new and stated and new.verdict not in ("seen", old.verdict if old else None):
            preference = preference.with_opinion(new)
    kept = tuple(c for c in preference.constraints if not any(contradicts(s, c) for s in said.retracted))
    return replace(preference, constraints=kept)


def _replaced(preference: Preference, said: Understanding, day: int) -> Preference:
    """With the latest opinion from a message handed on to what was meant."""
    meant = [mention.item_id for mention in said.mentions if mention.item_id]
    latest = next((o for o in reversed(list(preference.opinions.values())) if o.source == "message"), None)
    if latest is None or not meant or latest.item_id in meant:
        return preference
    preference = preference.without_opinion(latest.item_id)
    return preference.with_opinion(Opinion(meant[0], latest.verdict, "message", day))


def _opinion(mention: Mention, day: int) -> Opinion | None:
    if mention.item_id is None or mention.vague:
        return None
    if mention.polarity:
        return Opinion(mention.item_id, "like" if mention.polarity > 0 else "dislike", "message", day)
    return Opinion(mention.item_id, "seen", "message", day) if mention.seen else None


def _asks_afresh(said: Understanding, preference: Preference) -> bool:
    """Whether a request takes the place of the one before: it says what kind is wanted, or what it should be like.

    "I loved Heat. Something else?" goes on with it, as does "funnier" where comedies were wanted. A taste or a critique
    is added to what was wanted; what is unwanted stays so until it is taken back.
    """
    kinds = {c for c in said.constraints if c.include and not c.is_range}
    named = any(m.polarity > 0 and m.item_id for m in said.mentions)
    afresh = (kinds - set(preference.constraints)) or (named and not kinds and not said.goes_on)
    return said.intent == "recommend" and not said.refines and bool(afresh)


def _kept(preference: Preference, said: Understanding, catalog: Catalog) -> Iterator[Constraint]:
    """The wishes that a new request leaves: what is unwanted, and what those meet whose like it asks for."""
    kinds = any(c.include and not c.is_range for c in said.constraints)
    liked = [item for m in said.mentions if m.polarity > 0 and (item := catalog.get(m.item_id or ""))]
    for constraint in preference.constraints:
        alike = any(constraint.holds(item) for item in liked)
        if not constraint.include or constraint.attribute == AGE or (alike and not kinds):
            yield constraint
