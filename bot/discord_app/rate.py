"""`/rate`: what a person thinks of an item."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_app.dials import one_of
from bot.discord_app.items import meant, offered
from bot.discord_app.names import named
from bot.discord_app.rating import VERDICTS, choices, rate
from domain.preference import Verdict

if TYPE_CHECKING:
    from bot.discord_app.client import Parley


class Rating(commands.Cog):
    """`/rate`, confirmed to the person alone."""

    def __init__(self, client: Parley) -> None:
        self._client = client

    @app_commands.command(name=named("name_rate"), description=named("describe_rate"))
    @app_commands.rename(item=named("option_item"), verdict=named("option_verdict"))
    @app_commands.describe(item=named("describe_item"), verdict=named("describe_verdict"))
    @app_commands.choices(verdict=[app_commands.Choice(name=named(f"choice_{v}"), value=v) for v in VERDICTS])
    @app_commands.autocomplete(item=offered)
    async def rate(self, interaction: discord.Interaction[Parley], item: str, verdict: str) -> None:
        """A rating of one item, chosen from the list or typed; where it is not sure which, that is asked."""
        async with self._client.turns.one(interaction):
            await interaction.response.defer(ephemeral=True, thinking=True)
            opinion = cast("Verdict", one_of(verdict, VERDICTS))
            item_id = await meant(interaction, item, lambda found: choices(found, opinion))
            if item_id is not None:
                await rate(interaction, item_id, opinion, "command")
