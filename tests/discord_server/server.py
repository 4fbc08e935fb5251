"""A small Discord on this machine: REST and gateway as far as the bot uses them, for tests and for trying it by hand.

`python -m tests.discord_server` prints the address for `DISCORD_API_BASE`; every line typed is then a direct message
to the bot, and what the bot sends is printed.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import re
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import zstandard
from aiohttp import WSMsgType, web

from tests.discord_server.schema import schema

APPLICATION, BOT, GUILD, ROOM, PERSON, DIRECT = "1001", "1002", "1003", "1004", "1005", "1006"
HEARTBEAT_MS = 41_250
LOADING = 1 << 7
"""The flag of an answer that was promised and is not there yet."""
PATIENCE = 30.0
"""Seconds to wait for something that has to happen before the test is failed; nothing waits for it to pass."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """One REST request of the bot."""

    method: str
    path: str
    body: Any


@dataclass
class Fault:
    """What requests of a kind get instead of their answer, so many times."""

    method: str
    path: str
    status: int
    body: Json
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1


@dataclass
class Session:
    """One gateway session, which outlives its connections."""

    session_id: str
    events: list[Json] = field(default_factory=list)


class LocalDiscord:
    """The server. Everything the bot did is in `requests`, everything it sent to the gateway in `frames`."""

    def __init__(self, token: str = "x") -> None:
        self.token = token
        self.owner = PERSON
        self.requests: list[Request] = []
        self.frames: list[Json] = []
        self.connections: list[str] = []
        self.closed: list[int | None] = []
        self.invalid: list[str] = []
        self.faults: list[Fault] = []
        self.refuse_connections = 0
        self.messages: dict[str, Json] = {}
        self.commands: list[Json] = []
        self._originals: dict[str, str] = {}
        self._changed = asyncio.Condition()
        self._ids = itertools.count(10**18)
        self._session = Session("")
        self._socket: web.WebSocketResponse | None = None
        self._send: Callable[[Json], Any] | None = None
        self._runner: web.AppRunner | None = None
        self.port = 0

    # ------------------------------------------------------------------ life

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1."""
        app = web.Application()
        app.router.add_get("/", self._gateway)
        app.router.add_get("/resume", self._gateway)
        app.router.add_route("*", "/api/v10/{path:.*}", self._rest)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Stop listening and drop the connection."""
        if self._socket is not None:
            await self._socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def base(self) -> str:
        """The value of DISCORD_API_BASE."""
        return f"http://127.0.0.1:{self.port}/api/v10"

    # --------------------------------------------------------------- waiting

    async def until(self, happened: Callable[[], Any]) -> Any:
        """Wait until something is true, and give it back."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(happened)
            return happened()

    async def request(self, method: str, path: str, number: int = 1) -> Request:
        """The bot's first (second, …) request of a kind; `path` is a regular expression."""
        found = await self.until(lambda: self.all(method, path)[number - 1 : number])
        return found[0]

    def all(self, method: str, path: str) -> list[Request]:
        """All requests of a kind up to now."""
        return [r for r in self.requests if r.method == method and re.fullmatch(path, r.path)]

    def fail(self, method: str, path: str, status: int, *, code: int = 0, times: int = 1) -> None:
        """Let the next requests of a kind fail."""
        self.faults.append(Fault(method, path, status, {"code": code, "message": "refused"}, times=times))

    def limit(self, method: str, path: str, *, times: int = 1) -> None:
        """Answer the next requests of a kind with 429, as Discord itself (not the network before it) does."""
        body = {"message": "You are being rate limited.", "retry_after": 0.01, "global": False}
        self.faults.append(Fault(method, path, 429, body, {"Via": "1.1 google", "Retry-After": "1"}, times))

    async def _note(self, where: list[Any], what: Any) -> None:
        async with self._changed:
            where.append(what)
            self._changed.notify_all()

    # --------------------------------------------------------------- gateway

    async def dispatch(self, event: str, data: Json) -> Json:
        """Send an event; a session that is not connected gets it when it resumes."""
        payload = {"op": 0, "t": event, "s": len(self._session.events) + 1, "d": data}
        self._session.events.append(payload)
        if self._send is not None:
            with contextlib.suppress(ConnectionError):
                await self._send(payload)
        return data

    async def repeat_last(self) -> None:
        """Send the last event once more, as happens after a resume whose last sequence number got lost."""
        assert self._send is not None
        await self._send(self._session.events[-1])

    async def drop(self, code: int) -> None:
        """Ask the bot to close the connection; the session stays.

        aiohttp's own `close` cuts the line behind the close frame, and then the other side cannot tell the code.
        """
        assert self._socket is not None
        assert self._socket._writer is not None
        self._send = None
        await self._socket._writer.close(code)

    async def ask(self, op: int, data: Any = None) -> None:
        """Send an operation: 7 wants a reconnect, 9 invalidates the session."""
        assert self._send is not None
        await self._send({"op": op, "d": data, "s": None, "t": None})

    async def cut(self) -> None:
        """Cut the line without a word; the session stays."""
        assert self._socket is not None
        assert self._socket._req is not None
        assert self._socket._req.transport is not None
        self._send = None
        self._socket._req.transport.abort()

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        if self.refuse_connections:
            self.refuse_connections -= 1
            return web.Response(status=503)
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        stream = zstandard.ZstdCompressor().compressobj()

        async def send(payload: Json) -> None:
            plain = json.dumps(payload).encode()
            await socket.send_bytes(stream.compress(plain) + stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK))

        self._socket = socket
        await self._note(self.connections, f"{request.path}?{request.query_string}")
        await send({"op": 10, "d": {"heartbeat_interval": HEARTBEAT_MS}, "s": None, "t": None})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._frame(json.loads(message.data), send)
        if self._socket is socket:
            self._send = None
        await self._note(self.closed, socket.close_code)
        return socket

    async def _frame(self, frame: Json, send: Callable[[Json], Any]) -> None:
        if frame["op"] == 1:
            await send({"op": 11, "d": None, "s": None, "t": None})
        elif frame["op"] == 2:
            await self._identify(frame["d"], send)
        elif frame["op"] == 6:
            await self._resume(frame["d"], send)
        await self._note(self.frames, frame)

    async def _identify(self, data: Json, send: Callable[[Json], Any]) -> None:
        if data["token"] != self.token:
            await self.drop(4004)
            return
        self._session = Session(self._id())
        self._send = send
        guilds = [{"id": GUILD, "unavailable": True}]
        await self.dispatch(
            "READY",
            {
                "v": 10,
                "user": _bot(),
                "guilds": guilds,
                "session_id": self._session.session_id,
                "resume_gateway_url": f"ws://127.0.0.1:{self.port}/resume",
                "application": {"id": APPLICATION, "flags": 0},
                "shard": data.get("shard", [0, 1]),
            },
        )
        await self.dispatch("GUILD_CREATE", _guild())

    async def _resume(self, data: Json, send: Callable[[Json], Any]) -> None:
        if data["session_id"] != self._session.session_id or data["token"] != self.token:
            await send({"op": 9, "d": False, "s": None, "t": None})
            return
        for payload in self._session.events[data["seq"] :]:
            await send(payload)
        self._send = send
        await self.dispatch("RESUMED", {"_trace": []})

    # ---------------------------------------------------------------- people

    async def say(self, text: str, *, in_guild: bool = False, author: str = PERSON) -> Json:
        """Somebody writes to the bot: directly, or in the guild's room with a mention."""
        message = self._message(text, _user(author), ROOM if in_guild else DIRECT)
        if in_guild:
            message |= {"guild_id": GUILD, "member": _member(), "channel_type": 0}
            message |= {"content": f"<@{BOT}> {text}", "mentions": [_bot() | {"member": _member()}]}
        else:
            message |= {"channel_type": 1}
        return await self.dispatch("MESSAGE_CREATE", message)

    async def command(self, name: str, *path: str, author: str = PERSON, **options: Any) -> Json:
        """Somebody gives a command."""
        kinds = {str: 3, bool: 5, int: 4}
        nested: list[Json] = [{"name": k, "type": kinds[type(v)], "value": v} for k, v in options.items()]
        for part in reversed(path):
            nested = [{"name": part, "type": 1, "options": nested}]
        return await self._interaction(2, {"id": self._id(), "name": name, "type": 1, "options": nested}, author)

    async def press(self, message_id: str, custom_id: str, *, author: str = PERSON) -> Json:
        """Somebody presses a button."""
        data = {"custom_id": custom_id, "component_type": 2}
        return await self._interaction(3, data, author, message=self.messages[message_id])

    async def _interaction(self, kind: int, data: Json, author: str, **more: Any) -> Json:
        interaction = {
            "id": self._id(),
            "application_id": APPLICATION,
            "type": kind,
            "token": f"token-{self._id()}",
            "version": 1,
            "data": data,
            "channel_id": DIRECT,
            "channel": {"id": DIRECT, "type": 1, "recipients": [_user(author)], "last_message_id": None, "flags": 0},
            "user": _user(author),
            "locale": "en-GB",
            "app_permissions": "0",
            "entitlements": [],
            "authorizing_integration_owners": {},
            "context": 1,
            "attachment_size_limit": 10_485_760,
            **more,
        }
        return await self.dispatch("INTERACTION_CREATE", interaction)

    # ------------------------------------------------------------------ REST

    async def _rest(self, request: web.Request) -> web.Response:
        path = "/" + request.match_info["path"]
        body = await request.json() if request.can_read_body else None
        if request.headers.get("Authorization", f"Bot {self.token}") != f"Bot {self.token}":
            return _json({"code": 0, "message": "401: Unauthorized"}, 401)
        await self._note(self.requests, Request(request.method, path, body))
        self.invalid += map(str, schema().problems(request.method, path, body))
        fault = next((f for f in self.faults if f.method == request.method and re.fullmatch(f.path, path)), None)
        if fault is not None:
            fault.times -= 1
            self.faults = [f for f in self.faults if f.times > 0]
            return _json(fault.body, fault.status, fault.headers)
        for method, pattern, handler in self._routes():
            match = re.fullmatch(pattern, path)
            if method == request.method and match:
                return handler(body, *match.groups())
        return _json({"code": 0, "message": "404: Not Found"}, 404)

    def _routes(self) -> list[tuple[str, str, Callable[..., web.Response]]]:
        message = r"/channels/(\d+)/messages/(\d+)"
        answer = r"/webhooks/\d+/([^/]+)/messages/([^/]+)"
        return [
            ("GET", "/users/@me", lambda _: _json(_bot())),
            ("GET", "/gateway/bot", lambda _: _json(self._gateway_bot())),
            ("GET", "/oauth2/applications/@me", lambda _: _json(_application(self.owner))),
            ("PUT", r"/applications/(\d+)/commands", self._put_commands),
            ("GET", r"/applications/(\d+)/commands", lambda _, __: _json(self.commands)),
            ("POST", "/users/@me/channels", lambda _: _json({"id": DIRECT, "type": 1, "recipients": [_user(PERSON)]})),
            ("POST", r"/channels/(\d+)/typing", lambda _, __: web.Response(status=204)),
            ("POST", r"/channels/(\d+)/messages", self._post_message),
            ("PATCH", message, lambda body, _, id_: self._edit(body, id_)),
            ("DELETE", message, lambda _, __, ___: web.Response(status=204)),
            ("POST", r"/interactions/(\d+)/([^/]+)/callback", self._callback),
            ("POST", r"/webhooks/\d+/([^/]+)", self._follow_up),
            ("GET", answer, lambda _, token, id_: _json(self.messages[self._resolve(token, id_)])),
            ("PATCH", answer, lambda body, token, id_: self._edit(body, self._resolve(token, id_))),
            ("DELETE", answer, lambda _, __, ___: web.Response(status=204)),
        ]

    def _gateway_bot(self) -> Json:
        limits = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return {"url": f"ws://127.0.0.1:{self.port}/", "shards": 1, "session_start_limit": limits}

    def _put_commands(self, body: list[Json], application_id: str) -> web.Response:
        echo = {"application_id": application_id, "version": "1", "description": ""}
        self.commands = [echo | command | {"id": self._id()} for command in body]
        return _json(self.commands)

    def _post_message(self, body: Json, channel_id: str) -> web.Response:
        return _json(self._message(body.get("content", ""), _bot(), channel_id, body))

    def _follow_up(self, body: Json, token: str) -> web.Response:
        original = self._originals.get(token)
        if original and self.messages[original]["flags"] & LOADING:  # as Discord does, with the flags that it was given
            return self._edit({key: value for key, value in body.items() if key != "flags"}, original)
        return _json(self._message(body.get("content", ""), _bot(), DIRECT, body))

    def _callback(self, body: Json, interaction_id: str, token: str) -> web.Response:
        if token in self._originals:
            return _json({"code": 40060, "message": "Interaction has already been acknowledged."}, 400)
        data = body.get("data") or {}
        original = self._message(data.get("content", ""), _bot(), DIRECT, data)
        original["flags"] |= LOADING if body["type"] == 5 else 0
        self._originals[token] = original["id"]
        answer: Json = {"interaction": {"id": interaction_id, "type": 2, "response_message_id": original["id"]}}
        if body["type"] in (4, 7):
            answer["resource"] = {"type": body["type"], "message": original}
        return _json(answer)

    def _resolve(self, token: str, message_id: str) -> str:
        return self._originals[token] if message_id == "@original" else message_id

    def _edit(self, body: Json, message_id: str) -> web.Response:
        self.messages[message_id] |= {key: value for key, value in body.items() if value is not None}
        self.messages[message_id]["flags"] &= ~LOADING
        return _json(self.messages[message_id])

    def _message(self, content: str, author: Json, channel_id: str, body: Json | None = None) -> Json:
        message = {
            "id": self._id(),
            "channel_id": channel_id,
            "author": author,
            "content": content,
            "timestamp": "2026-01-01T00:00:00+00:00",
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "components": (body or {}).get("components") or [],
            "flags": (body or {}).get("flags") or 0,
            "pinned": False,
            "type": 0,
        }
        self.messages[message["id"]] = message
        return message

    def _id(self) -> str:
        return str(next(self._ids))


