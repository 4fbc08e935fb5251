import asyncio
from dataclasses import replace

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simcord.backend import serializers

from bot.discord_app.cards import MOST_CHARACTERS, MOST_COMPONENTS, Showing, pages, plain_pages
from bot.discord_app.plain import units
from bot.discord_app.tokens import item_of, token_of
from bot.exchange import Card, Rated, Reply
from bot.profile import Wish
from domain.preference import Constraint, Opinion
from tests.bot.discord_app.fakes import IMAGE, ITEMS, LONG_ID, WISHES, FakeConversation, card
from tests.bot.discord_app.reading import buttons, custom_ids, labels, small, words

pytestmark = pytest.mark.simcord(shard_count=1)

DIRECT, PUBLIC = Showing(1, public=False), Showing(1, public=True)


def said(channel, bot):
    return [m for m in channel.history() if m.author.id == bot.user.id]


async def shown_cards(env, room, person):
    """The card that the bot has shown to somebody in a room."""
    await person.send(room, f"<@{env.bot.user.id}> cards")
    return said(room, env.bot)[-1]


@pytest.fixture
async def own_card(simcord_env, conversation):
    """Somebody, and the card that they see alone, in their direct messages."""
    conversation.asks_to_remember = False
    ann = simcord_env.create_user("ann")
    await ann.send_dm("cards")
    return ann, said(ann.dm_channel, simcord_env.bot)[-1]


def style_of(message, custom_id):
    return next(button["style"] for button in buttons(message) if button["custom_id"] == custom_id)


PRESSED, QUIET, PRIMARY = 3, 2, 1


async def test_a_card_tells_what_it_goes_by_and_of_each_item_its_facts_and_a_line(simcord_env, room, ann):
    message = await shown_cards(simcord_env, room, ann)
    assert message.flags.components_v2
    assert message.content == ""
    told = [f"**{number}  {name}**\nIt fits." for number, name in enumerate(ITEMS.values(), start=1)]
    assert words(message) == "\n".join(["Tense, then.", *told, "Start with the first."])
    assert small(message)[:4] == ["crime, 170 minutes"] * 4


def test_the_title_of_the_catalogue_stands_small_beside_another(conversation):
    card = Card(LONG_ID, "Der Pate (1972)", "Krimi", "Gut.", "The Godfather", 1972, original="The Godfather")
    (page,) = pages(Reply("Da.", "recommend", (card,), "Da."), conversation, DIRECT)
    texts = [one.content for one in page.view.walk_children() if isinstance(one, discord.ui.TextDisplay)]
    assert texts[1] == "**1  Der Pate (1972)**\n-# The Godfather · Krimi\nGut."
    assert all(token_of(LONG_ID, "The Godfather") in one for one in custom_ids_of(page.view) if one.startswith("rate:"))


def custom_ids_of(view):
    return [one.custom_id for one in view.walk_children() if getattr(one, "custom_id", None)]


async def test_an_item_that_has_a_picture_shows_it(simcord_env, room, ann):
    message = await shown_cards(simcord_env, room, ann)
    (section,) = [part for part in message.components[0].children if isinstance(part, discord.SectionComponent)]
    assert section.children[0].content.startswith("**2  Heat (1995)**")
    assert section.accessory.media.url == IMAGE


async def test_only_three_more_stands_out_among_the_buttons(simcord_env, room, ann):
    message = await shown_cards(simcord_env, room, ann)
    of_an_item = ["👍", "👎", "Seen it", "🔖 Save"]
    after = ["Four more", "Older", "Shorter", "🎲 Surprise me", "Why these?"]
    assert labels(message) == ["thriller ×", "under 97 minutes ×", *of_an_item * 4, *after]
    assert [button["label"] for button in buttons(message) if button["style"] != QUIET] == ["Four more"]


async def test_a_press_counts_for_whoever_presses_and_shows_to_them_alone(simcord_env, conversation, room, ann, bob):
    message = await shown_cards(simcord_env, room, ann)
    result = await bob.click(message, custom_id="rate:like:=heat")
    assert conversation.ratings == [(str(bob.id), "heat", "like", "button")]
    assert result.ephemeral
    assert result.response.content == r"Noted: like Heat (1995)."
    assert style_of(said(room, simcord_env.bot)[-1], "rate:like:=heat") == QUIET


