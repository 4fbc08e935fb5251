"""What a message says of this catalogue: items, values, numbers, pointers and questions, from annotated messages."""

from collections.abc import Sequence

import numpy as np
import pytest

from bot.belief import believe
from bot.entities import stands_alone
from bot.reader import NoReader
from bot.resolve import Resolver
from bot.understood import Asked, Context, Understood, words_of
from domain.catalog import Catalog, Item, Measure, Vocabulary
from domain.frame import Act, Flag, Frame, LastPlan, Role, Topic
from domain.linking import Linker
from domain.preference import Constraint, Preference
from domain.reading import TAGS, TOPICS, Reading
from tests.fakes import ScriptedReader, scored
from tests.priced import PRICED

RESOLVER = Resolver(PRICED, Linker(PRICED))
SHOWN = ("heat", "titanic", "toy")
KUROSAWA = {"director Akira Kurosawa"}


def said(line: str, language: str = "en", context: Context = Context()) -> Understood:  # noqa: B008
    """What is understood of an annotated message."""
    reader = ScriptedReader()
    return RESOLVER.resolve(reader.read(reader.learn(line, language), LastPlan()), context)


def ids(understood: Understood) -> list[str | None]:
    return [named.item_id for named in understood.named]


def wishes(understood: Understood) -> set[str]:
    """``genres Comedy``, ``not genres Horror``, ``year <1990``."""
    return {f"{'' if c.include else 'not '}{c.attribute} {c.value}" for c in understood.wishes}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Heat", "heat"), ("HEAT", "heat"), ("heat 1986", "heat-86"), ("the 1986 Heat", "heat-86"),
        ("Titanic", "titanic"), ("titanic 1953", "titanic-53"), ("Se7en", "seven"), ("seven", "seven"),
        ("toy story two", "toy-2"), ("Toy Story 2", "toy-2"), ("blade runer", "blade"), ("amelie", "amelie"),
        ("天使爱美丽", "amelie"), ("past lives", "past-lives"), ("the past", "past"), ("airplane", "airplane"),
        ("shining", "shining"), ("the shining film", "shining"), ("a space odyssey", "2001"),
        ("unforgivven", "unforgiven"),
    ],
)  # fmt: skip
def test_a_title_is_known_by_any_name(title: str, expected: str) -> None:
    (named,) = said(f"inform | I liked {{{title}|title liked}}, really").named
    assert (named.item_id, named.role, named.theirs, named.pointed) == (expected, Role.LIKED, False, False)


@pytest.mark.parametrize("title", ["Blade Runner 2049", "2001: A Space Odyssey", "1917", "2001"])
def test_a_number_of_a_title_is_no_year(title: str) -> None:
    expected = {"Blade Runner 2049": "blade-2049", "1917": "1917"}.get(title, "2001")
    assert ids(said(f"inform | I liked {{{title}|title liked}}")) == [expected]


@pytest.mark.parametrize(
    "title",
    [
        "Toy Story 9", "Seven 2", "titanic 1912", "toy", "runner", "the past lives of others", "story", "The Godfather",
        "Heat 2",
    ],
)  # fmt: skip
def test_a_part_of_an_unknown_title_is_no_other_film(title: str) -> None:
    text = f"I liked {title}"
    understood = said(f"inform | I liked {{{title}|title liked}}")
    assert ids(understood) == [None]
    assert words_of(understood.named, text) == (title,)


@pytest.mark.parametrize(
    "line",
    [
        "{Heat|title liked} (1986) was fine",
        "{Heat|title liked}, 1986",
        "{Heat|title liked} from 1986",
        "the 1986 {Heat|title liked}",
    ],
)
def test_a_year_beside_a_title_tells_which(line: str) -> None:
    assert ids(said(f"inform | {line}")) == ["heat-86"]


def test_a_number_beside_a_title_that_is_no_year_tells_nothing() -> None:
    assert ids(said("inform | I watched {Titanic|title liked} 1000 times")) == ["titanic"]


def test_a_year_that_limits_what_is_wanted_is_not_the_title_s() -> None:
    assert ids(said("request | {Titanic|title like-this} vibes, {2010 or later|range wanted}")) == ["titanic"]


@pytest.mark.parametrize(
    ("line", "language", "shunned"),
    [
        ("no {jump scares|theme unwanted}", "en", ("jump scares",)),
        ("{no jump scares|theme unwanted}", "en", ("jump scares",)),
        ("不要{突然吓人|theme unwanted}", "zh", ("突然吓人",)),
        ("help us not {break up|theme unwanted}", "en", ()),
        ("pas {lourde|theme unwanted}", "fr", ()),
    ],
)
def test_what_is_unwanted_and_unknown_is_missed_if_it_is_plainly_negated(
    line: str, language: str, shunned: tuple[str, ...]
) -> None:
    assert said(f"request | {line}", language).shunned == shunned


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("{Heat|title like-this} is film 101, {a comedy|value wanted}", Role.MENTIONED),
        ("{Heat|title like-this} but a {comedy|value wanted}", Role.LIKE_THIS),
        ("a {comedy|value wanted} like {Heat|title like-this}", Role.LIKE_THIS),
        ("{Heat|title like-this} vibes, a {comedy|value wanted}", Role.LIKE_THIS),
    ],
)
def test_what_was_shown_is_a_model_only_where_words_beside_it_say_so(line: str, role: Role) -> None:
    assert said(f"request | {line}", context=Context(slate=("heat",))).named[0].role is role


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("{Heat|title liked} and {Toy Story|title liked} have nothing to do with that", Role.MENTIONED),
        ("{Heat|title liked} isn't it", Role.MENTIONED),
        ("{Heat|title liked}! Not bad, so more of that", Role.LIKED),
        ("{Heat|title liked} was good", Role.LIKED),
    ],
)
def test_what_was_shown_and_is_denied_is_not_liked(line: str, role: Role) -> None:
    assert said(f"inform | {line}", context=Context(slate=("heat", "toy"))).named[0].role is role


@pytest.mark.parametrize(
    ("text", "alone"), [("Heat, Toy Story", True), ("toy story - who is in it", True), ("a toy story please", False)]
)
def test_words_stand_alone_between_marks(text: str, alone: bool) -> None:
    start = text.casefold().index("toy story")
    assert stands_alone(text, start, start + len("toy story")) == alone


@pytest.mark.parametrize(
    ("line", "asked"), [("c en {comedy|value unwanted} ?", True), ("pas de {comedy|value unwanted} ?", False)]
)
def test_a_question_is_no_veto(line: str, asked: bool) -> None:
    understood = said(f"ask | {line}", "fr", Context(slate=("toy",)))
    assert bool(understood.asked and understood.asked[0].value) == asked
    assert bool(understood.wishes) != asked


def test_the_vibes_of_a_film_are_no_part_of_its_title() -> None:
    assert ids(said("request | {titanic energy|title like-this}")) == ["titanic"]


@pytest.mark.parametrize(("line", "language"), [("filme {br|theme wanted}", "pt"), ("{后|theme wanted}", "zh")])
def test_next_to_no_letters_are_searched_for_nothing(line: str, language: str) -> None:
    assert said(f"request | {line}", language).sought == ()


def test_a_year_behind_a_pointer_tells_which() -> None:
    shown = Context(slate=("toy", "heat", "heat-86"), focus="toy")
    assert ids(
        said("ask | {the older one|pointer asked} from 1986, {how long|question length} is it", context=shown)
    ) == ["heat-86"]


def test_questions_are_answered_in_the_order_of_the_text() -> None:
    shown = Context(slate=("toy",))
    asked = said("ask | is {Kurosawa|person asked} in it and {how long|question length} is it", context=shown).asked
    assert [one.topic for one in asked][-1] is Topic.LENGTH
    assert asked[0].value == ("director", "Akira Kurosawa")


def test_an_unwanted_thing_of_two_values_is_repeated_as_one() -> None:
    words = Vocabulary(synonyms={"weepy": (("mood", "sad"), ("mood", "bleak"))})
    films = [Item(value, value, attributes={"mood": (value,)}) for value in ("sad", "bleak")]
    catalog, reader = Catalog(films, words), ScriptedReader()
    read = reader.read(reader.learn("request | nothing {weepy|value unwanted}", "en"), LastPlan())
    understood = Resolver(catalog, Linker(catalog)).resolve(read, Context())
    assert [w.value for w in understood.wishes if w not in understood.implied] == ["sad"]
    assert [w.value for w in understood.implied] == ["bleak"]


def test_of_words_taken_for_a_title_what_was_shown_is_meant() -> None:
    shown = Context(slate=("toy", "heat-86"))
    assert ids(said("inform | {um Heat and Toy Story|title asked} ARE for children", context=shown)) == [
        "heat-86",
        "toy",
    ]
    assert ids(said("inform | {um Heat and Toy Story|title asked} ARE for children")) == [None]


def test_what_was_seen_is_not_missed() -> None:
    text = "I know Elevator to the Gallows, have you got Le Trou?"
    understood = said("inform | I know {Elevator to the Gallows|title seen}, have you got {Le Trou|title wanted}?")
    assert words_of(understood.named, text) == ("Le Trou",)


def test_a_namesake_of_another_year_is_not_meant() -> None:
    assert ids(said("inform | {Titanic|title liked} (1943) is a German one")) == [None]


@pytest.mark.parametrize("context", [Context(slate=("toy", "heat-86")), Context(earlier=frozenset({"heat-86"}))])
def test_of_namesakes_the_one_that_was_spoken_of_is_meant(context: Context) -> None:
    assert ids(said("inform | I liked {heat|title liked}", context=context)) == ["heat-86"]


def test_a_title_that_is_somebody_is_a_wish() -> None:
    understood = said("request | more {kurosawa|title like-this}")
    assert not understood.named
    assert wishes(understood) == {"director Akira Kurosawa"}


def reading(text: str, probability: float) -> Reading:
    """A message of which the reader makes nothing, and takes each word for a title with some probability."""
    read = scored(text, Frame(frozenset({Act.INFORM})))
    read.logits["tags"][:] = -50
    read.logits["tags"][:, 0] = np.log(1 - probability)
    read.logits["tags"][:, TAGS.index("B-title")] = np.log(probability)
    read.logits["roles"][:, list(Role).index(Role.SEEN)] = 9
    return read


def test_a_title_by_the_letter_is_one_where_the_reader_thinks_it_possible() -> None:
    (named,) = RESOLVER.resolve(reading("we saw toy story again", 0.3), Context()).named
    assert (named.item_id, named.role, named.start, named.end) == ("toy", Role.SEEN, 7, 16)
    assert RESOLVER.resolve(reading("we saw toy story again", 0.1), Context()).named  # hardly anything else
    assert not RESOLVER.resolve(reading("we saw toy story again", 0.02), Context()).named


def test_what_the_reader_takes_for_something_else_is_no_title() -> None:
    assert not said("request | nothing from {the past|range unwanted}, in this {heat|theme wanted}").named


def test_without_a_reader_titles_are_liked_and_nothing_else_is_understood() -> None:
    understood = RESOLVER.resolve(NoReader().read("a comedy like Heat and Fargo", LastPlan()), Context())
    assert [(named.item_id, named.role) for named in understood.named] == [("heat", Role.LIKED)]
    assert understood.acts == {Act.REQUEST, Act.INFORM}
    assert understood == Understood(understood.frame, understood.named)
    assert not understood.flags


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{the second one|pointer chosen}", ["titanic"]),
        ("{the first two|pointer chosen}", ["heat", "titanic"]),
        ("{none of them|pointer refused}", ["heat", "titanic", "toy"]),
        ("{all but the last|pointer seen}", ["heat", "titanic"]),
    ],
)
def test_a_pointer_is_what_was_shown(line: str, expected: list[str]) -> None:
    understood = said(f"accept | {line}", context=Context(SHOWN))
    assert ids(understood) == expected
    assert all(named.pointed and not named.vague for named in understood.named)


@pytest.mark.parametrize(
    ("language", "line", "context", "expected"),
    [
        ("en", "more by {the same director|pointer wanted}", Context(SHOWN, subject="ran"), KUROSAWA),
        ("en", "loved {ran|title liked}. more by {its director|pointer wanted}", Context(SHOWN), KUROSAWA),
        ("en", "more by {him|pointer wanted}", Context(SHOWN, "toy", subject="ran"), {"director John Lasseter"}),
        ("en", "more by {him|pointer wanted}", Context(SHOWN), {"director Michael Mann"}),
        ("en", "more with {him|pointer wanted}", Context(SHOWN, "unforgiven"), {"cast Clint Eastwood"}),
        ("en", "{the same actress|pointer wanted}", Context(SHOWN, "titanic"), {"cast Kate Winslet"}),
        ("es", "algo del {mismo director|pointer wanted}", Context(SHOWN, "ran"), KUROSAWA),
        ("de", "mehr von {ihm|pointer wanted}", Context(SHOWN, "ran"), KUROSAWA),
        ("zh", "{他导演的|pointer wanted}", Context(SHOWN, "ran"), KUROSAWA),
        ("zh", "{其他的|pointer wanted}", Context(SHOWN, "ran"), set()),
        ("en", "{the same one|pointer wanted}", Context(SHOWN, "ran"), set()),
    ],
)  # fmt: skip
def test_who_made_what_was_spoken_of_is_pointed_at(
    language: str, line: str, context: Context, expected: set[str]
) -> None:
    assert wishes(said(f"request | {line}", language, context)) == expected


