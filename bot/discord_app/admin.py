"""What only the bot's owners may do: retrain, roll back, look."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_app.answering import describe, whisper
from bot.discord_app.names import named
from bot.discord_app.plain import escape, split
from bot.phases import Phase
from bot.retraining import Outcome, Progress

if TYPE_CHECKING:
    from bot.discord_app.client import Parley

logger = logging.getLogger(__name__)

_BAR = 20
_TOKEN_SECONDS = 14.5 * 60
"""Discord takes 15 minutes. Counted here, as discord.py's own `is_expired` compares Discord's clock with this one."""


@app_commands.default_permissions()
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
class Admin(commands.GroupCog, group_name=named("name_admin"), group_description=named("describe_admin")):
    """`/admin retrain | rollback | status | sync`; every answer is for the owner's eyes only.

    Discord shows it to the administrators of servers alone, and the bot obeys none of them but its owner.
    """

    def __init__(self, client: Parley) -> None:
        self._client = client

    @app_commands.command(name=named("name_retrain"), description=named("describe_retrain"))
    async def retrain(self, interaction: discord.Interaction[Parley]) -> None:
        """Rebuild the recommender, with progress in the answer."""
        async with self._client.turns.background(interaction):
            if await self._is_owner(interaction):
                say, locale = self._client.conversation.text, str(interaction.locale)
                answer = Moving(interaction, lambda phase: say(f"discord.phase_{phase}", locale))
                ended = say("discord.broken_off", locale)
                try:
                    outcome = await self._client.retraining.run(answer.show, _by(interaction))
                    ended = outcome.say
                finally:
                    await answer.end(ended)

    @app_commands.command(name=named("name_rollback"), description=named("describe_rollback"))
    async def rollback(self, interaction: discord.Interaction[Parley]) -> None:
        """Go back to the version before."""
        await self._report(interaction, partial(self._client.retraining.rollback, _by(interaction)))

    @app_commands.command(name=named("name_status"), description=named("describe_status"))
    async def status(self, interaction: discord.Interaction[Parley]) -> None:
        """The version in use and its figures."""
        await self._report(interaction, self._client.retraining.status)

    @app_commands.command(name=named("name_sync"), description=named("describe_sync"))
    async def sync(self, interaction: discord.Interaction[Parley]) -> None:
        """Send the commands to Discord again."""
        async with self._client.turns.one(interaction):
            if await self._is_owner(interaction):
                key = "synced" if await self._client.commands_on_discord.sync() else "not_synced"
                said = self._client.conversation.text(f"discord.{key}", str(interaction.locale))
                await interaction.edit_original_response(content=said)

    async def _report(self, interaction: discord.Interaction[Parley], act: Callable[[], Awaitable[Outcome]]) -> None:
        async with self._client.turns.one(interaction):
            if await self._is_owner(interaction):
                outcome = await act()
                await interaction.edit_original_response(content=split(escape(outcome.say))[0])

    async def _is_owner(self, interaction: discord.Interaction[Parley]) -> bool:
        """Acknowledge an owner; tell anybody else that this is not for them."""
        if self._client.may_administer(interaction.user.id):
            await interaction.response.defer(ephemeral=True, thinking=True)
            return True
        await whisper(interaction, self._client.conversation.text("discord.owner_only", str(interaction.locale)))
        return False


class Moving:
    """An answer that moves: edited at most once a second, and never waited for by what it reports on.

    Its token dies after 15 minutes. Then progress is no longer shown, and the end comes as a direct message.
    """

    def __init__(
        self,
        interaction: discord.Interaction[Any],
        name_of: Callable[[Phase], str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._interaction = interaction
        self._name_of = name_of
        self._clock = clock
        self._next = clock()
        self._dies = clock() + _TOKEN_SECONDS
        self._alive = True
        self._edit: asyncio.Task[None] | None = None

    async def show(self, progress: Progress) -> None:
        """Show how far it is, unless the last edit is too young or still under way."""
        if self._clock() < self._next or (self._edit is not None and not self._edit.done()):
            return
        self._next = self._clock() + 1.0
        self._edit = asyncio.create_task(self._put(bar(progress, self._name_of(progress.phase))))

    async def end(self, say: str) -> None:
        """Show how it ended."""
        if self._edit is not None:
            await self._edit
        last = split(escape(say))[0]
        await self._put(last)
        if not self._alive:
            with contextlib.suppress(discord.HTTPException):
                await self._interaction.user.send(last)

    async def _put(self, content: str) -> None:
        self._alive = self._alive and self._clock() < self._dies
        if self._alive:
            try:
                await self._interaction.edit_original_response(content=content)
            except discord.HTTPException as error:
                logger.info("Progress is no longer shown: %s", describe(error))
                self._alive = False


def bar(progress: Progress, phase: str) -> str:
    """A line such as `█████░░░░░ 50% Training: epoch 3 of 6`."""
    share = min(max(progress.done, 0.0), 1.0)
    full = round(share * _BAR)
    return f"{'█' * full}{'░' * (_BAR - full)} {share:.0%} {escape(f'{phase}: {progress.say}')}"[:2000]


def _by(interaction: discord.Interaction[Any]) -> str:
    """Who acts, for the audit log."""
    return f"discord:{interaction.user.id}"