async def test_where_nobody_else_sees_it_the_button_shows_the_press_and_takes_it_back(
    simcord_env, conversation, own_card, new_bot
):
    ann, card = own_card
    conversation.wished = ()
    await simcord_env.restart_bot(new_bot())
    for pressed in ("like", "dislike"):
        await ann.click(card, custom_id=f"rate:{pressed}:=heat")
        (card,) = said(ann.dm_channel, simcord_env.bot)
        shown = [button["label"] for button in buttons(card) if button["style"] == PRESSED]
        assert shown == ["👍 ✓" if pressed == "like" else "👎 ✓"]
    await ann.click(card, custom_id="rate:dislike:=heat")
    (card,) = said(ann.dm_channel, simcord_env.bot)
    assert [button["label"] for button in buttons(card) if button["style"] == PRESSED] == []
    assert [rating[1:3] for rating in conversation.ratings] == [("heat", "like"), ("heat", "dislike")]
    assert conversation.taken_back == [(str(ann.id), "heat", "dislike", None)]
    assert words(card).startswith("Tense, then.")


async def test_what_was_edited_is_not_kept_by_the_library(simcord_env, own_card):
    ann, card = own_card
    await ann.click(card, custom_id="rate:like:=heat")
    assert simcord_env.bot.persistent_views == []


async def test_saving_is_told_among_others_and_shown_to_who_is_alone(simcord_env, conversation, room, bob, own_card):
    ann, card = own_card
    await ann.click(card, custom_id="save:=heat")
    (card,) = said(ann.dm_channel, simcord_env.bot)
    assert [one.item_id for one in conversation.lists[str(ann.id)]] == ["heat"]
    assert style_of(card, "save:=heat") == PRESSED
    await ann.click(card, custom_id="save:=heat")
    (card,) = said(ann.dm_channel, simcord_env.bot)
    assert conversation.lists[str(ann.id)] == []
    assert style_of(card, "save:=heat") == QUIET
    shared = await shown_cards(simcord_env, room, bob)
    result = await bob.click(shared, custom_id="save:=heat")
    assert (result.ephemeral, result.response.content) == (True, "Saved Heat (1995).")
    assert style_of(said(room, simcord_env.bot)[-1], "save:=heat") == QUIET


async def test_what_cannot_be_saved_is_said_and_not_shown(simcord_env, conversation, own_card):
    ann, card = own_card
    conversation.list_is_full = True
    result = await ann.click(card, custom_id="save:=heat86")
    assert [followup.content for followup in result.followups] == ["Your list is full."]
    assert style_of(said(ann.dm_channel, simcord_env.bot)[0], "save:=heat86") == QUIET


def drops(message):
    return [custom_id for custom_id in custom_ids(message) if custom_id.startswith("drop:")]


async def test_a_wish_goes_by_one_tap(simcord_env, conversation, own_card, new_bot):
    ann, card = own_card
    await simcord_env.restart_bot(new_bot())
    tokens = [wish.token for wish in conversation.wished]
    for token in tokens:
        await ann.click(card, custom_id=f"drop:{token}")
        (card,) = said(ann.dm_channel, simcord_env.bot)
    assert conversation.dropped == [(str(ann.id), token) for token in tokens]
    assert drops(card) == []
    rows = [part for part in card.components[0].children if isinstance(part, discord.ActionRow)]
    assert len(rows) == len(ITEMS)


async def test_among_others_a_wish_that_goes_is_told_to_who_has_dropped_it(simcord_env, conversation, room, ann, bob):
    card = await shown_cards(simcord_env, room, ann)
    result = await bob.click(card, custom_id=drops(card)[0])
    assert (result.ephemeral, result.response.content) == (True, f"Dropped {conversation.wished[0].token}.")
    assert conversation.dropped == [(str(bob.id), conversation.wished[0].token)]
    assert len(drops(said(room, simcord_env.bot)[-1])) == 2


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("more", "4 more, please."),
        ("older", "Something older, please."),
        ("shorter", "Something shorter, please."),
        ("surprise", "Surprise me with something."),
        ("why", "Why did you pick these?"),
    ],
)
async def test_a_shortcut_is_a_turn_of_whoever_presses_about_that_slate(
    simcord_env, conversation, room, ann, bob, new_bot, what, sentence
):
    card = await shown_cards(simcord_env, room, ann)
    await simcord_env.restart_bot(new_bot())
    result = await bob.click(card, custom_id=f"say:{what}:4:en")
    turn = conversation.turns[-1]
    assert (turn.person_id, turn.text, turn.slate, turn.public) == (str(bob.id), sentence, tuple(ITEMS), True)
    assert turn.event_id in conversation.arrived
    assert not result.ephemeral
    assert words(result.response).startswith("Tense, then.")
    assert style_of(card, f"say:{what}:4:en") == style_of(said(room, simcord_env.bot)[0], f"say:{what}:4:en")


