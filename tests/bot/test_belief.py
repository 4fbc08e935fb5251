"""What a message changes in what is believed of a person."""

from dataclasses import replace

import pytest

from bot.belief import believe
from bot.understood import Named, Understood
from domain.catalog import Catalog, Item, Vocabulary
from domain.frame import Act, Flag, Frame, Role
from domain.preference import Constraint, Opinion, Preference

TODAY = 20_000
COMEDY, DRAMA, THRILLER = (Constraint("genres", genre) for genre in ("Comedy", "Drama", "Thriller"))
HORROR, CHILDREN = Constraint("genres", "Horror"), Constraint("genres", "Children")
NO_HORROR = Constraint("genres", "Horror", include=False)
SHORT = Constraint("length", "<=100")
CHILD = Constraint("age", "<=6")
HEAT, FARGO, JAWS = "6", "608", "1387"


def said(doing, *named, **parts):
    """What a message does (acts and flags, by their values), names and wants."""
    words = doing.split()
    acts = frozenset(act for act in Act if act.value in words)
    flags = frozenset(flag for flag in Flag if flag.value in words)
    assert len(acts) + len(flags) == len(words)
    return Understood(Frame(acts, flags=flags), named, **parts)


def named(item_id, role, start=0, **how):
    return Named(item_id, start, start + 4, role, **how)


def wanting(*constraints, **opinions):
    """A preference, whose opinions are told as messages: ``like=HEAT``."""
    told = {item_id: Opinion(item_id, verdict, "message", 1) for verdict, item_id in opinions.items()}
    return Preference(told, constraints)


def verdicts(preference):
    return {item_id: opinion.verdict for item_id, opinion in preference.opinions.items()}


# What is wanted


def test_what_is_wanted_is_believed(catalog):
    after = believe(Preference(), said("request", wishes=(COMEDY, NO_HORROR, SHORT)), TODAY, catalog)
    assert after.constraints == (COMEDY, NO_HORROR, SHORT)


def test_a_request_for_another_kind_takes_the_place_of_the_one_before(catalog):
    after = believe(wanting(COMEDY, SHORT), said("request", wishes=(THRILLER,)), TODAY, catalog)
    assert after.constraints == (THRILLER,)


@pytest.mark.parametrize("doing", ["inform", "critique", "request critique", "request more", "reject"])
def test_a_taste_a_critique_and_more_of_the_same_go_on_with_the_request(catalog, doing):
    after = believe(wanting(COMEDY, SHORT), said(doing, wishes=(DRAMA,)), TODAY, catalog)
    assert after.constraints == (COMEDY, SHORT, DRAMA)


def test_a_limit_alone_goes_on_with_the_request(catalog):
    after = believe(wanting(COMEDY), said("request", wishes=(SHORT,)), TODAY, catalog)
    assert after.constraints == (COMEDY, SHORT)


def test_who_wants_the_same_kind_again_keeps_the_rest_of_the_wish(catalog):
    after = believe(wanting(COMEDY, SHORT), said("request", wishes=(COMEDY,)), TODAY, catalog)
    assert set(after.constraints) == {COMEDY, SHORT}


def test_what_is_described_takes_the_place_of_the_request_before(catalog):
    after = believe(wanting(COMEDY, NO_HORROR), said("request", sought=("sharks",)), TODAY, catalog)
    assert after.constraints == (NO_HORROR,)


def test_what_is_unwanted_stays_so_until_it_is_wanted_or_taken_back(catalog):
    kept = believe(wanting(COMEDY, NO_HORROR), said("request", wishes=(THRILLER,)), TODAY, catalog)
    assert set(kept.constraints) == {NO_HORROR, THRILLER}
    wanted = believe(kept, said("request", wishes=(HORROR,)), TODAY, catalog)
    assert wanted.constraints == (HORROR,)
    taken_back = believe(kept, said("correct", withdrawn=(HORROR,)), TODAY, catalog)
    assert taken_back.constraints == (THRILLER,)


