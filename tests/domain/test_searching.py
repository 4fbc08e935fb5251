"""Words are the same where items are indexed and where they are searched, in English and Chinese."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from domain.catalog import Catalog, Item, Vocabulary
from domain.searching import DESCRIPTION_WORDS, described_values, embedded, indexed, names, spoken, stem, telling, words

ASKING = frozenset(("a", "about", "with", "film", "films", "something", "im", "关于", "电影", "的电影", "一部"))


def item(item_id: str, **facts: object) -> Item:
    """An item with a director of its own and a genre that others have too."""
    attributes = {"director": (f"Director {item_id}",), "genres": ("Crime", "Drama"), "length": 100.0}
    told = {"title": f"Film {item_id}", "attributes": MappingProxyType(attributes), **facts}
    return Item(item_id, **told)  # type: ignore[arg-type]


def catalog_of(*first: Item) -> Catalog:
    return Catalog([*first, *(item(str(number)) for number in range(10, 20))])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("!?… — 🎬", []),
        ("Robots running", ["robot", "run"]),
        ("It's a heist, ROBBERIES!", ["it", "a", "heist", "robberi"]),
        ("it’s its", ["it", "it"]),
        ("ＨＥＩＳＴ", ["heist"]),
        ("sci-fi_noir 1995", ["sci", "fi", "noir", "1995"]),
        ("Amélie", ["améli"]),
        ("时间循环", ["时间", "间循", "循环"]),
        ("爱", ["爱"]),
        ("盗火线。热", ["盗火", "火线", "热"]),
    ],
)
def test_a_text_has_stems_and_pairs_of_characters(text: str, found: list[str]) -> None:
    assert list(words(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("爱情片Heat很好", ["爱情", "情片", "heat", "很好"]), ("2024年的科幻", ["2024", "年的", "的科", "科幻"])],
)
def test_latin_words_and_chinese_ones_may_stand_side_by_side(text: str, found: list[str]) -> None:
    assert list(words(text)) == found


@pytest.mark.parametrize(
    ("one", "other"), [("robot", "robots"), ("loop", "looping"), ("friendship", "friendships"), ("happy", "happiness")]
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_different_words_keep_their_stems() -> None:
    assert len({stem(word) for word in ("heist", "robot", "wedding", "1995")}) == 4


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Something about a Time Loop", "time loop"),
        ("a film", ""),
        ("I'm about films", ""),
        ("I’m with robots", "robots"),
        ("aboutness", "aboutness"),
        ("一部关于时间循环的电影", "时间循环"),
        ("关于电影", ""),
        ("机器人电影和爱情", "机器人 和爱情"),
        ("a film 关于 robots", "robots"),
        ("", ""),
    ],
)
def test_words_that_only_ask_are_left_out(text: str, left: str) -> None:
    assert telling(text, ASKING) == left


def test_where_no_words_ask_all_are_left() -> None:
    assert telling("Something about a time loop", frozenset()) == "something about a time loop"


def test_longer_words_that_ask_go_first() -> None:
    """Otherwise the end of the longer one would be left."""
    assert telling("爱情的电影", frozenset(("电影", "的电影"))) == "爱情"


def test_names_are_attributes_whose_values_are_hardly_shared() -> None:
    catalog = catalog_of()
    assert names(catalog) == {"director"}


def test_names_are_indexed_and_not_embedded() -> None:
    told = item("6", title="Heat", description="A thief and a detective.")
    (text,) = embedded(told, catalog_of(told))
    assert text == "Heat. Crime, Drama. A thief and a detective."
    assert "Director 6" in indexed(told)


def test_by_what_an_item_is_remembered_is_a_text_of_its_own() -> None:
    told = item("6", title="Heat", remembered="coffee in the diner")
    assert embedded(told, catalog_of(told)) == ("Heat. Crime, Drama", "coffee in the diner")


def test_an_item_of_which_only_its_title_is_known_has_a_text() -> None:
    bare = Item("6", "Heat")
    assert embedded(bare, catalog_of(bare)) == ("Heat",)
    assert indexed(bare).split() == ["Heat", "Heat"]


def test_of_a_long_description_the_beginning_is_embedded_and_all_is_indexed() -> None:
    description = " ".join(f"w{number}" for number in range(DESCRIPTION_WORDS + 1))
    told = item("6", description=description)
    (text,) = embedded(told, catalog_of(told))
    assert text.endswith(f"w{DESCRIPTION_WORDS - 1}")
    assert f"w{DESCRIPTION_WORDS}" in indexed(told).split()


def test_an_item_is_found_by_all_that_is_written_of_it_and_its_title_counts_twice() -> None:
    told = item(
        "6", title="Heat", description="A thief.", descriptions=MappingProxyType({"zh-CN": "大盗"}),
        remembered="the diner", other_names=("盗火线", "Fuego"),
    )  # fmt: skip
    found = list(words(indexed(told)))
    assert found.count("heat") == 2
    assert {"thief", "大盗", "diner", "盗火", "fuego", "crime"} <= set(found)


def test_an_item_is_searched_by_the_words_it_is_indexed_by() -> None:
    told = item("6", description="Robots fall in love", descriptions=MappingProxyType({"zh-CN": "机器人相爱"}))
    known = set(words(indexed(told)))
    assert set(words(telling("a film about a loving ROBOT", ASKING))) <= known
    assert set(words(telling("关于机器人的电影", ASKING))) <= known


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("DataScience", "Data Science"), ("machine_learning", "machine learning"), ("R", "R"), ("iOS", "iOS"),
        ("SQL", "SQL"), ("Sci-Fi", "Sci-Fi"), ("Film-Noir", "Film-Noir"), ("Paper Mate", "Paper Mate"),
    ],
)  # fmt: skip
def test_a_value_that_is_written_as_an_identifier_is_said_in_words(value: str, said: str) -> None:
    assert spoken(value) == said


def test_a_value_is_embedded_as_it_is_said() -> None:
    course = Item("1", "First steps", attributes={"topic": ("DataScience",)})
    courses = Catalog([replace(course, item_id=str(n)) for n in range(9)], Vocabulary(telling=("topic",)))
    assert described_values(courses) == {("topic", "DataScience"): ("data science", "data science")}
    assert embedded(course, courses) == ("First steps. Data Science",)
    assert "Data Science" in indexed(course)
