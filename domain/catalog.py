"""The recommendable things of one domain, in the order of the model's columns."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

Attribute = float | tuple[str, ...]
"""A number, or one or more values."""

POPULARITY = "popularity"
FEELING = "mood"
"""The attribute whose values say how something feels, in adjectives."""
RESERVED = (
    "item_id", "title", "titles", "year", "description", "descriptions", "pitch", "pitches", "remembered",
    "other_names", "image", POPULARITY, "raters", "standing",
)  # fmt: skip
"""Keys of an item in catalog.json, and columns of items.csv, that are not attributes."""
TRANSLATED: Mapping[str, str] = {"title": "titles", "description": "descriptions", "pitch": "pitches"}
"""Columns of items.csv that others tell in another language, ``description:zh-CN``, and the keys that hold these."""


def is_attribute(column: str) -> bool:
    """Whether a column of items.csv holds an attribute's values."""
    return column not in RESERVED and column.partition(":")[0] not in TRANSLATED


def in_other_languages(row: Mapping[str, str], column: str) -> dict[str, str]:
    """Language -> what a row of items.csv tells in it, by its columns ``description:zh-CN`` and their like."""
    return {name.partition(":")[2]: text for name, text in row.items() if text and name.startswith(f"{column}:")}


def brief(text: str, most: int) -> str:
    """The first whole sentences of a text, in so many characters at most; of a longer one, the words that fit."""
    if len(text) <= most:
        return text
    ends = [end for match in _END.finditer(text, 0, most + 1) if (end := match.end()) <= most]
    return text[: ends[-1]] if ends else text[: most - 1].rpartition(" ")[0].rstrip(" ,;:-–") + "…"


BRIEF = 200
"""So many characters tell what something is about."""
_MARKS = ".:;-– "
_END = re.compile(r"[.!?](?=\s)|[。！？]")


class CatalogError(ValueError):
    """A catalogue file is not one; the message is a sentence for its owner."""


