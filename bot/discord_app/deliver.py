"""Sends a reply to where its question came from: as a card, or as plain text where Discord takes none."""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import discord

from bot.conversation import Conversation
from bot.discord_app.addresses import ADDRESS, interaction_address
from bot.discord_app.answering import answer, describe, incoming, whisper
from bot.discord_app.cards import Page, Showing, pages, plain_pages
from bot.discord_app.plain import escape, split
from bot.discord_app.streaming import Streaming
from bot.exchange import Incoming, Reply, Show
from bot.history import Undelivered
from bot.posters import Film, Posters

if TYPE_CHECKING:
    from bot.discord_app.client import Parley

logger = logging.getLogger(__name__)

FOLLOW_UPS = 4
"""Discord allows five to an app that only the person has installed; one is left to apologise."""
SENT_DIRECTLY = "conversation.sent_directly"
INVALID_FORM = 50035
"""Discord's error code that means that it does not take a message as it is, its components for example."""
TOKEN_SECONDS = 14 * 60
"""So long an interaction can be answered for certain."""
LATE_SECONDS = 86_400
"""Replies that are older are not delivered any more."""

Compose: TypeAlias = Callable[[Incoming, Show], Awaitable[Reply | None]]
"""Composes the reply to what somebody asks, and tells of it while it is being written."""
Send: TypeAlias = Callable[[list[Page]], Awaitable[list[discord.Message]]]


class Deliver:
    """Replies on their way out."""

    def __init__(self, conversation: Conversation, posters: Posters | None = None) -> None:
        self._conversation = conversation
        self._posters = posters
        self._coming: set[asyncio.Task[None]] = set()
        self._say = conversation.text

    def growing(self, message: discord.Message) -> Growing:
        """The answer to a message while it is being written."""
        public = message.guild is not None
        showing = Showing(message.author.id, public=public)
        return Growing(partial(self._drawn, showing=showing), partial(_go_on, message), public=public)

    def growing_answer(self, interaction: discord.Interaction[Any], *, ephemeral: bool) -> Growing:
        """The same in the answer of an interaction that was deferred, for the person alone or for all."""
        showing = Showing(interaction.user.id, public=incoming(interaction).public and not ephemeral)
        put = partial(_put, interaction, ephemeral=ephemeral)
        return Growing(partial(self._drawn, showing=showing), put, public=not ephemeral)

    async def to_message(self, message: discord.Message, reply: Reply, begun: Sequence[discord.Message] = ()) -> None:
        """Answer a message by messages that refer to it: a person can answer those without a mention.

        What is for the person alone goes to their direct messages. `begun` is what is shown of the reply already.
        """
        if message.guild is None or not reply.private:
            showing = Showing(message.author.id, public=message.guild is not None)
            await self._send(reply, showing, lambda sent: _go_on(message, begun, sent))
            return
        told = pages(reply, self._conversation, Showing(message.author.id, public=False))
        key = SENT_DIRECTLY if await _directly(message.author, told) else "conversation.direct_closed"
        await _answer(message, [Page(escape(self._say(key, reply.language)))])

    async def turn(
        self,
        interaction: discord.Interaction[Parley],
        asked: Incoming,
        compose: Compose,
        *,
        ephemeral: bool,
        undo: Callable[[Reply], str | None] = lambda _: None,
    ) -> Reply | None:
        """Take a turn when it is the person's, and show the reply as it grows, in the answer that was deferred.

        Args:
            interaction: what is answered.
            asked: what it brings to the conversation.
            compose: takes the turn.
            ephemeral: nobody else sees the deferred answer.
            undo: the token of the wish that the reply takes back by a button.
        """
        asked = replace(asked, address=interaction_address(interaction))
        growing = self.growing_answer(interaction, ephemeral=ephemeral)
        reply = await interaction.client.turns.in_line(asked, partial(growing.take, compose))
        if reply is not None:
            begun = growing.begun
            await self.to_interaction(interaction, reply, ephemeral=ephemeral, undo=undo(reply), begun=begun)
            await self._conversation.delivered(asked.event_id)
        return reply

    async def to_interaction(
        self,
        interaction: discord.Interaction[Any],
        reply: Reply,
        *,
        ephemeral: bool = False,
        undo: str | None = None,
        begun: Sequence[discord.Message] = (),
    ) -> None:
        """Put a reply into the answer that was deferred, and what is too much for it into follow-ups.

        What is too long for these as well comes as a file. What is for the person alone is never a public answer, and
        neither is an apology.

        Args:
            interaction: what is answered.
            reply: the answer.
            ephemeral: nobody else sees the deferred answer.
            undo: the token of a wish that was added by the button that is answered.
            begun: what is shown of the reply already.
        """
        if reply.failed:
            await whisper(interaction, escape(reply.text))
            await _take_away(begun)
            return
        hidden = ephemeral or reply.private
        before = [] if ephemeral or not reply.private else [Page(escape(self._say(SENT_DIRECTLY, reply.language)))]
        showing = Showing(interaction.user.id, public=incoming(interaction).public and not hidden, undo=undo)
        await self._send(
            reply, showing, lambda sent: self._respond(interaction, [*before, *sent], reply, begun, ephemeral=hidden)
        )

    async def _send(self, reply: Reply, showing: Showing, send: Send) -> None:
        """Send cards, or plain text where Discord does not take them; posters that are not known yet come later."""
        showing = await self._pictured(reply, showing)
        sent = pages(reply, self._conversation, showing)
        try:
            messages = await send(sent)
        except discord.HTTPException as error:
            if not reply.cards or error.code != INVALID_FORM:
                raise
            logger.warning("Discord did not take a card, so plain text was sent: %s", describe(error))
            await send(plain_pages(reply, self._conversation, showing))
            return
        films = _films(reply)
        if self._posters and len(showing.posters) < len(films):
            coming = asyncio.create_task(self._add_posters(self._posters, films, reply, showing, messages))
            self._coming.add(coming)
            coming.add_done_callback(self._coming.discard)

    async def _add_posters(
        self,
        posters: Posters,
        films: Mapping[Film, str],
        reply: Reply,
        showing: Showing,
        messages: Sequence[discord.Message],
    ) -> None:
        """Edit a card when its posters have come, if it still is as many messages with them."""
        found = {films[film]: address for film, address in (await posters.find(films)).items()}
        sent = pages(reply, self._conversation, replace(showing, posters=found))
        if found != showing.posters and len(sent) == len(messages):
            for message, page in zip(messages, sent, strict=True):
                with contextlib.suppress(discord.HTTPException):
                    await message.edit(view=page.view)

    async def _drawn(self, reply: Reply, showing: Showing) -> list[Page]:
        """The messages of a reply that is being written."""
        return pages(reply, self._conversation, await self._pictured(reply, showing))

    async def _pictured(self, reply: Reply, showing: Showing) -> Showing:
        """The same with the posters that are at hand."""
        films = _films(reply)
        known = await self._posters.kept(films) if self._posters and films else {}
        return replace(showing, posters={films[film]: address for film, address in known.items() if address})

    def close(self) -> None:
        """Wait no longer for posters."""
        for task in self._coming:
            task.cancel()

    async def _respond(
        self,
        interaction: discord.Interaction[Any],
        sent: list[Page],
        reply: Reply,
        begun: Sequence[discord.Message],
        *,
        ephemeral: bool,
    ) -> list[discord.Message]:
        if len(sent) > FOLLOW_UPS:
            whole = discord.File(io.BytesIO(reply.text.encode()), "parley.txt")
            sent = [*sent[:1], Page(self._say("discord.whole_list", reply.language), file=whole)]
        return await _put(interaction, begun, sent, ephemeral=ephemeral)

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


