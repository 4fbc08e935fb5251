"""What a reply does, by what was said and what is known."""

from dataclasses import replace
from functools import partial
from types import MappingProxyType

import pytest

from bot.acts import CRITICISM, Answer, Ask, Count, Say
from bot.history import Person, Shown
from bot.policy import ENOUGH_LIKES, decide, options
from bot.resolve import Resolver
from bot.understood import Asked, Context, Named, Understood
from domain.catalog import POPULARITY, Catalog, Item, Vocabulary
from domain.frame import Act, Flag, Frame, Role, Topic
from domain.linking import Linker
from domain.preference import Constraint, Opinion, Preference
from tests.fakes import scored
from training.annotation import parse

HEAT, FARGO, SEVEN, USUAL = "6", "608", "47", "50"
COMEDY = Constraint("genres", "Comedy")
NOBODY = Person("p")
ONE = Person("p", shown=(Shown(HEAT, 1),))
SEVERAL = Person("p", shown=(Shown(HEAT, 1), Shown(FARGO, 1)), asked=("genres",))


def said(doing, *named, **parts):
    """What a message does (acts and flags, by their values), names, wants and asks."""
    words = doing.split()
    acts = frozenset(act for act in Act if act.value in words)
    flags = frozenset(flag for flag in Flag if flag.value in words)
    assert len(acts) + len(flags) == len(words)
    return Understood(Frame(acts, flags=flags), named, **parts)


def named(item_id, role, **how):
    return Named(item_id, 0, 4, role, **how)


def asking(*asked, doing="ask", named=()):
    return said(doing, *named, asked=asked)


def liking(*item_ids):
    return Preference({item_id: Opinion(item_id, "like", "message") for item_id in item_ids})


def films(*genres):
    items = [Item(str(n), f"Film {n}", attributes=MappingProxyType({"genres": g})) for n, g in enumerate(genres)]
    return Catalog(items)


# What a question names


def test_a_question_names_the_values_that_most_candidates_have():
    catalog = films(("War",), ("War",), ("War",), ("Crime",), ("Crime",), ("Drama",), ("Horror",), ("Comedy",))
    assert options(catalog, "genres", range(8), 2) == ("War", "Crime")
    assert options(catalog, "genres", range(3, 8), 2)[0] == "Crime"


def test_nothing_is_asked_that_would_not_tell_candidates_apart():
    assert options(films(*[("War",)] * 8), "genres", range(8)) == ()
    assert options(films(*[()] * 8), "genres", range(8)) == ()
    assert options(films(("War",), ("Crime",)), "genres", range(2)) == ()


# Who wants something


def test_who_is_hardly_known_is_asked_once_what_kind_is_wanted(catalog):
    request = said("request")
    assert decide(request, NOBODY, catalog) == (Ask("genres"),)
    assert decide(request, replace(NOBODY, preference=liking(HEAT)), catalog) == (Ask("genres"),)
    assert decide(request, replace(NOBODY, asked=("genres",)), catalog) == ("recommend",)


@pytest.mark.parametrize(
    "preference",
    [
        Preference(constraints=(COMEDY,)),
        Preference({HEAT: Opinion(HEAT, "dislike", "message")}),
        liking(HEAT, FARGO, SEVEN),
    ],
)
def test_who_is_known_is_shown_something(catalog, preference):
    assert len(preference.having("like")) in (0, ENOUGH_LIKES)
    assert decide(said("request"), replace(NOBODY, preference=preference), catalog) == ("recommend",)


@pytest.mark.parametrize("doing", ["request surprise", "request anything", "critique", "request critique"])
def test_who_leaves_it_to_the_bot_or_wants_a_change_is_not_asked(catalog, doing):
    assert decide(said(doing), NOBODY, catalog) == ("recommend",)


def test_what_somebody_does_not_want_is_no_kind_to_go_by(catalog):
    only_against = Preference(constraints=(replace(COMEDY, include=False),))
    assert decide(said("request"), replace(NOBODY, preference=only_against), catalog) == (Ask("genres"),)


def test_a_catalogue_without_kinds_is_asked_for_nothing():
    assert decide(said("request"), NOBODY, Catalog([Item("1", "A thing")])) == ("recommend",)


def test_what_is_described_is_searched_without_a_question(catalog):
    assert decide(said("request", sought=("sharks",)), NOBODY, catalog) == ("recommend",)


def test_people_that_no_film_has_are_asked_after_where_nothing_else_is_known(catalog):
    unknown = said("request", nobody=("walruses",))
    assert decide(unknown, NOBODY, catalog) == (Ask(None),)
    crime = Preference(constraints=(Constraint("genres", "Crime"),))
    assert decide(unknown, replace(NOBODY, preference=crime), catalog) == ("recommend",)
    assert decide(said("request", named(HEAT, Role.LIKED), nobody=("walruses",)), NOBODY, catalog) == (Ask("genres"),)


