import pytest

from bot.history import Saved
from tests.bot.discord_app.fakes import ITEMS, LONG_ID
from tests.bot.discord_app.reading import buttons, parts, texts

pytestmark = pytest.mark.simcord(shard_count=1)


@pytest.fixture
def saved(conversation, ann):
    """Puts items on Ann's list."""

    def put(*item_ids):
        conversation.lists[str(ann.id)] = [Saved(item_id, 20_000) for item_id in item_ids]

    return put


def ids_of(conversation, person):
    return [one.item_id for one in conversation.lists.get(str(person.id), [])]


async def test_an_item_is_put_on_the_list_by_the_choice_of_the_list(simcord_env, conversation, room, ann):
    choice = (await ann.autocomplete(room, "watchlist add", "item", "heat (1995"))[0]["value"]
    result = await ann.slash(room, "watchlist add", item=choice)
    assert (result.ephemeral, result.response.content) == (True, "Saved Heat (1995).")
    assert ids_of(conversation, ann) == ["heat"]


async def test_where_it_is_not_sure_which_is_meant_that_is_asked_before_anything_is_saved(
    simcord_env, conversation, room, ann
):
    question = (await ann.slash(room, "watchlist add", item="hea")).response
    assert ids_of(conversation, ann) == []
    await ann.click(question, label="Heat (1986)")
    assert ids_of(conversation, ann) == ["heat86"]


async def test_the_list_shows_the_newest_first_to_its_person_alone(simcord_env, room, ann, bob, saved):
    saved("heat86", "heat")
    result = await ann.slash(room, "watchlist show")
    assert result.ephemeral
    heading, *lines = texts(result.response)
    assert heading == "**Your list** (2)"
    assert lines == [f"**{ITEMS[i]}**\n-# crime, 170 minutes · 2024-10-04" for i in ("heat", "heat86")]
    assert texts((await bob.slash(room, "watchlist show")).response)[0].startswith("Your list is empty")


async def test_a_long_list_has_pages_that_are_turned_and_each_is_within_what_discord_takes(
    simcord_env, room, ann, saved
):
    saved(*(f"f{n:03}" for n in range(15)))
    shown = (await ann.slash(room, "watchlist show")).response
    seen = []
    for page in range(3):
        assert len(parts(shown)) <= 40
        seen += [text.splitlines()[0].strip("*") for text in texts(shown)[1:]]
        if page < 2:
            await ann.click(shown, label="▶")
    assert seen == [f"f{n:03}" for n in reversed(range(15))]
    back, number, forth = buttons(shown)[-3:]
    assert (back["disabled"], number["label"], forth["disabled"]) == (False, "3 / 3", True)


@pytest.mark.parametrize(("label", "said"), [("✓ Done", "Done with"), ("✕ Remove", "Removed")])
@pytest.mark.parametrize("item_id", ["heat", LONG_ID])
async def test_an_item_leaves_the_list_by_its_button(
    simcord_env, conversation, room, ann, saved, new_bot, label, said, item_id
):
    saved("heat86", item_id)
    shown = (await ann.slash(room, "watchlist show")).response
    await simcord_env.restart_bot(new_bot())
    button = next(part for part in buttons(shown) if part["label"] == label)
    await ann.click(shown, custom_id=button["custom_id"])
    assert ids_of(conversation, ann) == ["heat86"]
    assert texts(shown)[0].startswith(said)
    assert "(1)" in texts(shown)[0]


@pytest.mark.parametrize(("command", "said"), [("done", "Done with"), ("remove", "Removed")])
async def test_an_item_leaves_the_list_by_a_command_that_offers_what_is_on_it(
    simcord_env, conversation, room, ann, saved, command, said
):
    saved("heat86", "6")
    offered = await ann.autocomplete(room, f"watchlist {command}", "item", "h")
    assert [choice["name"] for choice in offered] == ["Heat (1986)", "M*A*S*H (1970)"]
    result = await ann.slash(room, f"watchlist {command}", item=offered[0]["value"])
    assert texts(result.response)[0].startswith(said)
    assert ids_of(conversation, ann) == ["6"]


@pytest.mark.parametrize("typed", ["Heat (1995)", "no such film"])
async def test_what_is_not_on_the_list_is_said_not_to_be(simcord_env, conversation, room, ann, saved, typed):
    saved("heat86")
    result = await ann.slash(room, "watchlist remove", item=typed)
    assert result.response.content.startswith("That is not on your list.")
    assert ids_of(conversation, ann) == ["heat86"]


async def test_a_page_where_others_read_turns_for_nobody(simcord_env, conversation, room, ann, bob, saved):
    saved("heat")
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "▶", "custom_id": "list-page:1"}]}
    simcord_env.backend.create_message(room.id, simcord_env.bot.user.id, "A list", components=[row])
    await simcord_env.settle()
    result = await bob.click(room.last_message, label="▶")
    assert (result.ephemeral, result.response.content) == (True, "That question is for somebody else.")
    assert room.last_message.content == "A list"
