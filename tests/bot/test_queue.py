import asyncio
import contextlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.queue import Queue, Refused


class Turns:
    """Turns that take until they are told to end; remembers who took one, in order, and who was refused."""

    def __init__(self, queue):
        self.queue = queue
        self.taken: list[str] = []
        self.refused: list[tuple[str, str]] = []
        self.running: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, *names):
        """Turns named ``ann1``, ``bob`` …, of the person whose name is without its number."""
        for name in names:
            self.tasks[name] = asyncio.create_task(self._turn(name))
        await settle()

    async def end(self, *names):
        for name in names:
            self.running.pop(name).set()
        await settle()

    async def cancel(self, name):
        self.tasks[name].cancel()
        await settle()

    async def _turn(self, name):
        try:
            async with self.queue.turn(name.rstrip("0123456789")):
                self.taken.append(name)
                gate = self.running[name] = asyncio.Event()
                await gate.wait()
        except Refused as refused:
            self.refused.append((name, refused.reason))


async def settle():
    """Let every task run as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_so_many_turns_are_taken_at_once():
    turns = Turns(Queue(at_once=2))
    await turns.come("ann", "bob", "cid")
    assert list(turns.running) == ["ann", "bob"]
    await turns.end("bob")
    assert list(turns.running) == ["ann", "cid"]


async def test_people_come_one_after_another_however_many_turns_each_has_waiting():
    turns = Turns(Queue(at_once=1))
    await turns.come("ann1", "ann2", "ann3", "bob1", "bob2", "cid1")
    for _ in range(5):
        await turns.end(*turns.running)
    assert turns.taken == ["ann1", "ann2", "bob1", "cid1", "ann3", "bob2"]


async def test_a_person_has_one_turn_at_a_time():
    turns = Turns(Queue(at_once=2))
    await turns.come("ann1", "ann2")
    assert list(turns.running) == ["ann1"]
    await turns.come("bob")
    assert list(turns.running) == ["ann1", "bob"]


async def test_where_it_is_full_whoever_comes_is_refused_at_once():
    turns = Turns(Queue(at_once=1, waiting=2))
    await turns.come("ann", "bob", "cid", "dora")
    assert turns.refused == [("dora", "busy")]
    await turns.end("ann")
    await turns.come("dora")
    await turns.end("bob")
    await turns.end("cid")
    assert turns.taken == ["ann", "bob", "cid", "dora"]


async def test_whoever_need_not_wait_is_taken_where_nobody_may_wait():
    turns = Turns(Queue(at_once=2, waiting=0))
    await turns.come("ann1", "bob", "ann2", "cid")
    assert turns.taken == ["ann1", "bob"]
    assert turns.refused == [("ann2", "busy"), ("cid", "busy")]


async def test_nobody_fills_it_alone():
    turns = Turns(Queue(at_once=1, waiting=9, each=2))
    await turns.come("ann1", "ann2", "ann3", "ann4", "bob")
    assert turns.refused == [("ann4", "hasty")]


async def test_when_it_is_closed_whoever_waits_or_comes_is_refused_and_taken_turns_go_on():
    turns = Turns(Queue(at_once=1))
    await turns.come("ann1", "ann2", "bob")
    turns.queue.close()
    await turns.come("cid")
    assert sorted(turns.refused) == [("ann2", "stopping"), ("bob", "stopping"), ("cid", "stopping")]
    await turns.end("ann1")
    assert turns.tasks["ann1"].done()


async def test_whoever_gives_up_leaves_their_place_to_others():
    turns = Turns(Queue(at_once=1, waiting=2))
    await turns.come("ann", "bob", "cid")
    await turns.cancel("bob")
    await turns.come("dora")
    await turns.cancel("ann")
    assert list(turns.running) == ["ann", "cid"]
    await turns.end("cid")
    assert turns.taken == ["ann", "cid", "dora"]


async def test_a_turn_that_is_cancelled_as_it_is_given_leaves_its_place():
    turns = Turns(Queue(at_once=1))
    async with turns.queue.turn("ann"):
        await turns.come("bob", "cid")
    turns.tasks["bob"].cancel()  # bob has the turn by now, and does not know it yet
    await settle()
    assert list(turns.running) == ["cid"]
    await turns.end("cid")


async def test_a_turn_that_fails_leaves_its_place():
    queue = Queue(at_once=1)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            async with queue.turn("ann"):
                raise ZeroDivisionError


STEPS = st.lists(st.tuples(st.sampled_from(["come", "end", "cancel"]), st.sampled_from("abcde")), max_size=60)


@given(STEPS, st.integers(1, 3), st.integers(0, 6), st.integers(1, 3))
def test_its_limits_hold_and_nobody_is_left_whatever_happens(steps, at_once, waiting, each):
    async def run():
        turns = Turns(Queue(at_once, waiting, each))
        for number, (step, who) in enumerate(steps):
            with contextlib.suppress(KeyError):
                await (turns.come(f"{who}{number}") if step == "come" else getattr(turns, step)(_of(who, turns)))
            turns.running = {name: gate for name, gate in turns.running.items() if not turns.tasks[name].done()}
            waits = Counter(name[0] for name in _waiting(turns))
            assert len(turns.running) <= at_once
            assert sum(waits.values()) <= waiting
            assert max(waits.values(), default=0) <= each
            assert len({name[0] for name in turns.running}) == len(turns.running)
        while turns.running:
            await turns.end(*turns.running)
        assert all(task.done() for task in turns.tasks.values())

    asyncio.run(run())


def _waiting(turns):
    return [name for name, task in turns.tasks.items() if not task.done() and name not in turns.running]


def _of(who, turns):
    """A turn of a person that is not over."""
    return next((name for name, task in turns.tasks.items() if name[0] == who and not task.done()), "nobody")
