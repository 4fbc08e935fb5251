"""Traditional Chinese characters as simplified ones: what reads a message, and the lists of words, know these."""

from __future__ import annotations

from functools import cache

from opencc import OpenCC


def simplified(text: str) -> str:
    """A text with its traditional characters simplified, one for one, so that places in it stay."""
    return text if text.isascii() else "".join(map(_simplified, text))


@cache
def _simplified(character: str) -> str:
    found = str(_converter().convert(character)) if character >= "\u2e80" else character
    return found if len(found) == 1 else character


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")
