"""Buttons whose whole state is in their custom_id, so that they work after a restart too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.discord_app.answering import whisper

if TYPE_CHECKING:
    from bot.discord_app.client import Parley


class Press(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"(?!)"):
    """A button that always answers; a subclass names its `template` and says in `pressed` what it does.

    discord.py logs the errors of dynamic items and answers nothing, so the person would see "interaction failed".
    """

    def __init__(self, button: discord.ui.Button[Any]) -> None:
        super().__init__(button)
        match = self.template.fullmatch(self.custom_id)
        assert match is not None
        self.fields = match.groupdict()

    @classmethod
    def of(
        cls,
        custom_id: str,
        label: str,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        row: int | None = None,
    ) -> Self:
        """A button to be sent; labels beyond Discord's 80 characters are cut."""
        short = label if len(label) <= 80 else f"{label[:79]}…"
        return cls(discord.ui.Button(custom_id=custom_id, label=short, style=style, row=row))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], _match: re.Match[str], /
    ) -> Self:
        """The button that a person has pressed."""
        assert isinstance(item, discord.ui.Button)
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the press, whatever happens."""
        async with interaction.client.turns.one(interaction):
            await self.pressed(interaction)

    async def pressed(self, interaction: discord.Interaction[Parley]) -> None:
        """What this kind of button does."""
        raise NotImplementedError


class Owned(Press, template=r"(?!)"):
    """A button that only the person whose id is the field `person` may press."""

    async def pressed(self, interaction: discord.Interaction[Parley]) -> None:
        """Turn others away."""
        if self.fields["person"] == str(interaction.user.id):
            await self.pressed_by_owner(interaction)
        else:
            await whisper(
                interaction, interaction.client.conversation.text("discord.not_yours", str(interaction.locale))
            )

    async def pressed_by_owner(self, interaction: discord.Interaction[Parley]) -> None:
        """What this kind of button does for its person."""
        raise NotImplementedError
