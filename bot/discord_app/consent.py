"""The question whether to remember, asked once under a person's first reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.discord_app.answering import incoming
from bot.discord_app.buttons import Owned
from bot.discord_app.cards import Page, Say
from bot.discord_app.plain import escape

if TYPE_CHECKING:
    from bot.discord_app.client import Parley


class Remember(Owned, template=r"remember:(?P<answer>yes|no):(?P<person>\d+)"):
    """Yes or no to being remembered; the question is replaced by what was decided."""

    async def pressed_by_owner(self, interaction: discord.Interaction[Parley]) -> None:
        """Hand the answer to the conversation."""
        await interaction.response.defer()
        reply = await interaction.client.conversation.set_consent(
            incoming(interaction), remember=self.fields["answer"] == "yes"
        )
        if reply is not None:
            await interaction.edit_original_response(content=escape(reply.text), view=None)


def question(person_id: int, language: str, say: Say) -> Page:
    """The message that asks."""
    view = discord.ui.View(timeout=None)
    yes, no = (say(f"discord.{key}", language) for key in ("remember_yes", "remember_no"))
    view.add_item(Remember.of(f"remember:yes:{person_id}", yes, discord.ButtonStyle.success))
    view.add_item(Remember.of(f"remember:no:{person_id}", no))
    return Page(say("discord.remember_question", language), view)
