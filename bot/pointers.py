"""Which of the things that were shown words point at: "the second one", "all but the last", "the one with the dog"."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.words import known
from domain.linking import normal
from domain.words import PRONOUNS

ORDINALS = ("first", "second", "third", "fourth", "fifth")
Nearest = Callable[[str, Sequence[str]], str | None]
"""Words and ids -> the id of the item that the words describe best; None if they describe none."""


def pointed(
    words: str, language: str, slate: Sequence[str], focus: str | None, nearest: Nearest
) -> tuple[tuple[str, ...], bool]:
    """Ids of the items that words point at, and whether it is clear which: of "it" after three, any may be meant.

    Args:
        words: as typed.
        language: two letters.
        slate: ids of what was shown last, in order.
        focus: the one thing that was spoken of last, if there is one.
        nearest: tells which of some items is described.
    """
    if not slate:
        return ((focus,) if focus else ()), True
    said = f" {normal(words)} "

    def has(name: str) -> bool:
        return _has(words, language, name)

    at = [position for position, name in enumerate(ORDINALS) if has(name) and position < len(slate)]
    at += [int(word) - 1 for word in said.split() if word.isdecimal() and 0 < int(word) <= len(slate) and not at]
    several = next((number for number, name in COUNTS.items() if has(name)), 0)
    if has("last"):
        at = list(range(max(len(slate) - several, 0), len(slate))) if several else [len(slate) - 1]
    elif 0 in at and several and several <= len(slate):
        at = list(range(several))
    if has("middle") and not at:
        at = [len(slate) // 2]
    if has("but") and at:
        return tuple(item for position, item in enumerate(slate) if position not in at), True
    if at:
        return tuple(slate[position] for position in dict.fromkeys(at)), True
    if has("rest"):
        others = tuple(item for item in slate if item != focus)
        return (others if focus else tuple(slate[1:]) or tuple(slate)), True
    if has("all") or several == len(slate):
        return (tuple(slate[:several]) if several else tuple(slate)), True
    described = nearest(words, slate) if len(said.split()) > LEAST_DESCRIBED else None
    one = described or focus or (slate[0] if len(slate) == 1 else None)
    return ((one,), True) if one else (tuple(slate), False)


def aspect(words: str, language: str) -> str | None:
    """What of a thing words point at, if not at it itself: its "series", "maker" or "lead", or a "person".

    Args:
        words: as typed.
        language: two letters.
    """
    if _has(words, language, "rest") and not _has(words, language, "series"):
        return None
    return next((name for name in ASPECTS if _has(words, language, name)), None)


def points_nowhere(words: str, language: str) -> bool:
    """Whether none of some words is one that points: neither "the second" nor "that one".

    Args:
        words: as `normal` leaves them.
        language: two letters.
    """
    pointing = {normal(word) for name in POINTING for word in known(language, "pointers")[name]} | PRONOUNS
    return not pointing & {words, *words.split()}


def _has(words: str, language: str, name: str) -> bool:
    """Whether some of the small words of a name are among words."""
    said = f" {normal(words)} "
    unspaced = said.replace(" ", "")
    return any(
        normal(word).replace(" ", "") in unspaced if word[0] >= "\u2e80" else f" {normal(word)} " in said
        for word in known(language, "pointers")[name]
    )


ASPECTS = ("series", "maker", "lead", "person")
POINTING = (*ORDINALS, *ASPECTS, "last", "middle", "all", "rest", "two", "three", "four")
COUNTS = {2: "two", 3: "three", 4: "four"}
LEAST_DESCRIBED = 3
"""From so many words on, a pointer describes what it points at."""