def test_he_is_who_was_asked_for_before() -> None:
    context = Context(SHOWN, "toy", wishes=(Constraint("director", "Akira Kurosawa"), Constraint("genres", "Drama")))
    assert wishes(said("request | anything else by {him|pointer wanted}", context=context)) == {
        "director Akira Kurosawa"
    }


@pytest.mark.parametrize("role", ["asked", "like-this"])
def test_what_is_set_beside_a_title_is_compared_with_it_and_the_next_question_is_not_about_that(role: str) -> None:
    line = f"ask | is {{it|pointer asked}} anything like {{heat|title {role}}}? and {{how long|question length}}"
    found = said(line, context=Context(SHOWN, "toy")).asked
    assert [(asked.topic, asked.about, asked.against) for asked in found] == [
        (Topic.COMPARE, ("toy",), "heat"), (Topic.LENGTH, ("toy",), None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "topic", "attribute"),
    [
        ("{how long|question length} is {it|pointer asked} beside {heat|title mentioned}?", Topic.LENGTH, "length"),
        ("is {it|pointer asked} {longer|question compare} than {heat|title asked}?", Topic.COMPARE, "length"),
    ],
)  # fmt: skip
def test_one_is_compared_with_another_that_is_named(line: str, topic: Topic, attribute: str) -> None:
    (asked,) = said(f"ask | {line}", context=Context(SHOWN, "toy")).asked
    assert (asked.topic, asked.attribute, asked.about, asked.against) == (topic, attribute, ("toy",), "heat")


@pytest.mark.parametrize("title", ["{ran|title liked} is great.", "{ran|title asked},", "{titanic|title liked}."])
def test_the_likest_of_what_was_shown_is_not_what_it_is_likened_to(title: str) -> None:
    line = (
        f"ask inform | {title} {{which|question compare}} of {{these|pointer asked}} is {{closest|range asked}} to it?"
    )
    (asked,) = said(line, context=Context(SHOWN)).asked
    named = "ran" if "ran" in title else "titanic"
    assert asked.against == named
    assert asked.about == tuple(one for one in SHOWN if one != named)


def test_an_enumeration_is_not_compared() -> None:
    line = "ask | {who|question maker} made {heat|title asked} and {ran|title asked}?"
    (asked,) = said(line).asked
    assert (asked.about, asked.against) == (("heat", "ran"), None)


def test_a_title_that_was_shown_is_meant_though_it_is_ordinary_or_somebody() -> None:
    shown = Context(("past", "heat"))
    assert ids(said("ask | {the past|pointer asked} looks fun", context=shown)) == ["past"]
    (named,) = said("ask | {heat|person wanted} could work", context=shown).named
    assert (named.item_id, named.role) == ("heat", Role.CHOSEN)


@pytest.mark.parametrize("role", ["asked", "mentioned"])
def test_who_plays_a_part_is_more_than_the_cast(role: str) -> None:
    line = f"ask | {{who|question cast}} plays {{the dancer|theme {role}}} in {{heat|title asked}}?"
    found = [(asked.topic, asked.about, asked.attribute) for asked in said(line).asked]
    assert found == [(Topic.CAST, ("heat",), "cast"), (Topic.PROPERTY, ("heat",), None)]


def test_a_question_of_how_it_feels_is_of_the_mood_before_the_level() -> None:
    measures = {"violence": Measure(high=("violent",))}
    films = Catalog(
        [Item("a", "Alpha", attributes={"mood": ("bleak",), "violence": 2.0})], Vocabulary(measures=measures)
    )
    resolver, reader = Resolver(films, Linker(films)), ScriptedReader()
    for words, told in (("dark", ("mood", "sadness", "violence")), ("violent", ("violence",))):
        line = f"ask | is {{alpha|title asked}} {{{words}|question violence}}?"
        (asked,) = resolver.resolve(reader.read(reader.learn(line), LastPlan()), Context()).asked
        assert (asked.attribute, *asked.others) == told


def test_a_form_that_none_is_told_by_is_not_answered_by_another() -> None:
    forms = Catalog([Item("a", "Alpha", attributes={"form": ("live action",)})], PRICED.vocabulary)
    resolver, reader = Resolver(forms, Linker(forms)), ScriptedReader()
    for words, attribute in (("black and white", None), ("live action", "form"), ("what form", "form")):
        line = f"ask | is {{alpha|title asked}} {{{words}|question form}}?"
        (asked,) = resolver.resolve(reader.read(reader.learn(line), LastPlan()), Context()).asked
        assert asked.attribute == attribute


def test_who_is_named_in_a_correction_is_wanted() -> None:
    line = "correct instead | no, I mean {Clint Eastwood|person mentioned} in that"
    assert wishes(said(line)) == {"director Clint Eastwood", "cast Clint Eastwood"}
    assert not said("inform | {Clint Eastwood|person mentioned} is old").wishes


def test_an_ordinary_title_that_was_shown_needs_little_to_be_one() -> None:
    unsure = reading("heat! seen it", 0.1)
    assert not RESOLVER.resolve(unsure, Context()).named
    (named,) = RESOLVER.resolve(unsure, Context(SHOWN)).named
    assert named.item_id == "heat"


@pytest.mark.parametrize("words", ["that series", "the sequels", "that saga"])
def test_what_points_at_a_series_asks_for_it(words: str) -> None:
    line = f"inform request | loved {{toy story|title liked}}! any others in {{{words}|pointer like-this}}?"
    (asked,) = said(line, context=Context(SHOWN)).asked
    assert (asked.topic, asked.about) == (Topic.SERIES, ("toy",))


def test_a_sequel_may_be_asked_for_as_a_value() -> None:
    parts = [
        Item(n, t, attributes={"sequel": (v,)}) for n, t, v in (("a", "Alpha", "first part"), ("b", "Beta", "sequel"))
    ]
    films = Catalog(parts, Vocabulary(synonyms={"Fortsetzung": (("sequel", "sequel"),)}))
    resolver, reader = Resolver(films, Linker(films)), ScriptedReader()
    line = "ask | {gibt es|question have} eine {Fortsetzung|value asked} von {Alpha|title asked}?"
    (asked,) = resolver.resolve(reader.read(reader.learn(line, "de"), LastPlan()), Context()).asked
    assert (asked.topic, asked.about, asked.value) == (Topic.SERIES, ("a",), None)


def test_by_is_no_part_of_a_title() -> None:
    assert ids(said("ask | is {titanic by|title asked} {the same guy|question maker}?")) == ["titanic"]


def test_a_question_is_not_about_what_a_later_one_is() -> None:
    line = "ask | {a part 2|question series} then?? and {who|question maker} made {heat|title asked}"
    found = [(asked.topic, asked.about) for asked in said(line, context=Context(SHOWN, "toy")).asked]
    assert found == [(Topic.SERIES, ("toy",)), (Topic.MAKER, ("heat",))]


def test_a_pointer_that_may_mean_any_of_them_is_vague() -> None:
    vague = said("reject | {that one|pointer disliked}", context=Context(SHOWN))
    assert ids(vague) == list(SHOWN)
    assert all(named.vague for named in vague.named)
    clear = said("reject | {that one|pointer disliked}", context=Context(SHOWN, "toy"))
    assert ids(clear) == ["toy"]
    assert not clear.named[0].vague


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a {comedy|value wanted}", {"genres Comedy"}),
        ("something {funny|theme wanted}", {"genres Comedy"}),
        ("I love {comedies|value liked}", {"genres Comedy"}),
        ("no {horror|value unwanted}", {"not genres Horror"}),
        ("can't stand {horror|value disliked}", {"not genres Horror"}),
        ("a {romcom|value wanted}", {"genres Romance", "genres Comedy"}),
        ("no {romcom|value unwanted}", {"not genres Romance"}),
        ("by {Denis Villeneuve|person wanted}", {"director Denis Villeneuve"}),
        ("by {denis vilenueve|person wanted}", {"director Denis Villeneuve"}),
        ("no {kurosawa|person unwanted}", {"not director Akira Kurosawa"}),
        ("I saw a {comedy|value seen} once, {Celine Song|person mentioned} came", set()),
    ],
)
def test_values_and_people_are_wishes(line: str, expected: set[str]) -> None:
    assert wishes(said(f"request | {line}")) == expected


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("una {comedia|value wanted}", "es"),
        ("来一部{喜剧|value wanted}片", "zh"),
        ("来一部{喜剧片|value wanted}", "zh"),
    ],
)
def test_values_are_found_in_other_languages(line: str, language: str) -> None:
    assert wishes(said(f"request | {line}", language)) == {"genres Comedy"}


def test_somebody_whom_the_catalogue_does_not_know_is_nobody() -> None:
    understood = said(
        "request | with {Tom Hanks|person wanted}, not {Nolan|person unwanted}, saw {Ed Wood|person mentioned}"
    )
    assert understood.nobody == ("Tom Hanks",)
    assert not understood.wishes


def test_what_no_attribute_tells_is_searched() -> None:
    understood = said(
        "request | {a heist with a twist|theme wanted}, nothing {gory|theme unwanted}, {space opera|value liked}"
    )
    assert understood.sought == ("a heist with a twist", "space opera")
    assert understood.shunned == ("gory",)
    assert not understood.wishes


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("something {short|range wanted}", {"length <=100"}),
        ("not too {long|range unwanted}", {"length <150"}),
        ("not too {short|range unwanted}", {"length >100"}),
        ("{shorter|range wanted}", {"length <=100"}),
        ("{cheap|range wanted}", {"price <=8"}),
        ("something {popular|range wanted}", {"popularity >=220"}),
        ("nothing too {popular|range unwanted}", {"popularity <220"}),
    ],
)
def test_words_for_much_and_little_are_limits(line: str, expected: set[str]) -> None:
    assert wishes(said(f"request | {line}")) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{shorter|range wanted}", "length <=100"),
        ("{longer|range wanted}", "length >=150"),
        ("{older|range wanted} please", "year <1995"),
        ("{less expensive|range wanted}", "price <10"),
        ("too {long|range unwanted}", "length <=100"),
        ("{newer|range wanted}", "year >=2010"),
        ("{newer|range wanted}, after {2000|range at-least}", "year >=2000"),
    ],
)
def test_a_critique_goes_beyond_what_was_shown(line: str, expected: str) -> None:
    assert wishes(said(f"critique | {line}", context=Context(SHOWN))) == {expected}


@pytest.mark.parametrize(
    ("line", "language"),
    [("要{更短|range wanted}的", "zh"), ("{短一点|range wanted}的", "zh"), ("algo {más corto|range wanted}", "es")],
)
def test_a_critique_is_understood_in_any_language(line: str, language: str) -> None:
    assert wishes(said(f"critique | {line}", language, Context(SHOWN))) == {"length <=100"}


def test_a_critique_after_one_thing_was_spoken_of_goes_beyond_that() -> None:
    context = Context(SHOWN, focus="heat")
    assert wishes(said("critique | {shorter|range wanted}", context=context)) == {"length <170"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("under {90 minutes|range at-most}", {"length <90"}),
        ("at least {two hours|range at-least}", {"length >=120"}),
        ("before {1990|range at-most}", {"year <1990"}),
        ("until {1990|range at-most}", {"year <=1990"}),
        ("before {the 90s|range at-most}", {"year <1990"}),
        ("until {the 90s|range at-most}", {"year <=1999"}),
        ("from {1990|range at-least} on", {"year >=1990"}),
        ("from {the 90s|range wanted}", {"year >=1990", "year <=1999"}),
        ("not {the 90s|range unwanted}", {"not year >=1990<2000"}),
        ("from {the 80s|range wanted} or {90s|range wanted}", {"year >=1980", "year <=1999"}),
        (
            "from {the 80s|range wanted}, {1985 to 1995|range wanted}",
            {"year >=1980", "year <=1989", "year >=1985", "year <=1995"},
        ),
        ("{short|range wanted}, under {90 minutes|range at-most}", {"length <90"}),
        ("{between 1990 and 2000|range wanted}", {"year >=1990", "year <=2000"}),
        ("under {20 dollars|range at-most}", {"price <20"}),
        ("{20|range at-most} tops", {"price <=20"}),
        ("at least {4 stars|range at-least}", set()),
        ("it is {two hours|range mentioned} long", set()),
    ],
)
def test_numbers_are_limits(line: str, expected: set[str]) -> None:
    assert wishes(said(f"request | {line}")) == expected


@pytest.mark.parametrize(
    ("line", "language", "expected"),
    [
        ("menos de {dos horas|range at-most}", "es", {"length <120"}),
        ("antes de {1990|range at-most}", "es", {"year <1990"}),
        ("aus den {90ern|range wanted}", "de", {"year >=1990", "year <=1999"}),
        ("moins de {20 euros|range at-most}", "fr", {"price <20"}),
        ("antes dos {anos 90|range at-most}", "pt", {"year <1990"}),
        ("{90年代|range wanted}的", "zh", {"year >=1990", "year <=1999"}),
        ("不超过{两个小时|range at-most}", "zh", {"length <=120"}),
    ],
)
def test_numbers_are_limits_in_any_language(line: str, language: str, expected: set[str]) -> None:
    assert wishes(said(f"request | {line}", language)) == expected


def of_year(year: int) -> Item:
    return Item("any", "Any", year)


