"""Wishes for people, by any role and by their last names."""

from types import MappingProxyType

import pytest

from bot.wishes import Wishes
from domain.catalog import Catalog, Item, Vocabulary
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
