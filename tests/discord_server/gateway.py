"""The gateway: one stream of events a connection, sessions that outlive their connections, heartbeats."""

from __future__ import annotations

import contextlib
import json
import time
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import zstandard
from aiohttp import WSMsgType, web

from tests.discord_server.journal import Journal
from tests.discord_server.limits import Json
from tests.discord_server.payloads import APPLICATION, BOT, GUILD, TEXT_CHANNEL, guild
from tests.discord_server.state import State

HEARTBEAT_MS = 41_250
DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT, MEMBERS = 0, 1, 2, 3, 6, 7, 8
INVALID_SESSION, HELLO, ACKNOWLEDGED = 9, 10, 11
UNKNOWN_OP, NOT_AUTHENTICATED, WRONG_TOKEN, AUTHENTICATED, WRONG_SEQUENCE = 4001, 4003, 4004, 4005, 4007
DISALLOWED_INTENTS = 4014

GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 9, 1 << 12
PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
"""Members, presences and the content of messages: they have to be switched on for the application."""

Pack: TypeAlias = Callable[[bytes], bytes | str]


@dataclass
class Session:
    """One gateway session."""

    session_id: str
    intents: int = 0
    events: list[Json] = field(default_factory=list)
    """All that it was told, by sequence number."""


class Connection:
    """One connection: everything that is sent goes through one compressor."""

    def __init__(self, socket: web.WebSocketResponse, compress: str) -> None:
        self.socket = socket
        self.session: Session | None = None
        self.last_beat = time.monotonic()
        self._pack = _packing(compress)

    async def send(self, op: int, data: Any = None, **more: Any) -> None:
        """Send an operation."""
        await self.send_payload({"op": op, "d": data, "s": None, "t": None, **more})

    async def send_payload(self, payload: Json) -> None:
        """Send what is an event already; who has gone gets nothing."""
        packed = self._pack(json.dumps(payload, ensure_ascii=False).encode())
        with contextlib.suppress(ConnectionError):
            await (self.socket.send_str(packed) if isinstance(packed, str) else self.socket.send_bytes(packed))

    async def close(self, code: int) -> None:
        """Ask the other side to close.

        aiohttp's own `close` cuts the line behind the close frame, and then the other side cannot tell the code.
        """
        assert self.socket._writer is not None
        await self.socket._writer.close(code)

    def cut(self) -> None:
        """Cut the line without a word."""
        assert self.socket._req is not None
        assert self.socket._req.transport is not None
        self.socket._req.transport.abort()


