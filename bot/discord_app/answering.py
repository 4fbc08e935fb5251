"""What every event has in common: whose it is, that a stop waits for it, and that its errors are answered."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Iterator
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import discord
from discord.ext import commands

from bot.conversation import Conversation
from bot.discord_app.locales import LOCALES
from bot.exchange import Incoming, Reply
from bot.history import ServerSettings
from bot.queue import Queue, Refused

if TYPE_CHECKING:
    from bot.discord_app.client import Parley

    Event: TypeAlias = discord.Message | discord.Interaction[Parley]

logger = logging.getLogger(__name__)

UNREACHABLE = frozenset(
    {
        10003,  # the channel is gone
        10008,  # the message is gone
        10015,  # the interaction's webhook is gone
        10062,  # the interaction was not acknowledged within 3 s
        40003,  # direct messages are opened too fast
        40060,  # the interaction was acknowledged before: the event came twice
        50001,  # the channel cannot be seen
        50007,  # the person takes no direct messages
        50013,  # the bot may not speak there
        50027,  # the interaction's token is older than 15 minutes
    }
)
"""Discord's error codes that mean that nobody is there to apologise to."""


TURNS, SECONDS = 8, 30.0
"""So many turns a person may ask for in so long a time."""
_TELLING_SECONDS = 3.0
CLIENT_LOCALE = "client_locale"
"""Where an interaction's own locale is kept, when its person chose another."""
MUTE = frozenset({50001, 50013})
"""Of these, those that mean that the bot may not speak where it was spoken to."""
NO_HISTORY = 160002
"""Discord's error code that means that the bot may not read what was said before, and so not refer to it."""


class BadOptionError(Exception):
    """An option of a command has a value that Discord would not have let a person give."""


class Turns:
    """The events that are being answered just now, and the queue of those that need the models."""

    def __init__(self, conversation: Conversation, queue: Queue | None = None) -> None:
        self._conversation = conversation
        self._queue = queue or Queue()
        self._cooldowns = commands.CooldownMapping[Incoming].from_cooldown(TURNS, SECONDS, attrgetter("person_id"))
        self._in_line: set[str] = set()
        self._answering: set[asyncio.Task[Any]] = set()
        self._background: set[asyncio.Task[Any]] = set()
        self._is_cut_off = False

    async def in_line(self, asked: Incoming, take: Callable[[Incoming], Awaitable[Reply | None]]) -> Reply | None:
        """Take a turn when it is this person's; somebody in danger waits for nobody.

        Returns:
            what `take` returns; None for an event that came before and is in line already.

        Raises:
            Refused: the turn will not be taken; `one` tells why.
        """
        if asked.event_id in self._in_line:
            return None
        if self._conversation.is_urgent(asked.text):
            return await take(asked)
        if self._cooldowns.update_rate_limit(asked):
            raise Refused("hasty")
        self._in_line.add(asked.event_id)
        try:
            async with self._queue.turn(asked.person_id):
                return await take(asked)
        finally:
            self._in_line.discard(asked.event_id)

    @contextlib.asynccontextmanager
    async def one(self, event: Event) -> AsyncIterator[None]:
        """Hold a stop until this event is answered; should that fail, or take longer than a stop waits, say so."""
        with _among(self._answering):
            try:
                async with self._forgiving(event):
                    yield
            except asyncio.CancelledError:
                if self._is_cut_off:
                    await self._tell(event, "stopping")
                raise

    @contextlib.asynccontextmanager
    async def background(self, event: Event) -> AsyncIterator[None]:
        """As `one`, for what takes minutes: a stop cancels it."""
        with _among(self._background):
            async with self._forgiving(event):
                yield

    def close(self) -> None:
        """Tell whoever waits in line that their turn will not come."""
        self._queue.close()

    async def finish(self, seconds: float) -> None:
        """Cancel what runs in the background, wait for the others so long, then cut them off and let them say so."""
        self.close()
        for task in self._background:
            task.cancel()
        await _ended(self._background | self._answering, seconds)
        self._is_cut_off = True
        for task in self._answering:
            task.cancel()
        await _ended(self._answering, _TELLING_SECONDS)

    async def _failed(self, event: Event, error: Exception) -> None:
        """Log an error without anything a person has written, and tell them in a sentence."""
        if isinstance(error, discord.HTTPException) and error.code in UNREACHABLE:
            logger.info("An event could not be answered: %s", describe(error))
            if isinstance(event, discord.Message) and event.guild and error.code in MUTE:
                await self._tell_directly(event)
            return
        logger.error("An event failed: %s", describe(error))
        await self._tell(event, "sorry")

    @contextlib.asynccontextmanager
    async def _forgiving(self, event: Event) -> AsyncIterator[None]:
        try:
            if isinstance(event, discord.Interaction):
                _speak_their_language(event, self._conversation)
            yield
        except Refused as refused:
            logger.info("A turn was refused: %s", refused.reason)
            await self._tell(event, refused.reason)
        except BadOptionError:
            await self._tell(event, "bad_option")
        except Exception as error:
            await self._failed(event, error)

    async def _tell_directly(self, event: discord.Message) -> None:
        """Tell who wrote where the bot may not write why they get no answer there."""
        said = self._conversation.text("discord.may_not_speak", self._language_of(event), channel=event.channel.id)
        with contextlib.suppress(discord.HTTPException):
            await event.author.send(said)

    def _language_of(self, event: discord.Message) -> str:
        there = place(event, self._conversation)
        return self._conversation.language_for(str(event.author.id), None, event.content, there)

    async def _tell(self, event: Event, key: str) -> None:
        """Say a sentence instead of an answer, if the person can be reached."""
        with contextlib.suppress(discord.HTTPException):
            if isinstance(event, discord.Message):
                said = self._conversation.text(f"discord.{key}", self._language_of(event))
                await answer(event.channel, event.to_reference(fail_if_not_exists=False), [{"content": said}])
            else:
                await whisper(event, self._conversation.text(f"discord.{key}", str(event.locale)))


