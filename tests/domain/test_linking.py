import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.catalog import Catalog, Item, Vocabulary
from domain.linking import Linker, mask, normal, overlaps


@pytest.fixture(scope="module")
def linker(catalog):
    return Linker(catalog)


def named(linker, catalog, text):
    return [(text[k.start : k.end], catalog[k.columns[0]].name) for k in linker.link(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I loved Heat and fargo", [("Heat", "Heat (1995)"), ("fargo", "Fargo (1996)")]),
        ("titanic", [("titanic", "Titanic (1997)")]),
        ("Titanic (1953) is older", [("Titanic (1953)", "Titanic (1953)")]),
        ("titanic 1953", [("titanic 1953", "Titanic (1953)")]),
        ("usual suspects was clever", [("usual suspects", "The Usual Suspects (1995)")]),
        ("toy story 2, then toy story", [("toy story 2", "Toy Story 2 (1999)"), ("toy story", "Toy Story (1995)")]),
        ("star wars", [("star wars", "Star Wars: Episode IV - A New Hope (1977)")]),
        ("lord of the rings", [("lord of the rings", "The Lord of the Rings: The Fellowship of the Ring (2001)")]),
        ("LOTR please", [("LOTR", "The Lord of the Rings: The Fellowship of the Ring (2001)")]),
        ("saving privat ryan", [("saving privat ryan", "Saving Private Ryan (1998)")]),
        ("usaul suspecst and heat", [("usaul suspecst", "The Usual Suspects (1995)"), ("heat", "Heat (1995)")]),
        ("I loved Her and Up", [("Up", "Up (2009)")]),
        ("I saw Up and Heat", [("Up", "Up (2009)"), ("Heat", "Heat (1995)")]),
        ('I LOVED "ALIEN"', [("ALIEN", "Alien (1979)")]),
        ("Jaws Part Two", []),
        ("We loved Up, but not Jaws", [("Up", "Up (2009)"), ("Jaws", "Jaws (1975)")]),
        ("I watched Incepton", [("Incepton", "Inception (2010)")]),
        ("se7en and amelie", [("se7en", "Seven (1995)"), ("amelie", "Amélie (2001)")]),
        ("我喜欢Heat和Fargo", [("Heat", "Heat (1995)"), ("Fargo", "Fargo (1996)")]),
        ("Inception 2 was fun", []),
        ("I loved Alien (2019)", []),
        ("I loved Fargo Nights", []),
        ("We saw Crimson Heat", []),
        ("I saw Inception 3 times", [("Inception", "Inception (2010)")]),
        ("it was up to her", []),
        ("what's up", []),
        ("Have you seen It? And Up?", [("It", "It (1990)"), ("Up", "Up (2009)")]),
        ("i loved up", [("up", "Up (2009)")]),
        ("I liked Jaws, Up, Seven", [("Jaws", "Jaws (1975)"), ("Up", "Up (2009)"), ("Seven", "Seven (1995)")]),
        ("i loved it", []),
        ("nothing here", []),
        ("'; DROP TABLE films; --", []),
    ],
)
def test_items_are_found_as_people_type_them(linker, catalog, text, expected):
    assert named(linker, catalog, text) == expected


def test_a_whole_text_names_an_item_even_if_its_words_are_common(linker, catalog):
    assert catalog[linker.named("up")[0]].title == "Up"
    assert linker.named("nonsense words") == ()


def test_a_remake_is_told_apart_by_its_year_only(linker, catalog):
    years = [catalog[c].year for c in linker.link("titanic")[0].columns]
    assert years == [1997, 1953]


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_gives_ordered_spans_within_it(text):
    linker = Linker(
        Catalog([Item("1", "Heat", 1995), Item("2", "Let the Right One In", 2008), Item("3", "Straße", 2000)])
    )
    end = 0
    for link in linker.link(text):
        assert end <= link.start < link.end <= len(text)
        end = link.end


def test_normal_form_has_no_case_accents_or_apostrophes():
    assert normal("Amélie & the Director's Cut II") == "amelie and the directors cut 2"


def test_a_series_is_called_by_what_its_titles_share():
    parts = ("Philosopher's Stone", "Goblet of Fire")
    items = [Item(str(n), f"Harry Potter and the {part}", 2001 + n, popularity=9 - n) for n, part in enumerate(parts)]
    linker = Linker(Catalog(items))
    assert [link.columns[0] for link in linker.link("I like harry potter")] == [0]


