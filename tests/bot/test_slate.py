import numpy as np
import pytest

from bot.likeness import BY_MEANING, BY_VALUES
from bot.slate import SlateMaker
from domain.catalog import Catalog, Item, Vocabulary
from domain.preference import Constraint


@pytest.fixture
def compose(catalog):
    """Scores that fall along the catalogue, so that without constraints the first films are best."""
    maker = SlateMaker(catalog)
    scores = np.linspace(1, 0, len(catalog), dtype=np.float32)

    def compose(*constraints, banned=(), count=3):
        slate = maker.compose(scores, constraints, {catalog.column(b) for b in banned}, count)
        return [catalog[c].title for c in slate.columns], slate.unmet

    return compose


def test_the_best_come_first_and_the_banned_never(compose):
    assert compose()[0] == ["Heat", "Fargo", "Titanic"]
    assert compose(banned=["6", "1721", "3404"])[0] == ["Fargo", "Alien", "Jaws"]


def test_a_second_one_of_a_series_comes_after_the_others(compose):
    titles, _ = compose(Constraint("genres", "Animation"), count=3)
    assert titles == ["Toy Story", "Up", "The Lord of the Rings"]
    assert compose(Constraint("genres", "Animation"), count=4)[0] == [*titles, "Toy Story 2"]


def test_wishes_limits_and_exclusions_are_met(compose, catalog):
    titles, unmet = compose(
        Constraint("genres", "Thriller"), Constraint("length", "<150"), Constraint("genres", "Comedy", include=False)
    )
    assert titles == ["Seven", "The Usual Suspects", "Inception"]
    assert unmet == ()


def test_items_that_meet_more_wishes_come_first(compose):
    assert compose(Constraint("genres", "Romance"), Constraint("genres", "War"))[0][0] == "Forrest Gump"


def test_an_unknown_number_is_within_no_limit(compose):
    short = Constraint("length", "<500")
    assert "The Lord of the Rings" not in compose(short, count=24)[0]
    assert compose(Constraint("genres", "Musical"), short) == (["My Fair Lady"], (short,))


def test_only_what_stands_in_the_way_is_let_go_of(compose):
    old, short = Constraint("year", "<1970"), Constraint("length", "<500")
    titles, unmet = compose(Constraint("genres", "Musical"), old, short)
    assert titles == ["My Fair Lady"]
    assert unmet == (short,)


def test_what_comes_near_is_near_in_years_and_both_ends_of_a_year_go_together(compose, catalog):
    titles, unmet = compose(Constraint("year", ">=2023"), Constraint("year", "<=2023"))
    assert [c.value for c in unmet] == [">=2023", "<=2023"]
    newest = max(item.year for item in catalog if item.year)
    assert any(catalog[n].title in titles for n in range(len(catalog)) if catalog[n].year == newest)


def test_what_comes_near_outweighs_what_is_liked_best(compose):
    titles, _ = compose(Constraint("genres", "Drama"), Constraint("year", ">=2023"))
    assert titles[0] == "Inception"


def test_what_is_unwanted_is_not_shown_even_if_nothing_else_is_left(compose, catalog):
    everything = [Constraint("genres", value, include=False) for value in catalog.values["genres"]]
    assert compose(*everything) == ([], tuple(everything))


def test_of_two_tastes_each_is_served(compose, catalog):
    titles, _ = compose(Constraint("genres", "Crime"), Constraint("genres", "Animation"))
    values = [item.values("genres") for item in catalog if item.title in titles]
    assert any("Crime" in genres for genres in values)
    assert any("Animation" in genres for genres in values)


def test_of_two_limits_the_one_goes_that_may_be_met(compose):
    sixties = Constraint("year", ">=1960"), Constraint("year", "<1970")
    short = Constraint("length", "<100")
    assert compose(*sixties, short) == (["My Fair Lady"], (short,))


def test_the_first_of_several_values_tells_more_where_they_are_not_in_the_order_of_the_alphabet():
    def shown(*values, ask=()):
        items = [Item(str(n), str(n), attributes={"country": v}) for n, v in enumerate(values)]
        scores = np.array([1.0, *np.zeros(len(values) - 1)], dtype=np.float32)
        wish = (Constraint("country", "Korea"),)
        return SlateMaker(Catalog(items, Vocabulary(ask=ask))).compose(scores, wish, (), 1).columns

    assert shown(("USA", "Korea"), ("Korea",)) == (1,)
    assert shown(("Italy", "Korea"), ("Korea",)) == (0,)
    assert shown(("USA", "Korea"), ("Korea",), ask=("country",)) == (0,)  # kinds are in no order


