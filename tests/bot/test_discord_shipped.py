"""The bot as it is shipped, with a small catalogue, driven over the local Discord."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.discord_app.client import BUTTONS
from bot.history import History
from domain import artifact
from domain.artifact import Manifest, describe_files
from tests.discord_server import MENTION, PERSON, ROOM, LocalDiscord, Permission, Person, local_discord, text_of
from tests.discord_server.bot_process import BotProcess, bot_process
from tests.discord_server.limits import walk
from tests.discord_server.tour import Tour, Words

DOMAIN = "shelf"
CUTS = 50
UNSEEN = ("drop:AAAAAAAAAAA", "back:BBBBBBBBBBB", "admin-cancel", "admin-back:1")
"""What does not appear where no wish is read and no retrain lasts."""
UNSEEN_PANELS = ("held-page:1",)
"""What does not appear where what is held has one page."""
CANARY = b"quetzalcoatl"
WORDS = (
    Words("en-GB", ("hello", "I loved Heat and Fargo", "how long is the first one?"), "something tense", "Titanic"),
    Words("zh-CN", ("你好", "我喜欢 Heat 和 Fargo", "第一部好看吗？"), "想看喜剧", "Titanic"),
)


@pytest.fixture(scope="module")
def artifacts(catalog, tmp_path_factory):
    """A version without models: it recommends what is popular, and reads titles only."""
    place = tmp_path_factory.mktemp("artifacts")
    folder = place / DOMAIN / "1"
    folder.mkdir(parents=True)
    catalog.save(folder / artifact.CATALOG)
    Manifest(DOMAIN, "1", "", describe_files(folder)).save(folder)
    artifact.publish(place / DOMAIN, "1")
    return place


@contextlib.asynccontextmanager
async def shipped(server: LocalDiscord, artifacts, state_dir) -> AsyncIterator[BotProcess]:
    settings = {"PARLEY_DOMAIN": DOMAIN, "PARLEY_ARTIFACTS": artifacts, "PARLEY_STATE_DIR": state_dir}
    settings |= {"PARLEY_DATA": state_dir / "data", "PARLEY_LOG_LEVEL": "DEBUG"}
    async with bot_process(server.base, **{name: str(value) for name, value in settings.items()}) as bot:
        await bot.up(server.ready())
        yield bot


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words.locale)
async def test_everything_that_the_bot_offers_is_answered_and_nothing_it_sends_is_refused(artifacts, tmp_path, words):
    async with local_discord() as server, shipped(server, artifacts, tmp_path) as bot:
        tour = Tour(server, words)
        await tour.everything()
        await tour.press_unseen(*UNSEEN)
        await tour.press_unseen(*UNSEEN_PANELS, on_panel=True)
        assert await bot.stop() == 0
        assert {bool(re.search("[一-鿿]", text)) for text in tour.heard} == {words.locale == "zh-CN"}
        assert not [button for button in BUTTONS if not any(map(pattern_of(button).fullmatch, tour.pressed))]
        assert [str(refusal) for refusal in server.refused] == []
        assert "Traceback" not in bot.log
        assert [i.payload["data"] for i in server.state.interactions.values() if not i.is_answered] == []


def pattern_of(button):
    return button.__discord_ui_compiled_template__


async def test_fifty_cuts_of_the_line_lose_no_message_and_answer_none_twice(artifacts, tmp_path):
    async with local_discord() as server, shipped(server, artifacts, tmp_path) as bot:
        people = [server.person(str(7000 + n)) for n in range(CUTS)]
        for n, person in enumerate(people):
            await person.say("I loved Heat")
            await server.gateway.cut()
            if n % 5 == 0:
                await server.gateway.dispatch("MESSAGE_CREATE", server.gateway.session.events[-1]["d"])
            await server.until(lambda n=n: server.gateway.resumed == n + 1)
            await server.until(lambda n=n: people[max(n - 10, 0)].reads)  # more would be told to come back later
        await server.until(lambda: all(person.reads for person in people))
        assert await bot.stop() == 0
        assert [len([text for text in person.reads if "Heat" in text]) for person in people] == [1] * CUTS
        assert server.gateway.identified == 1
        assert server.refused == []


async def test_a_stop_leaves_nobody_who_asked_without_a_word(artifacts, tmp_path):
    async with local_discord() as server, shipped(server, artifacts, tmp_path) as bot:
        asked = [await server.command("recommend", author=str(8000 + n), wish="a comedy") for n in range(40)]
        await server.until(lambda: all(interaction.first for interaction in asked))
        assert await bot.stop() == 0
        assert all(interaction.is_answered for interaction in asked)
        assert server.refused == []


async def test_what_was_typed_by_somebody_who_said_no_is_found_nowhere_after_a_restart(artifacts, tmp_path):
    """In none of the bot's files, nor in what it writes to its log at its most talkative."""
    async with local_discord() as server:
        person, room = server.person(), server.person().at(ROOM)
        async with shipped(server, artifacts, tmp_path) as bot:
            await _say_no(server, person)
            await _type_everywhere(server, person, room)
            assert await bot.stop() == 0
            log = bot.log
        async with shipped(server, artifacts, tmp_path) as bot:
            await _say_no(server, person)
            assert CANARY not in _bytes_under(tmp_path, artifacts)
            assert await bot.stop() == 0
            assert CANARY not in (log + bot.log).encode()
        history = await History.open(tmp_path, DOMAIN)
        assert await history.transcript(PERSON) == []  # what is sealed is not found by its bytes
        await history.close()
        assert any(CANARY.decode() in text for text in _everything_said(server))
        assert server.refused == []


