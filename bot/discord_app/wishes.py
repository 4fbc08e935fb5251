"""Buttons that take a wish back: one for each that a slate goes by, and one that undoes what a shortcut has added."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.discord_app.answering import incoming
from bot.discord_app.buttons import Press, redraw, short, take_away, view_of

if TYPE_CHECKING:
    from bot.discord_app.client import Parley

_TOKEN = r"(?P<token>[A-Za-z0-9_-]{1,40})"  # noqa: S105 - of a wish


class Drop(Press, template=f"drop:{_TOKEN}"):
    """Takes back a wish of whoever presses; where nobody else sees the card, its button goes."""

    @classmethod
    def of_wish(cls, token: str, says: str) -> Drop:
        """The button for a wish, as one says it."""
        return cls.of(f"drop:{token}", short(says, " ×"))

    async def pressed(self, interaction: discord.Interaction[Parley]) -> None:
        """Hand it to the conversation."""
        asked, token = incoming(interaction), self.fields["token"]
        if asked.public:
            await interaction.response.defer(ephemeral=True, thinking=True)
        else:
            await interaction.response.defer()
        reply = await interaction.client.conversation.drop_wish(asked, token)
        if reply is None:
            return
        if asked.public:
            await interaction.client.deliver.to_interaction(interaction, reply, ephemeral=True)
        else:
            view = view_of(self)
            take_away(view, {f"drop:{token}", f"back:{token}"})
            await redraw(interaction, view, reply.text)


class TakeBack(Drop, template=f"back:{_TOKEN}"):
    """Undoes what a shortcut has just done: the wish that it added."""
