import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.catalog import Catalog, Item, Vocabulary
from domain.linking import Linker, mask, normal


@pytest.fixture(scope="module")
def linker(catalog):
    return Linker(catalog)


def named(catalog, words):
    """The name of the item that some words name, in a catalogue of its own linker."""
    columns = Linker(catalog).columns(words)
    return catalog[columns[0]].name if columns else None


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_gives_places_within_it_and_names_something_or_nothing(text):
    linker = Linker(
        Catalog([Item("1", "Heat", 1995), Item("2", "Let the Right One In", 2008), Item("3", "Straße", 2000)])
    )
    end = 0
    for start, stop in sorted(linker.exact(text)):
        assert end <= start < stop <= len(text)
        assert linker.columns(text[start:stop])
        end = stop
    assert set(linker.columns(text)) <= {0, 1, 2}


def test_normal_form_has_no_case_accents_or_apostrophes():
    assert normal("Amélie & the Director's Cut II") == "amelie and the directors cut 2"


def test_a_series_is_called_by_what_its_titles_share():
    parts = ("Philosopher's Stone", "Goblet of Fire")
    items = [Item(str(n), f"Harry Potter and the {part}", 2001 + n, popularity=9 - n) for n, part in enumerate(parts)]
    assert Linker(Catalog(items)).columns("harry potter")[0] == 0


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("Mononoke", "Princess Mononoke"),
        ("the empire strikes back", "Star Wars: Episode V - The Empire Strikes Back"),
        ("goblet of fire", "Harry Potter and the Goblet of Fire"),
        ("fury road", "Mad Max: Fury Road"),
        ("the life aquatic", "The Life Aquatic with Steve Zissou"),
        ("the gone", None),
        ("part 2", None),
        ("godfather part two", "The Godfather: Part II"),
        ("kill bill 1", "Kill Bill: Vol. 1"),
        ("et", "E.T. the Extra-Terrestrial"),
        ("die eiskönigin", "Die Eiskönigin – Völlig unverfroren"),
    ],
)
def test_what_tells_a_title_from_others_names_it(words, title):
    titles = ("Princess Mononoke", "Star Wars: Episode V - The Empire Strikes Back", "Mad Max: Fury Road", "Mad Max")
    more = ("Harry Potter and the Goblet of Fire", "Harry Potter and the Half-Blood Prince", "The Godfather: Part II")
    some = (
        "The Life Aquatic with Steve Zissou",
        "Gone with the Wind",
        "Kill Bill: Vol. 1",
        "E.T. the Extra-Terrestrial",
    )
    more = (*more, "Die Eiskönigin – Völlig unverfroren")
    items = [Item(str(at), name, None, popularity=100) for at, name in enumerate((*titles, *more, *some))]
    assert named(Catalog(items, Vocabulary()), words) == title


def test_of_a_series_the_one_that_is_called_so_is_meant_whatever_was_named_before():
    wick, sequel = Item("1", "John Wick", 2014, popularity=90), Item("2", "John Wick: Chapter 2", 2017, popularity=90)
    old = Item("3", "John Wick", 1950, popularity=1)
    linker = Linker(Catalog([wick, sequel, old], Vocabulary()))
    assert linker.columns("John Wick", earlier={1})[0] == 0
    assert linker.columns("John Wick", earlier={2})[0] == 2


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
        ("usual suspects", (), "The Usual Suspects (1995)"),
        ("usaul suspecst", (), "The Usual Suspects (1995)"),
        ("star wars", (), "Star Wars: Episode IV - A New Hope (1977)"),
        ("se7en", (), "Seven (1995)"),
        ("amelie", (), "Amélie (2001)"),
        ("Incepton", (), "Inception (2010)"),
        ("Inception 2", (), None),
        ("Crimson Heat", (), None),
        ("Fargo Nights", (), None),
        ("'; DROP TABLE films; --", (), None),
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


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("heat and fargo", ["heat", "fargo"]),
        ("Heat, fargo y titanic", ["Heat", "fargo", "titanic"]),
        ("usaul suspecst, saving privat ryan, heat", ["usaul suspecst", "saving privat ryan", "heat"]),
        ("heat, and why not", []),
        ("heat,", []),
        ("heat", []),
    ],
)
def test_names_in_a_row_are_told_apart(linker, text, names):
    assert [text[start:end] for start, end in linker.listed(text)] == names


def test_what_joins_two_names_is_no_third():
    three = Linker(Catalog([Item("1", "E.T."), Item("2", "Heat"), Item("3", "Fargo")]))
    for text, names in (("Fargo et Heat", ["Fargo", "Heat"]), ("E.T. et Heat", ["E.T", "Heat"])):
        assert [text[start:end] for start, end in three.listed(text)] == names


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("leon de luc besson", "Léon: The Professional"),
        ("the 1994 leon film", "Léon: The Professional"),
        ("leon the sequel", None),
        ("what is leon about", None),
    ],
)
def test_what_is_known_of_an_item_tells_nothing_more_beside_its_name(words, title):
    leon = Item("1", "Léon: The Professional", 1994, attributes={"director": ("Luc Besson",)}, popularity=90)
    catalog = Catalog([leon], Vocabulary(nouns=("film",)))
    columns = Linker(catalog).within(words, lambda word: word in ("de", "the"))
    assert (catalog[columns[0]].title if columns else None) == title


