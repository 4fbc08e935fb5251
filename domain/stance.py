"""How a person speaks of what stands at a place in a message: liked, disliked, seen, wanted, unwanted.

All texts here are lower case, their titles masked as ``@@@``, so that the words of a title say nothing of its worth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from domain.phrases import Phrases

Polarity = Literal[-1, 0, 1]

_CLAUSE = re.compile(
    r"[.!?;\n。！？；]+(?:\s|$|(?=[\u3400-\u9fff@]))"
    r"|(?<!anything)(?<!nothing)(?<!everything)(?<!all),?\s+"
    r"(?:but|however|though|although|while|whereas|except that)\s+(?!not\b)|\s+-+\s+|但是?|不过"
)
_SAID_AFTERWARDS = re.compile(
    r"\s*,?\s*(?:(?:and|or)\s+@+\s*)*(?:(?:which|that)\s+)?"
    r"(?:(?:was|is|were|are|'s|isn't|wasn't|bored|blew|sucks?|sucked|made me)\b[^,@]*|很[^,，@]*|太[^,，@]*)"
)
_ANSWERS_NO = re.compile(r"^\W*(?:no+|nah|nope)(?:,\s*|\s+(?=(?:i|we|it|but|actually|rather|give|show|make)\b))")
"""A no to what was shown, which denies nothing of what follows: "no, a comedy"."""
_CALLED = re.compile(r"@\s*(?:'s|is|was|are)(?:n't| not)? (?:(?:a|an|more|surely|really|just|not|of) )*$")
"""What stands before what a title is said to be, which is no wish: "@@@ is a musical"."""
_USUALLY = re.compile(r"\b(?:usually|normally|always|mostly|generally)\b")
_FOR_ONCE = re.compile(r"\bbut (?:today|tonight|this time|now|for once)\b")
_NEUTRAL = re.compile(
    r"(?:was|were|is|are|'s) (?:just |only |pretty )?(?:ok|okay|fine|alright|all right|decent|average)\b"
)
_NEGATED_DIRECTLY = re.compile(r"(?:^|[\s,(])(?:not|no|never|except|without|nothing like)\s+(?:the\s+)?$")
_LIST_GOES_ON = re.compile(r"\s*(?:and|also|plus)\b[\s@]*$")
_SCORE = re.compile(
    r"(?<![\d/.])(?P<got>\d{1,3}(?:\.\d)?)\s?(?:/|out of)\s?(?P<of>5|10|100)(?![\d/])|(?P<thumb>[👍👎])"
)
"""Marks that a person gives: "9/10", "1 out of 5"."""
_SELF = re.compile(r"\b(?:i|we|me)\b|我")
_OF_ALL_NAMED = re.compile(
    r"(?:\s*(?:,|and|or|&)?\s*@++)*+\s*,?\s*(?:and|but|,|-)?\s*(?:i |we )?(?P<cue>[\w' ]{0,40}\w)"
    r"\s+(?:both|them(?: (?:both|all))?|all of them)\b"
)
_OF_IT = re.compile(r"\s*[,;.]?\s*(?:but|and|though|while|yet)?\s*(?:i|we) (?P<cue>[^.@,;]{0,40}?)\s(?:it|that one)\b")
"""What is said further on of a title just named: "my wife loved it, but I hated it"."""
_FOUND = re.compile(
    r"[^.@;]{0,40}?,?\s*(?:but |and |though )?\b(?:i|we) (?:find|found|think|thought) "
    r"(?:it|that)(?:'s| is| was)? (?P<cue>[\w' ]+)"
)
"""Likewise: "..., I find it dull"."""
_UNWANTED_AFTERWARDS = re.compile(
    r"\s*(?:films? |movies? |stuff )?(?:is|are|isn't|aren't)?\s*(?:not|n't|aren't|isn't) (?:my|for me|really)"
    r"|[^,@]*\b(?:bores?|sucks?|is out|are out|leaves? me cold|puts? me to sleep|makes? me (?:yawn|cringe|ill|sick))\b"
)


def mask(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with the spans blotted out, every code point in its place."""
    characters = list(text)
    for start, end in spans:
        characters[start:end] = "@" * (end - start)
    return "".join(characters)