def test_what_is_alike_comes_first(catalog):
    maker, likeness = SlateMaker(catalog), np.zeros(len(catalog))
    likeness[catalog.column("1258")] = 1.0
    slate = maker.compose(np.zeros(len(catalog), dtype=np.float32), (), (), 1, likeness)
    assert catalog[slate.columns[0]].title == "The Shining"


def test_others_of_the_series_whose_like_is_asked_for_come_last(catalog):
    scores = np.linspace(1, 0, len(catalog), dtype=np.float32)
    scores[catalog.column("3114")] = 9.0
    shown = SlateMaker(catalog).compose(scores, (), (), 3, alike=[catalog.get("1")]).columns
    assert catalog.column("3114") not in shown
    assert catalog.column("3114") in SlateMaker(catalog).compose(scores, (), (), 3).columns


def test_a_series_is_what_the_catalogue_says_it_is():
    names = (("Alien", "Alien"), ("Prometheus", "Alien"), ("Heat", ""))
    items = [Item(t, t, attributes={"saga": (s,)} if s else {}) for t, s in names]
    scores = np.array([3, 2, 1], dtype=np.float32)
    slates = SlateMaker(Catalog(items, Vocabulary(series="saga")))
    assert slates.compose(scores, (), (), 2).columns == (0, 2)


def test_what_is_not_known_to_be_for_a_child_is_never_shown_to_one():
    ages = {"For all": 4.0, "For adults": 18.0, "Unknown": None}
    items = [
        Item(title, title, attributes={"genres": ("Comedy",), **({"age": age} if age is not None else {})})
        for title, age in ages.items()
    ]
    slates = SlateMaker(Catalog(items, Vocabulary(ask=("genres",))))
    for wish in (Constraint("genres", "Comedy"), Constraint("genres", "Horror")):
        slate = slates.compose(np.zeros(3, dtype=np.float32), (Constraint("age", "<=6"), wish), (), 3)
        assert [items[column].title for column in slate.columns] in (["For all"], [])


def test_somebody_who_directs_and_acts_is_one_wish():
    both, funny = {"director": ("Hanks",), "cast": ("Hanks",)}, {"cast": ("Hanks",), "mood": ("funny",)}
    told = {"both": both, "funny": funny, "funny too": funny}
    catalog = Catalog([Item(name, name, attributes=values) for name, values in told.items()])
    wishes = [Constraint("mood", "funny"), Constraint("director", "Hanks"), Constraint("cast", "Hanks")]
    scores = np.array([1, 0, 0], dtype=np.float32)
    assert SlateMaker(catalog).compose(scores, wishes, (), 2).columns == (1, 2)


def test_what_is_alike_is_still_of_every_kind_that_was_asked_for():
    thriller, korean = {"genres": ("Thriller",)}, {"genres": ("Thriller",), "language": ("Korean",)}
    catalog = Catalog([Item("a", "A", attributes=thriller), Item("b", "B", attributes=korean)])
    wishes = [Constraint("genres", "Thriller"), Constraint("language", "Korean")]
    likeness = np.array([BY_VALUES + BY_MEANING, 0])
    assert SlateMaker(catalog).compose(np.zeros(2, dtype=np.float32), wishes, (), 1, likeness).columns == (1,)


def films(**told):
    """A catalogue of items by their values: ``a="Thriller Korean"`` has a genre and a language."""
    names = ("genres", "language", "director")
    items = []
    for item_id, values in told.items():
        pairs = zip(names, values.split(), strict=False)
        items.append(Item(item_id, item_id, 2000, attributes={name: (value,) for name, value in pairs if value != "-"}))
    return Catalog(items)


def test_where_some_are_of_every_kind_nothing_else_is_shown():
    catalog = films(a="Comedy English", b="Comedy Korean", c="Drama Korean", d="Comedy Korean")
    wishes = [Constraint("genres", "Comedy"), Constraint("language", "Korean")]
    slate = SlateMaker(catalog).compose(np.array([3, 1, 2, 0], dtype=np.float32), wishes, (), 3)
    assert (slate.columns, slate.unmet, slate.near) == ((1, 3), (), 0)


