"""Options with values that Discord's own client would not have sent."""

import pytest

from bot.history import PersonalSettings, Saved, ServerSettings

pytestmark = pytest.mark.simcord(shard_count=1)


@pytest.fixture
def forged(simcord_env, room, ann):
    """Gives a command as somebody does who minds no limit that Discord was told of."""
    for command in simcord_env.backend.commands[None].values():
        for option in command.get("options", ()):
            for limit in ("choices", "min_value", "max_value"):
                option.pop(limit, None)
    return lambda command, **options: ann.slash(room, command, **options)


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("recommend", {"count": 0}),
        ("recommend", {"count": 99}),
        ("recommend", {"surprise": "endless"}),
        ("settings", {"count": 99}),
        ("settings", {"age": 1000}),
        ("settings", {"surprise": "endless"}),
        ("settings", {"language": "tlh"}),
        ("settings", {"replies": "nobody"}),
        ("rate", {"item": "=heat", "verdict": "adored"}),
    ],
)
async def test_they_are_told_to_be_of_no_use_and_change_nothing(forged, conversation, command, options):
    result = await forged(command, **options)
    said = [message.content for message in (result.response, *result.followups) if message]
    assert any("cannot use one of those values" in content for content in said)
    assert (conversation.wishes, conversation.ratings, conversation.chosen) == ([], [], {})


@pytest.mark.parametrize(
    "custom_id",
    ["list-page:1", "list-remove:0:=heat", "me-page:1", "me-drop:0:=heat", "settings-reset", "server-reset"],
)
async def test_a_button_of_somebodys_own_page_does_nothing_where_others_read(
    simcord_env, conversation, room, ann, custom_id
):
    conversation.lists[str(ann.id)] = [Saved("heat", 20_000)]
    conversation.chosen[str(ann.id)] = PersonalSettings(slate=5)
    conversation.servers[str(simcord_env.guild.id)] = ServerSettings(age_limit=12)
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "press", "custom_id": custom_id}]}
    simcord_env.backend.create_message(room.id, simcord_env.bot.user.id, "A page", components=[row])
    await simcord_env.settle()
    result = await ann.click(room.last_message, label="press")
    assert (result.ephemeral, result.response.content) == (True, "That question is for somebody else.")
    assert room.last_message.content == "A page"
    assert conversation.dropped == []
    assert (len(conversation.lists[str(ann.id)]), conversation.chosen[str(ann.id)].slate) == (1, 5)
    assert conversation.server(str(simcord_env.guild.id)).age_limit == 12


@pytest.mark.parametrize("custom_id", ["list-remove:0:~gone", "me-drop:0:~gone"])
async def test_what_the_catalogue_has_lost_is_said_to_be_too_old(simcord_env, conversation, ann, custom_id):
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "press", "custom_id": custom_id}]}
    direct = ann.user.dm_channel
    simcord_env.backend.create_message(direct.id, simcord_env.bot.user.id, "A page", components=[row])
    await simcord_env.settle()
    result = await ann.user.click(direct.last_message, label="press")
    assert "too old" in result.followups[0].content
    assert conversation.dropped == []