@dataclass(frozen=True, slots=True)
class Item:
    """One recommendable thing.

    Attributes:
        item_id: the identifier in the data the catalogue was built from.
        title: as people say it, without the year.
        year: of publication, where known.
        description: what it is about, where known, in English or the owner's language.
        other_names: further titles that people use for it.
        popularity: how many people of the training data had something to do with it, and what the source adds.
        titles: language -> what it is called there, where that is another title.
        attributes: name -> number, or name -> values, e.g. ``{"genres": ("Crime",), "length": 170.0}``.
        descriptions: language -> the same in that language.
        pitch: a sentence on why one would want it, in English or the owner's language.
        pitches: language -> the same in that language.
        image: the https address of its picture.
        remembered: by which people remember it: searched, and never shown, since it gives endings away.
        standing: how well known and well thought of it is beside the others, about -3 to 3, where the source tells;
            by it things are ranked for people of whom little is known.
        raters: how many people of the training data had something to do with it.
    """

    item_id: str
    title: str
    year: int | None = None
    description: str | None = None
    other_names: tuple[str, ...] = ()
    popularity: int = 0
    attributes: Mapping[str, Attribute] = field(default_factory=lambda: MappingProxyType({}))
    descriptions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    pitch: str | None = None
    pitches: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    remembered: str | None = None
    image: str | None = None
    titles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    standing: float = 0.0
    raters: int = 0

    @property
    def name(self) -> str:
        """Title and year as one reads them: ``Heat (1995)``."""
        return self.title if self.year is None else f"{self.title} ({self.year})"

    def title_in(self, language: str) -> str:
        """What it is called in a language, or else its title."""
        return self.titles.get(language) or self.title

    def about(self, language: str, most: int = BRIEF) -> str | None:
        """The beginning of the description in a language, or else of the one that there is; None if it tells nothing.

        Args:
            language: preferred.
            most: characters at most.
        """
        told = " ".join((self.descriptions.get(language) or self.description or "").split())
        rest = told[len(self.title) :].lstrip()
        if told.casefold().startswith(self.title.casefold()) and rest[:1] in _MARKS:
            told = rest.lstrip(_MARKS)  # shops begin with the title once more
        return brief(told, most) or None

    def pitch_in(self, language: str) -> str | None:
        """The pitch in a language, if there is one: an opinion is not told in another than the rest."""
        return self.pitches.get(language) or (self.pitch if language == "en" else None)

    def values(self, attribute: str) -> tuple[str, ...]:
        """The values of a multi-valued attribute; empty if it has none."""
        value = self.attributes.get(attribute, ())
        return value if isinstance(value, tuple) else ()

    def number(self, attribute: str) -> float | None:
        """A numeric attribute, the year or the popularity; None if unknown."""
        if attribute == "year":
            return None if self.year is None else float(self.year)
        if attribute == POPULARITY:
            return float(self.popularity)
        value = self.attributes.get(attribute)
        return value if isinstance(value, float) else None

    def to_json(self) -> dict[str, Any]:
        """The item as it stands in catalog.json."""
        plain: dict[str, Any] = {"item_id": self.item_id, "title": self.title, "year": self.year}
        if self.titles:
            plain["titles"] = dict(self.titles)
        if self.description:
            plain["description"] = self.description
        if self.descriptions:
            plain["descriptions"] = dict(self.descriptions)
        if self.pitch:
            plain["pitch"] = self.pitch
        if self.pitches:
            plain["pitches"] = dict(self.pitches)
        if self.remembered:
            plain["remembered"] = self.remembered
        if self.image:
            plain["image"] = self.image
        if self.other_names:
            plain["other_names"] = list(self.other_names)
        plain["popularity"] = self.popularity
        if self.raters:
            plain["raters"] = self.raters
        if self.standing:
            plain["standing"] = self.standing
        for name, value in self.attributes.items():
            plain[name] = list(value) if isinstance(value, tuple) else value
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Item:
        """The inverse of `to_json`."""
        attributes: dict[str, Attribute] = {}
        for name, value in plain.items():
            if name not in RESERVED and value is not None:
                attributes[name] = tuple(map(str, value)) if isinstance(value, list) else float(value)
        return cls(
            item_id=str(plain["item_id"]),
            title=str(plain["title"]),
            titles=MappingProxyType(dict(plain.get("titles") or {})),
            year=plain.get("year"),
            description=plain.get("description"),
            descriptions=MappingProxyType(dict(plain.get("descriptions") or {})),
            pitch=plain.get("pitch"),
            pitches=MappingProxyType(dict(plain.get("pitches") or {})),
            remembered=plain.get("remembered"),
            image=plain.get("image"),
            other_names=tuple(plain.get("other_names", ())),
            popularity=int(plain.get("popularity", 0)),
            standing=float(plain.get("standing", 0.0)),
            raters=int(plain.get("raters", 0)),
            attributes=MappingProxyType(attributes),
        )


