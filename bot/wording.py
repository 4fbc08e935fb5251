"""Acts -> sentences by the templates of texts/: what is said when no model is asked, or none is good enough."""

from __future__ import annotations

import random
from collections.abc import Sequence

from bot.acts import Act, Answer, Ask, Pick, Recommend, Say
from bot.texts import Texts
from domain.catalog import Catalog, Item, Vocabulary
from domain.preference import Constraint


def listed(words: Sequence[str], texts: Texts, language: str, key: str = "and") -> str:
    """Words as an enumeration: "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    comma, last = texts.say("conversation.comma", language), texts.say(f"conversation.{key}", language)
    return comma.join(words[:-1]) + last + words[-1]


def in_words(item: Item, attribute: str, vocabulary: Vocabulary) -> str | None:
    """The value of an item's attribute as people write it, in no language in particular; None if it is not known."""
    if attribute == "description":
        return item.description
    number = item.number(attribute)
    if number is not None:
        return f"{number:g}"
    values = item.values(attribute)
    return ", ".join(_small(v, attribute, vocabulary) for v in values) or None


def _small(value: str, attribute: str, vocabulary: Vocabulary) -> str:
    return value.lower() if attribute in vocabulary.common_nouns else value


class Wording:
    """Writes acts in one domain's words; made once a catalogue."""

    def __init__(self, catalog: Catalog, texts: Texts) -> None:
        self._vocabulary = catalog.vocabulary
        self._texts = texts

    def write(self, act: Act, language: str, chance: random.Random) -> str:
        """The whole reply for an act.

        Args:
            act: what to say.
            language: ``en`` or ``zh-CN``.
            chance: chooses among the ways to say it.
        """
        match act:
            case Recommend():
                return self._recommend(act, language, chance)
            case Ask():
                return self._ask(act, language, chance)
            case Answer():
                return self._answer(act, language, chance)
            case Say():
                key = f"{act.key}_item" if act.item else act.key
                return self._say(key, language, chance, name=act.item.name if act.item else "")

    def facts(self, item: Item, language: str) -> str:
        """An item's facts in one line: ``crime and thriller, 170 minutes``; empty if nothing is known."""
        parts = []
        for attribute in self._vocabulary.ask[:1]:
            values = [self._value(value, attribute, language) for value in item.values(attribute)[:3]]
            parts += [listed(values, self._texts, language)] if values else []
        for attribute in self._vocabulary.measures:
            number = item.number(attribute)
            if number is not None and attribute != "year":
                parts.append(self._amount(attribute, number, language))
        return self._texts.say("conversation.comma", language).join(parts)

    def reason(self, pick: Pick, language: str) -> str:
        """Why an item is recommended, in a few words, without naming it."""
        if pick.because:
            return self._say("reason_because", language, None, because=pick.because.name)
        if pick.meets:
            return self._say("reason_meets", language, None, wishes=self.wishes(pick.meets, language))
        return self._say("reason_popular", language, None)

    def wishes(self, constraints: Sequence[Constraint], language: str) -> str:
        """Constraints as one reads them: ``thriller, no horror, length under 120``."""
        return self._texts.say("conversation.comma", language).join(self._wish(c, language) for c in constraints)

    def _recommend(self, act: Recommend, language: str, chance: random.Random) -> str:
        sentences = [
            *(self._say("unknown", language, chance, title=title) for title in act.unknown[:2]),
            *self._acknowledgements(act, language, chance),
        ]
        if not act.picks:
            return " ".join([*sentences, self._say("nothing_left", language, chance)])
        if act.unmet:
            sentences.append(self._say("unmet", language, chance, wishes=self.wishes(act.unmet, language)))
        used: set[str] = set()
        sentences += [self._pick(n, pick, language, chance, used) for n, pick in enumerate(act.picks)]
        return self._texts.say("conversation.space", language).join(sentences)

    def _acknowledgements(self, act: Recommend, language: str, chance: random.Random) -> list[str]:
        names = {
            key: [item.title for item in items[:3]] for key, items in (("liked", act.liked), ("disliked", act.disliked))
        }
        said = [
            self._say(f"noted_{key}", language, chance, names=listed(titles, self._texts, language))
            for key, titles in names.items()
            if titles
        ]
        return said or ([self._say("again", language, chance)] if act.again else [])

    def _pick(self, n: int, pick: Pick, language: str, chance: random.Random, used: set[str]) -> str:
        """One sentence about one item; the first, the next and the last begin differently."""
        key = "pick_because" if pick.because else "pick_meets" if pick.meets else "pick_popular"
        variants = [v for v in self._texts.variants(f"conversation.{key}", language) if v not in used]
        form = chance.choice(variants or self._texts.variants(f"conversation.{key}", language))
        used.add(form)
        return form.format(
            name=pick.item.name,
            what=self._what(pick.item, language),
            because=pick.because.title if pick.because else "",
            wishes=self.wishes(pick.meets, language),
        )

    def _what(self, item: Item, language: str) -> str:
        facts = self.facts(item, language)
        if not facts:
            return self._texts.say("conversation.what_plain", language, noun=self._noun(language))
        key = "what_an" if facts[0].lower() in "aeiou" else "what"
        return self._texts.say(f"conversation.{key}", language, facts=facts, noun=self._noun(language))

    def _ask(self, act: Ask, language: str, chance: random.Random) -> str:
        nouns = self._noun(language, plural=True)
        if act.attribute is None:
            return self._say("greet" if act.greets else "ask_opening", language, chance, nouns=nouns)
        options = [self._value(value, act.attribute, language) for value in act.options]
        named = listed(options, self._texts, language, key="or")
        return self._say("ask_attribute", language, chance, nouns=nouns, options=named)

    def _answer(self, act: Answer, language: str, chance: random.Random) -> str:
        name, facts = act.item.name, self.facts(act.item, language)
        if act.why:
            key = "why_because" if act.because else "why_popular"
            return self._say(key, language, chance, name=name, because=act.because.name if act.because else "")
        if act.attribute is None:
            return self._say("about" if facts else "about_nothing", language, chance, name=name, facts=facts)
        label = self._label(act.attribute, language)
        if act.value is None:
            known = self._say("known_facts", language, None, facts=facts) if facts else ""
            return self._say("fact_unknown", language, chance, name=name, attribute=label) + known
        number = act.item.number(act.attribute)
        value = self._amount(act.attribute, number, language) if number is not None else act.value
        return self._say("fact", language, chance, name=name, attribute=label, value=value)

    def _wish(self, constraint: Constraint, language: str) -> str:
        if constraint.is_range:
            sign = constraint.value.rstrip("0123456789.")
            number = float(constraint.value[len(sign) :])
            amount = self._amount(constraint.attribute, number, language)
            label = self._label(constraint.attribute, language)
            return self._texts.say(f"conversation.range_{_SIGNS[sign]}", language, attribute=label, amount=amount)
        value = self._value(constraint.value, constraint.attribute, language)
        return value if constraint.include else self._texts.say("conversation.without", language, value=value)

    def _amount(self, attribute: str, number: float, language: str) -> str:
        measure = self._vocabulary.measures.get(attribute)
        unit = next((word for word, factor in measure.units.items() if factor == 1), "") if measure else ""
        return f"{number:g} {self._label(unit, language)}" if unit else f"{number:g}"

    def _value(self, value: str, attribute: str, language: str) -> str:
        translated = self._vocabulary.translations.get(language, {}).get(value)
        return translated or _small(value, attribute, self._vocabulary)

    def _label(self, word: str, language: str) -> str:
        return self._vocabulary.translations.get(language, {}).get(word, word.replace("_", " "))

    def _noun(self, language: str, *, plural: bool = False) -> str:
        return self._label(self._vocabulary.noun[1 if plural else 0], language)

    def _say(self, key: str, language: str, chance: random.Random | None, **values: object) -> str:
        noun, nouns = self._noun(language), self._noun(language, plural=True)
        return self._texts.say(f"conversation.{key}", language, chance, **{"noun": noun, "nouns": nouns, **values})


_SIGNS = {"<": "under", "<=": "at_most", ">": "over", ">=": "at_least"}