def test_an_age_once_told_holds_for_every_request_after_it():
    after = believe(wanting(CHILD, COMEDY), said("request", wishes=(DRAMA,)), TODAY, Catalog([], Vocabulary()))
    assert set(after.constraints) == {CHILD, DRAMA}


def test_something_like_a_film_keeps_of_the_wish_what_that_film_meets(catalog):
    like_heat = named(HEAT, Role.LIKE_THIS)  # a thriller of 170 minutes
    after = believe(wanting(THRILLER, COMEDY, SHORT, NO_HORROR), said("request", like_heat), TODAY, catalog)
    assert after.constraints == (THRILLER, NO_HORROR)
    another_kind = said("request", like_heat, wishes=(DRAMA,))
    assert believe(wanting(THRILLER, NO_HORROR), another_kind, TODAY, catalog).constraints == (NO_HORROR, DRAMA)


def test_something_else_goes_on_with_the_wish_though_a_film_is_loved(catalog):
    after = believe(wanting(COMEDY), said("inform request", named(HEAT, Role.LIKED)), TODAY, catalog)
    assert after.constraints == (COMEDY,)
    assert verdicts(after) == {HEAT: "like"}


# Wishes that exclude each other


@pytest.mark.parametrize(
    ("before", "new", "after"),
    [
        ((">=1990",), ">=2000", {">=2000"}),
        (("<=1980",), ">=1990", {">=1990"}),
        (("<1995",), ">=1990", {">=1990"}),
        (("<1995",), ">=1980", {"<1995", ">=1980"}),
    ],
)
def test_a_limit_goes_that_leaves_no_room_beside_a_new_one(catalog, before, new, after):
    preference = wanting(*(Constraint("year", limit) for limit in before))
    changed = believe(preference, said("critique", wishes=(Constraint("year", new),)), TODAY, catalog)
    assert {c.value for c in changed.constraints} == after


def test_limits_of_another_number_have_room_beside_each_other(catalog):
    new = Constraint("year", ">=1990")
    after = believe(wanting(SHORT), said("critique", wishes=(new,)), TODAY, catalog)
    assert after.constraints == (SHORT, new)


def test_a_decade_that_is_turned_down_is_not_wanted_any_more(catalog):
    eighties = Constraint("year", ">=1980"), Constraint("year", "<=1989")
    refused = Constraint.outside("year", 1980, 1990)
    after = believe(wanting(*eighties, COMEDY), said("critique", wishes=(refused,)), TODAY, catalog)
    assert after.constraints == (COMEDY, refused)
    since = Constraint("year", ">=1985")
    assert believe(wanting(since), said("critique", wishes=(refused,)), TODAY, catalog).constraints == (since, refused)


def test_a_kind_goes_that_no_film_of_a_new_kind_has(catalog):
    after = believe(wanting(HORROR), said("critique", wishes=(CHILDREN,)), TODAY, catalog)
    assert after.constraints == (CHILDREN,)
    after = believe(wanting(DRAMA), said("critique", wishes=(THRILLER,)), TODAY, catalog)
    assert after.constraints == (DRAMA, THRILLER)
    after = believe(wanting(NO_HORROR), said("critique", wishes=(CHILDREN,)), TODAY, catalog)
    assert after.constraints == (NO_HORROR, CHILDREN)


# What is taken back


def test_who_has_everything_forgotten_is_believed_what_that_message_says(catalog):
    before = wanting(COMEDY, CHILD, NO_HORROR, like=HEAT)
    assert believe(before, said("correct forget"), TODAY, catalog) == Preference()
    after = believe(before, said("correct request forget", wishes=(DRAMA,)), TODAY, catalog)
    assert after == Preference(constraints=(DRAMA,))


def test_a_wish_that_is_taken_back_goes_alone(catalog):
    after = believe(wanting(COMEDY, DRAMA), said("correct", withdrawn=(COMEDY,)), TODAY, catalog)
    assert after.constraints == (DRAMA,)


