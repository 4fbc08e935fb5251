"""How facts and wishes are written: the same in the dialogue model's training, in its prompt, and in templates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from domain.catalog import FEELING, POPULARITY, Item, Vocabulary
from domain.languages import forms, known
from domain.preference import AGE, Constraint
from domain.words import JOINTS

DECADE = 10
LABELLED = 2
"""So many attributes are told of what has no kind."""
AT_LENGTH = 500
"""So many characters of a description are told to who asks for it."""
CLEARLY = 0.25
"""An item stands out by a number if it is such a share of all their spread away from the next."""


class Phrasing:
    """Writes one domain's facts in one language; a language that is not known is English."""

    def __init__(self, vocabulary: Vocabulary, language: str = "en") -> None:
        self._vocabulary = vocabulary
        self._language = language if language in known() else "en"
        self._forms = forms(self._language)
        self._translations = vocabulary.translations.get(language, {})

    def word(self, word: str) -> str:
        """A noun, unit or attribute's name in the language: ``release_date`` is "release date"."""
        return self._translations.get(word, word.replace("_", " "))

    def singular(self, attribute: str) -> str:
        """The name of an attribute as one says it of a single value: the genre, of ``genres``."""
        return self._translations.get(attribute) or self.word(attribute).rstrip("s")

    def noun(self, *, plural: bool = False) -> str:
        """What an item, or several, are called."""
        return self.word(self._vocabulary.noun[1 if plural else 0])

    def listed(self, words: Sequence[str], last: str = "and") -> str:
        """An enumeration: "a, b and c"; `last` is "and" or "or"."""
        if len(words) < 2:
            return "".join(words)
        marks = self._forms["lists"]
        before = marks.get("before", {}).get(last, {})
        joint = next((said for letters, said in before.items() if words[-1].lower().startswith(letters)), marks[last])
        return f"{marks['comma'].join(words[:-1])}{joint}{words[-1]}"

    def alternatives(self, names: Sequence[str]) -> str:
        """Names in quotation marks: “a”, “b” or “c”."""
        mark = self._forms["lists"]["quoted"]
        marked = self._forms["titles"]["title"][0]
        return self.listed([name if name.startswith(marked) else mark.format(name) for name in names], "or")

    def title(self, item: Item) -> str:
        """What an item is called in a sentence of the language, in its marks: „Der Pate“."""
        return str(self._forms["titles"]["title"].format(item.title_in(self._language)))

    def name(self, item: Item) -> str:
        """The same with the year: „Der Pate“ (1972)."""
        return self._named(item, "title", "")

    def heading(self, item: Item) -> str:
        """The same at the head of a line: "Der Pate (1972)"."""
        return self._named(item, "heading", "")

    def full_name(self, item: Item) -> str:
        """The same where it is shown for the first time: "Der Pate (The Godfather, 1972)"."""
        return self._named(item, "heading", self.original(item))

    def original(self, item: Item) -> str:
        """The title of the catalogue, where the language has another; else nothing."""
        return "" if item.title_in(self._language) == item.title else item.title

    def _named(self, item: Item, kind: str, original: str) -> str:
        forms = self._forms["titles"]
        title = str(forms[kind].format(item.title_in(self._language)))
        behind = "_".join(filter(None, ("dated" if item.year else "", "known_as" if original else "")))
        return str(forms[behind].format(title=title, original=original, year=item.year)) if behind else title

    def again(self, sentence: str, name: str) -> str:
        """A sentence with a name that was just told as "it", in languages that have one such word for any thing."""
        again = self._forms["titles"].get("again")
        if not again or f"{name}'s" in sentence or sentence.startswith(f"{name}:"):
            return sentence
        word = str(again)

        def it(found: re.Match[str]) -> str:
            begins = not found.start() or sentence[: found.start()].rstrip().endswith((".", "!", "?"))
            return word.capitalize() if begins else word

        return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", it, sentence)

    def yours(self, words: str) -> str:
        """What somebody said of themselves as it is said to them: "with my parents" -> "with your parents".

        What joins it to what stood behind is left out: "rainy sunday with".
        """
        turned: Mapping[str, str] = self._forms.get("yours", {})
        parts = words.split() if " " in words or words.isascii() else [words]
        while len(parts) > 1 and parts[-1].casefold() in JOINTS:
            parts.pop()
        said = " ".join(turned.get(part.casefold(), part) for part in parts)
        return said.replace("我", turned.get("我", "我"))

    def unmarked(self, sentence: str) -> str:
        """A sentence of the domain without the marks of titles, which the titles have: older catalogues tell both."""
        mark = self._forms["titles"]["title"]
        for slot in ("{name}", "{title}"):
            sentence = sentence.replace(mark.format(slot), slot)
        return sentence

    def joined(self, parts: Sequence[str]) -> str:
        """Parts one after another: "a, b, c"."""
        return str(self._forms["lists"]["comma"]).join(parts)

    def slots(self) -> dict[str, str]:
        """How the sentences of texts/ speak of a domain's things: their noun, having had one, counting them."""
        had = self.word("had")
        named = {"noun": self.noun(), "nouns": self.noun(plural=True), "piece": self.word("piece")}
        return named | {"had": had, "Had": had[:1].upper() + had[1:]}

    def value(self, attribute: str, value: str) -> str:
        """One value of an attribute; ordinary words are written small."""
        if said := self._translations.get(value) or self._by_pattern(value):
            return said
        return value.lower() if attribute in self._vocabulary.common_nouns else value

    def _by_pattern(self, value: str) -> str:
        """A value in the language by a translation of its form, "part {} of {}"; empty if there is none."""
        for pattern, said in self._patterns:
            if found := pattern.fullmatch(value):
                return said.format(*(self._translations.get(p) or self._by_pattern(p) or p for p in found.groups()))
        return ""

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        forms = [(form, said) for form, said in self._translations.items() if "{}" in form]
        return [(re.compile("(.+)".join(map(re.escape, form.split("{}")))), said) for form, said in forms]

    def values(self, item: Item, attribute: str, most: int = 3, wanted: Sequence[str] = ()) -> tuple[str, ...]:
        """The first few values of an item's attribute, those that are wanted before the others."""
        said = [self.value(attribute, value) for value in item.values(attribute)]
        return tuple(sorted(said, key=lambda value: value not in wanted)[:most])

    def amount(self, attribute: str, number: float) -> str:
        """A number with its unit: "106 minutes", "1995"."""
        measure = self._vocabulary.measures.get(attribute)
        unit = next((word for word, factor in measure.units.items() if factor == 1), "") if measure else ""
        said = f"{number:.12g}"
        return str(self._forms["limits"]["amount"].format(said, self.word(unit))) if unit else said

    def amounts(self, item: Item) -> tuple[str, ...]:
        """The numbers that are known of an item, but for its year."""
        told = (name for name, measure in self._vocabulary.measures.items() if measure.units)
        known = ((name, item.number(name)) for name in told)
        return tuple(self.amount(name, number) for name, number in known if number is not None)

    def fact(self, item: Item, attribute: str) -> str | None:
        """The value of an item's attribute in words; None if the catalogue does not know it."""
        if attribute == "description":
            return item.about(self._language, AT_LENGTH)
        number = item.number(attribute)
        words = self._levels(attribute)
        if number is not None:
            return words[int(number)] if 0 <= number < len(words) else self.amount(attribute, number)
        return self.listed(self.values(item, attribute, most=6)) or None

    def kind(self, item: Item, wanted: Sequence[str] = ()) -> str:
        """What kind of thing an item is, by the domain's main attribute: "crime and thriller"; empty if unknown."""
        return self.listed(self.values(item, self._vocabulary.ask[0], wanted=wanted)) if self._vocabulary.ask else ""

    def thing(self, words: Sequence[str]) -> str | None:
        """Values, as written, as one thing: "crime comedy"; None if they do not make one."""
        vocabulary = self._vocabulary
        heads, modifiers = (
            {self._translations.get(value) or value.lower() for value in values}
            for values in (vocabulary.heads, vocabulary.modifiers)
        )
        for head in words:
            others = [word for word in words if word != head]
            if head in heads and len(others) < 2 and all(word in modifiers and word != head for word in others):
                return " ".join([*others, head])
        return None

    def superlatives(self, items: Sequence[Item]) -> tuple[str, ...]:
        """What each of some items is beside the others: "shortest", "newest"; empty if it is nothing in particular."""
        said = [""] * len(items)
        for name, measure in self._vocabulary.measures.items():
            if not measure.units and name != "year":  # what is graded
                continue
            numbers = [number for item in items if (number := item.number(name)) is not None]
            if len(items) < 2 or len(numbers) < len(items):
                continue
            ordered = sorted(numbers)
            clear = CLEARLY * (ordered[-1] - ordered[0])
            ends = ((ordered[0], ordered[1], measure.low), (ordered[-1], ordered[-2], measure.high))
            for end, next_to_it, words in ends:
                at = numbers.index(end)
                if words and not said[at] and abs(end - next_to_it) > clear > 0:
                    said[at] = superlative(words[0])
        return tuple(said)

    def facts(self, item: Item) -> str:
        """What is known of an item in one line: "crime and thriller, 170 minutes"; empty if nothing is.

        Where a domain has no kinds, the values of other attributes are told: "brand Canon".
        """
        kinds = [self.kind(item)] if self._vocabulary.ask else self._labelled(item)
        parts = [part for part in (*kinds, *self.amounts(item)) if part]
        return str(self._forms["lists"]["clause"]).join(parts)

    def _labelled(self, item: Item) -> list[str]:
        names = [name for name in item.attributes if item.values(name)][:LABELLED]
        return [f"{self.word(name)} {self.listed(self.values(item, name))}" for name in names]

    def label(self, item: Item) -> str:
        """The same as it stands under a title: "Crime · thriller · 170 minutes"."""
        kinds = self.values(item, self._vocabulary.ask[0]) if self._vocabulary.ask else self._labelled(item)
        label = " · ".join((*kinds, *self.amounts(item)))
        return label[:1].upper() + label[1:]

    def wish(self, constraint: Constraint) -> str:
        """A constraint as one says it: "thriller", "no horror", "under 120 minutes", "before 1980"."""
        if not constraint.is_range:
            value = self.value(constraint.attribute, constraint.value)
            how = "not" if constraint.attribute == FEELING else "without"  # "not sad", "no horror"
            return value if constraint.include else self._wished(how, value)
        if not constraint.include:
            low, high = (number for _, number in constraint.limits)
            return self._years(int(low), int(high), "not_years")
        if constraint.attribute == POPULARITY:
            return self._wished("well_known" if constraint.value[0] == ">" else "little_known")
        if constraint.attribute == "year":
            return str(self._forms["years"][constraint.sign].format(f"{constraint.number:g}"))
        if constraint.attribute == AGE and constraint.sign == "<=":
            return self._wished("for_age", f"{constraint.number:g}")
        if levels := self._levels(constraint.attribute):
            return self._graded(constraint, levels)
        amount = self.amount(constraint.attribute, constraint.number)
        said = str(self._forms["limits"][constraint.sign].format(amount))
        measure = self._vocabulary.measures.get(constraint.attribute)
        return said if measure and measure.units else f"{self.word(constraint.attribute)} {said}"

    def _wished(self, kind: str, *said: str) -> str:
        return str(self._forms["wishes"][kind].format(*said))

    def _levels(self, attribute: str) -> Sequence[str]:
        """What 0, 1, 2, … of a graded number are called; empty where it has no such names."""
        levels = self._vocabulary.levels.get(attribute, {})
        return levels.get(self._language) or levels.get("en", ())

    def _graded(self, constraint: Constraint, levels: Sequence[str]) -> str:
        """A limit of a graded number: "not too scary"; "a little scary at most", where no words are told for it."""
        low, strict = constraint.sign[0] == ">", len(constraint.sign) == 1
        level = int(constraint.number) + (strict if low else -strict)
        bearable = self._vocabulary.bearable.get(constraint.attribute, {}).get(self._language, ())
        if not low and 0 <= level < len(bearable):
            return bearable[level]
        name = levels[min(max(level, 0), len(levels) - 1)]
        if (level <= 0 and not low) or constraint.attribute == AGE:
            return name
        return name if low else self._wished("at_most", name)

    def wish_list(self, constraints: Sequence[Constraint]) -> tuple[str, ...]:
        """Constraints as one says them, a span of years as one: "thriller", "the 1990s"."""
        said: list[str] = []
        constraints = [c for c in constraints if not any(_is_within(other, c) for other in constraints)]
        for constraint in constraints:
            both = [c for c in constraints if c.is_range and c.include and c.attribute == constraint.attribute]
            wish = (constraint in both and self._spanned(both)) or self.wish(constraint)
            said += [wish] if wish not in said else []
        return tuple(said)

    def _spanned(self, both: Sequence[Constraint]) -> str | None:
        """Two limits of a number as one: "the 1990s", "100 to 120 minutes"; None if they are not two such."""
        attribute = both[0].attribute
        if attribute == "year":
            span = _span(both)
            return self._years(*span) if span else None
        if [c.sign for c in both] != [">=", "<="] or self._levels(attribute):
            return None
        low, high = (c.number for c in both)
        return str(self._forms["limits"]["span"].format(f"{low:g}", self.amount(attribute, high)))

    def _years(self, low: int, below: int, section: str = "years") -> str:
        """A span of years, "the 1990s"; by ``not_years`` one that is not wanted, "nothing from the 1990s"."""
        decade = below - low == DECADE and low % DECADE == 0
        kind = "one" if below - low == 1 else "decade" if decade else "span"
        return str(self._forms[section][kind].format(low, below - 1))

    def wishes(self, constraints: Sequence[Constraint]) -> str:
        """Several constraints: "thriller, no horror, under 120 minutes"."""
        return self.joined(self.wish_list(constraints))


def _is_within(tight: Constraint, wide: Constraint) -> bool:
    """Whether one limit of a number leaves nothing of another to be said: under 90 minutes, under 120 minutes."""
    limits = tight.is_range and wide.is_range and tight.include and wide.include and tight.attribute == wide.attribute
    if not limits or tight == wide or tight.sign[0] != wide.sign[0]:
        return False
    return tight.number < wide.number if wide.sign[0] == "<" else tight.number > wide.number


def superlative(word: str) -> str:
    """The superlative of a short adjective: "oldest" of "old"."""
    if word.endswith("y"):
        return word[:-1] + "iest"
    return word + ("st" if word.endswith("e") else "est")


def _span(years: Sequence[Constraint]) -> tuple[int, int] | None:
    """First year and the one behind the last of ``>=1990`` and ``<2000``; None if the ranges are not two such."""
    low = [int(c.number) for c in years if c.sign == ">="]
    high = [int(c.number) + (c.sign == "<=") for c in years if c.sign[0] == "<"]
    return (low[0], high[0]) if len(years) == 2 and low and high else None
