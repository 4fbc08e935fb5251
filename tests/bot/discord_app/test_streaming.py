"""A reply that is shown while it is being written, by no more edits than Discord allows."""

import asyncio
from unittest.mock import Mock

import discord

from bot.discord_app.streaming import Streaming
from bot.exchange import Reply


class Message:
    """Takes edits, each when it is let through."""

    def __init__(self):
        self.texts = []
        self.edited = asyncio.Semaphore(0)
        self.gate = asyncio.Event()
        self.gate.set()
        self.fails = False

    async def edit(self, reply):
        await self.gate.wait()
        self.texts.append(reply.text)
        self.edited.release()
        if self.fails:
            raise discord.HTTPException(Mock(status=500, reason="down"), "down")


def growing(*texts):
    return [Reply(text, "recommend") for text in texts]


async def test_the_first_is_shown_at_once_and_of_the_others_the_newest_after_the_pause():
    message = Message()
    streaming = Streaming(message.edit, seconds=0.01)
    for reply in growing("slate", "slate, a word", "slate, a word, another"):
        await streaming.show(reply)
        if not message.texts:
            await message.edited.acquire()
    await message.edited.acquire()
    assert message.texts == ["slate", "slate, a word, another"]
    await streaming.finish()


async def test_nothing_is_shown_before_the_pause_is_over_nor_after_the_end():
    message = Message()
    streaming = Streaming(message.edit, seconds=3600)
    for reply in growing("slate", "slate, a word"):
        await streaming.show(reply)
        await asyncio.sleep(0)
    await message.edited.acquire()
    await streaming.finish()
    assert message.texts == ["slate"]


async def test_the_end_waits_for_the_edit_that_is_under_way():
    message = Message()
    message.gate.clear()
    streaming = Streaming(message.edit)
    await streaming.show(Reply("slate", "recommend"))
    await asyncio.sleep(0)
    ending = asyncio.create_task(streaming.finish())
    await asyncio.sleep(0)
    assert not ending.done()
    message.gate.set()
    await ending
    assert message.texts == ["slate"]


async def test_an_edit_that_fails_is_no_failure_of_the_turn():
    message = Message()
    message.fails = True
    streaming = Streaming(message.edit, seconds=0.0)
    for reply in growing("slate", "slate, a word"):
        await streaming.show(reply)
        await message.edited.acquire()
    await streaming.finish()
    assert message.texts == ["slate", "slate, a word"]


async def test_a_reply_that_comes_late_is_shown_at_once():
    message = Message()
    streaming = Streaming(message.edit, seconds=0.0)
    await streaming.show(Reply("slate", "recommend"))
    await message.edited.acquire()
    for _ in range(5):
        await asyncio.sleep(0)
    await streaming.show(Reply("slate, a word", "recommend"))
    await message.edited.acquire()
    assert message.texts == ["slate", "slate, a word"]
    await streaming.finish()
