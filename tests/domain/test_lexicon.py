"""Which words stand for which values: in any form, misspelt, of any language that the vocabulary has."""

from dataclasses import replace

import pytest

from domain.catalog import Catalog, Item, Vocabulary
from domain.lexicon import Lexicon
from domain.searching import names
from tests.priced import PRICED

COMEDY = (("genres", "Comedy"),)
KUROSAWA, DEL_TORO = (("director", "Akira Kurosawa"),), (("director", "Guillermo del Toro"),)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon(PRICED)


@pytest.mark.parametrize(
    "words",
    [
        "comedy", "Comedy", "COMEDIES", "comedys", "comdy", "comedy films", "funny", "funniest", "funny movies", "喜剧",
        "喜剧的", "喜剧片", "喜剧类", "喜剧题材的",
        "comedia",
    ],
)  # fmt: skip
def test_a_value_is_found_by_any_of_its_words(lexicon: Lexicon, words: str) -> None:
    assert lexicon.values(words) == COMEDY


@pytest.mark.parametrize("words", ["a comedy", "the comedies", "a funny film"])
def test_an_article_does_not_hide_a_value(lexicon: Lexicon, words: str) -> None:
    assert lexicon.values(words) == COMEDY


@pytest.mark.parametrize("words", ["sci-fi", "scifi", "Sci Fi"])
def test_a_value_of_two_words_may_be_written_as_one(lexicon: Lexicon, words: str) -> None:
    assert lexicon.values(words) == (("genres", "Sci-Fi"),)


def test_a_word_may_ask_for_either_of_two_values(lexicon: Lexicon) -> None:
    assert lexicon.values("romcoms") == (("genres", "Romance"), ("genres", "Comedy"))


@pytest.mark.parametrize("words", ["", "films", "😀", "remedy", "space opera", "a heist with a twist", "x" * 4_000])
def test_what_stands_for_nothing_in_the_catalogue_is_no_value(lexicon: Lexicon, words: str) -> None:
    assert lexicon.values(words) == ()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Akira Kurosawa", KUROSAWA), ("akira kurosawa's", KUROSAWA), ("Akira Kurasawa", KUROSAWA),
        ("kurosawa", KUROSAWA), ("Kurosawas", KUROSAWA), ("del toro", DEL_TORO), ("Guillermo del Toro", DEL_TORO),
        ("Celine Song", (("director", "Celine Song"),)), ("Kate Winslett", (("cast", "Kate Winslet"),)),
    ],
)  # fmt: skip
def test_somebody_is_found_by_name_also_misspelt(
    lexicon: Lexicon, words: str, expected: tuple[tuple[str, str], ...]
) -> None:
    assert lexicon.people(words) == expected


def test_who_directs_may_play_as_well(lexicon: Lexicon) -> None:
    assert set(lexicon.people("Clint Eastwood")) == {("director", "Clint Eastwood"), ("cast", "Clint Eastwood")}


@pytest.mark.parametrize("words", ["song", "Mann", "toro", "Tom Hanks", "", "👻", "Akira"])
def test_a_name_that_few_know_by_itself_or_nobody_has_is_nobody(lexicon: Lexicon, words: str) -> None:
    assert lexicon.people(words) == ()


def test_a_value_is_found_by_what_it_is_called_in_another_language() -> None:
    words = replace(PRICED.vocabulary, translations={"de": {"Comedy": "Komödie"}})
    lexicon = Lexicon(Catalog(list(PRICED), words))
    assert lexicon.values("komödie") == lexicon.values("eine Komödie") == COMEDY
    assert lexicon.values("Tragödie") == ()


@pytest.fixture(scope="module")
def described() -> Lexicon:
    told = {"theme": ("cold war", "spies", "dogs"), "mood": ("tense",), "director": ("War Cold",), "country": ("UK",)}
    items = [Item(str(n), f"Film {n}", 2000, attributes=told | {"director": (f"Director {n}",)}) for n in range(9)]
    synonyms = {"tense": (("theme", "spies"),), "british": (("country", "UK"),)}
    words = Vocabulary(nouns=("film", "films"), telling=("director", "theme", "mood"), synonyms=synonyms)
    return Lexicon(Catalog(items, words))


@pytest.mark.parametrize(
    ("words", "values", "is_whole"),
    [
        ("cold war spies", ["cold war", "spies"], True),
        ("the tense cold war", ["tense", "cold war"], True),
        ("a dog that talks", ["dogs"], False),
        ("stamp licking", [], False),
        ("british spies", ["UK", "spies"], True),
        ("films of british spies", ["spies"], False),
        ("british spies films", ["UK", "spies"], True),
        ("british stamps", [], False),
        ("by Director 1 with spies", ["spies"], False),
    ],
)
def test_parts_of_a_description_stand_for_values_that_are_no_names(
    described: Lexicon, words: str, values: list[str], *, is_whole: bool
) -> None:
    pairs, whole = described.within(words)
    assert ([value for _, value in pairs], whole) == (values, is_whole)


def test_a_value_by_its_own_name_is_no_other_one(described: Lexicon) -> None:
    assert described.values("tense") == (("mood", "tense"),)


