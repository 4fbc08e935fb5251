"""Wishes for people, by any role and by their last names."""

from types import MappingProxyType

import pytest

from bot.wishes import Wishes
from domain.catalog import Catalog, Item, Measure, Vocabulary
from domain.phrases import Phrases

FILMS = (
    # title, director, cast, popularity
    ("Ran", "Akira Kurosawa", "Tatsuya Nakadai", 400),
    ("That Thing You Do!", "Tom Hanks", "Tom Everett Scott|Liv Tyler", 300),
    ("Big", "Penny Marshall", "Tom Hanks|Elizabeth Perkins", 300),
    ("Pan's Labyrinth", "Guillermo del Toro", "Ivana Baquero|Maribel Verdú", 400),
    ("Amnesia", "Nobody Known", "Ursina Glimpflinger", 1),
    *((f"Filler {n}", f"Director Number{n}x", f"Actor Number{n}y", 20) for n in range(60)),
)


@pytest.fixture(scope="module")
def wishes() -> Wishes:
    items = [
        Item(
            str(n),
            title,
            2000,
            popularity=popularity,
            attributes=MappingProxyType(
                {"director": (director,), "cast": tuple(cast.split("|")), "genres": ("Drama",)}
            ),
        )
        for n, (title, director, cast, popularity) in enumerate(FILMS)
    ]
    return Wishes(Catalog(items, Vocabulary(ask=("genres",))), Phrases.load())


def test_who_is_named_may_have_done_anything(wishes: Wishes) -> None:
    assert set(wishes.pairs_of("Tom Hanks")) == {("director", "Tom Hanks"), ("cast", "Tom Hanks")}


@pytest.mark.parametrize(
    ("said", "pairs"),
    [
        ("Kurosawa", (("director", "Akira Kurosawa"),)),
        ("del toro", (("director", "Guillermo del Toro"),)),
        ("scott", ()),  # an ordinary word
        ("glimpflinger", ()),  # hardly known
    ],
)
def test_the_well_known_are_called_by_their_last_names(wishes: Wishes, said: str, pairs: object) -> None:
    assert wishes.pairs_of(said) == pairs


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("my daughter is 8, find us a horror film", "<=8"),
        ("something for my 6 year old", "<=6"),
        ("我女儿5岁，想看动画片", "<=5"),
        ("my son, 11, loves robots", "<=11"),
        ("my brother is 34", None),
        ("the boys are 90 minutes late", None),
    ],
)
def test_how_old_somebody_is_limits_what_is_shown(text: str, limit: str | None) -> None:
    vocabulary = Vocabulary(ask=("genres",), measures={"age": Measure()})
    wishes = Wishes(Catalog([Item("1", "Up", attributes=MappingProxyType({"age": 4.0}))], vocabulary), Phrases.load())
    found = [c.value for c in wishes.constraints(text, [], []) if c.attribute == "age"]
    assert found == ([limit] if limit else [])
