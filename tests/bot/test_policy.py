from dataclasses import replace
from types import MappingProxyType

from bot.acts import Answer, Ask, Say
from bot.history import Person, Shown
from bot.policy import decide, options
from bot.understanding import Asked, Mention, Question, Understanding
from domain.catalog import Catalog, Item
from domain.preference import Constraint, Opinion, Preference


def films(*genres):
    items = [Item(str(n), f"Film {n}", attributes=MappingProxyType({"genres": g})) for n, g in enumerate(genres)]
    return Catalog(items)


def test_a_question_names_the_values_that_most_candidates_have():
    catalog = films(("War",), ("War",), ("War",), ("Crime",), ("Crime",), ("Drama",), ("Horror",), ("Comedy",))
    assert options(catalog, "genres", range(8), 2) == ("War", "Crime")
    assert options(catalog, "genres", range(3, 8), 2)[0] == "Crime"


def test_nothing_is_asked_that_would_not_tell_candidates_apart():
    assert options(films(*[("War",)] * 8), "genres", range(8)) == ()
    assert options(films(*[()] * 8), "genres", range(8)) == ()
    assert options(films(("War",), ("Crime",)), "genres", range(2)) == ()


SEVERAL = Person("p", shown=(Shown("6", 1), Shown("608", 1)), asked=("genres",))
ONE = Person("p", shown=(Shown("6", 1),))


def test_a_question_about_nothing_is_not_answered_by_what_was_shown(catalog):
    """ "What's the capital of Peru?" """
    asked = Understanding("ask_item")
    assert decide(asked, SEVERAL, catalog) == Say("unclear")
    assert isinstance(decide(asked, ONE, catalog), Answer)
    assert isinstance(decide(Understanding("ask_item", asks="length"), SEVERAL, catalog), Answer)


def test_who_loves_what_was_shown_is_shown_more_and_who_takes_it_is_wished_joy(catalog):
    loved, taken = Mention("6", 0, 4, polarity=1), Mention("6", 0, 4)
    assert decide(Understanding("accept", (loved,)), SEVERAL, catalog) == "recommend"
    joy = Say("enjoy", kind="close", item=catalog.get("6"))
    assert decide(Understanding("accept", (taken,)), SEVERAL, catalog) == joy


def test_a_correction_that_says_what_is_liked_is_answered_by_films(catalog):
    liked = (Mention("6", 0, 4, polarity=1),)
    assert decide(Understanding("correct", liked), SEVERAL, catalog) == "recommend"
    assert decide(Understanding("correct", liked, withdrawn=frozenset({"6"})), SEVERAL, catalog) == Say("corrected")


def test_what_is_sought_by_its_story_is_asked_after_where_nothing_else_is_known(catalog):
    sought = Understanding("recommend", by_plot=True)
    assert decide(sought, Person("p"), catalog) == Ask(None)
    crime = Preference(constraints=(Constraint("genres", "Crime"),))
    assert decide(sought, Person("p", preference=crime), catalog) == "recommend"
    assert decide(Understanding("recommend", surprise=True), Person("p"), catalog) == "recommend"


def test_a_complaint_that_takes_nothing_back_is_apologised_for(catalog):
    assert decide(Understanding("correct"), SEVERAL, catalog) == Say("misread")
    assert decide(Understanding("correct", forgets=("year",)), SEVERAL, catalog) == Say("corrected")


def test_i_meant_that_one_is_answered_with_what_is_known_of_it(catalog):
    meant = Understanding("correct", (Mention("6", 0, 4),), instead=True)
    assert decide(meant, SEVERAL, catalog) == Answer(catalog.get("6"))
    liked = Preference({"6": Opinion("6", "like", "message")})
    assert decide(meant, replace(SEVERAL, preference=liked), catalog) == "recommend"


def test_each_of_several_questions_is_answered_of_its_own_item(catalog):
    said = Understanding("ask_item", asks="length", about="6", asks_also=(Asked("608", value=("genres", "Comedy")),))
    act = decide(said, SEVERAL, catalog)
    assert (act.item.item_id, act.attribute) == ("6", "length")
    assert [(also.item.item_id, also.value) for also in act.also] == [("608", ("genres", "Comedy"))]


def test_of_these_means_what_was_shown_though_another_is_named(catalog):
    named = (Mention("47", 0, 5), Mention("50", 6, 9))
    said = Understanding("ask_item", named, about="47", extremes=(("year", True),), asks=Question.COMPARE, several=True)
    assert {item.item_id for item in decide(said, SEVERAL, catalog).among} == {"6", "608"}
