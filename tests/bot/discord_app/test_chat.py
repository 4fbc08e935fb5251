import logging
import time
from dataclasses import replace

import discord
import pytest
from simcord.backend import serializers

from bot.history import Undelivered
from tests.bot.discord_app.fakes import ITEMS, LONG_ANSWER, LONG_ID
from tests.bot.discord_app.reading import custom_ids, small, words

pytestmark = pytest.mark.simcord(shard_count=1)


def said(channel, bot):
    return [m for m in channel.history() if m.author.id == bot.user.id]


async def test_a_direct_message_is_a_turn(simcord_env, conversation):
    ann = simcord_env.create_user("ann")
    sent = await ann.send_dm("something tense")
    assert words(said(ann.dm_channel, simcord_env.bot)[0]) == "You said: something tense"
    turn = conversation.turns[0]
    assert (turn.event_id, turn.person_id, turn.channel) == (str(sent.id), str(ann.id), "direct")


async def test_who_greets_for_the_first_time_is_told_in_four_lines_what_it_does_and_keeps(simcord_env):
    ann = simcord_env.create_user("ann")
    await ann.send_dm("newcomer")
    hello, does, keeps, how = words(said(ann.dm_channel, simcord_env.bot)[0]).splitlines()
    assert hello == "Hello."
    assert "films" in does
    assert "keep nothing" in keeps
    assert "`/recommend`" in how


async def test_a_reply_grows_in_its_place(simcord_env, room, ann):
    await ann.send(room, f"<@{simcord_env.bot.user.id}> cards slowly")
    (grown,) = said(room, simcord_env.bot)
    assert "Half a sentence" not in words(grown)
    assert words(grown).startswith("Tense, then.")
    assert grown.edited_at is not None


@pytest.mark.parametrize("ending", ["fail", "long"])
async def test_a_reply_that_ends_in_plain_text_takes_the_place_of_the_card(simcord_env, room, ann, ending):
    await ann.send(room, f"<@{simcord_env.bot.user.id}> slowly {ending}")
    assert "Half a sentence" not in "".join(map(words, said(room, simcord_env.bot)))
    assert said(room, simcord_env.bot)


async def test_what_is_for_the_person_alone_does_not_grow_before_others(simcord_env, conversation, room, ann):
    sent = []
    room_of = conversation._reply

    def alone(incoming, *, cards=False):
        sent.append(cards)
        return replace(room_of(incoming, cards=cards), private=True)

    conversation._reply = alone
    await ann.send(room, f"<@{simcord_env.bot.user.id}> cards slowly")
    assert sent == [True, False]
    (told,) = said(room, simcord_env.bot)
    assert "Tense" not in words(told)


async def test_a_mention_is_answered_by_a_reply_to_it(simcord_env, conversation, room, ann):
    sent = await ann.send(room, f"<@{simcord_env.bot.user.id}> something tense")
    answer = said(room, simcord_env.bot)[0]
    assert words(answer) == "You said: something tense"
    assert answer.reference.message_id == sent.id
    assert conversation.turns[0].channel == "mention"


async def test_what_is_not_said_to_the_bot_is_left_alone(simcord_env, conversation, room, ann, bob):
    await ann.send(room, f"hello {bob.mention}")
    robot = simcord_env.guild.add_member(simcord_env.create_user("robot", bot=True))
    await robot.send(room, f"<@{simcord_env.bot.user.id}> hello")
    assert conversation.turns == []


async def test_a_reply_to_the_bot_goes_on_with_the_conversation(simcord_env, conversation, room, ann):
    await ann.send(room, f"<@{simcord_env.bot.user.id}> hello")
    answer = said(room, simcord_env.bot)[0]
    simcord_env.backend.create_message(
        room.id,
        ann.id,
        "and shorter?",
        reference={"channel_id": str(room.id), "message_id": str(answer.id)},
    )
    await simcord_env.settle()
    assert conversation.turns[-1].text == "and shorter?"