@dataclass(frozen=True, slots=True)
class Measure:
    """How people speak of a numeric attribute.

    Attributes:
        units: word -> factor, e.g. ``{"minutes": 1, "hours": 60}``; empty for a year.
        low: words that ask for little of it ("short", "old").
        high: words that ask for much of it ("long", "new").
        low_limit: what "low" means: at most this.
        high_limit: what "high" means: at least this.
    """

    units: Mapping[str, float] = field(default_factory=dict)
    low: tuple[str, ...] = ()
    high: tuple[str, ...] = ()
    low_limit: float | None = None
    high_limit: float | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one domain: what its things are called, and which words mean which attribute values.

    Attributes:
        noun: what one item is called, e.g. ``("film", "films")``: singular, plural.
        nouns: every word that people use for such a thing.
        synonyms: word or phrase -> ``(attribute, value)`` pairs that it asks for, any one of which will do.
        measures: numeric attribute -> how people speak of it.
        ask: attributes worth a question, the most telling first.
        heads: values that name a thing by themselves: "a comedy".
        modifiers: values that go before such a one: "a crime comedy".
        common_nouns: attributes whose values are ordinary words ("crime"), written small within a sentence.
        untold: words for what the catalogue tells nobody's part in: "songs".
        fame: words that ask for what few, and what many know.
        asking: words that ask for something and say nothing of what it is, in all languages.
        company: who may watch along -> (attribute, limit) pairs that are sound for them: "parents" -> ("sex", "<=0").
        series: the attribute that tells what series an item is a part of; empty if none does.
        telling: attributes of which it tells something that two items share a value; all of them if it is empty.
        quiet: attributes whose values are words of a message only where `synonyms` say so.
        single: attributes of which one value rules out every other: what is in colour is not black and white.
        comforting: how things feel that are good for somebody who is low.
        levels: numeric attribute -> language -> what 0, 1, 2, … of it mean.
        bearable: numeric attribute -> language -> what is said of who can bear at most 0, 1, 2, … of it.
        tells: attribute -> language -> sentences that tell it: "{value} directed {name}."
        confirms: attribute -> language -> sentences that say that an item has a value: "Yes, {name} is by {value}."
        contrasts: number and ``<`` or ``>`` -> language -> sentences that say that of some items one has the least or
            the most of it: "{title} is the short one, at {value}."
        translations: language -> word (noun, attribute, value, unit) -> that word in it.
    """

    noun: tuple[str, str] = ("item", "items")
    nouns: tuple[str, ...] = ("item", "items", "thing", "things")
    synonyms: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)
    ask: tuple[str, ...] = ()
    common_nouns: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    modifiers: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    fame: Measure = field(default_factory=Measure)
    asking: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()
    company: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    series: str = ""
    telling: tuple[str, ...] = ()
    single: tuple[str, ...] = ()
    comforting: tuple[str, ...] = ()
    levels: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    bearable: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    tells: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    confirms: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    contrasts: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The vocabulary as it stands in catalog.json."""
        return {
            "noun": list(self.noun),
            "nouns": list(self.nouns),
            "synonyms": _listed(self.synonyms),
            "measures": {
                name: {
                    "units": dict(m.units),
                    "low": list(m.low),
                    "high": list(m.high),
                    "low_limit": m.low_limit,
                    "high_limit": m.high_limit,
                }
                for name, m in self.measures.items()
            },
            "ask": list(self.ask),
            "common_nouns": list(self.common_nouns),
            "heads": list(self.heads),
            "modifiers": list(self.modifiers),
            "untold": list(self.untold),
            "fame": {"low": list(self.fame.low), "high": list(self.fame.high)},
            "asking": list(self.asking),
            "quiet": list(self.quiet),
            "company": _listed(self.company),
            "series": self.series,
            "telling": list(self.telling),
            "single": list(self.single),
            "comforting": list(self.comforting),
            **{name: _plain(getattr(self, name)) for name in _BY_LANGUAGE},
            "translations": {language: dict(words) for language, words in self.translations.items()},
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Vocabulary:
        """The inverse of `to_json`; missing keys take their defaults."""
        default = cls()
        singular, plural = plain.get("noun", default.noun)
        return cls(
            noun=(singular, plural),
            nouns=tuple(plain.get("nouns", default.nouns)),
            synonyms=_pairs(plain.get("synonyms", {})),
            measures={
                name: Measure(
                    units=dict(m.get("units", {})),
                    low=tuple(m.get("low", ())),
                    high=tuple(m.get("high", ())),
                    low_limit=m.get("low_limit"),
                    high_limit=m.get("high_limit"),
                )
                for name, m in plain.get("measures", {}).items()
            },
            ask=tuple(plain.get("ask", ())),
            common_nouns=tuple(plain.get("common_nouns", ())),
            heads=tuple(plain.get("heads", ())),
            modifiers=tuple(plain.get("modifiers", ())),
            untold=tuple(plain.get("untold", ())),
            fame=Measure(
                low=tuple(plain.get("fame", {}).get("low", ())), high=tuple(plain.get("fame", {}).get("high", ()))
            ),
            asking=tuple(plain.get("asking", ())),
            quiet=tuple(plain.get("quiet", ())),
            company=_pairs(plain.get("company", {})),
            series=str(plain.get("series", "")),
            telling=tuple(plain.get("telling", ())),
            single=tuple(plain.get("single", ())),
            comforting=tuple(plain.get("comforting", ())),
            **{name: _by_language(plain.get(name, {})) for name in _BY_LANGUAGE},
            translations={language: dict(words) for language, words in plain.get("translations", {}).items()},
        )


_BY_LANGUAGE = ("levels", "bearable", "tells", "confirms", "contrasts")
"""Fields of the vocabulary that hold several texts a name and language."""


def _plain(words: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, dict[str, list[str]]]:
    return {name: {language: list(said) for language, said in by.items()} for name, by in words.items()}


def _by_language(plain: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, dict[str, tuple[str, ...]]]:
    return {name: {language: tuple(said) for language, said in by.items()} for name, by in plain.items()}


def _listed(words: Mapping[str, Sequence[tuple[str, str]]]) -> dict[str, list[list[str]]]:
    return {word: [list(pair) for pair in pairs] for word, pairs in words.items()}


def _pairs(plain: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, tuple[tuple[str, str], ...]]:
    return {word: tuple((attribute, value) for attribute, value in pairs) for word, pairs in plain.items()}


class Catalog(Sequence[Item]):
    """Items in the order of the model's columns, found by position or by id."""

    def __init__(self, items: Sequence[Item], vocabulary: Vocabulary | None = None) -> None:
        self._items = tuple(items)
        self.vocabulary = vocabulary or Vocabulary()
        self._columns = {item.item_id: column for column, item in enumerate(self._items)}
        if len(self._columns) != len(self._items):
            raise CatalogError("the catalogue has an item_id twice: every item needs an id of its own")

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, column: Any) -> Any:
        return self._items[column]

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._columns

    def column(self, item_id: str) -> int | None:
        """The model's column of an item; None if the catalogue does not have it."""
        return self._columns.get(item_id)

    def get(self, item_id: str) -> Item | None:
        """The item of that id; None if the catalogue does not have it."""
        column = self._columns.get(item_id)
        return None if column is None else self._items[column]

    @cached_property
    def values(self) -> Mapping[str, Mapping[str, tuple[int, ...]]]:
        """Attribute -> value -> the columns of the items that have it."""
        found: dict[str, dict[str, list[int]]] = {}
        for column, item in enumerate(self._items):
            for attribute in item.attributes:
                for value in item.values(attribute):
                    found.setdefault(attribute, {}).setdefault(value, []).append(column)
        return {name: {value: tuple(at) for value, at in by.items()} for name, by in found.items()}

    @cached_property
    def popular_from(self) -> int:
        """The popularity of the least popular item of the most popular tenth, at least 1."""
        ordered = sorted((item.popularity for item in self._items), reverse=True)
        return max(ordered[max(len(ordered) // 10 - 1, 0)], 1) if ordered else 1

    def save(self, path: Path) -> None:
        """Write catalog.json: ``{"items": [...], "vocabulary": {...}}``."""
        plain = {"items": [item.to_json() for item in self._items], "vocabulary": self.vocabulary.to_json()}
        with path.open("w", encoding="utf-8") as file:
            json.dump(plain, file, ensure_ascii=False, indent=None, separators=(",", ":"))
            file.flush()
            os.fsync(file.fileno())

    @classmethod
    def load(cls, path: Path) -> Catalog:
        """Read catalog.json.

        Raises:
            CatalogError: the file is missing, is not JSON or lacks what an item needs.
        """
        try:
            plain = json.loads(path.read_text(encoding="utf-8"))
            items = [Item.from_json(item) for item in plain["items"]]
            return cls(items, Vocabulary.from_json(plain.get("vocabulary", {})))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise CatalogError(f"{path} is not a catalogue that can be read: {error}") from error
