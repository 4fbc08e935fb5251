"""Buttons under a slate that say a sentence for whoever presses them: more, older, shorter, a surprise, why."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import discord

from bot.discord_app.answering import incoming, is_for_them_alone, whisper
from bot.discord_app.buttons import Press, mark, view_of
from bot.discord_app.rating import items_in
from bot.exchange import Reply

if TYPE_CHECKING:
    from bot.discord_app.client import Parley


_WHAT = r"(?P<what>more|older|shorter|surprise|why)"


class Shortcut(Press, template=rf"say:{_WHAT}:(?P<count>[1-9]):(?P<language>[A-Za-z-]{{2,8}})"):
    """Takes a turn of whoever presses: its sentence, in the language of the slate, said of that slate of so many."""

    async def pressed(self, interaction: discord.Interaction[Parley]) -> None:
        """Answer by a new message; where nobody else sees the slate, it shows that the button was pressed."""
        client, message = interaction.client, interaction.message
        assert message is not None
        alone = is_for_them_alone(interaction)
        await interaction.response.defer(ephemeral=alone, thinking=True)
        slate = items_in(message, client.conversation)
        if not slate:
            await whisper(interaction, client.conversation.text("discord.too_old", str(interaction.locale)))
            return
        what, language, count = self.fields["what"], self.fields["language"], int(self.fields["count"])
        sentence = client.conversation.text(f"discord.say_{what}", language, count=count)
        whole = slate if len(slate) == count else ()  # of a slate that began in a message before, this is the end
        asked = replace(incoming(interaction, sentence), slate=whole)
        about = client.conversation.refinements.get(what)
        turn, undo = client.conversation.turn, partial(_wish_about, about)
        if await client.deliver.turn(interaction, asked, turn, ephemeral=alone, undo=undo) and not asked.public:
            await self._show(message)

    async def _show(self, message: discord.Message) -> None:
        """Let a message in direct messages show the press; one that is gone by now needs not."""
        mark(self.item)
        with contextlib.suppress(discord.HTTPException):
            await message.edit(view=view_of(self))


def _wish_about(attribute: str | None, reply: Reply) -> str | None:
    """The token of the wish about an attribute, of those that a reply goes by: the press has added it."""
    about = (wish for wish in reply.wishes if any(c.attribute == attribute for c in wish.constraints))
    return next((wish.token for wish in about), None)
