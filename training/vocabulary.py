"""The words of a domain: what its things are called, and which words ask for which of its values.

The words themselves stand in words/*.toml; only those that the data at hand can answer are taken over.
"""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from domain.catalog import POPULARITY, Measure, Vocabulary, is_attribute
from domain.words import commonness
from training import knowledge

LANGUAGES = ("en", "zh", "es", "de", "fr", "pt")
FILMS_OF_A_NAME = 2
"""So many films make a maker known by the surname alone, …"""
UNUSUAL = 4.2
"""… if it is no more common a word than this; in the unit of `domain.words.commonness`."""
MOST_VALUES = 60
"""An attribute with more values than this is nothing to ask a person for."""


def vocabulary(items: Mapping[str, Mapping[str, str]], noun: tuple[str, str], kind: str = "generic") -> Vocabulary:
    """The vocabulary of some items.

    Args:
        items: item_id -> column -> text, several values separated by ``|``.
        noun: what one item is called: singular, plural.
        kind: which file of words/ knows more about them.
    """
    generic, words = _read("generic"), _read(kind)
    values, numbers = attributes(items)
    surely = place_words(values) | known_words(values) if kind == "films" else {}
    perhaps = surnames(values.get("director", Counter())) if kind == "films" else {}  # "guerra" is a war, too
    known = {**generic["measures"], **words.get("measures", {})}
    said = measure_words()
    measures = {
        name: _measure({**known.get(name, {}), **said.get(name, {})}, found)
        for name, found in numbers.items()
        if len(set(found)) > 1
    }
    return Vocabulary(
        noun=noun,
        nouns=tuple(dict.fromkeys((*noun, *words["nouns"]))),
        synonyms=perhaps | _synonyms(words.get("synonyms", {}), values) | surely,
        measures=measures,
        ask=tuple(name for name in words.get("ask", ()) if name in values) or worth_asking(values, len(items)),
        common_nouns=tuple(words.get("common_nouns", ())),
        heads=tuple(words.get("heads", ())),
        modifiers=tuple(words.get("modifiers", ())),
        untold=tuple(words.get("untold", ())),
        fame=Measure(low=tuple(said[POPULARITY]["low"]), high=(*said[POPULARITY]["high"], *words.get("famous", ()))),
        quiet=tuple(words.get("quiet", ())),
        company=_company(words.get("company", {}), numbers),
        series=words.get("series", ""),
        telling=tuple(words.get("telling", ())),
        single=tuple(words.get("single", ())),
        comforting=tuple(words.get("comforting", ())),
        levels=_tuples(words.get("levels", {})),
        bearable=_tuples(words.get("bearable", {})),
        tells=_tuples(words.get("tells", {})),
        confirms=_tuples(words.get("confirms", {})),
        contrasts=_tuples(words.get("contrasts", {})),
        asking=tuple(dict.fromkeys((*generic["asking"].split(), *words.get("asking", "").split()))),
        translations=_translations(words.get("translations", {}), values if kind == "films" else {}),
    )


def _translations(
    told: Mapping[str, Mapping[str, str]], values: Mapping[str, Counter[str]]
) -> dict[str, dict[str, str]]:
    """Language -> word -> that word in it; a theme or mood of films is called by the first of its words."""
    found = {language: dict(words) for language, words in told.items()}
    for attribute, name in (("theme", "themes"), ("mood", "moods")):
        for value, entry in knowledge.vocabulary(name).items():
            for language, words in found.items():
                said = entry.get(language.partition("-")[0])
                if said and language != "en" and value in values.get(attribute, ()):
                    words.setdefault(value, said[0])
    for _, named, entry in _places(values):
        for language, words in found.items():
            if len(named) == 1 or named[-1].endswith(named[0]):  # "West Germany" is called as Germany is
                words.setdefault(named[0], entry[language.partition("-")[0]][0])
    for language, value, word in _told_by_value() if values else ():
        found[language].setdefault(value, word)
    for name, called in _people(values):
        found["zh-CN"].setdefault(name, next((word for word in called if not word.isascii()), name))
    return found


def _people(values: Mapping[str, Counter[str]]) -> Iterator[tuple[str, Sequence[str]]]:
    """Those who made films that are here or play in them, and what they are called in Chinese: words/people.toml."""
    for name, called in _read("people").items():
        if any(name in values.get(attribute, ()) for attribute in MAKERS):
            yield name, called


def _told_by_value() -> Iterator[tuple[str, str, str]]:
    """Language, value of films and what it is called there: words/values.toml."""
    told = _read("values")
    for values in (table for table in told.values() if isinstance(table, dict)):
        for value, called in values.items():
            yield from (
                (language, value, word) for language, word in zip(told["languages"], called, strict=True) if word
            )


MAKERS = ("director", "cast")
"""Columns that name people, those who made something first."""
GERMAN_ENDINGS = ("", "e", "er", "es", "en", "em")


def _places(values: Mapping[str, Counter[str]]) -> Iterator[tuple[str, tuple[str, ...], Mapping[str, Sequence[str]]]]:
    """Attribute, values of it that films have, and the words by language that ask for them: words/places.toml."""
    for attribute, entries in _read("places").items():
        for listed, entry in entries.items():
            named = tuple(value for value in listed.split(", ") if value in values.get(attribute, ()))
            if named:
                yield attribute, named, entry


