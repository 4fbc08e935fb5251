import json
from dataclasses import replace

import pytest
from discord.app_commands import AppCommandContext, CommandNotFound
from simcord.components import walk_components

from bot.discord_app.tokens import token_of
from domain.preference import Opinion
from tests.bot.discord_app.fakes import ITEMS, LONG_ANSWER, LONG_ID
from tests.bot.discord_app.reading import labels, small, words

pytestmark = pytest.mark.simcord(shard_count=1)


def erase_row(person_id):
    button = {"type": 2, "style": 4, "label": "Delete everything", "custom_id": f"erase:yes:{person_id}"}
    return {"type": 1, "components": [button]}


async def test_recommend_defers_and_then_answers_with_cards(simcord_env, conversation, room, ann):
    result = await ann.slash(room, "recommend", wish="something tense")
    assert [r.json["type"] for r in simcord_env.http_requests if r.path.endswith("/callback")] == [5]
    assert not result.ephemeral
    assert "**2  Heat (1995)**\nIt fits." in words(result.response)
    wish = conversation.wishes[0]
    assert (wish.person_id, wish.text, wish.channel, wish.locale) == (
        str(ann.id),
        "something tense",
        "command",
        "en-US",
    )
    assert result.followups == []
    assert "/privacy remember" in small(result.response)[-1]


async def test_recommend_needs_no_wish_and_works_in_direct_messages(simcord_env, conversation):
    ann = simcord_env.create_user("ann")
    result = await ann.slash("recommend")
    assert words(result.response).startswith("Tense")
    assert conversation.wishes[0].text == ""


async def test_recommend_takes_how_surprising_and_how_many(simcord_env, conversation, room, ann):
    await ann.slash(room, "recommend", wish="something tense", surprise="most", count=5)
    await ann.slash(room, "recommend")
    assert [(wish.surprise, wish.count) for wish in conversation.wishes] == [(3.0, 5), (None, None)]


async def test_similar_takes_the_choice_of_the_list_and_believes_nothing(simcord_env, conversation, room, ann):
    choice = (await ann.autocomplete(room, "similar", "item", "heat (1995"))[0]["value"]
    result = await ann.slash(room, "similar", item=choice)
    assert conversation.alike == ["heat"]
    assert not result.ephemeral
    assert words(result.response).startswith("Tense")


@pytest.mark.parametrize("command", ["similar", "why"])
async def test_where_it_is_not_sure_which_title_is_meant_nobody_else_sees_the_question(
    simcord_env, conversation, room, ann, bob, command
):
    question = await ann.slash(room, command, item="hea")
    assert question.ephemeral
    assert room.history(viewer=bob) == []
    await ann.click(question.response, label="Heat (1986)")
    assert {"similar": "Heat (1995)", "why": "Because."}[command] in words(question.response)
    assert {"similar": conversation.alike, "why": conversation.asked_why}[command] in (["heat86"], [("heat86",)])
    edits = [r.json for r in simcord_env.http_requests if r.method == "PATCH" and r.path.endswith("@original")]
    assert (edits[-1]["content"] is None) is (command == "similar")  # a card takes the place of the question
    assert room.history(viewer=bob) == []


async def test_why_is_told_to_the_one_who_asks_of_the_last_slate_or_of_an_item(simcord_env, conversation, room, ann):
    result = await ann.slash(room, "why")
    assert (result.ephemeral, result.response.content) == (True, "Because.")
    await ann.slash(room, "why", item="Heat (1995)")
    assert conversation.asked_why == [(), ("heat",)]


async def test_a_long_recommendation_goes_on_in_follow_ups(simcord_env, room, ann):
    result = await ann.slash(room, "recommend", wish="long")
    assert len(result.response.content) <= 2000
    assert len(result.followups) == 2


def shown_as_it_grows(simcord_env):
    """What the answers of interactions were edited to, one after another, without small print."""
    edits = [r.json for r in simcord_env.http_requests if r.method == "PATCH" and r.path.endswith("@original")]
    return [next(c["content"] for c in walk_components(edit["components"]) if c["type"] == 10) for edit in edits]


async def test_what_is_recommended_by_command_is_shown_before_all_is_written(simcord_env, room, ann, bob):
    result = await ann.slash(room, "recommend", wish="cards slowly")
    assert shown_as_it_grows(simcord_env) == ["Half a sentence", "Tense, then."]
    assert result.followups == []
    (answer,) = room.history(viewer=bob)
    assert words(answer).startswith("Tense, then.")