async def test_under_the_end_of_a_slate_a_shortcut_is_about_the_whole(simcord_env, conversation, own_card):
    ann, _ = own_card
    row = [{"type": 2, "style": 2, "label": "Older", "custom_id": "say:older:5:en"}]
    rate = [{"type": 2, "style": 2, "label": "👍", "custom_id": "rate:like:=heat"}]
    rows = [{"type": 1, "components": row}, {"type": 1, "components": rate}]
    us, there = simcord_env.bot.user.id, ann.dm_channel
    simcord_env.backend.create_message(there.id, us, "", components=rows, flags=1 << 15)
    await simcord_env.settle()
    await ann.click(there.history()[-1], label="Older")
    assert (conversation.turns[-1].text, conversation.turns[-1].slate) == ("Something older, please.", ())


async def test_where_nobody_else_sees_it_a_shortcut_shows_that_it_was_pressed(simcord_env, own_card):
    ann, card = own_card
    await ann.click(card, custom_id="say:older:4:en")
    first, second = said(ann.dm_channel, simcord_env.bot)
    assert [button["label"] for button in buttons(first) if button["style"] == PRESSED] == ["Older ✓"]
    assert words(second).startswith("Tense, then.")


async def test_a_shortcut_speaks_the_language_of_its_card(simcord_env, conversation):
    ann = simcord_env.create_user("ann")
    await ann.send_dm("cards 推荐")
    (card,) = said(ann.dm_channel, simcord_env.bot)
    await ann.click(card, label="更早的")
    assert conversation.turns[-1].text == "要更老一点的。"


async def test_a_shortcut_waits_in_line_like_anybody(simcord_env, conversation, room, ann, bob):
    card = await shown_cards(simcord_env, room, ann)
    simcord_env.bot.turns.close()
    result = await bob.click(card, custom_id="say:more:4:en")
    assert [followup.content[:17] for followup in result.followups] == ["I am being restar"]
    assert len(conversation.turns) == 1


def test_the_wishes_that_a_card_goes_by_stand_out_in_its_header(conversation):
    wishes = (Wish((), "tense"), Wish((), "tense and long"), Wish((), "c*"))
    opening = "Tense and long, intense, c*: TENSE?"
    reply = Reply("Try Heat.", "recommend", (card("heat"),), opening, wishes=wishes)
    view = pages(reply, conversation, Showing(1, public=False))[0].view
    header = next(part.content for part in view.walk_children() if isinstance(part, discord.ui.TextDisplay))
    assert header == r"**Tense and long**, intense, **c\***: **TENSE**?"


async def test_what_a_shortcut_has_added_is_undone_by_one_tap(simcord_env, conversation, own_card):
    ann, card = own_card
    added = Wish((Constraint("year", "<2006"),), "before 2006")
    conversation.wished = (*conversation.wished, added)
    await ann.click(card, custom_id="say:older:4:en")
    second = said(ann.dm_channel, simcord_env.bot)[-1]
    assert labels(second)[-1] == "Undo"
    await ann.click(second, label="Undo")
    assert conversation.dropped == [(str(ann.id), added.token)]
    undone = said(ann.dm_channel, simcord_env.bot)[-1]
    assert "Undo" not in labels(undone)
    assert f"drop:{added.token}" not in custom_ids(undone)


async def test_a_shortcut_under_what_has_left_the_catalogue_is_too_old(
    simcord_env, conversation, room, ann, monkeypatch
):
    card = await shown_cards(simcord_env, room, ann)
    monkeypatch.delitem(ITEMS, LONG_ID)
    result = await ann.click(card, custom_id="say:more:4:en")
    assert [("too old" in followup.content, followup.ephemeral) for followup in result.followups] == [(True, True)]
    assert len(said(room, simcord_env.bot)) == 1


async def test_a_card_that_is_gone_by_the_time_it_would_show_the_press_is_no_failure(simcord_env, own_card):
    ann, card = own_card
    simcord_env.inject_error("PATCH", f"/channels/{ann.dm_channel.id}/messages/*", status=404, code=10008)
    await ann.click(card, custom_id="say:more:4:en")
    assert words(said(ann.dm_channel, simcord_env.bot)[-1]).startswith("Tense, then.")


