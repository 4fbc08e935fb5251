"""Panels for one person's eyes: text, buttons beside and under it, pages that are turned in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import discord
from discord import ui

from bot.discord_app.answering import whisper
from bot.discord_app.buttons import Press

if TYPE_CHECKING:
    from bot.discord_app.client import Parley

T = TypeVar("T")

MOST_TEXT = 4000
"""Characters of all texts of a panel together."""
MOST_LINE = 300
"""Characters of one line: ten of them, and what stands above, are within a panel."""


class Private(Press, template=r"(?!)"):
    """A button on what is for one person's eyes: it acts for whoever presses it, and never where others read."""

    async def pressed(self, interaction: discord.Interaction[Parley]) -> None:
        """Turn away whoever presses it on a message that is not for them alone."""
        message = interaction.message
        if interaction.guild_id is None or (message is not None and message.flags.ephemeral):
            await interaction.response.defer()
            await self.pressed_alone(interaction)
        else:
            await whisper(
                interaction, interaction.client.conversation.text("discord.not_yours", str(interaction.locale))
            )

    async def pressed_alone(self, interaction: discord.Interaction[Any]) -> None:
        """What this kind of button does; the press has been acknowledged."""
        raise NotImplementedError


def panel(*parts: ui.Item[Any], colour: int = 0x5865F2) -> ui.LayoutView:
    """Parts in a frame, as one message."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*parts, accent_colour=colour))
    return view


def beside(text: str, button: ui.Item[Any]) -> ui.Section[Any]:
    """A line with a button at its end."""
    return ui.Section(ui.TextDisplay(cut(text)), accessory=button)


def cut(line: str) -> str:
    """A line that fits a panel beside nine others."""
    return line if len(line) <= MOST_LINE else f"{line[: MOST_LINE - 1]}…"


def page_of(things: Sequence[T], page: int, size: int) -> tuple[Sequence[T], int, int]:
    """One page of things: what is on it, which it is (the last, where there is none so far), and how many there are."""
    pages = max(1, -(-len(things) // size))
    page = min(max(page, 0), pages - 1)
    return things[page * size : (page + 1) * size], page, pages


def turning(kind: type[Press], prefix: str, page: int, pages: int) -> list[ui.Item[Any]]:
    """The buttons that turn pages, in a row; nothing where there is one page."""
    if pages == 1:
        return []
    back, forth = kind.of(f"{prefix}:{page - 1}", "◀"), kind.of(f"{prefix}:{page + 1}", "▶")
    back.item.disabled, forth.item.disabled = page == 0, page == pages - 1
    shown: ui.Button[Any] = ui.Button(label=f"{page + 1} / {pages}", disabled=True)
    return [ui.ActionRow(back, shown, forth)]
