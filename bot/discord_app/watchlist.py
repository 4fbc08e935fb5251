"""`/watchlist`: what a person means to have one day, in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.discord_app.answering import incoming, whisper
from bot.discord_app.items import Which, meant, offered
from bot.discord_app.names import named
from bot.discord_app.panels import Private, cut, page_of, panel, turning
from bot.discord_app.plain import escape
from bot.discord_app.tokens import item_of, token_of
from bot.profile import day_of

if TYPE_CHECKING:
    from bot.discord_app.client import Parley

_ON_A_PAGE = 7
"""With its two buttons an item takes four of the forty components of a message."""


class Watchlist(commands.GroupCog, group_name=named("name_watchlist"), group_description=named("describe_watchlist")):
    """`/watchlist show | add | done | remove`; every answer is for the person's eyes only."""

    def __init__(self, client: Parley) -> None:
        self._client = client

    @app_commands.command(name=named("name_list"), description=named("describe_list"))
    async def show(self, interaction: discord.Interaction[Parley]) -> None:
        """The list, newest first."""
        async with self._client.turns.one(interaction):
            await interaction.response.defer(ephemeral=True, thinking=True)
            await show(interaction)

    @app_commands.command(name=named("name_add"), description=named("describe_add"))
    @app_commands.rename(item=named("option_item"))
    @app_commands.describe(item=named("describe_item"))
    @app_commands.autocomplete(item=offered)
    async def add(self, interaction: discord.Interaction[Parley], item: str) -> None:
        """One item more; where it is not sure which, that is asked."""
        async with self._client.turns.one(interaction):
            await interaction.response.defer(ephemeral=True, thinking=True)
            if (item_id := await meant(interaction, item, Add.among)) is not None:
                await add(interaction, item_id)

    @app_commands.command(name=named("name_done"), description=named("describe_done"))
    @app_commands.rename(item=named("option_item"))
    @app_commands.describe(item=named("describe_saved_item"))
    async def done(self, interaction: discord.Interaction[Parley], item: str) -> None:
        """One item less, that the person has had."""
        await self._take_off(interaction, item, done=True)

    @app_commands.command(name=named("name_remove"), description=named("describe_remove"))
    @app_commands.rename(item=named("option_item"))
    @app_commands.describe(item=named("describe_saved_item"))
    async def remove(self, interaction: discord.Interaction[Parley], item: str) -> None:
        """One item less."""
        await self._take_off(interaction, item, done=False)

    @done.autocomplete("item")
    @remove.autocomplete("item")
    async def _saved(self, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        conversation = self._client.conversation
        name_of, locale = conversation.name_of, str(interaction.locale)
        saved = [
            (one.item_id, name_of(one.item_id, locale), name_of(one.item_id)) for one in await _list_of(interaction)
        ]
        like = [row for row in saved if any(typed.casefold() in name.casefold() for name in row[1:])]
        return [app_commands.Choice(name=name[:100], value=token_of(item_id, own)) for item_id, name, own in like[:25]]

    async def _take_off(self, interaction: discord.Interaction[Parley], item: str, *, done: bool) -> None:
        async with self._client.turns.one(interaction):
            await interaction.response.defer(ephemeral=True, thinking=True)
            if (item_id := await self._listed(interaction, item)) is None:
                unknown = self._client.conversation.text("discord.not_on_list", str(interaction.locale))
                await whisper(interaction, unknown)
            else:
                await show(interaction, note=await _taken_off(interaction, item_id, done=done))

    async def _listed(self, interaction: discord.Interaction[Parley], item: str) -> str | None:
        """The id of what was chosen, or of the only item of the list that is called what was typed."""
        conversation = self._client.conversation
        if item.startswith(("=", "~")):
            return item_of(item, conversation)
        saved = {one.item_id for one in await _list_of(interaction)}
        called = [item_id for item_id, _ in conversation.called(item) if item_id in saved]
        return called[0] if len(called) == 1 else None


class Add(Which, template=r"(?s:list-add:(?P<token>[=~].*))"):
    """The item that was meant to be put on the list."""

    PREFIX = "list-add"

    async def taken(self, interaction: discord.Interaction[Parley], item_id: str) -> None:
        """Put it there."""
        await add(interaction, item_id)


class TakeOff(Private, template=r"(?s:list-(?P<act>done|remove):(?P<page>\d{1,3}):(?P<token>[=~].*))"):
    """The person has had an item, or wants it no more; the page shows what is left."""

    async def pressed_alone(self, interaction: discord.Interaction[Parley]) -> None:
        """Take it off."""
        conversation = interaction.client.conversation
        item_id = item_of(self.fields["token"], conversation)
        if item_id is None:
            await whisper(interaction, conversation.text("discord.too_old", str(interaction.locale)))
            return
        note = await _taken_off(interaction, item_id, done=self.fields["act"] == "done")
        await show(interaction, int(self.fields["page"]), note)


class ListPage(Private, template=r"list-page:(?P<page>-?\d{1,3})"):
    """Another page of the list."""

    async def pressed_alone(self, interaction: discord.Interaction[Parley]) -> None:
        """Show it."""
        await show(interaction, int(self.fields["page"]))


async def add(interaction: discord.Interaction[Parley], item_id: str) -> None:
    """Put an item on the list, and confirm it to whoever acted alone."""
    reply = await interaction.client.conversation.save(incoming(interaction), item_id)
    if reply is not None:
        await interaction.client.deliver.to_interaction(interaction, reply, ephemeral=True)


async def show(interaction: discord.Interaction[Parley], page: int = 0, note: str = "") -> None:
    """Put a page of the list into the answer, below a note of what was done."""
    conversation, locale = interaction.client.conversation, str(interaction.locale)
    say = conversation.text
    saved = (await _list_of(interaction))[::-1]
    on_page, page, pages = page_of(saved, page, _ON_A_PAGE)
    heading = say("discord.list_heading" if saved else "discord.list_empty", locale, count=len(saved))
    parts: list[ui.Item[Any]] = [ui.TextDisplay("\n".join(filter(None, [escape(note), heading])))]
    for one in on_page:
        name = conversation.name_of(one.item_id, locale)
        facts = " · ".join(filter(None, [conversation.facts_of(one.item_id, locale), day_of(one.day)]))
        token = token_of(one.item_id, conversation.name_of(one.item_id))
        parts.append(ui.TextDisplay(cut(f"**{escape(name)}**\n-# {escape(facts)}")))
        parts.append(
            ui.ActionRow(
                TakeOff.of(f"list-done:{page}:{token}", say("discord.list_done", locale)),
                TakeOff.of(f"list-remove:{page}:{token}", say("discord.list_remove", locale)),
            )
        )
    view = panel(*parts, *turning(ListPage, "list-page", page, pages))
    await interaction.edit_original_response(view=view)


async def _list_of(interaction: discord.Interaction[Any]) -> tuple[Any, ...]:
    """The list of whoever acted, oldest first."""
    return tuple(await interaction.client.conversation.saved(str(interaction.user.id)))


async def _taken_off(interaction: discord.Interaction[Parley], item_id: str, *, done: bool) -> str:
    """Take an item off the list; what is said of it."""
    conversation = interaction.client.conversation
    take = conversation.done if done else conversation.unsave
    reply = await take(incoming(interaction), item_id)
    return reply.text if reply else ""
