"""The local Discord itself, as a bot meets it: its gateway, its clocks, its permissions and its faults."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import zlib
from pathlib import Path

import aiohttp
import pytest
import zstandard

from tests.discord_server import BOT, DIRECT, GROUP, MENTION, PATIENCE, PERSON, ROOM, Permission, local_discord, text_of
from tests.discord_server.limits import COMPONENTS_V2

ROOT = Path(__file__).parents[2]
IDENTIFY = {"op": 2, "d": {"token": "x", "intents": 1 << 0 | 1 << 9 | 1 << 12, "properties": {}}}
TEXT = {"type": 10, "content": "words"}


@pytest.fixture
async def discord():
    async with local_discord() as server:
        yield server


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as session:
        yield session


TEXTUAL = {"content": "words"}


class Line:
    """A bot's end of the gateway."""

    def __init__(self, socket, unpack):
        self._socket, self._unpack = socket, unpack

    async def send(self, frame):
        await self._socket.send_json(frame)

    async def receive(self):
        async with asyncio.timeout(PATIENCE):
            message = await self._socket.receive()
        if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING):
            return self._socket.close_code
        return json.loads(self._unpack(message.data))

    async def until(self, event):
        while (frame := await self.receive())["t"] != event:
            pass
        return frame


def inflating(compress):
    """What unpacks a whole connection as one stream."""
    if compress == "zstd-stream":
        return zstandard.ZstdDecompressor().decompressobj().decompress
    return zlib.decompressobj().decompress if compress == "zlib-stream" else str


@contextlib.asynccontextmanager
async def line(discord, session, compress="zstd-stream", path=""):
    query = f"?v=10&encoding=json&compress={compress}" if compress else "?v=10&encoding=json"
    async with session.ws_connect(f"{discord.gateway.url}{path}{query}") as socket:
        yield Line(socket, inflating(compress))


@contextlib.asynccontextmanager
async def identified(discord, session):
    async with line(discord, session) as bot:
        await bot.receive()
        await bot.send(IDENTIFY)
        await bot.until("GUILD_CREATE")
        yield bot


async def rest(discord, session, method, path, body=None, **more):
    headers = {"Authorization": "Bot x"}
    async with session.request(method, discord.base + path, json=body, headers=headers, **more) as answer:
        return answer.status, await answer.json(content_type=None) if answer.status != 204 else None


@pytest.mark.parametrize("compress", ["zstd-stream", "zlib-stream", ""])
async def test_a_connection_is_one_stream_as_the_client_asks_for_it(discord, session, compress):
    async with line(discord, session, compress) as bot:
        assert (await bot.receive())["d"]["heartbeat_interval"] == discord.gateway.heartbeat_ms
        await bot.send({"op": 1, "d": None})
        assert (await bot.receive())["op"] == 11
        await bot.send(IDENTIFY)
        assert (await bot.receive())["t"] == "READY"
        await discord.say("héllo 你好")
        assert (await bot.until("MESSAGE_CREATE"))["d"]["content"] == "héllo 你好"


async def test_a_resumed_session_gets_what_it_missed_and_an_unknown_one_is_told(discord, session):
    async with identified(discord, session) as bot:
        await discord.say("one")
        seen = (await bot.until("MESSAGE_CREATE"))["s"]
        await discord.gateway.cut()
    await discord.say("two")
    await discord.say("three")
    wanted = {"token": "x", "session_id": discord.gateway.session.session_id, "seq": seen}
    async with line(discord, session, path="resume") as bot:
        await bot.receive()
        await bot.send({"op": 6, "d": wanted})
        frames = [await bot.receive() for _ in range(3)]
        assert [frame["d"].get("content") for frame in frames] == ["two", "three", None]
        assert frames[2]["t"] == "RESUMED"
        assert [frame["s"] for frame in frames] == [seen + 1, seen + 2, seen + 3]
    async with line(discord, session, path="resume") as bot:
        await bot.receive()
        await bot.send({"op": 6, "d": wanted | {"session_id": "another"}})
        assert await bot.receive() == {"op": 9, "d": False, "s": None, "t": None}
        await bot.send({"op": 6, "d": wanted | {"seq": 99}})
        assert await bot.receive() == 4007


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"op": 2, "d": IDENTIFY["d"] | {"token": "y"}}, 4004),
        ({"op": 2, "d": IDENTIFY["d"] | {"intents": 1 << 15}}, 4014),
        ({"op": 77}, 4001),
        ({"op": 3, "d": {}}, 4003),
    ],
)
async def test_what_the_gateway_does_not_take_closes_it_with_a_code(discord, session, frame, code):
    async with line(discord, session) as bot:
        await bot.receive()
        await bot.send(frame)
        assert await bot.receive() == code


