"""What people do to what is held about them, over a conversation with a store."""

import json
import random
import sqlite3
from dataclasses import replace

import pytest

from bot import profile
from bot.history import History, Person, PersonalSettings, Saved, ServerSettings, today
from bot.profile import wish_token, wishes_of
from bot.texts import NAMES
from domain.phrasing import Phrasing
from domain.preference import Constraint, Opinion
from tests.bot.test_conversation import converse, history, of_age  # noqa: F401 - fixtures

NO_HORROR = Constraint("genres", "Horror", include=False)
FROM_1990, TO_2000 = Constraint("year", ">=1990"), Constraint("year", "<2000")
THRILLER = Constraint("genres", "Thriller")


@pytest.fixture
def ann(converse, catalog):  # noqa: F811
    return converse(catalog)()


@pytest.fixture
def phrasing(catalog):
    return Phrasing(catalog.vocabulary, "en")


async def saved_ids(talk):
    return [one.item_id for one in await talk.conversation.saved(talk.person)]


async def test_what_is_saved_is_listed_oldest_first_and_survives_a_restart(ann, tmp_path):
    await ann.agrees(remember=True)
    reply = await ann.conversation.save(ann.incoming(), "6")
    assert reply.text == "Saved: Heat (1995). /watchlist shows all that you have saved."
    await ann.conversation.save(ann.incoming(), "608")
    assert await saved_ids(ann) == ["6", "608"]
    again = await History.open(tmp_path, "movies")
    assert [one.item_id for one in (await again.load("ann")).saved] == ["6", "608"]
    await again.close()


async def test_an_item_is_saved_once_and_an_event_counts_once(ann):
    incoming = ann.incoming()
    await ann.conversation.save(incoming, "6")
    assert await ann.conversation.save(incoming, "608") is None
    assert "already" in (await ann.conversation.save(ann.incoming(), "6")).text
    assert await saved_ids(ann) == ["6"]


async def test_what_is_not_in_the_catalogue_is_not_saved(ann):
    assert "any more" in (await ann.conversation.save(ann.incoming(), "no-such-item")).text
    assert await saved_ids(ann) == []


async def test_who_is_not_remembered_is_told_how_long_a_list_lasts(ann, tmp_path):
    assert "until I am restarted" in (await ann.conversation.save(ann.incoming(), "6")).text
    with sqlite3.connect(tmp_path / "movies.sqlite3") as db:
        assert db.execute("SELECT count(*) FROM saved").fetchone() == (0,)
    db.close()
    await ann.agrees(remember=True)
    with sqlite3.connect(tmp_path / "movies.sqlite3") as db:
        assert db.execute("SELECT item_id FROM saved").fetchall() == [("6",)]
    db.close()


async def test_a_list_that_is_full_says_so(catalog, monkeypatch):
    monkeypatch.setattr(profile, "MOST_SAVED", 1)
    full = Person("ann", saved=(Saved("6", 20000),))
    change = profile.save(full, "608", "Fargo (1996)")
    assert (change.person, change.key) == (full, "profile.saved_full")


async def test_what_is_taken_off_the_list_leaves_no_opinion(ann):
    await ann.conversation.save(ann.incoming(), "6")
    assert "Heat (1995)" in (await ann.conversation.unsave(ann.incoming(), "6")).text
    assert await saved_ids(ann) == []
    assert (await ann.is_known()).preference.opinions == {}
    assert "not on your list" in (await ann.conversation.unsave(ann.incoming(), "6")).text


async def test_what_a_person_has_had_leaves_the_list_as_seen(ann):
    await ann.conversation.save(ann.incoming(), "6")
    reply = await ann.conversation.done(ann.incoming(), "6")
    assert "Heat (1995)" in reply.text
    assert await saved_ids(ann) == []
    assert (await ann.is_known()).preference.having("seen") == ("6",)


