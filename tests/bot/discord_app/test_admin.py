import asyncio

import discord
import pytest

from bot.discord_app.moving import Moving, bar, table
from bot.history import PersonalSettings
from bot.outcome import Figure
from bot.retraining import Progress
from bot.texts import Texts
from tests.bot.discord_app.reading import labels, texts

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
        ("cancel", "Cancelling. What serves goes on serving."),
        ("rollback", "Went back from 2 to 1."),
        ("status", "No retrain runs."),
        ("models", "▶ 2, in use: built today, ndcg@20 0.3581."),
        ("audit", f"Audit log: {'x' * 300}"),
        ("sync", "Sent: Discord has all my commands. Where they do not show yet, restart the Discord app."),
    ],
)
async def test_the_owner_is_obeyed(simcord_env, room, owner, command, answer):
    result = await owner.slash(room, f"admin {command}")
    assert result.ephemeral
    assert result.response.content == answer


async def test_what_an_owner_does_is_told_to_be_theirs(retraining, room, owner):
    for command in ("retrain", "rollback", "cancel", "status"):
        await owner.slash(room, f"admin {command}")
    assert retraining.by == [f"discord:{owner.id}"] * 3


async def test_a_retrain_ends_with_figures_of_before_and_after(room, owner):
    result = await owner.slash(room, "admin retrain")
    assert result.ephemeral
    (text,) = texts(result.response)
    assert text.startswith("Published 2: ndcg@20 0.3581 on the hold-out")
    assert [line.split() for line in text.split("```")[1].strip().splitlines()] == [
        ["before", "after"],
        ["ndcg@20", "0.3562", "0.3581", "+0.0019"],
        ["new", "–", "1"],
    ]
    assert labels(result.response) == ["Go back to 1"]


async def test_one_tap_goes_back_to_what_a_retrain_has_replaced_and_only_for_an_owner(
    simcord_env, retraining, room, owner, ann
):
    ended = (await owner.slash(room, "admin retrain")).response
    told = (await owner.click(ended, label="Go back to 1")).response
    assert told.content == "Went back from 2 to 1."
    assert retraining.by == [f"discord:{owner.id}"] * 2
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "Go back to 1", "custom_id": "admin-back:1"}]}
    simcord_env.backend.create_message(room.id, simcord_env.bot.user.id, "Ended", components=[row])
    await simcord_env.settle()
    refused = await ann.click(room.last_message, label="Go back to 1")
    assert refused.response.content == "Only the owner of this bot may do that."
    assert len(retraining.by) == 2


async def test_a_dry_run_is_asked_for_by_an_option(retraining, room, owner):
    (text,) = texts((await owner.slash(room, "admin retrain", **{"dry-run": True})).response)
    assert retraining.dry == [True]
    assert text.startswith("Dry run, nothing published")


@pytest.fixture
async def cancel_button(simcord_env, room):
    """A message with the button that stands under the bar of a retrain."""
    row = {"type": 1, "components": [{"type": 2, "style": 4, "label": "Cancel", "custom_id": "admin-cancel"}]}
    simcord_env.backend.create_message(room.id, simcord_env.bot.user.id, "A bar", components=[row])
    await simcord_env.settle()
    return room.last_message


async def test_a_retrain_is_cancelled_by_the_button_under_its_bar(retraining, owner, cancel_button):
    result = await owner.click(cancel_button, label="Cancel")
    assert (result.ephemeral, result.response.content) == (True, "Cancelling. What serves goes on serving.")
    assert retraining.cancelled
    assert retraining.by == [f"discord:{owner.id}"]


async def test_nobody_else_cancels(retraining, ann, cancel_button):
    result = await ann.click(cancel_button, label="Cancel")
    assert (result.ephemeral, result.response.content) == (True, "Only the owner of this bot may do that.")
    assert not retraining.cancelled


async def test_the_button_stands_under_the_bar(retraining, room, owner, monkeypatch):
    shown = []
    put = Moving._put
    monkeypatch.setattr(Moving, "_put", lambda self, view: shown.append(view) or put(self, view))
    await owner.slash(room, "admin retrain")
    first, *_, last = (
        [item.custom_id for item in view.walk_children() if hasattr(item, "custom_id")] for view in shown
    )
    assert (first, last) == (["admin-cancel"], ["admin-back:1"])


async def test_a_version_to_go_back_to_is_offered_to_owners_alone(room, owner, new_administrator):
    assert [c["value"] for c in await owner.autocomplete(room, "admin rollback", "version", "")] == ["3", "1"]
    assert await new_administrator("ann").autocomplete(room, "admin rollback", "version", "") == []
    result = await owner.slash(room, "admin rollback", version="3")
    assert result.response.content == "Went back from 2 to 3."


