"""Acts -> sentences by the templates of texts/: what is said when no model is asked, or none is good enough."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from bot.acts import CRITICISM, Act, Answer, Ask, Count, Recommend, Say, Words
from bot.presenting import NAMED, Presenter
from bot.texts import Texts
from bot.understood import Understood
from domain.catalog import POPULARITY, Catalog, Item
from domain.phrasing import Phrasing
from domain.preference import AGE

SUITS, MAY_SUIT = 0.95, 0.8
"""An item that is ahead of such a share of the catalogue for a person suits them, or may."""

KINDS = 24
"""So many kinds of things are told of at most, the most frequent ones."""

TOLD_FURTHER, MORE = ("theme", "mood", "director", "cast"), 4
"""Columns that tell more of what an item is about, and so many of their values."""
MUCH = 2
"""From such a level on there is much of something."""
PARTS = 5
"""Parts of a series that are named at most on either side; how many more there are is said."""
PAIR = 2
"""Of so many items that are compared, the number of the other is told too."""
TRIES = 8
"""So often is another way to say a thing looked for."""


def _is_of(value: str, own: str) -> bool:
    """Whether a value is another, or a part of its words: what is darkly funny is funny."""
    return f" {value.casefold()} " in f" {own.casefold()} "


class Wording:
    """Writes acts in one domain's words; made once a catalogue."""

    def __init__(self, catalog: Catalog, texts: Texts) -> None:
        self._catalog = catalog
        self._vocabulary = catalog.vocabulary
        self._popular_from = catalog.popular_from
        self._count = len(catalog)
        columns = {
            value: found for name in catalog.vocabulary.ask[:1] for value, found in catalog.values.get(name, {}).items()
        }
        self._kinds = sorted(sorted(columns, key=lambda value: -len(columns[value]))[:KINDS])
        self._texts = texts
        self._phrasings: dict[str, Phrasing] = {}
        self._presenters: dict[str, Presenter] = {}

    def write(self, act: Act, language: str, chance: random.Random, before: str = "") -> Words:
        """The words for an act.

        Args:
            act: what to say.
            language: of the reply.
            chance: chooses among the ways to say it.
            before: the replies before this one, whose turns of phrase are not used again if there are others.
        """
        match act:
            case Recommend():
                return self._presenter(language).present(act, chance, before)
            case Ask(beside=Recommend() as beside):
                return replace(self.write(beside, language, chance, before), close=self._ask(act, language, chance))
            case _:
                return Words(self._sentences(act, language, chance, before))

    def _sentences(self, act: Act, language: str, chance: random.Random, before: str) -> str:
        match act:
            case Ask():
                return self._ask(act, language, chance)
            case Answer():
                told = [self._answer(act, language, chance, before) for _ in range(TRIES)]
                return next((text for text in told if text not in before), told[0])
            case Count():
                wishes = self.phrasing(language).wishes(act.constraints)
                key = "count_of" if wishes else "count"
                return self._say(key, language, None, count=act.number, wishes=wishes)
            case Say():
                known = act.key != "kinds" or self._kinds  # of what has no kinds, none can be told
                key = f"{act.key}_item" if act.item else act.key if known else "introduction"
                name = self.phrasing(language).name(act.item) if act.item else ""
                kinds = self._named_kinds(language) if key == "kinds" else ""
                slots = {"name": name, "kinds": kinds, "count": self._count, "words": act.words}
                said = [self._say(key, language, chance, **slots) for _ in range(TRIES)]
                return next((text for text in said if text not in before), said[0])
            case Recommend():
                raise TypeError("a slate has more than sentences")

    def text(self, words: Words, names: Sequence[str], language: str) -> str:
        """A reply as plain text: what is said of each item stands behind its name, on a line of its own."""
        lines = (
            self._texts.say("slate.line", language, name=n, line=t) if t else n
            for n, t in zip(names, words.lines, strict=True)
        )
        return "\n".join(filter(None, (words.opening, *lines, words.close)))

    def _presenter(self, language: str) -> Presenter:
        if language not in self._presenters:
            phrasing = self.phrasing(language)
            self._presenters[language] = Presenter(self._catalog, self._texts, phrasing, language)
        return self._presenters[language]

    def phrasing(self, language: str) -> Phrasing:
        """How facts are written in a language."""
        return self._phrasings.setdefault(language, Phrasing(self._vocabulary, language))

    def _named_kinds(self, language: str) -> str:
        phrasing = self.phrasing(language)
        return phrasing.listed([phrasing.value(self._vocabulary.ask[0], value) for value in self._kinds])

    def _is_popular(self, item: Item) -> bool:
        return item.popularity >= self._popular_from

    def unknown(self, names: Sequence[str], language: str, *, people: bool = False) -> str:
        """That the catalogue does not have some titles, or tells nothing of some people."""
        chance = random.Random(" ".join(names))  # noqa: S311
        key = "conversation.unknown_people" if people else "slate.unknown"
        phrasing = self.phrasing(language)
        return self._texts.say(key, language, chance, titles=phrasing.alternatives(names[:NAMED]), **phrasing.slots())

    def none_fits(self, words: str, language: str) -> str:
        """That nothing fits what was searched, before the nearest."""
        return self._say("nearest", language, random.Random(words), words=words)  # noqa: S311

    def beyond(
        self, said: Understood, language: str, *, shows: bool, labels: Sequence[str] = (), before: str = ""
    ) -> str:
        """What the catalogue does not tell of all that was asked for; empty if it tells everything.

        Args:
            said: the message.
            language: of the reply.
            shows: whether something is shown that goes by the rest of it.
            labels: what was wanted and nothing here is known by.
            before: what was said a moment ago.
        """
        topics = self.phrasing(language).alternatives(tuple(dict.fromkeys((*said.shunned, *labels))))
        by_age = self._say("by_age", language, None)
        for_age = shows and by_age not in before and any(c.attribute == AGE and c.is_range for c in said.wishes)
        sentences = [
            *([self.unknown(said.nobody, language, people=True)] if said.nobody else []),
            *([self._say("shunned", language, None, topics=topics)] if topics and shows else []),
            *([by_age] if for_age else []),
        ]
        return self._texts.say("conversation.space", language).join(sentences)

    def _ask(self, act: Ask, language: str, chance: random.Random) -> str:
        nouns = self.phrasing(language).noun(plural=True)
        if act.attribute == CRITICISM:
            return self._say("ask_criticism", language, chance, nouns=nouns)
        if act.attribute is None:
            return self._say("greet" if act.greets else "ask_opening", language, chance, nouns=nouns)
        phrasing = self.phrasing(language)
        named = phrasing.listed([phrasing.value(act.attribute, value) for value in act.options], "or")
        capitalised = named[:1].upper() + named[1:]
        knows = act.beside and any(pick.because for pick in act.beside.picks)
        key = "ask_narrowing" if knows else "ask_beside" if act.beside else "ask_attribute"
        return self._say(key, language, chance, nouns=nouns, options=named, Options=capitalised)

    def _answer(self, act: Answer, language: str, chance: random.Random, before: str) -> str:
        """All answers of one; what is graded of an item is told at once, and its name only the first time."""
        answers = [replace(act, also=()), *act.also]
        answers = [one for at, one in enumerate(answers) if one not in answers[:at]]
        graded = [one for one in answers if self._is_graded(one) and one.item == act.item]
        told: list[str] = []
        for one in answers:
            if len(graded) > 1 and one in graded:
                said = [self._levels(graded, language)] if one is graded[0] else []
            else:
                said = [self._one_answer(one, language, chance, before, alone=len(answers) == 1, beside=bool(told))]
            again = bool(told) and one.item == act.item and not one.among
            told += [self._again(text, one.item, language) if again else text for text in said if text not in told]
        return self._texts.say("conversation.space", language).join(told)

    def _is_graded(self, act: Answer) -> bool:
        """Whether an answer is how much there is of something, and that is known."""
        plain = not (act.among or act.limits or act.against or act.quote) and act.attribute != AGE
        known = act.attribute in self._vocabulary.levels and act.item.number(act.attribute or "") is not None
        return plain and known

    def _levels(self, answers: Sequence[Answer], language: str) -> str:
        """How much there is of several things in one item, the most first."""
        phrasing, item = self.phrasing(language), answers[0].item
        attributes = sorted({one.attribute or "": None for one in answers}, key=lambda name: -(item.number(name) or 0))
        value = phrasing.listed([phrasing.fact(item, name) or "" for name in attributes], "levels")
        return self._say("fact_level", language, None, name=phrasing.name(item), value=value)

    def _again(self, text: str, item: Item, language: str) -> str:
        """A sentence on an item that was named a moment ago: "it", where the language has one word for any item."""
        phrasing = self.phrasing(language)
        for name in (phrasing.name(item), phrasing.title(item)):
            text = phrasing.again(text, name)
        return text

    def _one_answer(
        self, act: Answer, language: str, chance: random.Random, before: str, *, alone: bool, beside: bool = False
    ) -> str:
        phrasing = self.phrasing(language)
        name, facts = phrasing.name(act.item), phrasing.facts(act.item)
        if act.quote:
            return self._say("quoted", language, chance, name=name, quote=act.quote)
        if act.has:
            return self._say("has" if facts else "has_plain", language, chance, name=name, facts=facts)
        if act.limits:
            return self._within(act, language)
        if act.why:
            return self._why(act, language, chance)
        if act.against is not None:
            return self._against(act, act.against, language, chance)
        if act.series is not None:
            return self._series(act, act.series, language, chance)
        if act.value:
            return self._value(act, act.value, language)
        if act.among:
            each = self._each(act, act.attribute, language) if act.attribute else ""
            return each or self._chosen(act, language, chance)
        if act.unsure:
            return self._untold(act.item, language, chance, beside=beside)
        if act.suits is not None:
            return self._suits(act, act.suits, language, chance, before)
        if act.attribute is None:
            return self._say("about" if facts else "about_nothing", language, chance, name=name, facts=facts)
        return self._fact(act, act.attribute, language, chance, instead=facts if alone else "")

    def _why(self, act: Answer, language: str, chance: random.Random) -> str:
        """Why an item was shown."""
        phrasing = self.phrasing(language)
        popular = "why_popular" if self._is_popular(act.item) else "why_plain"
        key, because = ("why_because", phrasing.name(act.because)) if act.because else (popular, "")
        return self._say(key, language, chance, name=phrasing.name(act.item), because=because)

    def _untold(self, item: Item, language: str, chance: random.Random, *, beside: bool) -> str:
        """That what was asked of an item is not known, and what is; `beside` other answers no more than the former."""
        phrasing = self.phrasing(language)
        known = phrasing.facts(item) or (item.about(language) or "").rstrip(".。")
        key = "cannot_tell_beside" if beside else "cannot_tell" if known else "about_nothing"
        return self._say(key, language, chance, name=phrasing.name(item), facts=known)

    def _chosen(self, act: Answer, language: str, chance: random.Random) -> str:
        """Which of some items the person should take."""
        phrasing = self.phrasing(language)
        key, because = ("compare_because", phrasing.name(act.because)) if act.because else ("compare", "")
        unsure = [self._say("compare_unsure", language, None)] if act.unsure else []
        said = [*unsure, self._say(key, language, chance, name=phrasing.name(act.item), because=because)]
        return self._texts.say("conversation.space", language).join(said)

    def _series(self, act: Answer, parts: Sequence[Item], language: str, chance: random.Random) -> str:
        """Which part of its series an item is; or what comes before and behind it, of those that are here."""
        item, name = act.item, self.phrasing(language).name(act.item)
        if act.attribute and (part := item.number(act.attribute)) is not None:
            return self._say("series_part", language, chance, name=name, part=round(part))
        if len(parts) < 2:
            known = "series_only" if item.values(self._vocabulary.series) else "series_alone"
            return self._say(known if parts else "series_unknown", language, chance, name=name)
        at = parts.index(item)
        key = "series_first" if not at else "series_last" if at == len(parts) - 1 else "series_middle"
        earlier, later = self._few(parts[:at], language), self._few(parts[at + 1 :], language)
        return self._say(key, language, chance, name=name, earlier=earlier, later=later)

    def _against(self, act: Answer, against: Item, language: str, chance: random.Random) -> str:
        """How an item compares with another: in one number, in all that both are, or as the likest of some."""
        phrasing, attribute = self.phrasing(language), act.attribute
        name, other = phrasing.name(act.item), phrasing.name(against)
        if act.among:
            return self._say("likest", language, chance, name=name, other=other)
        if attribute is None:
            common = phrasing.listed([phrasing.value(*pair) for pair in act.shares])
            return self._say(
                "alike" if common else "alike_none", language, chance, name=name, other=other, shared=common
            )
        numbers = [item.number(attribute) for item in (act.item, against)]
        if None in numbers or attribute not in self._vocabulary.levels:
            return self._each(replace(act, among=(act.item, against)), attribute, language)
        own, others = (float(number or 0) for number in numbers)
        key = "more_so" if own > others else "less_so" if own < others else "as_much"
        value, than = phrasing.fact(act.item, attribute), phrasing.fact(against, attribute)
        return self._say(key, language, chance, name=name, other=other, value=value, than=than)

    def _few(self, items: Sequence[Item], language: str) -> str:
        """Some items by name, and how many more there are."""
        phrasing = self.phrasing(language)
        names = [phrasing.name(item) for item in items]
        if len(names) <= PARTS:
            return phrasing.listed(names)
        return self._say("series_more", language, None, names=phrasing.joined(names[:PARTS]), count=len(names) - PARTS)

    def _fact(self, act: Answer, attribute: str, language: str, chance: random.Random, *, instead: str) -> str:
        """What the catalogue tells of one attribute of an item; `instead` are other facts, told where it is nothing."""
        phrasing = self.phrasing(language)
        name, label, value = phrasing.name(act.item), phrasing.word(attribute), phrasing.fact(act.item, attribute)
        if act.fuller and (more := self._more(act.item, language)):
            return more
        if attribute == "description" and value is not None:
            return self._say("about", language, chance, name=name, facts=value.rstrip(".。"))
        told = self._vocabulary.tells.get(attribute, {}).get(language)
        if told and value is not None:
            sentence = phrasing.unmarked(chance.choice(told))
            return sentence.format(name=name, title=phrasing.title(act.item), value=value)
        if attribute in self._vocabulary.levels and value is not None:
            key = "fact_level" if not act.whether else "level_yes" if act.item.number(attribute) else "level_no"
            return self._say(key, language, None, name=name, value=value)
        if value is not None:
            return self._say("fact", language, chance, name=name, attribute=label, value=value)
        if attribute in self._vocabulary.levels:
            return self._say("level_unknown", language, None, name=name)
        known = self._say("known_facts", language, None, facts=instead) if instead else ""
        return self._say("fact_unknown", language, chance, name=name, attribute=label) + known

    def _more(self, item: Item, language: str) -> str:
        """What else can be told of what an item is about, and by whom; empty if nothing can."""
        phrasing = self.phrasing(language)
        told = self._valued(item, TOLD_FURTHER, language)
        told += filter(None, [item.pitch_in(language)])
        opening = self._say("more_of", language, None, name=phrasing.name(item))
        return self._texts.say("conversation.space", language).join([opening, *told]) if told else ""

    def _each(self, act: Answer, attribute: str, language: str) -> str:
        """What stands out of several items, or the same fact of each."""
        phrasing = self.phrasing(language)
        if act.extreme:
            value = phrasing.fact(act.item, attribute)
            known = all(item.number(attribute) is not None for item in act.among)
            tied = [phrasing.name(item) for item in act.among if item.number(attribute) == act.item.number(attribute)]
            said = {
                "name": phrasing.listed(tied),
                "extreme": phrasing.word(act.extreme),
                "value": value,
                "attribute": phrasing.word(attribute),
            }
            key = "compare_by" if known else "compare_by_known"
            if attribute == POPULARITY:
                return self._say("compare_by_popularity", language, None, **said)
            best = self._say(f"{key}_tied" if len(tied) > 1 else key, language, None, **said)
            if len(tied) > 1 or len(act.among) != PAIR:
                return best
            other = [item for item in act.among if item != act.item and item.number(attribute) is not None]
            told = self._facts_of(other, attribute, language)
            return self._texts.say("conversation.space", language).join(filter(None, (best, told)))
        return self._facts_of(act.among, attribute, language)

    def _facts_of(self, items: Sequence[Item], attribute: str, language: str) -> str:
        """The same fact of each of some items; nothing of none."""
        phrasing, unknown = self.phrasing(language), self._say("not_known", language, None)
        facts = ((phrasing.name(item), phrasing.fact(item, attribute) or unknown) for item in items)
        parts = [self._say("each_part", language, None, name=name, fact=fact.rstrip(".。")) for name, fact in facts]
        joined = self._say("each_joint", language, None).join(parts)
        return self._say("each", language, None, parts=joined) if parts else ""

    def _within(self, act: Answer, language: str) -> str:
        """Which of some items are within limits, as far as their numbers are known."""
        phrasing = self.phrasing(language)
        names = [phrasing.name(item) for item in act.among if all(limit.holds(item) for limit in act.limits)]
        known = all(item.number(limit.attribute) is not None for item in act.among for limit in act.limits)
        key = "within" if names else "within_none" if known else "within_none_known"
        return self._say(key, language, None, names=phrasing.listed(names), wishes=phrasing.wishes(act.limits))

    def _value(self, act: Answer, value: tuple[str, str], language: str) -> str:
        """Whether an item, or which of some, has a value."""
        phrasing, label = self.phrasing(language), self.phrasing(language).singular(value[0])
        name = phrasing.name(act.item)
        if act.among:
            names = [phrasing.name(item) for item in act.among if value[1] in item.values(value[0])]
            key = "value_several" if names else "value_none"
            return self._say(key, language, None, names=phrasing.listed(names), attribute=label)
        key = "value_yes" if any(_is_of(value[1], own) for own in act.item.values(value[0])) else "value_no"
        if value[0] not in self._vocabulary.ask:
            said = self._say(f"{key}_of", language, None, name=name, value=phrasing.value(*value))
            confirming = self._vocabulary.confirms.get(value[0], {}).get(language)
            if confirming and key == "value_yes":
                sentence = phrasing.unmarked(confirming[0])
                return sentence.format(name=name, title=phrasing.title(act.item), value=phrasing.value(*value))
            told = self._vocabulary.tells.get(value[0], {}).get(language)
            fact = phrasing.fact(act.item, value[0])
            if not told or not fact:
                return said
            sentence = phrasing.unmarked(told[0]).format(name=name, title=phrasing.title(act.item), value=fact)
            space = self._texts.say("conversation.space", language)
            single = value[0] in self._vocabulary.single and key == "value_no"
            how = "value_no_single" if single else f"{key}_plain"
            answer = self._say(how, language, None, value=phrasing.value(*value))
            return space.join((answer, sentence))
        kind = phrasing.kind(act.item, (phrasing.value(*value),))
        return self._say(key, language, None, name=name, attribute=label, kind=kind)

    def _suits(self, act: Answer, suits: float, language: str, chance: random.Random, before: str) -> str:
        """Whether an item is for a person, why one would watch it, and of what there is much in it."""
        key = "fit_yes" if suits >= SUITS else "fit_perhaps" if suits >= MAY_SUIT else "fit_no"
        if act.shown and suits and (key != "fit_yes" or act.because is None):
            key = "fit_shown"
        elif act.because is None and key != "fit_no":
            key = "fit_unknown" if self._is_popular(act.item) else "fit_unknown_plain"
        phrasing = self.phrasing(language)
        because = phrasing.title(act.because) if act.because else ""
        pitch, facts = act.item.pitch_in(language), phrasing.facts(act.item)
        # What it is like tells a stranger more than that they are one.
        dumb = key == "fit_unknown_plain" and pitch and pitch not in before
        said = [] if dumb else [self._say(key, language, chance, name=phrasing.title(act.item), because=because)]
        if pitch and pitch not in before:
            said.append(pitch)
        elif like := [said for said in self._valued(act.item, TOLD_FURTHER[:2], language) if said not in before]:
            said += like
        elif facts:
            said.append(self._say("about", language, None, name=phrasing.name(act.item), facts=facts))
        much = [name for name in self._vocabulary.levels if name != AGE and (act.item.number(name) or 0) >= MUCH]
        if much:
            value = phrasing.listed([phrasing.fact(act.item, name) or "" for name in much], "levels")
            said.append(self._say("fit_mind", language, chance, value=value))
        return self._texts.say("conversation.space", language).join(said)

    def _valued(self, item: Item, attributes: Sequence[str], language: str) -> list[str]:
        """A sentence for each attribute that is known of an item: what it turns on, what its mood is."""
        phrasing = self.phrasing(language)
        known = [(name, phrasing.listed(phrasing.values(item, name, MORE))) for name in attributes]
        return [self._say(f"more_{name}", language, None, value=value) for name, value in known if value]

    def _say(self, key: str, language: str, chance: random.Random | None, **values: object) -> str:
        return self._texts.say(f"conversation.{key}", language, chance, **{**self.phrasing(language).slots(), **values})