@contextlib.contextmanager
def _among(tasks: set[asyncio.Task[Any]]) -> Iterator[None]:
    """Count the running task among some until the block ends."""
    task = asyncio.current_task()
    assert task is not None
    tasks.add(task)
    try:
        yield
    finally:
        tasks.discard(task)


async def _ended(tasks: Collection[asyncio.Task[Any]], seconds: float) -> None:
    """Wait until tasks have ended, at most so long."""
    if tasks:
        await asyncio.wait(tuple(tasks), timeout=seconds)


async def answer(
    channel: discord.abc.Messageable, question: discord.MessageReference, sent: Iterable[dict[str, Any]]
) -> list[discord.Message]:
    """Send messages that refer to a question; without that, where the bot may not read what was said before."""
    refers: dict[str, Any] = {"reference": question}
    messages: list[discord.Message] = []
    for arguments in sent:
        try:
            messages.append(await channel.send(**refers, **arguments))
        except discord.HTTPException as error:
            if not refers or error.code != NO_HISTORY:
                raise
            refers = {}
            messages.append(await channel.send(**arguments))
    return messages


async def whisper(interaction: discord.Interaction[Any], sentence: str) -> None:
    """Say something to the person who acted only, also where an answer was promised that all would read."""
    if not interaction.response.is_done():
        await interaction.response.send_message(sentence, ephemeral=True)
        return
    promised = await interaction.original_response()
    if promised.flags.loading and not promised.flags.ephemeral:
        await promised.edit(content="…")  # or else what comes next would take its place, for all to read
        await promised.delete()
    await interaction.followup.send(sentence, ephemeral=True)


def place(event: Event, conversation: Conversation) -> ServerSettings:
    """What is set for the server in which something happens; in direct messages, nothing."""
    return conversation.server(str(event.guild.id)) if event.guild else ServerSettings()


def is_for_them_alone(interaction: discord.Interaction[Parley]) -> bool:
    """Whether the person, or those who manage the server, want nobody else to read the answers."""
    conversation = interaction.client.conversation
    chosen = conversation.settings(str(interaction.user.id))
    return chosen.only_to_me or place(interaction, conversation).only_to_me


def _speak_their_language(interaction: discord.Interaction[Parley], conversation: Conversation) -> None:
    """Let an interaction's locale be the language that its person chose, or else the server: all texts go by it."""
    settings = conversation.settings(str(interaction.user.id))
    if language := settings.language or place(interaction, conversation).language:
        interaction.extras[CLIENT_LOCALE] = str(interaction.locale)
        interaction.locale = LOCALES[language]


def incoming(interaction: discord.Interaction[Any], text: str = "") -> Incoming:
    """What an interaction brings to the conversation."""
    return Incoming(
        event_id=str(interaction.id),
        person_id=str(interaction.user.id),
        text=text,
        channel="command",
        locale=interaction.extras.get(CLIENT_LOCALE, str(interaction.locale)),
        server=place(interaction, interaction.client.conversation),
        public=not interaction.context.dm_channel if interaction.context else interaction.guild_id is not None,
    )


def describe(error: BaseException) -> str:
    """Kind and place of an error; never its message, which may quote what a person wrote."""
    detail = ""
    if isinstance(error, discord.HTTPException):
        detail = f" {error.status}/{error.code}"
    elif isinstance(error, OSError) and error.errno is not None:
        detail = f" {error.errno}"
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno} in {frames[-1].name}" if frames else ""
    return f"{type(error).__name__}{detail}{place}"
