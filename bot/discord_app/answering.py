"""What every event has in common: whose it is, that a stop waits for it, and that its errors are answered."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import traceback
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import discord

from bot.conversation import Conversation, Incoming
from bot.texts import language_of

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


class Turns:
    """The events that are being answered just now."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._answering = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._background: set[asyncio.Task[Any]] = set()

    @contextlib.asynccontextmanager
    async def one(self, event: Event) -> AsyncIterator[None]:
        """Hold a stop until this event is answered; should that fail, apologise."""
        self._answering += 1
        self._idle.clear()
        try:
            async with self._forgiving(event):
                yield
        finally:
            self._answering -= 1
            if self._answering == 0:
                self._idle.set()

    @contextlib.asynccontextmanager
    async def background(self, event: Event) -> AsyncIterator[None]:
        """As `one`, for what takes minutes: a stop cancels it."""
        task = asyncio.current_task()
        assert task is not None
        self._background.add(task)
        try:
            async with self._forgiving(event):
                yield
        finally:
            self._background.discard(task)

    async def finish(self, seconds: float) -> None:
        """Cancel what runs in the background, let it say so, and wait for the others; at most so long."""
        cancelled = tuple(self._background)
        for task in cancelled:
            task.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                if cancelled:
                    await asyncio.wait(cancelled)
                await self._idle.wait()

    async def failed(self, event: Event, error: Exception) -> None:
        """Log an error without anything a person has written, and tell them in a sentence."""
        if isinstance(error, discord.HTTPException) and error.code in UNREACHABLE:
            logger.info("An event could not be answered: %s", describe(error))
            return
        logger.error("An event failed: %s", describe(error))
        with contextlib.suppress(discord.HTTPException):
            await self._apologise(event)

    @contextlib.asynccontextmanager
    async def _forgiving(self, event: Event) -> AsyncIterator[None]:
        try:
            yield
        except Exception as error:
            await self.failed(event, error)

    async def _apologise(self, event: Event) -> None:
        if isinstance(event, discord.Message):
            sorry = self._conversation.text("discord.sorry", language_of(event.content, None))
            await event.channel.send(sorry, reference=event.to_reference(fail_if_not_exists=False))
        else:
            await whisper(event, self._conversation.text("discord.sorry", str(event.locale)))


async def whisper(interaction: discord.Interaction[Any], sentence: str) -> None:
    """Say something to the person who acted only; after a deferral it becomes the answer."""
    if interaction.response.is_done():
        await interaction.followup.send(sentence, ephemeral=True)
    else:
        await interaction.response.send_message(sentence, ephemeral=True)


def incoming(interaction: discord.Interaction[Any], text: str = "") -> Incoming:
    """What an interaction brings to the conversation."""
    return Incoming(
        event_id=str(interaction.id),
        person_id=str(interaction.user.id),
        text=text,
        channel="command",
        locale=str(interaction.locale),
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
