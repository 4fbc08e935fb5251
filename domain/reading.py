"""From the scores that a reader gives every piece of a message to the frame that fits them best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from domain.frame import Act, Flag, Frame, Kind, Mention, Role, Topic

TAGS = ("O", *(f"{begins}-{kind.value}" for kind in Kind for begins in "BI"))
"""What a piece of the text is: nothing, the first of a mention, or a further one."""
LANGUAGES = ("en", "zh", "es", "de", "fr", "pt", "xx")
"""The languages that are told apart; ``xx`` is any other."""

KINDS, ROLES, TOPICS, ACTS, FLAGS = tuple(Kind), tuple(Role), tuple(Topic), tuple(Act), tuple(Flag)
SIZES = {
    "tags": len(TAGS), "roles": len(ROLES), "theirs": 1, "topics": len(TOPICS), "acts": len(ACTS), "flags": len(FLAGS),
    "languages": len(LANGUAGES),
}  # fmt: skip
"""The reader's outputs and their widths; the first four are of every piece, the others of the message."""
OF_PIECES = ("tags", "roles", "theirs", "topics")
MOST_LIKELY = 0.5
"""An act or flag holds from such a probability on."""
IN_TROUBLE = 0.7
"""So likely has a cry for help to be."""

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as the reader scores it.

    Attributes:
        text: the message.
        places: (start, end) of each piece in code points, ``n`` of them.
        logits: the outputs of `SIZES`, ``[n, width]`` for those `OF_PIECES`, else ``[width]``.
    """

    text: str
    places: Sequence[tuple[int, int]]
    logits: dict[str, Scores]

    def inside(self, start: int, end: int) -> list[int]:
        """The pieces that touch [start, end)."""
        return [at for at, (a, b) in enumerate(self.places) if a < end and start < b]

    def likely(self, name: str, pieces: Sequence[int]) -> Scores:
        """Probabilities of an output over some pieces, ``[width]``: the softmax of their mean logits."""
        return softmax(self.logits[name][list(pieces)].mean(0))

    def probability(self, kind: Kind, start: int, end: int) -> float:
        """How probable it is that the pieces at [start, end) belong to a mention of a kind; their mean."""
        pieces = self.inside(start, end)
        if not pieces:
            return 0.0
        at = 1 + 2 * KINDS.index(kind)
        return float(softmax(self.logits["tags"][pieces])[:, at : at + 2].sum(1).mean())

    def mention(self, start: int, end: int, kind: Kind) -> Mention:
        """The mention of that kind at [start, end), with the role or topic that is most likely there."""
        pieces = self.inside(start, end)
        if kind is Kind.QUESTION:
            return Mention(start, end, kind, topic=TOPICS[int(self.likely("topics", pieces).argmax())])
        if kind is Kind.COUNT:
            return Mention(start, end, kind, Role.WANTED)
        role = ROLES[int(self.likely("roles", pieces).argmax())]
        theirs = float(self.logits["theirs"][pieces].mean()) > 0
        return Mention(start, end, kind, role, theirs=theirs)

    def holds(self, name: str) -> list[int]:
        """Which acts or flags hold."""
        return [at for at, logit in enumerate(self.logits[name]) if logit > np.log(MOST_LIKELY / (1 - MOST_LIKELY))]

    @property
    def acts(self) -> frozenset[Act]:
        """What is done; at least one act, unless there is no text."""
        trouble = ACTS.index(Act.TROUBLE)
        cries = self.logits["acts"][trouble] > np.log(IN_TROUBLE / (1 - IN_TROUBLE))
        found = [at for at in self.holds("acts") if at != trouble or cries]
        likeliest = max((at for at in range(len(ACTS)) if at != trouble), key=lambda at: self.logits["acts"][at])
        return frozenset(ACTS[at] for at in found or [likeliest])

    @property
    def flags(self) -> frozenset[Flag]:
        """What holds of the message."""
        return frozenset(FLAGS[at] for at in self.holds("flags"))

    @property
    def language(self) -> str:
        """Of `LANGUAGES`, the most likely."""
        return LANGUAGES[int(self.logits["languages"].argmax())]


def trimmed(text: str, place: tuple[int, int]) -> tuple[int, int]:
    """A place without the white space that a piece of a tokenizer begins with."""
    start, end = place
    while start < end and text[start].isspace():
        start += 1
    return start, end


def softmax(logits: Scores) -> Scores:
    """Over the last axis."""
    e = np.exp(logits - logits.max(-1, keepdims=True))
    found: Scores = e / e.sum(-1, keepdims=True)
    return found


def frame(reading: Reading) -> Frame:
    """The frame that fits the scores best, with no catalogue at hand."""
    mentions = tuple(reading.mention(start, end, kind) for start, end, kind in spans(reading))
    return Frame(reading.acts, mentions, reading.flags, reading.language)


def spans(reading: Reading) -> list[tuple[int, int, Kind]]:
    """The most likely (start, end, kind) of all mentions: Viterbi over the tags.

    A mention begins and ends where a word does; what is written without spaces has a word a piece.
    """
    n = len(reading.places)
    if not n:
        return []
    scores = np.log(softmax(reading.logits["tags"]) + 1e-9)
    within = [False, *(_one_word(reading.text, *pair) for pair in pairwise(reading.places))]
    best, back = scores[0] + _START, np.zeros((n, len(TAGS)), dtype=np.int64)
    for at in range(1, n):
        paths = best[:, None] + (_WITHIN if within[at] else _BETWEEN)
        back[at] = paths.argmax(0)
        best = paths.max(0) + scores[at]
    tag, tags = int(best.argmax()), []
    for at in range(n - 1, -1, -1):
        tags.append(tag)
        tag = int(back[at, tag])
    return _gathered(reading, tags[::-1])


def _gathered(reading: Reading, tags: Sequence[int]) -> list[tuple[int, int, Kind]]:
    found: list[tuple[int, int, Kind]] = []
    for (start, end), tag in zip(reading.places, tags, strict=True):
        if tag % 2:
            found.append((start, end, KINDS[tag // 2]))
        elif tag:
            found[-1] = (found[-1][0], end, found[-1][2])
    return [(start, end, kind) for start, end, kind in found if reading.text[start:end].strip()]


def _one_word(text: str, before: tuple[int, int], after: tuple[int, int]) -> bool:
    """Whether no word ends between two pieces."""
    if before[1] != after[0] or not 0 < after[0] < len(text):
        return False
    left, right = text[after[0] - 1], text[after[0]]
    return left.isalnum() and right.isalnum() and max(left, right) < "\u2e80"


def _transitions(*, within: bool) -> Scores:
    """0 where a tag may follow another, else minus a great number, ``[before, after]``."""
    allowed = np.full((len(TAGS), len(TAGS)), -1e4, dtype=np.float32)
    for before, after in np.ndindex(*allowed.shape):
        begins, further = after % 2 == 1, after > 0 and after % 2 == 0
        if further:
            fits = before in (after, after - 1)
        elif begins:
            fits = not within
        else:
            fits = not within or before == 0
        if fits:
            allowed[before, after] = 0
    return allowed


_BETWEEN, _WITHIN = _transitions(within=False), _transitions(within=True)
_START = np.asarray([-1e4 if tag > 0 and tag % 2 == 0 else 0 for tag in range(len(TAGS))], dtype=np.float32)