# Who tells something


def test_who_tells_a_taste_is_shown_something_or_asked(catalog):
    loved = said("inform", named(HEAT, Role.LIKED))
    assert decide(loved, replace(NOBODY, preference=liking(HEAT)), catalog) == (Ask("genres"),)
    assert decide(loved, replace(NOBODY, preference=liking(HEAT, FARGO, SEVEN)), catalog) == ("recommend",)


def test_who_tells_nothing_to_go_by_is_chatted_with(catalog):
    assert decide(said("inform"), NOBODY, catalog) == (Say("chat"),)
    assert decide(said("inform", named(HEAT, Role.MENTIONED)), NOBODY, catalog) == (Say("chat"),)
    assert decide(said("inform", named(HEAT, Role.LIKED, theirs=True)), NOBODY, catalog) == (Say("chat"),)


def test_any_answer_to_a_question_is_answered_by_a_slate(catalog):
    assert decide(said("inform"), replace(NOBODY, asked=("genres",)), catalog) == ("recommend",)


# What was shown


def test_who_loves_what_was_shown_is_shown_more_and_who_takes_it_is_wished_joy(catalog):
    assert decide(said("accept", named(HEAT, Role.LIKED)), SEVERAL, catalog) == ("recommend",)
    joy = Say("enjoy", kind="close", item=catalog.get(HEAT))
    assert decide(said("accept", named(HEAT, Role.CHOSEN, pointed=True)), SEVERAL, catalog) == (joy,)
    assert decide(said("accept thank", named(HEAT, Role.CHOSEN, pointed=True)), SEVERAL, catalog) == (joy,)


def test_who_takes_nothing_in_particular_is_wished_joy_or_thanked(catalog):
    assert decide(said("accept"), SEVERAL, catalog) == (Say("enjoy", kind="close"),)
    assert decide(said("accept thank"), SEVERAL, catalog) == (Say("welcome"),)


def test_yes_before_anything_was_shown_is_a_wish_for_it(catalog):
    assert decide(said("accept"), NOBODY, catalog) == (Ask("genres"),)


def test_two_slates_turned_down_without_a_word_are_asked_about_once(catalog):
    twice = SEVERAL.with_slate([SEVEN, USUAL])
    assert decide(said("reject"), SEVERAL, catalog) == ("recommend",)
    assert decide(said("reject"), twice, catalog) == (Ask(CRITICISM),)
    assert decide(said("reject"), replace(twice, asked=(CRITICISM,)), catalog) == ("recommend",)


@pytest.mark.parametrize(
    "why",
    [
        {"wishes": (COMEDY,)},
        {"sought": ("sharks",)},
        {"shunned": ("clowns",)},
        {"nobody": ("walruses",)},
    ],
)
def test_who_says_why_is_not_asked_why(catalog, why):
    twice = replace(SEVERAL, preference=liking(HEAT)).with_slate([SEVEN, USUAL])
    assert decide(said("reject", **why), twice, catalog) == ("recommend",)
    assert decide(said("reject", named(SEVEN, Role.SEEN, pointed=True)), twice, catalog) == ("recommend",)


# What is taken back


def test_who_has_everything_forgotten_is_told_so(catalog):
    assert decide(said("correct forget"), SEVERAL, catalog) == (Say("forgot_all"),)
    assert decide(said("correct forget request", wishes=(COMEDY,)), SEVERAL, catalog) == ("recommend",)


def test_a_correction_that_says_what_is_liked_is_answered_by_films(catalog):
    assert decide(said("correct", named(HEAT, Role.LIKED)), SEVERAL, catalog) == ("recommend",)
    assert decide(said("correct", wishes=(COMEDY,)), SEVERAL, catalog) == ("recommend",)
    assert decide(said("correct", sought=("sharks",)), SEVERAL, catalog) == ("recommend",)


def test_what_is_taken_back_is_said_to_be(catalog):
    assert decide(said("correct", named(HEAT, Role.WITHDRAWN)), SEVERAL, catalog) == (Say("corrected"),)
    assert decide(said("correct", withdrawn=(Constraint("year", ""),)), SEVERAL, catalog) == (Say("corrected"),)


def test_a_complaint_that_takes_nothing_back_is_apologised_for(catalog):
    assert decide(said("correct"), SEVERAL, catalog) == (Say("misread"),)


def test_a_correction_with_a_request_is_answered_by_what_is_requested(catalog):
    assert decide(said("correct request", withdrawn=(COMEDY,)), SEVERAL, catalog) == ("recommend",)


