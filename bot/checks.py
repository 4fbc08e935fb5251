"""Whether a drafted reply says what its brief says, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from domain.catalog import Catalog
from domain.linking import Linker, normal
from domain.phrasing import Phrasing
from domain.prompt import PLACEHOLDER, Brief, BriefItem

MAX_WORDS = 110
_SENTENCE = re.compile(r"[^.!?]+[.!?]+(?:\s+|$)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_PLAIN = re.compile(r"[ -~‘’“”–—]*")
_CAPITAL = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][a-z]+")


class Checker:
    """Checks drafts against briefs; made once a catalogue."""

    def __init__(self, catalog: Catalog, linker: Linker) -> None:
        phrasing = Phrasing(catalog.vocabulary)
        self._linker = linker
        self._values = {
            normal(form)
            for attribute in catalog.vocabulary.ask
            for value in catalog.values.get(attribute, {})
            for form in (phrasing.value(attribute, value),)
        }

    def is_promising(self, brief: Brief, beginning: str) -> bool:
        """Whether the sentences that a draft has so far may stay: those that may not are not worth finishing."""
        sentences = [sentence.strip() for sentence in _SENTENCE.findall(beginning)]
        if len(set(sentences)) < len(sentences) or not _PLAIN.fullmatch(beginning):
            return False
        return next(self._truths(brief, sentences), None) is None

    def faults(self, brief: Brief, draft: str) -> list[str]:
        """What is wrong with a draft, in words for its developer; empty if it may be sent."""
        return list(self._faults(brief, draft.strip()))

    def _faults(self, brief: Brief, draft: str) -> Iterator[str]:
        sentences = [sentence.strip() for sentence in _SENTENCE.findall(draft)]
        if not draft or "".join(_SENTENCE.findall(draft)).strip() != draft:
            yield "does not end with a sentence"
            return
        if len(draft.split()) > MAX_WORDS or not _PLAIN.fullmatch(draft):
            yield "too long, or has characters that no reply needs"
        if len(set(sentences)) < len(sentences):
            yield "repeats a sentence"
        yield from self._names(brief, draft)
        yield from _act(brief, draft)
        yield from self._truths(brief, sentences)

    def _names(self, brief: Brief, draft: str) -> Iterator[str]:
        given = [f"@{n}" for n in range(1, len(brief.items) + 1)]
        named = [name for name in PLACEHOLDER.findall(draft) if name[0] == "@"]
        if sorted(named) != given:
            yield f"names {named} where {given} are given"
        if re.search(r"[@#](?!\d)", draft):
            yield "has a broken placeholder"
        told = PLACEHOLDER.sub(",", draft)
        titles = [told[link.start : link.end] for link in self._linker.link(told)]
        if any(_CAPITAL.search(title) or len(title.split()) > 2 for title in titles):
            yield f"names titles of its own: {titles}"

    def _truths(self, brief: Brief, sentences: Sequence[str]) -> Iterator[str]:
        """Every fact in a sentence has to be true of the items in it, or of what was asked for."""
        for sentence in sentences:
            items = [brief.items[int(n) - 1] for n in re.findall(r"@(\d+)", sentence) if int(n) <= len(brief.items)]
            yield from self._truth(brief, items, sentence)

    def _truth(self, brief: Brief, items: Sequence[BriefItem], sentence: str) -> Iterator[str]:
        reasons = {f"#{item.because}" for item in items if item.because}
        strange = set(re.findall(r"#\d+", sentence)) - reasons
        if strange:
            yield f"gives {sorted(strange)} as a reason, which it is not"
        if brief.act == "recommend" and items and not self._has_reason(items, sentence):
            yield "gives no reason"
        known = " ; ".join(part for item in items for part in (*item.values, *item.numbers, *item.meets))
        known = " ; ".join((known, *brief.unmet, *brief.options, brief.value or "", brief.topic, brief.noun))
        told = PLACEHOLDER.sub(" ", sentence)
        invented = set(_NUMBER.findall(told)) - set(_NUMBER.findall(known))
        if invented:
            yield f"invents the numbers {sorted(invented)}"
        words, allowed = f" {normal(told)} ", f" {normal(known)} "
        for value in self._values:
            if f" {value} " in words and f" {value} " not in allowed:
                yield f"says {value}, which is not so"

    def _has_reason(self, items: Sequence[BriefItem], sentence: str) -> bool:
        said = normal(sentence)
        return "#" in sentence or any(
            normal(part) in said for item in items for part in (*item.meets, *item.values, *item.numbers)
        )


def _act(brief: Brief, draft: str) -> Iterator[str]:
    questions = draft.count("?")
    if questions != (1 if brief.act == "ask" else 0):
        yield f"asks {questions} questions"
    if brief.act == "ask" and not all(option in draft for option in brief.options):
        yield "leaves out an option"
    if brief.unmet and not all(normal(wish) in normal(draft) for wish in brief.unmet):
        yield "does not admit what nothing satisfies"
    if brief.act == "answer" and brief.value and brief.value not in draft:
        yield "does not tell the fact"
    if brief.act == "answer" and brief.value is None and not re.search(r"\bnot?\b|cannot|beyond me", draft):
        yield "does not admit that it does not know"
    if _CAPITAL.search(PLACEHOLDER.sub("", draft).replace(" I ", " ")):
        yield "writes something like a name"
