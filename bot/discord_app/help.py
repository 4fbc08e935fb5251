"""`/help`: what the bot can do, in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_app.answering import whisper
from bot.discord_app.names import named

if TYPE_CHECKING:
    from bot.discord_app.client import Parley


class Help(commands.Cog):
    """`/help`, for the person's eyes only."""

    def __init__(self, client: Parley) -> None:
        self._client = client

    @app_commands.command(name=named("name_help"), description=named("describe_help"))
    async def help(self, interaction: discord.Interaction[Parley]) -> None:
        """The commands, and how to talk."""
        async with self._client.turns.one(interaction):
            said = self._client.conversation.text("discord.help", str(interaction.locale))
            await whisper(interaction, self._client.commands_on_discord.linked(said))