@pytest.mark.parametrize(
    ("pressed", "told"),
    [
        ("rate:like:=heat", "Noted"),
        ("save:=heat", "Saved"),
        (f"drop:{WISHES[0].token}", "Dropped"),
    ],
)
async def test_what_was_done_by_a_card_that_is_gone_by_now_is_told(simcord_env, own_card, pressed, told):
    ann, card = own_card
    simcord_env.inject_error("PATCH", "/webhooks/*", status=404, code=10008)
    result = await ann.click(card, custom_id=pressed)
    assert [(f.content.startswith(told), f.ephemeral) for f in result.followups] == [(True, True)]


async def test_a_consent_given_on_a_card_that_is_gone_by_now_is_confirmed(simcord_env):
    ann = simcord_env.create_user("ann")
    await ann.send_dm("cards")
    simcord_env.inject_error("PATCH", "/webhooks/*", status=404, code=10008)
    result = await ann.click(said(ann.dm_channel, simcord_env.bot)[-1], label="Remember me")
    assert [(f.content, f.ephemeral) for f in result.followups] == [("Your choice is noted.", True)]


async def test_where_discord_takes_no_card_the_answer_is_plain_text(simcord_env, conversation, room, ann):
    simcord_env.inject_error("POST", f"/channels/{room.id}/messages", status=400, code=50035)
    message = await shown_cards(simcord_env, room, ann)
    assert message.content.startswith("Try Heat (1986)")
    assert [button.label for button in message.components[1].children] == ["👍 Heat (1995)", "👎", "Seen it"]
    assert len(message.components) == len(ITEMS)
    await ann.click(message, custom_id="rate:like:=heat")
    assert conversation.ratings == [(str(ann.id), "heat", "like", "button")]


async def test_where_discord_takes_no_card_the_answer_of_a_command_is_plain_text(simcord_env, room, ann):
    simcord_env.inject_error("PATCH", "/webhooks/*", status=400, code=50035)
    result = await ann.slash(room, "recommend")
    assert result.response.content.startswith("Try Heat (1986)")


async def test_buttons_survive_a_restart_even_of_an_item_with_a_long_id(simcord_env, conversation, room, ann, new_bot):
    message = await shown_cards(simcord_env, room, ann)
    await simcord_env.restart_bot(new_bot())
    await ann.click(message, custom_id=f"rate:dislike:{token_of(LONG_ID, ITEMS[LONG_ID])}")
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


@pytest.mark.parametrize("custom_id", ["vote:up:1", "rate:like:?", "remember:perhaps:1", "say:newer:4:en", "x" * 100])
async def test_a_button_of_another_time_says_so(simcord_env, room, ann, custom_id):
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "Old", "custom_id": custom_id}]}
    us = simcord_env.bot.user.id
    old = simcord_env.backend.create_message(room.id, us, "an old card", components=[row])
    assert serializers.message_payload(simcord_env.backend, old)["components"]
    await simcord_env.settle()
    result = await ann.click(room.last_message, label="Old")
    assert result.ephemeral
    assert "too old" in result.response.content


@pytest.mark.parametrize("kind", ["rate:like", "save"])
async def test_an_item_that_left_the_catalogue_is_an_old_card(simcord_env, room, ann, monkeypatch, kind):
    message = await shown_cards(simcord_env, room, ann)
    token = token_of(LONG_ID, ITEMS[LONG_ID])
    monkeypatch.delitem(ITEMS, LONG_ID)
    result = await ann.click(message, custom_id=f"{kind}:{token}")
    assert "too old" in result.response.content


def dynamic(view):
    return [item for item in view.walk_children() if isinstance(item, discord.ui.DynamicItem)]


@pytest.mark.parametrize("item_id", ["1", "a b", "x" * 500, "电影:1", "🎬", "tt=~:1", "", "line\nbreak", LONG_ID])
async def test_any_id_fits_into_a_button_and_comes_back(item_id, monkeypatch):
    monkeypatch.setitem(ITEMS, item_id, "Some title (2001)")
    card = Card(item_id, "Some title (2001)", "", "")
    conversation = FakeConversation()
    (page,) = pages(Reply("Try it.", "recommend", (card,)), conversation, DIRECT)
    of_the_item = [button for button in dynamic(page.view) if "token" in button.fields]
    assert len(of_the_item) == 4
    for button in of_the_item:
        assert 1 <= len(button.custom_id) <= 100
        assert item_of(button.fields["token"], conversation) == item_id
    assert len(token_of(item_id, "Some title (2001)")) <= 100