def test_beside_the_only_one_of_every_kind_are_those_that_come_near():
    catalog = films(a="Comedy English", b="Comedy Korean", c="Drama Korean", d="Drama English")
    wishes = [Constraint("genres", "Comedy"), Constraint("language", "Korean")]
    maker, scores = SlateMaker(catalog), np.array([2, 0, 1, 3], dtype=np.float32)
    slate = maker.compose(scores, wishes, (), 3)
    assert (slate.columns[0], set(slate.columns), slate.unmet, slate.near) == (1, {0, 1, 2}, (), 2)
    assert maker.compose(scores, wishes, (), 1).columns == (1,)
    assert maker.compose(scores, wishes[:1], (0,), 3).columns == (1,)  # one kind alone has no near ones


def test_what_was_told_last_counts_before_what_was_told_before():
    catalog = films(a="Thriller English", b="Comedy English")
    thriller, comedy, old = (
        Constraint("genres", "Thriller"),
        Constraint("genres", "Comedy"),
        Constraint("year", "<1990"),
    )
    korean = Constraint("language", "Korean")
    maker, scores = SlateMaker(catalog), np.array([1, 0], dtype=np.float32)
    assert maker.compose(scores, [korean, old, comedy], (), 2, latest=[comedy]).columns == (1,)
    slate = maker.compose(scores, [thriller, korean], (), 2, latest=[korean])
    assert (slate.columns, slate.unmet) == ((0,), (korean,))


def test_where_nothing_is_both_somebody_is_shown_before_what_is_common():
    catalog = films(a="Comedy - -", b="Comedy - -", c="Drama English Wilder", d="Comedy - -")
    wishes = [Constraint("genres", "Comedy"), Constraint("director", "Wilder")]
    scores = np.array([1, 1, 0, 1], dtype=np.float32)
    assert SlateMaker(catalog).compose(scores, wishes, (), 1, latest=wishes).columns == (2,)


def test_a_limit_goes_before_what_it_is_a_limit_of():
    catalog = films(a="Drama English", b="Drama Japanese")
    japanese, late = Constraint("language", "Japanese"), Constraint("year", ">2010")
    old = Catalog([*catalog, Item("c", "C", 2020, attributes={"language": ("English",)})])
    slate = SlateMaker(old).compose(np.zeros(3, dtype=np.float32), [japanese, late], (), 3, latest=[japanese, late])
    assert (slate.columns, slate.unmet) == ((1,), (late,))


def test_of_a_kind_what_was_told_last_counts():
    catalog = films(a="Thriller Korean", b="Comedy Korean")
    thriller, comedy, korean = (
        Constraint(*pair) for pair in (("genres", "Thriller"), ("genres", "Comedy"), ("language", "Korean"))
    )
    scores = np.array([1, 0], dtype=np.float32)
    slate = SlateMaker(catalog).compose(scores, [thriller, korean, comedy], (), 3, latest=[korean, comedy])
    assert (slate.columns, slate.near) == ((1, 0), 1)


def tagged(*tags):
    told = [Item(str(n), f"Film {n}", 2000, attributes={"tags": t, "kind": ("film",)}) for n, t in enumerate(tags)]
    return Catalog(told, Vocabulary(ask=("kind",)))


def test_of_what_things_have_several_all_that_was_asked_for_comes_first():
    both, one, other = ("funny", "sad", "short"), ("funny", "long"), ("sad", "slow")
    maker = SlateMaker(tagged(one, other, both, one, both, other, both))
    wishes = [Constraint("tags", "funny"), Constraint("tags", "sad")]
    scores = np.linspace(1, 0, 7, dtype=np.float32)
    assert maker.compose(scores, wishes, (), 3).columns == (2, 4, 6)
    assert maker.compose(scores, wishes, (2, 4), 3).columns[0] == 6  # too few of both: these first, then of either
    assert set(maker.compose(scores, wishes, (2, 4), 3).columns[1:]) <= {0, 1, 3, 5}


def test_of_what_things_have_one_any_that_was_asked_for_is_enough():
    maker = SlateMaker(tagged(("funny",), ("sad",), ("funny", "sad"), ("slow",)))
    wishes = [Constraint("tags", "funny"), Constraint("tags", "sad")]
    assert set(maker.compose(np.linspace(1, 0, 4, dtype=np.float32), wishes, (), 3).columns) == {0, 1, 2}


