import json

import pytest

from domain.catalog import Catalog, CatalogError, Item, Measure, Vocabulary


def test_a_catalogue_survives_its_file(catalog, tmp_path):
    catalog.save(tmp_path / "catalog.json")
    loaded = Catalog.load(tmp_path / "catalog.json")
    assert list(loaded) == list(catalog)
    assert loaded.vocabulary == catalog.vocabulary


def test_titles_in_other_languages_survive_the_file(tmp_path):
    Catalog([Item("6", "Heat", titles={"zh-CN": "盗火线"}), Item("608", "Fargo")]).save(tmp_path / "catalog.json")
    heat, fargo = Catalog.load(tmp_path / "catalog.json")
    assert (heat.title_in("zh-CN"), heat.title_in("de"), fargo.title_in("zh-CN")) == ("盗火线", "Heat", "Fargo")
    assert "titles" not in heat.attributes


def test_items_are_found_by_id_and_by_column(catalog):
    column = catalog.column("608")
    assert catalog[column].name == "Fargo (1996)"
    assert catalog.get("608") is catalog[column]
    assert catalog.column("no such id") is None
    assert catalog.get("no such id") is None


def test_values_tell_who_has_them(catalog):
    assert {catalog[c].title for c in catalog.values["genres"]["War"]} == {"Forrest Gump", "Saving Private Ryan"}


def test_an_id_must_not_come_twice():
    with pytest.raises(CatalogError, match="twice"):
        Catalog([Item("1", "A"), Item("1", "B")])


@pytest.mark.parametrize("text", ["", "{", "[]", '{"items": [{"title": "no id"}]}', '{"items": 3}'])
def test_a_broken_file_is_one_sentence(tmp_path, text):
    (tmp_path / "catalog.json").write_text(text)
    with pytest.raises(CatalogError, match=r"catalog\.json is not a catalogue"):
        Catalog.load(tmp_path / "catalog.json")


def test_the_most_popular_tenth_is_a_tenth():
    ten = Catalog([Item(str(n), f"Film {n}", popularity=10 * n + 10) for n in range(10)])
    assert [item.popularity >= ten.popular_from for item in ten].count(True) == 1


def test_a_vocabulary_survives_as_json(catalog):
    words = Vocabulary(
        measures={"price": Measure({"euros": 1.0}, ("cheap",), ("dear",), 10.0, 100.0)},
        untold=("warranty",),
        fame=Measure(low=("obscure",), high=("famous",)),
        levels={"scary": {"en": ("not scary", "scary")}},
        bearable={"scary": {"en": ("nothing scary",)}},
    )
    assert Vocabulary.from_json(json.loads(json.dumps(words.to_json()))) == words
    assert Vocabulary.from_json({}) == Vocabulary()


LONG = (
    "The first of three. It is the best one, and costs less. "
    + "Nobody knows how many words are in this sentence. " * 8
)


@pytest.mark.parametrize(
    ("title", "description", "told"),
    [
        ("Pen", "Writes.\n\n  Well.", "Writes. Well."),
        ("Pen 3", "Pen 3. It writes.", "It writes."), ("Pen 3", "pen 3", None), ("Pen", None, None),
        ("Heat", "Heat rises in a city of thieves.", "Heat rises in a city of thieves."),
        ("Pen", "An 8.5 x 11 pad. " + "x" * 300, "An 8.5 x 11 pad."),
        ("Pen", "word " * 100, "word " * 38 + "word…"),
        ("笔", "能写字。" * 80, "能写字。" * 50),
    ],
)  # fmt: skip
def test_of_a_long_description_the_first_sentences_are_told(title, description, told):
    assert Item("1", title, description=description).about("en") == told


def test_who_asks_for_a_description_is_told_more_of_it():
    item = Item("1", "Trilogy", description=LONG)
    assert item.about("en") == LONG[: LONG.index(" Nobody", 150)]
    assert len(item.about("en", 400)) > 300
