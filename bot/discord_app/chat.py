"""Conversation in direct messages, and in servers by mention."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from functools import partial
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.discord_app.addresses import message_address
from bot.discord_app.answering import place
from bot.discord_app.rating import items_in
from bot.discord_app.server import listed, talks_in
from bot.exchange import Incoming

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
            incoming = self._incoming(message)
            if not self._may_talk_there(message, incoming):
                await self._say_where(message, incoming)
                return
            growing = self._client.deliver.growing(message)
            async with _typing(message.channel):
                if incoming.text:
                    take = partial(growing.take, self._client.conversation.turn)
                    reply = await self._client.turns.in_line(incoming, take)
                else:
                    reply = await self._client.conversation.remark(incoming, self._why_nothing_is_read(message))
            if reply is not None:
                await self._client.deliver.to_message(message, reply, growing.begun)
                await self._client.conversation.delivered(str(message.id))

    def _is_for_us(self, message: discord.Message) -> bool:
        said_by_a_person = not message.author.bot and message.webhook_id is None and not message.is_system()
        return said_by_a_person and (message.guild is None or self._is_addressed(message))

    def _may_talk_there(self, message: discord.Message, incoming: Incoming) -> bool:
        """Whether those who manage the server want answers in that channel; somebody in danger is answered anywhere."""
        return talks_in(incoming.server, message.channel) or self._client.conversation.is_urgent(incoming.text)

    async def _say_where(self, message: discord.Message, incoming: Incoming) -> None:
        """Tell a person, and nobody else, in which channels of the server they are answered."""
        conversation = self._client.conversation
        language = conversation.language_for(incoming.person_id, None, incoming.text, incoming.server)
        channels = listed(incoming.server.channels)
        with contextlib.suppress(discord.HTTPException):
            await message.author.send(conversation.text("discord.elsewhere", language, channels=channels))

    def _is_addressed(self, message: discord.Message) -> bool:
        """Whether a message in a server mentions the bot or its role, or replies to the answer of a command of its."""
        us = self._client.user
        return us in message.mentions or _our_role(message) in message.role_mentions or self._answers_command(message)

    def _slate(self, message: discord.Message) -> tuple[str, ...]:
        """The items of the message that this one answers, if that is one of the bot's."""
        answered = _answered(message)
        if answered is None or answered.author != self._client.user:
            return ()
        return items_in(answered, self._client.conversation)

    def _answers_command(self, message: discord.Message) -> bool:
        answered = _answered(message)
        return (
            answered is not None and answered.author == self._client.user and answered.interaction_metadata is not None
        )

    def _why_nothing_is_read(self, message: discord.Message) -> str:
        """What to say to a message without words: a greeting, unless Discord has kept them from the bot.

        It does where only a role is mentioned, and in replies to the answers of commands.
        """
        if message.guild is None or message.content:
            return "discord.called"
        if self._answers_command(message):
            return "discord.unread_reply"
        return "discord.called" if self._client.user in message.mentions else "discord.role"

    def _incoming(self, message: discord.Message) -> Incoming:
        us, role = self._client.user, _our_role(message)
        assert us is not None
        ours = rf"<@!?{us.id}>" if role is None else rf"<@!?{us.id}>|<@&{role.id}>"
        return Incoming(
            event_id=str(message.id),
            person_id=str(message.author.id),
            text=re.sub(ours, " ", message.content).strip(),
            channel="direct" if message.guild is None else "mention",
            public=message.guild is not None,
            slate=self._slate(message),
            address=message_address(message),
            server=place(message, self._client.conversation),
        )


def _our_role(message: discord.Message) -> discord.Role | None:
    """The role that a server has made for the bot: it bears its name, and is easily taken for it."""
    return message.guild.self_role if message.guild else None


def _answered(message: discord.Message) -> discord.Message | None:
    """The message to which this one is a reply, if Discord has sent it along."""
    answered = message.reference.resolved if message.reference else None
    return answered if isinstance(answered, discord.Message) else None


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
