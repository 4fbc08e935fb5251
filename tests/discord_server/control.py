"""The local Discord steered from another process, by JSON over HTTP under /control.

`POST /control/<part>/<act>` with the act's arguments as a JSON object. Parts are `faults` (fail, limit, slow, hang_up),
`gateway` (cut, drop, ask, repeat_last), `clock` (advance) and `person/<id>` (say, command, autocomplete, menu, press,
select, all with `channel`, where it is not their direct messages; `path` and `options` of a command). `GET
/control/person/<id>` tells what the person sees there (`?channel=`), `GET /control/journal` what the bot did.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.discord_server.limits import Json
from tests.discord_server.person import Person

if TYPE_CHECKING:
    from tests.discord_server.server import LocalDiscord

_ACTS = {
    "faults": ("fail", "limit", "slow", "hang_up"),
    "gateway": ("cut", "drop", "ask", "repeat_last"),
    "clock": ("advance",),
}
_OF_PEOPLE = ("say", "command", "autocomplete", "menu", "press", "select")


class Control:
    """The routes under /control."""

    def __init__(self, server: LocalDiscord) -> None:
        self._server = server

    def add_to(self, app: web.Application) -> None:
        """Serve them."""
        app.router.add_get("/control/journal", self._journal)
        app.router.add_get("/control/person/{id}", self._sees)
        app.router.add_post("/control/person/{id}/{act}", self._person)
        app.router.add_post("/control/{part}/{act}", self._part)

    async def _part(self, request: web.Request) -> web.Response:
        part, act = request.match_info["part"], request.match_info["act"]
        if act not in _ACTS.get(part, ()):
            raise web.HTTPNotFound
        done = getattr(getattr(self._server, part), act)(**await _arguments(request))
        if inspect.isawaitable(done):
            await done
        return web.json_response({})

    async def _person(self, request: web.Request) -> web.Response:
        arguments = await _arguments(request)
        person, act = self._who(request, arguments.pop("channel", None)), request.match_info["act"]
        if act not in _OF_PEOPLE:
            raise web.HTTPNotFound
        if act == "menu":
            arguments["message"] = self._server.state.message(arguments["message"])
        options = arguments.pop("options", {})
        positional = [arguments.pop("name"), *arguments.pop("path", [])] if "name" in arguments else []
        done = await getattr(person, act)(*positional, **arguments, **options)
        return web.json_response(done.payload)

    async def _sees(self, request: web.Request) -> web.Response:
        person = self._who(request, request.query.get("channel"))
        return web.json_response([message.payload for message in person.sees])

    async def _journal(self, _: web.Request) -> web.Response:
        server = self._server
        counts = {"connections": len(server.connections), "identified": server.gateway.identified}
        refused = list(map(str, server.refused))
        requests = [{"method": one.method, "path": one.path, "body": one.body} for one in server.requests]
        return web.json_response({**counts, "refused": refused, "lateness": server.lateness, "requests": requests})

    def _who(self, request: web.Request, channel_id: str | None) -> Person:
        person = self._server.person(request.match_info["id"])
        return person.at(channel_id) if channel_id else person


async def _arguments(request: web.Request) -> Json:
    given: Any = await request.json() if request.can_read_body else {}
    return dict(given)
