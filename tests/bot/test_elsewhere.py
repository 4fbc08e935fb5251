"""Whose words a model on another machine may read, and what writes where it does not."""

import pytest

from bot.__main__ import _elsewhere
from bot.conversation import Conversation
from bot.dialogue import DraftingDialogue, NoDialogue
from bot.exchange import Incoming
from bot.history import History
from bot.models import Serving
from bot.settings import Settings
from bot.texts import Texts
from domain.prompt import taught
from tests.fakes import ScriptedModel, models_of

TEXTS = Texts.load()
NEAR, FAR = "After #1, what I have near.", "After #1, what I have far away."


class Room:
    """A conversation with a model on this machine and one on another, of which it is known what they were asked."""

    def __init__(self, folder, history, threads, catalog, far=FAR):
        models = models_of(catalog, TEXTS, drafts=[NEAR] * 8)
        self.near = models.dialogue.model
        self.far = ScriptedModel([far] * 8)
        self.reader = models.reader
        elsewhere = DraftingDialogue(self.far, taught)
        self.conversation = Conversation(Serving(folder, TEXTS, models), history, TEXTS, threads, elsewhere=elsewhere)
        self.said = 0

    def incoming(self, line, channel="direct"):
        self.said += 1
        text = self.reader.learn(line) if " | " in line else line
        return Incoming(f"e{self.said}", "ann", text, channel)

    async def hears(self, line, channel="direct"):
        reply = await self.conversation.turn(self.incoming(line, channel))
        return reply.opening or reply.text


LIKED = "inform request | I loved {Heat|title liked}, something {tense|value wanted}?"


@pytest.fixture
async def history(tmp_path):
    history = await History.open(tmp_path, "movies")
    yield history
    await history.close()


@pytest.fixture
def room(tmp_path, history, threads, catalog):
    return Room(tmp_path, history, threads, catalog)


async def test_words_leave_the_machine_only_of_who_agreed_and_until_they_change_their_mind(room):
    assert "near" in await room.hears(LIKED)
    assert room.far.asked == []
    await room.conversation.set_elsewhere(room.incoming(""), on=True)
    assert "far away" in await room.hears(LIKED)
    asked = len(room.far.asked)
    await room.conversation.set_elsewhere(room.incoming(""), on=False)
    assert "near" in await room.hears(LIKED)
    assert len(room.far.asked) == asked


async def test_being_remembered_and_sharing_ratings_is_no_such_consent(room):
    await room.conversation.set_consent(room.incoming(""), remember=True, share=True)
    await room.hears(LIKED)
    assert room.far.asked == []


async def test_the_terminals_owner_has_decided_by_naming_the_server(room):
    assert "far away" in await room.hears(LIKED, channel="terminal")


async def test_nothing_leaves_the_machine_of_somebody_in_trouble_nor_of_what_they_say_next(room):
    await room.conversation.set_elsewhere(room.incoming(""), on=True)
    await room.hears("I want to kill myself")
    await room.hears(LIKED)
    assert room.far.asked == []
    await room.hears(LIKED)
    assert room.far.asked


async def test_where_the_other_machine_fails_this_one_writes(tmp_path, history, threads, catalog):
    room = Room(tmp_path, history, threads, catalog, far="")
    assert "near" in await room.hears(LIKED, channel="terminal")
    assert room.far.asked


async def test_the_consent_is_kept_shown_and_forgotten_like_the_others(room, history):
    person = await history.load("ann")
    assert not person.elsewhere
    await room.conversation.set_consent(room.incoming(""), remember=True)
    await room.conversation.set_elsewhere(room.incoming(""), on=True)
    assert (await history.load("ann")).elsewhere
    assert "elsewhere" in [held.what for held in await history.held("ann")]
    assert "another machine" in (await room.conversation.held("ann", "en")).text
    await room.conversation.set_consent(room.incoming(""), remember=False)
    assert not (await history.load("ann")).elsewhere
    assert "elsewhere" not in [held.what for held in await history.held("ann")]


async def test_no_server_is_asked_unless_one_is_named():
    assert isinstance(_elsewhere(Settings(dialogue_url=None)), NoDialogue)
    assert isinstance(_elsewhere(Settings(dialogue_url="http://127.0.0.1:1/v1")), DraftingDialogue)
