"""The bot under SimCord, with a conversation of our own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import simcord

from bot.discord_app.client import Parley
from bot.settings import Settings
from bot.texts import Texts
from tests.bot.discord_app.fakes import FakeConversation, FakeRetraining

OWNER = 77


@pytest.fixture
def conversation() -> FakeConversation:
    return FakeConversation()


@pytest.fixture
def retraining() -> FakeRetraining:
    return FakeRetraining()


@pytest.fixture
def new_bot(conversation: FakeConversation, retraining: FakeRetraining, tmp_path: Path) -> Callable[[], Parley]:
    """Makes a client as a fresh process would: the same state folder, nothing else kept."""
    settings = Settings(state_dir=tmp_path, discord_token="x", owner_ids="77", _env_file=None)
    return lambda: Parley(settings, conversation, retraining, Texts.load())


@pytest.fixture
def simcord_bot(new_bot: Callable[[], Parley]) -> Parley:
    return new_bot()


@pytest.fixture
def room(simcord_env: simcord.Env) -> simcord.ChannelHandle:
    return simcord_env.create_guild().create_text_channel("films")


@pytest.fixture
def ann(simcord_env: simcord.Env, room: simcord.ChannelHandle) -> simcord.MemberActor:
    return simcord_env.guild.add_member(simcord_env.create_user("ann"))


@pytest.fixture
def bob(simcord_env: simcord.Env, room: simcord.ChannelHandle) -> simcord.MemberActor:
    return simcord_env.guild.add_member(simcord_env.create_user("bob"))