def place_words(values: Mapping[str, Counter[str]]) -> dict[str, tuple[tuple[str, str], ...]]:
    """The words by which people ask for films of a country or in a language, in all languages; the country first."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for attribute, named, entry in _places(values):
        for language in LANGUAGES:
            for word in entry[language]:
                bends = language == "de" and word.islower()
                for form in (word + ending for ending in (GERMAN_ENDINGS if bends else ("",))):
                    found.setdefault(form.lower(), tuple((attribute, value) for value in named))
    return found


def _tuples(words: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, dict[str, tuple[str, ...]]]:
    return {name: {language: tuple(said) for language, said in by.items()} for name, by in words.items()}


def measure_words() -> dict[str, dict[str, list[str]]]:
    """Number -> ``low`` and ``high`` -> the words by which people ask for little and much of it, in all languages."""
    found: dict[str, dict[str, list[str]]] = {}
    for language in LANGUAGES:
        for name, words in _read(f"measures/{language}").items():
            for side in ("low", "high"):
                found.setdefault(name, {}).setdefault(side, []).extend(words.get(side, ()))
    return found


def known_words(values: Mapping[str, Counter[str]]) -> dict[str, tuple[tuple[str, str], ...]]:
    """The words by which people ask for themes, moods and makers of films, in all languages, where films have them.

    Of makers, what Chinese calls them: words/people.toml.
    """
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for attribute, name in (("theme", "themes"), ("mood", "moods")):
        for value, entry in knowledge.vocabulary(name).items():
            for word in (word for language in LANGUAGES for word in entry.get(language, ())):
                if value in values.get(attribute, ()):
                    found[word.lower()] = (*found.get(word.lower(), ()), (attribute, value))
    for maker, called in _people(values):
        pairs = tuple((attribute, maker) for attribute in MAKERS if maker in values.get(attribute, ()))
        for word in called:
            found[word] = (*found.get(word, ()), *pairs)
    return found


def surnames(makers: Counter[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """The surnames that name one maker: of several of a name, who made most; none that is an ordinary word."""
    most: dict[str, str] = {}
    for maker, films in makers.most_common():
        family = maker.split()[-1].lower()
        if films >= FILMS_OF_A_NAME and " " in maker and commonness(family) < UNUSUAL:
            most.setdefault(family, maker)
    return {family: (("director", maker),) for family, maker in most.items()}


def _read(kind: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "words" / f"{kind}.toml").read_text(encoding="utf-8"))


def attributes(items: Mapping[str, Mapping[str, str]]) -> tuple[dict[str, Counter[str]], dict[str, list[float]]]:
    """Multi-valued attributes as value -> items that have it, and numeric ones (the year too) as their numbers."""
    columns: dict[str, list[str]] = {}
    for row in items.values():
        for column, text in row.items():
            if text and (column == "year" or is_attribute(column)):
                columns.setdefault(column, []).append(text)
    values, numbers = {}, {}
    for column, texts in columns.items():
        if all(map(_is_number, texts)):
            numbers[column] = [float(text) for text in texts]
        else:
            values[column] = Counter(value.strip() for text in texts for value in text.split("|"))
    return values, numbers


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def worth_asking(values: Mapping[str, Counter[str]], items: int) -> tuple[str, ...]:
    """Up to three attributes with few enough values to ask for, those first that split the items best (entropy)."""

    def bits(counts: Counter[str]) -> float:
        shares = [count / items for count in counts.values() if count < items]
        return sum(-p * math.log2(p) - (1 - p) * math.log2(1 - p) for p in shares) / max(len(shares), 1)

    telling = {name: bits(counts) for name, counts in values.items() if 2 <= len(counts) <= MOST_VALUES}
    return tuple(sorted(telling, key=lambda name: -telling[name])[:3])


def _measure(words: Mapping[str, Any], found: Sequence[float]) -> Measure:
    """A measure's words; where it has no limits, the lowest and the highest fifth of the data are its low and high."""
    ordered = sorted(found)
    return Measure(
        units=words.get("units", {}),
        low=tuple(words.get("low", ())),
        high=tuple(words.get("high", ())),
        low_limit=words.get("low_limit", ordered[len(ordered) // 5]),
        high_limit=words.get("high_limit", ordered[-1 - len(ordered) // 5]),
    )


def _company(words: Mapping[str, str], numbers: Container[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Who may watch along -> the limits for them, of numbers that the items have: "sex <=0, violence <=1"."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for told, said in words.items():
        limits = tuple((name, limit) for name, _, limit in (one.partition(" ") for one in told.split(", ")) if limit)
        kept = tuple((name, limit) for name, limit in limits if name in numbers)
        found |= {word.strip(): kept for word in said.split(",") if kept or not limits}
    return found


def _synonyms(words: Mapping[str, str], values: Mapping[str, Counter[str]]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Word -> the (attribute, value) pairs that the items have; people's tags count as keywords."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for asked, said in words.items():
        named = [(attribute, value) for attribute, _, value in (pair.partition("=") for pair in asked.split(", "))]
        named += [("tags", value) for attribute, value in named if attribute == "keywords"]
        pairs = tuple((attribute, value) for attribute, value in named if value in values.get(attribute, ()))
        for word in (word.strip() for word in said.split(",")) if pairs else ():
            found[word] = tuple(dict.fromkeys((*found.get(word, ()), *pairs)))
    return found
