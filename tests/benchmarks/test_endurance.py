import pytest

from benchmarks.endurance import foreign_titles
from benchmarks.messages import scripted


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("Try Heat (1995), close to Alien: Covenant (2017).", []),
        ("Try Heat II (2027).", ["II (2027)"]),
        ("Try @1.", ["@1"]),
    ],
)
def test_titles_that_no_item_has_are_found(text, foreign):
    assert foreign_titles(text, ["Alien: Covenant (2017)", "Heat (1995)"]) == foreign


def test_scripted_messages_repeat_with_their_seed_and_are_of_many_kinds(catalog):
    messages = scripted(catalog, 100, seed=1)
    assert messages == scripted(catalog, 100, seed=1)
    assert messages != scripted(catalog, 100, seed=2)
    assert len(set(messages)) > 60
