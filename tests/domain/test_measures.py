"""How people speak of the numbers of a catalogue, and which number an amount is of."""

import pytest

from domain.amount import AGE_OF_SOMEBODY, MINUTES, MONEY, RATING, YEAR, Amount
from domain.catalog import Catalog, Item, Measure, Vocabulary
from domain.frame import Topic
from domain.measures import Direction, Measures, forms
from domain.preference import Constraint
from tests.priced import PRICED


@pytest.fixture(scope="module")
def measures() -> Measures:
    return Measures(PRICED)


def measures_of(measure: str, numbers: list[float], said: Measure) -> Measures:
    items = [Item(str(at), f"Thing {at}", attributes={measure: number}) for at, number in enumerate(numbers)]
    return Measures(Catalog(items, Vocabulary(measures={measure: said})))


@pytest.mark.parametrize(
    ("words", "language", "expected"),
    [
        ("short", "en", Direction("length", high=False)),
        ("long", "en", Direction("length", high=True)),
        ("shorter", "en", Direction("length", high=False, relative=True)),
        ("longer than that", "en", Direction("length", high=True, relative=True)),
        ("not too long", "en", Direction("length", high=False)),
        ("less long", "en", Direction("length", high=False, relative=True)),
        ("less cheap", "en", Direction("price", high=True, relative=True)),
        ("newest", "en", Direction("year", high=True, relative=True)),
        ("more recent", "en", Direction("year", high=True, relative=True)),
        ("old", "en", Direction("year", high=False)),
        ("cheaper", "en", Direction("price", high=False, relative=True)),
        ("popular", "en", Direction("popularity", high=True)),
        ("obscure", "en", Direction("popularity", high=False)),
        ("más corto", "es", Direction("length", high=False, relative=True)),
        ("weniger lang", "de", Direction("length", high=False, relative=True)),
        ("短一点", "zh", Direction("length", high=False, relative=True)),
        ("更长", "zh", Direction("length", high=True, relative=True)),
        ("不要太长", "zh", Direction("length", high=False)),
    ],
)
def test_words_ask_for_much_or_little_of_a_number(
    measures: Measures, words: str, language: str, expected: Direction
) -> None:
    assert measures.direction(words, language) == expected


@pytest.mark.parametrize(
    ("words", "language"), [("", "en"), ("sad", "en"), ("90", "en"), ("悲伤", "zh"), ("", "zh"), ("😀", "zh")]
)
def test_other_words_ask_for_no_number(measures: Measures, words: str, language: str) -> None:
    assert measures.direction(words, language) is None


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (Amount(1990, 1999, YEAR), ("year", 1990, 1999)),
        (Amount(90, 120, MINUTES), ("length", 90, 120)),
        (Amount(20, 20, MONEY), ("price", 20, 20)),
        (Amount(6, 6, AGE_OF_SOMEBODY), ("age", 6, 6)),
        (Amount(20, 20, words=("dollars",)), ("price", 20, 20)),
        (Amount(100, 100, words=("minute",)), ("length", 100, 100)),
        (Amount(100, 120), ("length", 100, 120)),
        (Amount(300, 300, words=("pages",)), (None, 300, 300)),
        (Amount(5_000, 5_000), (None, 5_000, 5_000)),
        (Amount(0.8, 0.8, RATING), (None, 0.8, 0.8)),
    ],
)
def test_an_amount_is_of_the_number_that_it_fits(
    measures: Measures, told: Amount, expected: tuple[str | None, float, float]
) -> None:
    attribute, found = measures.attribute(told)
    assert (attribute, found.low, found.high) == expected


def test_a_small_number_of_a_child_is_its_age(measures: Measures) -> None:
    assert measures.attribute(Amount(6, 6), child=True)[0] == "age"
    assert measures.attribute(Amount(100, 100), child=True)[0] == "length"


def test_minutes_are_told_in_the_unit_of_the_catalogue() -> None:
    hours = measures_of("playtime", [2.0, 40.0], Measure({"hours": 1}))
    assert hours.attribute(Amount(90, 180, MINUTES)) == ("playtime", Amount(1.5, 3))
    seconds = measures_of("duration", [100.0, 400.0], Measure({"minutes": 60}))
    assert seconds.attribute(Amount(3, 3, MINUTES)) == ("duration", Amount(180, 180))
    assert measures_of("weight", [1.0, 2.0], Measure()).attribute(Amount(3, 3, MINUTES))[0] is None


def test_a_rating_is_a_share_of_the_best_that_there_is() -> None:
    stars = measures_of("rating", [1.0, 3.0, 5.0], Measure())
    assert stars.attribute(Amount(0.8, 0.8, RATING)) == ("rating", Amount(4, 4))
    grades = measures_of("score", [20.0, 100.0], Measure())
    assert grades.attribute(Amount(0.8, 0.8, RATING)) == ("score", Amount(80, 80))


def test_a_bare_number_is_no_grade() -> None:
    assert measures_of("stars", [1.0, 3.0, 5.0], Measure()).attribute(Amount(3, 3))[0] is None


SHORT, LONG = Direction("length", high=False), Direction("length", high=True)


