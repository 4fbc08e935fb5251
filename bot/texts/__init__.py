"""The sentences that people read, by language: `<language>/<room>.toml`, found by `room.key`."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping
from importlib import resources

LANGUAGES = ("en", "zh-CN")
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


class Texts:
    """Every sentence in every language; a key that is missing in one is said in English."""

    def __init__(self, by_language: Mapping[str, Mapping[str, str | list[str]]]) -> None:
        self._by_language = by_language

    @classmethod
    def load(cls) -> Texts:
        """Read the files beside this module."""
        by_language: dict[str, dict[str, str | list[str]]] = {}
        for language in LANGUAGES:
            folder = resources.files(__name__) / language
            by_language[language] = {
                f"{file.name.removesuffix('.toml')}.{key}": sentence
                for file in folder.iterdir()
                if file.name.endswith(".toml")
                for key, sentence in tomllib.loads(file.read_text(encoding="utf-8")).items()
            }
        return cls(by_language)

    def keys(self, language: str) -> frozenset[str]:
        """The keys of all sentences that a language has."""
        return frozenset(self._by_language[language])

    def variants(self, key: str, language: str) -> list[str]:
        """All ways to say it; at least one.

        Raises:
            KeyError: English does not have it either.
        """
        english = self._by_language["en"]
        sentence = self._by_language.get(language, english).get(key) or english[key]
        return [sentence] if isinstance(sentence, str) else sentence

    def say(self, key: str, language: str, chance: random.Random | None = None, /, **values: object) -> str:
        """One way to say it, with its values filled in; the first unless there is a `chance` to choose by."""
        variants = self.variants(key, language)
        return (chance.choice(variants) if chance else variants[0]).format(**values)


def language_of(text: str, locale: str | None) -> str:
    """The language to answer in: Chinese characters in the text decide, then the locale, then English."""
    if _CJK.search(text):
        return "zh-CN"
    if not text.strip() or not re.search(r"[^\W\d_]", text):
        return "zh-CN" if (locale or "").lower().startswith("zh") else "en"
    return "en"