async def test_to_have_had_it_changes_no_opinion_that_is_there(ann):
    await ann.rates("6", "like")
    await ann.conversation.save(ann.incoming(), "6")
    await ann.conversation.done(ann.incoming(), "6")
    assert (await ann.is_known()).preference.having("like") == ("6",)
    assert "not on your list" in (await ann.conversation.done(ann.incoming(), "608")).text
    assert "608" not in (await ann.is_known()).preference.opinions


async def test_what_is_on_the_list_is_not_recommended_again(ann):
    for film in ("6", "608", "47", "50"):
        await ann.conversation.save(ann.incoming(), film)
    reply = await ann.says("request | a {thriller|value wanted} please")
    assert {"6", "608", "47", "50"}.isdisjoint(card.item_id for card in reply.cards)


async def test_one_wish_is_dropped_and_the_others_stay(ann):
    await ann.says("request | a {thriller|value wanted}, no {horror|value unwanted}")
    reply = await ann.conversation.drop_wish(ann.incoming(), wish_token(NO_HORROR))
    assert reply.text == "No longer: no horror."
    assert await ann.wants() == [("Thriller", True)]
    assert "any more" in (await ann.conversation.drop_wish(ann.incoming(), wish_token(NO_HORROR))).text
    assert await ann.wants() == [("Thriller", True)]


def test_a_token_is_short_and_tells_wishes_apart():
    tokens = {wish_token(c) for c in (NO_HORROR, THRILLER, FROM_1990, TO_2000, Constraint("genres", "Horror"))}
    assert len(tokens) == 5
    assert {len(token) for token in tokens} == {11}
    assert wish_token(NO_HORROR) == wish_token(Constraint("genres", "Horror", include=False)) == "ierc38k38MA"


def test_a_span_of_years_is_one_wish_and_goes_as_one(phrasing):
    person = Person("ann")
    for constraint in (FROM_1990, NO_HORROR, TO_2000):
        preference = person.preference.with_constraint(constraint)
        person = profile.replace(person, preference=preference)
    wishes = wishes_of(person.preference.constraints, phrasing)
    assert [wish.says for wish in wishes] == ["the 1990s", "no horror"]
    assert profile.drop_wish(person, wishes[0].token, phrasing).person.preference.constraints == (NO_HORROR,)
    kept = profile.drop_wish(person, wish_token(FROM_1990), phrasing).person.preference.constraints
    assert kept == (NO_HORROR, TO_2000)


async def test_one_opinion_is_forgotten(ann):
    await ann.rates("6", "like")
    await ann.rates("608", "dislike")
    assert "Heat (1995)" in (await ann.conversation.drop_opinion(ann.incoming(), "6")).text
    assert dict((await ann.is_known()).preference.opinions).keys() == {"608"}
    assert "any more" in (await ann.conversation.drop_opinion(ann.incoming(), "6")).text


async def test_an_opinion_of_what_the_catalogue_has_lost_can_be_forgotten(history):  # noqa: F811
    lost = Person("ann", preference=Person("ann").preference.with_opinion(Opinion("gone", "like", "button", 20000)))
    assert profile.drop_opinion(lost, "gone", "gone").person.preference.opinions == {}


async def test_settings_are_told_in_the_language_that_was_chosen_and_kept(ann):
    german = PersonalSettings(language="de", slate=2)
    assert "Einstellungen" in (await ann.conversation.choose(ann.incoming(), german)).text
    assert ann.conversation.settings("ann") == german
    assert ann.conversation.language_for("ann", "fr") == "de"
    assert ann.conversation.language_for("bob", "fr") == "fr"
    assert (await ann.conversation.save(ann.incoming(), "6")).language == "de"
    assert (await ann.says("request | a {thriller|value wanted} please")).language == "de"


async def test_a_language_that_is_no_longer_chosen_is_that_of_the_client_again(ann):
    await ann.conversation.choose(ann.incoming(), PersonalSettings(language="de"))
    assert "Your settings" in (await ann.conversation.choose(ann.incoming(), PersonalSettings())).text


