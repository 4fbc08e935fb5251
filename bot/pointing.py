"""Words that point at what was shown: "the second one", "1 and 3", "the rest", "it", "all of them"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from domain.stance import overlaps

_THING = r"(?: (?:one|1|film|movie|pick|suggestion|option|item|book|song))?"
_VERB = r"(?=\s*(?::|(?:is|was|looks?|sounds?|seems?|and|,|too)\b))"
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
        said = rf"the {said}{_THING}|{said}(?: (?:one|1)|{_VERB})"
    else:  # needs no article: "first, please", but is not the first two, or the first time
        said = rf"(?:the |that |your )?{said}(?! (?:two|three|2|3|of|time)\b){_THING}"
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
_MIDDLE = re.compile(r"\bthe middle (?:one|film|movie)\b|中间[那这]?[个部]")
_SOME_OF_THEM: Sequence[tuple[re.Pattern[str], slice]] = (
    (re.compile(r"\b(?:the )?first (?:two|2)\b(?: (?:ones|films|movies))?"), slice(0, 2)),
    (re.compile(r"\b(?:the )?last (?:two|2)\b(?: (?:ones|films|movies))?"), slice(-2, None)),
)
_THE_REST = re.compile(r"\bthe (?:other (?:two|2|one|ones)|others|rest)\b")
_BY_NUMBER = re.compile(
    r"(?:\b(?:seen|watched|love|loved|like|liked|hate|hated|disliked|and|not)|,|&) (?P<n>[1-5])"
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
    rf"(?<!more )(?<!thing )(?<!films )(?<!movies )(?<!stuff )\b(?:{_OPINION}|about|is|was|directed|stars in|in|of) "
    r"(?P<words>it|that one|this one|that film|this film|that movie|this movie|that|this)(?!\w)"
    r"|^(?P<first>it)(?= (?:is|was)\b)"
    r"|(?<!\w)(?P<alone>(?:that|this|dat|dis) (?:one|1))(?!\w)"
)
LIKE_IT = re.compile(
    r"\b(?:like|along) "
    r"(?P<words>it|that|this|that film|this film|that movie|this movie|(?:those|these|that|this) lines?)"
    r"(?!\w| (?:one|idea|lines?))"
)


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
        if not overlaps(*span, [(a, b) for _, a, b in found]):
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
    return found
