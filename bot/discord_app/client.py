"""The connection to Discord: opened, kept up and closed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import cast

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.conversation import Conversation
from bot.discord_app import held, me, recommend, server, settings, watchlist
from bot.discord_app.admin import Admin, Cancel, GoBack
from bot.discord_app.answering import BadOptionError, Turns, describe, whisper
from bot.discord_app.buttons import Press
from bot.discord_app.chat import Chat
from bot.discord_app.consent import Remember
from bot.discord_app.deliver import Deliver
from bot.discord_app.help import Help
from bot.discord_app.names import Translator
from bot.discord_app.privacy import Privacy
from bot.discord_app.rate import Rating
from bot.discord_app.rating import Meant, Rate, Undo
from bot.discord_app.saving import Save
from bot.discord_app.shortcuts import Shortcut
from bot.discord_app.sync import Commands
from bot.discord_app.wishes import Drop, TakeBack
from bot.ending import stop_signals
from bot.posters import Posters
from bot.retraining import Retraining
from bot.settings import Settings
from bot.texts import Texts

logger = logging.getLogger(__name__)

BUTTONS: tuple[type[Press], ...] = (
    *(Rate, Save, Meant, Undo, Drop, TakeBack, Shortcut, Remember, Cancel, GoBack),
    *(held.Consent, held.HeldPage, held.Download, held.AskToErase, held.Erase),
    *(recommend.Like, recommend.Explain, watchlist.Add, watchlist.TakeOff, watchlist.ListPage),
    *(me.DropLine, me.MePage, settings.Reset, server.ResetServer),
)

FOR_ALL: tuple[Callable[[Parley], commands.Cog], ...] = (
    *(
        Chat,
        recommend.Recommend,
        Rating,
        watchlist.Watchlist,
        me.Me,
        settings.OwnSettings,
        Privacy,
        server.Server,
        Help,
    ),
)

CHANGING = (discord.TeamMemberRole.admin, discord.TeamMemberRole.developer)
"""Roles of the team that owns the application; whoever may only read it is not to retrain its bot."""

EXIT_OK, EXIT_FAILED, EXIT_WRONG_TOKEN = 0, 1, 2

_DISCONNECT_SECONDS, _FINISH_SECONDS = 2.0, 10.0
"""With what it takes to tell those who are cut off, less than `bot.ending.SECONDS`."""
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_BETWEEN_SESSIONS = 120.0
"""Discord allows 1,000 sessions a day, and resets the token of a bot that opens more."""
_USER_AGENT = f"DiscordBot (https://github.com/Rapptz/discord.py {discord.__version__}) Parley"
_ENDS = (discord.LoginFailure, discord.ConnectionClosed, discord.PrivilegedIntentsRequired, discord.HTTPException)
"""What Discord ends a connection with for good."""
_OUTAGES = (OSError, aiohttp.ClientError, TimeoutError, discord.DiscordServerError, discord.GatewayNotFound)


async def serve(
    settings: Settings,
    conversation: Conversation,
    retraining: Retraining,
    texts: Texts,
    posters: Posters | None = None,
) -> int:
    """Talk on Discord until SIGTERM or SIGINT, or until Discord refuses the token.

    Returns:
        The process's exit code: 0 after a signal, 2 if the token is wrong, 1 if Discord ends it for another reason.
    """
    assert settings.discord_token is not None
    token = settings.discord_token.get_secret_value().strip()
    _quieten()
    if settings.discord_api_base:
        _redirect(settings.discord_api_base)
    with stop_signals() as stop:
        try:
            while not stop.is_set():
                await _find_gateway(token, stop)
                if not stop.is_set():
                    client = Parley(settings, conversation, retraining, texts, posters)
                    pause = await _session(client, token, stop)
                    await _wait(stop, pause)
        except _ENDS as error:
            return _refused(error)
    return EXIT_OK


def _refused(error: discord.DiscordException) -> int:
    """Say why Discord ends it; the gateway's close code 4004 is about the token too."""
    if isinstance(error, discord.LoginFailure) or (isinstance(error, discord.ConnectionClosed) and error.code == 4004):
        logger.error("Discord does not accept DISCORD_TOKEN: copy the bot's token again from its developer portal.")
        return EXIT_WRONG_TOKEN
    logger.error("Discord has ended the connection for good: %s", describe(error))
    return EXIT_FAILED


class Tree(app_commands.CommandTree["Parley"]):
    """The commands; what goes wrong before one of them is reached is answered too."""

    async def on_error(self, interaction: discord.Interaction[Parley], error: app_commands.AppCommandError) -> None:
        """Say of a command that it is gone, and apologise for anything else."""
        client = interaction.client
        if isinstance(error, app_commands.TransformerError):
            async with client.turns.one(interaction):
                raise BadOptionError from error
            return
        if not isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            async with client.turns.one(interaction):
                raise error
        logger.warning("Somebody gave a command that Discord knows and this version does not.")
        async with client.turns.one(interaction):
            if interaction.type is discord.InteractionType.autocomplete:
                await interaction.response.autocomplete([])
            else:
                await whisper(interaction, client.conversation.text("discord.unknown_command", str(interaction.locale)))


