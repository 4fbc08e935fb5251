import discord
import pytest

from bot.discord_app import server
from bot.history import PersonalSettings, ServerSettings
from tests.bot.discord_app.reading import texts

pytestmark = pytest.mark.simcord(shard_count=1)

DEFAULT = [
    "Language: That of each message",
    "Replies in servers are read by: Everybody",
    "Age limit: none",
    "Mentions are answered in: all channels",
]


@pytest.fixture
def keeper(simcord_env, room):
    """Somebody who manages the server."""
    role = simcord_env.guild.create_role("keepers", permissions=discord.Permissions(manage_guild=True))
    return simcord_env.guild.add_member(simcord_env.create_user("keeper"), roles=[role])


@pytest.fixture
def here(conversation, simcord_env, room):
    """Sets something for the server, and gives what is set."""

    def put(**settings):
        conversation.servers[str(simcord_env.guild.id)] = ServerSettings(**settings)

    return put


def now(conversation, env):
    return conversation.server(str(env.guild.id))


async def mention(env, person, room, text):
    return await person.send(room, f"<@{env.bot.user.id}> {text}")


async def test_it_is_shown_in_servers_to_those_who_manage_them(simcord_env, room, ann, keeper):
    shown = {"server set", "server channel"}
    assert shown <= set(keeper.available_commands(room))
    assert shown.isdisjoint(ann.available_commands(room))
    assert shown.isdisjoint(keeper.user.available_commands())
    sent = next(r.json for r in simcord_env.http_requests if r.method == "PUT" and r.path.endswith("/commands"))
    command = next(command for command in sent if command["name"] == "server")
    assert (command["contexts"], command["integration_types"]) == ([0], [0])
    assert command["default_member_permissions"] == discord.Permissions(manage_guild=True).value


async def test_what_is_given_is_set_and_shown_and_the_rest_stays(simcord_env, conversation, room, keeper):
    result = await keeper.slash(room, "server set")
    assert result.ephemeral
    assert texts(result.response)[0].splitlines() == DEFAULT
    await keeper.slash(room, "server set", replies="asker", age=12)
    result = await keeper.slash(room, "server set", language="de")
    assert now(conversation, simcord_env) == ServerSettings("de", True, 12)
    assert texts(result.response)[0].splitlines()[:3] == [
        "Sprache: Deutsch",
        "Antworten auf Servern lesen: Nur wer gefragt hat",
        "Altersgrenze: 12",
    ]


async def test_all_is_taken_back_by_a_button_and_only_by_who_manages_the_server(
    simcord_env, conversation, room, keeper, here, new_bot
):
    here(only_to_me=True, age_limit=12)
    shown = (await keeper.slash(room, "server set")).response
    await simcord_env.restart_bot(new_bot())
    await keeper.click(shown, label="As for everybody")
    assert now(conversation, simcord_env) == ServerSettings()
    assert texts(shown)[0].splitlines() == DEFAULT


async def test_mentions_are_answered_in_the_chosen_channels_and_their_threads_alone(
    simcord_env, conversation, room, ann, bob, keeper
):
    other = simcord_env.guild.create_text_channel("other")
    result = await keeper.slash(room, "server channel", channel=room)
    assert texts(result.response)[0].splitlines()[-1] == f"Mentions are answered in: <#{room.id}>"
    await mention(simcord_env, ann, other, "something tense")
    assert conversation.turns == []
    assert len(other.history(viewer=bob)) == 1
    told = ann.user.dm_channel.last_message.content
    assert told == f"In that server I answer in other channels: <#{room.id}>"
    await mention(simcord_env, ann, room, "something tense")
    assert [turn.text for turn in conversation.turns] == ["something tense"]


async def test_who_takes_no_messages_and_speaks_elsewhere_is_no_failure(simcord_env, conversation, room, ann, here):
    here(channels=("1",))
    simcord_env.inject_error("POST", "/users/@me/channels", status=403, code=50007)
    await mention(simcord_env, ann, room, "something tense")
    assert conversation.turns == []
    assert len(room.history()) == 1


async def test_somebody_in_danger_is_answered_in_any_channel(simcord_env, conversation, room, ann, here):
    here(channels=("1",))
    await mention(simcord_env, ann, room, "danger")
    assert [turn.text for turn in conversation.turns] == ["danger"]


async def test_a_channel_is_taken_off_and_where_none_is_left_it_answers_in_all(
    simcord_env, conversation, room, keeper, here, monkeypatch
):
    here(channels=(str(room.id),))
    other = simcord_env.guild.create_text_channel("other")
    monkeypatch.setattr(server, "MOST_CHANNELS", 1)
    refused = await keeper.slash(room, "server channel", channel=other)
    assert "I can keep 1 channels" in refused.response.content
    await keeper.slash(room, "server channel", channel=room, on=False)
    assert now(conversation, simcord_env).channels == ()


async def test_the_servers_settings_hold_for_commands_and_mentions(simcord_env, conversation, room, ann, bob, here):
    here(language="fr", only_to_me=True, age_limit=12)
    result = await ann.slash(room, "recommend", wish="something tense")
    assert result.ephemeral
    await mention(simcord_env, ann, room, "something tense")
    assert [asked.server.age_limit for asked in (*conversation.wishes, *conversation.turns)] == [12, 12]
    assert "Dis-moi" in (await ann.slash(room, "help")).response.content
    conversation.chosen[str(bob.id)] = PersonalSettings(language="es")
    assert "Dime" in (await bob.slash(room, "help")).response.content


async def test_in_direct_messages_no_server_has_a_say(simcord_env, conversation, ann, here):
    here(language="fr", only_to_me=True, age_limit=12)
    await ann.user.send_dm("something tense")
    assert conversation.turns[0].server == ServerSettings()


async def test_who_is_not_answered_since_the_bot_may_not_write_there_is_told_so_directly(simcord_env, room, ann):
    simcord_env.inject_error("POST", f"/channels/{room.id}/messages", status=403, code=50013, times=None)
    await mention(simcord_env, ann, room, "something tense")
    assert ann.user.dm_channel.last_message.content.startswith(f"I am not allowed to write in <#{room.id}>")


async def test_an_age_limit_is_refused_where_no_ages_are_known(simcord_env, conversation, room, keeper):
    conversation.ages = False
    result = await keeper.slash(room, "server set", age=12)
    assert result.response.content.startswith("My catalogue does not tell from which age")
    assert conversation.servers == {}
