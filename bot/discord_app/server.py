"""`/server`: what those who manage a server set for everybody in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.conversation import Conversation
from bot.discord_app.answering import BadOptionError, place, whisper
from bot.discord_app.dials import AUTO, LANGUAGE_CHOICES, Age, one_of
from bot.discord_app.names import named
from bot.discord_app.panels import Private, panel
from bot.discord_app.plain import escape
from bot.history import ServerSettings
from bot.texts import NAMES

if TYPE_CHECKING:
    from bot.discord_app.client import Parley


class Id(app_commands.Transformer):
    """The id of a channel in which people write, or whose threads they write in."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """A choice among the server's channels."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Of these kinds."""
        kinds = discord.ChannelType
        return [kinds.text, kinds.news, kinds.voice, kinds.stage_voice, kinds.forum]

    async def transform(self, _interaction: discord.Interaction[Any], value: app_commands.AppCommandChannel) -> str:
        """The id, as text."""
        return str(value.id)


Channel = app_commands.Transform[str, Id]

READERS = ("all", "asker")
"""Who may read the replies in a server."""
MOST_CHANNELS = 50
"""So many channels are listed, whose mentions are within what one message holds."""


@app_commands.default_permissions(manage_guild=True)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
class Server(commands.GroupCog, group_name=named("name_server"), group_description=named("describe_server")):
    """`/server set | channel`, shown to those who manage the server; every answer is for their eyes only."""

    def __init__(self, client: Parley) -> None:
        self._client = client

    @app_commands.command(name=named("name_set"), description=named("describe_set"))
    @app_commands.rename(language=named("option_language"), replies=named("option_replies"), age=named("option_age"))
    @app_commands.describe(
        language=named("describe_server_language"),
        replies=named("describe_server_replies"),
        age=named("describe_server_age"),
    )
    @app_commands.choices(
        language=[app_commands.Choice(name=named("choice_each"), value=AUTO), *LANGUAGE_CHOICES],
        replies=[app_commands.Choice(name=named(f"choice_{who}"), value=who) for who in READERS],
    )
    async def set(
        self,
        interaction: discord.Interaction[Parley],
        language: str | None = None,
        replies: str | None = None,
        age: Age | None = None,
    ) -> None:
        """Set what is given, and show how all is set."""
        async with self._client.turns.one(interaction):
            await interaction.response.defer(ephemeral=True, thinking=True)
            if age is not None and not self._client.conversation.knows_ages():
                await whisper(interaction, self._client.conversation.text("discord.no_ages", str(interaction.locale)))
                return
            now = place(interaction, self._client.conversation)
            try:
                chosen = replace(
                    now,
                    language=now.language if language is None else None if language == AUTO else language,
                    only_to_me=now.only_to_me if replies is None else one_of(replies, READERS) == "asker",
                    age_limit=now.age_limit if age is None else age,
                )
            except ValueError as error:
                raise BadOptionError from error
            await choose(interaction, chosen)

    @app_commands.command(name=named("name_channel"), description=named("describe_channel"))
    @app_commands.rename(channel=named("option_channel"), on=named("option_on"))
    @app_commands.describe(channel=named("describe_in_channel"), on=named("describe_on"))
    async def channel(self, interaction: discord.Interaction[Parley], channel: Channel, on: bool = True) -> None:
        """Answer mentions in a channel, and where none is named any more, in all; or no longer."""
        async with self._client.turns.one(interaction):
            await interaction.response.defer(ephemeral=True, thinking=True)
            now = place(interaction, self._client.conversation)
            others = tuple(one for one in now.channels if one != channel)
            if on and len(others) >= MOST_CHANNELS:
                say, locale = self._client.conversation.text, str(interaction.locale)
                await whisper(interaction, say("discord.many_channels", locale, most=MOST_CHANNELS))
                return
            await choose(interaction, replace(now, channels=(*others, channel) if on else others))


class ResetServer(Private, template=r"server-reset"):
    """Sets everything as it is everywhere."""

    async def pressed_alone(self, interaction: discord.Interaction[Parley]) -> None:
        """Forget what was set, if that is for who presses to decide still."""
        if interaction.permissions.manage_guild:
            await choose(interaction, ServerSettings())
        else:
            may_not = interaction.client.conversation.text("discord.manage_only", str(interaction.locale))
            await whisper(interaction, may_not)


async def choose(interaction: discord.Interaction[Parley], settings: ServerSettings) -> None:
    """Set it for the server, and show how all is set, in the language that is then that of whoever acted."""
    conversation = interaction.client.conversation
    assert interaction.guild_id is not None
    await conversation.set_server(str(interaction.guild_id), settings)
    language = conversation.language_for(str(interaction.user.id), str(interaction.locale), server=settings)
    text: ui.TextDisplay[Any] = ui.TextDisplay("\n".join(_lines(conversation, settings, language)))
    reset = ResetServer.of("server-reset", conversation.text("discord.settings_reset", language))
    await interaction.edit_original_response(view=panel(text, ui.ActionRow(reset)))


def talks_in(settings: ServerSettings, channel: discord.abc.MessageableChannel) -> bool:
    """Whether the bot answers mentions in a channel of a server, or in a thread of one."""
    here = {str(channel.id), str(getattr(channel, "parent_id", None))}
    return not settings.channels or not here.isdisjoint(settings.channels)


def listed(channels: tuple[str, ...]) -> str:
    """Channels as Discord links them."""
    return " ".join(f"<#{channel}>" for channel in channels)


def _lines(conversation: Conversation, settings: ServerSettings, language: str) -> Iterator[str]:
    """How everything is set, a line a thing."""

    def say(key: str, value: object) -> str:
        return escape(conversation.text(f"discord.{key}", language, value=value))

    def word(key: str) -> str:
        return conversation.text(f"discord.{key}", language)

    yield say("set_language", NAMES[settings.language] if settings.language else word("choice_each"))
    yield say("set_replies", word("choice_asker" if settings.only_to_me else "choice_all"))
    yield say("set_age", word("no_limit") if settings.age_limit is None else settings.age_limit)
    where = listed(settings.channels) or word("all_channels")
    yield conversation.text("discord.set_channels", language, value=where)