async def test_a_heartbeats_lateness_is_written_down(discord, session):
    discord.gateway.heartbeat_ms = 0
    async with line(discord, session) as bot:
        await bot.receive()
        await bot.send({"op": 1, "d": None})
        await bot.receive()
    assert discord.lateness[0] > 0


async def test_words_without_a_mention_are_kept_from_the_bot(discord, session):
    room = discord.person().at(ROOM)
    async with identified(discord, session) as bot:
        await room.say("among ourselves")
        assert (await bot.until("MESSAGE_CREATE"))["d"]["content"] == ""
        await room.say(f"{MENTION} and now you")
        heard = (await bot.until("MESSAGE_CREATE"))["d"]
        assert heard["content"].endswith("and now you")
        assert heard["mentions"][0]["id"] == BOT
        _, slate = await rest(discord, session, "POST", f"/channels/{ROOM}/messages", {"content": "A slate."})
        await room.say("the first", to=discord.state.messages[slate["id"]])
        await bot.until("MESSAGE_CREATE")  # the bot's own
        assert (await bot.until("MESSAGE_CREATE"))["d"]["referenced_message"]["content"] == "A slate."


async def test_an_interaction_is_acknowledged_once_and_within_three_seconds(discord, session):
    interaction = await discord.command("recommend")
    path = f"/interactions/{interaction.id}/{interaction.token}/callback"
    assert (await rest(discord, session, "POST", path, {"type": 5, "data": {"flags": 64}}))[0] == 200
    assert (await rest(discord, session, "POST", path, {"type": 5}))[1]["code"] == 40060
    late = await discord.command("recommend")
    discord.clock.advance(3.5)
    path = f"/interactions/{late.id}/{late.token}/callback"
    assert (await rest(discord, session, "POST", path, {"type": 5}))[1]["code"] == 10062
    assert not late.is_answered


async def test_the_token_of_an_interaction_dies_after_fifteen_minutes(discord, session):
    interaction = await discord.command("recommend")
    hook = f"/webhooks/1001/{interaction.token}"
    assert (await rest(discord, session, "POST", hook, {"content": "too early"}))[1]["code"] == 10015
    path = f"/interactions/{interaction.id}/{interaction.token}/callback"
    await rest(discord, session, "POST", path, {"type": 5})
    assert not interaction.is_answered
    await rest(discord, session, "PATCH", f"{hook}/messages/@original", {"content": "here"})
    assert interaction.is_answered
    discord.clock.advance(15 * 60 + 1)
    assert (await rest(discord, session, "POST", hook, {"content": "too late"}))[1]["code"] == 50027
    assert [refusal.code for refusal in discord.refused] == [10015, 50027]


async def test_only_the_person_sees_an_answer_for_them_alone(discord, session):
    asked = await discord.person().at(ROOM).command("me")
    path = f"/interactions/{asked.id}/{asked.token}/callback"
    await rest(discord, session, "POST", path, {"type": 4, "data": {"content": "secret", "flags": 64}})
    assert discord.person().at(ROOM).reads == ["secret"]
    assert discord.person("77").at(ROOM).reads == []


async def test_where_an_application_is_installed_for_a_person_only_five_follow_ups_are_taken(discord, session):
    asked = await discord.person().at(GROUP).command("recommend")
    await rest(
        discord, session, "POST", f"/interactions/{asked.id}/{asked.token}/callback", {"type": 4, "data": TEXTUAL}
    )
    codes = [await rest(discord, session, "POST", f"/webhooks/1001/{asked.token}", TEXTUAL) for _ in range(6)]
    assert [status for status, _ in codes] == [200] * 5 + [400]
    assert (await rest(discord, session, "POST", f"/channels/{GROUP}/messages", TEXTUAL))[1]["code"] == 50001


@pytest.mark.parametrize(
    ("denied", "body", "code"),
    [
        (Permission.SEND_MESSAGES, TEXTUAL, 50013),
        (Permission.VIEW_CHANNEL, TEXTUAL, 50001),
        (Permission.READ_MESSAGE_HISTORY, TEXTUAL | {"message_reference": {"message_id": "5"}}, 160002),
    ],
)
async def test_what_the_bot_may_not_do_in_a_channel_is_refused(discord, session, denied, body, code):
    path = f"/channels/{ROOM}/messages"
    await discord.deny(denied)
    assert (await rest(discord, session, "POST", path, body))[1]["code"] == code
    await discord.deny()
    assert (await rest(discord, session, "POST", path, TEXTUAL))[0] == 200


