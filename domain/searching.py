"""What is looked for in an item, and what a word is: the same where items are indexed and where they are searched."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import Stemmer

from domain.catalog import POPULARITY, Catalog, Item

PREFIX = "query: "
"""What every text begins with before it is embedded: the encoder was made for it."""
LITTLE_KNOWN = (POPULARITY, "low")
"""What a description may ask for that is no value: "not the usual list", "a hidden gem"."""
DESCRIPTION_WORDS = 60
"""Of a longer description, so many words are embedded; all are searched by words."""
NAMES_FROM, MANY, MANY_FROM = 0.3, 100, 0.1
"""An attribute with so many values for each item that has it holds names, which say nothing of what an item is; so does
one with more values than the second, from the third on: brands."""

_IDENTIFIER, _JOINT = re.compile(r"(?:[A-Z][a-z]+){2,}|[^\W_]+(?:_[^\W_]+)+"), re.compile(r"_|(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|(?:(?![\u3400-\u9fff\uf900-\ufaff])[^\W_])+")
_STEMMER = Stemmer.Stemmer("english")


def embedded(item: Item, catalog: Catalog) -> tuple[str, ...]:
    """The texts of which an item's vector is the mean: what it is, and by what it is remembered."""
    shared = (name for name in item.attributes if name in catalog.values and name not in names(catalog))
    values = (", ".join(map(spoken, item.values(name))) for name in shared)
    description = " ".join((item.description or "").split()[:DESCRIPTION_WORDS])
    told = ". ".join(part for part in (item.title, *values, description) if part)
    return tuple(text for text in (told, item.remembered) if text)


def indexed(item: Item) -> str:
    """All the words by which an item is found; its title counts twice."""
    values = (spoken(value) for name in item.attributes for value in item.values(name))
    descriptions = (item.description or "", *item.descriptions.values(), item.remembered or "")
    return " ".join((item.title, item.title, *values, *descriptions, *item.other_names))


def spoken(value: str) -> str:
    """A value as one says it: ``DataScience`` and ``data_science`` are two words."""
    return " ".join(_JOINT.sub(" ", value).split()) if _IDENTIFIER.fullmatch(value) else value


PHRASES = 9
"""So many ways to say a value are embedded with it."""


def described_values(catalog: Catalog) -> dict[tuple[str, str], tuple[str, ...]]:
    """The values that say what items are, and are no names: (attribute, value) -> the texts of which it is the mean."""
    phrases: dict[tuple[str, str], list[str]] = {}
    for phrase, pairs in catalog.vocabulary.synonyms.items():
        if len(pairs) == 1:
            phrases.setdefault(pairs[0], []).append(phrase)
    attributes = dict.fromkeys((*catalog.vocabulary.ask, *catalog.vocabulary.telling))
    told = (name for name in attributes if name in catalog.values and name not in names(catalog))
    return {
        (name, value): (said := spoken(value).lower(), ", ".join((said, *phrases.get((name, value), [])[:PHRASES])))
        for name in told
        for value in sorted(catalog.values[name])
    }


@lru_cache(maxsize=8)
def names(catalog: Catalog) -> frozenset[str]:
    """The attributes whose values are names: nearly every item has values of its own."""
    told = {name: (len(values), sum(map(len, values.values()))) for name, values in catalog.values.items()}

    def is_of_names(distinct: int, uses: int) -> bool:
        return distinct > (MANY_FROM if distinct > MANY else NAMES_FROM) * uses

    return frozenset(name for name, counts in told.items() if is_of_names(*counts))


def words(text: str) -> Iterator[str]:
    """The words of a text as they are indexed: English stems, Chinese in pairs of characters."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("'", "").replace("’", "")
    for run in _WORD.findall(plain):
        if "\u3400" <= run[0] <= "\ufaff":
            yield from (run[at : at + 2] for at in range(len(run) - 1)) if len(run) > 1 else (run,)
        else:
            yield stem(run)


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The stem of an English word (Porter's second algorithm)."""
    return str(_STEMMER.stemWord(word))


def telling(text: str, asking: frozenset[str]) -> str:
    """A text without the words that only ask: what is left says what is looked for; empty if nothing is.

    Args:
        text: lower case or not, any language.
        asking: words that ask, in lower case; of Chinese, strings of characters.
    """
    plain = unicodedata.normalize("NFKC", text).lower().replace("'", "").replace("’", "")
    kept = []
    for run in _WORD.findall(plain):
        if "\u3400" <= run[0] <= "\ufaff":
            for word in sorted((a for a in asking if "\u3400" <= a[0] <= "\ufaff"), key=len, reverse=True):
                run = run.replace(word, " ")
            kept += run.split()
        elif run not in asking:
            kept.append(run)
    return " ".join(kept)