@pytest.mark.parametrize(
    ("line", "inside", "outside"),
    [
        ("after {the 90s|range at-least}", 2000, 1999),
        ("newer than {the 90s|range at-least}", 2000, 1999),
        ("no later than {1990|range at-most}", 1990, 1991),
        ("no newer than {1990|range at-most}", 1990, 1991),
    ],
)
def test_a_limit_counts_its_own_years_only_where_that_is_said(line: str, inside: int, outside: int) -> None:
    (wish,) = said(f"request | {line}").wishes
    assert wish.holds(of_year(inside))
    assert not wish.holds(of_year(outside))


@pytest.mark.parametrize("line", ["for my {6 year old|range wanted}", "for my {6|range wanted}"])
def test_for_a_child_is_what_suits_its_age(line: str) -> None:
    assert wishes(said(f"request child | {line}")) == {"age <=6"}


@pytest.mark.parametrize(
    "line",
    [
        "my kids are {6|range wanted} and {9|range wanted}", "my kids are {9|range wanted} and {6|range wanted}",
        "my kids are {6 and 9|range wanted}", "a {6 to 9 year old|range wanted}",
    ],
)  # fmt: skip
def test_for_several_children_is_what_suits_the_youngest(line: str) -> None:
    understood = said(f"request child | {line}")
    preference = believe(Preference(), understood, 0, PRICED)
    suits = {item.item_id for item in PRICED if all(c.holds(item) for c in preference.constraints)}
    assert suits == {item.item_id for item in PRICED if (item.number("age") or 0) <= 6}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("any {year|range withdrawn} is fine", [Constraint("year", "")]),
        ("forget {the 80s|range withdrawn}", [Constraint("year", "")]),
        ("needn't be {short|range withdrawn}", [Constraint("length", "")]),
        ("I never said {comedy|value withdrawn}", [Constraint("genres", "Comedy")]),
        ("not {kurosawa|person withdrawn}", [Constraint("director", "Akira Kurosawa")]),
    ],
)
def test_what_is_withdrawn_is_told_and_not_wished(line: str, expected: list[Constraint]) -> None:
    understood = said(f"correct | {line}")
    assert list(understood.withdrawn) == expected
    assert not understood.wishes


def test_a_title_that_was_misread_is_withdrawn() -> None:
    understood = said("correct instead | {past lives|title like-this}, not {the past|title withdrawn}")
    assert understood.ids((Role.LIKE_THIS,)) == ("past-lives",)
    assert understood.ids((Role.WITHDRAWN,)) == ("past",)
    assert understood.flags == {Flag.INSTEAD}


@pytest.mark.parametrize(
    ("line", "attribute", "about"),
    [
        ("{how long|question length} is {heat|title asked}?", "length", ("heat",)),
        ("{who made|question maker} {the second one|pointer asked}?", "director", ("titanic",)),
        ("{how much|question price} is {it|pointer asked}?", "price", ("toy",)),
        ("{when|question year} did it come out?", "year", ("toy",)),
        ("{what age|question age} are {these|pointer asked} for?", "age", SHOWN),
        ("{how scary|question scary} is {it|pointer asked}?", None, ("toy",)),
    ],
)
def test_a_question_is_about_an_attribute_of_an_item(line: str, attribute: str | None, about: tuple[str, ...]) -> None:
    (asked,) = said(f"ask | {line}", context=Context(SHOWN, "toy")).asked
    assert (asked.attribute, asked.about) == (attribute, about)


def test_several_questions_have_each_their_items() -> None:
    line = "{who made|question maker} {heat|title asked}, and {how long|question length} is {titanic|title asked}?"
    found = [(asked.topic, asked.about) for asked in said(f"ask | {line}").asked]
    assert found == [(Topic.MAKER, ("heat",)), (Topic.LENGTH, ("titanic",))]


def test_several_questions_may_be_of_one_item() -> None:
    understood = said("ask | {who made|question maker} {heat|title asked} and {when|question year}?")
    assert [(asked.topic, asked.about) for asked in understood.asked] == [
        (Topic.MAKER, ("heat",)), (Topic.YEAR, ("heat",)),
    ]  # fmt: skip


def test_a_question_beside_a_taste_is_not_about_the_taste() -> None:
    line = "I loved {titanic|title liked}. {how long|question length} is {heat|title asked}?"
    (asked,) = said(f"inform ask | {line}").asked
    assert asked.about == ("heat",)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("is {heat|title asked} {comedy|value asked}?", ("genres", "Comedy")),
        ("is {heat|title asked} {a comedy|value asked}?", ("genres", "Comedy")),
        ("is {kurosawa|person asked} behind {heat|title asked}?", ("director", "Akira Kurosawa")),
        ("is {heat|title asked} {a heist gone wrong|theme asked}?", None),
    ],
)
def test_a_value_may_be_asked_of_an_item(line: str, value: tuple[str, str] | None) -> None:
    understood = said(f"ask | {line}")
    (asked,) = understood.asked
    assert (asked.about, asked.value) == (("heat",), value)
    assert not understood.wishes


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("is {heat|title asked} under {two hours|range asked}?", False),
        ("is {heat|title asked} over {two hours|range asked}?", True),
        ("is {heat|title asked} longer than {two hours|range asked}?", True),
        ("is {heat|title asked} from {the 90s|range asked}?", True),
        ("is {heat|title asked} from {the 2000s|range asked}?", False),
        ("does {heat|title asked} cost less than {20 dollars|range asked}?", True),
    ],
)
def test_a_range_may_be_asked_of_an_item(line: str, holds: bool) -> None:
    (asked,) = said(f"ask | {line}").asked
    assert asked.about == ("heat",)
    assert asked.limit is not None
    assert asked.limit.holds(PRICED[0]) is holds


@pytest.mark.parametrize(
    ("line", "language", "how_much"),
    [
        ("ask | is {it|pointer asked} {sad|question sadness}?", "en", False),
        ("ask | how {sad|question sadness} is {it|pointer asked}?", "en", True),
        ("ask | {它|pointer asked}{悲伤|question sadness}吗？", "zh", False),
        ("ask | {它|pointer asked}有{多悲伤|question sadness}？", "zh", True),
        ("ask | wie {traurig|question sadness} ist {er|pointer asked}?", "de", True),
        ("ask | ¿cuánta {tristeza|question sadness} tiene?", "es", True),
        ("ask | à quel point est-il {triste|question sadness} ?", "fr", True),
        ("ask | o quanto é {triste|question sadness}?", "pt", True),
        ("ask | é {triste|question sadness}?", "pt", False),
    ],
)
def test_how_much_is_another_question_than_whether(line: str, language: str, how_much: bool) -> None:
    (asked,) = said(line, language, Context(SHOWN)).asked
    assert asked.how_much is how_much


@pytest.mark.parametrize(
    ("words", "attribute", "highest"),
    [
        ("the longest", "length", True),
        ("the shortest", "length", False),
        ("the newest", "year", True),
        ("cheapest", "price", False),
    ],
)
def test_of_several_the_one_that_stands_out_is_asked_for(words: str, attribute: str, highest: bool) -> None:
    line = f"ask | {{which|question compare}} of {{them|pointer asked}} is {{{words}|range asked}}?"
    (asked,) = said(line, context=Context(SHOWN)).asked
    assert asked == Asked(Topic.COMPARE, SHOWN, attribute, highest=highest, words=words)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{heat|title asked}?", [(Topic.PLOT, ("heat",))]),
        ("{the meg|title asked}?", [(Topic.PLOT, ())]),
        ("hm?", []),
    ],
)
def test_a_name_with_a_question_mark_asks_what_it_is(line: str, expected: list[tuple[Topic, tuple[str, ...]]]) -> None:
    assert [(asked.topic, asked.about) for asked in said(f"ask | {line}").asked] == expected


def test_what_somebody_else_likes_is_no_wish_of_the_writer() -> None:
    likes = "{comedies|value liked theirs}, {kurosawa|person liked theirs} and {sad tales|theme liked theirs}"
    understood = said(f"inform | my wife loves {likes}")
    assert understood == Understood(understood.frame)


def test_numbers_that_somebody_else_likes_are_no_wish_of_the_writer() -> None:
    assert not said("inform | my wife only likes {the 90s|range liked theirs}").wishes
    assert not said("inform | my wife can't stand anything {long|range disliked theirs}").wishes


def test_what_somebody_else_likes_counts_where_what_was_shown_is_not_for_them() -> None:
    assert wishes(said("correct inform | that isn't for them, they like {comedies|value liked theirs}")) == {
        "genres Comedy"
    }


@pytest.mark.parametrize("words", ["film", "a movie", "films"])
def test_a_word_for_the_thing_is_nothing_to_be_searched(words: str) -> None:
    understood = said(f"request | I want {{{words}|value wanted}}")
    assert understood.sought == understood.frame.mentions == ()


def test_what_somebody_else_likes_counts_where_something_is_wanted_for_them() -> None:
    likes = "{comedies|value liked theirs}, {toy story|title liked theirs}, no {sad tales|theme disliked theirs}"
    for acts in ("request", "inform child"):
        understood = said(f"{acts} | my son likes {likes}")
        assert wishes(understood) == {"genres Comedy"}
        assert understood.shunned == ("sad tales",)
        assert [(named.item_id, named.theirs) for named in understood.named] == [("toy", True)]
        assert not understood.ids((Role.LIKED,))


@pytest.mark.parametrize(
    ("words", "language", "expected"),
    [
        ("two", "en", 2), ("5", "en", 5), ("three", "en", 3), ("tres", "es", 3), ("zwei", "de", 2), ("deux", "fr", 2),
        ("duas", "pt", 2), ("三部", "zh", 3), ("a few", "en", None), ("0", "en", None),
    ],
)  # fmt: skip
def test_a_count_is_how_many_are_wanted(words: str, language: str, expected: int | None) -> None:
    assert said(f"request | {{{words}|count wanted}} please", language).count == expected


@pytest.mark.parametrize(
    ("words", "language"),
    [("one", "en"), ("just one", "en"), ("una", "es"), ("einen", "de"), ("un", "fr"), ("um", "pt")],
)
def test_one_is_a_count_too(words: str, language: str) -> None:
    assert said(f"request | {{{words}|count wanted}} please", language).count == 1


@pytest.mark.parametrize("number", ["9" * 400, "9" * 20, "1,000,000,000,000"])
def test_a_number_beyond_all_measure_does_no_harm(number: str) -> None:
    understood = said(f"request | {{{number}|count wanted}} films under {{{number} dollars|range at-most}}")
    assert understood.count is None or understood.count > 1000
    assert all(wish.number >= 1000 and wish.holds(PRICED[0]) for wish in understood.wishes)


@pytest.mark.parametrize("words", ["1.2.3", "12.05.2020", ".", "😀", "z̸a̶l̷g̸o̷", "half", "-"])
@pytest.mark.parametrize(
    "mark", ["range at-most", "range withdrawn", "count wanted", "value wanted", "person asked", "title liked"]
)
def test_odd_words_do_no_harm(words: str, mark: str) -> None:
    understood = said(f"request | give me {{{words}|{mark}}}, yes")
    assert not any(ids(understood))
    assert understood.count is None or understood.count > 0


def test_forty_mentions_are_all_understood() -> None:
    titles = [
        item.title for item in PRICED if item.item_id not in ("heat-86", "titanic-53", "2001", "1917", "blade-2049")
    ]
    line = ", ".join(f"{{{title}|title seen}}" for title in [*titles, *titles])
    understood = said(f"inform | {line}, {{a comedy|theme wanted}}, {{short|range wanted}}, {{kurosawa|person wanted}}")
    assert len(understood.named) == 2 * len(titles) >= 38
    assert None not in ids(understood)
    assert understood.ids((Role.SEEN,)) == tuple(dict.fromkeys(ids(understood)))
    assert {"length <=100", "director Akira Kurosawa"} <= wishes(understood)


def test_the_frame_that_was_read_is_kept() -> None:
    understood = said("request ask surprise | {which|question compare}?")
    assert understood.acts == {Act.REQUEST, Act.ASK}
    assert understood.flags == {Flag.SURPRISE}
    assert understood.frame.mentions[0].topic is Topic.COMPARE


A_LONG_STORY = "a chess prodigy who has trouble with her family"


class Meanings:
    """Knows two descriptions, and a film by what happens in it."""

    def recalled(self, words: str) -> str | None:
        return "toy-2" if "cowboy" in words else None

    def nearest(self, words: str, item_ids: Sequence[str]) -> str | None:
        return None

    def values(self, words: str) -> tuple[tuple[str, str], ...]:
        told = {"makes me laugh till it hurts": "Comedy", "docu": "Documentary", A_LONG_STORY: "Drama"}
        return (("genres", told[words]),) if words in told else ()


@pytest.mark.parametrize(
    ("line", "wanted", "hints"),
    [
        ("{makes me laugh till it hurts|theme wanted}", {"genres Comedy"}, ("makes me laugh till it hurts",)),
        ("nothing that {makes me laugh till it hurts|theme unwanted}", {"not genres Comedy"}, ()),
        ("a {docu|value wanted}", {"genres Documentary"}, ("docu",)),
        ("{a funny thriller|theme wanted}", {"genres Comedy", "genres Thriller"}, ("a funny thriller",)),
    ],
)
def test_a_description_is_a_wish_for_what_it_means(line: str, wanted: set[str], hints: tuple[str, ...]) -> None:
    reader = ScriptedReader()
    resolver = Resolver(PRICED, Linker(PRICED), Meanings())
    understood = resolver.resolve(reader.read(reader.learn(f"request | {line}"), LastPlan()), Context())
    assert wishes(understood) == wanted
    assert understood.hints == hints
    assert understood.sought == ()


