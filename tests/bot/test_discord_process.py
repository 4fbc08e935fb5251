"""The bot as a process of its own, against a small Discord on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.queue import AT_ONCE, WAITING
from tests.discord_server import DIRECT, PERSON, ROOM, LocalDiscord, local_discord
from tests.discord_server.bot_process import BotProcess, bot_process

CALLBACK = r"/interactions/\d+/[^/]+/callback"
ANSWER, FOLLOW_UP = r"/webhooks/\d+/[^/]+/messages/@original", r"/webhooks/\d+/[^/]+"
IS_COMPONENTS_V2 = 1 << 15
MESSAGES = r"/channels/\d+/messages"


@contextlib.asynccontextmanager
async def running_bot(base: str, tmp_path: Path, token: str = "x") -> AsyncIterator[BotProcess]:
    if not go(tmp_path).exists():
        os.mkfifo(go(tmp_path))
    command = ("-m", "tests.bot.discord_app.fake_bot", str(tmp_path), str(go(tmp_path)))
    async with bot_process(base, *command, token=token) as bot:
        yield bot


def go(tmp_path: Path) -> Path:
    """What has to be written to before a turn that waits goes on."""
    return tmp_path / "go"


@pytest.fixture
async def discord_server() -> AsyncIterator[LocalDiscord]:
    async with local_discord() as server:
        yield server
        assert server.invalid == []


@pytest.fixture
async def bot(discord_server: LocalDiscord, tmp_path: Path) -> AsyncIterator[BotProcess]:
    async with running_bot(discord_server.base, tmp_path) as bot:
        await discord_server.until(lambda: any(frame["op"] == 2 for frame in discord_server.frames))
        yield bot


async def answers(server: LocalDiscord, number: int) -> list[str]:
    """The contents of the first so many messages that the bot has sent, without their small print."""
    await server.request("POST", MESSAGES, number)
    return [request.body["content"].partition("\n-# ")[0] for request in server.all("POST", MESSAGES)]


async def test_it_talks_from_the_first_connection_to_sigterm(discord_server, bot):
    await discord_server.say("hello")
    assert (await answers(discord_server, 1))[0] == "You said: hello"
    sent = discord_server.all("POST", MESSAGES)[0]
    assert sent.path == f"/channels/{DIRECT}/messages"
    assert sent.body["allowed_mentions"]["parse"] == []
    await discord_server.say("and in a server", in_guild=True)
    assert (await answers(discord_server, 2))[1] == "You said: and in a server"
    assert discord_server.all("POST", MESSAGES)[1].path == f"/channels/{ROOM}/messages"
    identify = next(frame["d"] for frame in discord_server.frames if frame["op"] == 2)
    assert identify["intents"] == 1 << 0 | 1 << 9 | 1 << 12
    assert discord_server.frames[0]["op"] == 1
    assert "compress=zstd-stream" in discord_server.connections[0]
    bot.process.send_signal(signal.SIGTERM)
    assert await bot.ended() == 0
    assert discord_server.closed == [1000]
    assert "hello" not in bot.log
    assert "Traceback" not in bot.log


async def test_a_turn_that_has_begun_is_finished_before_the_end(discord_server, bot, tmp_path):
    await discord_server.say("wait for it")
    await discord_server.request("POST", rf"/channels/{DIRECT}/typing")
    bot.process.send_signal(signal.SIGTERM)
    await discord_server.until(lambda: discord_server.closed)
    assert discord_server.all("POST", MESSAGES) == []
    await asyncio.to_thread(go(tmp_path).write_text, "go")
    assert (await answers(discord_server, 1))[0] == "You said: wait for it"
    assert await bot.ended() == 0


async def test_many_at_once_are_all_acknowledged_and_who_waits_at_a_stop_is_told(discord_server, bot, tmp_path):
    people = AT_ONCE + WAITING + 3
    for person in range(people):
        await discord_server.command("recommend", author=str(5000 + person), wish="wait for it")
    await discord_server.request("POST", CALLBACK, people)
    assert {request.body["type"] for request in discord_server.all("POST", CALLBACK)} == {5}
    assert discord_server.all("PATCH", ANSWER) == []
    await discord_server.request("POST", FOLLOW_UP, 3)
    bot.process.send_signal(signal.SIGTERM)
    await discord_server.request("POST", FOLLOW_UP, 3 + WAITING)
    told = [request.body["content"] for request in discord_server.all("POST", FOLLOW_UP)]
    assert all("as many people as I can" in content for content in told[:3])
    assert all("I am being restarted" in content for content in told[3:])
    assert contents(discord_server) == ["…"] * len(told)  # what stood for an answer in public gives way
    await asyncio.to_thread(go(tmp_path).write_text, "go")
    await discord_server.request("PATCH", ANSWER, len(told) + AT_ONCE)
    assert len([content for content in contents(discord_server) if content != "…"]) == AT_ONCE
    assert await bot.ended() == 0


def contents(discord_server):
    """What the answers to commands were changed to."""
    return [request.body.get("content") for request in discord_server.all("PATCH", ANSWER)]


async def test_commands_buttons_and_their_repetitions(discord_server, bot):
    command = await discord_server.command("recommend", wish="something tense")
    token = command.token
    shown = await discord_server.request("PATCH", rf"/webhooks/\d+/{token}/messages/@original")
    assert shown.body["flags"] == IS_COMPONENTS_V2
    await discord_server.gateway.repeat_last()
    original = command.original.id
    press = await discord_server.press(original, "rate:like:=heat")
    confirmed = await discord_server.request("PATCH", rf"/webhooks/\d+/{press.token}/messages/@original")
    assert "👍 ✓" in str(confirmed.body["components"])
    old = await discord_server.press(original, "something:else")
    refused = await discord_server.request("POST", rf"/interactions/{old.id}/.*")
    assert "too old" in refused.body["data"]["content"]
    assert len(discord_server.all("PATCH", rf"/webhooks/\d+/{token}/messages/@original")) == 1


async def test_the_applications_owner_may_retrain(discord_server, bot):
    command = await discord_server.command("admin", "retrain")
    answer = rf"/webhooks/\d+/{command.token}/messages/@original"
    frames = [(await discord_server.request("PATCH", answer, n)).body["components"][0] for n in (1, 2)]
    bar, end = (frame["components"][0]["content"] for frame in frames)
    assert bar.startswith(f"### Retraining · 0%\n`{'░' * 20}`\n")
    assert end.startswith("Published 2")
    assert discord_server.rest.owner == PERSON
    stranger = await discord_server.command("admin", "retrain", author="4242")
    refused = await discord_server.request("POST", rf"/interactions/{stranger.id}/.*")
    assert refused.body["data"]["content"] == "Only the owner of this bot may do that."


@pytest.mark.parametrize("politely", [True, False])
async def test_a_lost_connection_is_resumed_and_what_came_meanwhile_is_answered_once(discord_server, bot, politely):
    await discord_server.say("one")
    await answers(discord_server, 1)
    await (discord_server.gateway.drop(4000) if politely else discord_server.gateway.cut())
    await discord_server.say("two")
    assert (await answers(discord_server, 2))[1] == "You said: two"
    assert discord_server.connections[1].startswith("/resume?")
    assert [frame["op"] for frame in discord_server.frames if frame["op"] in (2, 6)] == [2, 6]
    await discord_server.until(lambda: discord_server.gateway.resumed == 1)
    await discord_server.say("three")
    await discord_server.gateway.repeat_last()
    await discord_server.say("four")
    assert (await answers(discord_server, 4))[2:] == ["You said: three", "You said: four"]


async def test_a_requested_reconnect_resumes_and_an_invalid_session_starts_anew(discord_server, bot):
    await discord_server.until(lambda: len(discord_server.gateway.session.events) == 2)
    await discord_server.gateway.ask(7)
    await discord_server.until(lambda: any(frame["op"] == 6 for frame in discord_server.frames))
    await discord_server.say("one")
    assert (await answers(discord_server, 1))[0] == "You said: one"
    await discord_server.gateway.ask(9, False)
    await discord_server.until(lambda: [frame["op"] for frame in discord_server.frames].count(2) == 2)
    assert discord_server.connections[-1].startswith("/?")
    await discord_server.say("two")
    assert (await answers(discord_server, 2))[1] == "You said: two"


async def test_a_first_connection_that_fails_is_tried_again(discord_server, tmp_path):
    discord_server.gateway.refuse_connections = 1
    async with running_bot(discord_server.base, tmp_path) as bot:
        await discord_server.until(lambda: any(frame["op"] == 2 for frame in discord_server.frames))
        await discord_server.say("hello")
        assert (await answers(discord_server, 1))[0] == "You said: hello"
    assert "Failed to connect" in bot.log
    assert "Traceback" not in bot.log


async def test_rate_limits_are_waited_for(discord_server, bot):
    discord_server.faults.limit("POST", MESSAGES, times=2)
    discord_server.faults.limit("POST", r"/webhooks/.*")
    await discord_server.say("hello")
    assert await answers(discord_server, 3) == ["You said: hello"] * 3
    assert "hello" not in bot.log


async def test_closed_direct_messages_end_that_turn_only(discord_server, bot):
    discord_server.faults.fail("POST", MESSAGES, 403, code=50007)
    await discord_server.say("one")
    await discord_server.say("two")
    assert (await answers(discord_server, 2))[1] == "You said: two"
    await bot.logged("Forbidden 403/50007")


@pytest.mark.parametrize("token", ["wrong", "wröng"])
async def test_a_wrong_token_is_one_sentence_and_exit_code_2(discord_server, tmp_path, token):
    async with running_bot(discord_server.base, tmp_path, token) as bot:
        assert await bot.ended() == 2
    said = [line for line in bot.lines if not line.startswith("DEBUG")]
    assert len(said) == 1
    assert "DISCORD_TOKEN" in said[0]
    assert token not in bot.log


@pytest.mark.parametrize(
    ("code", "exit_code", "said"), [(4004, 2, "DISCORD_TOKEN"), (4014, 1, "ended the connection for good")]
)
async def test_what_the_gateway_refuses_for_good_is_one_sentence_and_the_end(
    discord_server, tmp_path, code, exit_code, said
):
    async with running_bot(discord_server.base, tmp_path) as bot:
        await discord_server.ready()
        await discord_server.until(lambda: len(discord_server.gateway.session.events) == 2)
        await discord_server.gateway.drop(code)
        assert await bot.ended() == exit_code
    assert said in bot.log
    assert "Traceback" not in bot.log


async def test_an_unreachable_discord_is_said_once_and_tried_again(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    async with running_bot(f"http://127.0.0.1:{port}/api/v10", tmp_path) as bot:
        await bot.logged("cannot be reached")
        server = LocalDiscord()
        await server.start(port)
        try:
            await server.until(lambda: any(frame["op"] == 2 for frame in server.frames))
            await server.say("hello")
            assert (await answers(server, 1))[0] == "You said: hello"
        finally:
            await server.close()
        assert bot.log.count("WARNING:bot.discord_app.client:Discord cannot be reached") == 1
        assert "Traceback" not in bot.log


async def test_sigterm_ends_the_waiting_for_discord(tmp_path):
    async with running_bot("http://127.0.0.1:1/api/v10", tmp_path) as bot:
        await bot.logged("cannot be reached")
        bot.process.send_signal(signal.SIGTERM)
        assert await bot.ended() == 0