def test_any_year_will_do_takes_back_every_limit_of_the_year(catalog):
    years = Constraint("year", ">=1980"), Constraint("year", "<1990"), Constraint.outside("year", 1984, 1985)
    after = believe(
        wanting(*years, COMEDY, SHORT), said("correct", withdrawn=(Constraint("year", ""),)), TODAY, catalog
    )
    assert after.constraints == (COMEDY, SHORT)


def test_an_opinion_that_is_taken_back_goes_alone(catalog):
    before = wanting(like=HEAT, dislike=FARGO)
    after = believe(before, said("correct", named(HEAT, Role.WITHDRAWN)), TODAY, catalog)
    assert verdicts(after) == {FARGO: "dislike"}


def test_what_somebody_else_takes_back_is_no_word_on_the_writers_taste(catalog):
    after = believe(wanting(like=HEAT), said("inform", named(HEAT, Role.WITHDRAWN, theirs=True)), TODAY, catalog)
    assert verdicts(after) == {HEAT: "like"}


@pytest.mark.parametrize("verdict", ["like", "dislike"])
def test_a_misread_opinion_goes_to_what_was_meant(catalog, verdict):
    """ "No, I said Jaws, not Heat." """
    meant = said("correct instead", named(JAWS, Role.CHOSEN), named(HEAT, Role.WITHDRAWN, start=10))
    after = believe(wanting(**{verdict: HEAT}), meant, TODAY, catalog)
    assert after.opinions == {JAWS: Opinion(JAWS, verdict, "message", TODAY)}


def test_of_what_was_meant_an_opinion_that_was_told_before_stays(catalog):
    meant = said("correct instead", named(JAWS, Role.CHOSEN), named(HEAT, Role.WITHDRAWN, start=10))
    after = believe(wanting(like=HEAT, dislike=JAWS), meant, TODAY, catalog)
    assert verdicts(after) == {JAWS: "dislike"}


def test_i_meant_that_one_hands_on_the_latest_opinion_of_a_message(catalog):
    meant = said("correct instead", named(JAWS, Role.CHOSEN))
    after = believe(wanting(dislike=FARGO, like=HEAT), meant, TODAY, catalog)
    assert verdicts(after) == {FARGO: "dislike", JAWS: "like"}
    pressed = Preference({HEAT: Opinion(HEAT, "like", "button", 1)})
    assert believe(pressed, meant, TODAY, catalog) == pressed
    assert believe(wanting(like=JAWS), meant, TODAY, catalog) == wanting(like=JAWS)


# What is thought of items


@pytest.mark.parametrize(
    ("role", "verdict"),
    [
        (Role.LIKED, "like"),
        (Role.LIKE_THIS, "like"),
        (Role.DISLIKED, "dislike"),
        (Role.REFUSED, "dislike"),
        (Role.SEEN, "seen"),
        (Role.WANTED, None),
        (Role.UNWANTED, None),
        (Role.ASKED, None),
        (Role.CHOSEN, None),
        (Role.MENTIONED, None),
    ],
)
def test_what_is_said_of_a_film_is_what_is_thought_of_it(catalog, role, verdict):
    after = believe(Preference(), said("inform", named(HEAT, role)), TODAY, catalog)
    assert after.opinions == ({HEAT: Opinion(HEAT, verdict, "message", TODAY)} if verdict else {})


def test_the_latest_word_on_a_film_counts(catalog):
    after = believe(wanting(like=HEAT), said("inform", named(HEAT, Role.DISLIKED)), TODAY, catalog)
    assert after.opinions == {HEAT: Opinion(HEAT, "dislike", "message", TODAY)}


def test_nothing_is_thought_of_what_the_catalogue_does_not_have(catalog):
    after = believe(Preference(), said("inform", named(None, Role.LIKED), named(HEAT, Role.LIKED, 9)), TODAY, catalog)
    assert verdicts(after) == {HEAT: "like"}


@pytest.mark.parametrize(
    ("doing", "role", "verdict"),
    [
        ("inform", Role.LIKED, None),
        ("inform", Role.DISLIKED, None),
        ("reject", Role.REFUSED, None),
        ("inform request", Role.LIKED, "like"),
        ("inform request", Role.DISLIKED, "dislike"),
        ("inform request", Role.SEEN, None),
    ],
)
def test_somebody_elses_taste_counts_where_something_is_asked_for_them(catalog, doing, role, verdict):
    after = believe(Preference(), said(doing, named(HEAT, role, theirs=True)), TODAY, catalog)
    assert verdicts(after) == ({HEAT: verdict} if verdict else {})


