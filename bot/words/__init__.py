"""What the small words of a language point at and measure, for `bot.amounts` and `bot.pointers`: `<language>.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from domain.linking import normal

UNSPACED = "\u2e80"
"""From this character on words are not parted by spaces."""


@cache
def known(language: str, section: str) -> Mapping[str, Any]:
    """A section of a language's words, English beside them: people mix; of an unknown language, the English ones."""
    own = _read(language).get(section, {})
    return {**_read("en")[section], **own} if section == "numbers" else _joined(_read("en")[section], own)


def numerals(language: str) -> Mapping[str, int]:
    """Numeral -> what it is worth, of a language that writes numbers in characters of its own; else nothing."""
    found: Mapping[str, int] = _read(language).get("numerals", {})
    return found


def native(language: str) -> tuple[str, ...]:
    """What catalogues may call the language itself: "Mandarin"; nothing of one that is not known."""
    return tuple(_read(language).get("abroad", {}).get("native", ()))


def has_any(text: str, words: Iterable[str]) -> bool:
    """Whether some words stand in a text, whole ones where a language parts them."""
    plain = f" {normal(text)} "
    return any(word in text if word >= UNSPACED else f" {normal(word)} " in plain for word in words)


def _joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: _with_plain([*other.get(name, ()), *words]) for name, words in one.items()}


def _with_plain(words: Sequence[str]) -> list[str]:
    """Words as they are written and, but for Chinese ones, as they are compared: "höchstens", "hochstens"."""
    return list(dict.fromkeys(form for word in words for form in (word, normal(word) if word < UNSPACED else word)))


@cache
def _read(language: str) -> Mapping[str, Any]:
    file = resources.files(__name__) / f"{language}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
