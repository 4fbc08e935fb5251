import pytest

from bot.history import PersonalSettings
from tests.bot.discord_app.reading import texts

pytestmark = pytest.mark.simcord(shard_count=1)


async def test_nothing_given_shows_how_all_is_set(simcord_env, conversation, room, ann):
    result = await ann.slash(room, "settings")
    assert result.ephemeral
    assert texts(result.response)[0].splitlines() == [
        "Language: That of my message",
        "Replies in servers are read by: Everybody",
        "Surprise: As usual",
        "How many at a time: As usual",
    ]
    assert conversation.chosen == {}


async def test_what_is_given_is_set_and_the_rest_stays(simcord_env, conversation, room, ann):
    await ann.slash(room, "settings", surprise="much", count=5)
    result = await ann.slash(room, "settings", replies="me", age=12)
    chosen = PersonalSettings(only_to_me=True, surprise=1.5, slate=5, age_limit=12)
    assert conversation.chosen == {str(ann.id): chosen}
    assert "Age limit: 12" in texts(result.response)[0]


async def test_what_was_set_is_taken_back_one_by_one_or_all_at_once(simcord_env, conversation, room, ann):
    conversation.chosen[str(ann.id)] = PersonalSettings("de", True, 1.5, 5, 12)
    await ann.slash(room, "settings", language="auto", surprise="usual", replies="all")
    assert conversation.chosen[str(ann.id)] == PersonalSettings(slate=5, age_limit=12)
    shown = (await ann.slash(room, "settings")).response
    await ann.click(shown, label="As for everybody")
    assert conversation.chosen[str(ann.id)] == PersonalSettings()
    assert "Age limit" not in texts(shown)[0]


async def test_the_language_that_was_chosen_is_that_of_the_answer_at_once(simcord_env, room, ann):
    result = await ann.slash(room, "settings", language="de")
    assert texts(result.response)[0].splitlines()[:2] == ["Deine Einstellungen sind notiert.", "Sprache: Deutsch"]


async def test_it_is_that_of_all_that_is_said_without_the_models_too(simcord_env, conversation, room, ann, bob):
    conversation.chosen[str(ann.id)] = PersonalSettings(language="fr")
    assert "Dis-moi" in (await ann.slash(room, "help")).response.content
    assert "Tell me" in (await bob.slash(room, "help")).response.content
    sorry = await ann.slash(room, "rate", item="no such film", verdict="like")
    assert "Je ne connais pas ce titre" in sorry.response.content
    failed = await ann.slash(room, "recommend", wish="boom")
    assert [f.content[:6] for f in failed.followups if f.ephemeral] == ["Désolé"]
    question = (await ann.slash(room, "privacy erase")).response
    assert question.components[0]["components"][0]["label"] == "Tout supprimer"
    await ann.send_dm("boom")
    assert ann.user.dm_channel.history()[-1].content.startswith("Désolé")


async def test_the_clients_own_language_stays_known(simcord_env, conversation, room, ann):
    conversation.chosen[str(ann.id)] = PersonalSettings(language="fr")
    await ann.slash(room, "recommend")
    assert conversation.wishes[0].locale == "en-US"


async def test_who_wants_replies_for_themselves_alone_gets_no_public_one(simcord_env, conversation, room, ann, bob):
    conversation.chosen[str(ann.id)] = PersonalSettings(only_to_me=True)
    message = await bob.send(room, "Heat is great")
    results = [
        await ann.slash(room, "recommend", wish="something tense"),
        await ann.slash(room, "similar", item="Heat (1995)"),
        await ann.context_menu(room, "More like this", message),
    ]
    assert all(result.ephemeral for result in results)
    assert all(followup.ephemeral for result in results for followup in result.followups)
    assert [shown.content for shown in room.history(viewer=bob)] == ["Heat is great"]
    assert not (await bob.slash(room, "recommend")).ephemeral


async def test_an_age_limit_is_refused_where_no_ages_are_known(simcord_env, conversation, room, ann):
    conversation.ages = False
    result = await ann.slash(room, "settings", age=12)
    assert result.response.content.startswith("My catalogue does not tell from which age")
    assert conversation.chosen == {}
