"""A question that no column answers -> the sentence of a description that does, by the words of both."""

from __future__ import annotations

import re
from collections.abc import Iterable

from domain.catalog import Item, brief
from domain.searching import telling, words

ALL_OF = 2
"""Of so many words that ask, a sentence has all; of more, half."""
LONGEST = 240
"""So many characters of a sentence are quoted at most."""
_COMMA = re.compile(r"[,;]\s+")
_BREAK = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\s{2,}|\n+")


def quoted(item: Item, asked: str, asking: Iterable[str]) -> str:
    """The sentence of an item's description, or part of its title, that has the words of a question; empty if none has.

    Of one sentence, or a title without parts, nothing is quoted: they are told of the item anyway.

    Args:
        item: that is asked about.
        asked: the words that ask.
        asking: words that ask for something and say nothing of what it is, in lower case.
    """
    told, titles = _parts(_BREAK, item.description or ""), _parts(_COMMA, item.title)
    sentences = [*(told if len(told) > 1 else []), *(titles if len(titles) > 1 else [])]
    wanted = set(words(telling(asked, frozenset(asking))))
    if not sentences or not wanted:
        return ""
    had = [len(wanted & set(words(sentence))) for sentence in sentences]
    least = len(wanted) if len(wanted) <= ALL_OF else (len(wanted) + 1) // 2
    best = had.index(max(had))
    return brief(sentences[best], LONGEST) if had[best] >= least else ""


def _parts(breaks: re.Pattern[str], text: str) -> list[str]:
    return [part.strip() for part in breaks.split(text) if part.strip()]