def test_i_meant_that_one_is_answered_with_what_is_known_of_it(catalog):
    meant = said("correct instead", named(HEAT, Role.CHOSEN))
    assert decide(meant, SEVERAL, catalog) == (Answer(catalog.get(HEAT)),)
    assert decide(meant, replace(SEVERAL, preference=liking(HEAT)), catalog) == ("recommend",)
    assert decide(said("correct", named(HEAT, Role.CHOSEN)), SEVERAL, catalog) == (Say("corrected"),)


# How somebody is


def test_who_feels_low_is_asked_what_would_do_them_good(catalog):
    assert decide(said("chat low"), NOBODY, catalog) == (Say("mood", kind="ask"),)
    assert decide(said("inform low"), NOBODY, catalog) == (Say("mood", kind="ask"),)


@pytest.mark.parametrize(
    "wanting",
    [
        said("request low"),
        said("critique low", wishes=(COMEDY,)),
        said("critique low", shunned=("dogs",)),
        said("inform low", named(HEAT, Role.LIKED)),
    ],
)
def test_who_feels_low_and_says_what_they_want_or_love_is_shown_it(catalog, wanting):
    assert decide(wanting, SEVERAL, catalog) == ("recommend",)


def test_who_insults_the_bot_is_met_calmly_and_who_asks_for_something_beside_gets_it(catalog):
    assert decide(said("chat insult"), SEVERAL, catalog) == (Say("insulted"),)
    assert decide(said("request insult", wishes=(COMEDY,)), SEVERAL, catalog) == ("recommend",)


def test_small_talk_is_answered_in_kind(catalog):
    assert decide(said("chat"), SEVERAL, catalog) == (Say("chat"),)
    assert decide(said("thank"), SEVERAL, catalog) == (Say("welcome"),)
    assert decide(said("leave thank"), SEVERAL, catalog) == (Say("goodbye", kind="close"),)


def test_a_greeting_is_answered_by_a_question_or_by_one_of_who_is_known(catalog):
    assert decide(said("greet"), NOBODY, catalog) == (Ask(None, greets=True),)
    for preference in (liking(HEAT), Preference(constraints=(COMEDY,))):
        assert decide(said("greet"), replace(NOBODY, preference=preference), catalog) == (Say("greet_again"),)
    only_against = Preference(constraints=(replace(COMEDY, include=False),))
    assert decide(said("greet"), replace(NOBODY, preference=only_against), catalog) == (Ask(None, greets=True),)


def test_who_greets_and_wants_something_gets_it(catalog):
    assert decide(said("greet request thank", wishes=(COMEDY,)), SEVERAL, catalog) == ("recommend",)


# Questions of no item


@pytest.mark.parametrize(
    ("topic", "key"),
    [
        (Topic.PRIVACY, "privacy"),
        (Topic.METHOD, "method"),
        (Topic.BOT, "introduction"),
        (Topic.ME, "about_person"),
        (Topic.EARLIER, "shown_before"),
        (Topic.KINDS, "kinds"),
        (Topic.OUTSIDE, "outside"),
    ],
)
def test_a_question_of_no_film_has_an_answer_of_its_own(catalog, topic, key):
    assert decide(asking(Asked(topic)), SEVERAL, catalog) == (Say(key),)


def test_the_bot_loves_what_is_most_popular(catalog):
    (answer,) = decide(asking(Asked(Topic.FAVOURITE)), NOBODY, catalog)
    assert answer.item.title == "Forrest Gump"


def test_what_there_is_of_a_kind_is_counted(catalog):
    (answer,) = decide(said("ask", asked=(Asked(Topic.COUNT),), wishes=(COMEDY,)), NOBODY, catalog)
    assert answer == Count(sum("Comedy" in item.values("genres") for item in catalog), (COMEDY,))
    (answer,) = decide(asking(Asked(Topic.COUNT)), NOBODY, catalog)
    assert answer == Count(len(catalog), ())


def heard(catalog, line, **context):
    """An annotated message as it is understood of this catalogue."""
    message = parse(f"start | {line}", "films", "en")
    return Resolver(catalog, Linker(catalog)).resolve(scored(message.text, message.frame), Context(**context))


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("ask | {how many|question how-many} {comedies|value asked} do you have?", 7),
        ("ask | {how many|question how-many} films from {the 70s|range asked} are there?", 5),
        ("ask | {how many|question how-many} films do you know?", 24),
    ],
)
def test_how_many_there_are_of_what_is_asked_for_is_one_answer(catalog, line, number):
    (answer,) = decide(heard(catalog, line), NOBODY, catalog)
    assert answer.number == number


# Questions about items


