"""Names in a message that the catalogue does not know: titles ("I loved Oppenheimer") and people ("with Tom Hanks")."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence

from domain.linking import Token, tokens
from domain.stance import overlaps
from domain.words import commonness, is_ordinary

Span = tuple[int, int]

_PERSON = re.compile(
    r"\b(?:with|without|starring|by|featuring)\s+(?P<name>(?!(?:a|an|the|some|no|my|more|less)\b)"
    r"[^\W\d_]{3,} [^\W\d_]{3,})(?=\s*(?:$|[.,?!]))"
)
_SURNAME = re.compile(
    r"\b(?:fan of|directed by|starring|by|no(?: more)?)\s+"
    r"(?P<name>(?!(?:me|worries|kidding|thanks|problem)\b)[^\W\d_]{5,})(?=\s*(?:$|[.,?!]))"
)
_TITLED = re.compile(
    r"\b(?:(?:director|cast|plot|actors?|ending|length|star|stars|story) (?:of|in)|"
    r"[Ll]oved?|[Ll]iked?|[Ee]njoyed|[Hh]ated?|[Dd]isliked?|[Ww]atched|saw|seen|got|and|or|about|is)\s+"
    r"(?P<name>(?!I\b)[A-Z][\w'’-]*(?::? (?:(?:of|the|in|a|at|all|to|for) )*[A-Z0-9][\w'’-]*)*)"
)
_UNWANTED_NAME = re.compile(
    r"\b(?:[Nn]o(?: more)?|[Nn]ot|[Ww]ithout|[Aa]nything but) (?P<name>[A-Z][\w'’-]+ [A-Z][\w'’-]+)"
)
_FAVOURITE = re.compile(
    r"^(?!(?:it|that|this|he|she|what|which|one|the \w+ one)\b)(?P<name>[\w' ]{3,40}?) (?:is|was) my "
    r"(?:all[- ]time |absolute )?"
    r"(?:fav\w*(?: (?:film|movie|book|song))?)(?=\s*(?:$|[.,!]|and\b|but\b))"
)
_BARE_TITLE = re.compile(r"[A-Z0-9][\w'’:-]*(?: (?:of|the|and|in|a|to|[A-Z0-9][\w'’:-]*))* [A-Z0-9][\w'’:-]*[.!]?")
_CUE = re.compile(
    r"\b(?:(?:re)?watch(?:ed|ing)?|seen|saw|lov(?:e|ed)|lik(?:e|ed)|enjoy(?:ed)?|hat(?:e|ed)|finish(?:ed)?|adored?)\s+$",
    re.IGNORECASE,
)
LONGEST = 8
"""Words of a title that is known elsewhere, at most."""
PLAIN = 4.2
"""As common as that, a word alone is no title without a capital or a cue."""
_QUOTED = re.compile(r"《(?P<name>[^》@]+)》")


def people(text: str, masked: str, taken: Sequence[Span]) -> list[Span]:
    """Where people are named who are to have a hand in what is wanted, or not.

    Args:
        text: as typed.
        masked: lower case, titles masked.
        taken: spans that mean something else.
    """
    found = [
        *_PERSON.finditer(masked),
        *_SURNAME.finditer(masked),
        *_UNWANTED_NAME.finditer(_mask_like(text, masked)),
    ]
    spans = sorted({match.span("name") for match in found})
    return [span for span in spans if _is_strange(text[slice(*span)], span, taken)]


def titles(text: str, masked: str, taken: Sequence[Span], elsewhere: Container[str] = ()) -> Iterator[Span]:
    """Where titles are named that the catalogue lacks; arguments as of `people`, and those known to be titles."""
    claimed = list(taken)
    cased = _mask_like(text, masked)
    for span in known(cased, elsewhere):
        if not overlaps(*span, claimed):
            claimed.append(span)
            yield span
    for pattern, source in ((_TITLED, cased), (_FAVOURITE, masked), (_QUOTED, masked)):
        for match in pattern.finditer(source):
            span = match.span("name")
            if _is_strange(match["name"], span, claimed, sure=pattern is _FAVOURITE):
                claimed.append(span)
                yield span


def known(text: str, elsewhere: Container[str]) -> Iterator[Span]:
    """Where titles stand that are known to be some, the longest first: by rare words, capitals, or a cue."""
    words = tokens(text)
    for size in range(min(LONGEST, len(words)), 0, -1):
        for at in range(len(words) - size + 1):
            run = words[at : at + size]
            if " ".join(token.word for token in run) in elsewhere and _stands_as_a_title(text, run):
                yield run[0].start, run[-1].end


def _stands_as_a_title(text: str, run: Sequence[Token]) -> bool:
    rare = any(commonness(token.word) < PLAIN for token in run)
    capitals = all(text[token.start].isupper() for token in run if len(token.word) > 3 or token is run[0])
    alone = text.strip(" .,!?") == text[run[0].start : run[-1].end] and len(run) > 1
    cue = bool(_CUE.search(text[: run[0].start]))
    return rare or len(run) > 3 or cue or (capitals and (run[0].start > 0 or alone))


def is_bare_title(text: str) -> bool:
    """Whether a text is nothing but words with capitals: "Dune Part Two"."""
    return _BARE_TITLE.fullmatch(text.strip()) is not None


def _is_strange(name: str, span: Span, taken: Sequence[Span], *, sure: bool = False) -> bool:
    """Whether words are a name that nobody knows: by capitals or rare words, unless that is `sure` already."""
    words = tokens(name)
    ordinary = all(is_ordinary(token.word) for token in words)
    capitals = sum(name[token.start].isupper() for token in words) > 1
    return (sure or capitals or not ordinary) and "@" not in name and not overlaps(*span, taken)


def _mask_like(text: str, masked: str) -> str:
    """The text in its own case, blotted out where `masked` is."""
    return "".join("@" if m == "@" else c for c, m in zip(text, masked, strict=True))