class Parley(commands.AutoShardedBot):
    """The bot's client.

    Sharded even with a single shard: a plain client does not survive a failure of its very first connection.
    """

    def __init__(
        self,
        settings: Settings,
        conversation: Conversation,
        retraining: Retraining,
        texts: Texts,
        posters: Posters | None = None,
    ) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=Tree,
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
        )
        self.conversation = conversation
        self.retraining = retraining
        self.turns = Turns(conversation)
        self.deliver = Deliver(conversation, posters)
        self.commands_on_discord = Commands(self.tree, settings.state_dir)
        self._settings = settings
        self._texts = texts

    async def setup_hook(self) -> None:
        """Make everything that has to be awaited, between the login and the first event."""
        self.add_dynamic_items(*BUTTONS)
        for cog in (*FOR_ALL, Admin):
            await self.add_cog(cog(self))
        await self.tree.set_translator(Translator(self._texts))
        await self.commands_on_discord.sync_if_changed()

    async def on_ready(self) -> None:
        """Say that it is up, and deliver what a stop kept from arriving."""
        logger.info("On Discord as %s.", self.user)
        await self.deliver.late(self)

    async def on_message(self, message: discord.Message, /) -> None:
        """Leave messages to `Chat`: there are no commands by prefix."""

    async def on_interaction(self, interaction: discord.Interaction[Parley]) -> None:
        """Tell who presses a button of a kind that is no longer known; all other interactions have their own way."""
        data = cast("dict[str, object]", interaction.data or {})
        custom_id = str(data.get("custom_id", ""))
        known = any(button.__discord_ui_compiled_template__.fullmatch(custom_id) for button in BUTTONS)
        if interaction.type is discord.InteractionType.component and not known:
            async with self.turns.one(interaction):
                await whisper(interaction, self.conversation.text("discord.too_old", str(interaction.locale)))

    def may_administer(self, user_id: int) -> bool:
        """Whether somebody is named in the settings, owns the application, or may change it as a member of its team."""
        application = self.application
        if user_id in self._settings.owner_ids or application is None:
            return user_id in self._settings.owner_ids
        if application.team is None:
            return user_id == application.owner.id
        return any(
            member.id == user_id
            and member.membership_state is discord.TeamMembershipState.accepted
            and member.role in CHANGING
            for member in application.team.members
        )

    async def finish(self) -> None:
        """Tell whoever waits that it is over, hear no more, finish what is being answered, and go."""
        self.turns.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_DISCONNECT_SECONDS):
                for shard in self.shards.values():
                    await shard.disconnect()
        await self.turns.finish(_FINISH_SECONDS)
        await self.close()

    async def close(self) -> None:
        """Close the connection; posters that have not come by now are not waited for."""
        self.deliver.close()
        await super().close()


async def _session(client: Parley, token: str, stop: asyncio.Event) -> float:
    """One client from login to close.

    Returns:
        Seconds to wait before the next; this comes back early if Discord got out of reach before the client was up.
    """
    async with client:
        running = asyncio.create_task(client.start(token))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            await client.finish()
            running.cancel()
        stopping.cancel()
        try:
            await running
        except _OUTAGES as error:
            logger.warning("Discord got out of reach (%s); trying again.", describe(error))
            return _FIRST_PAUSE
        except asyncio.CancelledError:
            if not stop.is_set():
                raise
    return _BETWEEN_SESSIONS


async def _find_gateway(token: str, stop: asyncio.Event) -> None:
    """Wait until Discord answers, and note where its gateway is for connections that cannot be resumed.

    discord.py keeps trying once it is up, but gives up if the very first request fails.

    Raises:
        discord.LoginFailure: Discord does not know the token.
    """
    pause = _FIRST_PAUSE
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as session:
        while not stop.is_set():
            try:
                url = await _ask_gateway(session, token)
            except (OSError, aiohttp.ClientError, TimeoutError, ValueError, KeyError) as error:
                level = logging.WARNING if pause == _FIRST_PAUSE else logging.DEBUG
                why = str(error) or type(error).__name__
                logger.log(level, "Discord cannot be reached at %s (%s); trying again until it can.", Route.BASE, why)
                await _wait(stop, pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)
                return


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def _ask_gateway(session: aiohttp.ClientSession, token: str) -> str:
    if not token.isascii() or not token.isprintable() or " " in token:
        raise discord.LoginFailure("this cannot be a token")
    headers = {"Authorization": f"Bot {token}", "User-Agent": _USER_AGENT}
    async with session.get(f"{Route.BASE}/gateway/bot", headers=headers) as response:
        if response.status == 401:
            raise discord.LoginFailure("the token is not known")
        response.raise_for_status()
        return str((await response.json())["url"])


def _redirect(base: str) -> None:
    """Send every request to a server that speaks Discord's protocol."""
    Route.BASE = base
    discord.Asset.BASE = str(yarl.URL(base).origin())


class _OneSentence(logging.Filter):
    """Turns a record with a traceback into one line that quotes nobody."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1] is not None:
            record.msg, record.args = f"{record.getMessage()} ({describe(record.exc_info[1])})", None
            record.exc_info = None
        return True


_ONE_SENTENCE = _OneSentence()


def _quieten() -> None:
    """discord.py's debug records hold whole payloads, and its errors whole tracebacks: neither belongs in a log."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    library = logging.getLogger("discord")
    library.setLevel(max(logging.INFO, library.getEffectiveLevel()))
    for name in ("app_commands.tree", "client", "gateway", "shard", "state", "ui.modal", "ui.view"):
        logging.getLogger(f"discord.{name}").addFilter(_ONE_SENTENCE)
