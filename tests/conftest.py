"""A small catalogue of real films, whose right answers can be read off."""

import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType

import pytest

from domain.catalog import Catalog, Item, Measure, Vocabulary

FILMS = (
    # id, title, year, genres, length, popularity, other names
    ("6", "Heat", 1995, "Action|Crime|Thriller", 170, 100, ""),
    ("608", "Fargo", 1996, "Comedy|Crime|Drama|Thriller", 98, 200, ""),
    ("1721", "Titanic", 1997, "Drama|Romance", 194, 140, ""),
    ("3404", "Titanic", 1953, "Action|Drama", 98, 5, ""),
    ("1214", "Alien", 1979, "Horror|Sci-Fi", 117, 146, ""),
    ("1387", "Jaws", 1975, "Action|Horror", 124, 91, ""),
    ("47", "Seven", 1995, "Mystery|Thriller", 127, 203, "Se7en"),
    ("50", "The Usual Suspects", 1995, "Crime|Mystery|Thriller", 106, 204, ""),
    ("1", "Toy Story", 1995, "Adventure|Animation|Children|Comedy", 81, 215, ""),
    ("3114", "Toy Story 2", 1999, "Adventure|Animation|Children|Comedy", 92, 97, ""),
    ("260", "Star Wars: Episode IV - A New Hope", 1977, "Action|Adventure|Sci-Fi", 121, 251, ""),
    ("68954", "Up", 2009, "Adventure|Animation|Children|Drama", 96, 105, ""),
    ("7147", "It", 1990, "Drama|Horror|Mystery|Thriller", 192, 20, ""),
    ("79132", "Inception", 2010, "Action|Crime|Drama|Mystery|Sci-Fi|Thriller", 148, 143, ""),
    ("4993", "The Lord of the Rings: The Fellowship of the Ring", 2001, "Adventure|Fantasy", 178, 198, ""),
    ("2116", "The Lord of the Rings", 1978, "Adventure|Animation|Children|Fantasy", None, 10, ""),
    ("356", "Forrest Gump", 1994, "Comedy|Drama|Romance|War", 142, 329, ""),
    ("2028", "Saving Private Ryan", 1998, "Action|Drama|War", 170, 188, ""),
    ("1258", "The Shining", 1980, "Horror", 119, 109, ""),
    ("914", "My Fair Lady", 1964, "Comedy|Drama|Musical|Romance", None, 35, ""),
    ("858", "The Godfather", 1972, "Crime|Drama", 175, 192, ""),
    ("2959", "Fight Club", 1999, "Action|Crime|Drama|Thriller", 139, 218, ""),
    ("5902", "Adaptation", 2002, "Comedy|Drama|Romance", 114, 60, ""),
    ("4973", "Amélie", 2001, "Comedy|Romance", 122, 120, "Le fabuleux destin d'Amélie Poulain"),
)

TITLES = {"858": {"de": "Der Pate", "zh-CN": "教父"}, "50": {"de": "Die üblichen Verdächtigen", "zh-CN": "非常嫌疑犯"}}

WORDS = Path(__file__).parents[1] / "training" / "words" / "generic.toml"
ASKING = tuple(tomllib.loads(WORDS.read_text(encoding="utf-8"))["asking"].split())


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return Catalog([_item(*film) for film in FILMS], VOCABULARY)


def _item(item_id, title, year, genres, length, popularity, others):
    attributes = {"genres": tuple(genres.split("|")), **({"length": float(length)} if length else {})}
    return Item(
        item_id, title, year, None, tuple(filter(None, [others])), popularity, MappingProxyType(attributes),
        titles=TITLES.get(item_id, {}),
    )  # fmt: skip


VOCABULARY = Vocabulary(
    noun=("film", "films"),
    nouns=("film", "films", "movie", "movies"),
    asking=ASKING,
    synonyms={
        "tense": (("genres", "Thriller"),),
        "scary": (("genres", "Horror"),),
        "funny": (("genres", "Comedy"),),
        "funnier": (("genres", "Comedy"),),
        "romcom": (("genres", "Romance"), ("genres", "Comedy")),
        "zombies": (("genres", "Horror"),),
        "action": (("genres", "Action"),),
        "喜剧": (("genres", "Comedy"),),
    },
    measures={
        "length": Measure(
            {"minutes": 1, "hours": 60, "hour": 60, "分钟": 1, "小时": 60}, ("short",), ("long",), 100, 150
        ),
        "year": Measure({}, ("old", "classic"), ("new", "recent"), 1980, 2010),
    },
    ask=("genres",),
    untold=("soundtrack",),
    common_nouns=("genres",),
    heads=("Comedy", "Drama", "Thriller"),
    modifiers=("Crime", "War"),
    translations={"en": {"Children": "family"}, "zh-CN": {"film": "电影", "Comedy": "喜剧"}},
)


@pytest.fixture
def threads():
    """Where models run."""
    with ThreadPoolExecutor(1) as threads:
        yield threads