async def test_who_takes_no_direct_messages_gets_none(discord, session):
    discord.person(takes_direct=False)
    assert (await rest(discord, session, "POST", f"/channels/{DIRECT}/messages", TEXTUAL))[1]["code"] == 50007


async def test_a_body_that_breaks_a_rule_is_refused_and_written_down(discord, session):
    path = f"/channels/{DIRECT}/messages"
    status, body = await rest(discord, session, "POST", path, {"content": "x" * 2001})
    assert (status, body["code"]) == (400, 50035)
    assert (await rest(discord, session, "POST", path, {"content": ""}))[1]["code"] == 50006
    assert [refusal.code for refusal in discord.refused] == [50035, 50006]
    assert discord.person().sees == []


async def test_a_message_of_components_stays_one_when_it_is_changed(discord, session):
    path = f"/channels/{DIRECT}/messages"
    _, sent = await rest(discord, session, "POST", path, {"flags": COMPONENTS_V2, "components": [TEXT]})
    changed = {"components": [TEXT | {"content": "other words"}]}
    assert (await rest(discord, session, "PATCH", f"{path}/{sent['id']}", changed))[0] == 200
    assert text_of(discord.state.messages[sent["id"]]) == "other words"
    assert (await rest(discord, session, "PATCH", f"{path}/{sent['id']}", TEXTUAL))[1]["code"] == 50035


async def test_a_file_that_is_sent_can_be_read_by_who_sees_the_message(discord, session):
    form = aiohttp.FormData()
    named = {"content": "Here.", "attachments": [{"id": 0, "filename": "all.json"}]}
    form.add_field("payload_json", json.dumps(named), content_type="application/json")
    form.add_field("files[0]", b"{}", filename="all.json")
    path = f"{discord.base}/channels/{DIRECT}/messages"
    async with session.post(path, data=form, headers={"Authorization": "Bot x"}) as answer:
        assert (await answer.json())["attachments"][0]["size"] == 2
    person = discord.person()
    assert person.files(person.sees[0]) == [b"{}"]


async def test_faults_come_when_they_are_asked_for_and_so_many_times(discord, session):
    path = f"/channels/{DIRECT}/messages"
    discord.faults.limit("POST", path, retry_after=1.5)
    discord.faults.fail("POST", path, 500)
    discord.faults.hang_up("POST", path)
    gate = discord.faults.hold("POST", path)
    async with session.post(discord.base + path, json=TEXTUAL, headers={"Authorization": "Bot x"}) as answer:
        assert (answer.status, "Via" in answer.headers) == (429, True)
        assert (await answer.json())["retry_after"] == 1.5
    assert (await rest(discord, session, "POST", path, TEXTUAL))[0] == 500
    with pytest.raises(aiohttp.ClientError):
        await rest(discord, session, "POST", path, TEXTUAL)
    held = asyncio.create_task(rest(discord, session, "POST", path, TEXTUAL))
    await discord.request("POST", path, 4)
    assert discord.person().sees == []
    gate.set()
    assert (await held)[0] == 200
    assert discord.refused == []


async def test_the_token_of_the_bot_is_looked_at(discord, session):
    async with session.get(f"{discord.base}/users/@me", headers={"Authorization": "Bot y"}) as answer:
        assert answer.status == 401


async def test_it_runs_as_a_process_of_its_own_and_is_steered_from_outside(session):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.discord_server"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            base = (await process.stdout.readline()).decode().split("DISCORD_API_BASE=")[1].split()[0]
        control = base.replace("/api/v10", "/control")
        await _post(session, f"{control}/faults/limit", {"method": "GET", "path": "/users/@me"})
        headers = {"Authorization": "Bot x"}
        async with session.get(f"{base}/users/@me", headers=headers) as answer:
            assert answer.status == 429
        said = await _post(session, f"{control}/person/{PERSON}/say", {"text": "hello"})
        asked = await _post(
            session, f"{control}/person/{PERSON}/command", {"name": "rate", "options": {"item": "Heat"}}
        )
        assert asked["data"]["options"] == [{"name": "item", "type": 3, "value": "Heat"}]
        async with session.get(f"{control}/person/{PERSON}") as answer:
            assert [message["id"] for message in await answer.json()] == [said["id"]]
        async with session.get(f"{control}/journal") as answer:
            assert (await answer.json())["requests"][0]["path"] == "/users/@me"
    finally:
        process.kill()
        await process.communicate()


async def _post(session, url, body):
    async with session.post(url, json=body) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()
