"""Nothing that the bot does for a turn holds its event loop, which keeps Discord's heartbeat.

Measured is the processor time that each callback takes in the loop's own thread: what others do on the machine does not
count, as it would if a clock on the wall were read.
"""

import asyncio
import contextlib
import sys
import time
from dataclasses import replace

from bot.conversation import Conversation
from bot.dialogue import DraftingDialogue
from bot.exchange import Incoming
from bot.history import History
from bot.models import Serving
from bot.texts import Texts
from bot.writer import Writer
from domain.prompt import taught
from tests.fakes import models_of

HELD = 0.05
"""Seconds that one callback may take."""
TEXTS = Texts.load()
DRAFT = "After #1, then.\n@1 Worth it.\n@2 Fine, too.\n@3 And this."
SCRIPT = f"""
import json, sys
print(json.dumps({{"ready": True}}), flush=True)
for asked in map(json.loads, sys.stdin):
    for word in {DRAFT!r}.split(" "):
        print(json.dumps({{"id": asked["id"], "text": word + " "}}), flush=True)
    print(json.dumps({{"id": asked["id"], "end": True}}), flush=True)
"""


class Watchdog:
    """Notes the callbacks that hold the loop longer than they may."""

    def __init__(self):
        self.held = []
        self.ran = 0

    @contextlib.contextmanager
    def watching(self, monkeypatch):
        run = asyncio.events.Handle._run

        def timed(handle):
            began = time.thread_time()
            run(handle)
            took = time.thread_time() - began
            self.ran += 1
            if took > HELD:
                self.held.append((took, repr(handle)))

        with monkeypatch.context() as patched:
            patched.setattr(asyncio.events.Handle, "_run", timed)
            yield self


async def test_no_callback_of_a_turn_holds_the_loop(tmp_path, catalog, threads, monkeypatch):
    writer = Writer(tmp_path, command=(sys.executable, "-c", SCRIPT))
    models = replace(models_of(catalog, TEXTS), dialogue=DraftingDialogue(writer, taught))
    history = await History.open(tmp_path, "movies")
    conversation = Conversation(Serving(tmp_path, TEXTS, models), history, TEXTS, threads)
    text = models.reader.learn("inform request | I loved {Heat|title liked}, something {tense|value wanted}?")
    people = [Incoming(f"e{n}", f"person {n}", text, "direct") for n in range(8)]
    with Watchdog().watching(monkeypatch) as watchdog:
        await writer.start()
        replies = await asyncio.gather(*map(conversation.turn, people))
        await writer.close()
    await history.close()
    assert all("After Heat, then." in reply.text for reply in replies)
    assert watchdog.ran > len(people)
    assert watchdog.held == []


async def test_the_watchdog_barks(monkeypatch):
    async def holds():
        began = time.thread_time()
        while time.thread_time() - began < 2 * HELD:
            pass

    with Watchdog().watching(monkeypatch) as watchdog:
        await asyncio.create_task(holds())
    assert len(watchdog.held) == 1