def test_what_is_told_in_many_words_is_searched_whatever_it_means() -> None:
    reader = ScriptedReader()
    resolver = Resolver(PRICED, Linker(PRICED), Meanings())
    read = reader.read(reader.learn(f"request | {{{A_LONG_STORY}|theme wanted}}"), LastPlan())
    understood = resolver.resolve(read, Context())
    assert (understood.wishes, understood.sought) == ((), (A_LONG_STORY,))


def test_a_title_that_was_taken_for_a_name_is_a_title() -> None:
    assert ids(said("ask | {blade runner|person asked}, {who|question maker} made it")) == ["blade"]
    assert said("request | something by {heat|person wanted}").nobody == ("heat",)


def test_misspelt_titles_between_commas_are_told_apart() -> None:
    assert ids(said("inform | {blade runer, unforgivven, heat|title liked}")) == ["blade", "unforgiven", "heat"]


@pytest.mark.parametrize(
    ("line", "about"),
    [
        ("ask | what about {Heat|title asked}, {who|question maker} made {that one|pointer asked}?", ("heat",)),
        ("ask | {Fargo|title asked} is cheap? lol. and {Heat|title asked}, {how long|question length}?", ("heat",)),
        (
            "ask | {who|question maker} made {Heat|title asked} and {Titanic|title asked}? {Seven|title asked} I know",
            ("heat", "titanic"),
        ),
    ],
)
def test_one_question_is_about_what_is_named_beside_it(line: str, about: tuple[str, ...]) -> None:
    (asked,) = said(line, context=Context(slate=SHOWN, focus="toy")).asked
    assert asked.about == about


def test_a_pointer_behind_an_experience_is_what_was_spoken_of() -> None:
    understood = said(
        "ask inform | seen {Heat|title seen}. {how long|question length} is {it|pointer asked}?",
        context=Context(slate=SHOWN, focus="titanic"),
    )
    assert understood.asked[0].about == ("titanic",)


def test_a_word_that_is_a_value_asks_for_it_whatever_the_question_was_taken_for() -> None:
    (asked,) = said("ask | is {Heat|title asked} a {comedy|question sadness}?").asked
    assert asked.value == ("genres", "Comedy")
    (asked,) = said("ask | is {Heat|title asked} {long|question property}?").asked
    assert asked.value is None


OF_COUNTRIES = Catalog(
    [
        *(Item(name, f"Film {name}", attributes={"country": ("USA",)}) for name in ("one", "two")),
        Item("three", "Film three", attributes={"country": ("Germany",)}),
        Item("four", "Film four", attributes={"country": ("West Germany",)}),
    ],
    Vocabulary(
        synonyms={
            "american": (("country", "USA"),),
            "german": (("country", "Germany"), ("country", "West Germany")),
        }
    ),
)


@pytest.mark.parametrize(("slate", "german"), [(("one", "two"), True), (("one", "three"), False), ((), False)])
def test_what_nothing_shown_is_beside_a_complaint_of_what_all_are_is_wanted(
    slate: tuple[str, ...], german: bool
) -> None:
    reader = ScriptedReader()
    line = "critique | all {american|value unwanted}. nothing {german|value unwanted}?"
    read = reader.read(reader.learn(line, "en"), LastPlan())
    resolver = Resolver(OF_COUNTRIES, Linker(OF_COUNTRIES))
    found = resolver.resolve(read, Context(slate=slate)).wishes
    assert Constraint("country", "USA", include=False) in found
    assert Constraint("country", "Germany", include=german) in found
    assert Constraint("country", "West Germany", include=german) in found


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("critique | something {less|range wanted} {long|theme unwanted}", "en"),
        ("critique | algo {menos|range wanted} {largo|theme wanted}", "es"),
    ],
)
def test_less_is_one_with_what_stands_behind_it(line: str, language: str) -> None:
    understood = said(line, language, Context(slate=("heat",)))
    assert wishes(understood) == {"length <170"}
    assert not understood.sought
    assert not understood.shunned


def test_brackets_alone_name_nothing() -> None:
    assert ids(said("request | 类似{《|title like-this}{天使爱美丽|title like-this}》", "zh")) == ["amelie"]


OFFICE = Catalog(
    [
        Item(str(n), f"{brand} {thing}", attributes={"brand": (brand,), "topic": ("Pens",)})
        for n, (brand, thing) in enumerate((b, t) for b in ("Paper Mate", "Sharpie", "Bic") for t in ("Pen", "Marker"))
    ]
)


def in_office(line: str, context: Context = Context()) -> Understood:  # noqa: B008
    reader = ScriptedReader()
    return Resolver(OFFICE, Linker(OFFICE)).resolve(reader.read(reader.learn(line, "en"), LastPlan()), context)


def test_a_brand_that_is_taken_for_a_title_is_a_brand() -> None:
    understood = in_office(
        "ask | is {the second|pointer asked} from {Paper Mate|title mentioned}?", Context(("2", "3"))
    )
    (asked,) = understood.asked
    assert (asked.about, asked.value) == (("3",), ("brand", "Paper Mate"))
    assert [n.item_id for n in in_office("request | {sharpie pen|title wanted}").named] == ["2"]
    assert in_office("request | something like {Bic|title like-this}").wishes == (Constraint("brand", "Bic"),)


def test_a_question_that_names_a_column_is_about_it() -> None:
    context = Context(("0", "1"))
    (asked,) = in_office("ask | {what brand|question kind} is {the first|pointer asked}?", context).asked
    assert asked.attribute == "brand"
    (asked,) = in_office("ask | {what topic|question plot} is {the first|pointer asked}?", context).asked
    assert asked.attribute == "topic"
    (asked,) = in_office("ask | {what|question plot} is {the first|pointer asked} about?", context).asked
    assert asked.attribute == "description"


def test_who_asks_the_bot_of_a_thing_asks_whether_it_is_here() -> None:
    (asked,) = in_office("ask | {do you|question bot} sell the {Bic Pen|title asked}?").asked
    assert (asked.topic, asked.about) == (Topic.HAVE, ("4",))
    (asked,) = in_office("ask | {who are you|question bot}?").asked
    assert asked.topic is Topic.BOT


def test_a_series_that_is_taken_for_a_title_is_one() -> None:
    films = [Item(str(n), f"Blade {n}", attributes={"franchise": (f"Saga {n}",)}) for n in range(3)]
    catalog, reader = Catalog(films), ScriptedReader()
    line = "ask | which {Saga 1|title mentioned} is {Blade 2|title asked}?"
    understood = Resolver(catalog, Linker(catalog)).resolve(
        reader.read(reader.learn(line, "en"), LastPlan()), Context()
    )
    assert all(asked.value is None for asked in understood.asked)


def test_of_what_is_wanted_and_unwanted_in_one_message_the_wish_counts() -> None:
    line = "{Toy Story|title mentioned} is no {comedy|value unwanted}, I want a {comedy|value wanted}"
    assert wishes(said(f"request | {line}")) == {"genres Comedy"}


def test_a_word_of_a_story_is_no_measure() -> None:
    understood = said("request | {two people who find a short way home|theme wanted}")
    assert (understood.wishes, understood.sought) == ((), ("two people who find a short way home",))


def test_less_right_before_a_wish_turns_it_round() -> None:
    assert wishes(said("request | something less {popular|theme wanted}")) == {"popularity <73"}
    assert wishes(said("request | nothing less {popular|theme unwanted}")) == {"popularity <220"}


def test_the_beginning_of_a_title_that_was_spoken_of_is_enough() -> None:
    line = "inform | I have seen {the shape|title seen}"
    assert ids(said(line, context=Context(earlier=frozenset({"shape"})))) == ["shape"]
    assert ids(said(line)) == ["shape"]  # nothing else that is known begins so
    assert ids(said("inform | I have seen {toy|title seen}")) == [None]


ACCOMPANIED = Vocabulary(
    nouns=("film", "films"),
    company={"parents": (("length", "<=120"),), "friends": (), "爸妈": (("length", "<=120"),)},
    synonyms={"parents": (("genres", "Drama"),)},
    measures={"length": Measure(low_limit=100, high_limit=150, low=("short",))},
)
TOGETHER = Catalog([Item("f", "Film", attributes={"genres": ("Drama",), "length": 90.0})], ACCOMPANIED)


def accompanied(line: str, language: str = "en") -> Understood:
    reader = ScriptedReader()
    resolver = Resolver(TOGETHER, Linker(TOGETHER))
    return resolver.resolve(reader.read(reader.learn(line, language), LastPlan()), Context())


@pytest.mark.parametrize(
    ("line", "language", "limits"),
    [
        ("something to watch {with my parents|theme wanted}", "en", {"length <=120"}),
        ("something for {my parents|theme wanted}", "en", {"length <=120"}),
        ("a film {my parents would enjoy|theme wanted}", "en", {"length <=120"}),
        ("a night {with friends|theme wanted}", "en", set()),
        ("想{带爸妈一起|theme wanted}看", "zh", {"length <=120"}),
    ],
)
def test_who_watches_along_sets_limits_that_need_no_words_of_their_own(
    line: str, language: str, limits: set[str]
) -> None:
    understood = accompanied(f"request | {line}", language)
    assert wishes(understood) == limits
    assert understood.company
    assert set(understood.implied) == set(understood.wishes)
    assert not understood.sought


@pytest.mark.parametrize("line", ["films about {parents|theme wanted}", "{strict parents|theme wanted}, like mine"])
def test_what_a_film_is_about_is_no_company(line: str) -> None:
    understood = accompanied(f"request | {line}")
    assert "length <=120" not in wishes(understood)
    assert not understood.company


def test_a_mood_that_is_a_limit_is_repeated_in_the_words_of_the_wish() -> None:
    understood = accompanied("request | something {short|theme wanted}")
    assert understood.implied == understood.wishes != ()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("critique | bit {shorter|range unwanted}", {"length <=100"}),
        ("critique | not {shorter|range unwanted}", {"length >=150"}),
        ("critique | too {long|range unwanted}", {"length <=100"}),
    ],
)
def test_a_comparison_after_a_slate_is_wanted_unless_it_is_negated(line: str, expected: set[str]) -> None:
    assert wishes(said(line, context=Context(SHOWN))) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("from {the 90s|range at-least} or later", {"year >=1990"}),
        ("after {the 90s|range at-least}", {"year >1999"}),
    ],
)
def test_a_decade_is_where_it_begins_or_what_comes_after_it(line: str, expected: set[str]) -> None:
    assert wishes(said(f"request | {line}")) == expected


@pytest.mark.parametrize(
    ("line", "language", "topic"),
    [
        ("what's the {story|question basis} of {Heat|title asked}?", "en", Topic.PLOT),
        ("can you {sum|question property} up {Heat|title asked}", "en", Topic.PLOT),
        ("is {Heat|title asked} a {true story|question basis}?", "en", Topic.BASIS),
        ("{wievielte|question length} ist {Heat|title asked}?", "de", Topic.LENGTH),
    ],
)
def test_a_question_is_of_what_its_plain_words_ask(line: str, language: str, topic: Topic) -> None:
    (asked,) = said(f"ask | {line}", language).asked
    assert asked.topic is topic


SAGA = Catalog(
    [
        Item("a1", "Alien", 1979, attributes={"series": ("Alien",), "part": 1.0, "theme": ("first love", "space")}),
        Item("a2", "Aliens", 1986, attributes={"series": ("Alien",), "part": 2.0, "theme": ("space",)}),
        Item("r1", "The Ring: The Fellowship", 2001, attributes={"series": ("The Ring",), "part": 1.0}, popularity=9),
        Item("r2", "The Ring: The Return", 2003, attributes={"series": ("The Ring",), "part": 2.0}),
        Item("p", "Pokemon: The First Love", 1999, attributes={"theme": ("games",)}),
        *(Item(f"o{n}", f"Other {n}", 2000, attributes={"theme": ("games", "space", "first love")}) for n in range(5)),
    ],
    Vocabulary(noun=("film", "films"), nouns=("film", "films", "movies"), series="series"),
)


def of_saga(line: str, language: str = "en") -> Understood:
    reader = ScriptedReader()
    resolver = Resolver(SAGA, Linker(SAGA))
    return resolver.resolve(reader.read(reader.learn(line, language), LastPlan()), Context())


@pytest.mark.parametrize(("words", "language"), [("wievielte", "de"), ("number", "en"), ("第几部", "zh")])
def test_the_number_of_a_part_is_asked_for(words: str, language: str) -> None:
    (asked,) = of_saga(f"ask | {{{words}|question length}} {{Aliens|title asked}}", language).asked
    assert (asked.topic, asked.attribute, asked.about) == (Topic.SERIES, "part", ("a2",))


def test_a_series_that_is_wanted_by_its_name_is_a_wish() -> None:
    assert wishes(of_saga("request | {the ring movies|title wanted}")) == {"series The Ring"}
    assert ids(of_saga("request | {aliens|title wanted}")) == ["a2"]  # one of them by its own
    assert ids(of_saga("inform | {the ring|title liked}")) == ["r1"]


