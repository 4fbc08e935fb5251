from types import MappingProxyType

from bot.acts import Answer, Say
from bot.history import Person, Shown
from bot.policy import decide, options
from bot.understanding import Mention, Understanding
from domain.catalog import Catalog, Item


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
