"""A brief -> the words of a reply, by a language model; knows no users and no catalogue.

What the model drafts is checked part by part while it comes; a part that does not pass is drawn once more, and then
left to the templates. The model never sees a title (domain.prompt), so it cannot name one that it was not given.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Protocol

from bot.briefs import Briefed
from bot.checks import Checker, Parts, carried_out
from domain.prompt import Brief, ChatMessage, fill

DRAFTS = 2
"""Drafts of a reply, at most."""
MOST_TOKENS = 220
"""Tokens of a draft, at most."""


class ModelFailed(Exception):  # noqa: N818 - it reads as what happened
    """A text did not come, or not to its end."""


class TextModel(Protocol):
    """Continues a chat; wherever it runs."""

    async def start(self) -> None:
        """Get ready to write, and wait until it is."""

    def stream(self, messages: Sequence[ChatMessage], *, seed: int, most_tokens: int) -> AsyncGenerator[str]:
        """The next message, piece by piece; whoever stops listening cancels it.

        Args:
            messages: the chat so far.
            seed: the same seed draws the same text, where the model can promise that.
            most_tokens: of the text.

        Raises:
            ModelFailed: it did not come to its end, whatever the reason.
        """

    async def close(self) -> None:
        """Let go of what it holds, after what is being written."""


class Dialogue(Protocol):
    """Puts replies into words."""

    async def start(self) -> None:
        """Get ready to write, and wait until it is."""

    async def close(self) -> None:
        """Let go of what it holds, after what is being written."""

    def write(self, briefed: Briefed, seed: int) -> AsyncGenerator[Mapping[int, str]]:
        """The parts of a reply as they come, names filled in: 0 the opening, 1, 2, … the lines of items, -1 the close.

        Each value has all parts so far. Parts that fail are left out, and so is everything where it is not for this
        model to write.
        """


class NoDialogue:
    """The dialogue of an artifact that has no model: the templates speak."""

    async def start(self) -> None:
        """There is nothing to get ready."""

    async def close(self) -> None:
        """There is nothing to let go of."""

    async def write(self, briefed: Briefed, seed: int) -> AsyncGenerator[Mapping[int, str]]:
        """See `Dialogue.write`."""
        return
        yield {}


class DraftingDialogue:
    """Words by a model, as far as they pass the checks."""

    def __init__(
        self,
        model: TextModel,
        ask: Callable[[Brief], list[ChatMessage]],
        languages: frozenset[str] | None = None,
    ) -> None:
        """Put a dialogue together.

        Args:
            model: writes.
            ask: what the model is asked for a brief: `domain.prompt.taught` or `instructed`.
            languages: those that the model writes; None if it writes any.
        """
        self.model = model
        self.ask = ask
        self.languages = languages
        self._checker = Checker()

    async def start(self) -> None:
        """See `Dialogue.start`."""
        await self.model.start()

    async def close(self) -> None:
        """See `Dialogue.close`."""
        await self.model.close()

    async def write(self, briefed: Briefed, seed: int) -> AsyncGenerator[Mapping[int, str]]:
        """See `Dialogue.write`."""
        if self.languages is not None and briefed.brief.language not in self.languages:
            return
        kept: dict[int, str] = {}
        for attempt in range(DRAFTS):
            try:
                async with aclosing(self._draft(briefed.brief, seed + attempt)) as draft:
                    async for part, text in draft:
                        if part not in kept:
                            kept[part] = fill(text, briefed.items, briefed.others)
                            yield dict(kept)
            except ModelFailed:
                return
            if carried_out(briefed.brief, kept):
                return

    async def _draft(self, brief: Brief, seed: int) -> AsyncGenerator[tuple[int, str]]:
        """The parts of one draft that pass."""
        parts, judged = Parts(len(brief.items)), set[int]()
        stream = self.model.stream(self.ask(brief), seed=seed, most_tokens=MOST_TOKENS)
        async with aclosing(stream) as pieces:
            async for piece in pieces:
                parts.add(piece)
                for part, text in self._passing(brief, parts, judged, ended=False):
                    yield part, text
        for part, text in self._passing(brief, parts, judged, ended=True):
            yield part, text

    def _passing(self, brief: Brief, parts: Parts, judged: set[int], *, ended: bool) -> list[tuple[int, str]]:
        new = [(part, text) for part, text in parts.whole(ended=ended) if part not in judged]
        judged.update(part for part, _ in new)
        return [
            (part, text)
            for part, text in new
            if self._is_asked_for(brief, part) and not self._checker.faults(brief, part, text)
        ]

    def _is_asked_for(self, brief: Brief, part: int) -> bool:
        return part <= len(brief.items) and (part != -1 or bool(brief.items))
