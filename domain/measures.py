"""How people speak of the numbers of a catalogue: "short", "less violent", "under $20", "how long"."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.amount import AGE_OF_SOMEBODY, MINUTES, MONEY, RATING, YEAR, Amount
from domain.catalog import POPULARITY, Catalog, Item, Measure
from domain.frame import Topic
from domain.languages import small_words
from domain.linking import normal
from domain.preference import AGE, Constraint
from domain.searching import stem
from domain.words import JOINTS, PRONOUNS

LESS = small_words("less")
"""Words before a measure's word that turn it round: "less violent"."""
RELATIVE = small_words("relative")
"""Words by which a measure is compared with what was shown."""


@dataclass(frozen=True, slots=True)
class Direction:
    """Much or little of a number.

    Attributes:
        attribute: which.
        high: much of it.
        relative: more, or less, than something.
    """

    attribute: str
    high: bool
    relative: bool = False


class Measures:
    """Reads them by the words of one catalogue; made once a catalogue, then used by any thread."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._measures: Mapping[str, Measure] = catalog.vocabulary.measures
        self._words: dict[str, Direction] = {}
        for name, measure in (*self._measures.items(), (POPULARITY, catalog.vocabulary.fame)):
            for words, high in ((measure.low, False), (measure.high, True)):
                for word in words:
                    for form, relative in forms(normal(word)):
                        self._words.setdefault(form, Direction(name, high, relative))
        self._nouns = {normal(word) for word in catalog.vocabulary.nouns}
        self._longest = max((form.count(" ") + 1 for form in self._words), default=0)
        self._ranges = {name: self._observed(name) for name in self._measures}

    def _observed(self, name: str) -> tuple[float, float]:
        numbers = sorted(number for item in self._catalog if (number := item.number(name)) is not None)
        cut = len(numbers) // RARELY
        return (numbers[cut], numbers[-1 - cut]) if numbers else (0.0, 0.0)

    def direction(self, words: str, language: str) -> Direction | None:
        """The number that words ask much or little of: "not too long" asks much, which is then not wanted."""
        plain = normal(words) if language != "zh" else normal(words).replace(" ", "")
        parts = plain.split() if language != "zh" else [plain]
        for size in range(min(len(parts), self._longest), 0, -1):
            for at in range(len(parts) - size + 1):
                found = self._words.get(" ".join(parts[at : at + size]))
                if found and not (language == "en" and self._is_of_something(parts[at + size :])):
                    beside = {*parts[:at], *parts[at + size :]}
                    high = found.high != bool(beside & LESS)
                    return Direction(found.attribute, high, found.relative or bool(beside & RELATIVE))
        if language == "zh":
            return self._within(plain)
        return None

    def _is_of_something(self, behind: Sequence[str]) -> bool:
        """Whether words behind an adjective say what it is of: two old friends are no old film."""
        return bool(behind) and behind[0] not in self._nouns and behind[0] not in (PRONOUNS | JOINTS | FILLING)

    def _within(self, plain: str) -> Direction | None:
        """The same of a language without spaces."""
        inside = [word for word in self._words if word[0] >= "\u2e80" and word.replace(" ", "") in plain]
        if not inside:
            return None
        found = self._words[max(inside, key=len)]
        turned = any(word in plain for word in LESS if word >= "\u2e80")
        return Direction(found.attribute, found.high != turned, any(w in plain for w in RELATIVE if w >= "\u2e80"))

    def attribute(self, told: Amount, *, child: bool = False) -> tuple[str | None, Amount]:
        """The numeric attribute that an amount is of, and the amount in its unit; None if there is none such."""
        if told.unit == YEAR:
            return "year", told
        if told.unit == AGE_OF_SOMEBODY or (child and not told.unit and told.high < GROWN_UP):
            return (AGE if AGE in self._measures else None), told
        if told.unit == MINUTES:
            for name, measure in self._measures.items():
                if minute := next((measure.units[w] for w in ("minutes", "minute", "min") if w in measure.units), None):
                    return name, Amount(told.low * minute, told.high * minute)
            hours = next((n for n, m in self._measures.items() if "hours" in m.units or "hour" in normal(n)), None)
            return hours, Amount(told.low / 60, told.high / 60)
        if told.unit == MONEY:
            return next((n for n in self._measures if normal(n) in PRICES), None), told
        if told.unit == RATING:
            rating = next((n for n in self._measures if normal(n) in RATINGS), None)
            best = self._ranges[rating][1] if rating else 1.0
            return rating, Amount(told.low * best, told.high * best)
        return self._by_words(told), told

    def _by_words(self, told: Amount) -> str | None:
        """By the words beside a number, or else by the range that the catalogue's numbers lie in."""
        for word in told.words:
            for name, measure in self._measures.items():
                if stem(word) in {stem(normal(w)) for w in (name, *measure.units)}:
                    return name
        fitting = [n for n, (low, high) in self._ranges.items() if n != AGE and low <= told.low and told.high <= high]
        graded = [n for n in fitting if self._ranges[n][1] > GRADES]
        return graded[0] if graded and not told.words else None

    def limit(self, found: Direction, shown: Sequence[Item], unwanted: bool = False) -> Constraint | None:
        """The limit that much or little of a number means; beyond what was shown, where something is.

        Args:
            found: the side that is wanted.
            shown: what it is compared with.
            unwanted: the words were said of what is not wanted: "not too long" allows more than "short".
        """
        if found.attribute == POPULARITY:
            known = self._catalog.popular_from
            return Constraint.limit(POPULARITY, ">=", known) if found.high else (
                Constraint.limit(POPULARITY, "<", known if unwanted else max(known // FEWER, 1))
            )  # fmt: skip
        numbers = [number for item in shown if (number := item.number(found.attribute)) is not None]
        if numbers and found.attribute in self._catalog.vocabulary.levels:
            return self._level(found, statistics.median_low(numbers))
        measure = self._measures.get(found.attribute)
        if numbers:
            return self._beyond(found, numbers, measure)
        if measure is None or measure.low_limit is None or measure.high_limit is None:
            return None
        if unwanted:  # what is far on the other side
            edge, sign = (measure.low_limit, ">") if found.high else (measure.high_limit, "<")
            if found.attribute == "year" and found.high:  # "nothing old" is nothing from before the middle
                edge = float(round((measure.low_limit + measure.high_limit) / 2))
        else:
            edge, sign = (measure.high_limit, ">=") if found.high else (measure.low_limit, "<=")
        return Constraint.limit(found.attribute, sign, edge)

    def _beyond(self, found: Direction, numbers: Sequence[float], measure: Measure | None) -> Constraint:
        """The limit that goes beyond numbers; of several, no further than what is much or little by itself.

        What is newer than old things is recent: of 1951 it would not do.
        """
        low = measure.low_limit if measure and measure.low_limit is not None else -math.inf
        high = measure.high_limit if measure and measure.high_limit is not None else math.inf
        edge = max(numbers) if found.high else min(numbers)
        if found.attribute == "year" and found.high:
            edge = statistics.median_high(numbers)
            old = edge < high < math.inf
            return Constraint.limit("year", ">=", high) if old else Constraint.limit("year", ">", edge)
        too_far = edge > high if found.high else edge < low
        if len(numbers) > 1 and too_far:
            return Constraint.limit(found.attribute, ">=" if found.high else "<=", high if found.high else low)
        return Constraint.limit(found.attribute, ">" if found.high else "<", edge)

    def _level(self, found: Direction, known: float) -> Constraint:
        """The limit of a graded number that goes beyond one, as far as there are grades: nothing is less than 0."""
        low, high = self._ranges[found.attribute]
        edge = min(known, high - 1) if found.high else max(known, low + 1)
        return Constraint.limit(found.attribute, ">" if found.high else "<", edge)

    def of_topic(self, topic: Topic) -> tuple[str, ...]:
        """All attributes that tell of a topic, the one that tells most first."""
        known = {*self._catalog.values, *self._measures, "description"}
        return tuple(name for name in dict.fromkeys((*NAMES.get(topic, ()), topic.value)) if name in known)

    def asked(self, topic: Topic, words: str) -> str | None:
        """The attribute that a question is about: by its topic, or by a word that is an attribute's name."""
        known = {*self._catalog.values, *self._measures, "description"}
        found, said = self.of_topic(topic), set(map(stem, normal(words).split()))
        if found and topic not in LOOSE:
            return found[0]
        named = next((name for name in sorted(known) if set(map(stem, normal(name).split())) & said), None)
        return named or next(iter(found), None)


FILLING = frozenset("enough please pls plz thing things stuff kind sort too though either not no than at all".split())
"""Words behind an adjective that it is not of."""
LOOSE = frozenset({Topic.PLOT, Topic.KIND, Topic.PROPERTY})
"""Topics of which the words of a question may name another column: "what brand is it?"."""
GROWN_UP = 18
FEWER = 3
"""So many times less popular than a popular item is one that is less known: what is just short of it is well known."""
RARELY = 50
"""One number in so many at either end of an attribute is left out of the range that is usual for it."""
GRADES = 5
"""An attribute whose numbers go no further is graded: a bare number is none of its."""
PRICES = frozenset({"price", "cost", "fee", "preis", "precio", "prix"})
RATINGS = frozenset({"rating", "score", "stars", "grade"})
SERIES = ("place", "franchise", "series", "sequel")
"""Columns that tell of an item's series."""
PART = "part"
"""The column that tells which part of its series an item is."""
NAMES: Mapping[Topic, Sequence[str]] = {
    Topic.MAKER: ("director", "author", "artist", "brand", "maker", "teacher", "instructor", "developer", "designer",
                  "publisher", "university", "provider", "manufacturer", "composer", "studio"),
    Topic.CAST: ("cast", "actors", "performers", "band", "characters"),
    Topic.PLOT: ("description",),
    Topic.KIND: ("genres", "genre", "category", "categories", "topic", "type", "kind"),
    Topic.YEAR: ("year",),
    Topic.LENGTH: ("length", "duration", "pages", "hours", "weeks", "playtime"),
    Topic.PLACE: ("country", "setting", "origin"),
    Topic.LANGUAGE: ("language",),
    Topic.AGE: ("age",),
    Topic.SERIES: SERIES,
    Topic.BASIS: ("based_on", "basis"),
    Topic.FORM: ("form", "format", "medium"),
    Topic.PRICE: ("price", "cost", "fee"),
    Topic.RATING: ("rating", "score", "stars"),
    Topic.POPULARITY: (POPULARITY,),
}  # fmt: skip
"""Columns that tell what a topic asks, as owners call them."""
PEOPLE = frozenset({*NAMES[Topic.MAKER], *NAMES[Topic.CAST]})
"""Columns that name who made something or is in it."""


def forms(word: str) -> Iterator[tuple[str, bool]]:
    """(form, whether it compares) of an English adjective and its comparative and superlative, or of any word."""
    yield word, False
    if " " in word or not word.isascii():
        return
    stemmed = word.removesuffix("e")
    if word.endswith("y"):
        stemmed = word[:-1] + "i"
    for ending in ("er", "est"):
        yield stemmed + ending, True
        if len(word) > 2 and word[-1] not in "aeiouyw" and word[-2] in "aeiou" and word[-3] not in "aeiou":
            yield word + word[-1] + ending, True
