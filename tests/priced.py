"""A small catalogue with directors, prices and ages, whose right answers can be read off."""

from types import MappingProxyType

from domain.catalog import Catalog, Item, Measure, Vocabulary

FILMS = (
    # id, title, year, genres, director, minutes, price, age, popularity, other names
    ("heat", "Heat", 1995, "Crime|Thriller", "Michael Mann", 170, 12, 16, 100, ""),
    ("heat-86", "Heat", 1986, "Action|Crime", "Dick Richards", 101, 5, 16, 5, ""),
    ("titanic", "Titanic", 1997, "Drama|Romance", "James Cameron", 194, 10, 12, 140, ""),
    ("titanic-53", "Titanic", 1953, "Drama|Romance", "Jean Negulesco", 98, 6, 0, 5, ""),
    ("seven", "Seven", 1995, "Crime|Thriller", "David Fincher", 127, 9, 18, 203, "Se7en"),
    ("toy", "Toy Story", 1995, "Animation|Comedy", "John Lasseter", 81, 15, 0, 215, ""),
    ("toy-2", "Toy Story 2", 1999, "Animation|Comedy", "John Lasseter", 92, 15, 6, 97, ""),
    ("blade", "Blade Runner", 1982, "Sci-Fi|Thriller", "Ridley Scott", 117, 9, 16, 146, ""),
    ("blade-2049", "Blade Runner 2049", 2017, "Sci-Fi|Thriller", "Denis Villeneuve", 164, 18, 12, 120, ""),
    ("arrival", "Arrival", 2016, "Drama|Sci-Fi", "Denis Villeneuve", 116, 14, 12, 130, ""),
    ("yojimbo", "Yojimbo", 1961, "Action|Drama", "Akira Kurosawa", 110, 20, 12, 220, ""),
    ("ran", "Ran", 1985, "Action|Drama", "Akira Kurosawa", 162, 20, 12, 220, ""),
    ("rashomon", "Rashomon", 1950, "Crime|Drama", "Akira Kurosawa", 88, 20, 12, 220, ""),
    ("labyrinth", "Pan's Labyrinth", 2006, "Drama|Horror", "Guillermo del Toro", 118, 9, 16, 220, ""),
    ("shape", "The Shape of Water", 2017, "Drama|Romance", "Guillermo del Toro", 123, 9, 16, 220, ""),
    ("hellboy", "Hellboy", 2004, "Action|Horror", "Guillermo del Toro", 122, 9, 12, 220, ""),
    ("2001", "2001: A Space Odyssey", 1968, "Drama|Sci-Fi", "Stanley Kubrick", 149, 8, 0, 150, ""),
    ("shining", "The Shining", 1980, "Horror|Thriller", "Stanley Kubrick", 119, 9, 16, 109, ""),
    ("1917", "1917", 2019, "Action|Drama", "Sam Mendes", 119, 16, 12, 90, ""),
    ("past-lives", "Past Lives", 2023, "Drama|Romance", "Celine Song", 106, 22, 6, 60, ""),
    ("past", "The Past", 2013, "Drama", "Asghar Farhadi", 130, 11, 12, 20, ""),
    ("amelie", "Amélie", 2001, "Comedy|Romance", "Jean-Pierre Jeunet", 122, 7, 6, 120, "天使爱美丽"),
    ("airplane", "Airplane!", 1980, "Comedy", "Jim Abrahams", 88, 4, 9, 95, ""),
    ("unforgiven", "Unforgiven", 1992, "Action|Drama", "Clint Eastwood", 130, 9, 16, 70, ""),
)
CAST = {"unforgiven": ("Clint Eastwood", "Gene Hackman"), "titanic": ("Kate Winslet",)}

VOCABULARY = Vocabulary(
    noun=("film", "films"),
    nouns=("film", "films", "movie", "movies", "片"),
    synonyms={
        "funny": (("genres", "Comedy"),),
        "romcom": (("genres", "Romance"), ("genres", "Comedy")),
        "space opera": (("genres", "Space Opera"),),
        "喜剧": (("genres", "Comedy"),),
        "comedia": (("genres", "Comedy"),),
    },
    measures={
        "length": Measure(
            {"minutes": 1, "hours": 60}, ("short", "corto", "kurz", "短"), ("long", "largo", "lang", "长"), 100, 150
        ),
        "year": Measure({}, ("old", "classic"), ("new", "recent"), 1980, 2010),
        "price": Measure({"dollars": 1}, ("cheap",), ("expensive",), 8, 15),
        "age": Measure(),
    },
    fame=Measure(low=("obscure",), high=("popular",)),
    ask=("genres",),
    common_nouns=("genres",),
)


def _item(item_id, title, year, genres, director, minutes, price, age, popularity, others):
    numbers = {"length": float(minutes), "price": float(price), "age": float(age)}
    cast = {"cast": CAST[item_id]} if item_id in CAST else {}
    attributes = {"genres": tuple(genres.split("|")), "director": (director,), **cast, **numbers}
    return Item(item_id, title, year, None, tuple(filter(None, [others])), popularity, MappingProxyType(attributes))


PRICED = Catalog([_item(*film) for film in FILMS], VOCABULARY)
