"""What a message changes in what is believed of a person."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.understood import COMPLAINING, Named, Understood
from domain.catalog import FEELING, Catalog
from domain.frame import Act, Flag, Role
from domain.preference import AGE, Constraint, Opinion, Preference, Verdict, contradicts, is_bearable

LEAST_ROOM = 0.004
"""A limit from before and a new one have to be apart by such a share: eight years, half a minute."""

SELDOM_TOGETHER, SELDOM_FELT = 0.1, 0.3
"""Two kinds exclude each other if fewer things are both than such a share of what chance would give; and a feeling and
a kind, or another feeling."""

ENOUGH_OF_BOTH = 3
"""A kind from before goes on beside new wishes if so many things are both."""

AFTER_THE_FACT = frozenset({Role.SEEN, Role.REFUSED, Role.DISLIKED, Role.UNWANTED, Role.MENTIONED})
"""What is said of items that asks for nothing else."""

VERDICTS: dict[Role, Verdict] = {
    Role.LIKED: "like",
    Role.LIKE_THIS: "like",
    Role.DISLIKED: "dislike",
    Role.REFUSED: "dislike",
    Role.SEEN: "seen",
}
"""What somebody thinks of an item that they say this of."""


def believe(preference: Preference, said: Understood, day: int, catalog: Catalog) -> Preference:
    """The preference after a message.

    Args:
        preference: before it.
        said: what the message says.
        day: days since 1970.
        catalog: tells which kinds do not go together.
    """
    if Flag.FORGET in said.flags:
        preference = Preference()
    elif _asks_afresh(said, preference):
        kept = _with_others(preference, said, catalog) or tuple(_kept(preference, said, catalog))
        preference = replace(preference, constraints=kept)
    preference = _withdrawn(preference, said, day)
    preference = replace(preference, constraints=tuple(_not_swapped(preference, said, catalog)))
    for constraint in said.wishes:
        preference = _without_what_leaves_no_room(preference, constraint, said.wishes)
        preference = _without_what_never_goes_with(preference, constraint, said.wishes, catalog)
        preference = _without_children(preference, constraint, catalog)
        preference = preference.with_constraint(constraint)
    for named in said.named:
        if opinion := _opinion(named, said, day):
            preference = preference.with_opinion(opinion)
    return preference


def _not_swapped(preference: Preference, said: Understood, catalog: Catalog) -> Iterator[Constraint]:
    """The wishes but for where from something is to be, if that is told anew: "Asian", then "a Japanese one"."""
    anew = {c.attribute for c in said.wishes if c.include and not c.is_range} & set(catalog.vocabulary.quiet)
    for constraint in preference.constraints:
        if constraint.attribute not in anew or not constraint.include or constraint in said.wishes:
            yield constraint


def _withdrawn(preference: Preference, said: Understood, day: int) -> Preference:
    """Without what the message takes back; an opinion that was misread goes to what was meant."""
    gone = said.ids((Role.WITHDRAWN,))
    meant = [named.item_id for named in said.named if named.item_id and named.role is not Role.WITHDRAWN]
    for item_id in gone:
        old = preference.opinions.get(item_id)
        preference = preference.without_opinion(item_id)
        if old and Flag.INSTEAD in said.flags and meant and meant[0] not in preference.opinions:
            preference = preference.with_opinion(Opinion(meant[0], old.verdict, "message", day))
    if Flag.INSTEAD in said.flags and not gone and meant and Act.CORRECT in said.acts:
        latest = next((o for o in reversed(list(preference.opinions.values())) if o.source == "message"), None)
        if latest and latest.item_id not in meant:
            preference = preference.without_opinion(latest.item_id)
            preference = preference.with_opinion(Opinion(meant[0], latest.verdict, "message", day))
    kept = (c for c in preference.constraints if not any(_takes_back(w, c) for w in said.withdrawn))
    return replace(preference, constraints=tuple(kept))


def _takes_back(withdrawn: Constraint, old: Constraint) -> bool:
    if not withdrawn.value:
        return old.is_range and old.attribute == withdrawn.attribute
    return contradicts(withdrawn, old)


def _opinion(named: Named, said: Understood, day: int) -> Opinion | None:
    """What is thought of an item; what is turned down among others, or by or for somebody else, is not disliked."""
    verdict = VERDICTS.get(named.role)
    if verdict is None or named.item_id is None:
        return None
    for_them = Act.REQUEST in said.acts or Flag.CHILD in said.flags
    if named.theirs and (not for_them or verdict == "seen"):
        return None
    together = sum((other.start, other.end) == (named.start, named.end) for other in said.named)
    if named.vague or (named.pointed and together > 1 and named.role in (Role.REFUSED, Role.LIKE_THIS)):
        return None
    return Opinion(named.item_id, verdict, "message", day)


def _asks_afresh(said: Understood, preference: Preference) -> bool:
    """Whether a request takes the place of the one before: it says what kind is wanted, or what it should be like.

    "I loved Heat. Something else?" goes on with it. A taste or a critique is added to what was wanted; what is unwanted
    stays so until it is taken back.
    """
    if Act.REQUEST not in said.acts or Flag.MORE in said.flags or Act.CRITIQUE in said.acts:
        return False
    kinds = {c for c in said.wishes if c.include and not c.is_range}
    alike = any(named.role is Role.LIKE_THIS and named.item_id for named in said.named)
    return bool((kinds - set(preference.constraints)) or alike or said.sought)


def _with_others(preference: Preference, said: Understood, catalog: Catalog) -> tuple[Constraint, ...]:
    """The wishes where a request only swaps one or adds where from: a "Japanese horror film", "and a Korean one"."""
    new = [c for c in said.wishes if c.include and not c.is_range]
    swapped = {c.attribute for c in new}
    wanted = {c.attribute for c in preference.constraints if c.include and not c.is_range}
    if (
        not new
        or said.sought
        or any(named.role not in AFTER_THE_FACT for named in said.named)
        or swapped & set(catalog.vocabulary.ask)
        or not (swapped < wanted or swapped <= {*catalog.vocabulary.quiet, *catalog.vocabulary.single})
    ):
        return ()
    return tuple(c for c in preference.constraints if c.attribute not in swapped or not c.include)


def _kept(preference: Preference, said: Understood, catalog: Catalog) -> Iterator[Constraint]:
    """The wishes that a request leaves: what is unwanted or too much, and what those meet whose like it asks for.

    Limits, and where from something is to be, go on until somebody greets anew, where there is enough of both: "I mean
    crime" is still French, and a thriller after a short comedy is to be short as well.
    """
    kinds = any(c.include and not c.is_range for c in said.wishes) or bool(said.sought)
    liked = [item for n in said.named if n.role is Role.LIKE_THIS and (item := catalog.get(n.item_id or ""))]
    for constraint in preference.constraints:
        alike = any(constraint.holds(item) for item in liked)
        goes_on = _goes_on(constraint, said, catalog)
        stays = constraint.is_range or constraint.attribute in catalog.vocabulary.quiet
        dated = constraint.attribute == "year"  # "anything like Heat" is to be as new as before
        unlike = bool(liked) and not alike and not dated
        begins = Act.GREET in said.acts or unlike or not _leaves_enough(constraint, said, catalog)
        limits = stays and (bool(said.acts & COMPLAINING) or not begins)
        bound = not constraint.include or is_bearable(constraint, catalog.vocabulary.levels)
        same = alike and not kinds and _leaves_enough(constraint, said, catalog)
        if bound or same or goes_on or limits:
            yield constraint


def _goes_on(kind: Constraint, said: Understood, catalog: Catalog) -> bool:
    """Whether a kind is still wanted beside new wishes that name none: "horror", then "something in the woods"."""
    new = [c for c in said.wishes if c.include and not c.is_range]
    asked = set(catalog.vocabulary.ask)
    named = any(n.role not in AFTER_THE_FACT for n in said.named)
    if kind.attribute not in asked or said.sought or named or not new or asked & {c.attribute for c in new}:
        return False
    return _leaves_enough(kind, said, catalog)


def _leaves_enough(old: Constraint, said: Understood, catalog: Catalog) -> bool:
    """Whether enough here is what was wanted before and what is wanted now; who does several things is one wish.

    Of alternatives any will do: "Clint Eastwood, or John Wayne".
    One that is like Hitchcock's, "but of the last 30 years", is not by him.
    """
    attributes: dict[str, str] = {}
    kinds: dict[str, set[int]] = {}
    for wish in said.wishes:
        if wish.include and not wish.is_range:
            columns = catalog.values.get(wish.attribute, {}).get(wish.value, ())
            kind = "" if wish in said.either else attributes.setdefault(wish.value, wish.attribute)
            kinds.setdefault(kind, set()).update(columns)
    those = set.intersection(*kinds.values()) if kinds else range(len(catalog))
    limits = [wish for wish in said.wishes if wish.include and wish.is_range]
    fitting = (
        column
        for column in those
        if old.holds(catalog[column]) and all(limit.holds(catalog[column]) for limit in limits)
    )
    return len(list(itertools.islice(fitting, ENOUGH_OF_BOTH))) == ENOUGH_OF_BOTH


def _without_what_leaves_no_room(preference: Preference, new: Constraint, said: Sequence[Constraint]) -> Preference:
    """Without limits from before that with the new one would leave next to nothing: "older", then "newer"."""
    if not new.is_range:
        return preference
    limits = [
        c for c in preference.constraints if c.is_range and c.include and c.attribute == new.attribute and c not in said
    ]
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


def _without_children(preference: Preference, new: Constraint, catalog: Catalog) -> Preference:
    """Without a limit of age from before, where what is unwanted is most of what it leaves: "that's for kids"."""
    if new.is_range or new.include:
        return preference
    columns = set(catalog.values.get(new.attribute, {}).get(new.value, ()))

    def remains(old: Constraint) -> bool:
        if old.attribute != AGE or not old.is_range:
            return True
        left = [column for column, item in enumerate(catalog) if item.number(AGE) is not None and old.holds(item)]
        return len(columns.intersection(left)) < len(left) / 2

    return replace(preference, constraints=tuple(c for c in preference.constraints if remains(c)))


def _without_what_never_goes_with(
    preference: Preference, new: Constraint, said: Sequence[Constraint], catalog: Catalog
) -> Preference:
    """Without a wanted kind from before that things of the new kind hardly ever are: horror, then for children.

    Nor with a feeling that hardly goes with the new one: "sad", then "make me laugh instead".
    """
    if new.is_range or not new.include:
        return preference
    wanted = set(catalog.values.get(new.attribute, {}).get(new.value, ()))
    kinds, told = {FEELING, *catalog.vocabulary.ask}, set().union(*catalog.values.get(FEELING, {}).values())

    def remains(old: Constraint) -> bool:
        if not old.include or old.is_range or old in said:
            return True
        felt = FEELING in (old.attribute, new.attribute) and {old.attribute, new.attribute} <= kinds
        if old.attribute != new.attribute and not felt:
            return True
        had = set(catalog.values.get(old.attribute, {}).get(old.value, ()))
        if felt:  # of some things nothing is told of how they feel
            return len(wanted & had) * len(told) >= SELDOM_FELT * len(wanted & told) * len(had & told)
        return len(wanted & had) * len(catalog) >= SELDOM_TOGETHER * len(wanted) * len(had)

    return replace(preference, constraints=tuple(c for c in preference.constraints if remains(c)))
