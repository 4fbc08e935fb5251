"""`/settings`: what a person may set for themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.conversation import Conversation
from bot.discord_app.answering import BadOptionError, incoming, whisper
from bot.discord_app.dials import (
    AUTO,
    LANGUAGE_CHOICES,
    SURPRISE_CHOICES,
    USUAL,
    Age,
    Count,
    one_of,
    surprise_of,
    word_of,
)
from bot.discord_app.names import named
from bot.discord_app.panels import Private, panel
from bot.discord_app.plain import escape
from bot.history import PersonalSettings
from bot.texts import NAMES

if TYPE_CHECKING:
    from bot.discord_app.client import Parley

READERS = ("all", "me")
"""Who may read the replies to a person."""


class OwnSettings(commands.Cog):
    """`/settings`, for the person's eyes only."""

    def __init__(self, client: Parley) -> None:
        self._client = client

    @app_commands.command(name=named("name_settings"), description=named("describe_settings"))
    @app_commands.rename(
        language=named("option_language"),
        replies=named("option_replies"),
        surprise=named("option_surprise"),
        count=named("option_count"),
        age=named("option_age"),
    )
    @app_commands.describe(
        language=named("describe_language"),
        replies=named("describe_replies"),
        surprise=named("describe_surprise"),
        count=named("describe_count"),
        age=named("describe_age"),
    )
    @app_commands.choices(
        language=[app_commands.Choice(name=named("choice_auto"), value=AUTO), *LANGUAGE_CHOICES],
        replies=[app_commands.Choice(name=named(f"choice_{who}"), value=who) for who in READERS],
        surprise=[app_commands.Choice(name=named("choice_usual"), value=USUAL), *SURPRISE_CHOICES],
    )
    async def settings(
        self,
        interaction: discord.Interaction[Parley],
        language: str | None = None,
        replies: str | None = None,
        surprise: str | None = None,
        count: Count | None = None,
        age: Age | None = None,
    ) -> None:
        """Set what is given, and show how all is set."""
        async with self._client.turns.one(interaction):
            await interaction.response.defer(ephemeral=True, thinking=True)
            conversation = self._client.conversation
            if age is not None and not conversation.knows_ages():
                await whisper(interaction, conversation.text("discord.no_ages", str(interaction.locale)))
                return
            now = conversation.settings(str(interaction.user.id))
            try:
                chosen = PersonalSettings(
                    language=now.language if language is None else None if language == AUTO else language,
                    only_to_me=now.only_to_me if replies is None else one_of(replies, READERS) == "me",
                    surprise=now.surprise if surprise is None else surprise_of(surprise),
                    slate=now.slate if count is None else count,
                    age_limit=now.age_limit if age is None else age,
                )
            except ValueError as error:
                raise BadOptionError from error
            await choose(interaction, chosen)


class Reset(Private, template=r"settings-reset"):
    """Sets everything as it is for everybody."""

    async def pressed_alone(self, interaction: discord.Interaction[Parley]) -> None:
        """Forget what was set."""
        await choose(interaction, PersonalSettings())


async def choose(interaction: discord.Interaction[Parley], settings: PersonalSettings) -> None:
    """Set what whoever acted has chosen, if it is anything new, and show how all is set, in the language chosen."""
    conversation, person = interaction.client.conversation, str(interaction.user.id)
    asked, note = incoming(interaction), ""
    if settings != conversation.settings(person):
        reply = await conversation.choose(asked, settings)
        note = reply.text if reply else ""
    language = conversation.language_for(person, asked.locale, server=asked.server)
    lines = [note, *_lines(conversation, settings, language)]
    text: ui.TextDisplay[Any] = ui.TextDisplay("\n".join(escape(line) for line in lines if line))
    reset = Reset.of("settings-reset", conversation.text("discord.settings_reset", language))
    await interaction.edit_original_response(view=panel(text, ui.ActionRow(reset)))


def _lines(conversation: Conversation, settings: PersonalSettings, language: str) -> Iterator[str]:
    """How everything is set, a line a thing."""

    def say(key: str, **values: object) -> str:
        return conversation.text(f"discord.{key}", language, **values)

    usual = say("choice_usual")
    surprise = usual if settings.surprise is None else say(f"choice_{word_of(settings.surprise)}")
    yield say("set_language", value=NAMES[settings.language] if settings.language else say("choice_auto"))
    yield say("set_replies", value=say("choice_me" if settings.only_to_me else "choice_all"))
    yield say("set_surprise", value=surprise)
    yield say("set_count", value=settings.slate or usual)
    if settings.age_limit is not None:
        yield say("set_age", value=settings.age_limit)