async def test_undo_fits_under_the_rating_of_an_item_with_the_longest_id_that_stands_for_itself():
    before = Opinion("x" * 79, "dislike", "message", 99_999)
    rated = Rated(Opinion("x" * 79, "dislike", "button", 99_999), "Some title (2001)", before)
    (button,) = pages(Reply("Noted.", "chat", rated=rated), FakeConversation(), DIRECT)[-1].view.children
    assert len(button.custom_id) <= 100


async def test_plain_text_of_a_slate_of_six_has_buttons_for_five():
    cards = tuple(Card(str(n), f"Film {n}", "", "") for n in range(6))
    view = plain_pages(Reply("Try them.", "recommend", cards), FakeConversation(), PUBLIC)[-1].view
    assert len(view.children) == 15


async def test_a_long_label_is_cut_to_what_a_button_takes():
    card = Card("1", "T" * 300, "", "")
    view = plain_pages(Reply("Try it.", "recommend", (card,)), FakeConversation(), DIRECT)[-1].view
    assert len(view.children[0].item.label) == 80
    wish = Wish((Constraint("genres", "W" * 300),), "W" * 300)
    (page,) = pages(Reply("Try it.", "recommend", (card,), wishes=(wish,)), FakeConversation(), DIRECT)
    assert dynamic(page.view)[0].item.label == "W" * 77 + "… ×"


def slate(items=3, wishes=2, images=True, line="It fits.", **fields):
    image = IMAGE if images else None
    cards = tuple(Card(str(n), f"Film {n} (1990)", "crime", line, f"Film {n}", 1990, image) for n in range(items))
    wanted = tuple(Wish((Constraint("genres", str(n)),), f"kind {n}") for n in range(wishes))
    return replace(Reply("Try them.", "recommend", cards, "Then these.", "Start there.", wanted), **fields)


def within_limits(page):
    """Whether Discord takes the components of a message, by the payload that it would get."""
    every = list(walk(page.view.to_components()))
    ids = [component["custom_id"] for component in every if "custom_id" in component]
    return (
        len(every) <= MOST_COMPONENTS
        and sum(units(component.get("content", "")) for component in every) <= MOST_CHARACTERS
        and len(ids) == len(set(ids))
        and all(len(component["components"]) <= 5 for component in every if component["type"] == 1)
    )


def walk(components):
    for component in components:
        yield component
        yield from walk(component.get("components", ()))
        yield from walk([component["accessory"]] if "accessory" in component else ())


@pytest.mark.parametrize("wishes", range(12))
@pytest.mark.parametrize("asks", [True, False])
@pytest.mark.parametrize("undo", [None, "token"])
async def test_a_slate_of_three_with_pictures_is_always_one_message(wishes, asks, undo):
    reply = slate(3, wishes, ask_to_remember=asks)
    (page,) = pages(reply, FakeConversation(), replace(DIRECT, undo=undo, posters={"1": IMAGE}))
    assert within_limits(page)


async def test_wishes_give_way_before_a_slate_goes_on_in_another_message():
    (page,) = pages(slate(3, 6, close=""), FakeConversation(), PUBLIC)
    shown = [button.item.label for button in dynamic(page.view) if button.custom_id.startswith("drop:")]
    assert shown == [f"kind {n} ×" for n in range(6)]
    (page,) = pages(slate(3, 12, ask_to_remember=True), FakeConversation(), DIRECT)
    shown = [button.item.label for button in dynamic(page.view) if button.custom_id.startswith("drop:")]
    assert 0 < len(shown) < 12


async def test_lines_between_the_items_are_drawn_where_there_is_room():
    (page,) = pages(slate(3, 1), FakeConversation(), PUBLIC)
    assert sum(component["type"] == 14 for component in walk(page.view.to_components())) == 2


async def test_what_is_too_much_for_one_message_goes_on_in_the_next():
    sent = pages(slate(5, 3), FakeConversation(), PUBLIC)
    assert len(sent) == 2
    assert all(map(within_limits, sent))
    rated = [button.fields["token"] for page in sent for button in dynamic(page.view) if "verdict" in button.fields]
    assert list(dict.fromkeys(rated)) == [f"={n}" for n in range(5)]
    assert [any(b.custom_id.startswith("say:") for b in dynamic(page.view)) for page in sent] == [False, True]