def _json(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Discord's content type has no charset, and discord.py decodes nothing else."""
    return web.Response(body=json.dumps(data).encode(), status=status, headers=headers, content_type="application/json")


def _user(user_id: str) -> Json:
    return {"id": user_id, "username": "ann", "discriminator": "0", "avatar": None, "global_name": "Ann"}


def _bot() -> Json:
    return {"id": BOT, "username": "Parley", "discriminator": "0001", "avatar": None, "bot": True}


def _member() -> Json:
    return {"roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}


def _application(owner: str) -> Json:
    return {
        "id": APPLICATION,
        "name": "Parley",
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "owner": _user(owner),
        "team": None,
        "flags": 0,
    }


def _guild() -> Json:
    room = {"id": ROOM, "type": 0, "name": "films", "position": 0, "permission_overwrites": [], "nsfw": False}
    role = {"id": GUILD, "name": "@everyone", "permissions": "3072", "position": 0, "color": 0, "hoist": False}
    role |= {"managed": False, "mentionable": False, "flags": 0, "colors": {"primary_color": 0}}
    return {
        "id": GUILD,
        "name": "Film club",
        "owner_id": PERSON,
        "member_count": 2,
        "channels": [room | {"parent_id": None}],
        "roles": [role],
        "members": [_member() | {"user": _bot()}],
        "emojis": [],
        "stickers": [],
        "features": [],
        "threads": [],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "preferred_locale": "en-US",
        "system_channel_flags": 0,
        "afk_timeout": 300,
    }


@contextlib.asynccontextmanager
async def local_discord(token: str = "x") -> AsyncIterator[LocalDiscord]:
    """A server for the length of a test."""
    server = LocalDiscord(token)
    await server.start()
    try:
        yield server
    finally:
        await server.close()


async def _by_hand() -> None:
    async with local_discord() as server:
        print(f"DISCORD_TOKEN=x DISCORD_API_BASE={server.base} python -m bot")
        printing = asyncio.create_task(_print_answers(server))
        while line := await asyncio.to_thread(sys.stdin.readline):
            await server.say(line.strip())
        printing.cancel()


async def _print_answers(server: LocalDiscord) -> None:
    for number in itertools.count(1):
        async with server._changed:
            await server._changed.wait_for(lambda n=number: server.all("POST", r"/channels/\d+/messages")[n - 1 : n])
        print(server.all("POST", r"/channels/\d+/messages")[number - 1].body["content"])


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_by_hand())
