"""How people say things, by language: the words that understanding looks for, as data."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib import resources

_NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Phrases:
    """One pattern a key of the .toml files, all languages in one; text has to be in lower case."""

    negative: re.Pattern[str] = _NOTHING
    litotes: re.Pattern[str] = _NOTHING
    positive: re.Pattern[str] = _NOTHING
    want: re.Pattern[str] = _NOTHING
    unwanted: re.Pattern[str] = _NOTHING
    seen: re.Pattern[str] = _NOTHING
    unseen: re.Pattern[str] = _NOTHING
    theirs: re.Pattern[str] = _NOTHING
    others: re.Pattern[str] = _NOTHING
    mood: re.Pattern[str] = _NOTHING
    surprise: re.Pattern[str] = _NOTHING
    by_plot: re.Pattern[str] = _NOTHING
    on_behalf: re.Pattern[str] = _NOTHING
    greet: re.Pattern[str] = _NOTHING
    leave: re.Pattern[str] = _NOTHING
    thanks: re.Pattern[str] = _NOTHING
    correct: re.Pattern[str] = _NOTHING
    retract: re.Pattern[str] = _NOTHING
    forget_all: re.Pattern[str] = _NOTHING
    ask_item: re.Pattern[str] = _NOTHING
    fit: re.Pattern[str] = _NOTHING
    compare: re.Pattern[str] = _NOTHING
    accept: re.Pattern[str] = _NOTHING
    choose: re.Pattern[str] = _NOTHING
    accept_anywhere: re.Pattern[str] = _NOTHING
    critique: re.Pattern[str] = _NOTHING
    critique_part: re.Pattern[str] = _NOTHING
    praise_part: re.Pattern[str] = _NOTHING
    reject: re.Pattern[str] = _NOTHING
    origin: re.Pattern[str] = _NOTHING
    refines: re.Pattern[str] = _NOTHING
    goes_on: re.Pattern[str] = _NOTHING
    request: re.Pattern[str] = _NOTHING
    about_bot: re.Pattern[str] = _NOTHING
    chat: re.Pattern[str] = _NOTHING
    kinds: re.Pattern[str] = _NOTHING
    earlier: re.Pattern[str] = _NOTHING
    obscure: re.Pattern[str] = _NOTHING
    famous: re.Pattern[str] = _NOTHING
    no_questions: re.Pattern[str] = _NOTHING
    insult: re.Pattern[str] = _NOTHING
    question: re.Pattern[str] = _NOTHING

    @classmethod
    def load(cls) -> Phrases:
        """Read the files beside this module."""
        files = resources.files(__name__)
        english = tomllib.loads((files / "en.toml").read_text(encoding="utf-8"))
        chinese = tomllib.loads((files / "zh-CN.toml").read_text(encoding="utf-8"))
        macros = english.pop("macros")
        patterns = {}
        for key in english.keys() | chinese.keys():
            words = "|".join(_expanded(line, macros) for line in english.get(key, "").split("\n") if line)
            characters = "".join(f"|{line}" for line in chinese.get(key, "").split("\n") if line)
            patterns[key] = re.compile(rf"(?<!\w)(?:{words})(?!\w){characters}" if words else characters[1:])
        return cls(**patterns)


def _expanded(line: str, macros: dict[str, str]) -> str:
    for name, pattern in macros.items():
        line = line.replace(f"<{name}>", pattern)
    return line


def made_of(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a text consists of matches of a pattern and of punctuation, and of at least one match."""
    rest, count = pattern.subn(" ", text)
    return count > 0 and not re.search(r"\w|@", rest)