async def test_what_a_button_asks_for_is_shown_before_all_is_written(simcord_env, conversation, room, ann):
    result = await ann.slash(room, "recommend", wish="cards")
    conversation.slowly = True
    await ann.click(result.response, custom_id="say:more:4:en")
    assert shown_as_it_grows(simcord_env) == ["Tense, then.", "Half a sentence", "Tense, then."]


async def test_a_card_that_grew_over_several_messages_goes_on_in_them(simcord_env, conversation, room, ann, bob):
    whole = conversation._reply
    conversation._reply = lambda asked, *, cards=False: in_detail(whole(asked, cards=cards))
    result = await ann.slash(room, "recommend", wish="cards slowly")
    assert len(room.history(viewer=bob)) == 1 + len(result.followups) == 2
    seen = "\n".join(map(words, room.history(viewer=bob)))
    assert seen.startswith("Tense, then.")
    assert seen.count("Heat (1995)") == 1


def in_detail(reply):
    """The same with more said of each item than one message holds."""
    return replace(reply, cards=tuple(replace(card, line="It fits. " * 130) for card in reply.cards))


@pytest.mark.parametrize("ending", ["long", "fail"])
async def test_an_answer_that_ends_in_plain_text_takes_the_place_of_the_card(simcord_env, room, ann, bob, ending):
    result = await ann.slash(room, "recommend", wish=f"slowly {ending}")
    seen = "".join(map(words, room.history(viewer=bob)))
    assert "Half a sentence" not in seen
    assert bool(seen) is (ending == "long")
    assert [f.content[:5] for f in result.followups if f.ephemeral] == ([] if ending == "long" else ["Sorry"])


async def test_what_is_for_the_person_alone_does_not_grow_before_others(simcord_env, conversation, room, ann):
    whole = conversation._reply
    conversation._reply = lambda asked, *, cards=False: replace(whole(asked, cards=cards), private=True)
    await ann.slash(room, "recommend", wish="cards slowly")
    assert "Half a sentence" not in str([request.json for request in simcord_env.http_requests])


@pytest.mark.parametrize("wish", ["boom", "fail"])
async def test_a_public_command_that_fails_apologises_to_nobody_else(simcord_env, room, ann, bob, wish):
    result = await ann.slash(room, "recommend", wish=wish)
    assert [f.content[:5] for f in result.followups if f.ephemeral] == ["Sorry"]
    assert room.history(viewer=bob) == []


async def test_what_fails_after_the_answer_leaves_it_where_it_is(simcord_env, room, ann, bob):
    simcord_env.inject_error("POST", "/webhooks/*", status=500, code=0)
    result = await ann.slash(room, "recommend", wish="long")
    assert len(room.history(viewer=bob)) == 1
    assert [f.content[:5] for f in result.followups if f.ephemeral] == ["Sorry"]


async def test_a_command_that_is_gone_is_told_to_be(simcord_env, room, ann):
    simcord_env.bot.tree.remove_command("recommend")
    result = await ann.slash(room, "recommend", wish="something tense")
    assert result.ephemeral
    assert result.response.content.startswith("I do not have that command any more.")
    assert [type(error) for error in simcord_env.errors] == [CommandNotFound]


async def test_of_a_command_that_is_gone_nothing_is_offered(simcord_env, room, ann):
    simcord_env.bot.tree.remove_command("rate")
    assert await ann.autocomplete(room, "rate", "item", "he") == []
    assert [type(error) for error in simcord_env.errors] == [CommandNotFound]


async def test_a_late_acknowledgement_is_no_failure(simcord_env, conversation, room, ann):
    simcord_env.inject_error("POST", "/interactions/*/callback", status=404, code=10062)
    await ann.slash(room, "recommend", wish="something tense")
    assert conversation.wishes == []


async def test_more_like_this_takes_the_message_as_a_search_and_not_as_something_said(
    simcord_env, conversation, room, ann
):
    message = await ann.send(room, "Heat is great")
    result = await ann.context_menu(room, "More like this", message)
    assert [asked.text for asked in conversation.likes] == ["Heat is great"]
    await ann.context_menu(room, "More like this", result.response)
    assert "M*A*S*H (1970)" in conversation.likes[1].text
    assert conversation.wishes == conversation.turns == []
    assert words(result.response).startswith("Tense")


async def test_titles_are_offered_while_typing(simcord_env, room, ann):
    offered = await ann.autocomplete(room, "rate", "item", "he")
    assert [(c["name"], c["value"]) for c in offered] == [("Heat (1986)", "=heat86"), ("Heat (1995)", "=heat")]


