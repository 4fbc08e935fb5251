import asyncio
import logging

import discord
import pytest

from bot.discord_app.answering import TURNS, Turns, describe
from bot.exchange import Incoming
from bot.queue import Queue
from tests.bot.discord_app.fakes import FakeConversation


class Deaf:
    """An event whose sender cannot be told anything."""

    def __getattribute__(self, name):
        if name == "__class__":
            return Deaf
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


class Person:
    """An event, and what its sender is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.locale = "en-GB"
        self.response = self

    def is_done(self) -> bool:
        return False

    async def send_message(self, content: str, *, ephemeral: bool) -> None:
        self.told.append(content)


async def ask(turns: Turns, person: Person, text: str, event_id: str = "1", person_id: str = "ann") -> None:
    asked = Incoming(event_id, person_id, text)
    async with turns.one(person):
        await turns.in_line(asked, turns._conversation.turn)


async def settle():
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_stop_does_not_wait_for_ever_and_who_is_cut_off_is_told():
    turns, ann = Turns(FakeConversation()), Person()
    asking = asyncio.create_task(ask(turns, ann, "wait"))
    await settle()
    await turns.finish(seconds=0)
    assert asking.cancelled()
    assert ann.told == ["I am being restarted and could not answer that any more. Please say it again in a minute."]


async def test_whoever_waits_at_a_stop_is_told_while_others_are_answered():
    conversation = FakeConversation()
    turns, ann, bob = Turns(conversation, Queue(at_once=1)), Person(), Person()
    tasks = [asyncio.create_task(ask(turns, who, "wait", name, name)) for who, name in ((ann, "ann"), (bob, "bob"))]
    await settle()
    stopping = asyncio.create_task(turns.finish(seconds=60))
    await settle()
    assert ["restarted" in said for said in bob.told] == [True]
    conversation.gate.set()
    await stopping
    await asyncio.gather(*tasks)
    assert ann.told == []
    assert [turn.person_id for turn in conversation.turns] == ["ann"]


async def test_where_the_queue_is_full_that_is_said_at_once():
    conversation = FakeConversation()
    turns, people = Turns(conversation, Queue(at_once=1, waiting=1)), [Person() for _ in range(3)]
    tasks = [asyncio.create_task(ask(turns, who, "wait", str(n), str(n))) for n, who in enumerate(people)]
    await tasks[2]
    assert people[2].told == ["I am talking with as many people as I can just now. Please say that again in a minute."]
    conversation.gate.set()
    await asyncio.gather(*tasks)
    assert [turn.person_id for turn in conversation.turns] == ["0", "1"]


async def test_somebody_in_danger_waits_for_nobody():
    conversation = FakeConversation()
    turns = Turns(conversation, Queue(at_once=1, waiting=0))
    for n in range(TURNS + 1):
        await ask(turns, Person(), "I am in danger", str(n))
    assert len(conversation.turns) == TURNS + 1


async def test_nobody_is_answered_faster_than_people_talk():
    turns, ann, bob = Turns(FakeConversation()), Person(), Person()
    for n in range(TURNS + 1):
        await ask(turns, ann, "hello", str(n))
    await ask(turns, bob, "hello", "b", "bob")
    assert ["faster than I can answer" in said for said in ann.told] == [True]
    assert bob.told == []


async def test_an_event_that_comes_again_while_it_waits_takes_no_second_place():
    conversation = FakeConversation()
    turns, ann = Turns(conversation), Person()
    asking = asyncio.create_task(ask(turns, ann, "wait"))
    await settle()
    await ask(turns, ann, "wait")
    conversation.gate.set()
    await asking
    assert len(conversation.turns) == 1
    assert ann.told == []


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