@settings(deadline=None, max_examples=30)
@given(
    st.integers(1, 5),
    st.integers(0, 30),
    st.booleans(),
    st.text(max_size=40).map(lambda text: text * 200),
    st.sampled_from([DIRECT, PUBLIC, Showing(1, public=False, posters={"1": IMAGE}, undo="t")]),
)
async def test_whatever_is_said_discord_takes_it(items, wishes, images, line, showing):
    reply = slate(items, wishes, images, line, opening=line, close=line, ask_to_remember=True)
    sent = pages(reply, FakeConversation(), showing)
    assert all(map(within_limits, sent))


async def test_nothing_of_a_long_line_is_lost():
    line = "One sentence of many that tell of this film. " * 150
    sent = pages(slate(2, 0, line=line), FakeConversation(), PUBLIC)
    told = " ".join(c["content"] for page in sent for c in walk(page.view.to_components()) if "content" in c)
    assert told.count("One sentence of many") == 300


async def test_markdown_of_the_catalogue_is_shown_as_it_is():
    card = Card("1", "M*A*S*H\n# [big](https://e.org) (1970)", "crime\n> quote", "# Loud _line_", "M*A*S*H", 1970)
    (page,) = pages(Reply("Try it.", "recommend", (card,)), FakeConversation(), PUBLIC)
    (told,) = [c["content"] for c in walk(page.view.to_components()) if "content" in c]
    assert told.split("\n") == [
        r"**1  M\*A\*S\*H # \[big\](https://e.org) (1970)**",
        "-# crime > quote",
        r"\# Loud \_line\_",
    ]


async def test_tmdb_is_named_where_its_pictures_are_shown():
    (page,) = pages(slate(images=False), FakeConversation(), replace(PUBLIC, posters={"1": IMAGE}))
    components = list(walk(page.view.to_components()))
    assert [c["media"]["url"] for c in components if c["type"] == 11] == [IMAGE]
    assert "not endorsed or certified by TMDB" in components[-1]["content"]
    (page,) = pages(slate(), FakeConversation(), PUBLIC)
    assert "TMDB" not in str(page.view.to_components())


class FakePosters:
    """Knows some posters at once, and others when the gate is open."""

    def __init__(self, env, kept, found):
        self._env, self._kept, self._found = env, kept, found
        self.gate = asyncio.Event()

    async def kept(self, films):
        return self._kept

    async def find(self, films):
        await self._env.external_wait(self.gate.wait(), reason="TMDB takes its time")
        return {film: address for film, address in self._found.items() if film in films}


HEAT86, MASH = ("Heat", 1986), ("M*A*S*H", 1970)


def thumbnails(message):
    sections = [part for part in message.components[0].children if isinstance(part, discord.SectionComponent)]
    return [section.accessory.media.url for section in sections]


async def test_posters_that_are_known_are_sent_and_others_come_by_an_edit(simcord_env, conversation, room, ann):
    conversation.asks_to_remember = False
    kept = {HEAT86: "https://p.org/86.jpg"}
    posters = FakePosters(simcord_env, kept, {**kept, MASH: "https://p.org/mash.jpg"})
    simcord_env.bot.deliver._posters = posters
    card = await shown_cards(simcord_env, room, ann)
    assert thumbnails(card) == ["https://p.org/86.jpg", IMAGE]
    assert "TMDB" in small(card)[-1]
    posters.gate.set()
    await asyncio.gather(*simcord_env.bot.deliver._coming)
    (card,) = said(room, simcord_env.bot)
    assert thumbnails(card) == ["https://p.org/86.jpg", IMAGE, "https://p.org/mash.jpg"]


@pytest.mark.parametrize("command", [True, False])
async def test_a_card_that_is_gone_by_the_time_its_posters_come_is_no_failure(
    simcord_env, conversation, room, ann, command, caplog
):
    conversation.asks_to_remember = False
    posters = simcord_env.bot.deliver._posters = FakePosters(simcord_env, {}, {MASH: "https://p.org/mash.jpg"})
    if command:
        await ann.slash(room, "recommend")
    else:
        await shown_cards(simcord_env, room, ann)
    simcord_env.inject_error("PATCH", "/*", status=404, code=10008)
    posters.gate.set()
    await asyncio.gather(*simcord_env.bot.deliver._coming)
    assert "ERROR" not in {record.levelname for record in caplog.records}


async def test_a_stop_does_not_wait_for_posters(simcord_env, room, ann):
    simcord_env.bot.deliver._posters = FakePosters(simcord_env, {}, {})
    await shown_cards(simcord_env, room, ann)
    (coming,) = simcord_env.bot.deliver._coming
    simcord_env.bot.deliver.close()
    await asyncio.wait({coming})
    assert coming.cancelled()
