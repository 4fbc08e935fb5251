from dataclasses import replace

import numpy as np

from bot.likeness import BY_MEANING, BY_VALUES, KNOWN, Likeness
from domain.catalog import Catalog, Item, Vocabulary

NAMES = ("heist", "heist too", "romance", "unknown")
ITEMS = [
    Item("1", "A", attributes={"genres": ("Crime",), "theme": ("heist",), "place": ("Rome",)}),
    Item("2", "B", attributes={"genres": ("Crime",), "theme": ("heist",), "place": ("Oslo",)}),
    Item("3", "C", attributes={"genres": ("Romance",), "theme": ("first love",), "place": ("Rome",)}),
    Item("4", "D"),
]
FILLING = [Item(str(n), f"Filling {n}", attributes={"genres": ("Drama",)}) for n in range(5, 80)]
CATALOG = Catalog([*ITEMS, *FILLING], Vocabulary(ask=("genres",), telling=("theme",)))


def test_items_are_alike_by_the_values_that_tell_something():
    worth = Likeness(CATALOG, None).of(ITEMS[:1])
    assert np.isclose(worth[1], BY_VALUES)  # all that counts is the same
    assert worth[2] == 0  # to be set in the same place is not
    assert worth[3] == 0


def test_what_is_like_several_items_is_before_what_is_like_one_of_them():
    genres = (("War",), ("Noir",), ("War", "Noir"), ("War",), ("Noir",), *(("Drama",) for _ in range(60)))
    items = [Item(str(n), f"Film {n}", attributes={"genres": values}) for n, values in enumerate(genres)]
    both = Likeness(Catalog(items, Vocabulary(ask=("genres",))), None).of(items[:2])
    assert both[2] > both[3] > 0
    assert both[2] > both[4] > 0
    assert not Likeness(CATALOG, None).of([]).any()
    assert not Likeness(CATALOG, None).of([Item("none", "None")]).any()


def test_a_rare_value_counts_more_than_a_common_one():
    crowd = [Item(f"a{n}", "x", attributes={"genres": ("War" if n < 200 else "Noir",)}) for n in range(240)]
    one = Item("one", "y", attributes={"genres": ("War", "Noir")})
    worth = Likeness(Catalog([*crowd, one], Vocabulary(ask=("genres",))), None).of([one])
    assert worth[230] > worth[0] > 0


def test_what_texts_mean_counts_beside_what_all_of_them_have_in_common():
    vectors = np.ones((len(CATALOG), 4), dtype=np.float16)
    vectors[0, 0] = vectors[3, 0] = 3.0
    worth = Likeness(CATALOG, vectors).of(ITEMS[:1])
    assert np.isclose(worth[3], BY_MEANING, rtol=0.01)
    assert worth[2] < 0


def test_what_is_liked_counts_the_less_the_more_people_tell_of_it():
    well_known = replace(ITEMS[0], raters=3 * KNOWN)
    likeness = Likeness(CATALOG, None)
    assert np.isclose(likeness.of_liked(ITEMS[:1])[1], BY_VALUES)
    assert np.isclose(likeness.of_liked([well_known])[1], BY_VALUES / 4)
