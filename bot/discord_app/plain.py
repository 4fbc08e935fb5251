"""Plain text as Discord shows it: with nothing in it that Discord would interpret, in pieces that it accepts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

LIMIT = 2000

_LINE_START = re.compile(r"^(\s*)(>|#{1,3}(?=\s)|-#(?=\s))", re.MULTILINE)
_INLINE = re.compile(r"([\\*_~`|\[\]<])")
_ESCAPED = re.compile(r"\\([\\*_~`|\[\]<>#-])")
_FENCE = re.compile(r"^```(\S*)", re.MULTILINE)
_FLAG_HALF = re.compile(r"[\U0001f1e6-\U0001f1ff]+\Z")
_BACKSLASH = re.compile(r"\\+\Z")
_BREAKS = (
    re.compile(r"\n\n+"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?…])\s|(?<=[。！？])"),
    re.compile(r"\s"),
    re.compile(r"(?<=[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef])(?![，。！？、；：）」』》])"),
)
"""Where a piece may end, the best kind of place first."""


def escape(text: str) -> str:
    """Text whose markdown, masked links and mentions show as the characters they are."""
    return _LINE_START.sub(r"\1\\\2", _INLINE.sub(r"\\\1", text))


def unescape(text: str) -> str:
    """The inverse of `escape`."""
    return _ESCAPED.sub(r"\1", text)


def split(text: str, limit: int = LIMIT) -> list[str]:
    """Pieces of at most `limit` UTF-16 units, none of which cuts a character, an emoji or a code fence in two.

    Args:
        text: of any length; a fence that is open where a piece ends is closed there and opened again in the next.
        limit: what one message holds. Discord's own count is never above that of UTF-16 units.
    """
    pieces: list[str] = []
    rest, opening = text.strip(), ""
    while units(rest) > limit:
        end = _end(rest, limit - units("\n```"))
        piece, rest = rest[:end].rstrip(), rest[end:].lstrip("\n" if opening else None)
        opening = _open_fence(piece)
        pieces.append(f"{piece}\n```" if opening else piece)
        rest = f"{opening}\n{rest}" if opening else rest
    return [*pieces, rest]


def units(text: str) -> int:
    """Length in UTF-16 units: a character beyond the basic plane counts twice."""
    return len(text) + sum(character > "\uffff" for character in text)


def _end(text: str, limit: int) -> int:
    """Where the first piece ends: at the best kind of place that leaves it at least half full."""
    most = _prefix(text, limit)
    for kind in _BREAKS:
        places = [m.end() for m in kind.finditer(text, most // 2, most + 1) if m.end() <= most]
        if places and _may_cut(text, places[-1]):
            return places[-1]
    return next((place for place in range(most, 0, -1) if _may_cut(text, place)), most)


def _prefix(text: str, limit: int) -> int:
    """How many characters from the start hold at most `limit` UTF-16 units."""
    return next((n for n, used in enumerate(_running(text)) if used > limit), len(text))


def _running(text: str) -> Iterator[int]:
    used = 0
    for character in text:
        used += 2 if character > "\uffff" else 1
        yield used


def _may_cut(text: str, at: int) -> bool:
    """Whether the characters on both sides are seen as two: no accent, joiner, variant, flag half or escape."""
    before, after = text[at - 1], text[at : at + 1]
    if not after or before.isspace():
        return True
    joined = unicodedata.combining(after) or after in "\u200d\ufe0e\ufe0f\u20e3" or before == "\u200d"
    toned = "\U0001f3fb" <= after <= "\U0001f3ff"
    return not (joined or toned or _is_half(text, at, _FLAG_HALF) or _is_half(text, at, _BACKSLASH))


def _is_half(text: str, at: int, kind: re.Pattern[str]) -> bool:
    """Whether an odd number of such characters ends there, so that the last still belongs to what follows."""
    run = kind.search(text, 0, at)
    return run is not None and len(run.group()) % 2 == 1


def _open_fence(piece: str) -> str:
    """The line that opened the fence in which the piece ends; nothing if it ends in none."""
    fences = _FENCE.findall(piece)
    return f"```{fences[-1]}" if len(fences) % 2 else ""
