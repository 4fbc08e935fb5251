import pytest

from domain.phrasing import Phrasing
from domain.preference import Constraint


def years(*ranges):
    return [Constraint("year", value) for value in ranges]


@pytest.mark.parametrize(
    ("constraints", "said"),
    [
        (years(">=2000", "<2010"), "the 2000s"),
        (years("<2010", ">=1995"), "1995 to 2009"),
        (years(">=2000"), "from 2000 on"),
        (years(">=2000", ">=1990"), "from 2000 on, from 1990 on"),
        ([*years(">=1990", "<2000"), Constraint("genres", "Comedy")], "the 1990s, comedy"),
        ([Constraint("length", ">=90"), Constraint("length", "<120")], "at least 90 minutes, under 120 minutes"),
    ],
)
def test_a_span_of_years_is_one_wish(catalog, constraints, said):
    assert Phrasing(catalog.vocabulary).wishes(constraints) == said


def test_wishes_in_chinese(catalog):
    assert Phrasing(catalog.vocabulary, "zh-CN").wishes(years(">=2000", "<2010")) == "2000年代"


def test_alternatives_are_quoted(catalog):
    assert Phrasing(catalog.vocabulary).alternatives(["Dune", "Barbie"]) == "“Dune” or “Barbie”"