def test_words_that_are_a_value_by_the_letter_are_no_title_that_has_more_words() -> None:
    assert wishes(of_saga("request | summer, {first love|title liked}")) == {"theme first love"}


def test_a_question_about_nothing_is_about_a_title_that_stands_there_by_the_letter() -> None:
    asked = said("ask | {what language|question language} do they speak in hellboy")
    assert asked.asked[0].about == ("hellboy",)
    assert said("ask | {what language|question language} do they speak").asked[0].about == ()
    named = said("ask | {how long|question length} is {heat|title asked}, not hellboy")
    assert named.asked[0].about == ("heat",)


def test_words_of_a_question_right_before_others_of_it_ask_nothing_more() -> None:
    assert len(said("ask | {what's the|question length} {length|question length} of {Heat|title asked}").asked) == 1


def test_a_long_title_is_known_with_plain_words_behind_it() -> None:
    asked = said("ask | is {a space odyssey really good|title asked} a {true story|question basis}?")
    assert ids(asked) == ["2001"]
    assert ids(said("ask | is {a space odyssey of doom|title asked} any good?")) == [None]
    long = Catalog([Item("c", "Catch Me If You Can", 2002), Item("x", "Other", 2000)])
    reader = ScriptedReader()
    line = "ask | did {catch me if you can really happen|title asked}, {true story|question basis}?"
    read = reader.read(reader.learn(line), LastPlan())
    assert ids(Resolver(long, Linker(long)).resolve(read, Context())) == ["c"]


def test_under_a_number_is_less_than_it() -> None:
    assert wishes(said("request | under {90 minutes|range at-most}")) == {"length <90"}
    assert wishes(said("request | at most {90 minutes|range at-most}")) == {"length <=90"}


SHELF = Catalog(
    [
        Item("hk", "Harold and Kumar", 2004, attributes={"genres": ("Comedy",)}),
        Item(
            "giles", "Heroic Losers", 2019, titles={"es": "La odisea de los giles"}, attributes={"genres": ("Comedy",)}
        ),
        Item("totoro", "My Neighbor Totoro", 1988, attributes={"genres": ("Drama",)}),
        *(Item(f"o{n}", f"Other {n}", 2000, attributes={"genres": ("Comedy", "Drama")}) for n in range(4)),
    ],
    Vocabulary(ask=("genres",)),
)


def of_shelf(line: str, language: str = "en", **context: tuple[str, ...]) -> Understood:
    reader = ScriptedReader()
    told = Context(slate=("hk", "giles", "totoro"), **context)  # type: ignore[arg-type]
    return Resolver(SHELF, Linker(SHELF)).resolve(reader.read(reader.learn(line, language), LastPlan()), told)


def test_what_was_shown_is_known_by_a_part_of_its_title_whatever_that_was_taken_for() -> None:
    chosen = of_shelf("accept | yes, {harold|person liked} and {kumar|person liked}")
    assert set(ids(chosen)) == {"hk"}
    assert chosen.nobody == ()
    assert ids(of_shelf("ask | {la de los giles|pointer asked} suena bien", "es")) == ["giles"]


def test_a_word_that_says_little_is_no_name() -> None:
    assert of_shelf("request | {PAS|person wanted} ça", "fr").nobody == ()
    assert ids(of_shelf("ask | {parfait|title asked}, {Totoro|title asked}", "fr")) == ["totoro"]
    assert of_shelf("request | {Zorgon|person wanted}", "fr").nobody == ("Zorgon",)


def test_that_one_shown_is_none_of_a_kind_leaves_the_kind_wanted() -> None:
    comedy = (Constraint("genres", "Comedy"),)
    line = "critique | {Harold and Kumar|title refused} is no {comedy|value unwanted}"
    assert of_shelf(line, wishes=comedy).wishes == comedy  # type: ignore[arg-type]
    assert wishes(of_shelf(line)) == {"not genres Comedy"}
    assert wishes(of_shelf("critique | no {comedy|value unwanted}", wishes=comedy)) == {"not genres Comedy"}  # type: ignore[arg-type]


def test_nothing_is_asked_of_what_somebody_only_tells_a_taste_of() -> None:
    assert of_shelf("ask inform | {Totoro|title liked} was fine, what else").asked == ()
    assert of_shelf("ask | {Totoro|title asked}?").asked[0].topic is Topic.PLOT


def test_in_a_language_asks_for_the_language_and_not_for_the_country() -> None:
    called = Vocabulary(translations={"fr": {"French": "français", "France": "français"}})
    values = {"country": ("France",), "language": ("French",)}
    spoken = Catalog([Item(str(n), f"Film {n}", 2000, attributes=values) for n in range(9)], called)
    reader = ScriptedReader()
    for line, expected in (
        ("ask | c'est en {français|value asked}?", ("language", "French")),
        ("ask | c'est {français|value asked}?", ("country", "France")),
    ):
        read = reader.read(reader.learn(line, "fr"), LastPlan())
        understood = Resolver(spoken, Linker(spoken)).resolve(read, Context(focus="1"))
        assert [asked.value for asked in understood.asked] == [expected]


def test_how_sad_something_is_not_to_be_is_a_limit_and_no_mood() -> None:
    words = {"sadness": Measure(low=("cheerful",), high=("sad",), low_limit=0, high_limit=2)}
    levels = {"sadness": {"en": ("not sad", "a little sad", "sad", "very sad")}}
    told = Vocabulary(measures=words, levels=levels)
    moods = [Item(str(n), f"Film {n}", 2000, attributes={"mood": ("sad",), "sadness": float(n % 4)}) for n in range(9)]
    reader, graded = ScriptedReader(), Catalog(moods, told)
    for line, expected in (
        ("not {sad|theme unwanted}", {"sadness <=0"}),
        ("not too {sad|theme unwanted}", {"sadness <2"}),
        ("no {sad|theme unwanted} parts", {"sadness <2"}),
        ("{sad|theme wanted}", {"mood sad"}),
    ):
        read = reader.read(reader.learn(f"request | {line}"), LastPlan())
        assert wishes(Resolver(graded, Linker(graded)).resolve(read, Context())) == expected


def test_what_is_named_in_another_sentence_is_not_compared_with() -> None:
    line = "isn't {Heat|title asked} bad? {which|question compare} of {those|pointer asked} is best"
    (asked,) = said(f"ask | {line}", context=Context(slate=SHOWN)).asked
    assert asked.against is None
    line = "{which|question compare} of {those|pointer asked} is most like {Heat|title mentioned}"
    (asked,) = said(f"ask | {line}", context=Context(slate=SHOWN)).asked
    assert asked.against == "heat"


def test_an_exclamation_is_no_title() -> None:
    assert ids(said("inform | {ha|title liked} {heat|title liked} is great")) == ["heat"]


@pytest.mark.parametrize(
    ("line", "language", "expected"),
    [
        ("request | una de los últimos {10 años|range wanted}", "es", {"year >=2016", "year <=2026"}),
        ("request | de unos {5 años|range wanted} pa acá", "es", {"year >=2021", "year <=2026"}),
        ("request child | para mi hija de {6 años|range wanted}", "es", {"age <=6"}),
    ],
)
def test_years_are_nobodys_age_where_words_beside_say_so(line: str, language: str, expected: set[str]) -> None:
    assert wishes(said(line, language)) == expected


def test_who_is_grown_up_limits_nothing() -> None:
    told = said("inform | estoy solo y tengo {27 años|range wanted}", "es")
    assert not told.wishes
    assert told.withdrawn == (Constraint("age", ""),)


@pytest.mark.parametrize(
    ("line", "language", "expected"),
    [
        ("request | something {foreign|value wanted}", "en", "not language English"),
        ("request | cant do {subtitles|value unwanted}", "en", "language English"),
        ("request | algo {extranjero|theme wanted}", "es", "not language Spanish"),
    ],
)
def test_what_is_foreign_depends_on_who_asks(line: str, language: str, expected: str) -> None:
    abroad = Catalog(
        [Item(name, name, attributes={"language": (name,)}) for name in ("English", "Spanish")],
        Vocabulary(translations={"es": {"English": "inglés"}}),
    )
    reader = ScriptedReader()
    told = Resolver(abroad, Linker(abroad)).resolve(reader.read(reader.learn(line, language), LastPlan()), Context())
    assert wishes(told) == {expected}


def test_what_is_not_wanted_is_negated_once() -> None:
    graded = Catalog(
        [Item(str(n), f"Film {n}", attributes={"violence": float(n)}) for n in range(4)],
        Vocabulary(
            measures={"violence": Measure(low=("gentle",), high=("blood",), low_limit=1, high_limit=2)},
            levels={"violence": {"en": ("not violent", "a little violent", "violent", "very violent")}},
        ),
    )
    reader = ScriptedReader()
    line = "request | {no blood|theme unwanted}"
    told = Resolver(graded, Linker(graded)).resolve(reader.read(reader.learn(line, "en"), LastPlan()), Context())
    (limit,) = told.wishes
    assert limit.holds(graded.get("0"))
    assert not limit.holds(graded.get("3"))


def test_who_has_seen_all_of_somebody_wants_others() -> None:
    assert wishes(said("inform | seen all of {Kurosawa|person seen}")) == {"not director Akira Kurosawa"}
    assert not wishes(said("inform | I saw a {comedy|value seen} yesterday"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("request | a thriller newer than {2000|range at-most}", {"year >2000"}),
        ("request | nothing longer than {100 minutes|range at-most}", {"length <=100"}),
        ("request | older than {1980|range at-least}", {"year <1980"}),
        ("request | not older than {2010|range at-most}", {"year >=2010"}),
        ("request | after dinner, {90 minutes|range at-most}", {"length <=90"}),
    ],
)
def test_the_word_beside_a_number_tells_on_which_side_of_it(line: str, expected: set[str]) -> None:
    assert wishes(said(line)) == expected


def test_of_what_was_shown_only_what_is_likened_to_is_a_model() -> None:
    shown = Context(slate=SHOWN)
    assert said("critique | {Heat|title like-this} is no comedy", context=shown).named[0].role is Role.MENTIONED
    for line in ("critique | more like {Heat|title like-this}", "critique | {Heat|title like-this} but funnier"):
        assert said(line, context=shown).named[0].role is Role.LIKE_THIS
    assert said("critique | {Seven|title liked} was it", context=shown).named[0].role is Role.LIKED


def test_or_between_two_of_a_sort_makes_either_enough() -> None:
    def either(line: str) -> set[str]:
        return {c.value for c in said(f"request | {line}").either}

    assert either("by {Kurosawa|person wanted} or with {Guillermo del Toro|person wanted}") == {
        "Akira Kurosawa",
        "Guillermo del Toro",
    }
    assert not either("by {Kurosawa|person wanted} and with {Guillermo del Toro|person wanted}")
    assert either("a {comedy|value wanted} or a {thriller|value wanted} by {Kurosawa|person wanted}") == {
        "Comedy",
        "Thriller",
    }
    assert not either("a {comedy|value wanted}, or something sad and {thriller|value wanted}")


def test_a_bracket_that_does_not_close_is_no_part_of_a_title() -> None:
    assert ids(said("inform | hated {Titanic (sorry|title disliked})")) == ["titanic"]


def test_behind_an_article_ordinary_words_are_of_a_kind_and_no_title() -> None:
    items = [
        Item("1", "Love Story", 1970, attributes={"genres": ("Drama",), "franchise": ("Love Story",)}),
        *(Item(str(n), f"Ghost {n}", 1990, attributes={"genres": ("Romance",)}) for n in range(2, 12)),
    ]
    told = Vocabulary(synonyms={"love story": (("genres", "Romance"),)}, series="franchise")
    resolver, reader = Resolver(Catalog(items, told), Linker(Catalog(items, told))), ScriptedReader()

    def heard(line: str) -> Understood:
        return resolver.resolve(reader.read(reader.learn(line), LastPlan()), Context())

    assert wishes(heard("request | but with a {love story|title wanted}")) == {"genres Romance"}
    assert ids(heard("inform | I adored {Love Story|title liked}")) == ["1"]


@pytest.mark.parametrize("words", ["kkk", "17", "ha"])
def test_what_exclaims_names_nothing(words: str) -> None:
    assert not said(f"inform | {{{words}|title liked}}, fine").named


def test_marks_around_a_title_are_no_part_of_it() -> None:
    assert ids(said("ask | 有{《天使爱美丽》|title asked}吗", "zh")) == ["amelie"]


def test_what_is_pointed_at_by_what_happens_in_it_need_not_have_been_shown() -> None:
    reader, resolver = ScriptedReader(), Resolver(PRICED, Linker(PRICED), Meanings())

    def named(pointer: str, slate: tuple[str, ...]) -> list[str | None]:
        read = reader.read(reader.learn(f"inform | I liked {{{pointer}|pointer liked}}"), LastPlan())
        return ids(resolver.resolve(read, Context(slate=slate)))

    assert named("the one with the stolen cowboy", ("heat",)) == ["toy-2"]
    assert named("the one", ("heat",)) == ["heat"]  # too little is said to be another one


