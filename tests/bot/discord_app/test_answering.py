import asyncio
import logging

import discord
import pytest

from bot.discord_app.answering import Turns, describe
from tests.bot.discord_app.fakes import FakeConversation


class Deaf:
    """An event whose sender cannot be told anything."""

    def __getattribute__(self, name):
        raise AssertionError("nobody is there to be told")


class Refusal:
    """As much of Discord's response as an error needs."""

    status = 403
    reason = "Forbidden"


async def test_a_stop_waits_for_turns_and_cancels_what_takes_minutes():
    turns, gate, ended = Turns(FakeConversation()), asyncio.Event(), []

    async def turn():
        async with turns.one(Deaf()):
            await gate.wait()
            ended.append("turn")

    async def retrain():
        async with turns.background(Deaf()):
            await asyncio.Event().wait()

    turning, retraining = asyncio.create_task(turn()), asyncio.create_task(retrain())
    await asyncio.sleep(0)
    stopping = asyncio.create_task(turns.finish(seconds=60))
    await asyncio.wait({retraining})
    assert retraining.cancelled()
    assert not stopping.done()
    gate.set()
    await stopping
    assert ended == ["turn"]
    await turning


async def test_a_stop_does_not_wait_for_ever():
    turns = Turns(FakeConversation())
    async with turns.one(Deaf()):
        await turns.finish(seconds=0.01)


@pytest.mark.parametrize("code", [10062, 40003, 40060, 50007, 50027])
async def test_nobody_is_told_when_nobody_is_there(code, caplog):
    with caplog.at_level(logging.INFO, "bot"):
        async with Turns(FakeConversation()).one(Deaf()):
            raise discord.Forbidden(Refusal(), {"code": code, "message": "no"})
    assert [record.levelname for record in caplog.records] == ["INFO"]


def test_an_error_is_described_without_its_message():
    with pytest.raises(ValueError, match="canary") as caught:
        int("canary")
    said = describe(caught.value)
    assert said.startswith("ValueError at test_answering.py:")
    assert "canary" not in said