def test_a_question_about_nothing_is_not_answered_by_what_was_shown(catalog):
    """ "What's the capital of Peru?" """
    about_nothing = asking(Asked(Topic.PROPERTY))
    assert decide(about_nothing, SEVERAL, catalog) == (Say("unclear"),)
    assert decide(said("ask"), SEVERAL, catalog) == (Say("unclear"),)
    assert decide(about_nothing, NOBODY, catalog) == (Say("unclear"),)


def test_a_question_that_names_nothing_is_about_what_was_shown(catalog):
    heat, fargo = catalog.get(HEAT), catalog.get(FARGO)
    length = Asked(Topic.LENGTH, attribute="length")
    assert decide(asking(length), ONE, catalog) == (Answer(heat, "length"),)
    assert decide(asking(length), SEVERAL, catalog) == (Answer(heat, "length", among=(heat, fargo)),)
    assert decide(asking(Asked(Topic.PROPERTY)), ONE, catalog) == (Answer(heat, unsure=True),)


def test_a_question_is_answered_of_the_film_that_it_is_about(catalog):
    about = (SEVEN,)
    seven = catalog.get(SEVEN)
    assert decide(asking(Asked(Topic.LENGTH, about, "length")), SEVERAL, catalog) == (Answer(seven, "length"),)
    assert decide(asking(Asked(Topic.PLOT, about)), SEVERAL, catalog) == (Answer(seven),)
    assert decide(asking(Asked(Topic.PRICE, about)), SEVERAL, catalog) == (Answer(seven, unsure=True),)
    assert decide(asking(Asked(Topic.HAVE, about)), SEVERAL, catalog) == (Answer(seven, has=True),)
    assert decide(asking(Asked(Topic.WHY, about)), SEVERAL, catalog) == (Answer(seven, why=True),)
    for topic in (Topic.FIT, Topic.RATING):
        assert decide(asking(Asked(topic, about)), SEVERAL, catalog) == (Answer(seven, suits=0.0),)


def test_why_these_is_answered_for_each(catalog):
    heat, fargo = catalog.get(HEAT), catalog.get(FARGO)
    assert decide(asking(Asked(Topic.WHY)), SEVERAL, catalog) == (
        Answer(heat, why=True, also=(Answer(fargo, why=True),)),
    )


def test_whether_there_is_each_of_several_is_one_answer(catalog):
    heat, fargo = catalog.get(HEAT), catalog.get(FARGO)
    asked = asking(Asked(Topic.HAVE, (HEAT, FARGO)))
    assert decide(asked, NOBODY, catalog) == (Answer(heat, has=True, also=(Answer(fargo, has=True),)),)


def test_what_was_told_of_a_cast_is_not_told_again(catalog):
    (heat,) = films_with = [replace(catalog.get(HEAT), attributes={"cast": ("Al Pacino",), "studio": ("A24",)})]
    known = Catalog(films_with, catalog.vocabulary)
    cast = Asked(Topic.CAST, (HEAT,), "cast")
    values = {name: Asked(Topic.KIND, (HEAT,), value=value) for name, value in (
        ("pacino", ("cast", "Al Pacino")), ("hanks", ("cast", "Tom Hanks")),
        ("pixar", ("studio", "Pixar")), ("disney", ("studio", "Walt Disney")), ("a24", ("studio", "A24")),
    )}  # fmt: skip
    told = {name: Answer(heat, value=asked.value) for name, asked in values.items()}
    of = partial(decide, person=SEVERAL, catalog=known)
    assert of(asking(cast, values["pacino"])) == (Answer(heat, "cast"),)
    assert of(asking(cast, values["hanks"])) == (Answer(heat, "cast", also=(told["hanks"],)),)
    assert of(asking(values["pixar"], values["disney"])) == (told["pixar"],)
    assert of(asking(values["pixar"], values["a24"])) == (replace(told["pixar"], also=(told["a24"],)),)


def test_whether_a_film_is_of_a_kind_is_told_where_its_kind_is_known(catalog):
    value = ("genres", "Comedy")
    asked = asking(Asked(Topic.KIND, (FARGO,), "genres", value))
    assert decide(asked, NOBODY, catalog) == (Answer(catalog.get(FARGO), value=value),)
    elsewhere = asking(Asked(Topic.KIND, (FARGO,), "country", ("country", "France")))
    assert decide(elsewhere, NOBODY, catalog) == (Answer(catalog.get(FARGO), "country"),)


