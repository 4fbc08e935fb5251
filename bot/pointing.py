"""Words that point at what was shown: "the second one", "1 and 3", "the rest", "it", "the one with the shark"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from domain.catalog import Item
from domain.linking import Token, normal, tokens
from domain.stance import overlaps
from domain.words import JOINTS, PRONOUNS, commonness, is_ordinary

_THING = r"(?: (?:one|1|film|movie|pick|suggestion|option|item|book|song))?"
_VERB = r"(?=\s*(?::|(?:is|was|looks?|sounds?|seems?|and|,|too)\b))"
_PARTS = r"(?:hour|half|minutes?|scene|act|part|few|date|thing|world|season)\b"
"""What is the first of something else: "it lost me in the first hour"."""
_NUMBERS = (
    ("first", "1st", "one", "一"),
    ("second", "2nd", "two", "二"),
    ("third", "3rd", "three", "三"),
    ("fourth", "4th", "four", "四"),
    ("fifth", "5th", "five", "五"),
)


def _ordinal(position: int) -> re.Pattern[str]:
    word, short, number, chinese = _NUMBERS[position]
    said = rf"(?:{word}|{short})"
    if position:
        said = rf"the {said}(?! {_PARTS}){_THING}|{said}(?: (?:one|1)|{_VERB})"
    else:  # needs no article: "first, please", but is not the first two, or the first time
        said = rf"(?:the |that |your )?{said}(?! (?:two|three|2|3|of|time|{_PARTS})\b){_THING}"
    digit = position + 1
    return re.compile(rf"(?<!\w)(?:{said}|number (?:{number}|{digit})|no\.? ?{digit}|#{digit})(?!\w)|第{chinese}[个部]")


_ORDINALS: Sequence[tuple[re.Pattern[str], int]] = (
    *((_ordinal(position), position) for position in range(len(_NUMBERS))),
    (
        re.compile(
            r"(?<!\w)(?:(?:the )?last (?:one|film|movie|pick|suggestion)|the last(?=\W*$)|the latter)(?!\w)"
            r"|最后一[个部]"
        ),
        -1,
    ),
)
_BARE = re.compile(r"\W*(?:(?:ok|yes|the|maybe|hmm)\W+)*(?P<n>1st|2nd|3rd|4th|5th)\W*")
_MIDDLE = re.compile(r"\bthe middle (?:one|film|movie)\b|中间[那这]?[个部]")
_SOME_OF_THEM: Sequence[tuple[re.Pattern[str], slice]] = (
    (re.compile(r"\b(?:the )?first (?:two|2)\b(?: (?:ones|films|movies))?"), slice(0, 2)),
    (re.compile(r"\b(?:the )?last (?:two|2)\b(?: (?:ones|films|movies))?"), slice(-2, None)),
)
_THE_REST = re.compile(
    r"\bthe (?:other (?:two|2|one|ones)|others|rest|other(?=\W*$|[,.!?]| (?:is|was|sent|made|did|looks|sounds|i)\b))\b"
)
_BY_NUMBER = re.compile(
    r"(?:\b(?:seen|watched|love|loved|like|liked|hate|hated|disliked|and|not|ok|okay|yes|take|pick|choose|try)|,|&)"
    r" (?P<n>[1-5])"
    r"(?=\s*(?:$|[,.!&]|and\b|but\b|is\b|was\b))"
)
_NUMBER_ALONE = re.compile(r"\W*(?P<n>[1-5])\W*")
_IN_WHAT_IS_WANTED = re.compile(r"\bwith\b[^.,;?!]{0,40}\bin (?:it|them)\b")
_ALL_BUT = re.compile(r"\b(?:them )?all(?: of (?:them|these|those))?,? (?:except|but|besides|apart from)(?: for)? ")
_OPINION = r"(?:seen|watched|saw|liked?|loved?|hated?|enjoyed|disliked?)"
_ALL_OF_THEM = re.compile(
    rf"(?<!more )(?<!thing )(?<!films )(?<!movies )(?<!stuff )(?<!ones )\b{_OPINION} "
    r"(?P<words>them all|all of (?:them|these|those)|them|those|these|all|both)(?!\w)"
)
_ONE_OF_THEM = re.compile(
    rf"(?<!more )(?<!thing )(?<!films )(?<!movies )(?<!stuff )(?<!out )"
    rf"\b(?:{_OPINION}|about|is|was|directed|stars in|in|of) "
    r"(?P<words>it|that one|this one|that film|this film|that movie|this movie|that|this)(?!\w)"
    r"|^(?P<first>it)(?= (?:is|was)\b)"
    r"|(?<!\w)(?P<alone>(?:that|this|dat|dis) (?:one|1))(?!\w)"
)
_THE_ONE = re.compile(
    r"(?<!in )(?<!out of )(?<!forget )(?<!stop )(?<!about )(?<!like )(?<!that's )(?<!than )"
    r"(?:\b(?P<words>it)(?!'?s? (?:rain|snow|late|depend))\b"
    r"|\b(?P<said>(?:that|this)(?: (?:film|movie|one))?)(?=\s*(?:$|[,.!?])"
    r"| (?:is|was|lost|made|has|had|looks?|sounds?|would|does|did|again|one|because|before|film|movie)\b))"
)
"""Where but one item is spoken of, most that could point points at it."""
LIKE_IT = re.compile(
    r"\b(?:like|along) "
    r"(?P<words>it|that|this|that film|this film|that movie|this movie|(?:those|these|that|this) lines?)"
    r"(?!\w| (?:one|idea|lines?))"
)


MOST_POINTED = 30
"""Words of a message that point, at most."""


def pointed(masked: str, slate: Sequence[str], focus: str | None) -> list[tuple[str, int, int]]:
    """(item id, start, end) of words such as "the second one", "1 and 3", "the rest", "it", "all of them".

    Args:
        masked: lower case, titles masked.
        slate: ids of the items shown last, in order.
        focus: the item that was spoken of last; else "it" is the first of the slate.
    """
    masked = _IN_WHAT_IS_WANTED.sub(lambda match: "." * len(match.group()), masked)
    found: list[tuple[str, int, int]] = []

    def add(item_ids: Iterable[str], span: tuple[int, int]) -> None:
        if len(found) < MOST_POINTED and not overlaps(*span, [(a, b) for _, a, b in found]):
            found.extend((item_id, *span) for item_id in item_ids)

    for some, part in _SOME_OF_THEM:
        for match in some.finditer(masked):
            add(slate[part], match.span())
    for pattern, position in _ORDINALS:
        for match in pattern.finditer(masked):
            if -len(slate) <= position < len(slate):
                add([slate[position]], match.span())
    if middle := _MIDDLE.search(masked):
        add(slate[len(slate) // 2 : len(slate) // 2 + 1], middle.span())
    if (bare := _BARE.fullmatch(masked)) and int(bare["n"][0]) <= len(slate):
        add([slate[int(bare["n"][0]) - 1]], bare.span("n"))
    alone = _NUMBER_ALONE.fullmatch(masked)
    for match in [alone] if alone else _BY_NUMBER.finditer(masked):
        if int(match["n"]) <= len(slate):
            add([slate[int(match["n"]) - 1]], match.span("n"))
    named = {item_id for item_id, *_ in found}
    if all_but := _ALL_BUT.search(masked):
        return [(item_id, *all_but.span()) for item_id in slate if item_id not in named]
    if rest := _THE_REST.search(masked):
        add([item_id for item_id in slate if item_id not in named], rest.span())
    if found:
        return found
    if every := _ALL_OF_THEM.search(masked):
        add(slate, every.span("words"))
    elif "@" not in masked:
        one, alike = _ONE_OF_THEM.search(masked), LIKE_IT.search(masked)
        if one:
            add([focus or slate[0]], one.span(one.lastgroup or 0))
        elif alike:
            add([focus or slate[0]], alike.span("words"))
        elif (focus or len(slate) == 1) and (lone := _THE_ONE.search(masked)):
            add([focus or slate[0]], lone.span(lone.lastgroup or 0))
    return found


_POSSESSIVE = re.compile(r"['’]s\b")
SAME_STEM = 5
"""Words are the same, for pointing, that begin with as many letters alike: "strippers" of "a stripper"."""
NAME_AGAIN, PART_AGAIN = 5.3, 4.0
"""As common as that, at most, is a word that by itself names what was just shown: all of its title, or a part."""
_DESCRIBED = (
    re.compile(r"\b(?:the|that) (?P<x>[\w'-]+(?: [\w'-]+){0,2}?) (?:one|1|film|movie|flick|fellow|guy)\b"),
    re.compile(
        r"\b(?:the |that )?(?:one|film|movie) (?:with|about|by|where|from|in|that has|set in) (?P<x>[\w' -]{3,40})"
    ),
    re.compile(
        r"\b(?:the|that) (?P<x>[\w'-]{3,}(?: in [\w'-]+)?)"
        r"(?=\W*$|[,.!?;:]| (?:please|then|it is|is|was|looks?|sounds?|wins)\b)"
    ),
)
_POSITION = re.compile(
    r"\b(?:first|second|third|fourth|fifth|last|middle|other|others|same|next|latter|best|rest|\w+ties|\d+s)\b"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """An item of the bot's last message, with the words that stand there for it."""

    item: Item
    words: frozenset[str]


