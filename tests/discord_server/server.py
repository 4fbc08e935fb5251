"""The local Discord as a whole, on one port of 127.0.0.1."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web

from tests.discord_server.clock import Clock
from tests.discord_server.control import Control
from tests.discord_server.faults import Faults
from tests.discord_server.gateway import Gateway
from tests.discord_server.journal import PATIENCE, Journal
from tests.discord_server.messages import Interaction, Message
from tests.discord_server.payloads import PERSON, ROOM, Permission
from tests.discord_server.person import MENTION, Person
from tests.discord_server.rest import Rest
from tests.discord_server.state import State


class LocalDiscord(Journal):
    """The server, with the journal of what the bot did there."""

    def __init__(self, token: str = "x", clock: Clock | None = None) -> None:
        super().__init__()
        self.clock = clock or Clock(stands=True)
        self.state = State(self.clock)
        self.faults = Faults()
        self.gateway = Gateway(self.state, self, token)
        self.rest = Rest(self.state, self, self.gateway, self.faults, token)
        self.port = 0
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1."""
        app = web.Application()
        app.router.add_get("/", self.gateway.handle)
        app.router.add_get("/resume", self.gateway.handle)
        app.router.add_route("*", "/api/v10/{path:.*}", self.rest.handle)
        Control(self).add_to(app)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.gateway.url = f"ws://127.0.0.1:{self.port}/"

    async def close(self) -> None:
        """Stop listening and drop the connection."""
        await self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def base(self) -> str:
        """The value of DISCORD_API_BASE."""
        return f"http://127.0.0.1:{self.port}/api/v10"

    def person(self, user_id: str = PERSON, **traits: Any) -> Person:
        """Somebody in their direct messages; `traits` of `payloads.User`, such as a locale, are changed."""
        user = self.state.user(user_id)
        for trait, value in traits.items():
            setattr(user, trait, value)
        return Person(self.state, self.gateway, user, self.state.direct(user_id))

    async def deny(self, *permissions: Permission, channel_id: str = ROOM) -> None:
        """Take permissions in a channel from the bot; none gives all of them back."""
        channel = self.state.channels[channel_id]
        channel.denied = Permission(sum(permissions))
        await self.gateway.dispatch("CHANNEL_UPDATE", channel.payload)

    async def ready(self, patience: float = PATIENCE) -> None:
        """Wait until the bot hears what is sent, and has given its commands."""
        await self.until(lambda: self.gateway.is_connected and self.state.commands, patience)

    async def answered(self, interaction: Interaction, patience: float = PATIENCE) -> Interaction:
        """Wait until the person has more than a promise."""
        await self.until(lambda: interaction.is_answered, patience)
        return interaction

    # ------------------------------------------- what one person does, in short

    async def say(self, text: str, *, in_guild: bool = False, author: str = PERSON) -> Message:
        """Somebody writes to the bot: directly, or in the server's room with a mention."""
        person = self.person(author)
        return await (person.at(ROOM).say(f"{MENTION} {text}") if in_guild else person.say(text))

    async def command(self, name: str, *path: str, author: str = PERSON, **options: Any) -> Interaction:
        """Somebody gives a command in their direct messages."""
        return await self.person(author).command(name, *path, **options)

    async def press(self, message_id: str, custom_id: str, *, author: str = PERSON) -> Interaction:
        """Somebody presses a button in their direct messages."""
        return await self.person(author).press(message_id, custom_id)


@contextlib.asynccontextmanager
async def local_discord(token: str = "x", clock: Clock | None = None) -> AsyncIterator[LocalDiscord]:
    """A server for the length of a test, whose clock stands unless it is given another."""
    server = LocalDiscord(token, clock)
    await server.start()
    try:
        yield server
    finally:
        await server.close()
