from types import MappingProxyType

from bot.policy import options
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
