"""Which of several items of one name is meant: "the original", "the one from 78", "both of them"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.amounts import amount
from bot.understood import SENTENCE_ENDS
from bot.words import UNSPACED, has_any, known
from domain.amount import YEAR
from domain.catalog import Item
from domain.linking import tokens

BEFORE, BEHIND = 2, 4
"""So many words before a name, and behind it, tell which of its namesakes is meant."""
APART = frozenset(",;:(-–—，；（")
"""Marks of which one stands behind a name and before what tells which of its namesakes is meant."""
CHARACTERS = 8
"""Likewise so many characters, where words are not parted by spaces."""
CENTURY = 1900
"""Two digits are a year of this century on: "the one from 78"."""


def meant(text: str, start: int, end: int, language: str, namesakes: Sequence[Item]) -> tuple[Item, ...]:
    """Those of some items of one name that the words beside it tell; empty if they tell none.

    Args:
        text: the message.
        start: where the name begins, in code points.
        end: and where it ends, exclusive.
        language: two letters.
        namesakes: the items of that name.
    """
    by_year = _by_year(namesakes)
    if len(by_year) < 2:
        return ()
    words = known(language, "namesakes")
    if dated := [item for item in by_year if item.year in set(_years(text[:start] + " " + text[end:], words["of"]))]:
        return tuple(dated)
    if has_any(text[end:], words["both"]):
        return tuple(by_year)
    return _old_or_new(by_year, _beside(text, start, end), language)


def pointed_at(words: str, language: str, namesakes: Sequence[Item]) -> tuple[Item, ...]:
    """Those of some items of one name that a few words point at: "the 1984 one", "the old one", "the 70s one".

    Args:
        words: that point.
        language: two letters.
        namesakes: the items of that name.
    """
    by_year, told = _by_year(namesakes), amount(words, language)
    years = set(_years(words, known(language, "namesakes")["of"]))
    if told and told.unit == YEAR:
        years |= set(range(int(told.low), int(told.high) + 1))
    if years:
        return tuple(item for item in by_year if item.year in years)[:1]
    return _old_or_new(by_year, words, language) if len(by_year) > 1 else ()


def _by_year(items: Sequence[Item]) -> list[Item]:
    return sorted((item for item in items if item.year), key=lambda item: item.year or 0)


def _old_or_new(by_year: Sequence[Item], said: str, language: str) -> tuple[Item, ...]:
    """The oldest and the newest of some items, if words say so."""
    ends = ((by_year[0], "old"), (by_year[-1], "new"))
    return tuple(item for item, name in ends if has_any(said, known(language, "namesakes")[name]))


def _years(text: str, of: Sequence[str]) -> Iterator[int]:
    """The years that a text names, of two digits only behind a word for "of"."""
    said = tokens(text)
    for before, token in zip([None, *said], said, strict=False):
        digits = token.word.removesuffix("年")
        if digits.isdecimal() and len(digits) == len("1978"):
            yield int(digits)
        elif digits.isdecimal() and len(digits) == len("78") and before and before.word in of:
            yield CENTURY + int(digits)


def _beside(text: str, start: int, end: int) -> str:
    """The few words beside a place."""
    before, behind = text[1 + max(text.rfind(mark, 0, start) for mark in SENTENCE_ENDS) : start], text[end:].lstrip()
    if behind[:1] not in APART and behind[:1] < UNSPACED:
        behind = ""  # "Heat after an old friend told me of it"
    if behind[:1] >= UNSPACED or before[-1:] >= UNSPACED:
        return f"{before[-CHARACTERS:]} {behind[:CHARACTERS]}"
    return " ".join([*before.split()[-BEFORE:], *behind.split()[:BEHIND]])