def of_children(line: str, context: Context = Context()) -> set[str]:  # noqa: B008
    """The wishes of a message over a catalogue that tells from which age a film is."""
    items = [Item(str(n), f"Film {n}", attributes={"age": float(n)}) for n in range(18)]
    films = Catalog(items, Vocabulary(measures={"age": Measure({}, (), (), 6, 16)}))
    reader = ScriptedReader()
    return wishes(Resolver(films, Linker(films)).resolve(reader.read(reader.learn(line), LastPlan()), context))


def test_children_whose_age_is_not_told_are_shown_what_is_fine_at_eight() -> None:
    assert of_children("request child | something for the little one") == {"age <=8"}
    assert of_children("request | something for the evening") == set()
    assert of_children("chat child | my little one is ill") == set()
    assert of_children("request child | for my {4 year old|range wanted}") == {"age <=4"}
    assert of_children("request child | another one", Context(wishes=(Constraint("age", "<=5"),))) == set()


def test_a_mood_is_asked_for_by_its_name_and_not_as_a_level() -> None:
    words = {"sadness": Measure(low=("cheerful",), high=("sad", "bleak"), low_limit=0, high_limit=2)}
    levels = {"sadness": {"en": ("not sad", "a little sad", "sad", "very sad")}}
    moods = (("bleak",), ("bleak", "sad"), ("sad",))
    told = [{"mood": moods[n % 3], "sadness": (1.0, 2.0, 3.0)[n % 3]} for n in range(30)]
    items = [Item(str(n), f"Film {n}", attributes=attributes) for n, attributes in enumerate(told)]
    films, reader = Catalog(items, Vocabulary(measures=words, levels=levels)), ScriptedReader()

    def value(word: str) -> tuple[str, str] | None:
        read = reader.read(reader.learn(f"ask | is it {{{word}|question sadness}}"), LastPlan())
        return Resolver(films, Linker(films)).resolve(read, Context(focus="1")).asked[0].value

    assert value("bleak") == ("mood", "bleak")
    assert value("sad") is None  # which is but another word for the level


def test_the_name_of_what_was_shown_asks_nothing() -> None:
    understood = said("request | {Heat|question kind}?? no {horror|value unwanted}", context=Context(slate=SHOWN))
    assert understood.asked == ()
    assert ids(understood) == ["heat"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "request | i want {horror|value wanted}. not {romantic|theme unwanted}. {funny|theme unwanted} stuff",
            "genres Comedy",
        ),
        ("request | i want {horror|value wanted}, nothing {funny|theme unwanted}", "not genres Comedy"),
        ("critique | {funny|theme unwanted}, {horror|value wanted}", "not genres Comedy"),
    ],
)
def test_what_is_denied_ends_with_its_sentence(line: str, expected: str) -> None:
    assert expected in wishes(said(line))


def test_who_cannot_bear_more_wants_at_most_that_much() -> None:
    assert wishes(said("request | she can't bear anything over {two hours|range at-least}")) == {"length <=120"}


def test_longer_than_what_is_short_is_not_what_is_long_by_itself() -> None:
    shown = Context(slate=("short", "shorter"))
    items = [Item("short", "A", attributes={"length": 80.0}), Item("shorter", "B", attributes={"length": 23.0})]
    measures = {"length": Measure({"minutes": 1.0}, ("short",), ("long", "longer"), 90, 150)}
    films, reader = Catalog(items, Vocabulary(measures=measures)), ScriptedReader()
    read = reader.read(reader.learn("request | {longer|range wanted} ones"), LastPlan())
    assert wishes(Resolver(films, Linker(films)).resolve(read, shown)) == {"length >80"}


def test_who_tells_their_own_age_is_shown_what_is_fine_at_it() -> None:
    assert of_children("request | im {15|range wanted}. something good") == {"age <=15"}
    assert of_children("request | im {34|range wanted}. something good") == set()


def test_a_child_in_a_story_limits_nothing() -> None:
    assert of_children("request child | a mother in an old house, and the kids see nobody") == set()
    assert of_children("request child | my kids want something") == {"age <=8"}


def test_who_wants_not_only_one_thing_takes_it_back() -> None:
    understood = said("critique | not only {comedy|value unwanted}")
    assert wishes(understood) == set()
    assert {c.value for c in understood.withdrawn} == {"Comedy"}
    assert wishes(said("critique | no {comedy|value unwanted}")) == {"not genres Comedy"}


def test_several_people_in_one_breath_are_each_of_them() -> None:
    both = wishes(said("request | something with {Kurosawa or Guillermo del Toro|person wanted}"))
    assert both == {"director Akira Kurosawa", "director Guillermo del Toro"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("nothing scary and under {100 minutes|range at-most}", "length <100"),
        ("i don't like long ones and want it under {100 minutes|range at-most}", "length <100"),
        ("i don't want anything under {90 minutes|range at-most}", "length >=90"),
    ],
)
def test_what_denies_something_else_turns_no_limit(line: str, expected: str) -> None:
    assert wishes(said(f"request | {line}")) == {expected}


def test_somebody_tells_which_of_what_was_shown_is_meant() -> None:
    slate = ("heat", "toy", "titanic")
    theirs = said("inform | the {Winslet one|pointer seen} i know", context=Context(slate=slate))
    assert ids(theirs) == ["titanic"]


def test_what_was_shown_is_known_by_a_telling_part_of_its_title() -> None:
    slate = Context(slate=("shining", "2001", "toy"))
    asked = said("ask | space odyssey looks lovely! {how long|question length}", context=slate)
    assert asked.asked[0].about == ("2001",)
    assert ids(said("chat | a story or two", context=slate)) == []  # an ordinary word
    assert ids(said("chat | some odyssey, this space thing", context=Context(slate=("shining",)))) == []  # not shown


def test_or_makes_either_enough_whatever_the_attributes_are() -> None:
    found = said("request | something by {Kurosawa|person wanted} or maybe a {comedy|value wanted}")
    assert {c.value for c in found.either} == {"Akira Kurosawa", "Comedy"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("something {newer|range wanted} than {Heat|title mentioned}", {"year >1995"}),
        ("something {older|range wanted} than {Heat|title mentioned}", {"year <1995"}),
        ("{shorter|range wanted} than {Heat|title mentioned}, please", {"length <170"}),
        ("something {newer|range wanted}. More than {Heat|title mentioned}", {"year >=2010"}),
    ],
)
def test_a_comparison_with_what_is_named_goes_by_its_number(line: str, expected: set[str]) -> None:
    assert wishes(said(f"request | {line}")) == expected


def test_of_somebody_who_does_two_things_the_one_is_asked_about_that_fits_what_is_spoken_of() -> None:
    catalog = Catalog(
        [
            Item("a", "Payback", attributes={"cast": ("Mel Gibson",), "director": ("Brian Helgeland",)}),
            Item("b", "Braveheart", attributes={"cast": ("Sophie Marceau",), "director": ("Mel Gibson",)}),
        ]
    )
    resolver, reader = Resolver(catalog, Linker(catalog)), ScriptedReader()
    for title, attribute in (("Payback", "cast"), ("Braveheart", "director")):
        text = reader.learn(f"ask | is {{Mel Gibson|person asked}} in {{{title}|title asked}}?")
        (asked,) = resolver.resolve(reader.read(text, LastPlan()), Context()).asked
        assert asked.value == (attribute, "Mel Gibson")


KOREEDA = Catalog(
    [Item("a", "Shoplifters", attributes={"director": ("Hirokazu Kore-eda",)})],
    Vocabulary(synonyms={"是枝裕和": (("director", "Hirokazu Kore-eda"),), "李安": (("director", "Ang Lee"),)}),
)


@pytest.mark.parametrize(
    "line", ["{是枝裕|person wanted}和那种", "{李安、是枝裕|person wanted}和那种", "{是枝裕和|person wanted}的"]
)
def test_a_chinese_name_may_go_on_behind_what_was_read(line: str) -> None:
    resolver, reader = Resolver(KOREEDA, Linker(KOREEDA)), ScriptedReader()
    text = reader.learn(f"request | {line}", "zh")
    found = resolver.resolve(reader.read(text, LastPlan()), Context())
    assert Constraint("director", "Hirokazu Kore-eda") in found.wishes


CARTOONS = Catalog(
    [
        Item("a", "Up", attributes={"form": ("animation",), "genres": ("Animation",)}),
        Item("b", "Her", attributes={"form": ("live action",), "genres": ("Drama",)}),
    ],
    Vocabulary(single=("form",), synonyms={"cartoons": (("genres", "Animation"),), "real": (("form", "live action"),)}),
)


@pytest.mark.parametrize(
    ("slate", "expected"),
    [
        ((), {"form live action"}),
        (("a",), {"form live action", "not genres Animation"}),
        (("a", "b"), {"form live action"}),
    ],
)
def test_of_two_things_that_rule_each_other_out_the_last_is_wanted(slate: tuple[str, ...], expected: set[str]) -> None:
    resolver, reader = Resolver(CARTOONS, Linker(CARTOONS)), ScriptedReader()
    text = reader.learn("critique | all {cartoons|value wanted}, I want {real|value wanted} people")
    assert wishes(resolver.resolve(reader.read(text, LastPlan()), Context(slate=slate))) == expected


@pytest.mark.parametrize(
    ("line", "language", "topic"),
    [
        ("{who|question maker} did the songs in {Heat|title asked}?", "en", Topic.PROPERTY),
        ("{who|question maker} made {Heat|title asked}? The songs are great", "en", Topic.MAKER),
        ("{谁|question maker}做的配乐", "zh", Topic.PROPERTY),
    ],
)
def test_nobody_is_told_for_what_the_catalogue_does_not_tell(line: str, language: str, topic: Topic) -> None:
    catalog = Catalog(
        [Item("heat", "Heat", attributes={"director": ("Michael Mann",)})], Vocabulary(untold=("songs", "配乐"))
    )
    resolver, reader = Resolver(catalog, Linker(catalog)), ScriptedReader()
    found = resolver.resolve(reader.read(reader.learn(f"ask | {line}", language), LastPlan()), Context(focus="heat"))
    assert [asked.topic for asked in found.asked] == [topic]
    assert (found.asked[0].attribute is None) is (topic is Topic.PROPERTY)


def test_two_that_rule_each_other_out_stay_in_one_phrase() -> None:
    resolver, reader = Resolver(CARTOONS, Linker(CARTOONS)), ScriptedReader()
    text = reader.learn("request | {cartoons|value wanted} with {real|value wanted} people")
    found = resolver.resolve(reader.read(text, LastPlan()), Context())
    assert wishes(found) == {"genres Animation", "form live action"}


def test_who_turns_all_down_for_what_all_of_them_are_wants_it_no_more() -> None:
    shown = Context(slate=("yojimbo", "ran"), wishes=(Constraint("genres", "Action"),))
    assert wishes(said("critique | {all of these|pointer refused} are {action|value unwanted}", context=shown)) == {
        "not genres Action"
    }
    assert wishes(said("critique | {Ran|title refused} is no {action|value unwanted}", context=shown)) == {
        "genres Action"
    }


def told(understood: Understood) -> list[tuple[Topic, tuple[str, ...]]]:
    """What is asked, and of which items."""
    return [(asked.topic, asked.about) for asked in understood.asked]


THREE = Context(slate=SHOWN)


def test_a_question_is_of_what_stands_in_its_own_half_of_a_sentence() -> None:
    line = (
        "ask | {how long|question length} is {the first|pointer asked} "
        "and {who|question maker} made {the second|pointer asked}"
    )
    assert told(said(line, context=THREE)) == [(Topic.LENGTH, ("heat",)), (Topic.MAKER, ("titanic",))]
    line = (
        "ask | is {the first|pointer asked} {sad|question property}? {whos|question cast} in {the second|pointer asked}"
    )
    assert told(said(line, context=THREE)) == [(Topic.PROPERTY, ("heat",)), (Topic.CAST, ("titanic",))]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ask | {blade runner|pointer chosen} then, {who|question maker} made it", "blade"),
        ("ask | {the arrival|pointer asked}, {who|question maker} made it", "arrival"),
        ("ask | {the second one|pointer asked}, {who|question maker} made it", "titanic"),
        ("ask | {that one|pointer asked}, {who|question maker} made it", None),
    ],
)
def test_what_was_taken_for_a_pointer_is_a_title_if_it_is_one_and_points_nowhere(line: str, expected: str) -> None:
    (asked,) = said(line, context=THREE).asked
    assert asked.about == (SHOWN if expected is None else (expected,))


def test_of_what_was_seen_the_title_by_the_letter_comes_before_a_part_of_what_was_shown() -> None:
    seen = said("inform | seen {toy story|title seen} already", context=Context(slate=("toy-2",)))
    assert ids(seen) == ["toy"]


@pytest.mark.parametrize(
    ("line", "language", "expected"),
    [
        ("ask | {who|question maker} made {blade runner again|title asked}?", "en", "blade"),
        ("ask | lol {no. hellboy|title asked} {how long|question length}?", "en", "hellboy"),
        ("ask | {hellboy quién|title asked} {how long|question length}?", "es", "hellboy"),
        ("ask | {who|question maker} made {blade runner of time|title asked}?", "en", None),
    ],
)
def test_a_word_or_two_of_the_commonest_beside_a_title_are_no_part_of_it(
    line: str, language: str, expected: str | None
) -> None:
    assert ids(said(line, language)) == [expected]


def test_common_words_beside_several_titles_are_no_title() -> None:
    seen = said("inform | {Hellboy und Unforgiven sein|title seen} kenne ich", "de")
    assert ids(seen) == ["hellboy", "unforgiven"]