@pytest.mark.parametrize(("typed", "expected"), [("heat", "heat86"), ("A film with", LONG_ID)])
async def test_rate_takes_the_choice_of_the_list(simcord_env, conversation, room, ann, typed, expected):
    choice = (await ann.autocomplete(room, "rate", "item", typed))[0]["value"]
    result = await ann.slash(room, "rate", item=choice, verdict="dislike")
    assert conversation.ratings == [(str(ann.id), expected, "dislike", "command")]
    assert result.ephemeral
    assert result.response.content.startswith("Noted")


@pytest.mark.parametrize("typed", ["heat (1995)", "HEAT 1995"])
async def test_rate_takes_a_whole_title_as_it_is_typed(simcord_env, conversation, room, ann, typed):
    await ann.slash(room, "rate", item=typed, verdict="like")
    assert [rating[1] for rating in conversation.ratings] == ["heat"]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("heat", ["Heat (1986)", "Heat (1995)"]),
        ("hea", ["Heat (1986)", "Heat (1995)"]),
        ("a film with a vrey long address", ["A film with a very long address (2001)"]),
    ],
)
async def test_rate_asks_where_it_is_not_sure_which_title_is_meant(
    simcord_env, conversation, room, ann, typed, offered
):
    question = (await ann.slash(room, "rate", item=typed, verdict="dislike")).response
    assert question.content.startswith("I am not sure which one you mean.")
    assert labels(question) == offered
    assert conversation.ratings == []
    await ann.click(question, label=offered[-1])
    rated = next(item_id for item_id, name in ITEMS.items() if name == offered[-1])
    assert conversation.ratings == [(str(ann.id), rated, "dislike", "button")]
    assert question.content.startswith("Noted: dislike")
    assert labels(question) == ["Undo"]


async def test_rate_says_if_there_is_no_such_title(simcord_env, conversation, room, ann):
    result = await ann.slash(room, "rate", item="no such film", verdict="like")
    assert "do not know that title" in result.response.content
    assert result.response.components == []
    assert conversation.ratings == []


@pytest.mark.parametrize("item_id", ["heat", LONG_ID])
@pytest.mark.parametrize("earlier", [None, ("dislike", "message", 20_123), ("seen", "button", 7)])
async def test_a_rating_can_be_taken_back_by_a_button(simcord_env, conversation, room, ann, new_bot, item_id, earlier):
    conversation.earlier = earlier and Opinion(item_id, *earlier)
    result = await ann.slash(room, "rate", item=token_of(item_id, ITEMS[item_id]), verdict="like")
    await simcord_env.restart_bot(new_bot())
    await ann.click(result.response, label="Undo")
    assert conversation.taken_back == [(str(ann.id), item_id, "like", conversation.earlier)]
    assert (result.response.content, result.response.components) == ("Taken back.", [])


async def test_what_is_held_comes_as_a_file_for_programs_too(simcord_env, room, ann):
    result = await ann.slash(room, "privacy export")
    assert result.ephemeral
    (file,) = result.response.attachments
    assert file.filename == "parley.json"
    assert json.loads(await file.read()) == {"person_id": str(ann.id)}


async def test_what_fills_more_than_the_answers_that_discord_allows_comes_as_a_file(
    simcord_env, conversation, room, ann
):
    whole = conversation._reply
    conversation._reply = lambda asked, *, cards=False: replace(whole(asked), text=LONG_ANSWER * 4)
    result = await ann.slash(room, "recommend", wish="long")
    assert result.response.content.startswith("One sentence")
    assert [message.content for message in result.followups] == ["The rest is in the file."]
    (file,) = [file for message in result.followups for file in message.attachments]
    assert file.filename == "parley.txt"
    assert file.size > 3 * len(LONG_ANSWER)


async def test_reasons_in_public_are_a_choice(simcord_env, conversation, room, ann):
    result = await ann.slash(room, "privacy reasons", on=True)
    assert result.ephemeral
    assert conversation.public_reasons == [(str(ann.id), True)]


async def test_a_model_on_another_machine_is_a_choice(simcord_env, conversation, room, ann):
    result = await ann.slash(room, "privacy elsewhere", on=True)
    assert result.ephemeral
    assert conversation.elsewhere == [(str(ann.id), True)]


async def test_help_is_short(simcord_env, room, ann):
    result = await ann.slash(room, "help")
    assert result.ephemeral
    ids = {command.name: command.id for command in await simcord_env.bot.tree.fetch_commands()}
    assert f"</recommend:{ids['recommend']}> suggests something" in result.response.content
    assert f"</privacy show:{ids['privacy']}>" in result.response.content
    assert "`" not in result.response.content


