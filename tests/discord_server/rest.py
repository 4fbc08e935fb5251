"""REST v10: every request is noted, checked and answered as Discord would."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

from aiohttp import web

from tests.discord_server.faults import Fault, Faults
from tests.discord_server.gateway import Gateway
from tests.discord_server.journal import Journal, Refusal, Request
from tests.discord_server.limits import COMPONENTS_V2, Json, Problem
from tests.discord_server.messages import SAY, UPDATE, Message
from tests.discord_server.payloads import BOT, GUILD, Permission, application, guild
from tests.discord_server.schema import as_discord_says, schema
from tests.discord_server.state import RefusedError, State

Handler: TypeAlias = Callable[..., Awaitable[web.Response]]
OPEN = ("/interactions/", "/webhooks/")
"""Routes whose token is in their path."""


class Rest:
    """The routes that the bot uses; others are refused with 404."""

    def __init__(self, state: State, journal: Journal, gateway: Gateway, faults: Faults, token: str) -> None:
        self.owner = next(user.id for user in state.users.values() if user.is_admin)
        self._state, self._journal, self._gateway, self._faults, self._token = state, journal, gateway, faults, token
        self._routes = [(method, re.compile(pattern), handler) for method, pattern, handler in self._every_route()]

    async def handle(self, request: web.Request) -> web.Response:
        """One request."""
        path = "/" + request.match_info["path"]
        body, files = await _body_of(request)
        if not path.startswith(OPEN) and request.headers.get("Authorization") != f"Bot {self._token}":
            return _json({"code": 0, "message": "401: Unauthorized"}, 401)
        await self._journal.note(self._journal.requests, Request(request.method, path, body))
        fault = self._faults.take(request.method, path)
        if fault is not None:
            await fault.wait()
            if fault.is_cut:
                assert request.transport is not None
                request.transport.abort()
            if fault.is_cut or fault.status:
                return _faulty(fault)
        try:
            answer = await self._answer(request.method, path, body, files)
        except RefusedError as error:
            answer = _json({"code": error.code, "message": error.why}, error.status)
            await self._refused(request.method, path, error)
        await self._journal.changed()
        return answer

    async def _answer(self, method: str, path: str, body: Any, files: Sequence[bytes]) -> web.Response:
        problems = schema().problems(method, path, body, len(files), self._flags_before(path, body))
        if problems:
            await self._refused(method, path, RefusedError(400, _code(problems), "; ".join(map(str, problems))))
            return _json(as_discord_says(problems), 400)
        for wanted, pattern, handler in self._routes:
            match = pattern.fullmatch(path)
            if wanted == method and match:
                return await handler(body, *match.groups(), **({"files": files} if files else {}))
        raise RefusedError(404, 0, "404: Not Found")

    async def _refused(self, method: str, path: str, error: RefusedError) -> None:
        await self._journal.note(self._journal.refused, Refusal(method, path, error.status, error.code, error.why))

    def _flags_before(self, path: str, body: Any) -> int:
        """The flags of the message that a request changes; they stay though the request does not name them."""
        message = None
        parts = path.split("/")
        if path.endswith("/callback"):
            interaction = self._state.interactions.get(parts[3])
            is_update = isinstance(body, dict) and body.get("type") == UPDATE
            message = interaction.message if interaction and is_update else None
        elif path.startswith("/webhooks/") and len(parts) == 6:
            interaction = self._state.interactions.get(parts[3])
            is_original = parts[5] == "@original"
            message = interaction.original if interaction and is_original else self._state.messages.get(parts[5])
        elif path.startswith("/channels/") and len(parts) == 5:
            message = self._state.messages.get(parts[4])
        return message.payload["flags"] & COMPONENTS_V2 if message else 0

    def _every_route(self) -> list[tuple[str, str, Handler]]:
        message = r"/channels/(\d+)/messages/(\d+)"
        answer = r"/webhooks/\d+/([^/]+)/messages/([^/]+)"
        return [
            ("GET", "/users/@me", self._me),
            ("GET", r"/users/(\d+)", self._user),
            ("GET", "/gateway/bot", self._gateway_bot),
            ("GET", "/oauth2/applications/@me", self._application),
            ("GET", "/applications/@me", self._application),
            ("PUT", r"/applications/(\d+)/commands", self._put_commands),
            ("GET", r"/applications/(\d+)/commands", self._get_commands),
            ("POST", "/users/@me/channels", self._open_direct),
            ("GET", rf"/guilds/({GUILD})", self._guild),
            ("GET", rf"/guilds/{GUILD}/members/(\d+)", self._member),
            ("GET", r"/channels/(\d+)", self._channel),
            ("POST", r"/channels/(\d+)/typing", self._typing),
            ("POST", r"/channels/(\d+)/messages", self._send),
            ("GET", r"/channels/(\d+)/messages", self._messages),
            ("POST", message + "/threads", self._open_thread),
            ("GET", message, self._get),
            ("PATCH", message, self._edit),
            ("DELETE", message, self._delete),
            ("POST", r"/interactions/(\d+)/([^/]+)/callback", self._callback),
            ("POST", r"/webhooks/\d+/([^/]+)", self._follow_up),
            ("GET", answer, self._get_answer),
            ("PATCH", answer, self._edit_answer),
            ("DELETE", answer, self._delete_answer),
        ]

    # ------------------------------------------------ the application and people

    async def _me(self, _: Any) -> web.Response:
        return _json(self._state.users[BOT].payload)

    async def _user(self, _: Any, user_id: str) -> web.Response:
        if user_id not in self._state.users:
            raise RefusedError(404, 10013, "Unknown User")
        return _json(self._state.users[user_id].payload)

    async def _member(self, _: Any, user_id: str) -> web.Response:
        if user_id not in self._state.users:
            raise RefusedError(404, 10007, "Unknown Member")
        user = self._state.users[user_id]
        return _json(user.member | {"user": user.payload})

    async def _gateway_bot(self, _: Any) -> web.Response:
        left = 1000 - self._gateway.identified
        limits = {"total": 1000, "remaining": left, "reset_after": 0, "max_concurrency": 1}
        return _json({"url": self._gateway.url, "shards": 1, "session_start_limit": limits})

    async def _application(self, _: Any) -> web.Response:
        return _json(application(self.owner))

    async def _put_commands(self, body: list[Json], application_id: str) -> web.Response:
        echo = {"application_id": application_id, "version": "1", "description": ""}
        self._state.commands = [echo | command | {"id": self._state.new_id()} for command in body]
        return _json(self._state.commands)

    async def _get_commands(self, _: Any, application_id: str) -> web.Response:
        return _json(self._state.commands)

    async def _guild(self, _: Any, guild_id: str) -> web.Response:
        channels = [channel for channel in self._state.channels.values() if channel.guild_id == guild_id]
        return _json(guild(channels, len(self._state.users)))

    # ------------------------------------------------------ channels and messages

    async def _open_direct(self, body: Json) -> web.Response:
        return _json(self._state.with_people(self._state.direct(str(body["recipient_id"]))))

    async def _channel(self, _: Any, channel_id: str) -> web.Response:
        channel = self._state.channel(channel_id)
        self._state.need(channel, Permission.VIEW_CHANNEL)
        return _json(self._state.with_people(channel))

    async def _typing(self, _: Any, channel_id: str) -> web.Response:
        self._state.need(self._state.channel(channel_id), Permission.SEND_MESSAGES)
        return web.Response(status=204)

    async def _send(self, body: Json, channel_id: str, files: Sequence[bytes] = ()) -> web.Response:
        return await self._show(self._state.send(self._state.channel(channel_id), body, files))

    async def _show(self, message: Message, event: str = "MESSAGE_CREATE") -> web.Response:
        """Answer with a message, and tell the gateway of it, as it is told of the bot's own ones too."""
        channel = self._state.channels[message.payload["channel_id"]]
        where = {"channel_type": channel.kind} | ({"guild_id": channel.guild_id} if channel.guild_id else {})
        if message.only_for is None:
            await self._gateway.dispatch(event, message.payload | where)
        return _json(message.payload)

    async def _messages(self, _: Any, channel_id: str) -> web.Response:
        channel = self._state.channel(channel_id)
        self._state.need(channel, Permission.READ_MESSAGE_HISTORY)
        return _json([message.payload for message in self._state.seen_by(BOT, channel_id)][::-1])

    async def _open_thread(self, body: Json, channel_id: str, message_id: str) -> web.Response:
        thread = self._state.thread(body["name"], self._state.message(message_id, channel_id).payload["channel_id"])
        await self._gateway.dispatch("THREAD_CREATE", thread.payload | {"newly_created": True})
        return _json(thread.payload, 201)

    async def _get(self, _: Any, channel_id: str, message_id: str) -> web.Response:
        self._state.need(self._state.channel(channel_id), Permission.READ_MESSAGE_HISTORY)
        return _json(self._state.message(message_id, channel_id).payload)

    async def _edit(self, body: Json, channel_id: str, message_id: str, files: Sequence[bytes] = ()) -> web.Response:
        self._state.need(self._state.channel(channel_id), Permission.VIEW_CHANNEL)
        return await self._show(
            self._state.edit(self._state.message(message_id, channel_id), body, files), "MESSAGE_UPDATE"
        )

    async def _delete(self, _: Any, channel_id: str, message_id: str) -> web.Response:
        return await self._gone(self._state.message(message_id, channel_id))

    async def _gone(self, message: Message) -> web.Response:
        self._state.delete(message)
        await self._gateway.dispatch("MESSAGE_DELETE", {"id": message.id, "channel_id": message.payload["channel_id"]})
        return web.Response(status=204)

    # --------------------------------------------------------------- interactions

    async def _callback(self, body: Json, interaction_id: str, token: str, files: Sequence[bytes] = ()) -> web.Response:
        interaction = self._state.callback(interaction_id, token, body, files)
        told: Json = {"id": interaction_id, "type": interaction.kind}
        if interaction.original is not None:
            told |= {"response_message_id": interaction.original.id}
        answer: Json = {"interaction": told}
        if body["type"] in (SAY, UPDATE) and interaction.original is not None:
            answer["resource"] = {"type": body["type"], "message": interaction.original.payload}
        return _json(answer)

    async def _follow_up(self, body: Json, token: str, files: Sequence[bytes] = ()) -> web.Response:
        return _json(self._state.follow_up(self._state.answerable(token), body, files).payload)

    async def _get_answer(self, _: Any, token: str, message_id: str) -> web.Response:
        return _json(self._state.answer(self._state.answerable(token), message_id).payload)

    async def _edit_answer(self, body: Json, token: str, message_id: str, files: Sequence[bytes] = ()) -> web.Response:
        message = self._state.answer(self._state.answerable(token), message_id)
        return _json(self._state.edit(message, body, files).payload)

    async def _delete_answer(self, _: Any, token: str, message_id: str) -> web.Response:
        self._state.delete(self._state.answer(self._state.answerable(token), message_id))
        return web.Response(status=204)


async def _body_of(request: web.Request) -> tuple[Any, list[bytes]]:
    """The JSON of a request, and the files that came with it."""
    if not request.can_read_body:
        return None, []
    if request.content_type != "multipart/form-data":
        return await request.json(), []
    form = await request.post()
    files = [value.file.read() for value in form.values() if isinstance(value, web.FileField)]
    payload: Any = form.get("payload_json", "{}")
    return json.loads(payload), files


def _code(problems: list[Problem]) -> int:
    return int(as_discord_says(problems)["code"])


def _faulty(fault: Fault) -> web.Response:
    return _json(fault.body, fault.status or 500, fault.headers)


def _json(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """Discord's content type has no charset, and discord.py decodes nothing else."""
    return web.Response(body=json.dumps(data).encode(), status=status, headers=headers, content_type="application/json")
