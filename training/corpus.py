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
        self._unknown = sorted(set(catalog.vocabulary.questions.values()) - set(catalog.values))

    def example(self) -> Example:
        kind = self._chance.random()
        if kind < 0.72:
            return self._recommend()
        return self._ask() if kind < 0.84 else self._answer()

    def _recommend(self) -> Example:
        chance = self._chance
        count = chance.choices((1, 2, 3, 4), (1, 2, 6, 1))[0]
        picks = chance.choices(self._items, self._weights, k=count)
        wishes = self._wishes(picks) if chance.random() < 0.6 else ()
        likes = chance.choice((0, 1, 1, 2, 3))
        out = self._phrasing.superlatives(picks)
        items = tuple(self._brief_item(pick, likes, wishes, one) for pick, one in zip(picks, out, strict=True))
        brief = Brief("recommend", self._phrasing.noun(), items, self._unmet(picks), chance.random() < 0.2)
        return Example(brief, " ".join(self._recommendation(brief)))

    def _recommendation(self, brief: Brief) -> list[str]:
        chance = self._chance
        sentences, items = [], list(brief.items)
        if brief.unmet:
            unmet = self._phrasing.joined(brief.unmet)
            sentences.append(self._say("unmet", unmet=unmet, unmet_cap=_sentence(unmet)))
        elif brief.again:
            sentences.append(self._say("opening_again"))
        elif shared := self._said_once(brief):
            meets = self._phrasing.joined(shared)
            sentences.append(self._say("opening_meets", meets=meets, meets_cap=_sentence(meets)))
            items = [replace(item, meets=()) for item in items]
        elif chance.random() < 0.35:
            knows = any(item.because or item.meets for item in items)
            sentences.append(self._say("opening_knowing" if knows and chance.random() < 0.25 else "opening"))
        sentences += [self._pick(n, item) for n, item in enumerate(items, start=1)]
        if chance.random() < 0.2:
            sentences.append(self._say("closing"))
        return sentences

    def _said_once(self, brief: Brief) -> tuple[str, ...]:
        """The wishes that all of the items satisfy, where one sentence is to say so instead of one for each item."""
        wishes = {item.meets for item in brief.items}
        return wishes.pop() if len(wishes) == 1 and self._chance.random() < 0.75 else ()

    def _pick(self, n: int, item: BriefItem) -> str:
        case = _case(item)
        kind = self._kind(item)
        said = self._say(
            f"recommend_{case}" if n == 1 else "next",
            n=str(n),
            b=str(item.because),
            meets=self._phrasing.joined(item.meets),
            plain=f"<recommend_{case}>",
            tail=f"<tail_{case}>",
            **kind,
        )
        if item.stands_out and said.endswith(f"{kind['kind']}.") and self._chance.random() < 0.7:
            said = said[:-1] + self._say("stands_out", out=item.stands_out)
        return said

    def _kind(self, item: BriefItem) -> dict[str, str]:
        of = [f"from {number}" if number.isdigit() else f"(of|at|running) {number}" for number in item.numbers]
        noun = self._a_kind(item.values, [number for number in item.numbers if number.isdigit()])
        kind = self._chance.choice([noun, *(f"{noun} {part}" for part in of if part[-4:] not in noun)])
        return {"kind": kind, "kind_cap": _sentence(kind)}

    def _a_kind(self, values: Sequence[str], years: Sequence[str]) -> str:
        """Values as one kind of thing: "a crime film", "a 1999 comedy film", "a mix of war and drama"."""
        noun, listed = self._phrasing.noun(), self._phrasing.listed
        thing = self._phrasing.thing(values[:2])
        if thing:
            more = f" with (some|a touch of) {values[2]}" if len(values) > 2 else ""
            forms = [f"{thing}{more}", *(f"{year} {thing}{more}" for year in years)]
            form = self._chance.choice(forms)
            return f"{'an' if form[0] in 'aeiou' else 'a'} {form}"
        forms = [f"{listed(values)} {noun}"]
        if len(values) >= 2:
            forms += [f"{values[0]} {noun} with (some|a touch of) {listed(values[1:])}", f"mix of {listed(values)}"]
        forms += [f"{year} {listed(values)} {noun}" for year in years]
        form = self._chance.choice(forms)
        return f"{'an' if form[0] in 'aeiou' else 'a'} {form}"

    def _ask(self) -> Example:
        count = min(self._chance.choice((2, 3, 4)), len(self._values))
        values = self._chance.sample(self._values, count)
        options = tuple(self._phrasing.value(self._topic, value) for value in values)
        topic = self._phrasing.word(self._topic).rstrip("s")
        brief = Brief("ask", self._phrasing.noun(), topic=topic, options=options)
        return Example(brief, self._say("ask", topic=topic, options=self._phrasing.joined(options)))

    def _answer(self) -> Example:
        item = self._chance.choices(self._items, self._weights)[0]
        told = self._brief_item(item, 0, (), "")
        topic = self._chance.choice([*self._catalog.vocabulary.measures, self._topic, *self._unknown])
        value = self._phrasing.fact(item, topic)
        name = self._phrasing.word(topic)
        brief = Brief("answer", self._phrasing.noun(), (told,), topic=name, value=value)
        rule = "answer_known" if value else "answer_unknown"
        return Example(brief, self._say(rule, topic=name, value=value or "", **self._kind(told)))

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
            sign, limit = self._chance.choice([(">=", low), ("<", high), ("<=", high), (">", low - step)])
            wishes.append(self._phrasing.wish(Constraint(name, f"{sign}{limit:g}")))
        return wishes[:at_most]

    def _brief_item(self, item: Item, likes: int, wishes: tuple[str, ...], stands_out: str) -> BriefItem:
        because = self._chance.randint(1, likes) if likes and self._chance.random() < 0.85 else None
        return brief_item(item, self._phrasing, self._catalog, because, wishes, stands_out)


def _case(item: BriefItem) -> str:
    """Which rules speak for an item."""
    if item.because is not None:
        return "both" if item.meets else "because"
    return "meets" if item.meets else "popular" if item.popular else "plain"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
