"""The tour, through a bot that offers one of everything."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest

from tests.discord_server import local_discord
from tests.discord_server.tour import Tour, Words

WORDS = Words("en-GB", ("hello",), "something tense", "Heat")
COMMANDS = [
    {
        "name": "ask",
        "description": "Ask",
        "contexts": [0, 1, 2],
        "options": [
            {"type": 3, "name": "title", "description": "Which", "required": True, "autocomplete": True},
            {"type": 4, "name": "count", "description": "How many", "min_value": 1, "max_value": 5},
            {"type": 5, "name": "loud", "description": "Whether"},
            {"type": 6, "name": "who", "description": "Who"},
            {"type": 7, "name": "where", "description": "Where"},
        ],
    },
    {"name": "Who is this", "type": 2},
    {"name": "More like this", "type": 3},
]
FIELD = {"type": 4, "custom_id": "words:7", "style": 1, "label": "Words", "required": False}
OPEN = [{"type": 2, "style": 1, "label": "Wish", "custom_id": f"open:{n}"} for n in range(3)]
MODAL = {
    "custom_id": "wish:7",
    "title": "Wish",
    "components": [
        {
            "type": 1,
            "components": [{"type": 4, "custom_id": "words:7", "style": 1, "label": "Words", "required": False}],
        }
    ],
}
CARD = {
    "content": "A card.",
    "components": [
        {
            "type": 1,
            "components": [{"type": 2, "style": 1, "label": "Wish", "custom_id": f"open:{n}"} for n in range(3)],
        },
        {"type": 1, "components": [{"type": 3, "custom_id": "pick", "options": [{"label": "A", "value": "a"}]}]},
        {"type": 1, "components": [{"type": 5, "custom_id": "who"}]},
    ],
}


class ScriptedBot:
    """Speaks Discord's protocol by hand."""

    def __init__(self, server, session):
        self._server, self._session = server, session
        self.submitted = []
        self.options = []

    async def run(self):
        async with self._session.ws_connect(self._server.gateway.url) as socket:
            identify = {"token": "x", "intents": 1 << 9 | 1 << 12}
            await socket.send_json({"op": 2, "d": identify})
            await self._call("PUT", "/applications/1001/commands", COMMANDS)
            async for message in socket:
                await self._hear(json.loads(message.data))

    async def _hear(self, frame):
        if frame["t"] == "MESSAGE_CREATE" and "bot" not in frame["d"]["author"]:
            await self._call("POST", f"/channels/{frame['d']['channel_id']}/messages", CARD)
        elif frame["t"] == "INTERACTION_CREATE":
            path = f"/interactions/{frame['d']['id']}/{frame['d']['token']}/callback"
            await self._call("POST", path, self._answer(frame["d"]))

    def _answer(self, asked):
        data = asked["data"]
        if asked["type"] == 4:
            return {"type": 8, "data": {"choices": [{"name": "Heat (1995)", "value": "=6"}]}}
        if asked["type"] == 5:
            self.submitted.append(data["components"][0]["components"][0]["value"])
        elif str(data.get("custom_id")).startswith("open"):
            return {"type": 9, "data": MODAL}
        elif data.get("name") == "ask":
            self.options.append({option["name"]: option["value"] for option in data["options"]})
        return {"type": 4, "data": {"content": "Done.", "flags": 64}}

    async def _call(self, method, path, body):
        headers = {"Authorization": "Bot x"}
        async with self._session.request(method, self._server.base + path, json=body, headers=headers) as answer:
            assert answer.status == 200, await answer.text()


@pytest.fixture
async def toured():
    async with local_discord() as server, aiohttp.ClientSession() as session:
        bot = ScriptedBot(server, session)
        running = asyncio.create_task(bot.run())
        await server.ready()
        tour = Tour(server, WORDS)
        await tour.everything()
        assert server.refused == []
        running.cancel()
        await asyncio.wait([running])
        yield bot, tour


async def test_every_kind_of_thing_that_a_bot_offers_is_used_once(toured):
    _, tour = toured
    named = {what for what in tour.used if not what.startswith("message")}
    assert named == {
        "command ask",
        "autocomplete ask title",
        "menu Who is this",
        "menu More like this",
        "button open",
        "select pick",
        "select who",
        "modal wish",
    }
    assert (tour.used["button open"], tour.used["select pick"]) == (1, 1)


async def test_modals_are_sent_full_and_empty_and_options_at_their_ends(toured):
    bot, _ = toured
    assert bot.submitted == ["something tense", ""]
    assert {"title": "=6"} in bot.options
    assert {options.get("count") for options in bot.options} == {None, 1, 5}
    assert {options.get("loud") for options in bot.options} == {None, True, False}
    assert {options["title"] for options in bot.options} == {"=6", "Heat", "zzzzzz"}