def test_where_either_is_enough_what_has_one_is_as_good_as_what_has_both():
    catalog = films(a="Drama English Haneke", b="Drama French Ozon", c="Drama English Wilder", d="Comedy French Ozon")
    either, drama = [Constraint("director", "Haneke"), Constraint("language", "French")], Constraint("genres", "Drama")
    maker, scores = SlateMaker(catalog), np.array([1, 0, 3, 2], dtype=np.float32)
    wishes = [*either, drama]
    assert set(maker.compose(scores, wishes, (), 3, latest=wishes, either=either).columns) == {0, 1}


def test_what_is_more_than_somebody_can_bear_is_not_shown_in_place_of_what_is_not_there():
    told = {"gory whodunit": ("Mystery", 3.0), "calm drama": ("Drama", 0.0), "gory drama": ("Drama", 3.0)}
    items = [Item(t, t, attributes={"genres": (genre,), "violence": level}) for t, (genre, level) in told.items()]
    levels = {"violence": {"en": ("none", "some", "much", "very much")}}
    slates = SlateMaker(Catalog(items, Vocabulary(ask=("genres",), levels=levels)))
    wishes = (Constraint("violence", "<2"), Constraint("genres", "Mystery"))
    slate = slates.compose(np.zeros(3, dtype=np.float32), wishes, (), 3)
    assert [items[column].title for column in slate.columns] == ["calm drama"]
    assert slate.unmet == (wishes[1],)


def test_either_of_two_leaves_others_of_their_sort_as_they_are():
    themes = (("ghosts",), ("zombies",), ("ghosts", "revenge"), ("revenge",))
    items = [Item(str(n), str(n), attributes={"theme": values}) for n, values in enumerate(themes)]
    wishes = [Constraint("theme", value) for value in ("ghosts", "zombies", "revenge")]
    slates = SlateMaker(Catalog(items, Vocabulary()))
    assert slates.compose(np.zeros(4, dtype=np.float32), wishes, (), 1, either=wishes[:2]).columns == (2,)


def test_what_is_told_in_another_language_alone_costs_something_where_others_are_told_of():
    told = Item("a", "A", descriptions={"de": "Ein Film."})
    maker = SlateMaker(Catalog([told, Item("b", "B")]))
    cost = maker.untold_in("de")
    assert cost[0] == 0 < cost[1]
    assert not maker.untold_in("en").any()
    assert not maker.untold_in("fr").any()


DARK = {"dark": (("mood", "bleak"), ("mood", "gritty"))}


def test_values_that_one_word_stands_for_are_one_wish():
    moods = [("bleak",), ("gritty", "funny"), ("funny",), ("bleak", "gritty"), ("funny", "bleak")]
    items = [Item(str(n), f"Film {n}", attributes={"mood": (*mood, "tense")}) for n, mood in enumerate(moods)]
    scores = np.linspace(1, 0, len(items), dtype=np.float32)
    dark = [Constraint("mood", mood) for mood in ("bleak", "gritty")]

    def shown(wishes, synonyms):
        slate = SlateMaker(Catalog(items, Vocabulary(synonyms=synonyms))).compose(scores, wishes, set(), 2)
        return set(slate.columns)

    assert shown([*dark, Constraint("mood", "funny")], DARK) == {1, 4}  # any of what is dark will do
    assert 3 in shown([*dark, Constraint("mood", "funny")], {})


def test_a_kind_counts_more_than_a_feeling():
    made = [
        ("whodunit", ()),
        ("whodunit", ()),
        ("family", ("clever",)),
        ("family", ("clever",)),
        ("whodunit", ("clever",)),
    ]
    items = [
        Item(str(n), f"Film {n}", attributes={"theme": (kind,), "mood": mood}) for n, (kind, mood) in enumerate(made)
    ]
    wishes = [Constraint("theme", "whodunit"), Constraint("mood", "clever")]
    scores = np.array([0, 0, 1, 1, 0], dtype=np.float32)
    slate = SlateMaker(Catalog(items)).compose(scores, wishes, set(), 3)
    assert slate.columns[0] == 4
    assert set(slate.columns[1:]) == {0, 1}
