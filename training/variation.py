"""The same annotated message as somebody else might have typed it: other names, other case, a slip, a politeness."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from domain.frame import Kind
from training.annotation import Annotated
from training.corruption import misspell

PLEASE: Mapping[str, Sequence[str]] = {
    "en": (", please", " please", " pls", " plz"),
    "es": (", por favor", " porfa"),
    "de": (", bitte", " bitte"),
    "fr": (", s'il te plaît", " svp"),
    "pt": (", por favor", " por favor"),
}
"""Words at the end of a message that say nothing more."""
_WORD = re.compile(r"[A-Za-z]{4,}")
_END = " .!"


@dataclass(frozen=True)
class Shares:
    """How often something is changed: a name, all letters to small ones, a word misspelt, the end of a message."""

    named: float = 0.3
    lowered: float = 0.25
    misspelt: float = 0.25
    ended: float = 0.15


class Variation:
    """Draws variations; each change is drawn by itself, so that some messages stay as they are."""

    def __init__(
        self, names: Mapping[Kind, Sequence[str]], chance: random.Random, shares: Shares | None = None
    ) -> None:
        """Names of films and of people take the place of those in messages about films."""
        self._names = names
        self._chance = chance
        self._shares = shares or Shares()

    def __call__(self, message: Annotated) -> Annotated:
        """A variation of a message, perhaps the message itself."""
        if message.domain == "films" and self._drawn(self._shares.named):
            message = self._renamed(message)
        if self._drawn(self._shares.ended):
            message = self._ended(message)
        if self._drawn(self._shares.lowered):
            message = lowered(message)
        while self._drawn(self._shares.misspelt):
            message = self._mistyped(message)
        return message

    def _drawn(self, share: float) -> bool:
        return self._chance.random() < share

    def _renamed(self, message: Annotated) -> Annotated:
        named = [m for m in message.frame.mentions if self._names.get(m.kind)]
        if not named:
            return message
        one = self._chance.choice(named)
        old, new = message.text[one.start : one.end], self._chance.choice(self._names[one.kind])
        return spliced(message, one.start, one.end, new.lower() if old.islower() else new)

    def _ended(self, message: Annotated) -> Annotated:
        """Without its full stop, or with a word of politeness instead."""
        end = max(len(message.text.rstrip(_END)), *(m.end for m in message.frame.mentions), 1)
        please = PLEASE.get(message.frame.language, ())
        return spliced(message, end, len(message.text), self._chance.choice(("", *please)))

    def _mistyped(self, message: Annotated) -> Annotated:
        words = list(_WORD.finditer(message.text))
        if not words:
            return message
        word = self._chance.choice(words)
        return spliced(message, word.start(), word.end(), misspell(word[0], self._chance))


def lowered(message: Annotated) -> Annotated:
    """In small letters, where that moves no letter."""
    text = message.text.lower()
    return replace(message, text=text) if len(text) == len(message.text) else message


def spliced(message: Annotated, start: int, end: int, new: str) -> Annotated:
    """A message with other words at a place that no mention begins or ends within."""
    shift = len(new) - (end - start)
    if any(start < edge < end for m in message.frame.mentions for edge in (m.start, m.end)):
        return message

    def moved(edge: int) -> int:
        return edge + shift if edge >= end and edge > start else edge

    mentions = tuple(replace(m, start=moved(m.start), end=moved(m.end)) for m in message.frame.mentions)
    text = message.text[:start] + new + message.text[end:]
    return replace(message, text=text, frame=replace(message.frame, mentions=mentions))