def test_one_is_compared_with_another_in_what_is_asked_or_in_all_that_they_share(catalog):
    heat, seven, fargo = (catalog.get(one) for one in (HEAT, SEVEN, FARGO))
    long = Asked(Topic.LENGTH, (HEAT,), "length", against=SEVEN)
    assert decide(asking(long), NOBODY, catalog) == (Answer(heat, "length", against=seven),)
    longer = replace(long, topic=Topic.COMPARE, highest=True)
    assert decide(asking(longer), NOBODY, catalog) == (Answer(heat, "length", against=seven),)
    (alike,) = decide(asking(Asked(Topic.COMPARE, (HEAT,), against=SEVEN)), NOBODY, catalog)
    assert alike.against == seven
    assert alike.shares == tuple(("genres", kind) for kind in heat.values("genres") if kind in seven.values("genres"))
    (likest,) = decide(asking(Asked(Topic.COMPARE, (HEAT, FARGO), against=SEVEN)), NOBODY, catalog)
    assert (likest.among, likest.against) == ((heat, fargo), seven)


def test_how_a_film_feels_is_told_by_its_mood_and_then_by_its_levels():
    film = Item("a", "Alpha", attributes=MappingProxyType({"mood": ("bleak",), "sadness": 2.0, "violence": 1.0}))
    asked = Asked(Topic.PROPERTY, ("a",), "mood", others=("sadness", "violence"))
    (answer,) = decide(asking(asked), NOBODY, Catalog([film]))
    assert [answer.attribute, *(one.attribute for one in answer.also)] == ["mood", "sadness", "violence"]


def in_series(*parts):
    items = [
        Item(
            str(n),
            f"Film {n}",
            year,
            attributes=MappingProxyType({"saga": ("Film",)} | ({"part": part} if part else {})),
        )
        for n, (year, part) in enumerate(parts)
    ]
    alone = Item("alone", "Alone", 1990, attributes=MappingProxyType({"place": ("none",)}))
    return Catalog([*items, alone, Item("new", "New")], Vocabulary(series="saga"))


@pytest.mark.parametrize(
    ("parts", "order"),
    [(((1990, 2.0), (1980, 1.0), (1985, 3.0)), "102"), (((1990, 2.0), (1980, 1.0), (1985, None)), "120")],
)
def test_a_sequel_is_told_by_all_parts_of_the_series(parts, order):
    catalog = in_series(*parts)
    (answer,) = decide(asking(Asked(Topic.SERIES, ("0",), "place")), NOBODY, catalog)
    assert (answer.item, answer.series) == (catalog.get("0"), tuple(catalog.get(n) for n in order))


def test_what_stands_alone_is_its_only_part_and_of_others_nothing_is_known():
    catalog = in_series((1990, 1.0))
    told = {
        i: decide(asking(Asked(Topic.SERIES, (i,), "place")), NOBODY, catalog)[0].series for i in ("0", "alone", "new")
    }
    assert told == {"0": (catalog.get("0"),), "alone": (catalog.get("alone"),), "new": ()}


def test_who_asks_for_the_other_parts_is_shown_nothing_else():
    asked, loved = Asked(Topic.SERIES, ("0",), "place"), named("0", Role.LIKED)
    wants = said("inform request", loved, asked=(asked,))
    assert [type(move) for move in decide(wants, NOBODY, in_series((1990, 1.0), (1992, 2.0)))] == [Answer]
    assert decide(wants, NOBODY, in_series((1990, 1.0)))[-1] == "recommend"


def test_whether_any_is_within_a_limit_is_asked_of_what_was_shown(catalog):
    limit = Constraint("length", "<=100")
    (answer,) = decide(asking(Asked(Topic.LENGTH, limit=limit)), SEVERAL, catalog)
    assert answer.limits == (limit,)
    assert [item.item_id for item in answer.among] == [HEAT, FARGO]


def test_each_of_several_questions_is_answered_of_its_own_item(catalog):
    comedy = ("genres", "Comedy")
    length, kind = Asked(Topic.LENGTH, (HEAT,), "length"), Asked(Topic.KIND, (FARGO,), "genres", comedy)
    (answer,) = decide(asking(length, kind), SEVERAL, catalog)
    assert (answer.item.item_id, answer.attribute) == (HEAT, "length")
    assert [(also.item.item_id, also.value) for also in answer.also] == [(FARGO, comedy)]


def test_the_same_question_put_twice_is_answered_once(catalog):
    length, kind = Asked(Topic.LENGTH, (HEAT,), "length"), Asked(Topic.KIND, (HEAT,), "genres")
    (answer,) = decide(asking(length, kind, length), SEVERAL, catalog)
    assert (answer.attribute, [also.attribute for also in answer.also]) == ("length", ["genres"])
    outside = Asked(Topic.OUTSIDE)
    assert decide(asking(outside, outside), SEVERAL, catalog) == (Say("outside"),)
    nothing = Asked(Topic.PROPERTY)
    assert decide(asking(nothing, nothing), SEVERAL, catalog) == (Say("unclear"),)