class Gateway:
    """The session in use, its connection, and what is sent to it."""

    def __init__(self, state: State, journal: Journal, token: str) -> None:
        self.refuse_connections = 0
        """So many connections are answered 503."""
        self.heartbeat_ms = HEARTBEAT_MS
        self.granted = 0
        """The privileged intents that are switched on for the application."""
        self.identified = self.resumed = 0
        self.session = Session("")
        self.url = ""
        self._state, self._journal, self._token = state, journal, token
        self._connection: Connection | None = None
        self._live: Connection | None = None

    # ---------------------------------------------------------- what is sent

    async def dispatch(self, event: str, data: Json) -> Json:
        """Send an event; a session that is not connected gets it when it resumes."""
        if self._is_heard(event, data):
            payload = {"op": DISPATCH, "t": event, "s": len(self.session.events) + 1, "d": data}
            self.session.events.append(payload)
            if self._live is not None:
                await self._live.send_payload(payload)
        return data

    async def repeat_last(self) -> None:
        """Send the last event that a person caused once more, as after a resume that lost its sequence number."""
        last = next(event for event in reversed(self.session.events) if _is_a_persons(event))
        assert self._live is not None
        await self._live.send_payload(last)

    async def ask(self, op: int, data: Any = None) -> None:
        """Send an operation: 7 wants a reconnect, 9 invalidates the session."""
        assert self._live is not None
        if op == INVALID_SESSION and not data:
            self.session = Session("")
        await self._live.send(op, data)

    async def drop(self, code: int) -> None:
        """Ask the bot to close the connection; the session stays."""
        assert self._connection is not None
        self._live = None
        await self._connection.close(code)

    async def cut(self) -> None:
        """Cut the line without a word; the session stays."""
        assert self._connection is not None
        self._live = None
        self._connection.cut()

    async def close(self) -> None:
        """Close the connection for good."""
        if self._connection is not None:
            await self._connection.socket.close()

    @property
    def is_connected(self) -> bool:
        """Whether a session hears what is sent."""
        return self._live is not None

    def _is_heard(self, event: str, data: Json) -> bool:
        if not event.startswith("MESSAGE_"):
            return True
        return bool(self.session.intents & (GUILD_MESSAGES if data.get("guild_id") else DIRECT_MESSAGES))

    # ---------------------------------------------------------- what is heard

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One connection from its first byte to its last."""
        if self.refuse_connections:
            self.refuse_connections -= 1
            return web.Response(status=503)
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        connection = self._connection = Connection(socket, request.query.get("compress", ""))
        await self._journal.note(self._journal.connections, f"{request.path}?{request.query_string}")
        await connection.send(HELLO, {"heartbeat_interval": self.heartbeat_ms})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                frame = json.loads(message.data)
                await self._frame(frame, connection)
                await self._journal.note(self._journal.frames, frame)
        if self._live is connection:
            self._live = None
        await self._journal.note(self._journal.closed, socket.close_code)
        return socket

    async def _frame(self, frame: Json, connection: Connection) -> None:
        heard: dict[int, Callable[[Any, Connection], Awaitable[None]]] = {
            HEARTBEAT: self._beat,
            IDENTIFY: self._identify,
            RESUME: self._resume,
            PRESENCE: self._ignore,
            MEMBERS: self._members,
        }
        known = heard.get(frame.get("op", -1))
        if known is None:
            await connection.close(UNKNOWN_OP)
        elif connection.session is None and known in (self._ignore, self._members):
            await connection.close(NOT_AUTHENTICATED)
        else:
            await known(frame.get("d"), connection)

    async def _beat(self, _: Any, connection: Connection) -> None:
        now = time.monotonic()
        self._journal.lateness.append(now - connection.last_beat - self.heartbeat_ms / 1000)
        connection.last_beat = now
        await connection.send(ACKNOWLEDGED)

    async def _ignore(self, _: Any, connection: Connection) -> None:
        """A presence is nothing that anybody here looks at."""

    async def _members(self, data: Json, connection: Connection) -> None:
        chunk = {"guild_id": data["guild_id"], "members": [], "chunk_index": 0, "chunk_count": 1}
        await self.dispatch("GUILD_MEMBERS_CHUNK", chunk | ({"nonce": data["nonce"]} if "nonce" in data else {}))

    async def _identify(self, data: Json, connection: Connection) -> None:
        refusal = self._refusal(data, connection)
        if refusal:
            await connection.close(refusal)
            return
        self.identified += 1
        self.session = connection.session = Session(self._state.new_id(), data["intents"])
        self._live = connection
        await self.dispatch(
            "READY",
            {
                "v": 10,
                "user": self._state.users[BOT].payload,
                "guilds": [{"id": GUILD, "unavailable": True}],
                "session_id": self.session.session_id,
                "resume_gateway_url": f"{self.url}resume",
                "application": {"id": APPLICATION, "flags": 0},
                "shard": data.get("shard", [0, 1]),
            },
        )
        channels = [channel for channel in self._state.channels.values() if channel.guild_id == GUILD]
        assert any(channel.kind == TEXT_CHANNEL for channel in channels)
        await self.dispatch("GUILD_CREATE", guild(channels, len(self._state.users)))

    def _refusal(self, data: Json, connection: Connection) -> int | None:
        """The close code for an IDENTIFY that is not taken."""
        if data["token"] != self._token:
            return WRONG_TOKEN
        if connection.session is not None:
            return AUTHENTICATED
        return DISALLOWED_INTENTS if data["intents"] & PRIVILEGED & ~self.granted else None

    async def _resume(self, data: Json, connection: Connection) -> None:
        if data["token"] != self._token:
            await connection.close(WRONG_TOKEN)
        elif data["session_id"] != self.session.session_id:
            await connection.send(INVALID_SESSION, False)
        elif data["seq"] > len(self.session.events):
            await connection.close(WRONG_SEQUENCE)
        else:
            connection.session = self.session
            for payload in self.session.events[data["seq"] :]:
                await connection.send_payload(payload)
            self._live = connection
            self.resumed += 1
            await self.dispatch("RESUMED", {"_trace": []})
            await self._journal.changed()


def _is_a_persons(event: Json) -> bool:
    is_message: bool = event["t"] == "MESSAGE_CREATE" and event["d"]["author"]["id"] != BOT
    return is_message or bool(event["t"] == "INTERACTION_CREATE")


def _packing(compress: str) -> Pack:
    """How a connection's messages are packed: as one stream of zstd or zlib, flushed after each, or as they are."""
    if compress == "zstd-stream":
        stream = zstandard.ZstdCompressor().compressobj()
        return lambda plain: stream.compress(plain) + stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    if compress == "zlib-stream":
        deflate = zlib.compressobj()
        return lambda plain: deflate.compress(plain) + deflate.flush(zlib.Z_SYNC_FLUSH)
    return bytes.decode
