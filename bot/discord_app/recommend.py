"""Recommending, rating and looking at one's own taste by command."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.conversation import Incoming, Reply
from bot.discord_app.answering import incoming, whisper
from bot.discord_app.deliver import interaction_address
from bot.discord_app.names import named
from bot.discord_app.rating import VERDICTS, choices, rate
from bot.discord_app.tokens import item_of, token_of
from domain.preference import Verdict

if TYPE_CHECKING:
    from bot.discord_app.client import Parley


MOST_CHOICES = 10
"""So many titles are offered where it is not sure which one is meant."""


class Recommend(commands.Cog):
    """`/recommend`, `/rate`, `/me`, `/help`, and "More like this" on a message."""

    def __init__(self, client: Parley) -> None:
        self._client = client
        self._more = app_commands.ContextMenu(name=named("name_more"), callback=self._more_like_this)

    async def cog_load(self) -> None:
        """Cogs have no decorator for context menus."""
        self._client.tree.add_command(self._more)

    async def cog_unload(self) -> None:
        """Take the context menu away again."""
        self._client.tree.remove_command(self._more.name, type=self._more.type)

    @app_commands.command(name=named("name_recommend"), description=named("describe_recommend"))
    @app_commands.rename(wish=named("option_wish"))
    @app_commands.describe(wish=named("describe_wish"))
    async def recommend(self, interaction: discord.Interaction[Parley], wish: str = "") -> None:
        """A slate for a wish, or for what is known of the person."""
        await self._slate(interaction, self._client.conversation.recommend, wish)

    @app_commands.command(name=named("name_rate"), description=named("describe_rate"))
    @app_commands.rename(item=named("option_item"), verdict=named("option_verdict"))
    @app_commands.describe(item=named("describe_item"), verdict=named("describe_verdict"))
    @app_commands.choices(verdict=[app_commands.Choice(name=named(f"choice_{v}"), value=v) for v in VERDICTS])
    async def rate(self, interaction: discord.Interaction[Parley], item: str, verdict: str) -> None:
        """A rating of one item, chosen from the list or typed; where it is not sure which, that is asked."""
        async with self._client.turns.one(interaction):
            await interaction.response.defer(ephemeral=True, thinking=True)
            conversation, opinion = self._client.conversation, cast("Verdict", verdict)
            if (item_id := self._chosen(item)) is not None:
                await rate(interaction, item_id, opinion, "command")
            elif found := conversation.called(item) or conversation.find(item, MOST_CHOICES):
                which = conversation.text("discord.which_one", str(interaction.locale))
                await interaction.edit_original_response(content=which, view=choices(found[:MOST_CHOICES], opinion))
            else:
                await whisper(interaction, conversation.text("discord.not_found", str(interaction.locale)))

    @rate.autocomplete("item")
    async def _titles(self, _interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        found = self._client.conversation.find(typed, 25)
        return [app_commands.Choice(name=name[:100], value=token_of(item_id, name)) for item_id, name in found[:25]]

    @app_commands.command(name=named("name_me"), description=named("describe_me"))
    async def me(self, interaction: discord.Interaction[Parley]) -> None:
        """What is held about the person, for their eyes only."""
        await show(self._client, interaction, self._client.conversation.about)

    @app_commands.command(name=named("name_help"), description=named("describe_help"))
    async def help(self, interaction: discord.Interaction[Parley]) -> None:
        """What the bot can do, in a few lines."""
        async with self._client.turns.one(interaction):
            await whisper(interaction, self._client.conversation.text("discord.help", str(interaction.locale)))

    async def _more_like_this(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        await self._slate(interaction, self._client.conversation.similar, message.content)

    async def _slate(
        self,
        interaction: discord.Interaction[Parley],
        compose: Callable[[Incoming], Awaitable[Reply | None]],
        text: str,
    ) -> None:
        async with self._client.turns.one(interaction):
            await interaction.response.defer(thinking=True)
            asked = replace(incoming(interaction, text), address=interaction_address(interaction))
            reply = await self._client.turns.in_line(asked, compose)
            if reply is not None:
                await self._client.deliver.to_interaction(interaction, reply)
                await self._client.conversation.delivered(asked.event_id)

    def _chosen(self, item: str) -> str | None:
        """The id behind a choice of the list, or of the only item that is called what was typed."""
        if item.startswith(("=", "~")):
            return item_of(item, self._client.conversation)
        called = self._client.conversation.called(item)
        return called[0][0] if len(called) == 1 else None


async def show(
    client: Parley, interaction: discord.Interaction[Any], told: Callable[[str, str | None], Awaitable[Reply]]
) -> None:
    """Tell a person, and nobody else, what is `told` about them."""
    async with client.turns.one(interaction):
        await interaction.response.defer(ephemeral=True, thinking=True)
        reply = await told(str(interaction.user.id), str(interaction.locale))
        await client.deliver.to_interaction(interaction, reply, ephemeral=True)
