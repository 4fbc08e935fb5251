import pytest

from domain.catalog import Item, Measure, Vocabulary
from domain.phrasing import Phrasing, superlative
from domain.preference import Constraint


def years(*ranges):
    return [Constraint("year", value) for value in ranges]


@pytest.mark.parametrize(
    ("constraints", "said"),
    [
        (years(">=2000", "<2010"), "the 2000s"),
        (years("<2010", ">=1995"), "1995 to 2009"),
        (years(">=2000"), "from 2000 on"),
        (years(">=2000", ">=1990"), "from 2000 on"),
        ([*years(">=1990", "<2000"), Constraint("genres", "Comedy")], "the 1990s, comedy"),
        ([Constraint("length", ">=90"), Constraint("length", "<120")], "at least 90 minutes, under 120 minutes"),
    ],
)
def test_a_span_of_years_is_one_wish(catalog, constraints, said):
    assert Phrasing(catalog.vocabulary).wishes(constraints) == said


def test_what_stands_under_a_title_tells_kinds_and_amounts(catalog):
    phrasing = Phrasing(catalog.vocabulary)
    item = Item("1", "Heat", 1995, attributes={"genres": ("Crime", "Thriller"), "length": 170.0})
    assert phrasing.label(item) == "Crime · thriller · 170 minutes"
    assert phrasing.label(Item("2", "Untold", 1995)) == ""


@pytest.mark.parametrize(
    ("words", "thing"),
    [
        (["comedy"], "comedy"),
        (["comedy", "crime"], "crime comedy"),
        (["crime", "thriller"], "crime thriller"),
        (["comedy", "drama"], None),
        (["crime"], None),
        ([], None),
    ],
)
def test_values_that_name_a_thing_by_themselves(catalog, words, thing):
    assert Phrasing(catalog.vocabulary).thing(words) == thing


def test_what_stands_out_of_a_slate_does_so_clearly(catalog):
    said = Phrasing(catalog.vocabulary).superlatives
    titanic, fargo, jaws, shining = (catalog.get(item_id) for item_id in ("1721", "608", "1387", "1258"))
    assert said([titanic, fargo, jaws]) == ("longest", "shortest", "oldest")
    assert said([jaws, shining]) == ("longest", "shortest")
    assert said([fargo]) == ("",)
    assert said([fargo, catalog.get("914")]) == ("newest", "oldest")  # the length of one is not known


@pytest.mark.parametrize(
    ("language", "decade", "since", "without"),
    [
        ("zh-CN", "2000年代", "1990年及以后", "不要Horror"),
        ("es", "de los años 2000", "desde 1990", "sin horror"),
        ("de", "aus den 2000ern", "ab 1990", "ohne horror"),
        ("fr", "des années 2000", "à partir de 1990", "sans horror"),
        ("pt", "dos anos 2000", "a partir de 1990", "sem horror"),
        ("nl", "the 2000s", "from 1990 on", "no horror"),
    ],
)
def test_wishes_in_other_languages(catalog, language, decade, since, without):
    phrasing = Phrasing(catalog.vocabulary, language)
    assert phrasing.wishes(years(">=2000", "<2010")) == decade
    assert phrasing.wishes(years(">=1990")) == since
    assert phrasing.wish(Constraint("genres", "Horror", include=False)).lower() == without.lower()


def test_what_is_graded_makes_nothing_stand_out():
    """A film that is scary by one grade more is not called the scariest."""
    vocabulary = Vocabulary(measures={"scary": Measure({}, ("tame",), ("scary",), 0, 2)})
    items = [Item("1", "A", attributes={"scary": 0.0}), Item("2", "B", attributes={"scary": 3.0})]
    assert Phrasing(vocabulary).superlatives(items) == ("", "")


@pytest.mark.parametrize(
    ("word", "most"), [("old", "oldest"), ("simple", "simplest"), ("scary", "scariest"), ("heavy", "heaviest")]
)
def test_a_superlative_is_spelt_as_one(word, most):
    assert superlative(word) == most


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "“Dune” or “Barbie”"),
        ("zh-CN", "“Dune”或“Barbie”"),
        ("es", "«Dune» o «Barbie»"),
        ("de", "„Dune“ oder „Barbie“"),
        ("fr", "«\N{NO-BREAK SPACE}Dune\N{NO-BREAK SPACE}» ou «\N{NO-BREAK SPACE}Barbie\N{NO-BREAK SPACE}»"),
        ("pt", "“Dune” ou “Barbie”"),
    ],
)
def test_alternatives_are_quoted_as_the_language_does(catalog, language, said):
    assert Phrasing(catalog.vocabulary, language).alternatives(["Dune", "Barbie"]) == said