def test_of_it_after_several_nobody_knows_which_is_meant(catalog):
    vague = (named(item_id, Role.DISLIKED, pointed=True, vague=True) for item_id in (HEAT, FARGO))
    assert believe(Preference(), said("reject", *vague), TODAY, catalog) == Preference()


@pytest.mark.parametrize(
    ("role", "verdict"),
    [
        (Role.LIKED, "like"),
        (Role.SEEN, "seen"),
        (Role.DISLIKED, "dislike"),
        (Role.REFUSED, None),
        (Role.LIKE_THIS, None),
    ],
)
def test_all_that_was_shown_may_be_loved_or_seen_but_turning_it_down_is_no_dislike(catalog, role, verdict):
    them = (named(item_id, role, pointed=True) for item_id in (HEAT, FARGO, JAWS))
    after = believe(Preference(), said("reject", *them), TODAY, catalog)
    assert verdicts(after) == (dict.fromkeys((HEAT, FARGO, JAWS), verdict) if verdict else {})


def test_the_one_that_is_turned_down_is_disliked(catalog):
    said_of_two = named(HEAT, Role.REFUSED, pointed=True), named(FARGO, Role.CHOSEN, start=20, pointed=True)
    after = believe(Preference(), said("reject accept", *said_of_two), TODAY, catalog)
    assert verdicts(after) == {HEAT: "dislike"}


def test_what_is_believed_of_others_things_stays_as_it_was(catalog):
    before = Preference({FARGO: Opinion(FARGO, "like", "button", 3)}, (COMEDY,))
    assert believe(before, said("chat"), TODAY, catalog) == before


def test_two_values_of_one_message_stay_even_if_nothing_is_both():
    items = [Item(str(n), str(n), attributes={"country": (("Germany", "West Germany")[n % 2],)}) for n in range(8)]
    both = Constraint("country", "Germany"), Constraint("country", "West Germany")
    assert believe(Preference(), said("request", wishes=both), TODAY, Catalog(items)).constraints == both


@pytest.mark.parametrize(
    ("limit", "kept"),
    [
        (Constraint("violence", "<2"), True),
        (Constraint("violence", ">2"), False),
        (Constraint("length", "<90"), False),
    ],
)
def test_what_somebody_can_bear_holds_for_the_next_request(limit, kept):
    catalog = Catalog([Item("a", "A")], Vocabulary(levels={"violence": {"en": ("none", "some", "much", "very much")}}))
    after = believe(wanting(limit), said("request", wishes=(THRILLER,)), TODAY, catalog)
    assert after.constraints == ((limit, THRILLER) if kept else (THRILLER,))


@pytest.mark.parametrize(
    ("new", "kept"),
    [
        ((Constraint("language", "Korean"),), True),
        ((Constraint("language", "Korean"), THRILLER), False),
        ((Constraint("director", "Bong Joon-ho"),), False),
    ],
)
def test_a_request_may_swap_one_of_several_wishes(catalog, new, kept):
    after = believe(
        wanting(HORROR, SHORT, Constraint("language", "Japanese")), said("request", wishes=new), TODAY, catalog
    )
    assert after.constraints == ((HORROR, SHORT, *new) if kept else new)


def test_where_from_is_added_to_what_was_wanted():
    items = [Item("a", "A", attributes={"genres": ("Horror",), "country": ("Spain",)})]
    catalog = Catalog(items, Vocabulary(ask=("genres",), quiet=("country",)))
    spain = Constraint("country", "Spain")
    assert believe(wanting(HORROR), said("request", wishes=(spain,)), TODAY, catalog).constraints == (HORROR, spain)


