"""Titles as people type them: the fixed corruption of ReDial's marked titles that linking is measured on."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass

MENTION = re.compile(r"@(\d+)\b")
"""A mark of a film in ReDial's text."""
KEEP_YEAR, LOWER, DROP_ARTICLE, DROP_PUNCTUATION, TYPO, DROP_SUBTITLE = 0.1, 0.6, 0.3, 0.5, 0.15, 0.5
LONG_ENOUGH_FOR_A_TYPO = 5

_YEAR = re.compile(r"\s*\((\d{4})\)\s*$")
_ARTICLE = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)


def corrupt(title: str, chance: random.Random) -> str:
    """One title as somebody might type it; every change is drawn independently.

    Args:
        title: as ReDial has it: ``Pulp Fiction (1994)``.
        chance: draws the changes.
    """
    dated = _YEAR.search(title)
    text = _YEAR.sub("", title).strip()
    if chance.random() < DROP_SUBTITLE and ":" in text:
        text = text.partition(":")[0].strip()
    if chance.random() < DROP_ARTICLE:
        text = _ARTICLE.sub("", text) or text
    if chance.random() < DROP_PUNCTUATION:
        text = re.sub(r"\s+", " ", re.sub(r"[^\w\s]", "", text)).strip() or text
    if chance.random() < LOWER:
        text = text.lower()
    if chance.random() < TYPO and sum(c.isalpha() for c in text) >= LONG_ENOUGH_FOR_A_TYPO:
        text = misspell(text, chance)
    return f"{text} ({dated[1]})" if dated and chance.random() < KEEP_YEAR else text


def misspell(text: str, chance: random.Random) -> str:
    """One letter dropped, doubled, or swapped with its neighbour."""
    at = chance.choice([i for i, c in enumerate(text) if c.isalpha()])
    match chance.choice(("drop", "double", "swap")):
        case "drop":
            return text[:at] + text[at + 1 :]
        case "double":
            return text[:at] + text[at] + text[at:]
    return text[:at] + text[at : at + 2][::-1] + text[at + 2 :]


@dataclass(frozen=True)
class Typed:
    """A message whose marked titles were replaced by what people type.

    Attributes:
        text: what the person would have typed.
        spans: ``(start, end, id of the mark)``, in code points, end exclusive.
    """

    text: str
    spans: tuple[tuple[int, int, str], ...]


def typed(text: str, titles: Mapping[str, str], chance: random.Random) -> Typed:
    """Replace every mark of a film by its title, corrupted.

    Args:
        text: a message of ReDial's: ``Have you seen @12345?``.
        titles: of the marks to replace; others stay.
        chance: draws the corruption.
    """
    parts: list[str] = []
    spans: list[tuple[int, int, str]] = []
    end = length = 0
    for match in MENTION.finditer(text):
        if match[1] not in titles:
            continue
        before, name = text[end : match.start()], corrupt(titles[match[1]], chance)
        parts += [before, name]
        length += len(before)
        spans.append((length, length + len(name), match[1]))
        length += len(name)
        end = match.end()
    return Typed("".join([*parts, text[end:]]), tuple(spans))
