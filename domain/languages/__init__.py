"""What depends on a language in reading and writing about items of any kind: `<language>.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

SPELT = ("en", "es", "de", "fr", "pt")
"""Languages whose number words are read by text2num."""
_ENDING = ".toml"


@cache
def known() -> frozenset[str]:
    """The languages that there are files of."""
    return frozenset(file.name.removesuffix(_ENDING) for file in _folder().iterdir() if file.name.endswith(_ENDING))


@cache
def forms(language: str) -> Mapping[str, Mapping[str, Any]]:
    """How a language writes lists, titles, limits and wishes, by section; a language that is not known is English."""
    file = _folder() / f"{language if language in known() else 'en'}{_ENDING}"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def small_words(section: str) -> frozenset[str]:
    """The words of all languages that do the same in a message: ``less``, ``joints`` and so on."""
    return frozenset(word for language in known() for word in forms(language)["words"][section])


def _folder() -> Traversable:
    return resources.files(__name__)