@pytest.mark.parametrize(
    ("words", "last", "said"),
    [
        (("drama", "intriga"), "and", "drama e intriga"),
        (("drama", "hielo"), "and", "drama y hielo"),
        (("guerra", "otra"), "or", "guerra u otra"),
        (("guerra", "drama"), "or", "guerra o drama"),
    ],
)
def test_spanish_joins_by_what_follows(words, last, said):
    assert Phrasing(Vocabulary(), "es").listed(words, last) == said


GODFATHER = Item("858", "The Godfather", 1972, titles={"de": "Der Pate", "zh-CN": "教父"})


@pytest.mark.parametrize(
    ("language", "title", "name", "full_name", "original"),
    [
        ("en", "The Godfather", "The Godfather (1972)", "The Godfather (1972)", ""),
        ("de", "„Der Pate“", "„Der Pate“ (1972)", "Der Pate (The Godfather, 1972)", "The Godfather"),
        ("zh-CN", "《教父》", "《教父》（1972）", "《教父》（The Godfather，1972）", "The Godfather"),
        (
            "fr",
            "«\N{NO-BREAK SPACE}The Godfather\N{NO-BREAK SPACE}»",
            "«\N{NO-BREAK SPACE}The Godfather\N{NO-BREAK SPACE}» (1972)",
            "The Godfather (1972)",
            "",
        ),
    ],
)
def test_an_item_is_called_what_the_language_calls_it(language, title, name, full_name, original):
    said = Phrasing(Vocabulary(), language)
    assert (said.title(GODFATHER), said.name(GODFATHER)) == (title, name)
    assert (said.full_name(GODFATHER), said.original(GODFATHER)) == (full_name, original)


def test_at_the_head_of_a_line_a_title_has_the_marks_that_it_always_has():
    assert Phrasing(Vocabulary(), "de").heading(GODFATHER) == "Der Pate (1972)"
    assert Phrasing(Vocabulary(), "zh-CN").heading(GODFATHER) == "《教父》（1972）"


def test_what_is_quoted_already_is_not_quoted_again():
    assert Phrasing(Vocabulary(), "zh-CN").alternatives(["《教父》"]) == "《教父》"


@pytest.mark.parametrize(
    ("language", "decade", "year"),
    [
        ("en", "nothing from the 1980s", "nothing from 1985"),
        ("de", "nichts aus den 1980ern", "nichts von 1985"),
        ("fr", "rien des années 1980", "rien de 1985"),
        ("es", "nada de los años 1980", "nada de 1985"),
        ("pt", "nada dos anos 1980", "nada de 1985"),
        ("zh-CN", "不要1980年代的", "不要1985年的"),
    ],
)
def test_years_that_are_not_wanted_make_a_sentence(language, decade, year):
    said = Phrasing(Vocabulary(), language).wish
    assert said(Constraint.outside("year", 1980, 1990)) == decade
    assert said(Constraint.outside("year", 1985, 1986)) == year


def test_chinese_writes_a_number_and_its_unit_together():
    words = Vocabulary(measures={"length": Measure({"minutes": 1})}, translations={"zh-CN": {"minutes": "分钟"}})
    assert Phrasing(words, "zh-CN").amount("length", 123) == "123分钟"
    assert Phrasing(words, "de").amount("length", 123) == "123 minutes"


def test_chinese_parts_kinds_from_numbers_by_another_mark():
    words = Vocabulary(ask=("genres",), measures={"length": Measure({"分钟": 1})})
    heat = Item("6", "Heat", attributes={"genres": ("犯罪", "动作"), "length": 170.0})
    assert Phrasing(words, "zh-CN").facts(heat) == "犯罪和动作，170分钟"
    assert Phrasing(words, "fr").facts(heat) == "犯罪 et 动作, 170 分钟"


def test_what_has_no_year_is_called_by_its_title_alone():
    said, course = Phrasing(Vocabulary(), "zh-CN"), Item("1", "Algebra", titles={"zh-CN": "代数"})
    assert (said.name(course), said.full_name(course)) == ("《代数》", "《代数》（Algebra）")


def test_the_marks_of_a_title_are_not_written_twice():
    assert Phrasing(Vocabulary(), "zh-CN").unmarked("《{name}》的导演是{value}。") == "{name}的导演是{value}。"
    assert Phrasing(Vocabulary()).unmarked("{name} is by {value}.") == "{name} is by {value}."