@pytest.mark.parametrize(
    ("attribute", "highest", "best", "extreme"),
    [
        ("length", True, HEAT, "longest"),
        ("length", False, FARGO, "shortest"),
        ("year", False, HEAT, "oldest"),
        ("year", True, FARGO, "newest"),
        (POPULARITY, True, FARGO, "most popular"),
        (POPULARITY, False, HEAT, "least known"),
    ],
)
def test_which_is_the_longest_is_told_by_the_numbers(catalog, attribute, highest, best, extreme):
    (answer,) = decide(asking(Asked(Topic.COMPARE, attribute=attribute, highest=highest)), SEVERAL, catalog)
    assert (answer.item.item_id, answer.attribute, answer.extreme) == (best, attribute, extreme)


def test_of_what_has_no_number_none_is_the_longest(catalog):
    fair_lady, rings = "914", "2116"
    (answer,) = decide(asking(Asked(Topic.COMPARE, (fair_lady, rings), "length", highest=True)), NOBODY, catalog)
    assert (answer.attribute, answer.extreme, answer.among) == ("length", "", ())
    (answer,) = decide(asking(Asked(Topic.COMPARE, (fair_lady, FARGO), "length", highest=True)), NOBODY, catalog)
    assert answer.item.item_id == FARGO


def test_which_of_these_is_better_is_left_to_the_persons_taste(catalog):
    (answer,) = decide(asking(Asked(Topic.COMPARE)), SEVERAL, catalog)
    assert {item.item_id for item in answer.among} == {HEAT, FARGO}
    assert (answer.attribute, answer.value, answer.extreme) == (None, None, "")


def test_of_these_means_what_was_shown_and_of_those_named_what_was_named(catalog):
    of_these = asking(Asked(Topic.COMPARE, (HEAT, FARGO), "year", highest=True), named=[named(SEVEN, Role.LIKED)])
    assert {item.item_id for item in decide(of_these, SEVERAL, catalog)[0].among} == {HEAT, FARGO}
    of_those = asking(Asked(Topic.COMPARE, (SEVEN, USUAL), "length", highest=True))
    assert {item.item_id for item in decide(of_those, SEVERAL, catalog)[0].among} == {SEVEN, USUAL}


def test_of_one_that_is_named_alone_the_comparison_is_with_what_was_shown(catalog):
    (answer,) = decide(asking(Asked(Topic.COMPARE, (HEAT,), "length", highest=False)), SEVERAL, catalog)
    assert answer.item.item_id == FARGO


def test_a_question_about_what_the_catalogue_does_not_have_is_not_one_about_what_was_shown(catalog):
    unknown = asking(Asked(Topic.LENGTH, attribute="length"), named=[named(None, Role.ASKED)])
    assert decide(unknown, ONE, catalog) == (Say("unknown_asked"),)


# Questions beside a wish


def test_a_question_beside_a_wish_is_answered_and_the_wish_is_met(catalog):
    length = Asked(Topic.LENGTH, (FARGO,), "length")
    asked = said("request ask", asked=(length,), wishes=(COMEDY,))
    assert decide(asked, SEVERAL, catalog) == (Answer(catalog.get(FARGO), "length"), "recommend")
    told = said("inform ask", asked=(length,), wishes=(COMEDY,))
    assert decide(told, SEVERAL, catalog) == (Answer(catalog.get(FARGO), "length"),)


def test_a_wish_beside_a_question_that_cannot_be_answered_is_met(catalog):
    asked = said("request ask", asked=(Asked(Topic.PROPERTY),), wishes=(COMEDY,))
    assert decide(asked, SEVERAL, catalog) == ("recommend",)


def test_a_film_whose_name_is_asked_for_by_its_story_is_searched(catalog):
    asked = said("request ask", asked=(Asked(Topic.NAME),), sought=("a man lives the same day again",))
    assert decide(asked, NOBODY, catalog) == ("recommend",)


@pytest.mark.parametrize(("how_much", "whether"), [(False, True), (True, False)])
def test_whether_it_is_sad_is_another_question_than_how_sad(catalog, how_much, whether):
    asked = Asked(Topic.SADNESS, (HEAT,), "sadness", words="sad", how_much=how_much)
    (answer,) = decide(asking(asked), ONE, catalog)
    assert answer.whether is whether


# What no column tells


STAPLERS = Catalog(
    [
        Item(
            "1",
            "Stapler, Black",
            attributes={"brand": ("Bic",)},
            description="It is of metal. Refills are sold. This item is new.",
        ),
        Item("2", "Stapler, Red", attributes={"brand": ("Bic",)}, description="A metal one, light. It staples."),
        Item("3", "Stapler", attributes={"brand": ("Bic",)}, description="It staples."),
    ]
)
STAPLED = Person("p", shown=tuple(Shown(item.item_id, 1) for item in STAPLERS))


