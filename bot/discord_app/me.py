"""`/me`: what is believed of a person, every line with a button that takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.discord_app.answering import incoming, whisper
from bot.discord_app.names import named
from bot.discord_app.panels import Private, beside, page_of, panel, turning
from bot.discord_app.plain import escape
from bot.discord_app.tokens import item_of, token_of
from bot.profile import Line

if TYPE_CHECKING:
    from bot.discord_app.client import Parley

_ON_A_PAGE = 10
"""With its button a line takes three of the forty components of a message."""


class Me(commands.Cog):
    """`/me`, for the person's eyes only."""

    def __init__(self, client: Parley) -> None:
        self._client = client

    @app_commands.command(name=named("name_me"), description=named("describe_me"))
    async def me(self, interaction: discord.Interaction[Parley]) -> None:
        """What is believed of the person."""
        async with self._client.turns.one(interaction):
            await interaction.response.defer(ephemeral=True, thinking=True)
            await show(interaction)


class DropLine(Private, template=r"(?s:me-drop:(?P<page>\d{1,3}):(?:(?P<token>[=~].*)|(?P<wish>[\w-]{11})))"):
    """Takes one line back: what the person thinks of an item, or one of their wishes."""

    async def pressed_alone(self, interaction: discord.Interaction[Parley]) -> None:
        """Forget it, and show what is left."""
        conversation, asked = interaction.client.conversation, incoming(interaction)
        if self.fields["wish"]:
            reply = await conversation.drop_wish(asked, self.fields["wish"])
        elif (item_id := item_of(self.fields["token"], conversation)) is not None:
            reply = await conversation.drop_opinion(asked, item_id)
        else:
            await whisper(interaction, conversation.text("discord.too_old", str(interaction.locale)))
            return
        await show(interaction, int(self.fields["page"]), reply.text if reply else "")


class MePage(Private, template=r"me-page:(?P<page>-?\d{1,3})"):
    """Another page."""

    async def pressed_alone(self, interaction: discord.Interaction[Parley]) -> None:
        """Show it."""
        await show(interaction, int(self.fields["page"]))


async def show(interaction: discord.Interaction[Parley], page: int = 0, note: str = "") -> None:
    """Put a page of what is believed of whoever acted into the answer, below a note of what was done."""
    conversation, locale = interaction.client.conversation, str(interaction.locale)
    opening, lines = await conversation.lines(str(interaction.user.id), locale)
    on_page, page, pages = page_of(lines, page, _ON_A_PAGE)
    parts: list[ui.Item[Any]] = [ui.TextDisplay("\n".join(escape(text) for text in (note, opening) if text))]
    parts += [beside(escape(line.says), _button(line, page)) for line in on_page]
    await interaction.edit_original_response(view=panel(*parts, *turning(MePage, "me-page", page, pages)))


def _button(line: Line, page: int) -> DropLine:
    what = line.wish if line.wish else token_of(line.item_id, line.name)
    return DropLine.of(f"me-drop:{page}:{what}", "✕")