GOING_ON = Catalog(
    [
        *(Item(f"h{at}", f"Horror {at}", attributes={"genres": ("Horror",), "theme": ("woods",)}) for at in range(3)),
        Item("x", "Quiet", attributes={"genres": ("Drama",), "theme": ("sea",)}),
    ],
    Vocabulary(ask=("genres",)),
)
HORROR = Constraint("genres", "Horror")


@pytest.mark.parametrize(
    ("wish", "kept"),
    [
        (Constraint("theme", "woods"), True),
        (Constraint("theme", "sea"), False),
        (Constraint("genres", "Drama"), False),
    ],
)
def test_a_kind_goes_on_beside_a_wish_of_another_sort_if_things_are_both(wish, kept):
    said = Understood(Frame(frozenset({Act.REQUEST})), wishes=(wish,))
    assert (HORROR in believe(Preference(constraints=(HORROR,)), said, 1, GOING_ON).constraints) is kept


@pytest.mark.parametrize(("role", "kept"), [(Role.UNWANTED, True), (Role.SEEN, True), (Role.LIKE_THIS, False)])
def test_a_kind_goes_on_though_something_is_named_that_is_not_wanted(role, kept):
    said = Understood(Frame(frozenset({Act.REQUEST})), (named("x", role),), (Constraint("theme", "woods"),))
    assert (HORROR in believe(Preference(constraints=(HORROR,)), said, 1, GOING_ON).constraints) is kept


def test_where_something_is_to_be_from_is_swapped_when_it_is_told_anew(catalog):
    origins = Catalog(list(catalog), Vocabulary(ask=("genres",), quiet=("country",)))
    asia = [Constraint("country", name) for name in ("Japan", "South Korea", "China")]
    after = believe(wanting(COMEDY, *asia), said("request critique", wishes=(asia[0],)), TODAY, origins)
    assert after.constraints == (COMEDY, asia[0])


@pytest.mark.parametrize("role", [Role.SEEN, Role.REFUSED])
def test_what_is_said_of_what_was_shown_ends_no_wish(catalog, role):
    origins = Catalog(list(catalog), Vocabulary(ask=("genres",), quiet=("country",)))
    asian = Constraint("country", "Japan")
    after = believe(wanting(DRAMA), said("request", named(HEAT, role), wishes=(asian,)), TODAY, origins)
    assert after.constraints == (DRAMA, asian)
    anew = believe(wanting(DRAMA), said("request", named(HEAT, Role.LIKE_THIS), wishes=(asian,)), TODAY, origins)
    assert anew.constraints == (asian,)  # who names what it should be like begins anew


def test_who_wants_nothing_for_children_is_no_child():
    of_age = Catalog(
        [Item(str(n), f"Film {n}", attributes={"genres": ("Children",), "age": 4.0}) for n in range(3)]
        + [Item("9", "Saw", attributes={"genres": ("Horror",), "age": 18.0})]
    )
    no_children, no_horror = (Constraint("genres", value, include=False) for value in ("Children", "Horror"))
    assert CHILD not in believe(wanting(CHILD), said("critique", wishes=(no_children,)), TODAY, of_age).constraints
    assert CHILD in believe(wanting(CHILD), said("critique", wishes=(no_horror,)), TODAY, of_age).constraints


def test_a_correction_leaves_limits_and_where_from_something_is_to_be(catalog):
    where = replace(catalog.vocabulary, quiet=("country",))
    french, crime = Constraint("country", "France"), Constraint("genres", "Crime")
    before = wanting(french, SHORT, COMEDY)
    corrected = believe(before, said("request correct", wishes=(crime,)), TODAY, Catalog(list(catalog), where))
    assert set(corrected.constraints) == {french, SHORT, crime}
    afresh = believe(before, said("request", wishes=(crime,)), TODAY, Catalog(list(catalog), where))
    assert SHORT not in afresh.constraints


