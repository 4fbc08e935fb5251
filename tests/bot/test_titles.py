import pytest

from bot.titles import Titles
from domain.catalog import Catalog, Item
from domain.linking import Linker

FILMS = (
    Item("1", "Ghostbusters", 1984, popularity=300),
    Item("2", "Ghost", 1990, popularity=100),
    Item("3", "It's a Wonderful Life", 1946, popularity=90),
    Item("4", "It", 2017, popularity=10),
    Item("5", "Heat", 1995, popularity=200),
    Item("6", "Heat", 1986, popularity=5),
    Item("7", "The Godfather", 1972, popularity=250),
    Item("8", "The Godfather: Part II", 1974, popularity=150),
    Item("9", "The Shawshank Redemption", 1994, popularity=400),
    Item("10", "Seven Samurai", 1954, popularity=60, other_names=("Shichinin no samurai",)),
    Item("11", "Blade Runner 2049", 2017, popularity=50),
    Item("12", "$", 1971, popularity=2),
)


@pytest.fixture(scope="module")
def titles():
    catalog = Catalog(FILMS)
    return Titles(catalog, Linker(catalog))


def ids(found):
    return [item_id for item_id, _ in found]


@pytest.mark.parametrize(
    ("typed", "called"),
    [
        ("Ghost", ["2"]),
        ("it", ["4"]),
        ("heat", ["5", "6"]),
        ("heat 1995", ["5"]),
        ("Heat (1986)", ["6"]),
        ("godfather", ["7"]),
        ("shichinin no samurai", ["10"]),
        ("blade runner 2049", ["11"]),
        ("$", ["12"]),
        ("t", []),
        ("ghostbuster", []),
        ("", []),
        ("!!!", []),
    ],
)
def test_a_title_is_called_what_its_whole_name_is(titles, typed, called):
    assert ids(titles.called(typed)) == called


@pytest.mark.parametrize(
    ("typed", "likeliest"),
    [
        ("ghost", ["2", "1"]),
        ("it", ["4", "3"]),
        ("t", ["9", "7", "8"]),
        ("redem", ["9"]),
        ("heat 19", ["5", "6"]),
        ("godfahter", ["7", "8"]),
        ("godfahter 1974", ["8"]),
        ("heat 2011", ["5", "6"]),
        ("blade runer 2049", ["11"]),
        ("haet", ["5", "6"]),
        ("sevne samuria", ["10"]),
        ("no such film", []),
        ("!!!", []),
    ],
)
def test_what_may_be_meant_is_found_with_typos_and_a_wrong_year(titles, typed, likeliest):
    assert ids(titles.like(typed, 25)) == likeliest


def test_nothing_typed_may_become_anything_the_popular_first(titles):
    assert ids(titles.like("", 3)) == ["9", "1", "7"]


def test_no_more_are_found_than_are_wanted_and_each_once(titles):
    assert ids(titles.like("t", 2)) == ["9", "7"]
    assert ids(titles.like("heat", 1)) == ["5"]


@pytest.mark.parametrize(("typed", "times"), [("godfahter", 1), ("no such film 1995", 3)])
def test_what_is_misspelt_is_looked_for_once_a_way_of_reading_it(titles, monkeypatch, typed, times):
    asked = []
    columns = titles._linker.columns
    monkeypatch.setattr(titles._linker, "columns", lambda *a, **more: asked.append(a) or columns(*a, **more))
    titles.like(typed, 25)
    assert len(asked) == times