def named_again(words: Sequence[Token], items: Sequence[Item], kinds: Iterable[str]) -> Iterator[tuple[Item, int, int]]:
    """(item, start, end) of words that name what was just shown, more loosely than titles are named out of the blue.

    Args:
        words: of the message, in their normal form.
        items: what was shown.
        kinds: words that say what kind of thing is meant.
    """
    known = set(kinds)
    titles = [normal(_POSSESSIVE.sub("", item.title)).split(" ") for item in items]
    for item, title in zip(items, titles, strict=True):
        others = {word for other in titles if other is not title for word in other}
        for size in range(len(title), 0, -1):
            runs = [title[at : at + size] for at in range(len(title) - size + 1)]
            found = [
                (first, run)
                for run in runs
                if _is_enough(run, title, others, known)
                for first in range(len(words) - size + 1)
                if [token.word for token in words[first : first + size]] == run
            ]
            if found:
                yield from ((item, words[first].start, words[first + len(run) - 1].end) for first, run in found)
                break


def _is_enough(run: Sequence[str], title: Sequence[str], others: set[str], kinds: set[str]) -> bool:
    """Whether some words of a title name it among what was shown."""
    telling = [word for word in run if word not in others and word not in JOINTS and word not in ("the", "a", "an")]
    whole = list(run) == list(title) or list(run) == list(title[1:])
    if not telling or " ".join(run) in kinds or (len(run) == 1 and run[0] in PRONOUNS):
        return False
    if len(run) > 1:
        return whole or any(not is_ordinary(word) for word in telling)
    return len(run[0]) > 2 and commonness(run[0]) < (NAME_AGAIN if whole else PART_AGAIN)