def test_a_common_word_points_at_nothing_that_was_shown() -> None:
    shown = Context(slate=("past",))
    assert ids(said("request | {the|title wanted} {comedy|value wanted}", context=shown)) == [None]


def test_a_wish_that_is_a_title_by_the_letter_names_it() -> None:
    assert [(n.item_id, n.role) for n in said("request | something like {hellboy|theme wanted}").named] == [
        ("hellboy", Role.LIKE_THIS)
    ]


@pytest.mark.parametrize(
    ("line", "language", "expected"),
    [
        ("request | one that isn't longer than {two hours|range at-least}", "en", {"length <=120"}),
        ("request | algo anterior a {1960|range at-least}", "es", {"year <1960"}),
        ("request | algo posterior a {1960|range at-most}", "es", {"year >1960"}),
        ("critique | better before {1970|range at-most}, {new|range wanted} is fine", "en", {"year <1970"}),
        ("critique | unter {120 Minuten|range mentioned}", "de", {"length <120"}),
    ],
)
def test_words_beside_a_number_tell_how_it_limits(line: str, language: str, expected: set[str]) -> None:
    assert wishes(said(line, language)) == expected


def test_who_of_two_is_asked_for_with_a_question_mark_between_is_either() -> None:
    found = said("request | {Kubrick|person wanted}? or {Kurosawa|person wanted}?")
    assert {wish.value for wish in found.either} == {"Stanley Kubrick", "Akira Kurosawa"}


def test_a_series_that_is_not_wanted_stays_so() -> None:
    toys = [Item(str(n), f"Toy Story {n}", 1990 + n, attributes={"series": ("Toy Story",)}) for n in (1, 2)]
    catalog = Catalog([*toys, Item("x", "Heat", 1995)], Vocabulary(series="series"))
    reader = ScriptedReader()
    text = reader.learn("request | anything but {Toy Story 2|title unwanted}", "en")
    found = Resolver(catalog, Linker(catalog)).resolve(reader.read(text, LastPlan()), Context())
    assert found.wishes == (Constraint("series", "Toy Story", include=False),)
    assert ids(found) == ["2"]


def test_more_of_somebody_who_is_named_is_nobody_elses() -> None:
    line = "request | {Kate Winslet|person liked} is great, more of {her|pointer wanted}"
    assert wishes(said(line, context=Context(slate=("titanic",), focus="titanic"))) == {"cast Kate Winslet"}


def test_a_limit_that_is_asked_about_with_nothing_to_ask_of_is_wanted() -> None:
    line = "ask | and {under 100 minutes|range asked}?"
    assert wishes(said(line, context=THREE)) == {"length <=100"}
    assert not wishes(said(line, context=Context(slate=SHOWN, focus="heat")))


def test_a_number_that_was_disliked_is_a_title() -> None:
    assert ids(said("inform | {1917|range disliked} was awful")) == ["1917"]
    assert wishes(said("request | something of {1917|range wanted}")) == {"year >=1917", "year <=1917"}


BOOKS = Catalog(
    [
        Item("a", "Emma", 2020, attributes={"director": ("Autumn de Wilde",), "based_on": ("the novel by Jane Austen",),
                                            "basis": ("a novel",), "ending": ("happy ending",), "length": 124.0}),
        Item("b", "Persuasion", 1995, attributes={"based_on": ("the book by Jane Austen",), "basis": ("a book",)}),
        Item("c", "Die Hard", 1988, attributes={"cast": ("Bruce Willis",), "mood": ("creepy",), "scary": 1.0}),
    ],
    Vocabulary(
        translations={"de": {"a novel": "ein Roman"}},
        measures={"scary": Measure({}, (), ("scary", "creepy"), 0, 2), "length": Measure({"minutes": 1}, (), (), 1, 2)},
        levels={"scary": {"en": ("not", "a little", "scary", "very")}},
    ),
)  # fmt: skip


def of_books(line: str, language: str = "en", context: Context = Context()) -> Understood:  # noqa: B008
    reader = ScriptedReader()
    text = reader.learn(line, language)
    return Resolver(BOOKS, Linker(BOOKS)).resolve(reader.read(text, LastPlan()), context)


def test_whoever_wrote_the_book_did_not_make_the_film() -> None:
    for line, language in (
        ("ask | {who|question maker} wrote the novel of {Emma|title asked}?", "en"),
        ("ask | {wer|question maker} schrieb den Roman, auf dem {Emma|title asked} beruht?", "de"),
    ):
        assert told(of_books(line, language)) == [(Topic.BASIS, ("a",))]
    assert told(of_books("ask | {who|question maker} made {Emma|title asked}?")) == [(Topic.MAKER, ("a",))]


def test_an_author_is_whoever_things_are_based_on() -> None:
    assert wishes(of_books("request | anything by {Jane Austen|person wanted}")) == {
        "based_on the novel by Jane Austen",
        "based_on the book by Jane Austen",
    }
    assert not wishes(of_books("request | anything directed by {Jane Austen|person wanted}"))


def test_a_name_goes_on_before_what_was_read_of_it() -> None:
    assert wishes(of_books("request | a film with Bruce {willis|person wanted}")) == {"cast Bruce Willis"}


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("does it {end|question sadness} well", "en"),
        ("and is it {sad|question sadness} at the end", "en"),
        ("geht der {gut|question sadness} aus", "de"),
    ],
)
def test_how_something_ends_is_asked_of_its_ending(words: str, language: str) -> None:
    (asked,) = of_books(f"ask | {words}", language, Context(focus="a")).asked
    assert (asked.attribute, asked.about) == ("ending", ("a",))


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("{how long|question violence} is it", Topic.LENGTH),
        ("{who|question year} made it", Topic.MAKER),
        ("{when|question year} was it", Topic.YEAR),
    ],
)
def test_who_and_how_long_ask_of_nothing_else(words: str, topic: Topic) -> None:
    assert told(of_books(f"ask | {words}", context=Context(focus="a"))) == [(topic, ("a",))]


def test_a_feeling_that_is_asked_about_is_a_level_where_it_may_be() -> None:
    (asked,) = of_books("ask | or is it {creepy|theme asked}?", context=Context(focus="c")).asked
    assert (asked.topic, asked.attribute, asked.value) == (Topic.PROPERTY, "scary", None)


def test_two_questions_of_one_thing_do_not_ask_the_same() -> None:
    reader = ScriptedReader()
    text = reader.learn("ask | {who|question cast} did {Heat|title asked} and {whos|question cast} in it", "en")
    reading = reader.read(text, LastPlan())
    at = reading.inside(0, 3)
    reading.logits["topics"][at, TOPICS.index(Topic.MAKER)] += 1
    assert told(RESOLVER.resolve(reading, Context())) == [(Topic.MAKER, ("heat",)), (Topic.CAST, ("heat",))]


def test_who_was_seen_is_shown_no_more_if_all_of_it_was() -> None:
    assert wishes(said("inform | seen every {Kurosawa|person seen} film")) == {"not director Akira Kurosawa"}
    assert not wishes(said("inform | going through {Kurosawa|person seen} films now"))


@pytest.mark.parametrize(
    ("text", "language"),
    [("another one of theirs", "en"), ("otra de él", "es"), ("noch einen von ihm", "de"), ("outro dele", "pt")],
)
def test_works_of_theirs_are_of_who_made_what_was_spoken_of(text: str, language: str) -> None:
    spoken_of = Context(slate=SHOWN, focus="heat")
    assert wishes(said(f"request | {text}", language, spoken_of)) == {"director Michael Mann"}
    assert not wishes(said(f"inform | {text}", language, spoken_of))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "request | we have {120 minutes|range mentioned} now, a {comedy|value wanted}",
            {"genres Comedy", "length <=120"},
        ),
        ("inform child | for my son, he has {9 years|range mentioned}", {"age <=9"}),
        ("inform | {9 years old|range mentioned} I was when I saw it", set()),
        ("critique | that one is {two hours|range mentioned} long", set()),
    ],
)
def test_a_number_that_is_but_told_may_limit(line: str, expected: set[str]) -> None:
    assert wishes(said(line)) == expected


def test_what_names_a_property_asks_for_that_and_not_whether_a_thing_is_here() -> None:
    (asked,) = said("ask | {which director|question have} did {Heat|title asked}?").asked
    assert (asked.topic, asked.attribute) == (Topic.PROPERTY, "director")


def test_who_is_pointed_at_may_be_unwanted() -> None:
    line = "request | a {comedy|value wanted}, but not with {him|pointer unwanted} again"
    assert wishes(said(line, context=Context(focus="unforgiven"))) == {"genres Comedy", "not cast Clint Eastwood"}


def test_it_is_nothing_that_was_shown_where_an_unknown_title_is_asked_about() -> None:
    line = "ask | {Dial M for Murder|title asked}, the original, {who|question maker} made {it|pointer asked}?"
    found = said(line, context=THREE)
    assert ids(found) == [None]
    assert told(found) == [(Topic.MAKER, ())]


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("request | from {the 90s|range wanted} onwards", "en"),
        ("request | de {los 90|range wanted} para acá", "es"),
        ("request | {90年代|range wanted}以后", "zh"),
    ],
)
def test_what_goes_on_from_a_number_has_no_end(line: str, language: str) -> None:
    assert wishes(said(line, language)) == {"year >=1990"}


def test_a_story_whose_name_is_asked_for_is_searched_whatever_was_shown() -> None:
    line = "ask | {what's it called|question name}, {the one|pointer asked} {where a freed slave hunts men|theme asked}"
    found = said(line, context=THREE)
    assert found.sought == ("where a freed slave hunts men",)
    assert told(found)[0] == (Topic.NAME, ())


def test_in_a_language_is_of_no_country() -> None:
    catalog = Catalog(
        [Item("a", "Volver", 2006, attributes={"country": ("Spain",), "language": ("Spanish",)})],
        Vocabulary(synonyms={"español": (("country", "Spain"),)}, translations={"es": {"Spanish": "español"}}),
    )
    reader = ScriptedReader()
    for line, expected in (("en {español|value wanted}", "language"), ("cine {español|value wanted}", "country")):
        text = reader.learn(f"request | {line}", "es")
        found = Resolver(catalog, Linker(catalog)).resolve(reader.read(text, LastPlan()), Context())
        assert [wish.attribute for wish in found.wishes] == [expected]


def test_by_whom_asks_who_made_it() -> None:
    assert told(said("ask | c'est de {qui|question cast}, {Heat|title asked} ?", "fr")) == [(Topic.MAKER, ("heat",))]
    assert told(said("ask | {qui|question cast} joue dans {Heat|title asked} ?", "fr")) == [(Topic.CAST, ("heat",))]


def test_an_ordinary_word_behind_an_article_or_with_an_owner_is_no_title() -> None:
    assert not said("inform | that kid is a {heat|title liked}").named
    assert not said("inform | {heat's|title liked} a problem").named
    assert ids(said("inform | {Heat|title liked} is a problem")) == ["heat"]


def test_which_of_a_kind_is_wanted_where_nothing_was_shown() -> None:
    line = "ask | a {comedy|value asked} night, {which one|question compare}?"
    assert (wishes(said(line)), told(said(line))) == ({"genres Comedy"}, [])
    assert not wishes(said(line, context=THREE))


def test_two_titles_with_or_between_are_to_be_chosen_from() -> None:
    line = "inform | {Heat|title asked} or {Titanic|title asked}? only time for one"
    assert told(said(line)) == [(Topic.COMPARE, ("heat", "titanic"))]
    assert not said("inform | {Heat|title asked} and {Titanic|title asked}").asked


def test_who_stands_before_within_asks_for_the_cast() -> None:
    assert told(said("ask | y'a {qui|question sadness} dans {Heat|title asked} ?", "fr")) == [(Topic.CAST, ("heat",))]


def test_a_long_title_by_the_letter_is_one_whatever_was_read() -> None:
    assert ids(said("request | {like|value wanted} the shape of water please")) == ["shape"]


@pytest.mark.parametrize(
    ("line", "language", "expected"),
    [
        ("ask | {past lives|range asked}, {length|question length}?", "en", ["past-lives"]),
        ("ask | {past lives|question bot} fait pleurer ?", "fr", ["past-lives"]),
        ("ask | {past lives|question bot} or what?", "en", []),
    ],
)
def test_a_title_that_was_taken_for_something_else_is_asked_about(
    line: str, language: str, expected: list[str]
) -> None:
    assert ids(said(line, language)) == expected


def test_several_titles_are_told_apart_by_what_joins_them_misspelt_or_not() -> None:
    assert ids(said("inform | seen {Heat et Unforgivven|title seen}", "fr")) == ["heat", "unforgiven"]


def test_what_is_shown_has_to_be_better_known_to_be_meant_by_a_whole_title() -> None:
    shown = Context(slate=("blade-2049",))
    assert ids(said("inform | seen {blade runner|title seen}", context=shown)) == ["blade"]
    made = [
        ("rocky", "Rocky", 300, ()),
        ("creed", "Creed", 90, ("Creed: the Rocky Legacy",)),
        ("apollo", "Apollo", 9, ()),
    ]
    catalog = Catalog([Item(i, t, 2000, other_names=o, popularity=p) for i, t, p, o in made])
    reader = ScriptedReader()
    text = reader.learn("inform | I know {rocky|title seen}", "en")
    found = Resolver(catalog, Linker(catalog)).resolve(reader.read(text, LastPlan()), Context(slate=("creed",)))
    assert ids(found) == ["rocky"]