async def test_erase_waits_for_the_confirming_button(simcord_env, conversation, room, ann):
    result = await ann.slash(room, "privacy erase")
    assert result.ephemeral
    assert conversation.erased == []
    await ann.click(result.response, label="Keep it")
    assert conversation.erased == []
    assert result.response.content == "Nothing was deleted."
    result = await ann.slash(room, "privacy erase")
    await ann.click(result.response, label="Delete everything")
    assert conversation.erased == [str(ann.id)]
    assert result.response.content.startswith("Done")
    assert result.response.components == []


async def test_the_confirming_button_survives_a_restart(simcord_env, conversation, room, ann, new_bot):
    result = await ann.slash(room, "privacy erase")
    await simcord_env.restart_bot(new_bot())
    await ann.click(result.response, label="Delete everything")
    assert conversation.erased == [str(ann.id)]


async def test_a_stranger_cannot_erase_a_person(simcord_env, conversation, room, ann, bob):
    simcord_env.backend.create_message(room.id, simcord_env.bot.user.id, "Shall I?", components=[erase_row(ann.id)])
    await simcord_env.settle()
    result = await bob.click(room.last_message, label="Delete everything")
    assert result.ephemeral
    assert result.response.content == "That question is for somebody else."
    assert conversation.erased == []


async def test_both_consents_can_be_given_and_withdrawn(simcord_env, conversation, room, ann):
    for name in ("remember", "share"):
        for on in (True, False):
            result = await ann.slash(room, f"privacy {name}", on=on)
            assert result.ephemeral
    person = str(ann.id)
    assert conversation.consents_given == [
        (person, True, None),
        (person, False, None),
        (person, None, True),
        (person, None, False),
    ]


def times_sent(env):
    return [r.method for r in env.http_requests if r.path.endswith("/commands")].count("PUT")


async def test_commands_are_sent_again_only_when_they_changed(simcord_env, new_bot):
    assert times_sent(simcord_env) == 1
    await simcord_env.restart_bot(new_bot())
    assert times_sent(simcord_env) == 1
    changed = new_bot()
    changed.allowed_contexts = changed.tree.allowed_contexts = AppCommandContext(guild=True)
    await simcord_env.restart_bot(changed)
    assert times_sent(simcord_env) == 2


@pytest.mark.parametrize("damage", ["lost", "changed by another", "never noted"])
async def test_commands_that_discord_has_otherwise_are_put_back(simcord_env, new_bot, tmp_path, damage):
    there = simcord_env.backend.commands[None]
    if damage == "lost":
        del there["rate", 1]
    elif damage == "changed by another":
        there["rate", 1]["options"] = []
    else:
        (tmp_path / "discord_commands.sha256").unlink()
    await simcord_env.restart_bot(new_bot())
    assert times_sent(simcord_env) == 2
    assert len(simcord_env.backend.commands[None]["rate", 1]["options"]) == 2
    await simcord_env.restart_bot(new_bot())
    assert times_sent(simcord_env) == 2


async def test_where_discord_does_not_tell_what_it_has_nothing_is_sent(simcord_env, new_bot):
    simcord_env.inject_error("GET", "/applications/*/commands", status=403, code=50001)
    await simcord_env.restart_bot(new_bot())
    assert times_sent(simcord_env) == 1


async def test_refused_commands_do_not_stop_the_bot(simcord_env, new_bot, tmp_path):
    (tmp_path / "discord_commands.sha256").unlink()
    simcord_env.inject_error("PUT", "/applications/*/commands", status=400, code=50035)
    await simcord_env.restart_bot(new_bot())
    ann = simcord_env.create_user("ann")
    await ann.send_dm("hello")
    assert words(ann.dm_channel.history()[1]) == "You said: hello"
    assert not (tmp_path / "discord_commands.sha256").exists()


async def test_commands_are_named_in_chinese_too(simcord_env):
    sent = next(r for r in simcord_env.http_requests if r.path.endswith("/commands"))
    recommend = next(c for c in sent.json if c["name"] == "recommend")
    assert recommend["name_localizations"]["zh-CN"] == "推荐"
    assert recommend["options"][0]["name_localizations"]["zh-CN"] == "愿望"
    assert recommend["integration_types"] == [0, 1]
    assert recommend["contexts"] == [0, 1, 2]


async def test_no_privileged_intent_is_asked_for(simcord_env):
    intents = simcord_env.bot.intents
    assert not any((intents.members, intents.presences, intents.message_content))