async def _say_no(server: LocalDiscord, person: Person) -> None:
    said = await server.answered(await person.command("privacy", "remember", on=False))
    assert said.messages


async def _type_everywhere(server: LocalDiscord, person: Person, room: Person) -> None:
    word = CANARY.decode()
    for who, text in ((person, f"I loved Heat and {word}"), (room, f"{MENTION} {word} for two, something funny")):
        before = len(who.reads)
        await who.say(text)
        await server.until(lambda who=who, before=before: len(who.reads) > before)
    await server.answered(await person.autocomplete("rate", focused="item", typed=word))
    await server.answered(await person.command("rate", item=word, verdict="like"))
    await server.answered(await person.command("recommend", wish=f"a film of {word}"))
    await server.answered(await room.menu("More like this", await room.say(word)))


def _everything_said(server: LocalDiscord) -> list[str]:
    return [str(message.payload["content"]) for message in server.state.messages.values()]


def _bytes_under(*places: Path) -> bytes:
    """Every byte of every file: the database and its log of writes among them."""
    return b"".join(path.read_bytes() for place in places for path in sorted(place.rglob("*")) if path.is_file())


async def test_where_the_bot_may_not_or_cannot_answer_one_the_others_lose_nothing(artifacts, tmp_path):
    async with local_discord() as server, shipped(server, artifacts, tmp_path) as bot:
        blocked, room, other = (
            server.person("61", takes_direct=False),
            server.person("62").at(ROOM),
            server.person("63"),
        )
        await blocked.say("I loved Heat")
        await server.until(lambda: any(refusal.code == 50007 for refusal in server.refused))
        await server.deny(Permission.READ_MESSAGE_HISTORY)
        await room.say(f"{MENTION} I loved Heat")
        await server.until(lambda: room.reads)
        await server.deny(Permission.SEND_MESSAGES)
        await room.say(f"{MENTION} I loved Fargo")
        await server.until(lambda: server.person("62").reads)
        await server.deny()
        asked = await room.say(f"{MENTION} a comedy")
        await room.delete(asked)
        await server.until(lambda: len(room.reads) == 2)
        server.faults.limit("POST", r"/interactions/.*")
        server.faults.hang_up("PATCH", r"/webhooks/.*")
        assert (await server.answered(await other.command("recommend", wish="a comedy"))).messages
        assert {refusal.code for refusal in server.refused} <= {50007, 50013, 160002}
        assert await bot.stop() == 0
        assert "Traceback" not in bot.log


async def test_what_is_another_persons_stays_theirs(artifacts, tmp_path):
    async with local_discord() as server, shipped(server, artifacts, tmp_path) as bot:
        ann, bob = server.person("71"), server.person("72")
        await server.answered(await ann.command("rate", item="Heat", verdict="like"))
        asked = await server.answered(await ann.command("privacy", "erase"))
        buttons = [component.get("custom_id", "") for _, component in walk(asked.messages[0].payload)]
        (yes,) = [custom_id for custom_id in buttons if custom_id.startswith("erase:yes")]
        await server.answered(await bob.press(asked.messages[0], yes))
        assert "Heat" in " ".join(map(text_of, (await server.answered(await ann.command("me"))).messages))
        assert "Heat" not in " ".join(map(text_of, (await server.answered(await bob.command("me"))).messages))
        assert await bot.stop() == 0
        assert server.refused == []


async def test_an_answer_whose_time_is_over_ends_that_turn_only(artifacts, tmp_path):
    async with local_discord() as server, shipped(server, artifacts, tmp_path) as bot:
        gate = server.faults.hold("POST", r"/interactions/.*")
        late = await server.person("81").command("recommend", wish="a comedy")
        await server.request("POST", r"/interactions/.*")
        server.clock.advance(4)
        gate.set()
        await server.until(lambda: [refusal.code for refusal in server.refused] == [10062])
        await server.answered(await server.person("82").command("recommend", wish="a comedy"))
        gate = server.faults.hold("PATCH", r"/webhooks/.*")
        await server.person("83").command("recommend", wish="a comedy")
        await server.request("PATCH", r"/webhooks/.*", 2)
        server.clock.advance(16 * 60)
        gate.set()
        await server.until(lambda: server.refused[-1].code == 50027)
        await server.answered(await server.person("84").command("recommend", wish="a comedy"))
        assert await bot.stop() == 0
        assert not late.is_answered
        assert "Traceback" not in bot.log


async def test_a_bot_that_does_not_start_is_not_waited_for(artifacts, tmp_path):
    async with local_discord() as server:
        with pytest.raises(RuntimeError, match="no usable artifact"):
            async with shipped(server, tmp_path / "nothing", tmp_path):
                pass
