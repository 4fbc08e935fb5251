"""What people do to what is held about them, over a conversation with a store."""

import sqlite3

import pytest

from bot import profile
from bot.history import History, Person, PersonalSettings, Saved
from bot.profile import wish_token, wishes_of
from bot.texts import NAMES
from domain.phrasing import Phrasing
from domain.preference import Constraint, Opinion
from tests.bot.test_conversation import converse, history  # noqa: F401 - fixtures

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
    change = profile.save(full, catalog.get("608"))
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