async def test_who_withdraws_the_consent_keeps_their_settings_until_a_restart(ann, tmp_path):
    await ann.agrees(remember=True)
    await ann.conversation.choose(ann.incoming(), PersonalSettings(language="fr"))
    assert "Compris" in (await ann.agrees(remember=False)).text
    assert ann.conversation.settings("ann").language == "fr"
    again = await History.open(tmp_path, "movies")
    assert again.settings("ann") == PersonalSettings()
    await again.close()


async def test_all_that_is_saved_and_set_is_among_what_is_held(ann):
    await ann.agrees(remember=True)
    await ann.conversation.save(ann.incoming(), "6")
    everything = PersonalSettings(language="en", only_to_me=True, surprise=1.5, slate=2, age_limit=12)
    await ann.conversation.choose(ann.incoming(), everything)
    text = (await ann.conversation.held("ann")).text
    assert "On your list: Heat (1995) (20" in text
    for told in (NAMES["en"], "for you alone", "1.5", "has: 2", "limit: 12"):
        assert told in text


async def test_lines_are_the_wishes_and_then_the_opinions_newest_first(ann):
    await ann.rates("6", "like")
    await ann.rates("608", "dislike")
    await ann.says("request | no {horror|value unwanted}")
    opening, lines = await ann.conversation.lines("ann")
    assert opening.startswith("What I hold about you. Remembered between conversations: no")
    assert [line.says.split(" (20")[0] for line in lines] == [
        "You want: no horror",
        "Disliked: Fargo (1996)",
        "Liked: Heat (1995)",
    ]
    for line in lines:
        drop = ann.conversation.drop_wish if line.wish else ann.conversation.drop_opinion
        await drop(ann.incoming(), line.wish or line.item_id)
    opening, lines = await ann.conversation.lines("ann")
    assert lines == []
    assert opening.endswith("I know nothing of your taste yet.")


async def test_an_export_holds_what_is_stored_and_what_is_in_memory(ann):
    await ann.says("inform | I loved {Heat|title liked}")
    await ann.conversation.save(ann.incoming(), "608")
    told = json.loads(await ann.conversation.export("ann"))
    assert told["stored"] == []
    assert told["in_memory"]["messages"][0]["text"] == "I loved Heat"
    assert list(told["in_memory"]["preference"]["opinions"]) == ["6"]
    await ann.agrees(remember=True)
    told = json.loads(await ann.conversation.export("ann"))
    assert told["in_memory"] is None
    assert {"what": "like", "says": "6", "name": "Heat (1995)", "day": profile.day_of(today())} in told["stored"]
    assert {one["what"] for one in told["stored"]} >= {"remember", "like", "saved", "user", "bot"}


async def test_what_only_looks_like_the_id_of_an_item_is_not_told_as_one(ann):
    await ann.agrees(remember=True)
    await ann.conversation.choose(ann.incoming(), PersonalSettings(slate=1, age_limit=6))
    await ann.says("6")
    text = (await ann.conversation.held("ann")).text
    assert "You said: 6 (" in text
    assert "has: 1\n" in text
    assert "limit: 6\n" in text
    assert not any("name" in one for one in json.loads(await ann.conversation.export("ann"))["stored"])


async def test_who_is_not_remembered_reads_what_they_have_saved_and_set(ann):
    await ann.conversation.save(ann.incoming(), "6")
    await ann.conversation.choose(ann.incoming(), PersonalSettings(slate=2))
    text = (await ann.conversation.held("ann")).text
    assert "On your list: Heat (1995)" in text
    assert "has: 2" in text


async def test_a_recommendation_has_as_many_as_are_asked_for_or_set(ann):
    await ann.conversation.choose(ann.incoming(), PersonalSettings(slate=2))
    wish = "request | a {thriller|value wanted} please"
    assert len((await ann.says(wish)).cards) == 2
    assert len((await ann.conversation.turn(replace(ann.incoming(wish), count=5))).cards) == 5
    assert len((await ann.conversation.similar(ann.incoming(), "858")).cards) == 2


