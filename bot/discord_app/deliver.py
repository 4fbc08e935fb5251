"""Sends a reply to where its question came from, and asks for consent under it where the reply says so."""

from __future__ import annotations

from typing import Any

import discord

from bot.conversation import Reply
from bot.discord_app.cards import Page, Say, pages
from bot.discord_app.consent import question

FOLLOW_UPS = 4
"""Discord allows five to an app that only the person has installed; one is left for the question of consent."""


class Deliver:
    """Replies on their way out."""

    def __init__(self, say: Say) -> None:
        self._say = say

    async def to_message(self, message: discord.Message, reply: Reply) -> None:
        """Answer a message by messages that refer to it: a person can answer those without a mention."""
        sent = pages(reply, self._say)
        if reply.ask_to_remember:
            sent.append(question(message.author.id, reply.language, self._say))
        for page in sent:
            await message.channel.send(reference=message.to_reference(fail_if_not_exists=False), **_arguments(page))

    async def to_interaction(
        self, interaction: discord.Interaction[Any], reply: Reply, *, ephemeral: bool = False
    ) -> None:
        """Put a reply into the answer that was deferred, and what is too long for it into follow-ups."""
        first, *more = pages(reply, self._say)[: FOLLOW_UPS + 1]
        await interaction.edit_original_response(**_arguments(first))
        for page in more:
            await interaction.followup.send(ephemeral=ephemeral, **_arguments(page))
        if reply.ask_to_remember:
            asked = question(interaction.user.id, reply.language, self._say)
            await interaction.followup.send(ephemeral=True, **_arguments(asked))


def _arguments(page: Page) -> dict[str, Any]:
    return {"content": page.content} if page.view is None else {"content": page.content, "view": page.view}
