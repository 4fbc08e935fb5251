"""A catalogue -> briefs and the replies that carry them out: what the dialogue model learns from.

The replies come from a grammar of our own (`grammar/en.toml`), over facts of real items, so that every reason in them
is true of its brief; nothing that a person wrote is among them.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from domain.catalog import Catalog, Item
from domain.phrasing import Phrasing
from domain.preference import Constraint
from domain.prompt import Brief, BriefItem, brief_item

_RULE = re.compile(r"<(\w+)>")
_CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Example:
    """One brief and one reply that carries it out."""

    brief: Brief
    reply: str


class Grammar:
    """Alternatives a rule; says one of the things that a rule can say."""

    def __init__(self, rules: Mapping[str, Sequence[str]]) -> None:
        self._rules = rules

    @classmethod
    def load(cls) -> Grammar:
        """Read the grammar beside this module."""
        return cls(tomllib.loads((Path(__file__).parent / "grammar" / "en.toml").read_text(encoding="utf-8")))

    def __contains__(self, rule: str) -> bool:
        return rule in self._rules

    def say(self, rule: str, chance: random.Random, slots: Mapping[str, str]) -> str:
        """One expansion of a rule.

        Raises:
            KeyError: a rule or a slot does not exist.
        """
        text = chance.choice(self._rules[rule])
        while match := _RULE.search(text):
            name = match.group(1)
            said = slots[name] if name in slots else chance.choice(self._rules[name])
            text = text[: match.start()] + said + text[match.end() :]
        while match := _CHOICE.search(text):
            text = text[: match.start()] + chance.choice(match.group(1).split("|")) + text[match.end() :]
        return _SLOT.sub(lambda m: slots[m.group(1)], text)


def examples(catalog: Catalog, count: int, seed: int = 0) -> list[Example]:
    """Draw examples; the same for the same catalogue and seed."""
    chance = random.Random(seed)  # noqa: S311
    writer = _Writer(catalog, Grammar.load(), chance)
    return [writer.example() for _ in range(count)]


class _Writer:
    """Draws briefs as the bot would make them, and says them by the grammar."""

    def __init__(self, catalog: Catalog, grammar: Grammar, chance: random.Random) -> None:
        self._grammar = grammar
        self._chance = chance
        self._catalog = catalog
        self._phrasing = Phrasing(catalog.vocabulary)
        self._topic = catalog.vocabulary.ask[0]
        self._items = [item for item in catalog if item.values(self._topic)]
        self._weights = [item.popularity + 1 for item in self._items]
        self._values = list(catalog.values[self._topic])
        self._unknown = sorted(set(catalog.vocabulary.untold) - set(catalog.values))

    def example(self) -> Example:
        kind = self._chance.random()
        if kind < 0.72:
            return self._recommend()
        return self._ask() if kind < 0.84 else self._answer()

    def _recommend(self) -> Example:
        chance = self._chance
        count = chance.choices((1, 2, 3), (1, 2, 7))[0]
        picks = chance.choices(self._items, self._weights, k=count)
        wishes = self._wishes(picks) if chance.random() < 0.5 else ()
        liked = chance.choices(self._items, self._weights, k=chance.choice((0, 1, 1, 1, 2, 3)))
        out = self._phrasing.superlatives(picks)
        items = tuple(self._brief_item(pick, liked, wishes, one) for pick, one in zip(picks, out, strict=True))
        brief = Brief("recommend", self._phrasing.noun(), items, self._unmet(picks), chance.random() < 0.2)
        return Example(brief, " ".join(self._recommendation(brief)))

    def _recommendation(self, brief: Brief) -> list[str]:
        chance = self._chance
        items, shared = brief.items, self._shared(brief)
        sentences = [self._opening(brief, shared)]
        if shared:
            sentences.append(self._say(f"opening_{shared}", **self._slots(items[0])))
        left = [_without(item, shared) for item in items]  # the reasons that the items still need
        for n, item in enumerate(left, start=1):
            listed = shared and _case(item) == "plain"
            sentences.append(self._listed(n, item, last=n == len(items)) if listed else self._pick(n, item))
        if chance.random() < 0.15:
            sentences.append(self._say("closing" if len(items) > 1 else "closing_one"))
        return [sentence for sentence in sentences if sentence]

    def _opening(self, brief: Brief, shared: str) -> str:
        """What is said before the items and their reasons; empty if nothing is."""
        if brief.unmet:
            return self._say("unmet", unmet=self._asked(brief.unmet))
        if brief.again:
            return self._say("opening_again")
        if shared or self._chance.random() > 0.25:
            return ""
        knows = any(item.because or item.meets for item in brief.items)
        return self._say("opening_knowing" if knows and self._chance.random() < 0.25 else "opening")

    def _shared(self, brief: Brief) -> str:
        """The reasons that all of the items share, which one sentence gives instead of one for each item."""
        cases = {_case(item) for item in brief.items}
        if len(brief.items) < 2:
            return ""
        if cases == {"popular"}:
            return "popular" if self._chance.random() < 0.5 else ""
        liked = len({item.because for item in brief.items}) == 1 and brief.items[0].because
        asked = len({item.meets for item in brief.items}) == 1 and brief.items[0].meets and not brief.unmet
        return "both" if liked and asked else "because" if liked else "meets" if asked else ""

    def _listed(self, n: int, item: BriefItem, *, last: bool) -> str:
        """An item without its reason, which was given before."""
        rule = "list_first" if n == 1 else "list_last" if last else "list_next"
        return self._standing_out(item, self._say(rule, n=str(n), **self._slots(item)))

    def _pick(self, n: int, item: BriefItem) -> str:
        """An item with its reason."""
        case = _case(item)
        akin = len(item.shared) >= min(2, len(item.values))  # to be a drama both says little
        if item.shared and not item.meets and self._chance.random() < (0.6 if akin else 0.1):
            case = "kin"
        said = self._say(f"recommend_{case}" if n == 1 else f"next_{case}", n=str(n), **self._slots(item))
        return self._standing_out(item, said)

    def _standing_out(self, item: BriefItem, said: str) -> str:
        """A sentence that ends with what the item is, now and then with what it is beside the others."""
        ends = any(said.endswith(f"{end}.") for end in (*item.numbers, *item.values, self._phrasing.noun()))
        if item.stands_out and ends and self._chance.random() < 0.1:
            return said[:-1] + self._say("stands_out", out=item.stands_out)
        return said

    def _slots(self, item: BriefItem) -> dict[str, str]:
        """What a rule may say of an item."""
        alike = self._a_kind((item.shared or item.values)[:2], [])
        numbers = [f"is from {number}" if number.isdigit() else f"runs {number}" for number in item.numbers]
        asked = self._asked(item.meets)
        return {
            "kind": self._kind(item),
            "alike": alike,
            "alike_bare": alike.partition(" ")[2],
            "rest": self._chance.choice(["", *(f", and it {part}" for part in numbers)]),
            "b": str(item.because),
            "asked": asked,
            "asked_cap": _sentence(asked),
        }

    def _asked(self, wishes: Sequence[str]) -> str:
        """Wishes as things to ask for: "a mystery thriller and something under 100 minutes"."""
        known = {self._phrasing.value(self._topic, value) for value in self._values}
        kinds = [wish for wish in wishes if wish in known]
        asked = (
            [_a(self._phrasing.thing(kinds) or f"{self._phrasing.listed(kinds)} {self._phrasing.noun()}")]
            if kinds
            else []
        )
        return self._phrasing.listed([*asked, *(f"something {_behind(w)}" for w in wishes if w not in known)])

    def _kind(self, item: BriefItem) -> str:
        noun = self._a_kind(item.values, [number for number in item.numbers if number.isdigit()])
        of = [self._chance.choice(_of(number)) for number in item.numbers]
        return self._chance.choice([noun, *(f"{noun} {part}" for part in of if part[-4:] not in noun)])

    def _a_kind(self, values: Sequence[str], years: Sequence[str]) -> str:
        """Values as one kind of thing: "a crime film", "a 1999 comedy drama", "a mix of war, crime and drama"."""
        if len(values) > 2 and self._phrasing.thing(values[:2]) and self._chance.random() < 0.4:
            values = values[:2]
        listed = self._phrasing.listed(values)
        forms = [self._phrasing.thing(values) or f"{listed} {self._phrasing.noun()}"]
        forms += [f"{year} {forms[0]}" for year in years]
        if len(values) > 2:
            forms.append(f"mix of {listed}")
        return _a(self._chance.choice(forms))

    def _ask(self) -> Example:
        count = min(self._chance.choice((2, 3, 4)), len(self._values))
        values = self._chance.sample(self._values, count)
        options = tuple(self._phrasing.value(self._topic, value) for value in values)
        topic = self._phrasing.word(self._topic).rstrip("s")
        brief = Brief("ask", self._phrasing.noun(), topic=topic, options=options)
        said = self._say("ask", topic=topic, options=self._phrasing.listed(options, "or"))
        return Example(brief, said + self._grammar.say("ask_more", self._chance, {"noun": brief.noun}))

    def _answer(self) -> Example:
        item = self._chance.choices(self._items, self._weights)[0]
        told = self._brief_item(item, (), (), "")
        topic = self._chance.choice([*self._catalog.vocabulary.measures, self._topic, *self._unknown])
        value = self._phrasing.fact(item, topic)
        name = self._phrasing.word(topic)
        brief = Brief("answer", self._phrasing.noun(), (told,), topic=name, value=value)
        slots = {"topic": name, "kind": self._kind(told), "noun": brief.noun}
        if not value:
            return Example(brief, self._say("answer_unknown", **slots))
        rule = f"answer_{topic}" if f"answer_{topic}" in self._grammar else "answer_known"
        return Example(brief, self._say(rule, value=value, a_value=_a(value), **slots))

    def _say(self, rule: str, **slots: str) -> str:
        return _sentence(self._grammar.say(rule, self._chance, slots))

    def _unmet(self, picks: Sequence[Item]) -> tuple[str, ...]:
        """Now and then, wishes that none of the items satisfies."""
        if self._chance.random() > 0.12:
            return ()
        absent = sorted(set(self._values) - {value for pick in picks for value in pick.values(self._topic)})
        value = Constraint(self._topic, self._chance.choice(absent or self._values))
        others = [item for item in self._chance.choices(self._items, k=3) if item not in picks]
        wishes = [self._phrasing.wish(value), *self._ranges(others, at_most=1)]
        return tuple(self._chance.sample(wishes, min(len(wishes), self._chance.choice((1, 1, 2)))))

    def _wishes(self, picks: Sequence[Item]) -> tuple[str, ...]:
        """Wishes that all of the items satisfy."""
        shared = sorted(set.intersection(*(set(pick.values(self._topic)) for pick in picks)))
        values = self._chance.sample(shared, min(len(shared), self._chance.choice((1, 1, 2))))
        return (*(self._phrasing.value(self._topic, v) for v in values), *self._ranges(picks, at_most=1))

    def _ranges(self, picks: Sequence[Item], at_most: int) -> list[str]:
        wishes = []
        for name in self._catalog.vocabulary.measures:
            numbers = [pick.number(name) for pick in picks]
            known = [number for number in numbers if number is not None]
            if not known or len(known) < len(numbers) or self._chance.random() < 0.6:
                continue
            step = 10.0 if name == "year" else 5.0
            low, high = min(known) // step * step, (max(known) // step + 1) * step
            limits = [("<", high), ("<=", high), *([(">=", low), (">", low - step)] if low > step else [])]
            sign, limit = self._chance.choice(limits)
            wishes.append(self._phrasing.wish(Constraint(name, f"{sign}{limit:g}")))
        return wishes[:at_most]

    def _brief_item(self, item: Item, liked: Sequence[Item], wishes: tuple[str, ...], stands_out: str) -> BriefItem:
        because = None
        if liked and self._chance.random() < 0.9:
            n = self._chance.randrange(len(liked))
            because = (n + 1, liked[n])
        return brief_item(item, self._phrasing, self._catalog, because, wishes, stands_out)


def _a(thing: str) -> str:
    return f"{'an' if thing[0] in 'aeiou' else 'a'} {thing}"


def _of(number: str) -> tuple[str, ...]:
    """A year or an amount behind a noun."""
    return (f"from {number}",) if number.isdigit() else (f"of {number}", f"running {number}")


def _behind(wish: str) -> str:
    """A wish behind "something": "under 100 minutes", "from the 1990s", "with no horror"."""
    joint = "from " if wish.startswith("the ") else "with " if wish.startswith("no ") else ""
    return joint + wish


def _case(item: BriefItem) -> str:
    """Which rules speak for an item."""
    if item.because is not None:
        return "both" if item.meets else "because"
    return "meets" if item.meets else "popular" if item.popular else "plain"


def _without(item: BriefItem, told: str) -> BriefItem:
    """An item without the reasons that were told of all of them."""
    if told in ("because", "both"):
        item = replace(item, because=None, shared=())
    if told in ("meets", "both"):
        item = replace(item, meets=())
    return replace(item, popular=False) if told else item


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
