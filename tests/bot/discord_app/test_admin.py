import asyncio

import discord
import pytest

from bot.discord_app.admin import Moving, bar
from bot.retraining import Progress

pytestmark = pytest.mark.simcord(shard_count=1)


@pytest.fixture
def new_administrator(simcord_env, room):
    """What makes administrators of the server: Discord shows them every command."""
    role = simcord_env.guild.create_role("administrators", permissions=discord.Permissions(administrator=True))
    return lambda name: simcord_env.guild.add_member(simcord_env.create_user(name), roles=[role])


@pytest.fixture
def owner(simcord_env, new_administrator):
    """The person whose id PARLEY_OWNER_IDS names."""
    owner = new_administrator("owner")
    simcord_env.bot._settings = simcord_env.bot._settings.model_copy(update={"owner_ids": frozenset({owner.id})})
    return owner


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("retrain", "Version 2 is in use."),
        ("rollback", "Version 1 is in use again."),
        ("status", "Version 2 is in use."),
        ("sync", "Sent: Discord has all my commands. Where they do not show yet, restart the Discord app."),
    ],
)
async def test_the_owner_is_obeyed(simcord_env, room, owner, command, answer):
    result = await owner.slash(room, f"admin {command}")
    assert result.ephemeral
    assert result.response.content == answer


async def test_what_an_owner_does_is_told_to_be_theirs(retraining, room, owner):
    for command in ("retrain", "rollback", "status"):
        await owner.slash(room, f"admin {command}")
    assert retraining.by == [f"discord:{owner.id}"] * 2


async def test_a_stop_ends_the_bar_in_a_sentence(simcord_env, retraining, room, owner):
    retraining.gate.clear()
    asked = asyncio.create_task(owner.slash(room, "admin retrain"))
    await retraining.begun.wait()
    await simcord_env.bot.turns.finish(seconds=60)
    result = await asked
    assert result.response.content == "The retrain was broken off. What served before goes on serving."


@pytest.mark.parametrize("command", ["retrain", "rollback", "status", "sync"])
async def test_nobody_else_is_be_they_administrators_of_the_server(
    simcord_env, retraining, room, new_administrator, command
):
    result = await new_administrator("ann").slash(room, f"admin {command}")
    assert result.ephemeral
    assert result.response.content == "Only the owner of this bot may do that."
    assert retraining.runs == 0


async def test_it_is_shown_in_servers_to_their_administrators_alone(simcord_env, room, ann, owner):
    shown = {"admin retrain", "admin rollback", "admin status", "admin sync"}
    assert shown.isdisjoint(ann.available_commands(room))
    assert shown.isdisjoint(owner.user.available_commands())
    assert shown <= set(owner.available_commands(room))
    sent = next(r.json for r in simcord_env.http_requests if r.method == "PUT" and r.path.endswith("/commands"))
    admin = next(command for command in sent if command["name"] == "admin")
    assert (admin["contexts"], admin["integration_types"]) == ([0], [0])


async def test_who_syncs_is_told_if_discord_does_not_take_the_commands(simcord_env, room, owner):
    simcord_env.inject_error("PUT", "/applications/*/commands", status=400, code=50035)
    result = await owner.slash(room, "admin sync")
    assert result.response.content == "Discord did not take my commands; my log says why."


async def test_the_applications_owner_is_an_owner(simcord_env):
    application = simcord_env.bot.application
    assert simcord_env.bot.may_administer(application.owner.id)
    assert not simcord_env.bot.may_administer(1)


async def test_accepted_members_of_the_owning_team_who_may_change_it_are_owners(simcord_env, monkeypatch):
    plain = {"username": "somebody", "discriminator": "0", "avatar": None}
    members = [
        {"user": plain | {"id": "5"}, "membership_state": 2, "role": "developer"},
        {"user": plain | {"id": "6"}, "membership_state": 1, "role": "developer"},
        {"user": plain | {"id": "7"}, "membership_state": 2, "role": "read_only"},
        {"user": plain | {"id": "8"}, "membership_state": 2, "role": "admin"},
    ]
    application = await simcord_env.bot.http.application_info()
    application["team"] = {"id": "9", "name": "team", "owner_user_id": "5", "members": members, "icon": None}
    owned = discord.AppInfo(simcord_env.bot._connection, application)
    monkeypatch.setattr(simcord_env.bot, "_application", owned)
    known = {id_ for id_ in (5, 6, 7, 8, owned.owner.id) if simcord_env.bot.may_administer(id_)}
    assert known == {5, 8}


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Answer:
    """As much of an interaction as a moving answer needs."""

    def __init__(self) -> None:
        self.edits: list[str] = []
        self.messages: list[str] = []
        self.user = self

    async def edit_original_response(self, content: str) -> None:
        self.edits.append(content)

    async def send(self, content: str) -> None:
        self.messages.append(content)


async def progress(moving: Moving, done: float) -> None:
    await moving.show(Progress(done, "training"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def test_progress_is_edited_at_most_once_a_second():
    clock, answer = Clock(), Answer()
    moving = Moving(answer, str, clock)
    for tenths in range(31):
        clock.now = tenths / 10
        await progress(moving, tenths / 30)
    await moving.end("Published.")
    assert len(answer.edits) == 5
    assert answer.edits[-1] == "Published."
    assert answer.messages == []


async def test_after_fifteen_minutes_the_end_comes_as_a_message():
    clock, answer = Clock(), Answer()
    moving = Moving(answer, str, clock)
    clock.now = 901.0
    await progress(moving, 0.5)
    await moving.end("Published.")
    assert answer.edits == []
    assert answer.messages == ["Published."]


async def test_a_refused_edit_does_not_stop_what_it_reports_on(simcord_env, retraining, room, owner):
    simcord_env.inject_error("PATCH", "/webhooks/*", status=401, code=50027, times=None)
    await owner.slash(room, "admin retrain")
    assert retraining.runs == 1
    assert owner.user.dm_channel.last_message.content == "Version 2 is in use."


async def test_an_owner_who_takes_no_messages_is_no_failure(simcord_env, retraining, room, owner):
    simcord_env.inject_error("PATCH", "/webhooks/*", status=401, code=50027, times=None)
    simcord_env.inject_error("POST", "/users/@me/channels", status=403, code=40003)
    await owner.slash(room, "admin retrain")
    assert retraining.runs == 1


def test_the_bar_is_full_at_the_end():
    assert bar(Progress(0.0, "starting"), "Reading") == "░" * 20 + " 0% Reading: starting"
    assert bar(Progress(1.5, "done"), "Reading") == "█" * 20 + " 100% Reading: done"