def overlaps(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    """Whether [start, end) shares a code point with any of the spans."""
    return any(start < b and a < end for a, b in spans)


@dataclass(frozen=True, slots=True)
class Sides:
    """What stands left and right of a place within its clause, and the clause before."""

    left: str
    right: str
    previous: str


class Stance:
    """Reads one masked message."""

    def __init__(self, masked: str, phrases: Phrases, *, on_behalf: bool = False) -> None:
        """Read a message.

        Args:
            masked: lower case, titles masked.
            phrases: how people say things.
            on_behalf: it was said before that something is wanted for somebody else.
        """
        # Whose favourite it is otherwise says nothing of the person's own taste.
        masked = phrases.theirs.sub(lambda match: " " * len(match.group()), masked)
        masked = _ANSWERS_NO.sub(lambda match: " " * len(match.group()), masked)
        self._masked = masked
        self._phrases = phrases
        self._on_behalf = on_behalf or bool(phrases.on_behalf.search(masked))
        self._clauses: Sequence[int] = [0, *(m.end() for m in _CLAUSE.finditer(masked)), len(masked) + 1]

    def towards_item(self, start: int, end: int) -> tuple[Polarity, bool]:
        """Polarity of the person towards the item named at [start, end), and whether they say they have seen it."""
        sides = self._sides(start, end)
        phrases = self._phrases
        for pattern in (_OF_IT, _OF_ALL_NAMED, _FOUND):
            after_it = pattern.match(self._masked, end)
            cues = self._cues(after_it["cue"]) if after_it else []
            if cues:
                return cues[-1][1], True
        others = None if self._on_behalf else _last(phrases.others, sides.left)
        if others and not _SELF.search(sides.left[others.end() :]):
            return 0, False
        unseen = _last(phrases.unseen, sides.left)
        seen = _last(phrases.seen, sides.left)
        after = re.match(r"[^@,]*", sides.right)
        known = bool(seen or (after and phrases.seen.search(after.group()))) and not unseen
        cue = self._cue_for(sides, ignore=unseen)
        # "loved Heat, seen Fargo": the nearer word is about Fargo, and says nothing of its worth.
        if (
            seen
            and cue
            and cue[0] < seen.start()
            and cue[0] >= 0
            and re.search("[@,]", sides.left[cue[0] : seen.start()])
        ):
            return 0, known
        return (cue[1] if cue else 0), known

    def score(self, start: int, end: int) -> Polarity | None:
        """What marks that stand beside the item named at [start, end) say of it: "9/10", "1/5 stars", 👎; None if none.

        Marks in the middle say neither.
        """
        sides = self._sides(start, end)
        found = _SCORE.search(sides.right.split("@")[0]) or _last(_SCORE, sides.left.rpartition("@")[2])
        if found is None:
            return None
        if found["thumb"]:
            return 1 if found["thumb"] == "👍" else -1
        share = float(found["got"]) / float(found["of"])
        return 1 if share >= 0.7 else -1 if share <= 0.4 else 0

    def opinions(self) -> list[Polarity]:
        """Liking (1) and disliking (-1) in the order of the message, of whatever it may be."""
        return [polarity for _, polarity in self._cues(self._masked)]

    def wants(self, start: int, end: int) -> bool | None:
        """Whether the attribute named at [start, end) is wanted, unwanted, or (None) the wish of somebody else."""
        sides = self._sides(start, end)
        phrases = self._phrases
        if _USUALLY.search(sides.left) and _FOR_ONCE.search(self._masked, end):
            return None
        others = None if self._on_behalf else _last(phrases.others, sides.left)
        if others and not phrases.want.search(sides.left) and not _SELF.search(sides.left, others.end()):
            return None
        if _CALLED.search(sides.left):
            return None
        litotes = [m.span() for m in phrases.litotes.finditer(sides.left)]
        disliked = [m.span() for m in phrases.negative.finditer(sides.left) if not overlaps(*m.span(), litotes)]
        negated = disliked + [
            m.span() for m in phrases.unwanted.finditer(sides.left) if not overlaps(*m.span(), litotes)
        ]
        wanted = [start for start, _ in litotes] + [
            m.start()
            for pattern in (phrases.positive, phrases.want)
            for m in pattern.finditer(sides.left)
            if not overlaps(*m.span(), disliked)
        ]
        last_no = max((end for _, end in negated), default=-1)
        # "no more horror": what follows a negation at once belongs to it, so a wish counts from one character on.
        last_yes = max((at for at in wanted if at > last_no + 1 or at < last_no), default=-1)
        return last_yes >= last_no and not _UNWANTED_AFTERWARDS.match(sides.right)

    def _sides(self, start: int, end: int) -> Sides:
        after = next(i for i, begin in enumerate(self._clauses) if begin > start)
        low, high = self._clauses[after - 1], self._clauses[after]
        before = self._clauses[after - 2] if after > 1 else low
        return Sides(self._masked[low:start], self._masked[end:high], self._masked[before:low])

    def _cue_for(self, sides: Sides, ignore: re.Match[str] | None) -> tuple[int, Polarity] | None:
        """(position in the left side or -1, polarity) of the cue that is about this place."""
        left = sides.left
        if ignore:
            left = left[: ignore.start()] + " " * (ignore.end() - ignore.start()) + left[ignore.end() :]
        afterwards = _SAID_AFTERWARDS.match(sides.right)
        said = self._cues(afterwards.group()) if afterwards else []
        if said:
            return -1, said[0][1]
        if afterwards and _NEUTRAL.search(afterwards.group()):
            return None
        if _NEGATED_DIRECTLY.search(left):
            return len(left), -1
        cues = self._cues(left)
        if cues:
            return cues[-1]
        if not left.strip() or "@" not in sides.right:
            cues = self._cues(sides.right.split("@")[0])
            if cues:
                return -1, cues[0][1]
        if _LIST_GOES_ON.match(left):
            cues = self._cues(sides.previous)
            return (-1, cues[-1][1]) if cues else None
        return None

    def _cues(self, part: str) -> list[tuple[int, Polarity]]:
        """(position, polarity) of liking and disliking in a text; a negated verb is one cue, not two."""
        litotes = [m.span() for m in self._phrases.litotes.finditer(part)]
        negative = [m.span() for m in self._phrases.negative.finditer(part) if not overlaps(*m.span(), litotes)]
        positive = [m.span() for m in self._phrases.positive.finditer(part) if not overlaps(*m.span(), negative)]
        positive += litotes
        dislikes: list[tuple[int, Polarity]] = [(start, -1) for start, _ in negative]
        likes: list[tuple[int, Polarity]] = [(start, 1) for start, _ in positive]
        return sorted(dislikes + likes)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    match = None
    for found in pattern.finditer(text):
        match = found
    return match