def of_staplers(*asked):
    return decide(asking(*asked), STAPLED, STAPLERS)


def test_what_no_column_tells_is_told_by_the_descriptions_that_do():
    one = of_staplers(Asked(Topic.PROPERTY, ("1",), words="metal"))
    assert one == (Answer(STAPLERS.get("1"), quote="It is of metal."),)
    second = Answer(STAPLERS.get("2"), quote="A metal one, light.")
    all_of_them = of_staplers(Asked(Topic.PROPERTY, ("1", "2", "3"), words="metal"))
    assert all_of_them == (replace(one[0], also=(second,)),)


def test_what_a_column_tells_is_not_quoted():
    asked = Asked(Topic.MAKER, ("1",), attribute="brand", words="refills")
    assert of_staplers(asked) == (Answer(STAPLERS.get("1"), "brand"),)


@pytest.mark.parametrize("words", ["washable", "item"])
def test_what_nothing_tells_is_not_known(words):
    asked = Asked(Topic.PROPERTY, ("1",), words=words)
    assert of_staplers(asked) == (Answer(STAPLERS.get("1"), unsure=True),)


def test_beside_a_quote_nothing_is_said_of_what_is_not_known():
    how_many, refills = (Asked(Topic.SERIES, ("1",), words="how"), Asked(Topic.PROPERTY, ("1",), words="refills"))
    assert of_staplers(how_many, refills) == (Answer(STAPLERS.get("1"), quote="Refills are sold."),)


def test_a_value_that_an_item_has_not_may_stand_in_its_description():
    asked = Asked(Topic.KIND, ("1",), attribute="brand", value=("brand", "Refills"), words="refills")
    assert of_staplers(asked) == (Answer(STAPLERS.get("1"), quote="Refills are sold."),)


def test_what_is_asked_twice_is_told_once(catalog):
    basis = Asked(Topic.BASIS, (HEAT,), "genres", others=("length",), words="based on")
    (answer,) = decide(asking(basis, Asked(Topic.LENGTH, (HEAT,), "length")), ONE, catalog)
    assert [one.attribute for one in (answer, *answer.also)] == ["genres", "length"]


LEVELS = {name: {"en": ("none", "some", "much", "very much")} for name in ("age", "scary", "violence")}


def of_age():
    film = Item("f", "Film", attributes=MappingProxyType({"age": 8.0, "scary": 1.0, "violence": 0.0}))
    return film, Catalog([film], Vocabulary(levels=MappingProxyType(LEVELS)))


def test_whether_something_suits_others_is_answered_by_its_age_and_what_is_in_it():
    film, films_of_age = of_age()
    asked = Asked(Topic.FIT, ("f",))
    told = (Answer(film, "age", also=(Answer(film, "scary"),)),)
    assert decide(asking(asked, doing="ask child"), ONE, films_of_age) == told
    line = "start | ask | {would|question fit} {it|pointer asked} do for {a date|theme asked}?"
    with_a_date = replace(asking(asked), frame=parse(line, "films", "en").frame)
    assert decide(with_a_date, ONE, films_of_age) == told
    for_a_child = replace(ONE, preference=Preference(constraints=(Constraint("age", "<=6"),)))
    assert decide(asking(asked), for_a_child, films_of_age) == told
    assert decide(asking(asked), ONE, films_of_age) == (Answer(film, suits=0.0),)


def test_nothing_is_told_twice_of_what_is_asked_twice():
    film, films_of_age = of_age()
    scary = Asked(Topic.SCARY, ("f",), "scary", words="scary")
    again = Asked(Topic.SCARY, ("f",), "scary", words="how scary", how_much=True)
    mood = Asked(Topic.PROPERTY, ("f",), "mood", words="ok")
    (answer,) = decide(asking(mood, scary, again), ONE, films_of_age)
    assert answer == Answer(film, "scary", whether=True)


def test_who_is_thanked_for_what_was_shown_and_welcomes_it_is_shown_nothing_more(catalog):
    heat = catalog.get(HEAT)
    thanks = said("inform thank", named(HEAT, Role.LIKED))
    assert decide(thanks, ONE, catalog) == (Say("enjoy", kind="close", item=heat),)
    assert decide(said("inform thank", named(SEVEN, Role.LIKED)), ONE, catalog) != decide(thanks, ONE, catalog)
    assert "recommend" in decide(said("inform thank request", named(HEAT, Role.LIKED)), SEVERAL, catalog)


def test_what_is_here_is_not_said_to_be_missing_as_well(catalog):
    seven = catalog.get(SEVEN)
    both = asking(Asked(Topic.PROPERTY, (SEVEN,)), Asked(Topic.HAVE, (SEVEN,)))
    assert decide(both, SEVERAL, catalog) == (Answer(seven, has=True),)


