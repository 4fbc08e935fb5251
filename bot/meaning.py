"""Who has the last word on what a message means: the rules alone, or models that weigh them and what its words mean."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from bot.encoder import Encoder, Meaning, OnnxEncoder
from domain.artifact import ENCODER, ENCODER_HEADS
from domain.linking import Judge
from domain.meaning import Intent, IntentClues, LikingClues, MeaningModel, WishClues
from domain.stance import Polarity

ANY_TITLE = "Heat"
"""What stands for titles where meaning is asked, lest they lend a message theirs."""

Span = tuple[int, int]


class Heard(Protocol):
    """One message, as somebody hears it; places are in code points of the message as typed."""

    def intent(self, clues: IntentClues) -> Intent:
        """What its writer is doing."""

    def wish(self, place: Span, clues: WishClues) -> Polarity:
        """Whether an attribute's value is wanted (1) or unwanted (-1) by the words at a place."""

    def liking(self, place: Span, clues: LikingClues) -> Polarity:
        """Whether an item is liked (1) or disliked (-1) that the words at a place name or point at."""


class Hearer(Protocol):
    """Hears messages."""

    def judge(self, text: str) -> Judge | None:
        """Who tells titles in a text from ordinary words; None if the linker alone does."""

    def hear(self, text: str, titles: Sequence[Span], before: str) -> Heard:
        """A message.

        Args:
            text: as typed.
            titles: where it names items, in order, not overlapping.
            before: the bot's message before it; may be empty.
        """


class ByRules:
    """A message whose meaning is what the rules read."""

    def intent(self, clues: IntentClues) -> Intent:
        """See `Heard.intent`."""
        return clues.rule

    def wish(self, place: Span, clues: WishClues) -> Polarity:
        """See `Heard.wish`."""
        return clues.rule

    def liking(self, place: Span, clues: LikingClues) -> Polarity:
        """See `Heard.liking`."""
        return clues.rule


class RulesAlone:
    """Where there is no encoder, the rules have the last word."""

    def judge(self, text: str) -> Judge | None:
        """See `Hearer.judge`."""
        return None

    def hear(self, text: str, titles: Sequence[Span], before: str) -> Heard:
        """See `Hearer.hear`."""
        return ByRules()


class ByMeaning:
    """A message whose meaning is judged by its words' meaning beside what the rules read."""

    def __init__(self, encoder: Encoder, model: MeaningModel, text: str, titles: Sequence[Span], before: str) -> None:
        self._model = model
        self._titles = titles
        self._message = encoder.read(untitled(text, titles))
        self._before = encoder.read(before).whole if before else np.zeros_like(self._message.whole)

    def intent(self, clues: IntentClues) -> Intent:
        """See `Heard.intent`."""
        return self._model.intent(self._message.whole, self._before, clues)

    def wish(self, place: Span, clues: WishClues) -> Polarity:
        """See `Heard.wish`."""
        return self._model.wish(self._message.of(*moved(place, self._titles)), clues)

    def liking(self, place: Span, clues: LikingClues) -> Polarity:
        """See `Heard.liking`."""
        return self._model.liking(self._message.of(*moved(place, self._titles)), clues)


class LearnedHearer:
    """Hears by an encoder and a model."""

    def __init__(self, encoder: Encoder, model: MeaningModel) -> None:
        self._encoder = encoder
        self._model = model

    def judge(self, text: str) -> Judge | None:
        """See `Hearer.judge`; the text is read once something in it may be a title."""
        meaning: list[Meaning] = []

        def log_odds_of(place: Span, log_odds: float) -> float:
            if not meaning:
                meaning.append(self._encoder.read(text))
            return self._model.title(meaning[0].of(*place), log_odds)

        return log_odds_of

    def hear(self, text: str, titles: Sequence[Span], before: str) -> Heard:
        """See `Hearer.hear`."""
        return ByMeaning(self._encoder, self._model, text, titles, before)


def hearer(folder: Path) -> Hearer:
    """Who hears for a version: its encoder with what was learned for it, or the rules alone.

    Raises:
        ArtifactError: its encoder cannot be loaded.
    """
    model = MeaningModel.load(folder / ENCODER / ENCODER_HEADS)
    if model is None:
        return RulesAlone()
    return LearnedHearer(OnnxEncoder(folder / ENCODER), model)


def untitled(text: str, titles: Sequence[Span]) -> str:
    """The text with `ANY_TITLE` in the place of every title."""
    edges = [0, *itertools.chain.from_iterable(titles), len(text)]
    return ANY_TITLE.join(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))


def moved(place: Span, titles: Sequence[Span]) -> Span:
    """Where a place of a text stands in the text that `untitled` makes of it."""

    def at(position: int, inside: int) -> int:
        shift = 0
        for start, end in titles:
            if position >= end:
                shift += len(ANY_TITLE) - (end - start)
            elif position > start:
                return start + shift + inside
        return position + shift

    return at(place[0], 0), at(place[1], len(ANY_TITLE))