@pytest.mark.parametrize(
    ("doing", "films", "stays"), [("request", 3, True), ("request", 2, False), ("greet request", 3, False)]
)
def test_limits_go_on_from_one_kind_to_the_next_where_that_leaves_enough(doing, films, stays):
    short = [Item(str(n), f"Film {n}", attributes={"genres": ("Thriller",), "length": 90.0}) for n in range(films)]
    long = Item("9", "Heat", attributes={"genres": ("Thriller",), "length": 170.0})
    after = believe(
        wanting(COMEDY, SHORT), said(doing, wishes=(THRILLER,)), TODAY, Catalog([*short, long], Vocabulary())
    )
    assert set(after.constraints) == {THRILLER, *([SHORT] if stays else [])}


def test_who_acts_and_directs_is_one_wish_beside_the_limits_that_go_on():
    films = [Item(str(n), f"Film {n}", attributes={"cast": ("Tom Hanks",), "length": 90.0}) for n in range(3)]
    catalog = Catalog([*films, Item("9", "Larry Crowne", attributes={"director": ("Tom Hanks",)})], Vocabulary())
    hanks = tuple(Constraint(attribute, "Tom Hanks") for attribute in ("director", "cast"))
    after = believe(wanting(COMEDY, SHORT), said("request", wishes=hanks), TODAY, catalog)
    assert set(after.constraints) == {*hanks, SHORT}


def test_what_is_like_an_old_film_and_new_is_not_of_who_made_the_old_one():
    made = [("a", "Hitchcock", 1954), *((str(n), "Hitchcock", 1955) for n in range(3)), ("n", "Fincher", 2014)]
    items = [Item(i, f"Film {i}", year, attributes={"director": (who,)}) for i, who, year in made]
    by_him, recent, old = Constraint("director", "Hitchcock"), Constraint("year", ">=1996"), Constraint("year", "<1960")
    like_it = named("a", Role.LIKE_THIS)

    def after(*limits):
        message = said("request", like_it, wishes=limits)
        return believe(wanting(by_him), message, TODAY, Catalog(items)).constraints

    assert by_him not in after(recent)
    assert by_him in after(old)


def test_what_kind_of_picture_it_is_to_be_takes_no_theme_away():
    items = [
        Item(str(n), f"Film {n}", attributes={"theme": ("christmas",), "form": ("live action",)}) for n in range(5)
    ]
    christmas, live = Constraint("theme", "christmas"), Constraint("form", "live action")
    after = believe(
        wanting(christmas), said("request", wishes=(live,)), TODAY, Catalog(items, Vocabulary(single=("form",)))
    )
    assert set(after.constraints) == {christmas, live}


def test_a_feeling_goes_that_hardly_goes_with_what_is_wanted_now():
    films = [Item(f"s{n}", f"S{n}", attributes={"mood": ("sad",), "genres": ("Drama",)}) for n in range(20)]
    films += [Item(f"f{n}", f"F{n}", attributes={"mood": ("funny",), "genres": ("Comedy", "Drama")}) for n in range(20)]
    catalog = Catalog(films, Vocabulary(ask=("genres",)))
    sad, funny = Constraint("mood", "sad"), Constraint("mood", "funny")
    assert believe(wanting(sad), said("critique", wishes=(COMEDY,)), TODAY, catalog).constraints == (COMEDY,)
    assert believe(wanting(sad), said("critique", wishes=(funny,)), TODAY, catalog).constraints == (funny,)
    assert believe(wanting(funny), said("critique", wishes=(DRAMA,)), TODAY, catalog).constraints == (funny, DRAMA)
    both = said("critique", wishes=(sad, funny))
    assert believe(wanting(sad), both, TODAY, catalog).constraints == (sad, funny)


def test_a_limit_goes_on_beside_alternatives_of_which_any_will_do():
    films = [
        Item(f"{name}{n}", f"{name} {n}", attributes={name: (name,), "length": 90.0})
        for name in ("cast", "director")
        for n in range(3)
    ]
    wishes = (Constraint("cast", "cast"), Constraint("director", "director"))
    catalog = Catalog(films)
    either = said("request", wishes=wishes, either=wishes)
    assert SHORT in believe(wanting(SHORT), either, TODAY, catalog).constraints
    assert SHORT not in believe(wanting(SHORT), said("request", wishes=wishes), TODAY, catalog).constraints