async def test_a_mention_without_a_word_is_greeted(simcord_env, conversation, room, ann):
    sent = await ann.send(room, f"<@{simcord_env.bot.user.id}> ")
    (greeting,) = said(room, simcord_env.bot)
    assert greeting.content.startswith("Hello! I recommend films")
    assert len(greeting.content.splitlines()) == 4
    assert greeting.reference.message_id == sent.id
    assert conversation.turns == []


async def test_a_direct_message_without_a_word_is_greeted(simcord_env, conversation):
    ann = simcord_env.create_user("ann")
    picture = simcord_env.backend.store_attachments(ann.dm_channel.id, [("poster.png", b"png")])
    await ann.send_dm("", attachments=picture)
    assert said(ann.dm_channel, simcord_env.bot)[0].content.startswith("Hello! I recommend films")
    assert conversation.turns == []


@pytest.fixture
def our_role(simcord_env, room):
    """The role that Discord makes for a bot that joins a server."""
    role = next(role for role in simcord_env.bot.get_guild(simcord_env.guild.id).roles if role.managed)
    role.tags = discord.RoleTags({"bot_id": str(simcord_env.bot.user.id)})
    return role


async def test_who_mentions_the_role_is_told_how_to_be_read(simcord_env, conversation, room, ann, our_role):
    await ann.send(room, f"<@&{our_role.id}> something tense")
    assert [message.content for message in said(room, simcord_env.bot)] == [
        "I cannot read what mentions a role. Mention me myself in the same message, or write to me directly."
    ]
    assert conversation.turns == []


async def test_what_mentions_bot_and_role_is_read_without_them(simcord_env, conversation, room, ann, our_role):
    await ann.send(room, f"<@&{our_role.id}> <@{simcord_env.bot.user.id}> something tense")
    assert [turn.text for turn in conversation.turns] == ["something tense"]


@pytest.mark.parametrize(("prefix", "is_read"), [("", False), ("<@{us}> ", True)])
async def test_who_replies_to_the_answer_of_a_command_is_read_or_told_why_not(
    simcord_env, conversation, room, ann, prefix, is_read
):
    answer = (await ann.slash(room, "recommend", wish="something tense")).response
    before = len(said(room, simcord_env.bot))
    await ann.send(room, prefix.format(us=simcord_env.bot.user.id) + "and shorter?", reply_to=answer)
    (reply,) = said(room, simcord_env.bot)[before:]
    assert reply.content.startswith("You said: and" if is_read else "Discord does not show me")
    assert [turn.text for turn in conversation.turns] == ["and shorter?"] * is_read


async def test_who_answers_anothers_slate_means_that_slate(simcord_env, conversation, room, ann, bob):
    us = f"<@{simcord_env.bot.user.id}>"
    await ann.send(room, f"{us} cards")
    (slate,) = said(room, simcord_env.bot)
    await bob.send(room, "how long is the first one?", reply_to=slate)
    await bob.send(room, f"{us} and the second?")
    await bob.send(room, f"{us} and he?", reply_to=said(room, simcord_env.bot)[-1])
    assert [turn.slate for turn in conversation.turns] == [(), tuple(ITEMS), (), ()]


async def test_a_slate_of_which_something_has_left_the_catalogue_is_not_pointed_at(
    simcord_env, conversation, room, ann, monkeypatch
):
    await ann.send(room, f"<@{simcord_env.bot.user.id}> cards")
    (slate,) = said(room, simcord_env.bot)
    monkeypatch.delitem(ITEMS, LONG_ID)
    await ann.send(room, "the first one", reply_to=slate)
    assert conversation.turns[-1].slate == ()


async def test_a_mere_mention_in_reply_to_the_answer_of_a_command_is_greeted(simcord_env, room, ann):
    answer = (await ann.slash(room, "recommend", wish="something tense")).response
    await ann.send(room, f"<@{simcord_env.bot.user.id}>", reply_to=answer)
    assert said(room, simcord_env.bot)[-1].content.startswith("Hello! I recommend films")


