"""Sends a reply to where its question came from, and asks for consent under it where the reply says so."""

from __future__ import annotations

import contextlib
import io
import logging
import time
from typing import TYPE_CHECKING, Any

import discord

from bot.conversation import Conversation, Reply
from bot.discord_app.answering import answer, whisper
from bot.discord_app.cards import Page, pages
from bot.discord_app.consent import question
from bot.discord_app.plain import escape, split
from bot.history import Undelivered

if TYPE_CHECKING:
    from bot.discord_app.client import Parley

logger = logging.getLogger(__name__)

FOLLOW_UPS = 4
"""Discord allows five to an app that only the person has installed; one is left for the question of consent."""
ADDRESS = "discord:"
"""What every address of a reply begins with."""
TOKEN_SECONDS = 14 * 60
"""So long an interaction can be answered for certain."""
LATE_SECONDS = 86_400
"""Replies that are older are not delivered any more."""


def message_address(message: discord.Message) -> str:
    """Where the reply to a message goes, as text that survives a restart."""
    return f"{ADDRESS}message:{message.channel.id}:{message.id}"


def interaction_address(interaction: discord.Interaction[Any]) -> str:
    """Where the answer to an interaction goes."""
    return f"{ADDRESS}interaction:{interaction.application_id}:{interaction.token}"


class Deliver:
    """Replies on their way out."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._say = conversation.text

    async def to_message(self, message: discord.Message, reply: Reply) -> None:
        """Answer a message by messages that refer to it: a person can answer those without a mention.

        What is for the person alone goes to their direct messages, as the question of consent does.
        """
        asks = [question(message.author.id, reply.language, self._say)] if reply.ask_to_remember else []
        if message.guild is None:
            await _answer(message, [*pages(reply, self._say), *asks])
            return
        if reply.private:
            arrived = await _directly(message.author, pages(reply, self._say))
            key = "sent_directly" if arrived else "direct_closed"
            await _answer(message, [Page(escape(self._say(f"conversation.{key}", reply.language)))])
        else:
            await _answer(message, pages(reply, self._say))
        await _directly(message.author, asks)

    async def to_interaction(
        self, interaction: discord.Interaction[Any], reply: Reply, *, ephemeral: bool = False
    ) -> None:
        """Put a reply into the answer that was deferred, and what is too long for it into follow-ups.

        What is too long for these as well comes as a file. What is for the person alone is never a public answer, and
        neither is an apology.
        """
        if reply.failed:
            await whisper(interaction, escape(reply.text))
            return
        sent = pages(reply, self._say)
        rest: list[discord.File] = []
        if len(sent) > FOLLOW_UPS:
            sent = [*sent[:1], Page(self._say("discord.whole_list", reply.language))]
            rest = [discord.File(io.BytesIO(reply.text.encode()), "parley.txt")]
        if reply.private and not ephemeral:
            sent = [Page(escape(self._say("conversation.sent_directly", reply.language))), *sent]
        await interaction.edit_original_response(content=sent[0].content, view=sent[0].view)
        for n, page in enumerate(sent[1:], start=2):
            arguments = _arguments(page) | ({"file": rest[0]} if rest and n == len(sent) else {})
            await interaction.followup.send(ephemeral=ephemeral or reply.private, **arguments)
        if reply.ask_to_remember:
            asked = question(interaction.user.id, reply.language, self._say)
            await interaction.followup.send(ephemeral=True, **_arguments(asked))

    async def late(self, client: Parley) -> None:
        """Deliver what was committed before a stop and did not arrive, or tell its person to say it again."""
        for reply in self._conversation.undelivered(ADDRESS):
            if time.time() - reply.moment < LATE_SECONDS:
                with contextlib.suppress(discord.HTTPException):
                    await self._late(client, reply)
            await self._conversation.delivered(reply.event_id)

    async def _late(self, client: Parley, reply: Undelivered) -> None:
        kind, where, which = reply.address.removeprefix(ADDRESS).split(":", 2)
        text = self._say("conversation.interrupted", reply.language)
        if kind == "message":
            channel = client.get_partial_messageable(int(where))
            direct = reply.text is not None and await self._is_direct(client, int(where))
            reference = discord.MessageReference(message_id=int(which), channel_id=int(where), fail_if_not_exists=False)
            pieces = split(escape(reply.text if reply.text is not None and direct else text))
            await answer(channel, reference, ({"content": piece} for piece in pieces))
        elif time.time() - reply.moment < TOKEN_SECONDS:
            hook = discord.Webhook.partial(int(where), which, client=client)
            await hook.edit_message("@original", content=text)  # type: ignore[call-overload]
        else:
            person = await client.fetch_user(int(reply.person_id))
            await person.send(text)

    async def _is_direct(self, client: Parley, channel_id: int) -> bool:
        """Whether nobody else reads a channel: elsewhere, nothing is told that was not meant for all."""
        channel = await client.fetch_channel(channel_id)
        return isinstance(channel, discord.DMChannel)


async def _answer(message: discord.Message, sent: list[Page]) -> None:
    await answer(message.channel, message.to_reference(fail_if_not_exists=False), map(_arguments, sent))


async def _directly(person: discord.abc.Messageable, sent: list[Page]) -> bool:
    """Send something to a person's direct messages; False if they take none."""
    try:
        for page in sent:
            await person.send(**_arguments(page))
    except discord.HTTPException as error:
        logger.info("A direct message was not taken: %s/%s", error.status, error.code)
        return False
    return True


def _arguments(page: Page) -> dict[str, Any]:
    return {"content": page.content} if page.view is None else {"content": page.content, "view": page.view}
