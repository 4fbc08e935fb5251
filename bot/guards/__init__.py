"""The few readings that must never depend on a model: cries for help, and what is said of one's own data.

What people say is data (`<language>.toml` beside this module, one expression a line); here is how it is looked for.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources

from bot.characters import simplified

HARMLESS = "harmless"
MOST = 2_000
"""Characters of a message that are looked at: Discord sends no more."""


class Trouble(StrEnum):
    """Who needs help, and with what."""

    FRIEND = "friend"
    VIOLENCE = "violence"
    SELF = "self"


class AboutData(StrEnum):
    """What a person says of what is held about them."""

    ERASE = "erase"
    FORGET_ME = "forget_me"
    SHOW = "show_data"


_ENGLISH, _CHINESE = "en", "zh-CN"
_OTHERS = ("es", "de", "fr", "pt")
_MACRO = re.compile(r"<(\w+)>")
_CHINESE_TEXT = re.compile(r"[\u3400-\u9fff]")
_JOINED = re.compile(r"['’`-]")
"""What joins words in "j'en peux" and "est-ce"."""
_NOT_WORDS = re.compile(r"[^\w\s]+")
_SPACE = re.compile(r"\s+")
_REPEATED = re.compile(r"\b(\w+(?: \w+){0,2})(?: \1\b){3,}")
"""Words said over and over: a few times is enough, and reading all of them takes long."""


@dataclass(frozen=True, slots=True)
class _Language:
    """The lists of one language, compiled: a list's name -> its expression."""

    lists: Mapping[str, re.Pattern[str]]
    variants: Mapping[int, str]

    @classmethod
    def load(cls, language: str) -> _Language:
        plain = tomllib.loads((resources.files(__name__) / f"{language}.toml").read_text(encoding="utf-8"))
        edge = "(?:{})" if language == _CHINESE else r"(?<!\w)(?:{})(?!\w)"

        def compiled(lines: str) -> re.Pattern[str]:
            words = "|".join(f"(?:{line})" for line in lines.split("\n") if line)
            while _MACRO.search(words):
                words = _MACRO.sub(lambda match: plain["macros"][match[1]], words)
            return re.compile(edge.format(words))

        variants = {ord(pair[0]): pair[1] for pair in plain.get("variants", "").split()}
        return cls({name: compiled(lines) for name, lines in plain["lists"].items()}, variants)


class Guards:
    """Reads messages for what must not be missed; made once."""

    def __init__(self) -> None:
        self._languages = {language: _Language.load(language) for language in (_ENGLISH, _CHINESE, *_OTHERS)}

    def trouble(self, text: str) -> Trouble | None:
        """Whether somebody may be in danger: the person, or somebody close to them."""
        for language, said in self._normal(text):
            lists = self._languages[language].lists
            said = lists[HARMLESS].sub("。" if language == _CHINESE else " . ", said)
            for trouble in Trouble:
                if lists[trouble].search(said):
                    return trouble
        return None

    def about_data(self, text: str) -> AboutData | None:
        """What a message that speaks of nothing else wants done with what is held about its person."""
        for language, said in self._normal(text):
            lists = self._languages[language].lists
            whole = said.strip(" .。")
            if lists[AboutData.SHOW].search(whole):
                return AboutData.SHOW
            for wish in (AboutData.ERASE, AboutData.FORGET_ME):
                if lists[wish].fullmatch(whole):
                    return wish
        return None

    def _normal(self, text: str) -> list[tuple[str, str]]:
        """A message in each language that it may be in, as its lists expect it."""
        text = unicodedata.normalize("NFKC", text[:MOST]).lower()
        if _CHINESE_TEXT.search(text):
            chinese = _NOT_WORDS.sub("。", simplified(text).translate(self._languages[_CHINESE].variants))
            found = [(_CHINESE, _SPACE.sub("。", chinese))]
        else:
            found = []
        plain = text.replace("’", "'").replace("od'd", "oded").replace("'", "").replace("`", "")
        english = _NOT_WORDS.sub(" . ", plain)
        letters = (c for c in unicodedata.normalize("NFD", text.replace("œ", "oe")) if not unicodedata.combining(c))
        others = _repeated_less(_NOT_WORDS.sub(" . ", _JOINED.sub(" ", "".join(letters))))
        return [*found, (_ENGLISH, _repeated_less(english)), *((language, others) for language in _OTHERS)]


def _repeated_less(words: str) -> str:
    return _REPEATED.sub(r"\1 \1 \1", _SPACE.sub(" ", words).strip())