async def test_an_event_that_comes_twice_is_answered_once(simcord_env, conversation):
    ann = simcord_env.create_user("ann")
    await ann.send_dm("hello")
    answers = len(said(ann.dm_channel, simcord_env.bot))
    stored = next(m for m in simcord_env.backend.messages[ann.dm_channel.id].values() if m.author_id == ann.id)
    simcord_env.backend.emit("MESSAGE_CREATE", dict(serializers.message_payload(simcord_env.backend, stored)))
    await simcord_env.settle()
    assert len(conversation.turns) == 1
    assert len(said(ann.dm_channel, simcord_env.bot)) == answers


async def test_a_long_answer_comes_in_pieces(simcord_env):
    ann = simcord_env.create_user("ann")
    await ann.send_dm("long")
    pieces = [words(m) for m in said(ann.dm_channel, simcord_env.bot)]
    assert len(pieces) == 3
    assert " ".join(piece.strip() for piece in pieces) == LONG_ANSWER.strip()


async def test_the_catalogues_text_is_shown_as_it_is(simcord_env):
    ann = simcord_env.create_user("ann")
    await ann.send_dm("cards")
    (frame, *_) = said(ann.dm_channel, simcord_env.bot)[0].components
    assert any(r"**3  M\*A\*S\*H (1970)**" in getattr(part, "content", "") for part in frame.children)


async def test_a_failure_is_answered_and_logged_without_what_was_said(simcord_env, caplog):
    ann = simcord_env.create_user("ann")
    with caplog.at_level(logging.DEBUG, "bot"):
        await ann.send_dm("boom canary")
    assert said(ann.dm_channel, simcord_env.bot)[0].content.startswith("Sorry")
    assert "ValueError" in caplog.text
    assert "canary" not in caplog.text


@pytest.mark.parametrize(("text", "answer"), [("hello", "You said: hello"), ("boom", "Sorry"), ("long", "One")])
async def test_where_it_may_not_read_what_was_said_before_it_answers_without_referring_to_it(
    simcord_env, room, ann, text, answer
):
    simcord_env.inject_error("POST", f"/channels/{room.id}/messages", status=400, code=160002)
    await ann.send(room, f"<@{simcord_env.bot.user.id}> {text}")
    answers = said(room, simcord_env.bot)
    assert answers[0].content.startswith(answer)
    assert {message.reference for message in answers} == {None}


async def test_an_apology_is_in_the_language_of_the_message(simcord_env):
    ann = simcord_env.create_user("ann")
    await ann.send_dm("boom 推荐")
    assert said(ann.dm_channel, simcord_env.bot)[0].content.startswith("抱歉")


async def test_closed_direct_messages_are_no_failure(simcord_env, conversation, caplog):
    ann = simcord_env.create_user("ann")
    simcord_env.inject_error("POST", "/channels/*/messages", status=403, code=50007, times=None)
    with caplog.at_level(logging.INFO, "bot"):
        await ann.send_dm("hello")
    assert len(conversation.turns) == 1
    assert [r.levelname for r in caplog.records if "could not be answered" in r.message] == ["INFO"]


async def test_a_refused_typing_indicator_does_not_hold_up_the_answer(simcord_env):
    ann = simcord_env.create_user("ann")
    simcord_env.inject_error("POST", "/channels/*/typing", status=403, code=50013, times=None)
    await ann.send_dm("hello")
    assert words(said(ann.dm_channel, simcord_env.bot)[0]) == "You said: hello"


@pytest.mark.parametrize("text", ["hello", "cards"])
@pytest.mark.parametrize(("label", "agrees"), [("Remember me", True), ("Don't remember me", False)])
async def test_the_first_reply_asks_in_a_line_under_it_whether_to_remember(
    simcord_env, conversation, new_bot, text, label, agrees
):
    ann = simcord_env.create_user("ann")
    await ann.send_dm(text)
    (answer,) = said(ann.dm_channel, simcord_env.bot)
    told, asked = words(answer), small(answer)[-1]
    assert "Shall I remember your tastes" in asked
    assert custom_ids(answer)[-2:] == [f"remember:yes:{ann.id}", f"remember:no:{ann.id}"]
    await simcord_env.restart_bot(new_bot())
    await ann.click(answer, label=label)
    assert conversation.consents_given == [(str(ann.id), agrees, None)]
    (answer,) = said(ann.dm_channel, simcord_env.bot)
    assert words(answer) == told
    assert small(answer)[-1] == "Your choice is noted."
    assert not any(custom_id.startswith("remember") for custom_id in custom_ids(answer))
    await ann.send_dm("hello again")
    assert said(ann.dm_channel, simcord_env.bot)[-1].content == "You said: hello again"


