"""What only the bot's owners may do: retrain, roll back, look."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_app.answering import whisper
from bot.discord_app.buttons import Press
from bot.discord_app.moving import Moving
from bot.discord_app.names import named
from bot.discord_app.plain import escape, split
from bot.outcome import Figure, Outcome
from bot.texts import language_of

if TYPE_CHECKING:
    from bot.discord_app.client import Parley


@app_commands.default_permissions()
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
class Admin(commands.GroupCog, group_name=named("name_admin"), group_description=named("describe_admin")):
    """`/admin retrain | cancel | rollback | status | models | audit | sync`; every answer is for the owner's eyes only.

    Discord shows it to the administrators of servers alone, and the bot obeys none of them but its owner.
    """

    def __init__(self, client: Parley) -> None:
        self._client = client

    @app_commands.command(name=named("name_retrain"), description=named("describe_retrain"))
    @app_commands.rename(dry=named("option_dry"))
    @app_commands.describe(dry=named("describe_dry"))
    async def retrain(self, interaction: discord.Interaction[Parley], dry: bool = False) -> None:
        """Rebuild the recommender, with progress in the answer."""
        async with self._client.turns.background(interaction):
            if await _is_owner(interaction):
                locale = str(interaction.locale)
                say = partial(self._client.conversation.text, locale=locale)
                cancel = Cancel.of("admin-cancel", say("discord.cancel"), discord.ButtonStyle.danger)
                answer = Moving(interaction, say, cancel)
                told = say("discord.broken_off")
                figures: tuple[Figure, ...] = ()
                back: tuple[GoBack, ...] = ()
                try:
                    outcome = await self._client.retraining.run(answer.show, _by(interaction), dry=dry)
                    told, figures = outcome.told(language_of("", locale)), outcome.figures
                    if version := outcome.replaced:
                        back = (GoBack.of(f"admin-back:{version}", say("discord.go_back", version=version)),)
                finally:
                    await answer.end(told, figures, *back)

    @app_commands.command(name=named("name_cancel"), description=named("describe_cancel"))
    async def cancel(self, interaction: discord.Interaction[Parley]) -> None:
        """End the retrain that runs."""
        await _report(interaction, partial(self._client.retraining.cancel, _by(interaction)))

    @app_commands.command(name=named("name_rollback"), description=named("describe_rollback"))
    @app_commands.rename(version=named("option_version"))
    @app_commands.describe(version=named("describe_version"))
    async def rollback(self, interaction: discord.Interaction[Parley], version: str | None = None) -> None:
        """Go back to the version before, or to the one that is named."""
        await _report(interaction, partial(self._client.retraining.rollback, _by(interaction), version))

    @rollback.autocomplete("version")
    async def _versions(self, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        """The versions that are kept; to nobody but an owner."""
        if not self._client.may_administer(interaction.user.id):
            return []
        like = [version for version in self._client.retraining.versions() if typed in version]
        return [app_commands.Choice(name=version, value=version) for version in like[:25]]

    @app_commands.command(name=named("name_status"), description=named("describe_status"))
    async def status(self, interaction: discord.Interaction[Parley]) -> None:
        """The version in use and how good it is."""
        await _report(interaction, self._client.retraining.status)

    @app_commands.command(name=named("name_models"), description=named("describe_models"))
    async def models(self, interaction: discord.Interaction[Parley]) -> None:
        """Every version that is kept."""
        await _report(interaction, self._client.retraining.models)

    @app_commands.command(name=named("name_audit"), description=named("describe_audit"))
    async def audit(self, interaction: discord.Interaction[Parley]) -> None:
        """Who did what, and how that ended."""
        await _report(interaction, self._client.retraining.audit)

    @app_commands.command(name=named("name_sync"), description=named("describe_sync"))
    async def sync(self, interaction: discord.Interaction[Parley]) -> None:
        """Send the commands to Discord again."""
        async with self._client.turns.one(interaction):
            if await _is_owner(interaction):
                key = "synced" if await self._client.commands_on_discord.sync() else "not_synced"
                said = self._client.conversation.text(f"discord.{key}", str(interaction.locale))
                await interaction.edit_original_response(content=said)


class Cancel(Press, template=r"admin-cancel"):
    """Ends the retrain whose progress is shown above it."""

    async def pressed(self, interaction: discord.Interaction[Parley]) -> None:
        """Cancel it, for an owner."""
        if await _is_owner(interaction):
            await _tell(interaction, interaction.client.retraining.cancel(_by(interaction)))


class GoBack(Press, template=r"admin-back:(?P<version>[\w.-]{1,80})"):
    """Goes back to the version that a retrain has replaced."""

    async def pressed(self, interaction: discord.Interaction[Parley]) -> None:
        """Publish it again, for an owner."""
        if await _is_owner(interaction):
            version = self.fields["version"]
            await _tell(interaction, await interaction.client.retraining.rollback(_by(interaction), version))


async def _report(interaction: discord.Interaction[Parley], act: Callable[[], Outcome | Awaitable[Outcome]]) -> None:
    """Do something for an owner, and tell how it ended."""
    async with interaction.client.turns.one(interaction):
        if await _is_owner(interaction):
            ended = act()
            await _tell(interaction, await ended if inspect.isawaitable(ended) else ended)


async def _tell(interaction: discord.Interaction[Parley], outcome: Outcome) -> None:
    first, *rest = split(escape(outcome.told(language_of("", str(interaction.locale)))))
    await interaction.edit_original_response(content=first)
    for piece in rest:
        await interaction.followup.send(piece, ephemeral=True)


async def _is_owner(interaction: discord.Interaction[Parley]) -> bool:
    """Acknowledge an owner; tell anybody else that this is not for them."""
    if interaction.client.may_administer(interaction.user.id):
        await interaction.response.defer(ephemeral=True, thinking=True)
        return True
    await whisper(interaction, interaction.client.conversation.text("discord.owner_only", str(interaction.locale)))
    return False


def _by(interaction: discord.Interaction[Any]) -> str:
    """Who acts, for the audit log."""
    return f"discord:{interaction.user.id}"
