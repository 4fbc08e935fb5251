import pytest

from domain.phrasing import Phrasing
from domain.preference import Constraint
from domain.prompt import Brief, brief_item, fill, render


def test_a_prompt_has_facts_and_no_title(catalog):
    phrasing = Phrasing(catalog.vocabulary)
    item = brief_item(
        catalog.get("6"), phrasing, catalog, because=(1, catalog.get("50")), meets=("thriller",), stands_out="longest"
    )
    prompt = render(Brief("recommend", "film", (item,)))
    assert (
        "@1: thriller, action, crime; 170 minutes, 1995 | because #1, also thriller, crime | wanted: thriller | longest"
        in prompt
    )
    assert "Heat" not in prompt


def test_a_prompt_says_of_what_many_like_that_it_is_popular(catalog):
    loved, other = (brief_item(catalog.get(i), Phrasing(catalog.vocabulary), catalog) for i in ("356", "6"))
    assert render(Brief("recommend", "film", (loved, other))).count("| popular") == 1


def test_names_take_the_place_of_placeholders():
    assert fill("@2 and @1, like #1.", ["A", "B"], ["C"]) == "B and A, like C."


@pytest.mark.parametrize("reply", ["@3", "#2", "@0"])
def test_a_placeholder_for_nothing_is_an_error(reply):
    with pytest.raises(IndexError):
        fill(reply, ["A", "B"], ["C"])


@pytest.mark.parametrize(
    ("constraint", "english", "chinese"),
    [
        (Constraint("genres", "Comedy"), "comedy", "喜剧"),
        (Constraint("genres", "Children", include=False), "no family", "不要children"),
        (Constraint("length", "<120"), "under 120 minutes", "少于120 minutes"),
        (Constraint("year", "<1980"), "before 1980", "1980年以前"),
        (Constraint("year", ">=1990"), "from 1990 on", "1990年及以后"),
    ],
)
def test_wishes_are_written_as_one_says_them(catalog, constraint, english, chinese):
    assert Phrasing(catalog.vocabulary).wish(constraint) == english
    assert Phrasing(catalog.vocabulary, "zh-CN").wish(constraint) == chinese


def test_facts_are_one_line(catalog):
    assert Phrasing(catalog.vocabulary).facts(catalog.get("6")) == "action, crime and thriller, 170 minutes"
    assert Phrasing(catalog.vocabulary).fact(catalog.get("914"), "length") is None