async def test_a_question_of_its_own_gives_way_to_what_was_decided(simcord_env, conversation, room, ann, bob):
    row = [{"type": 2, "style": 2, "label": "Yes", "custom_id": f"remember:yes:{ann.id}"}]
    us = simcord_env.bot.user.id
    simcord_env.backend.create_message(room.id, us, "May I?", components=[{"type": 1, "components": row}])
    await simcord_env.settle()
    asked = said(room, simcord_env.bot)[-1]
    result = await bob.click(asked, label="Yes")
    assert result.ephemeral
    assert result.response.content == "That question is for somebody else."
    assert conversation.consents_given == []
    await ann.click(asked, label="Yes")
    assert conversation.consents_given == [(str(ann.id), True, None)]
    decided = said(room, simcord_env.bot)[-1]
    assert (decided.content, decided.components) == ("Your choice is noted.", [])


@pytest.mark.parametrize("text", ["hello", "cards"])
async def test_among_others_nobody_is_asked_but_told_how_to_be_remembered(simcord_env, room, ann, text):
    await ann.send(room, f"<@{simcord_env.bot.user.id}> {text}")
    (answer,) = said(room, simcord_env.bot)
    assert small(answer)[-1] == "I forget all this when I am restarted; /privacy remember changes that."
    assert not any(custom_id.startswith("remember") for custom_id in custom_ids(answer))
    assert ann.user.dm_channel.history() == []


async def test_in_a_server_a_profile_and_the_question_of_consent_go_to_the_persons_own_messages(simcord_env, room, ann):
    await ann.send(room, f"<@{simcord_env.bot.user.id}> a secret")
    assert [message.content for message in said(room, simcord_env.bot)] == [
        "That is for you alone, so I have sent it to you directly."
    ]
    (told,) = said(ann.user.dm_channel, simcord_env.bot)
    assert words(told) == "You said: a secret"
    assert custom_ids(told) == [f"remember:yes:{ann.id}", f"remember:no:{ann.id}"]


async def test_where_direct_messages_are_closed_nothing_of_a_profile_is_said(simcord_env, room, ann):
    simcord_env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
    await ann.send(room, f"<@{simcord_env.bot.user.id}> a secret")
    (public,) = said(room, simcord_env.bot)
    assert "secret" not in public.content
    assert "direct messages are closed" in public.content


async def test_what_a_stop_kept_from_arriving_is_delivered_or_told_after_the_restart(
    simcord_env, conversation, new_bot, room, ann
):
    await ann.send_dm("hello")
    channel = ann.user.dm_channel
    said_before = len(said(channel, simcord_env.bot))
    now = int(time.time())
    where = f"discord:message:{channel.id}:1"
    conversation.late = [
        Undelivered("1", str(ann.id), where, "en", now, "Try Heat."),
        Undelivered("2", str(ann.id), where, "en", now, None),
        Undelivered("3", str(ann.id), f"discord:message:{room.id}:1", "en", now, "You like Heat."),
        Undelivered("4", str(ann.id), "discord:interaction:1:gone", "en", now - 3600, None),
        Undelivered("5", str(ann.id), where, "en", now - 200_000, "Long ago."),
    ]
    await simcord_env.restart_bot(new_bot())
    sorry = "I was restarted before I could answer you. Please say it again."
    late = [message.content for message in said(channel, simcord_env.bot)[said_before:]]
    assert late == ["Try Heat.", sorry, sorry]
    assert [message.content for message in said(room, simcord_env.bot)] == [sorry]
    assert conversation.undelivered("") == []