def test_a_value_that_is_not_wanted_is_no_part_of_what_was_shown() -> None:
    catalog = Catalog(
        [Item("n", "The Nightmare Before Christmas", 1993, attributes={"theme": ("christmas",)}), Item("x", "Up", 2009)]
    )
    reader = ScriptedReader()
    text = reader.learn("critique | no more {christmas|title unwanted}", "en")
    found = Resolver(catalog, Linker(catalog)).resolve(reader.read(text, LastPlan()), Context(slate=("n",)))
    assert found.wishes == (Constraint("theme", "christmas", include=False),)


def test_an_unknown_film_of_an_ordinary_name_is_no_thing_that_is_wanted() -> None:
    made = [("a", "Sleepover", 3), ("b", "Interstellar", 300), *((str(n), f"Film {n}", 20) for n in range(20))]
    catalog = Catalog([Item(i, title, 2000, popularity=p) for i, title, p in made])
    reader = ScriptedReader()
    for title, expected in (("interstellar", ["b"]), ("sleepover", [])):
        text = reader.learn(f"request | {{{title}|theme wanted}} please", "en")
        found = Resolver(catalog, Linker(catalog)).resolve(reader.read(text, LastPlan()), Context())
        assert ids(found) == expected


def test_a_value_that_is_asked_for_with_nothing_to_ask_of_is_wanted() -> None:
    line = "ask | are there {comedies|value asked} too?"
    assert wishes(said(line, context=THREE)) == {"genres Comedy"}
    assert not wishes(said("ask | a {comedy|value asked} then?", context=Context(slate=("heat",))))


def test_an_accent_hides_no_word_beside_a_number() -> None:
    assert wishes(said("critique | höchstens {100 Minuten|range mentioned}", "de")) == {"length <100"}


def test_a_word_for_years_is_one_with_its_number() -> None:
    assert wishes(said("request | dos {anos|range wanted} {2000|range wanted}", "pt")) == {"year >=2000", "year <=2009"}


def test_a_kind_beside_a_measure_is_wanted_as_well() -> None:
    assert wishes(said("inform | {comedia corto|value liked}", "es")) == {"length <=100", "genres Comedy"}


def test_the_language_of_something_named_is_no_question_about_the_bot() -> None:
    catalog = Catalog([Item("a", "Your Name", 2016, attributes={"language": ("Japanese",)})])
    reader = ScriptedReader()
    text = reader.learn("ask | {Your Name|title asked}, {which language|question bot}?", "en")
    (asked,) = Resolver(catalog, Linker(catalog)).resolve(reader.read(text, LastPlan()), Context()).asked
    assert (asked.topic, asked.attribute) == (Topic.PROPERTY, "language")


def test_what_stands_behind_a_full_stop_is_the_title() -> None:
    assert ids(said("ask | {lol. arrival|title asked} {how long|question length}?")) == ["arrival"]


def test_what_it_was_adapted_from_is_no_age() -> None:
    assert told(of_books("ask | {adapté|question age} de quoi", "fr", Context(focus="a"))) == [(Topic.BASIS, ("a",))]


# Namesakes


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("the old {Heat|title asked}", ["heat-86"]),
        ("{Heat|title asked}, the original", ["heat-86"]),
        ("{Heat|title asked}, the one from 86", ["heat-86"]),
        ("is {Heat|title asked} a remake", ["heat"]),
        ("{Heat|title asked}, both versions", ["heat-86", "heat"]),
        ("{Heat|title asked} after an old friend of mine told me of it", ["heat"]),
    ],
)
def test_of_one_name_that_is_meant_which_words_beside_it_tell(line: str, expected: list[str]) -> None:
    assert ids(said(f"ask | {line}")) == expected


def test_them_are_all_of_a_name_that_were_spoken_of() -> None:
    line = "ask | {Titanic|title asked}, there are two of them, {when|question year} are {they|pointer asked} from"
    understood = said(line, context=Context(slate=("toy", "toy-2")))
    assert understood.asked[0].about == ("titanic-53", "titanic")


@pytest.mark.parametrize("words", ["the 1986 one", "the old one", "the 80s one"])
def test_a_namesake_of_what_was_spoken_of_is_pointed_at(words: str) -> None:
    context = Context(slate=("heat", "toy"), focus="heat")
    assert ids(said(f"ask | {{how long|question length}} is {{{words}|pointer asked}}", context=context)) == ["heat-86"]


# Who watches, whose taste it is, what holds already


@pytest.mark.parametrize(
    ("line", "language", "gone"),
    [
        ("kids are in bed, a {comedy|value wanted} for us", "en", True),
        ("die kinder schlafen, eine {comedia|value wanted}", "de", True),
        ("孩子睡了，来个{喜剧|value wanted}", "zh", True),
        ("kids are in bed at 8, a {comedy|value wanted} for a {9 year old|range wanted}", "en", False),
        ("the kids want a {comedy|value wanted}", "en", False),
    ],
)
def test_what_was_for_children_is_not_once_they_sleep(line: str, language: str, gone: bool) -> None:
    understood = said(f"request child | {line}", language, Context(wishes=(Constraint("age", "<=6"),)))
    assert (Constraint("age", "") in understood.withdrawn) == gone
    assert not gone or "genres Comedy" in wishes(understood)


def test_what_is_too_long_may_be_no_longer_than_before() -> None:
    line = "critique | {both|pointer refused} too {long|range unwanted}"
    before = Constraint("length", "<=105")
    assert wishes(said(line, context=Context(slate=("heat", "titanic"), wishes=(before,)))) == {"length <=105"}
    assert wishes(said(line, context=Context(slate=("heat", "titanic")))) != {"length <=105"}


def test_what_somebody_else_likes_counts_once_something_was_shown() -> None:
    line = "inform | she likes {Clint Eastwood|person liked theirs}"
    assert wishes(said(line, context=Context(slate=("toy",)))) == {"director Clint Eastwood", "cast Clint Eastwood"}
    assert not wishes(said(line))


def test_with_somebody_is_where_they_play() -> None:
    assert wishes(said("request | one with {Clint Eastwood|person wanted}")) == {"cast Clint Eastwood"}


def test_a_narrower_word_tells_better_than_a_wide_one() -> None:
    words = Vocabulary(synonyms={"asian": (("country", "Japan"), ("country", "India"))})
    catalog = Catalog(
        [Item(name, name, attributes={"country": (name,)}) for name in ("Japan", "India", "Spain")], words
    )
    reader = ScriptedReader()

    def wanted(line: str) -> set[str]:
        read = reader.read(reader.learn(f"request | {line}", "en"), LastPlan())
        return {wish.value for wish in Resolver(catalog, Linker(catalog)).resolve(read, Context()).wishes}

    assert wanted("something {asian|value wanted}, but from {Japan|value wanted}") == {"Japan"}
    assert wanted("something {asian|value wanted}, or from {Spain|value wanted}") == {"Japan", "India", "Spain"}


# Names in questions


def test_a_question_that_is_somebody_s_name_asks_whether_it_is_them() -> None:
    (asked,) = said("ask | is it {Gene Hackman|question cast}", context=Context(slate=("unforgiven",))).asked
    assert asked.value == ("cast", "Gene Hackman")


def test_who_is_asked_about_by_a_part_of_their_name_is_who_is_in_it() -> None:
    (asked,) = said("ask | is {Gene|person asked} in {it|pointer asked}", context=Context(slate=("unforgiven",))).asked
    assert asked.value == ("cast", "Gene Hackman")


def test_the_commonest_words_name_nothing_that_is_missing() -> None:
    understood = said(
        "ask | {combien de temps|title asked} {dure|question length} t il", "fr", Context(slate=("heat",))
    )
    assert [one.about for one in understood.asked] == [("heat",)] or not ids(understood)
    assert ids(said("ask | {mulholland drive|title asked}, {how long|question length}")) == [None]


@pytest.mark.parametrize(
    "mention", ["{toy sttory|person liked}", "{the toy sttory|pointer liked}", "toy {sttory|value liked}"]
)
def test_a_misspelt_title_is_one_whatever_the_reader_took_it_for(mention: str) -> None:
    assert ids(said(f"inform | I loved {mention}")) == ["toy"]


def test_a_title_without_its_article_is_no_other_word_for_something() -> None:
    words = Vocabulary(synonyms={"exorcist": (("theme", "possession"),)})
    films = [
        Item("1", "The Exorcist", 1973, popularity=90, attributes={"theme": ("possession",)}),
        Item("2", "The Rite", 2011, attributes={"theme": ("possession",)}),
    ]
    catalog, reader = Catalog(films, words), ScriptedReader()
    read = reader.read(reader.learn("inform | I love {exorcist|title liked}", "en"), LastPlan())
    understood = Resolver(catalog, Linker(catalog)).resolve(read, Context())
    assert (ids(understood), understood.wishes) == (["1"], ())


def test_of_a_series_that_somebody_has_seen_all_of_nothing_is_wanted() -> None:
    parts = [Item(f"r{n}", f"Rocky {'I' * n}", 1976 + n, attributes={"series": ("Rocky",)}) for n in (1, 2)]
    catalog, reader = Catalog(parts, Vocabulary(series="series")), ScriptedReader()

    def refused(line: str) -> list[str]:
        read = reader.read(reader.learn(line, "en"), LastPlan())
        said = Resolver(catalog, Linker(catalog)).resolve(read, Context())
        return [wish.value for wish in said.wishes if not wish.include]

    assert refused("inform | he has seen every {Rocky I|title seen}") == ["Rocky"]
    assert refused("inform | he has seen {Rocky I|title seen}") == []


def test_who_is_pointed_at_is_whom_the_message_calls_by_a_part_of_their_name() -> None:
    context = Context(slate=("unforgiven",), focus="unforgiven")
    named = wishes(said("request | hackman!! more with {him|pointer wanted}", context=context))
    assert named == {"cast Gene Hackman"}
    unnamed = wishes(said("request | more with {him|pointer wanted}", context=context))
    assert unnamed == {"cast Clint Eastwood"}


def test_of_the_same_studio_is_what_made_what_was_spoken_of() -> None:
    films = [Item(n, n, attributes={"studio": (studio,)}) for n, studio in (("Totoro", "Ghibli"), ("Cars", "Pixar"))]
    catalog, reader = Catalog(films), ScriptedReader()
    read = reader.read(reader.learn("request | same studio but {gentle|theme wanted}", "en"), LastPlan())
    understood = Resolver(catalog, Linker(catalog)).resolve(read, Context(slate=("Totoro",), focus="Totoro"))
    assert "studio Ghibli" in wishes(understood)


def test_a_kind_beside_mere_consent_is_wanted() -> None:
    shown = Context(slate=("heat", "titanic"))
    assert wishes(said("accept | cool. {comedies|value mentioned} for the weekend", context=shown)) == {"genres Comedy"}
    assert not wishes(said("chat | cool. {comedies|value mentioned} for the weekend", context=shown))


def test_whether_there_is_any_of_a_kind_is_asked_of_the_catalogue() -> None:
    spoken_of = Context(slate=("heat", "titanic"), focus="heat")
    there = said("ask | are there any {comedies|value asked}?", context=spoken_of)
    assert (wishes(there), there.asked) == ({"genres Comedy"}, ())
    of_it = said("ask | a {comedy|value asked}?", context=spoken_of)
    assert of_it.asked[0].about == ("heat",)


@pytest.mark.parametrize(
    ("line", "language", "topics"),
    [
        ("{Heat|title liked} je connais. y'a qui dedans ? et ça dure cb ?", "fr", [Topic.CAST, Topic.LENGTH]),
        ("{Heat|title liked}! wer spielt mit?", "de", [Topic.CAST]),
        ("{Heat|title liked}, wer mag das nicht.", "de", []),
    ],
)
def test_the_plainest_questions_are_heard_where_the_reader_saw_none(
    line: str, language: str, topics: list[Topic]
) -> None:
    assert [one.topic for one in said(f"inform | {line}", language).asked] == topics


def test_a_misspelt_name_of_somebody_is_no_title_that_begins_with_it() -> None:
    films = [Item("1", "Will Ferrell: A Final Night", 2009), Item("2", "Elf", attributes={"cast": ("Will Ferrell",)})]
    catalog, reader = Catalog(films), ScriptedReader()
    read = reader.read(reader.learn("inform | I love {Will Ferrel|person liked}", "en"), LastPlan())
    understood = Resolver(catalog, Linker(catalog)).resolve(read, Context())
    assert (ids(understood), wishes(understood)) == ([], {"cast Will Ferrell"})


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("chat | and despicable me", ["1"]),
        ("chat | call me by your name", ["2"]),
        ("chat | you may call me by your name tonight", []),
    ],
)
def test_what_can_only_be_a_title_is_one_though_the_reader_saw_none(line: str, expected: list[str]) -> None:
    films = [Item("1", "Despicable Me", 2010, popularity=90), Item("2", "Call Me by Your Name", 2017, popularity=90)]
    catalog, reader = Catalog(films), ScriptedReader()
    read = reader.read(reader.learn(line, "en"), LastPlan())
    assert ids(Resolver(catalog, Linker(catalog)).resolve(read, Context())) == expected