def described(masked: str, shown: Sequence[Shown], taken: Sequence[tuple[int, int]]) -> Iterator[tuple[str, int, int]]:
    """(item id, start, end) of words such as "the shark one", where they fit one of what was shown best.

    Args:
        masked: lower case, titles masked.
        shown: what was shown, with the words for it.
        taken: places that point otherwise.
    """
    claimed = list(taken)
    for pattern in _DESCRIBED:
        for match in pattern.finditer(masked):
            told = [token for token in tokens(match["x"]) if len(token.word) > 2 and not _says_nothing(token.word)]
            hits = [[token for token in told if _is_among(token.word, one.words)] for one in shown]
            best = max(map(len, hits), default=0)
            if not best or sum(len(hit) == best for hit in hits) > 1 or _POSITION.search(match["x"]):
                continue
            at = next(at for at, hit in enumerate(hits) if len(hit) == best)
            end = match.end() if pattern is _DESCRIBED[0] else match.start("x") + hits[at][-1].end
            if not overlaps(match.start(), end, claimed):
                claimed.append((match.start(), end))
                yield shown[at].item.item_id, match.start(), end


def _says_nothing(word: str) -> bool:
    return word in PRONOUNS or word in JOINTS or commonness(word) > NAME_AGAIN


def _is_among(word: str, words: frozenset[str]) -> bool:
    if word in words:
        return True
    return len(word) >= SAME_STEM and any(other[:SAME_STEM] == word[:SAME_STEM] for other in words)
