"""What a person may see, decide and delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_app import held
from bot.discord_app.answering import incoming
from bot.discord_app.names import named

if TYPE_CHECKING:
    from bot.discord_app.client import Parley


class Privacy(commands.GroupCog, group_name=named("name_privacy"), group_description=named("describe_privacy")):
    """`/privacy show | export | erase`, and the consents; every answer is for the person's eyes only."""

    def __init__(self, client: Parley) -> None:
        self._client = client

    @app_commands.command(name=named("name_show"), description=named("describe_show"))
    async def show(self, interaction: discord.Interaction[Parley]) -> None:
        """Everything that is held about the person, in pages, with what they may do about it."""
        async with self._client.turns.one(interaction):
            await interaction.response.defer(ephemeral=True, thinking=True)
            await held.show(interaction)

    @app_commands.command(name=named("name_export"), description=named("describe_export"))
    async def export(self, interaction: discord.Interaction[Parley]) -> None:
        """The same as a file that programs read."""
        async with self._client.turns.one(interaction):
            await interaction.response.defer(ephemeral=True, thinking=True)
            said, file = await held.exported(interaction)
            await interaction.edit_original_response(content=said, attachments=[file])

    @app_commands.command(name=named("name_erase"), description=named("describe_erase"))
    async def erase(self, interaction: discord.Interaction[Parley]) -> None:
        """Ask once more before everything is deleted."""
        async with self._client.turns.one(interaction):
            said, view = held.question(interaction)
            await interaction.response.send_message(said, view=view, ephemeral=True)

    @app_commands.command(name=named("name_remember"), description=named("describe_remember"))
    @app_commands.rename(on=named("option_on"))
    @app_commands.describe(on=named("describe_on"))
    async def remember(self, interaction: discord.Interaction[Parley], on: bool) -> None:
        """The first consent: that their history is kept for them."""
        await self._consent(interaction, remember=on)

    @app_commands.command(name=named("name_share"), description=named("describe_share"))
    @app_commands.rename(on=named("option_on"))
    @app_commands.describe(on=named("describe_on"))
    async def share(self, interaction: discord.Interaction[Parley], on: bool) -> None:
        """The second consent: that their ratings improve the model for all."""
        await self._consent(interaction, share=on)

    @app_commands.command(name=named("name_reasons"), description=named("describe_reasons"))
    @app_commands.rename(on=named("option_on"))
    @app_commands.describe(on=named("describe_on"))
    async def reasons(self, interaction: discord.Interaction[Parley], on: bool) -> None:
        """Whether what the person liked may be named as a reason where others read it."""
        async with self._client.turns.one(interaction):
            await interaction.response.defer(ephemeral=True, thinking=True)
            reply = await self._client.conversation.set_public_reasons(incoming(interaction), on=on)
            if reply is not None:
                await self._client.deliver.to_interaction(interaction, reply, ephemeral=True)

    @app_commands.command(name=named("name_elsewhere"), description=named("describe_elsewhere"))
    @app_commands.rename(on=named("option_on"))
    @app_commands.describe(on=named("describe_on"))
    async def elsewhere(self, interaction: discord.Interaction[Parley], on: bool) -> None:
        """The third consent: that a language model on another machine words the replies."""
        async with self._client.turns.one(interaction):
            await interaction.response.defer(ephemeral=True, thinking=True)
            reply = await self._client.conversation.set_elsewhere(incoming(interaction), on=on)
            if reply is not None:
                await self._client.deliver.to_interaction(interaction, reply, ephemeral=True)

    async def _consent(
        self, interaction: discord.Interaction[Parley], *, remember: bool | None = None, share: bool | None = None
    ) -> None:
        async with self._client.turns.one(interaction):
            await interaction.response.defer(ephemeral=True, thinking=True)
            reply = await self._client.conversation.set_consent(incoming(interaction), remember=remember, share=share)
            if reply is not None:
                await self._client.deliver.to_interaction(interaction, reply, ephemeral=True)