def test_of_several_of_a_name_the_one_that_was_spoken_of_is_meant(linker, catalog):
    older = catalog.column("3404")
    assert linker.columns("Titanic", {older})[0] == older


def test_what_is_masked_stays_in_its_place():
    text = "I loved Heat, 真的"
    assert mask(text, [(2, 7), (8, 12)]) == "I @@@@@ @@@@, 真的"
    assert mask(text, []) == text


@pytest.mark.parametrize(
    ("text", "found"),
    [("他的教父很好", 0), ("我喜欢《教父》", 1), ("我喜欢教父第二集", 1), ("看过活着了", 1)],
)
def test_a_name_of_two_characters_counts_behind_a_bracket_or_where_it_is_the_title(text, found):
    items = [Item("1", "The Godfather", other_names=("教父", "教父第二集")), Item("2", "活着")]
    linker = Linker(Catalog(items))
    assert len(linker.exact(text)) == found
    assert linker.columns("教父") == (0,)


def test_a_subtitle_is_no_name_without_its_article():
    linker = Linker(Catalog([Item("1", "12.12: The Day"), Item("2", "Mad Max: Fury Road")]))
    assert not linker.exact("a rainy day")
    assert linker.columns("the day") == (0,)
    assert linker.columns("fury road") == (1,)


def test_words_beside_a_name_tell_which_of_two_that_have_it() -> None:
    catalog = Catalog(
        [
            Item("us", "Oldboy", 2013, popularity=90, attributes={"language": ("English",)}),
            Item("kr", "Old Boy", 2003, other_names=("Oldboy",), popularity=30, attributes={"language": ("Korean",)}),
        ]
    )
    linker = Linker(catalog)
    assert [catalog[c].item_id for c in linker.within("korean oldboy", lambda word: False)] == ["kr", "us"]
    assert [catalog[c].item_id for c in linker.within("the oldboy", lambda word: word == "the")] == ["us", "kr"]


def test_what_begins_as_one_well_known_title_does_is_that():
    country = Item("1", "No Country for Old Men", 2007, popularity=300)
    others = [Item("2", "North Country", 2005, popularity=90), Item("3", "Toy Story", 1995, popularity=300)]
    assert named(Catalog([country, *others]), "no country") == "No Country for Old Men (2007)"
    rival = Item("4", "No Country for Old Women", 2017, popularity=200)
    assert named(Catalog([country, *others, rival]), "no country") != "No Country for Old Men (2007)"
    assert named(Catalog([country, *others]), "toy") is None


def test_the_beginning_of_a_chinese_title_tells_the_only_one():
    dog = Item("1", "Hachi", 2009, titles={"zh-CN": "忠犬八公的故事"}, other_names=("忠犬八公的故事",), popularity=3)
    assert named(Catalog([dog, Item("2", "Heat", 1995)]), "忠犬八公") == "Hachi (2009)"


def test_a_rare_word_of_a_title_in_another_language_tells_it():
    amelie = Item("1", "Amelie", 2001, titles={"fr": "Le Fabuleux Destin d'Amélie Poulain"}, popularity=300)
    assert named(Catalog([amelie, Item("2", "Heat", 1995)]), "amélie poulain") == "Amelie (2001)"


def test_a_word_of_a_translated_title_tells_it_only_if_nobody_says_it_otherwise():
    spirited = Item("1", "Spirited Away", 2001, titles={"fr": "Le Voyage de Chihiro"}, popularity=90)
    soap = Item("2", "Soapdish", 1991, titles={"es": "Escándalo en el plató"}, popularity=90)
    assert named(Catalog([spirited, soap]), "chihiro") == "Spirited Away (2001)"
    assert named(Catalog([spirited, soap]), "plato") is None


def test_a_name_of_which_one_word_is_misspelt_is_found_in_a_text():
    films = [Item("1", "Black Panther", 2018), Item("2", "Armageddon", 1998, popularity=90)]
    linker = Linker(Catalog([*films, Item("3", "My Family", 1995), Item("4", "The Classic", 2003, popularity=90)]))

    def found(text):
        return [text[start:end] for start, end in linker.misspelt(text)]

    assert found("would you say black pnather is good") == ["black pnather"]
    assert found("we saw armagedddon") == ["armagedddon"]
    assert found("a black painter, a panther") == []  # both are words of their own
    assert found("black panther") == []
    assert found("with my familly") == []  # ordinary words name nothing
    assert found("it is a clasic") == []


def test_what_many_know_is_known_with_a_letter_off():
    known = Linker(Catalog([Item("1", "Logan", 2017, popularity=90)]))
    assert known.columns("logna") == (0,)
    hardly = Linker(Catalog([Item("1", "Logan", 2017, popularity=1)]))
    assert hardly.columns("logna") == ()


def test_number_words_of_a_title_may_be_typed_in_figures():
    films = [
        Item("1", "Spanish Affair", 2014, titles={"es": "Ocho apellidos vascos"}),
        Item("2", "Seven Samurai", 1954),
        Item("3", "10 Things I Hate About You", 1999),
    ]
    linker = Linker(Catalog(films))
    for words, column in (("8 apellidos vascos", 0), ("7 samurai", 1), ("ten things i hate about you", 2)):
        assert linker.columns(words) == (column,)
