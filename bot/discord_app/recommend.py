"""Recommending by command: for a wish, like an item, like what a message names; and why."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_app.answering import incoming, is_for_them_alone
from bot.discord_app.cards import text_of
from bot.discord_app.dials import SURPRISE_CHOICES, Count, counted, surprise_of
from bot.discord_app.items import Which, chosen, meant, offered
from bot.discord_app.names import named
from bot.exchange import Incoming, Reply, Show

if TYPE_CHECKING:
    from bot.discord_app.client import Parley


class Recommend(commands.Cog):
    """`/recommend`, `/similar`, `/why`, and "More like this" on a message."""

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
    @app_commands.rename(wish=named("option_wish"), surprise=named("option_surprise"), count=named("option_count"))
    @app_commands.describe(
        wish=named("describe_wish"), surprise=named("describe_surprise"), count=named("describe_count")
    )
    @app_commands.choices(surprise=SURPRISE_CHOICES)
    async def recommend(
        self,
        interaction: discord.Interaction[Parley],
        wish: str = "",
        surprise: str | None = None,
        count: Count | None = None,
    ) -> None:
        """A slate for a wish, or for what is known of the person."""
        async with self._client.turns.one(interaction):
            alone = await _defer(interaction)
            asked = replace(incoming(interaction, wish), surprise=surprise_of(surprise), count=counted(count))
            await self._client.deliver.turn(interaction, asked, self._client.conversation.recommend, ephemeral=alone)

    @app_commands.command(name=named("name_similar"), description=named("describe_similar"))
    @app_commands.rename(item=named("option_item"))
    @app_commands.describe(item=named("describe_item"))
    @app_commands.autocomplete(item=offered)
    async def similar(self, interaction: discord.Interaction[Parley], item: str) -> None:
        """A slate like one item."""
        async with self._client.turns.one(interaction):
            alone = is_for_them_alone(interaction) or chosen(self._client.conversation, item) is None
            await interaction.response.defer(ephemeral=alone, thinking=True)
            if (item_id := await meant(interaction, item, Like.among)) is not None:
                await like(interaction, item_id, alone=alone)

    @app_commands.command(name=named("name_why"), description=named("describe_why"))
    @app_commands.rename(item=named("option_item"))
    @app_commands.describe(item=named("describe_item"))
    @app_commands.autocomplete(item=offered)
    async def why(self, interaction: discord.Interaction[Parley], item: str | None = None) -> None:
        """Why the last slate is what it is, or what speaks for one item; for the person's eyes only."""
        async with self._client.turns.one(interaction):
            await interaction.response.defer(ephemeral=True, thinking=True)
            if item is None:
                await explain(interaction)
            elif (item_id := await meant(interaction, item, Explain.among)) is not None:
                await explain(interaction, item_id)

    async def _more_like_this(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        async with self._client.turns.one(interaction):
            alone = await _defer(interaction)
            await _alike(interaction, incoming(interaction, text_of(message)), alone=alone)


class Like(Which, template=r"(?s:alike:(?P<token>[=~].*))"):
    """The item whose like was meant."""

    PREFIX = "alike"

    async def taken(self, interaction: discord.Interaction[Parley], item_id: str) -> None:
        """Show a slate like it."""
        await like(interaction, item_id, alone=True)


class Explain(Which, template=r"(?s:explain:(?P<token>[=~].*))"):
    """The item that was asked about."""

    PREFIX = "explain"

    async def taken(self, interaction: discord.Interaction[Parley], item_id: str) -> None:
        """Say what speaks for it."""
        await explain(interaction, item_id)


async def _defer(interaction: discord.Interaction[Parley]) -> bool:
    """Promise an answer; returns whether it is for nobody else to read."""
    alone = is_for_them_alone(interaction)
    await interaction.response.defer(ephemeral=alone, thinking=True)
    return alone


async def like(interaction: discord.Interaction[Parley], item_id: str, *, alone: bool) -> None:
    """Answer a deferred interaction by a slate like an item."""
    await _alike(interaction, incoming(interaction), item_id, alone=alone)


async def _alike(
    interaction: discord.Interaction[Parley], asked: Incoming, item_id: str | None = None, *, alone: bool
) -> None:
    def compose(asked: Incoming, _show: Show) -> Awaitable[Reply | None]:
        return interaction.client.conversation.similar(asked, item_id)

    await interaction.client.deliver.turn(interaction, asked, compose, ephemeral=alone)


async def explain(interaction: discord.Interaction[Parley], *item_ids: str) -> None:
    """Answer a deferred interaction by why some items are for the person, or else those that were shown last."""
    conversation = interaction.client.conversation
    reply = await interaction.client.turns.in_line(incoming(interaction), partial(conversation.why, item_ids=item_ids))
    if reply is not None:
        await interaction.client.deliver.to_interaction(interaction, reply, ephemeral=True)