class Growing(Streaming):
    """An answer while it is being written: cards, first sent and then edited."""

    def __init__(
        self,
        drawn: Callable[[Reply], Awaitable[list[Page]]],
        put: Callable[[Sequence[discord.Message], list[Page]], Awaitable[list[discord.Message]]],
        *,
        public: bool,
    ) -> None:
        """Get ready to show.

        Args:
            drawn: the messages that carry a reply.
            put: puts messages in the place of what was sent before; gives what is there then.
            public: others read it, so that what is for the person alone is not shown before it is whole.
        """
        super().__init__(self._draw)
        self.begun: list[discord.Message] = []
        """What is shown of it."""
        self._drawn, self._put, self._public = drawn, put, public

    async def _draw(self, reply: Reply) -> None:
        if reply.cards and not (reply.private and self._public):
            self.begun = await self._put(self.begun, await self._drawn(reply))

    async def take(self, compose: Compose, asked: Incoming) -> Reply | None:
        """Let a reply be composed, and show it as it grows."""
        try:
            return await compose(asked, self.show)
        finally:
            await self.finish()


async def _go_on(message: discord.Message, begun: Sequence[discord.Message], sent: list[Page]) -> list[discord.Message]:
    """Answer a message, in the place of what was sent before; a card cannot become text, so then it goes."""
    if any(page.content for page in sent) or len(sent) < len(begun):
        await _take_away(begun)
        return await _answer(message, sent)
    edited = [await one.edit(view=page.view) for one, page in zip(begun, sent, strict=False)]
    return [*edited, *await _answer(message, sent[len(begun) :])]


async def _put(
    interaction: discord.Interaction[Any], begun: Sequence[discord.Message], sent: list[Page], *, ephemeral: bool
) -> list[discord.Message]:
    """Answer an interaction that was deferred, in the place of what was sent before."""
    if begun and (any(page.content for page in sent) or len(sent) < len(begun)):
        await _take_away(begun)
        return [await _follow_up(interaction, page, ephemeral=ephemeral) for page in sent]
    nothing: dict[str, Any] = (
        {} if begun else {"content": None, "view": None}
    )  # of what stood there, perhaps a question
    first = await interaction.edit_original_response(**(nothing | _arguments(sent[0])))
    edited = [await one.edit(view=page.view) for one, page in zip(begun[1:], sent[1:], strict=False)]
    rest = sent[1 + len(edited) :]
    return [first, *edited, *[await _follow_up(interaction, page, ephemeral=ephemeral) for page in rest]]


async def _follow_up(interaction: discord.Interaction[Any], page: Page, *, ephemeral: bool) -> discord.Message:
    sent: discord.Message = await interaction.followup.send(ephemeral=ephemeral, wait=True, **_arguments(page))
    return sent


async def _take_away(messages: Iterable[discord.Message]) -> None:
    for message in messages:
        await message.delete()


def _films(reply: Reply) -> dict[Film, str]:
    """The films of a reply that come without a picture, and the ids of their items."""
    return {(card.title, card.year): card.item_id for card in reply.cards if card.title and not card.image}


async def _answer(message: discord.Message, sent: list[Page]) -> list[discord.Message]:
    return await answer(message.channel, message.to_reference(fail_if_not_exists=False), map(_arguments, sent))


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
    """What a message is sent with: a card alone, or content with or without a view."""
    told = {"content": page.content, "view": page.view, "file": page.file}
    return {name: value for name, value in told.items() if value}