def test_a_value_may_be_translated_by_its_form():
    words = {"part {} of {}": "Teil {} von {}", "Star Wars": "Krieg der Sterne"}
    said = Phrasing(Vocabulary(translations={"de": words}), "de").value
    assert said("place", "part 2 of Star Wars") == "Teil 2 von Krieg der Sterne"
    assert said("place", "part 3 of Saw") == "Teil 3 von Saw"
    assert said("place", "none of these") == "none of these"


def test_an_attribute_of_one_value_is_said_in_the_singular():
    assert Phrasing(Vocabulary()).singular("brands") == "brand"
    assert Phrasing(Vocabulary(translations={"es": {"country": "país"}}), "es").singular("country") == "país"


def test_a_refused_span_and_large_numbers_are_said_plainly(catalog):
    said = Phrasing(catalog.vocabulary).wish
    assert said(Constraint.outside("year", 1980, 1990)) == "nothing from the 1980s"
    assert said(Constraint.limit("price", "<=", 1_250_000)) == "price up to 1250000"


def test_of_two_limits_the_tighter_is_said(catalog):
    wide, tight, newer = (Constraint("length", "<=120"), Constraint("length", "<116"), Constraint("year", ">=1990"))
    assert Phrasing(catalog.vocabulary).wish_list([wide, tight, newer]) == ("under 116 minutes", "from 1990 on")
    assert Phrasing(catalog.vocabulary).wish_list([tight, tight]) == ("under 116 minutes",)


def test_where_there_are_no_kinds_other_values_are_told_by_their_names():
    pen = Item("1", "Pen", attributes={"brand": ("Sharpie",), "color": ("red", "blue"), "tip": ("fine",), "price": 2.0})
    vocabulary = Vocabulary(measures={"price": Measure(units={"dollars": 1})})
    assert Phrasing(vocabulary).facts(pen) == "brand Sharpie, color red and blue, 2 dollars"


def test_a_description_is_told_at_length_where_it_is_asked_for():
    item = Item("1", "Pen", description="It writes. " * 30)
    assert Phrasing(Vocabulary()).fact(item, "description") == ("It writes. " * 30).strip()
    assert len(item.about("en")) < 200


@pytest.mark.parametrize(
    ("language", "words", "expected"),
    [
        ("en", "me and my nan", "you and your nan"),
        ("en", "a heist", "a heist"),
        ("es", "con mi abuela", "con tu abuela"),
        ("zh-CN", "和我爸妈", "和你爸妈"),
    ],
)
def test_what_somebody_says_of_themselves_is_said_back_to_them(language: str, words: str, expected: str) -> None:
    assert Phrasing(Vocabulary(), language).yours(words) == expected


@pytest.mark.parametrize(
    ("language", "said"), [("en", "for 6-year-olds"), ("de", "für 6-Jährige"), ("zh-CN", "适合6岁孩子")]
)
def test_an_age_that_is_wished_for_is_told_of_the_child(language: str, said: str) -> None:
    assert Phrasing(Vocabulary(), language).wish(Constraint("age", "<=6")) == said


def test_a_title_of_one_letter_is_not_replaced_within_words() -> None:
    phrasing = Phrasing(Vocabulary(), "en")
    assert phrasing.again("Mystery: M is by Fritz Lang.", "M") == "Mystery: it is by Fritz Lang."
    assert phrasing.again("M is old.", "M") == "It is old."
    assert phrasing.again("Not that I know. M is old.", "M") == "Not that I know. It is old."


@pytest.mark.parametrize(
    ("words", "said"), [("rainy sunday with", "rainy sunday"), ("with", "with"), ("a heist", "a heist")]
)
def test_what_joins_words_to_others_is_not_repeated(words, said):
    assert Phrasing(Vocabulary(), "en").yours(words) == said


def test_a_feeling_is_not_wanted_in_an_adjective():
    phrasing = Phrasing(Vocabulary(), "en")
    assert phrasing.wish(Constraint("mood", "silly", include=False)) == "not silly"
    assert phrasing.wish(Constraint("theme", "dogs", include=False)) == "no dogs"


@pytest.mark.parametrize(("limit", "said"), [("<=0", "nothing scary"), ("<2", "not too scary"), ("<3", "very at most")])
def test_what_somebody_can_bear_is_said_as_one_says_it(limit, said):
    levels = {"scary": {"en": ("not scary", "a little scary", "very", "awfully")}}
    bearable = {"scary": {"en": ("nothing scary", "not too scary")}}
    assert Phrasing(Vocabulary(levels=levels, bearable=bearable)).wish(Constraint("scary", limit)) == said
