"""A slate -> its words by texts/*/slate.toml: what was heard, a line for each item, what sets one of them apart."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.acts import Pick, Recommend, Words
from bot.texts import Texts
from domain.catalog import POPULARITY, Catalog, Item
from domain.measures import PEOPLE
from domain.phrasing import Phrasing

NAMED = 3
"""Names that a sentence lists at most."""
APART = 0.25
"""A number sets an item apart from the others if such a share of their spread lies between it and the next."""
UNKNOWN = 4
"""So many times less popular than a popular item is one that hardly anybody knows."""
CLOSES = 0.7
"""So often is something said last where nothing has to be."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """What sets an item apart from others: it has the least (``<``) or the most (``>``) of a number."""

    item: Item
    attribute: str
    sign: str

    def is_worth_telling(self, catalog: Catalog) -> bool:
        """Whether the domain has sentences for it, or for no such thing."""
        told = catalog.vocabulary.contrasts
        return not told or f"{self.attribute}{self.sign}" in told


class Presenter:
    """Presents slates in one language; made once a catalogue and language."""

    def __init__(self, catalog: Catalog, texts: Texts, phrasing: Phrasing, language: str) -> None:
        self._catalog = catalog
        self._texts = texts
        self._phrasing = phrasing
        self._language = language

    def present(self, act: Recommend, chance: random.Random, before: str = "") -> Words:
        """The words for a slate.

        Args:
            act: what to show.
            chance: chooses among the ways to say it.
            before: the replies before this one, whose turns of phrase are not used again if there are others.
        """
        say = _Sayer(self._texts, self._phrasing, self._language, chance, before)
        if not act.picks:
            return Words(say.sentences([*self._heard(act, say), say("nothing_left")]))
        opening = say.sentences([*self._heard(act, say), *self._unmet(act, say)])
        return Words(opening, self._lines(act.picks, say), self._close(act, say))

    def _heard(self, act: Recommend, say: _Sayer) -> Iterator[str]:
        """What the person has just said, taken up: a sentence or two."""
        if act.unknown:
            yield say("unknown", titles=self._phrasing.alternatives(act.unknown[:NAMED]))
        asked = self._phrasing.joined(act.asked)
        liked, disliked, seen = (self._names(items) for items in (act.liked, act.disliked, act.seen))
        if act.introduced:
            return  # "the nearest I have:"
        if act.recalled:
            yield say("recalled", name=self._phrasing.title(act.picks[0].item))
            return
        before = "missed" if act.missed else "disliked" if disliked else "seen" if seen else ""
        if before:
            yield say(before, names=self._names(act.missed) or disliked or seen)
        if asked and liked:
            yield say("asked_liked", asked=asked, names=liked)
        elif asked:
            yield say("asked_again" if act.again and not before else "asked", asked=asked)
        elif liked:
            yield say("liked_again" if act.again and not before else "liked", names=liked)
        elif not (before or act.unknown):
            yield say(_occasion(act))

    def _unmet(self, act: Recommend, say: _Sayer) -> Iterator[str]:
        if act.unmet:
            people = all(wish.attribute in PEOPLE for wish in act.unmet)
            many = len(self._phrasing.wish_list(act.unmet)) > NAMED
            key = "unmet_many" if many else "unmet_people" if people else "unmet"
            yield say(key, wishes=self._phrasing.wishes(act.unmet))
        elif act.near:
            yield say("near", title=self._phrasing.title(act.picks[0].item))

    def _lines(self, picks: Sequence[Pick], say: _Sayer) -> tuple[str, ...]:
        """What is said of each item; what it shares with what is liked is told once of each such thing."""
        told: set[tuple[str, str]] = set()
        lines = []
        for pick in picks:
            news = tuple(pair for pair in pick.shares if pair not in told)
            if told and pick.item.pitch_in(self._language):  # enough is said of it
                news = ()
            told.update(news)
            lines.append(say.sentences(self._line(pick, news, say)))
        return tuple(lines)

    def _line(self, pick: Pick, shares: Sequence[tuple[str, str]], say: _Sayer) -> Iterator[str]:
        item = pick.item
        about, pitch = item.about(self._language), item.pitch_in(self._language)
        yield about or self._what(item, say)
        if pitch:
            yield pitch
        if pick.because and shares:
            shared = self._phrasing.listed([self._phrasing.value(*pair) for pair in shares])
            yield say("shared", because=self._phrasing.title(pick.because), shared=shared)
        elif pick.because and not about:
            yield say("because", because=self._phrasing.title(pick.because))
        elif not about and item.popularity >= self._catalog.popular_from:
            yield say("popular")

    def _what(self, item: Item, say: _Sayer) -> str:
        """The facts of an item as a sentence; nothing if none are known."""
        facts = self._phrasing.facts(item)
        return say("what", facts=facts[:1].upper() + facts[1:]) if facts else ""

    def _close(self, act: Recommend, say: _Sayer) -> str:
        """What is said last: what sets one of them apart, or which to start with; not always."""
        if len(act.picks) < 2 or say.chance.random() > CLOSES:
            return ""
        if act.first and say.chance.random() < 0.5:
            return say("invite")
        items = [pick.item for pick in act.picks]
        levels = self._catalog.vocabulary.levels  # "the saddest of them" sends away who wants to laugh
        contrasting = (one for one in contrasts(items, self._catalog) if one.attribute not in levels)
        told = [contrast for contrast in contrasting if self._contrast_words(contrast)]
        if told and say.chance.random() < 0.75:
            contrast = say.chance.choice(told)
            value = self._phrasing.fact(contrast.item, contrast.attribute) or ""
            return say.of(self._contrast_words(contrast), title=self._phrasing.title(contrast.item), value=value)
        return say("start", title=self._phrasing.title(items[0]))

    def _contrast_words(self, contrast: Contrast) -> Sequence[str]:
        said = self._catalog.vocabulary.contrasts.get(f"{contrast.attribute}{contrast.sign}", {})
        return [self._phrasing.unmarked(sentence) for sentence in said.get(self._language, ())]

    def _names(self, items: Sequence[Item]) -> str:
        return self._phrasing.listed([self._phrasing.title(item) for item in items[:NAMED]])


class _Sayer:
    """Says things of texts/*/slate.toml, none of them twice in a slate, nor as they were said a moment ago.

    Nor do two sentences begin with the same word, if there are others: "Right: off the list. Right, funny."
    """

    def __init__(self, texts: Texts, phrasing: Phrasing, language: str, chance: random.Random, before: str) -> None:
        self.chance = chance
        self._texts = texts
        self._phrasing = phrasing
        self._language = language
        self._before = before
        self._used: set[str] = set()
        self._begun: set[str] = set()

    def __call__(self, key: str, **values: str) -> str:
        return self.of(self._texts.variants(f"slate.{key}", self._language), **values)

    def of(self, variants: Sequence[str], **values: str) -> str:
        """One of some ways to say a thing; a slot that is written large begins with a capital."""
        new = [one for one in variants if one not in self._used]
        fresh = [one for one in new if not _is_said(one, self._before)]
        other = [one for one in fresh or new if _begins(one) not in self._begun]
        form = self.chance.choice(other or fresh or new or list(variants))
        self._used.add(form)
        self._begun.add(_begins(form))
        large = {name[:1].upper() + name[1:]: value[:1].upper() + value[1:] for name, value in values.items()}
        return form.format(**{**self._phrasing.slots(), **values, **large})

    def sentences(self, said: Sequence[str] | Iterator[str]) -> str:
        """Sentences one after another."""
        return self._texts.say("conversation.space", self._language).join(filter(None, said))


def _occasion(act: Recommend) -> str:
    """What there is to say of a slate for which nothing new was told."""
    if act.surprises:
        return "surprise"
    return "more" if act.more else "again" if act.again else "plain"


def _begins(form: str) -> str:
    """The first word of a sentence, without what stands behind it; the sentence itself where a slot comes first."""
    return form if form.startswith("{") else form.split(" ")[0].strip(".,:;?!：，。、").casefold()


def _is_said(form: str, before: str) -> bool:
    """Whether the words of a sentence, but for its slots, stand in a text."""
    chunks = [chunk.partition("}")[2] if at else chunk for at, chunk in enumerate(form.split("{"))]
    longest = max(chunks, key=len).strip(" .,:;?!")
    return len(longest) > 3 and longest in before


def _little_and_much(attribute: str, catalog: Catalog) -> tuple[float, float]:
    """Up to where a number is little, and from where on it is much: the shortest of three long films is not short."""
    if attribute == POPULARITY:
        return catalog.popular_from / UNKNOWN, float("inf")
    measure = catalog.vocabulary.measures[attribute]
    low = float("inf") if measure.low_limit is None else measure.low_limit
    return low, float("-inf") if measure.high_limit is None else measure.high_limit


def contrasts(items: Sequence[Item], catalog: Catalog) -> list[Contrast]:
    """What clearly sets one of some items apart from the others, by any number of the catalogue."""
    found = []
    for attribute in (*catalog.vocabulary.measures, POPULARITY):
        low, high = _little_and_much(attribute, catalog)
        known = [(number, at) for at, item in enumerate(items) if (number := item.number(attribute)) is not None]
        if len(known) < max(len(items), 2):
            continue
        known.sort()
        clear = APART * (known[-1][0] - known[0][0])
        for (end, at), (next_to_it, _), sign in ((known[0], known[1], "<"), (known[-1], known[-2], ">")):
            is_much = end <= low if sign == "<" else end >= high
            if abs(end - next_to_it) > clear > 0 and is_much:
                found.append(Contrast(items[at], attribute, sign))
    return found