@pytest.mark.parametrize("words", ["巩俐", "巩俐演", "巩俐主演", "由巩俐主演"])
def test_a_name_without_spaces_is_found_with_what_stands_right_beside_it(words: str) -> None:
    synonyms = {"巩俐": (("cast", "Gong Li"),)}
    catalog = Catalog([Item("a", "A", attributes={"cast": ("Gong Li",)})], Vocabulary(synonyms=synonyms))
    assert Lexicon(catalog).people(words) == (("cast", "Gong Li"),)
    assert Lexicon(catalog).people("巩俐的女儿小红") == ()


def office() -> Catalog:
    """A shop: 101 brands of which most are one word, and things whose names look like one."""
    brands = ["Staples", "HP", "Sharpie", "Paper Mate", *(f"Brand{n}" for n in range(97))]
    items = [Item(str(n), f"Paper clips {n}", attributes={"brand": (brand,)}) for n, brand in enumerate(brands * 4)]
    taught = [Item(f"r{n}", f"R basics {n}", attributes={"topic": ("R",)}) for n in range(4)]
    return Catalog([*items, *taught, Item("s", "Swingline Stapler, Black")])


def test_a_word_of_the_things_themselves_is_no_brand_misspelt() -> None:
    lexicon = Lexicon(office())
    assert lexicon.values("stapler") == lexicon.values("staplers") == ()
    assert lexicon.values("sharpi") == lexicon.values("Sharpie") == (("brand", "Sharpie"),)


@pytest.mark.parametrize(
    ("words", "value"),
    [("hp", ("brand", "HP")), ("R", ("topic", "R")), ("paper mate", ("brand", "Paper Mate"))],
)
def test_a_value_may_be_as_short_as_it_is(words: str, value: tuple[str, str]) -> None:
    assert Lexicon(office()).values(words) == (value,)


def test_brands_are_names_and_found_where_somebody_is_looked_for() -> None:
    assert names(office()) == {"brand"}
    assert Lexicon(office()).people("sharpie") == (("brand", "Sharpie"),)


@pytest.mark.parametrize("words", ["data science", "DataScience", "datascience", "data-science"])
def test_a_value_that_is_written_as_an_identifier_is_found_by_its_words(words: str) -> None:
    courses = [Item(str(n), "First steps", attributes={"topic": ("DataScience",)}) for n in range(9)]
    assert Lexicon(Catalog(courses)).values(words) == (("topic", "DataScience"),)


def test_a_brand_whose_name_tells_what_things_are_is_no_word_for_them() -> None:
    items = [Item(f"e{n}", f"Poly envelopes {n}", attributes={"brand": (f"Maker{n}",)}) for n in range(120)]
    own = [Item("own", "Envelopes, white", attributes={"brand": ("Envelopes",)})]
    zebra = [Item(f"z{n}", f"Zebra pen {n}", attributes={"brand": ("Zebra",)}) for n in range(3)]
    columbian = [Item("c", "Window envelopes", popularity=900, attributes={"brand": ("Columbian Envelopes",)})]
    lexicon = Lexicon(Catalog([*items, *own, *zebra, *columbian]))
    assert lexicon.values("envelopes") == lexicon.people("envelopes") == ()
    assert lexicon.values("zebra") == (("brand", "Zebra"),)


def test_a_word_of_another_language_is_none_misspelt() -> None:
    cursed = Lexicon(Catalog([Item("1", "One", attributes={"theme": ("curse",)})]))
    assert cursed.values("cursee") == (("theme", "curse"),)
    assert cursed.values("cursi") == ()  # soppy, in Spanish


@pytest.mark.parametrize(
    ("words", "value"), [("Tieren", "animals"), ("Tiere", "animals"), ("sorcières", "witches"), ("sorcière", "witches")]
)
def test_a_word_of_another_language_is_known_in_its_other_forms(words: str, value: str) -> None:
    told = {"tiere": (("theme", "animals"),), "sorcière": (("theme", "witches"),)}
    themes = ("animals", "witches", "games")
    items = [Item(str(n), f"Film {n}", 2000, attributes={"theme": themes}) for n in range(9)]
    assert Lexicon(Catalog(items, Vocabulary(synonyms=told))).values(words) == (("theme", value),)


def test_a_name_of_a_language_is_told_apart_from_that_of_a_country() -> None:
    called = Vocabulary(translations={"fr": {"French": "français", "France": "français"}})
    values = {"country": ("France",), "language": ("French",)}
    lexicon = Lexicon(Catalog([Item(str(n), f"Film {n}", 2000, attributes=values) for n in range(9)], called))
    assert lexicon.of("language", "français") == (("language", "French"),)
    assert lexicon.of("language", "allemand") == ()


def test_a_foreign_word_is_no_other_one_misspelt():
    lexicon = Lexicon(Catalog([Item("1", "Rex", attributes={"theme": ("dinos",)})]))
    assert lexicon.values("dinoz")
    assert not lexicon.values("niños")


def test_a_last_name_is_somebodys_where_a_person_is_meant(lexicon: Lexicon) -> None:
    assert lexicon.people("villeneuve") == (("director", "Denis Villeneuve"),)
    assert lexicon.values("villeneuve") == ()  # too few know him for a word of any message