def test_which_for_an_evening_that_none_is_told_by_is_answered_with_one(catalog):
    heat, fargo = catalog.get(HEAT), catalog.get(FARGO)
    evening = Asked(Topic.COMPARE, (HEAT, FARGO), value=("theme", "weekend"))
    (answer,) = decide(asking(evening), SEVERAL, catalog)
    assert answer.value is None
    assert answer.among == (heat, fargo)
    kind = replace(evening, value=("genres", "Musical"))
    assert decide(asking(kind), SEVERAL, catalog)[0].value == ("genres", "Musical")


def test_what_is_wanted_by_its_title_alone_is_told_to_be_there(catalog):
    wanted = said("request", named(HEAT, Role.WANTED))
    assert decide(wanted, NOBODY, catalog) == (Answer(catalog.get(HEAT), has=True),)
    several = said("request", named(HEAT, Role.WANTED), named(FARGO, Role.WANTED))
    (answer,) = decide(several, NOBODY, catalog)
    assert [one.item.item_id for one in (answer, *answer.also)] == [HEAT, FARGO]
    assert decide(replace(wanted, wishes=(COMEDY,)), NOBODY, catalog) != (Answer(catalog.get(HEAT), has=True),)


def test_which_part_of_a_series_something_is_has_its_number():
    parts = {"series": ("Alien",), "place": ("part 2 of Alien",), "part": 2.0}
    films = [
        Item("1", "Alien", 1979, attributes={"series": ("Alien",), "part": 1.0}),
        Item("2", "Aliens", 1986, attributes=parts),
    ]
    saga = Catalog(films, Vocabulary(series="series"))
    (answer,) = decide(asking(Asked(Topic.SERIES, ("2",), "part")), NOBODY, saga)
    assert (answer.attribute, len(answer.series)) == ("part", 2)
    (answer,) = decide(asking(Asked(Topic.SERIES, ("2",), "series")), NOBODY, saga)
    assert answer.attribute is None


def test_what_the_answer_to_whether_tells_is_not_told_beside_it():
    film = Item("f", "Film", attributes={"basis": ("an original screenplay",), "based_on": ("an original screenplay",)})
    catalog, made = Catalog([film]), Asked(Topic.BASIS, ("f",), "based_on", others=("basis",), words="based on")
    true = Asked(Topic.BASIS, ("f",), "basis", value=("basis", "a true story"), words="true story")
    (answer,) = decide(asking(made, true), ONE, catalog)
    assert (answer.value, answer.also) == (("basis", "a true story"), ())


def test_a_wish_after_a_slate_is_met_though_it_sounds_like_consent(catalog):
    japanese = Constraint("language", "Japanese")
    assert decide(
        said("accept", wishes=(japanese,)), replace(ONE, preference=Preference((), (japanese,))), catalog
    ) == ("recommend",)
    chosen = said("accept", named(HEAT, Role.CHOSEN), wishes=(japanese,))
    assert decide(chosen, ONE, catalog)[0].key == "enjoy"


@pytest.mark.parametrize(("doing", "expected"), [("thank inform", "welcome"), ("thank inform reject", "criticism")])
def test_thanks_with_nothing_to_go_by_bring_no_slate(catalog, doing, expected):
    move = decide(said(doing), replace(SEVERAL, shown=(Shown(HEAT, 2), Shown(FARGO, 2))), catalog)[0]
    assert getattr(move, "key", None) == expected or move == Ask(CRITICISM)


def test_who_refuses_and_asks_of_nothing_that_is_here_wants_others(catalog):
    refusal = Asked(Topic.SERIES, words="the sequels")
    said_so = asking(refusal, doing="inform reject", named=(named(None, Role.DISLIKED),))
    wanting = replace(SEVERAL, preference=Preference({}, (COMEDY,)))
    assert decide(said_so, wanting, catalog) == ("recommend",)
    assert decide(replace(said_so, frame=Frame(frozenset({Act.ASK}))), SEVERAL, catalog) == (Say("unknown_asked"),)


def test_a_comparison_of_one_thing_that_was_not_shown_tells_of_it(catalog):
    (answer,) = decide(asking(Asked(Topic.COMPARE, (SEVEN,), "year", highest=True)), SEVERAL, catalog)
    assert (answer.item.item_id, answer.attribute, answer.among) == (SEVEN, "year", ())


def test_what_was_compared_last_is_what_a_question_is_of(catalog):
    compared = replace(asking(Asked(Topic.YEAR, attribute="year")), slate=(SEVEN, USUAL))
    (answer,) = decide(compared, SEVERAL, catalog)
    told = {answer.item.item_id, *(one.item_id for one in answer.among), *(one.item.item_id for one in answer.also)}
    assert told == {SEVEN, USUAL}
