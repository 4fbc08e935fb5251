"""A message and what it says in the few words beside its mentions: how they are meant."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

from bot.amounts import FIRST_YEAR, LAST_YEAR, amount
from bot.understood import AGAINST, CLAUSE_ENDS, COMPLAINING, FOR_NOW, SENTENCE_ENDS
from bot.words import UNSPACED, has_any, known
from domain.amount import YEAR, Amount
from domain.frame import Act, Flag, Frame, Kind, Mention, Role, Topic
from domain.linking import normal
from domain.measures import LESS, RELATIVE
from domain.words import is_common

NEAR = 12
"""So many characters behind a title its year may stand."""
NEARBY = 60
"""In so many characters beside a mention the few words stand that tell how it is meant."""
BEFORE = 3
"""So many words before a number tell how it limits."""


class Utterance:
    """A message as it was read, and what stands beside its mentions.

    Attributes:
        text: as typed.
        read: its frame.
        language: two letters.
    """

    def __init__(self, text: str, read: Frame) -> None:
        self.text = text
        self.read = read
        self.language = read.language

    @property
    def asks_for_a_name(self) -> bool:
        """Whether what something is called is asked for."""
        return any(m.topic is Topic.NAME for m in self.read.mentions)

    def is_with(self, mention: Mention) -> bool:
        """Whether somebody is to be in something, not to have made it: "with him"."""
        return bool(self.before(mention) & set(known(self.language, "pointers")["with"]))

    def plainly(self, mention: Mention) -> Mention:
        """A comparison after a slate is wanted, unless "not" stands before it: "bit funnier" is no complaint."""
        compares = self.language == "en" and self.words(mention).casefold().endswith("er")
        negated = self.before(mention) & {*known(self.language, "amounts")["no"], *LESS, "too"}
        turned = compares and not negated and mention.role is Role.UNWANTED and Act.CRITIQUE in self.read.acts
        return replace(mention, role=Role.WANTED) if turned else mention

    def as_denied(self, mention: Mention) -> Mention:
        """A value that is unwanted, as wanted where a request has no word in its sentence that denies anything.

        "I want horror. Just no jump scares. Slow burn dread": what was denied ends with its sentence.
        """
        asks = Act.REQUEST in self.read.acts and not self.read.acts & COMPLAINING
        if mention.role is Role.UNWANTED and self._ends_in(mention, known(self.language, "negation")["only"]):
            return replace(mention, role=Role.WITHDRAWN)  # "not only Korean"
        if mention.role is not Role.UNWANTED or mention.kind is Kind.PERSON or not asks:
            return mention
        begin = 1 + max(self.text.rfind(mark, 0, mention.start) for mark in SENTENCE_ENDS)
        ends = (at for mark in SENTENCE_ENDS if (at := self.text.find(mark, mention.end)) >= 0)
        sentence = self.text[begin : min(ends, default=len(self.text))]
        if has_any(sentence, known(self.language, "negation")["words"]):
            return mention
        return replace(mention, role=Role.WANTED)

    def _ends_in(self, mention: Mention, phrases: Iterable[str]) -> bool:
        """Whether one of some phrases stands right before a mention, or begins it."""
        before = f" {normal(self.text[: mention.start])}"
        inside = f"{normal(self.words(mention))} "
        return any(before.endswith(f" {normal(p)}") or inside.startswith(f"{normal(p)} ") for p in phrases)

    def words(self, mention: Mention) -> str:
        """The words of a mention."""
        return self.text[mention.start : mention.end]

    def compared(self, mention: Mention) -> str:
        """The words of a wish, with a comparison right before them: "weniger" of what is "Bekanntes"."""
        before = self.text[: mention.start].split()[-1:]
        less = mention.role is Role.WANTED and before and normal(before[0]) in LESS & RELATIVE
        return f"{before[0]} {self.words(mention)}" if less else self.words(mention)

    def unnegated(self, mention: Mention) -> str:
        """The words of a wish as `compared`; of what is not wanted, without words that say so again: "no blood"."""
        if mention.role not in AGAINST:
            return self.compared(mention)
        small = set(known(self.language, "amounts")["no"])
        return " ".join(word for word in self.words(mention).split() if normal(word) not in small)

    def years_behind(self, mention: Mention) -> tuple[int, ...]:
        """The years that stand right beside a title, or within it: "Heat (1995)", "the 1995 Heat"."""
        before, behind = self.text[: mention.start].split()[-2:], self.text[mention.end : mention.end + NEAR]
        between = normal("".join(itertools.takewhile(lambda c: not c.isdecimal(), behind))).split()
        if not all(is_common(word, self.language) for word in between):
            behind = ""  # "Superbad vibes, 2010 or later"
        beside = f"{' '.join(before)} | {self.words(mention)} {behind}"
        digits = "".join(c if c.isdecimal() else " " for c in beside).split()
        return tuple(year for d in digits if len(d) == 4 and FIRST_YEAR <= (year := int(d)) <= LAST_YEAR)

    def is_all(self, mention: Mention) -> bool:
        """Whether what was seen is all by somebody, by a word beside their name: "every Pixar", not "going through"."""
        beside = self.before(mention) | set(normal(self.words(mention)).split())
        sentence = self.text[max(mention.start - NEARBY, 0) : mention.end + NEARBY]
        words = known(self.language, "pointers")["all"]
        return any(word in sentence if word >= UNSPACED else normal(word) in beside for word in words)

    def _is_meant_instead(self, mention: Mention) -> bool:
        """Whether somebody is named in a correction that wants nothing else: "I mean Tom Hanks playing a villain"."""
        wanted = any(m.role in FOR_NOW | {Role.ASKED} for m in self.read.mentions)
        corrects = Act.CORRECT in self.read.acts and Flag.INSTEAD in self.read.flags
        return mention.kind is Kind.PERSON and mention.role is Role.MENTIONED and corrects and not wanted

    def _is_all_that_is_said(self, mention: Mention) -> bool:
        """Whether a kind stands beside mere consent, so that it is wanted: "cool. a French comedy for the weekend"."""
        alone = self.read.acts == {Act.ACCEPT} and len(self.read.mentions) == 1
        return alone and mention.role is Role.MENTIONED and mention.kind is not Kind.PERSON

    def _goes_on(self, mention: Mention) -> bool:
        """Whether words right behind a number say that more is meant too: "the 90s onwards"."""
        behind = f"{normal(self.text[mention.end : mention.end + NEARBY])} "
        return any(behind.startswith(f"{normal(words)} ") for words in known(self.language, "amounts")["onwards"])

    def _side(self, mention: Mention) -> Role | None:
        """On which side of a number something is to be, if the words right before it say so: "not older than 2010"."""
        small = known(self.language, "amounts")
        before = self.text[max(mention.start - NEARBY, 0) : mention.start]
        clause = before[1 + max(before.rfind(mark) for mark in CLAUSE_ENDS) :]
        *earlier, last = normal(clause).split()[-BEFORE:] or [""]
        if last in small["than"] and earlier:
            *earlier, last = earlier
        above = last in small["above"]
        if not above and last not in small["below"]:
            return None
        words = normal(clause).split()
        begun = max((at for at, word in enumerate(words) if word in small["and"]), default=-1)
        far = {*small["cannot"]} & {*words[begun + 1 :]}  # "she can't bear anything over"
        turned = bool(far or set(earlier[-2:]) & {*small["no"], *small["at_all"], *LESS})
        return Role.AT_LEAST if above != turned else Role.AT_MOST

    def before(self, mention: Mention) -> set[str]:
        """The words right before a mention."""
        return set(normal(self.text[: mention.start]).split()[-BEFORE:])

    def of_years(self, mention: Mention) -> Amount | None:
        """The years that a number with a word for years is of, if words beside it say so, and of nobody's age."""
        beside = (*normal(self.text[: mention.start]).split()[-2:], *normal(self.text[mention.end :]).split()[:2])
        last = next((word for word in known(self.language, "amounts")["last"] if normal(word) in beside), "")
        found = amount(f"{last} {self.words(mention)}", self.language) if last else None
        return found if found and found.unit == YEAR else None

    def _includes(self, mention: Mention) -> bool:
        """Whether a limit counts itself: "until 1990", not "before 1990"."""
        before, words = self.before(mention), known(self.language, "amounts")
        return not before & set(words["below"]) or bool(before & set(words["no"]))

    def _is_firm(self, mention: Mention) -> bool:
        """Whether nothing of something is wanted, and not only too much of it: "not violent", not "not so violent"."""
        small = known(self.language, "amounts")
        beside = self.before(mention) | set(normal(self.words(mention)).split())
        near = self.text[max(mention.start - BEFORE, 0) : mention.end]
        softened, firm = (
            any(word in (near if word[0] >= "\u2e80" else beside) for word in small[name]) for name in ("too", "at_all")
        )
        return firm and not softened

    def as_asked(self, mention: Mention) -> Mention:
        """A mention as asked about, where it was taken for unwanted and a question ends with it: "black and white?"."""
        asks = self.text[mention.end :].lstrip().startswith(("?", "？"))
        negated = self.before(mention) & {*known(self.language, "amounts")["no"], *LESS, "too"}
        turned = mention.role in AGAINST and asks and not negated and not self._is_plainly_negated(mention)
        return replace(mention, role=Role.ASKED) if turned else mention

    def _is_plainly_negated(self, mention: Mention) -> bool:
        """Whether a word for none of something stands right before a mention, or within it: "no jump scares"."""
        before, words = normal(self.text[: mention.start]), normal(self.words(mention))
        beside = {*before.split()[-1:], *words.split()}
        return any(
            before.endswith(none) or words.startswith(none) if none[0] >= "\u2e80" else none in beside
            for none in map(normal, known(self.language, "amounts")["none"])
        )

    def _says_little(self, words: str) -> bool:
        """Whether words taken for a name are one that says little in the language of the message: "PAS", "parfait"."""
        plain = normal(words).split()
        several = len(plain) > 1 and words.islower()  # "combien de temps"
        common = all(is_common(word, self.language) for word in plain) and (len(plain) == 1 or several)
        return common and not words[:1].isdigit()

    def _is_of_ones_own(self) -> bool:
        """Whether a message speaks of people who belong to who writes it: no child in a story."""
        return has_any(self.text, known(self.language, "company")["own"])

    def _ends(self, start: int, end: int) -> bool:
        """Whether a sentence ends within a part of the text."""
        return bool(set(self.text[start:end]) & SENTENCE_ENDS)

    def asks_how_much(self, words: str) -> bool:
        """Whether a question has a word of how much: in it, or, where words are parted, anywhere in the message."""
        text = f" {normal(self.text)} "
        return any(
            word in words if word[0] >= "\u2e80" else f" {normal(word)} " in text
            for word in known(self.language, "questions")["how_much"]
        )