def test_the_tail_of_a_title_may_be_left_out():
    catalog = Catalog([Item("1", "The Life Aquatic with Steve Zissou", 2004), Item("2", "Gone with the Wind", 1939)])
    assert named(Linker(catalog), catalog, "hated The Life Aquatic")[0][1].startswith("The Life Aquatic with")
    assert named(Linker(catalog), catalog, "the dog is gone") == []


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("I loved Titanic from 1953", [1953]),
        ("I loved the 1953 Titanic", [1953]),
        ("Titanic from 1953", [1953]),
        ("I loved Titanic from 2019", []),
        ("I loved the 2019 Titanic", []),
        ("I loved Titanic", [1997]),
        ("films like Titanic from 2019", [1997]),
    ],
)
def test_the_year_beside_a_title_is_its_own(catalog, text, years):
    assert [catalog[link.columns[0]].year for link in Linker(catalog).link(text)] == years


def test_of_namesakes_the_one_that_was_named_before_is_meant(catalog):
    linker, older = Linker(catalog), catalog.column("3404")
    assert [link.columns[0] for link in linker.link("I loved Titanic", {older})] == [older]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("loved Mononoke", "Princess Mononoke"),
        ("have you seen the empire strikes back?", "Star Wars: Episode V - The Empire Strikes Back"),
        ("watched goblet of fire again", "Harry Potter and the Goblet of Fire"),
        ("fury road was great", "Mad Max: Fury Road"),
    ],
)
def test_what_tells_a_title_from_others_names_it(text, title):
    titles = ("Princess Mononoke", "Star Wars: Episode V - The Empire Strikes Back", "Mad Max: Fury Road", "Mad Max")
    more = ("Harry Potter and the Goblet of Fire", "Harry Potter and the Half-Blood Prince")
    items = [Item(str(at), name, None, popularity=100) for at, name in enumerate((*titles, *more))]
    catalog = Catalog(items, Vocabulary())
    assert [catalog[link.columns[0]].title for link in Linker(catalog).link(text)] == [title]


def test_of_a_series_the_one_that_is_called_so_is_meant_whatever_was_named_before():
    wick, sequel = Item("1", "John Wick", 2014, popularity=90), Item("2", "John Wick: Chapter 2", 2017, popularity=90)
    old = Item("3", "John Wick", 1950, popularity=1)
    linker = Linker(Catalog([wick, sequel, old], Vocabulary()))
    assert linker.link("I loved John Wick", earlier={1})[0].columns[0] == 0
    assert linker.link("I loved John Wick", earlier={2})[0].columns[0] == 2


def test_any_film_may_have_a_part_two():
    catalog = Catalog([Item("1", "The Godfather: Part II", 1974, popularity=300), Item("2", "Heat", 1995)])
    assert Linker(catalog).link("I don't like part 2") == []
    assert [link.columns for link in Linker(catalog).link("I liked The Godfather: Part II")] == [(0,)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I loved heat and the lord of the rings", ["heat", "the lord of the rings"]),
        ("up and it", ["up", "it"]),
        ("toy story 2 was fun", ["toy story 2"]),
        ("我喜欢Heat", ["Heat"]),
        ("saving privat ryan", []),
        ("", []),
    ],
)
def test_a_name_by_the_letter_is_found_wherever_it_stands(linker, text, expected):
    assert [text[start:end] for start, end in sorted(linker.exact(text))] == expected


@pytest.mark.parametrize(
    ("words", "years", "expected"),
    [
        ("Heat", (), "Heat (1995)"),
        ("the movie heat", (), "Heat (1995)"),
        ("heat 1995", (1995,), "Heat (1995)"),
        ("titanic", (), "Titanic (1997)"),
        ("titanic", (1953,), "Titanic (1953)"),
        ("titanic (1953)", (1953,), "Titanic (1953)"),
        ("titanic", (1996,), "Titanic (1997)"),
        ("Titanic (1970)", (1970,), None),
        ("lotr", (), "The Lord of the Rings: The Fellowship of the Ring (2001)"),
        ("saving privat ryan", (), "Saving Private Ryan (1998)"),
        ("toy story two", (), "Toy Story 2 (1999)"),
        ("toy story 9", (), None),
        ("the matrix", (), None),
        ("heet", (), None),
        ("", (), None),
    ],
)
def test_words_that_are_a_title_name_an_item(linker, catalog, words, years, expected):
    columns = linker.columns(words, (), years)
    assert (catalog[columns[0]].name if columns else None) == expected


def test_of_several_of_a_name_the_one_that_was_spoken_of_is_meant(linker, catalog):
    older = catalog.column("3404")
    assert linker.columns("Titanic", {older})[0] == older


def test_what_is_masked_stays_in_its_place():
    text = "I loved Heat, 真的"
    assert mask(text, [(2, 7), (8, 12)]) == "I @@@@@ @@@@, 真的"
    assert mask(text, []) == text


@pytest.mark.parametrize(("span", "shared"), [((0, 2), False), ((0, 3), True), ((4, 9), True), ((5, 9), False)])
def test_places_overlap_that_share_a_code_point(span, shared):
    assert overlaps(*span, [(2, 5)]) == shared
