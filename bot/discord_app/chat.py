"""Conversation in direct messages, and in servers by mention."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.conversation import Incoming
from bot.discord_app.deliver import message_address

if TYPE_CHECKING:
    from bot.discord_app.client import Parley

_TYPING_SECONDS = 8.0
"""Discord shows "is typing" for ten."""


class Chat(commands.Cog):
    """Answers people who write to the bot."""

    def __init__(self, client: Parley) -> None:
        self._client = client

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Take a turn if the message is a person's and meant for the bot."""
        if not self._is_for_us(message):
            return
        async with self._client.turns.one(message):
            async with _typing(message.channel):
                reply = await self._client.turns.in_line(self._incoming(message), self._client.conversation.turn)
            if reply is not None:
                await self._client.deliver.to_message(message, reply)
                await self._client.conversation.delivered(str(message.id))

    def _is_for_us(self, message: discord.Message) -> bool:
        said_by_a_person = not message.author.bot and message.webhook_id is None and not message.is_system()
        return said_by_a_person and (message.guild is None or self._client.user in message.mentions)

    def _incoming(self, message: discord.Message) -> Incoming:
        us = self._client.user
        assert us is not None
        return Incoming(
            event_id=str(message.id),
            person_id=str(message.author.id),
            text=re.sub(rf"<@!?{us.id}>", " ", message.content).strip(),
            channel="direct" if message.guild is None else "mention",
            public=message.guild is not None,
            address=message_address(message),
        )


@contextlib.asynccontextmanager
async def _typing(channel: discord.abc.Messageable) -> AsyncIterator[None]:
    """Show that the bot thinks. It runs beside the turn: a slow or refused indicator must not hold up an answer."""
    task = asyncio.create_task(_keep_typing(channel))
    try:
        yield
    finally:
        task.cancel()


async def _keep_typing(channel: discord.abc.Messageable) -> None:
    with contextlib.suppress(discord.HTTPException, OSError):
        while True:
            await channel.typing()
            await asyncio.sleep(_TYPING_SECONDS)
