import pytest

from bot.profile import Line, wish_token
from domain.preference import Constraint
from tests.bot.discord_app.fakes import ITEMS, LONG_ID
from tests.bot.discord_app.reading import buttons, parts, texts

pytestmark = pytest.mark.simcord(shard_count=1)

WISH = Line("You want: no horror", wish=wish_token(Constraint("genres", "Horror", include=False)))


def opinion(item_id):
    name = ITEMS.get(item_id, item_id)
    return Line(f"Liked: {name}", item_id, name)


async def test_what_is_believed_is_shown_to_its_person_alone_with_a_button_to_every_line(
    simcord_env, conversation, room, ann
):
    conversation.beliefs = [WISH, opinion("heat"), opinion("6")]
    result = await ann.slash(room, "me")
    assert result.ephemeral
    assert texts(result.response) == [
        f"What is believed of {ann.id}.",
        "You want: no horror",
        "Liked: Heat (1995)",
        r"Liked: M\*A\*S\*H (1970)",
    ]
    assert [button["label"] for button in buttons(result.response)] == ["✕"] * 3


@pytest.mark.parametrize("line", [WISH, opinion("heat"), opinion(LONG_ID)])
async def test_every_line_can_be_taken_back_after_a_restart_too(simcord_env, conversation, room, ann, new_bot, line):
    conversation.beliefs = [line, opinion("heat86")]
    shown = (await ann.slash(room, "me")).response
    await simcord_env.restart_bot(new_bot())
    await ann.click(shown, custom_id=buttons(shown)[0]["custom_id"])
    assert conversation.dropped == [(str(ann.id), line.wish or line.item_id)]
    note, *lines = texts(shown)
    assert note.startswith("Dropped")
    assert lines == ["Liked: Heat (1986)"]


async def test_no_line_is_cut_however_many_there_are(simcord_env, conversation, room, ann):
    conversation.beliefs = [opinion(f"f{n:04}") for n in range(205)]
    shown, seen = (await ann.slash(room, "me")).response, []
    for page in range(21):
        assert len(parts(shown)) <= 40
        assert sum(map(len, texts(shown))) <= 4000
        seen += texts(shown)[1:]
        if page < 20:
            await ann.click(shown, label="▶")
    assert seen == [line.says for line in conversation.beliefs]


async def test_the_last_line_of_the_last_page_gives_way_to_the_page_before(simcord_env, conversation, room, ann):
    conversation.beliefs = [opinion(f"f{n:04}") for n in range(11)]
    shown = (await ann.slash(room, "me")).response
    await ann.click(shown, label="▶")
    assert len(texts(shown)) == 2
    await ann.click(shown, label="✕")
    assert len(texts(shown)) == 11


async def test_lines_of_any_length_are_within_what_discord_takes(simcord_env, conversation, room, ann):
    conversation.beliefs = [Line("*" * 4000, "heat", "Heat (1995)")] * 10
    shown = (await ann.slash(room, "me")).response
    assert sum(map(len, texts(shown))) <= 4000
