import json

import pytest

from bot.discord_app.plain import escape
from tests.bot.discord_app.fakes import LONG_ANSWER
from tests.bot.discord_app.reading import labels, parts, texts

pytestmark = pytest.mark.simcord(shard_count=1)


async def test_what_is_held_is_shown_to_that_person_only(ann, room):
    result = await ann.slash(room, "privacy show")
    assert result.ephemeral
    assert texts(result.response) == ["### Your data", f"Every row about {ann.id}."]


async def test_nothing_of_it_is_cut_however_much_there_is(conversation, ann, room):
    conversation.much = 4
    shown, seen = (await ann.slash(room, "privacy show")).response, []
    while True:
        assert len(parts(shown)) <= 40
        assert sum(map(len, texts(shown))) <= 4000
        seen.append(texts(shown)[-1])
        forth = next(part for part in parts(shown) if part.get("label") == "▶")
        if forth["disabled"]:
            break
        await ann.click(shown, label="▶")
    assert " ".join(seen).split() == escape(f"Every row about {ann.id}." + LONG_ANSWER * 4).split()


async def test_both_consents_are_given_and_withdrawn_there(simcord_env, conversation, ann, room, new_bot):
    shown = (await ann.slash(room, "privacy show")).response
    assert labels(shown) == ["Remember me", "Download (JSON)", "Delete everything"]
    await simcord_env.restart_bot(new_bot())
    for label in ("Remember me", "Share my ratings", "Stop sharing my ratings", "Stop remembering me"):
        await ann.click(shown, label=label)
        assert "Your choice is noted." in texts(shown)[0]
    person = str(ann.id)
    given = [(True, None), (None, True), (None, False), (False, None)]
    assert conversation.consents_given == [(person, remember, share) for remember, share in given]
    assert labels(shown)[0] == "Remember me"


async def test_it_is_downloaded_from_there(ann, room):
    shown = (await ann.slash(room, "privacy show")).response
    result = await ann.click(shown, label="Download (JSON)")
    (answer,) = result.followups
    assert answer.ephemeral
    assert json.loads(await answer.attachments[0].read()) == {"person_id": str(ann.id)}


async def test_it_is_deleted_from_there_once_that_is_confirmed(conversation, ann, room):
    shown = (await ann.slash(room, "privacy show")).response
    (question,) = (await ann.click(shown, label="Delete everything")).followups
    assert question.ephemeral
    assert conversation.erased == []
    await ann.click(question, label="Delete everything")
    assert conversation.erased == [str(ann.id)]
