import numpy as np
import pytest

from domain.preference import Constraint, Opinion, Preference, encode, pad


def opinion(item_id, verdict="like"):
    return Opinion(item_id, verdict, "button")


def test_the_newest_opinion_of_an_item_counts():
    preference = (
        Preference().with_opinion(opinion("6")).with_opinion(opinion("608")).with_opinion(opinion("6", "dislike"))
    )
    assert preference.having("like") == ("608",)
    assert preference.having("dislike") == ("6",)


@pytest.mark.parametrize(("verdict", "source"), [("love", "button"), ("like", "guess")])
def test_there_is_no_opinion_of_a_kind_that_there_is_not(verdict, source):
    with pytest.raises(ValueError, match="verdict or a source"):
        Opinion("6", verdict, source)


def test_encode_gives_columns_and_signed_weights(catalog):
    preference = Preference().with_opinion(opinion("6")).with_opinion(opinion("608", "dislike"))
    preference = preference.with_opinion(opinion("47", "seen")).with_opinion(opinion("unknown"))
    ids, weights = encode(preference, catalog)
    assert ids.tolist() == [catalog.column(i) for i in ("6", "608", "47")]
    assert weights[0] == 1
    assert weights[1] == -1
    assert 0 < weights[2] < 1


def test_an_older_opinion_weighs_less_beside_the_newest_one(catalog):
    def weights_of(*days):
        preference = Preference()
        for item_id, day in zip(("6", "608", "47"), days, strict=False):
            preference = preference.with_opinion(Opinion(item_id, "like", "button", day))
        return encode(preference, catalog)[1].tolist()

    assert weights_of(20_000) == [1.0]
    assert weights_of(20_000 - 365, 20_000) == [0.5, 1.0]
    assert weights_of(0, 20_000) == [pytest.approx(0.05), 1.0]


def test_padding_has_weight_zero_and_nobody_is_one_column_wide():
    ids, weights = pad([(np.array([3, 4]), np.array([1.0, -1.0])), (np.array([], int), np.array([]))])
    assert ids.tolist() == [[3, 4], [0, 0]]
    assert weights.tolist() == [[1, -1], [0, 0]]
    assert pad([(np.array([], int), np.array([]))])[0].shape == (1, 1)


@pytest.mark.parametrize(
    ("constraint", "holds"),
    [
        (Constraint("genres", "Crime"), True),
        (Constraint("genres", "Crime", include=False), False),
        (Constraint("genres", "Horror", include=False), True),
        (Constraint("year", ">=1995"), True),
        (Constraint("year", ">1995"), False),
        (Constraint("year", "<1995"), False),
        (Constraint("length", "<=170"), True),
        (Constraint("length", "<170"), False),
        (Constraint("budget", "<170"), False),
    ],
)
def test_constraints_hold_or_not(catalog, constraint, holds):
    assert constraint.holds(catalog.get("6")) is holds


def test_a_constraint_replaces_what_it_contradicts():
    preference = Preference().with_constraint(Constraint("genres", "Horror"))
    preference = preference.with_constraint(Constraint("genres", "Horror", include=False))
    preference = preference.with_constraint(Constraint("year", ">=1990")).with_constraint(Constraint("year", ">2000"))
    preference = preference.with_constraint(Constraint("year", "<1980"))
    preference = preference.with_constraint(Constraint("year", ">2000"))
    preference = preference.with_constraint(Constraint("year", "<2010"))
    assert preference.constraints == (
        Constraint("genres", "Horror", include=False),
        Constraint("year", ">2000"),
        Constraint("year", "<2010"),
    )


def test_a_refused_span_holds_outside_it_and_gives_way_to_what_is_wanted_in_it(catalog):
    refused = Constraint.outside("year", 1990, 1997)
    assert [refused.holds(catalog.get(i)) for i in ("6", "1721", "1387")] == [False, True, True]
    preference = Preference().with_constraint(refused)
    assert preference.with_constraint(Constraint("year", ">=1997")).constraints[0] == refused
    assert preference.with_constraint(Constraint("year", ">=1995")).constraints == (Constraint("year", ">=1995"),)
