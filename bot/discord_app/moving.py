"""A panel that moves: how far a retrain is, and at its end what it changed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, get_args

import discord
from discord import ui

from bot.discord_app.answering import describe
from bot.discord_app.panels import panel
from bot.discord_app.plain import escape, split
from bot.outcome import Figure
from bot.phases import Phase
from bot.retraining import Progress

logger = logging.getLogger(__name__)

_BAR = 20
_TOKEN_SECONDS = 14.5 * 60
"""Discord takes 15 minutes. Counted here, as discord.py's own `is_expired` compares Discord's clock with this one."""
_MOST_TEXT = 3000
RUNNING, ENDED = 0xF0B132, 0x23A55A
"""Colours of the frame."""


class Moving:
    """An answer that moves: edited at most once a second, and never waited for by what it reports on.

    Its token dies after 15 minutes. Then progress is no longer shown, and the end comes as a direct message.
    """

    def __init__(
        self,
        interaction: discord.Interaction[Any],
        say: Callable[..., str],
        cancel: ui.Item[Any],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Put it together.

        Args:
            interaction: deferred.
            say: a text of a key, in the language of whoever acts.
            cancel: the button under the bar.
            clock: seconds.
        """
        self._interaction = interaction
        self._say = say
        self._cancel = cancel
        self._clock = clock
        self._next = clock()
        self._dies = clock() + _TOKEN_SECONDS
        self._alive = True
        self._edit: asyncio.Task[None] | None = None

    async def show(self, progress: Progress) -> None:
        """Show how far it is, unless the last edit is too young or still under way."""
        if self._clock() < self._next or (self._edit is not None and not self._edit.done()):
            return
        self._next = self._clock() + 1.0
        text: ui.TextDisplay[Any] = ui.TextDisplay(bar(progress, self._say))
        meanwhile: ui.TextDisplay[Any] = ui.TextDisplay(f"-# {self._say('discord.meanwhile')}")
        shown = panel(text, ui.ActionRow(self._cancel), meanwhile, colour=RUNNING)
        self._edit = asyncio.create_task(self._put(shown))

    async def end(self, told: str, figures: Sequence[Figure] = (), *buttons: ui.Item[Any]) -> None:
        """Show how it ended, with the figures of before and after, and what may be done about it."""
        if self._edit is not None:
            await self._edit
        last = split(escape(told), _MOST_TEXT)[0]
        if figures:
            last += "\n" + table(figures, self._say("discord.before"), self._say("discord.after"))
        rows = [ui.ActionRow(*buttons)] if buttons else []
        await self._put(panel(ui.TextDisplay(last), *rows, colour=ENDED))
        if not self._alive:
            with contextlib.suppress(discord.HTTPException):
                await self._interaction.user.send(split(last)[0])

    async def _put(self, view: ui.LayoutView) -> None:
        self._alive = self._alive and self._clock() < self._dies
        if self._alive:
            try:
                await self._interaction.edit_original_response(view=view)
            except discord.HTTPException as error:
                logger.info("Progress is no longer shown: %s", describe(error))
                self._alive = False


def bar(progress: Progress, say: Callable[..., str]) -> str:
    """The share that is done, as a figure and a bar, and the phases: those before, the one it is at, those to come."""
    share = min(max(progress.done, 0.0), 1.0)
    full = round(share * _BAR)
    lines = [f"### {say('discord.retraining')} · {share:.0%}", f"`{'█' * full}{'░' * (_BAR - full)}`"]
    phases: tuple[Phase, ...] = get_args(Phase)
    at = phases.index(progress.phase)
    for n, phase in enumerate(phases):
        name = escape(say(f"discord.phase_{phase}"))
        said = f": {escape(progress.say)[:500]}" if progress.say else ""
        lines.append(f"▶️ **{name}**{said}" if n == at else f"✅ {name}" if n < at else f"-# ▫️ {name}")
    return "\n".join(lines)


def table(figures: Sequence[Figure], before: str, after: str) -> str:
    """The figures one under another, in letters of one width: before, after, and what changed."""
    rows = [("", before, after, "")]
    for figure in figures:
        old = "–" if figure.before is None else f"{figure.before:.4g}"
        change = "" if figure.before is None else f"{figure.after - figure.before:+.2g}"
        rows.append((figure.name, old, f"{figure.after:.4g}", change))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    name, *others = widths
    lines = [
        "  ".join([row[0].ljust(name), *(cell.rjust(width) for cell, width in zip(row[1:], others, strict=True))])
        for row in rows
    ]
    return "\n".join(["```", *(line.rstrip() for line in lines), "```"])