@pytest.mark.parametrize(
    ("found", "shown", "unwanted", "expected"),
    [
        (SHORT, (), False, ("length", "<=", 100)),
        (LONG, (), False, ("length", ">=", 150)),
        (SHORT, (), True, ("length", "<", 150)),
        (LONG, (), True, ("length", ">", 100)),
        (SHORT, ("toy",), False, ("length", "<", 81)),
        (LONG, ("heat",), False, ("length", ">", 170)),
        (SHORT, ("toy", "heat"), False, ("length", "<=", 100)),
        (LONG, ("toy", "heat"), False, ("length", ">=", 150)),
        (Direction("year", high=True), ("toy", "blade"), False, ("year", ">=", 2010)),
        (Direction("year", high=False), ("toy", "blade"), False, ("year", "<", 1982)),
        (Direction("popularity", high=True), ("toy",), False, ("popularity", ">=", 220)),
        (Direction("popularity", high=False), (), False, ("popularity", "<", 73)),
    ],
)
def test_a_limit_lies_beyond_what_was_shown_or_where_words_are_understood_to_begin(
    measures: Measures, found: Direction, shown: tuple[str, ...], unwanted: bool, expected: tuple[str, str, float]
) -> None:
    items = [item for item_id in shown if (item := PRICED.get(item_id))]
    assert measures.limit(found, items, unwanted) == Constraint.limit(*expected)


def test_of_a_number_without_limits_nothing_is_asked_until_something_was_shown(measures: Measures) -> None:
    assert measures.limit(Direction("age", high=False), []) is None
    assert measures.limit(Direction("age", high=False), [PRICED[0]]) == Constraint.limit("age", "<", 16)


@pytest.mark.parametrize(
    ("topic", "words", "expected"),
    [
        (Topic.MAKER, "who made", "director"),
        (Topic.CAST, "who", "cast"),
        (Topic.LENGTH, "wie lang", "length"),
        (Topic.PRICE, "how much", "price"),
        (Topic.KIND, "what kind", "genres"),
        (Topic.YEAR, "when", "year"),
        (Topic.PLOT, "about", "description"),
        (Topic.AGE, "for what age", "age"),
        (Topic.SCARY, "scary", None),
        (Topic.PLACE, "where", None),
        (Topic.WHY, "why", None),
        (Topic.PROPERTY, "prices", "price"),
        (Topic.PROPERTY, "which genre", "genres"),
        (Topic.PROPERTY, "what colour", None),
    ],
)
def test_a_question_is_about_the_column_that_tells(
    measures: Measures, topic: Topic, words: str, expected: str | None
) -> None:
    assert measures.asked(topic, words) == expected


def test_a_catalogue_calls_its_columns_as_it_likes() -> None:
    books = Measures(Catalog([Item("1", "Emma", attributes={"author": ("Jane Austen",), "pages": 474.0})],
                             Vocabulary(measures={"pages": Measure()})))  # fmt: skip
    assert books.asked(Topic.MAKER, "who wrote") == "author"
    assert books.asked(Topic.LENGTH, "how long") == "pages"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("long", {"long", "longer", "longest"}),
        ("funny", {"funny", "funnier", "funniest"}),
        ("nice", {"nice", "nicer", "nicest"}),
        ("big", {"big", "bigger", "biggest"}),
        ("短", {"短"}),
        ("feel good", {"feel good"}),
    ],
)
def test_adjectives_are_compared_as_in_english(word: str, expected: set[str]) -> None:
    found = dict(forms(word))
    assert expected <= set(found)
    assert not found[word]
    assert all(compares for form, compares in found.items() if form != word)


def test_what_is_just_short_of_popular_is_not_less_known() -> None:
    catalog = Catalog([Item(str(at), f"Thing {at}", popularity=at) for at in range(1, 31)])
    limit = Measures(catalog).limit(Direction("popularity", high=False), [])
    assert catalog.popular_from == 28
    assert limit == Constraint.limit("popularity", "<", 9)


@pytest.mark.parametrize(
    ("shown", "high", "expected"),
    [
        ([0, 2, 3], False, "<2"),
        ([3, 3, 1], False, "<3"),
        ([0, 0, 2], False, "<1"),
        ([1, 2], True, ">1"),
        ([3], True, ">2"),
    ],
)
def test_a_graded_number_is_compared_with_most_of_what_was_shown(shown: list[int], high: bool, expected: str) -> None:
    items = [Item(str(grade), str(grade), attributes={"scary": float(grade)}) for grade in range(4)]
    levels = {"scary": {"en": ("not scary", "a little", "scary", "very scary")}}
    measures = Measures(Catalog(items, Vocabulary(measures={"scary": Measure()}, levels=levels)))
    found = Direction("scary", high=high, relative=True)
    assert measures.limit(found, [items[grade] for grade in shown]) == Constraint("scary", expected)


def test_what_tells_of_a_topic_is_named_once() -> None:
    items = [Item("1", "Heat", attributes={"based_on": ("a novel",), "basis": ("a novel",)})]
    assert Measures(Catalog(items)).of_topic(Topic.BASIS) == ("based_on", "basis")
