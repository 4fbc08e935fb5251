"""The sentences that people read, by language: `<language>/<room>.toml`, found by `room.key`."""

from __future__ import annotations

import random
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from importlib import resources

from wordfreq import zipf_frequency

LANGUAGES = ("en", "zh-CN", "es", "de", "fr", "pt")
NAMES = {
    "en": "English", "zh-CN": "简体中文", "es": "Español", "de": "Deutsch", "fr": "Français", "pt": "Português",
}  # fmt: skip
"""What each language calls itself."""
UNSPOKEN = "unspoken.toml"
"""Language -> a sentence in it that says which ones are spoken."""
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

    def nearest(self, language: str) -> str:
        """The language to answer in, of two letters as they are read."""
        return _spoken(language)

    def unspoken(self, text: str) -> str | None:
        """A sentence in the language of a text that the bot does not speak; None if that language is not known."""
        told = tomllib.loads((resources.files(__name__) / UNSPOKEN).read_text(encoding="utf-8"))
        return told.get(guessed(text, tuple(told)) or "")

    def is_one_of(self, key: str, text: str) -> bool:
        """Whether a text is nothing but one of the sentences of a key, in any language."""
        said = _bare(text)
        return any(said == _bare(way) for language in LANGUAGES for way in self.variants(key, language))

    def keys(self, language: str) -> frozenset[str]:
        """The keys of all sentences that a language has."""
        return frozenset(self._by_language[language])

    def variants(self, key: str, language: str) -> list[str]:
        """All ways to say it; at least one.

        Raises:
            KeyError: English does not have it either.
        """
        english = self._by_language["en"]
        own = self._by_language.get(language, english)
        sentence = own[key] if key in own else english[key]
        return [sentence] if isinstance(sentence, str) else sentence

    def say(self, key: str, language: str, chance: random.Random | None = None, /, **values: object) -> str:
        """One way to say it, with its values filled in; the first unless there is a `chance` to choose by."""
        variants = self.variants(key, language)
        return (chance.choice(variants) if chance else variants[0]).format(**values)


def _bare(text: str) -> str:
    """A sentence without what people leave out at its ends."""
    return text.casefold().strip(" .!?¿¡。！？,")


def language_of(text: str, locale: str | None) -> str:
    """The language to answer in: Chinese characters in the text decide, then the locale, then English."""
    if _CJK.search(text):
        return "zh-CN"
    if not text.strip() or not re.search(r"[^\W\d_]", text):
        return _spoken((locale or "").lower().partition("-")[0])
    return "en"


def _spoken(letters: str) -> str:
    """The language of two letters, if it is spoken; else English."""
    return next((known for known in LANGUAGES if known.partition("-")[0] == letters), LANGUAGES[0])


def guessed(text: str, languages: Sequence[str]) -> str | None:
    """Which of some languages a text is in, by its letters, or else by how frequent its words are (wordfreq)."""
    letters = [character for character in text if character.isalpha()]
    for language, script in _SCRIPTS.items():
        inside = sum(unicodedata.name(letter, "").startswith(script) for letter in letters)
        if language in languages and inside > len(letters) / 2:
            return language
    words = [word.lower().strip(".,;:!?¿¡\"'()") for word in text.split() if any(map(str.isalpha, word))][:MOST_WORDS]
    latin = [language for language in languages if language not in _SCRIPTS]
    known = {
        language: sum(zipf_frequency(word, _AS_LISTED.get(language, language)) for word in words) for language in latin
    }
    return max(known, key=lambda language: known[language], default=None) if any(known.values()) else None


MOST_WORDS = 20
_SCRIPTS = {
    "ja": ("HIRAGANA", "KATAKANA"), "ko": ("HANGUL",), "ru": ("CYRILLIC",), "ar": ("ARABIC",), "he": ("HEBREW",),
    "hi": ("DEVANAGARI",), "th": ("THAI",), "el": ("GREEK",),
}  # fmt: skip
"""How the Unicode names of a language's letters begin."""
_AS_LISTED = {"no": "nb"}
"""What wordfreq calls a language otherwise."""