async def test_a_surprise_is_as_great_as_asked_for_or_set(ann, monkeypatch):
    scales = []
    plain = random.Random.gauss
    monkeypatch.setattr(random.Random, "gauss", lambda self, mu, sigma: scales.append(sigma) or plain(self, mu, sigma))
    await ann.conversation.choose(ann.incoming(), PersonalSettings(surprise=0.0))
    wish = "request | something {funny|theme wanted}"
    await ann.says(wish)
    await ann.conversation.turn(replace(ann.incoming(wish), surprise=3.0))
    await ann.conversation.similar(ann.incoming(), "608")
    assert scales == [0.0, 3.0, 0.0]


async def test_replies_are_for_them_alone_where_the_person_or_the_server_wants_it(ann):
    public = replace(ann.incoming("request | a {thriller|value wanted}"), public=True)
    assert not (await ann.conversation.turn(public)).private
    quiet = replace(ann.incoming("request | {more|value wanted}"), public=True, server=ServerSettings(only_to_me=True))
    assert (await ann.conversation.turn(quiet)).private
    await ann.conversation.choose(ann.incoming(), PersonalSettings(only_to_me=True))
    assert (
        await ann.conversation.turn(replace(ann.incoming("request | a {comedy|value wanted}"), public=True))
    ).private
    assert not (await ann.says("request | a {comedy|value wanted}")).private


async def test_the_language_of_a_server_is_that_of_whoever_chose_none(ann):
    german = ServerSettings(language="de")
    wish = "request | a {thriller|value wanted} please"
    assert (await ann.conversation.turn(replace(ann.incoming(wish), server=german))).language == "de"
    await ann.conversation.choose(ann.incoming(), PersonalSettings(language="fr"))
    assert (await ann.conversation.turn(replace(ann.incoming(wish), server=german))).language == "fr"


@pytest.mark.parametrize("of", ["person", "server"])
async def test_nothing_is_shown_beyond_an_age_limit_nor_what_may_be(of_age, catalog, of):  # noqa: F811
    bob = of_age("bob")
    server = ServerSettings(age_limit=12) if of == "server" else ServerSettings()
    if of == "person":
        await bob.conversation.choose(bob.incoming(), PersonalSettings(age_limit=12))
    shown = []
    for wish in ("a {drama|value wanted}", "a {comedy|value wanted}", "{horror|value wanted}"):
        reply = await bob.conversation.turn(replace(bob.incoming(f"request | {wish}"), server=server))
        shown += reply.cards
    shown += (await bob.conversation.similar(replace(bob.incoming(), server=server), "1258")).cards
    assert shown
    assert all("Children" in catalog.get(card.item_id).values("genres") for card in shown)
    assert ("<=12", True) not in await bob.wants()


async def test_why_tells_of_the_last_slate_what_speaks_for_each_and_what_against(ann):
    await ann.rates("6", "like")
    shown = await ann.says("request | a {thriller|value wanted}")
    reply = await ann.conversation.why(ann.incoming())
    assert reply.private
    opening, *lines = reply.text.splitlines()
    assert opening == "Why I showed you these:"
    assert [line.split(": ")[0] for line in lines] == [card.name for card in shown.cards]
    assert all("because you liked Heat (1995)" in line and "it fits: thriller" in line for line in lines)


async def test_why_tells_of_an_item_which_wishes_it_does_not_meet(ann):
    await ann.says("request | a {thriller|value wanted}, no {horror|value unwanted}")
    reply = await ann.conversation.why(ann.incoming(), ["1258"])
    assert "The Shining (1980)" in reply.text
    assert "it does not fit: thriller, no horror" in reply.text


async def test_why_says_if_nothing_was_shown_or_the_catalogue_has_lost_it(ann):
    assert "/recommend" in (await ann.conversation.why(ann.incoming())).text
    assert "any more" in (await ann.conversation.why(ann.incoming(), ["gone"])).text


async def test_what_is_like_an_item_is_found_by_its_id_and_nothing_is_believed(ann):
    reply = await ann.conversation.similar(ann.incoming(), "3404")
    assert "Titanic" in reply.opening
    assert len(reply.cards) == 3
    assert "3404" not in [card.item_id for card in reply.cards]
    assert (await ann.is_known()).preference.opinions == {}
