import pytest
from simcord.backend import serializers

from bot.conversation import Card, Rated, Reply
from bot.discord_app.cards import pages
from bot.discord_app.tokens import item_of, token_of
from domain.preference import Opinion
from tests.bot.discord_app.fakes import ITEMS, LONG_ID, FakeConversation

pytestmark = pytest.mark.simcord(shard_count=1)


def said(channel, bot):
    return [m for m in channel.history() if m.author.id == bot.user.id]


async def shown_cards(env, room, person):
    await person.send(room, f"<@{env.bot.user.id}> cards")
    return next(m for m in said(room, env.bot) if m.components and "Try" in m.content)


async def test_every_card_has_a_row_of_three_buttons(simcord_env, room, ann):
    message = await shown_cards(simcord_env, room, ann)
    assert [b.label for b in message.components[1].children] == ["👍 Heat (1995)", "👎", "Seen it"]
    assert len(message.components) == len(ITEMS)


async def test_a_press_counts_for_whoever_presses_and_is_confirmed_to_them(simcord_env, conversation, room, ann, bob):
    message = await shown_cards(simcord_env, room, ann)
    result = await bob.click(message, custom_id="rate:like:=heat")
    assert conversation.ratings == [(str(bob.id), "heat", "like", "button")]
    assert result.ephemeral
    assert result.response.content == r"Noted: like Heat (1995)."


async def test_buttons_survive_a_restart_even_of_an_item_with_a_long_id(simcord_env, conversation, room, ann, new_bot):
    message = await shown_cards(simcord_env, room, ann)
    await simcord_env.restart_bot(new_bot())
    await ann.click(message, custom_id=message.components[-1].children[1].custom_id)
    assert conversation.ratings == [(str(ann.id), LONG_ID, "dislike", "button")]


async def test_a_press_that_fails_is_answered(simcord_env, room, ann):
    message = await shown_cards(simcord_env, room, ann)
    result = await ann.click(message, custom_id="rate:seen:=6")
    assert result.ephemeral
    assert result.response.content.startswith("Sorry")


async def test_a_press_that_comes_twice_counts_once(simcord_env, conversation, room, ann, monkeypatch):
    message = await shown_cards(simcord_env, room, ann)
    payloads = []
    emit = simcord_env.backend.emit
    monkeypatch.setattr(simcord_env.backend, "emit", lambda event, data: (payloads.append(data), emit(event, data)))
    await ann.click(message, custom_id="rate:like:=heat")
    press = next(p for p in payloads if p.get("type") == 3)
    before = len(room.history(viewer=ann))
    emit("INTERACTION_CREATE", press)
    await simcord_env.settle()
    assert len(conversation.ratings) == 1
    assert len(room.history(viewer=ann)) == before


@pytest.mark.parametrize("custom_id", ["vote:up:1", "rate:like:?", "remember:perhaps:1", "x" * 100])
async def test_a_button_of_another_time_says_so(simcord_env, room, ann, custom_id):
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "Old", "custom_id": custom_id}]}
    us = simcord_env.bot.user.id
    old = simcord_env.backend.create_message(room.id, us, "an old card", components=[row])
    assert serializers.message_payload(simcord_env.backend, old)["components"]
    await simcord_env.settle()
    result = await ann.click(room.last_message, label="Old")
    assert result.ephemeral
    assert "too old" in result.response.content


async def test_an_item_that_left_the_catalogue_is_an_old_card(simcord_env, room, ann, monkeypatch):
    message = await shown_cards(simcord_env, room, ann)
    monkeypatch.delitem(ITEMS, LONG_ID)
    result = await ann.click(message, custom_id=message.components[-1].children[0].custom_id)
    assert "too old" in result.response.content


@pytest.mark.parametrize("item_id", ["1", "a b", "x" * 500, "电影:1", "🎬", "tt=~:1", "", "line\nbreak", LONG_ID])
async def test_any_id_fits_into_a_button_and_comes_back(item_id, monkeypatch):
    monkeypatch.setitem(ITEMS, item_id, "Some title (2001)")
    card = Card(item_id, "Some title (2001)", "", "")
    conversation = FakeConversation()
    view = pages(Reply("Try it.", "recommend", (card,)), conversation.text)[-1].view
    for button in view.children:
        assert 1 <= len(button.custom_id) <= 100
        assert item_of(button.fields["token"], conversation) == item_id
    assert len(token_of(item_id, "Some title (2001)")) <= 100


async def test_undo_fits_under_the_rating_of_an_item_with_the_longest_id_that_stands_for_itself():
    before = Opinion("x" * 79, "dislike", "message", 99_999)
    rated = Rated(Opinion("x" * 79, "dislike", "button", 99_999), "Some title (2001)", before)
    (button,) = pages(Reply("Noted.", "chat", rated=rated), FakeConversation().text)[-1].view.children
    assert len(button.custom_id) <= 100


async def test_a_slate_of_six_has_buttons_for_five():
    cards = tuple(Card(str(n), f"Film {n}", "", "") for n in range(6))
    view = pages(Reply("Try them.", "recommend", cards), FakeConversation().text)[-1].view
    assert len(view.children) == 15


async def test_a_long_title_is_cut_to_what_a_button_takes():
    card = Card("1", "T" * 300, "", "")
    view = pages(Reply("Try it.", "recommend", (card,)), FakeConversation().text)[-1].view
    assert len(view.children[0].item.label) == 80