async def test_an_owner_is_told_in_their_language(simcord_env, conversation, room, owner):
    conversation.chosen[str(owner.id)] = PersonalSettings(language="de")
    assert (await owner.slash(room, "admin status")).response.content == "Es läuft kein Training."
    assert "veröffentlicht" in texts((await owner.slash(room, "admin retrain")).response)[0]


async def test_a_long_log_goes_on_in_follow_ups_for_the_owner_alone(retraining, room, owner):
    retraining.lines = 20
    result = await owner.slash(room, "admin audit")
    assert len(result.followups) == 3
    assert all(followup.ephemeral for followup in result.followups)


async def test_a_stop_ends_the_bar_in_a_sentence(simcord_env, retraining, room, owner):
    retraining.gate.clear()
    asked = asyncio.create_task(owner.slash(room, "admin retrain"))
    await retraining.begun.wait()
    await simcord_env.bot.turns.finish(seconds=60)
    result = await asked
    assert texts(result.response) == ["The retrain was broken off. What served before goes on serving."]


@pytest.mark.parametrize("command", ["retrain", "cancel", "rollback", "status", "models", "audit", "sync"])
async def test_nobody_else_is_be_they_administrators_of_the_server(
    simcord_env, retraining, room, new_administrator, command
):
    result = await new_administrator("ann").slash(room, f"admin {command}")
    assert result.ephemeral
    assert result.response.content == "Only the owner of this bot may do that."
    assert retraining.runs == 0


async def test_it_is_shown_in_servers_to_their_administrators_alone(simcord_env, room, ann, owner):
    shown = {f"admin {name}" for name in ("retrain", "cancel", "rollback", "status", "models", "audit", "sync")}
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


def SAY(key, **values):
    return Texts.load().say(key, "en", **values)


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

    async def edit_original_response(self, view: discord.ui.LayoutView) -> None:
        texts = [part.content for part in view.walk_children() if isinstance(part, discord.ui.TextDisplay)]
        self.edits.append(texts[0])

    async def send(self, content: str) -> None:
        self.messages.append(content)


async def progress(moving: Moving, done: float) -> None:
    await moving.show(Progress(done, "training"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def test_progress_is_edited_at_most_once_a_second():
    clock, answer = Clock(), Answer()
    moving = Moving(answer, SAY, discord.ui.Button(label="Cancel"), clock)
    for tenths in range(31):
        clock.now = tenths / 10
        await progress(moving, tenths / 30)
    await moving.end("Published.")
    assert len(answer.edits) == 5
    assert answer.edits[-1] == "Published."
    assert answer.messages == []


async def test_after_fifteen_minutes_the_end_comes_as_a_message():
    clock, answer = Clock(), Answer()
    moving = Moving(answer, SAY, discord.ui.Button(label="Cancel"), clock)
    clock.now = 901.0
    await progress(moving, 0.5)
    await moving.end("Published.")
    assert answer.edits == []
    assert answer.messages == ["Published."]


async def test_a_refused_edit_does_not_stop_what_it_reports_on(simcord_env, retraining, room, owner):
    simcord_env.inject_error("PATCH", "/webhooks/*", status=401, code=50027, times=None)
    await owner.slash(room, "admin retrain")
    assert retraining.runs == 1
    assert owner.user.dm_channel.last_message.content.startswith("Published 2")


async def test_an_owner_who_takes_no_messages_is_no_failure(simcord_env, retraining, room, owner):
    simcord_env.inject_error("PATCH", "/webhooks/*", status=401, code=50027, times=None)
    simcord_env.inject_error("POST", "/users/@me/channels", status=403, code=40003)
    await owner.slash(room, "admin retrain")
    assert retraining.runs == 1


def test_the_bar_is_full_at_the_end_and_tells_the_phases():
    start, end = bar(Progress(0.0, "starting"), SAY).splitlines(), bar(Progress(1.5, "done", "words"), SAY).splitlines()
    assert start[:2] == ["### Retraining · 0%", f"`{'░' * 20}`"]
    assert end[:2] == ["### Retraining · 100%", f"`{'█' * 20}`"]
    assert start[2:4] == ["▶️ **Reading the data**: starting", "-# ▫️ Preparing the search"]
    assert (end[2], end[-1]) == ("✅ Reading the data", "▶️ **Preparing the dialogue model**: done")


def test_figures_stand_one_under_another():
    assert table((Figure("a", 1.0, 0.5), Figure("longer", None, 2.0)), "before", "after").splitlines() == [
        "```",
        "        before  after",
        "a            1    0.5  -0.5",
        "longer       –      2",
        "```",
    ]
