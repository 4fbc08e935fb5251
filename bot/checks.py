"""Whether a drafted reply says what its brief allows: checks of truth, not of style."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib import resources

from Stemmer import Stemmer

from domain.prompt import PLACEHOLDER, Brief
from domain.words import commonness

OPENING_WORDS, LINE_WORDS, CLOSE_WORDS, TEXT_WORDS = 45, 40, 40, 90
"""Words of the parts of a reply at most; of one that shows nothing, the last."""
ORDINARY = 5.2
"""Words as common as this say nothing about an item by themselves; in the unit of `domain.words.commonness`."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NUMBER_WORDS = frozenset(
    """
    two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty ninety
    hundred thousand million dozen dozens decade decades century centuries
    """.split()
)
_MARKUP = re.compile(r"[*_#`<>\[\]{}|]|https?:|\n", re.IGNORECASE)
_STEMMER = Stemmer("english")


class Parts:
    """A draft as it comes: which of its parts are whole, by the placeholders that begin the lines of items."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._text = ""

    def add(self, piece: str) -> None:
        """Take the next piece of a draft."""
        self._text += piece

    def whole(self, *, ended: bool = False) -> Iterator[tuple[int, str]]:
        """The parts that have ended: 0 and the opening, 1, 2, … and the lines of the items, -1 and the close."""
        lines = self._text.split("\n")
        said = lines if ended else lines[:-1]
        shown = 0
        opening: list[str] = []
        for line in filter(None, map(str.strip, said)):
            match = re.match(r"@(\d+)[\s:.–-]*", line)
            if match and self._count:
                shown = int(match.group(1))
                yield shown, line[match.end() :].strip()
            elif shown:
                yield -1, line
            else:
                opening.append(line)
        if opening and (ended or shown or (self._count and len(said) > 0)):
            yield 0, " ".join(opening)


class Checker:
    """Checks the parts of drafts against their briefs; knows no catalogue."""

    def faults(self, brief: Brief, part: int, text: str) -> list[str]:
        """What is wrong with a part of a draft.

        Args:
            brief: of the reply.
            part: 0 for the opening, 1, 2, … for the lines of items, -1 for the close.
            text: of the part, with placeholders, without the one that begins a line.

        Returns:
            what is wrong, a word or two each; empty if nothing is.
        """
        return list(self._faults(brief, part, text))

    def _faults(self, brief: Brief, part: int, text: str) -> Iterator[str]:
        plain = PLACEHOLDER.sub("", text)
        if not _WORD.search(plain):
            yield "says nothing"
        if _MARKUP.search(plain):
            yield "markup"
        most = LINE_WORDS if part > 0 else CLOSE_WORDS if part else OPENING_WORDS if brief.items else TEXT_WORDS
        if len(text.split()) > most:
            yield "too long"
        asked = sum(text.count(mark) for mark in "?？")
        if asked > (brief.asks and (part == -1 or not brief.items)):
            yield "asks"
        allowed = _allowed(brief, part)
        unknown = set(PLACEHOLDER.findall(text)) - set(PLACEHOLDER.findall(allowed)) - _places(brief)
        yield from (f"names {place}" for place in sorted(unknown))
        yield from (f"number {number}" for number in _numbers(plain) - _numbers(allowed))
        yield from (f"name {name}" for name in _names(plain) if name.lower() not in _words(allowed))
        if brief.language == "en":
            yield from (f"word {word}" for word in _told(plain, part) if not _is_known(word, allowed))


def _places(brief: Brief) -> set[str]:
    return {f"@{n}" for n in range(1, len(brief.items) + 1)}


def _allowed(brief: Brief, part: int) -> str:
    """All that a part may speak of: of an item, what is told of that item; in any part, the message and the plan."""
    items = brief.items[part - 1 : part] if part > 0 else brief.items
    return "\n".join((brief.noun, brief.message, *(f"{move} {facts}" for move, facts in brief.moves), *items))


def _numbers(text: str) -> set[str]:
    """Numbers, in figures or in words; small ones that count or compare are words like others."""
    figures = {number.strip(".,") for number in _NUMBER.findall(PLACEHOLDER.sub("", text))}
    return figures | {word for word in _words(text) & _NUMBER_WORDS if word not in _COUNTING}


_COUNTING = frozenset(("two", "three", "four", "five"))
"""A slate has so many items: "the gentlest of the three"."""


def _names(text: str) -> set[str]:
    """Words that are written large and not at the beginning of a sentence."""
    found = set()
    for match in _WORD.finditer(text):
        before = text[: match.start()].rstrip(" “\"'(‘")
        starts = not before or before[-1] in ".!?:;…。！？："
        word = match.group()
        if word[0].isupper() and not starts and word not in ("I", "I'd", "I'll", "I'm", "I've", "OK", "TV"):
            found.add(re.sub(r"['’]s?$", "", word))
    return found


@lru_cache(maxsize=256)
def _words(text: str) -> frozenset[str]:
    return frozenset(re.sub(r"['’]s?$", "", word) for word in map(str.lower, _WORD.findall(text)))


@lru_cache(maxsize=256)
def _stems(text: str) -> frozenset[str]:
    return frozenset(_STEMMER.stemWords(sorted(_words(text))))


def _told(text: str, part: int) -> Iterator[str]:
    """The words of a part that tell something, if it is of an item; elsewhere, no word is of one."""
    if part > 0:
        yield from sorted(word for word in _words(text) if "'" not in word and "’" not in word)


def _is_known(word: str, allowed: str) -> bool:
    """Whether a word says nothing that is not allowed: it is there, or ordinary, or one of opinion."""
    return commonness(word) >= ORDINARY or word in _opinion() or _STEMMER.stemWord(word) in _stems(allowed) | _opinion()


@lru_cache(maxsize=1)
def _opinion() -> frozenset[str]:
    """The words by which people say what they think of a thing, and how it compares; reviewed by hand."""
    words = (resources.files("bot") / "opinion.txt").read_text(encoding="utf-8").split()
    return frozenset((*words, *_STEMMER.stemWords(words)))


def carried_out(brief: Brief, parts: Iterable[int]) -> bool:
    """Whether a draft has all the parts that its brief asks for."""
    needed = {*range(1, len(brief.items) + 1)} if brief.items else {0}
    return needed <= set(parts) and (not brief.asks or not brief.items or -1 in parts)
