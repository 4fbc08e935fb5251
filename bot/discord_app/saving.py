"""A button that puts an item on the watchlist, and takes it off where the person sees that it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.discord_app.answering import incoming, whisper
from bot.discord_app.buttons import Press, is_marked, mark, redraw, view_of
from bot.discord_app.plain import escape
from bot.discord_app.tokens import item_of

if TYPE_CHECKING:
    from bot.discord_app.client import Parley


class Save(Press, template=r"(?s:save:(?P<token>[=~].*))"):
    """Saves the item for whoever presses."""

    async def pressed(self, interaction: discord.Interaction[Parley]) -> None:
        """Hand it to the conversation; who is among others is told, who is alone sees it at the button."""
        asked, conversation = incoming(interaction), interaction.client.conversation
        if asked.public:
            await interaction.response.defer(ephemeral=True, thinking=True)
        else:
            await interaction.response.defer()
        item_id, takes_off = item_of(self.fields["token"], conversation), not asked.public and is_marked(self.item)
        if item_id is None:
            await whisper(interaction, conversation.text("discord.too_old", str(interaction.locale)))
            return
        reply = await (conversation.unsave if takes_off else conversation.save)(asked, item_id)
        if reply is None:
            return
        is_there = any(one.item_id == item_id for one in await conversation.saved(asked.person_id))
        if asked.public:
            await interaction.client.deliver.to_interaction(interaction, reply, ephemeral=True)
        elif is_there is takes_off:  # the list is full, or the catalogue does not have it any more
            await whisper(interaction, escape(reply.text))
        else:
            mark(self.item, pressed=is_there)
            await redraw(interaction, view_of(self), reply.text)
