"""What messages describe as a whole."""

from __future__ import annotations

import numpy as np
import pytest

from bot.gist import COMFORT, KEPT, Gists, comforted, going_on, is_sure, parts, told_in
from domain.catalog import Catalog, Item, Vocabulary
from domain.searching import LITTLE_KNOWN

COSY, HORROR = ("mood", "cosy"), ("genres", "Horror")
CATALOG = Catalog(
    [
        Item("1", "Tea", attributes={"mood": ("cosy",)}, popularity=3),
        Item("2", "Axe", attributes={"genres": ("Horror",)}, popularity=900),
        Item("3", "Rain", attributes={"mood": ("cosy",), "genres": ("Horror",)}, popularity=30),
    ],
    Vocabulary(),
)


class Told:
    """Stands in for the search: knows what a few texts describe."""

    def chances(self, text: str) -> dict[tuple[str, str], float]:
        """See `Search.chances`."""
        known = {"cosy rainy day": {COSY: 0.9}, "warm": {COSY: 0.2, HORROR: 0.1}, "not the usual": {LITTLE_KNOWN: 0.8}}
        return next((chances for words, chances in known.items() if words in text), {COSY: 0.01})


@pytest.fixture
def gists() -> Gists:
    return Gists(Told(), CATALOG)


def test_a_sentence_that_describes_is_heard_behind_others(gists):
    assert gists.of("bruh, really?? something for a cosy rainy day")[COSY] == pytest.approx(0.9)


def test_what_is_hardly_meant_is_not_counted(gists):
    assert gists.of("what now") == {}


def test_who_surely_wants_something_means_what_is_likeliest(gists):
    heard, wanted = gists.of("warm"), gists.of("warm", wanted=True)
    assert wanted[COSY] > heard[COSY] == pytest.approx(0.2)
    assert wanted[COSY] / wanted[HORROR] == pytest.approx(2.0)


def test_what_fits_is_worth_more_by_how_surely_it_is_meant(gists):
    worth = gists.worth({COSY: 0.9, HORROR: 0.1})
    assert list(np.argsort(-worth)) == [2, 0, 1]
    assert not gists.worth({}).any()


def test_spaces_stand_for_commas_in_chinese():
    assert {*parts("怎么两个都是殡葬的啊😂 换点喜庆的")} >= {"怎么两个都是殡葬的啊😂", "换点喜庆的"}


def test_who_is_low_is_not_taken_to_want_what_is_sad():
    sad, feel_good = ("mood", "sad"), ("mood", "feel-good")
    films = [Item("1", "Ordet", attributes={"mood": ("sad",)}), Item("2", "Up", attributes={"mood": ("feel-good",)})]
    catalog = Catalog(films, Vocabulary(comforting=("feel-good", "cosy")))
    told = {sad: 0.6, HORROR: 0.2}
    assert comforted(told, catalog, nothing_else=True) == {HORROR: 0.2, feel_good: COMFORT}
    assert comforted(told, catalog, nothing_else=False) == {HORROR: 0.2}
    assert comforted({HORROR: 0.9}, catalog, nothing_else=True) == {HORROR: 0.9}


def test_who_wants_what_is_little_known_gets_it_first(gists):
    assert list(np.argsort(-gists.worth(gists.of("not the usual")))) == [0, 2, 1]


def test_what_was_meant_before_counts_less_than_what_is_meant_now():
    now = going_on({HORROR: 0.3}, {COSY: 0.8, HORROR: 0.8})
    assert now == {HORROR: pytest.approx(KEPT * 0.8), COSY: pytest.approx(KEPT * 0.8)}
    assert going_on({}, {COSY: 0.06}) == {}
    assert going_on({COSY: 0.9}, {HORROR: 0.9}, {HORROR}) == {COSY: 0.9}


def test_being_little_known_describes_nothing():
    assert not is_sure({LITTLE_KNOWN: 0.9, COSY: 0.3})
    assert is_sure({HORROR: 0.4, ("theme", "ghosts"): 0.3})


def test_how_things_feel_is_sooner_sure_than_what_they_are_of():
    assert is_sure({COSY: 0.55})
    assert not is_sure({HORROR: 0.55})


@pytest.mark.parametrize(
    ("text", "words", "left"),
    [
        ("something cosy, no blood please", "blood", "something cosy, "),
        ("Heat was fine. rather funny now", "Heat", "rather funny now"),
        ("温馨点的，不要恐怖", "恐怖", "温馨点的，"),
        ("all of it is against", "against", ""),
    ],
)
def test_clauses_with_names_are_left_out(text, words, left):
    start = text.index(words)
    assert told_in(text, [(start, start + len(words))]) == left


@pytest.mark.parametrize(
    ("text", "words", "left"),
    [
        ("something to laugh at that is not romantic pls", "romantic", "something to laugh at  pls"),
        ("no blood", "blood", " "),
        ("温馨点的不要恐怖的", "恐怖", "温馨点 的"),
    ],
)
def test_what_is_not_wanted_is_cut_out_with_what_denies_it(text, words, left):
    start = text.index(words)
    assert told_in(text, (), [(start, start + len(words))]) == left


def test_long_sentences_are_read_by_their_clauses_too():
    found = list(parts("I am so tired of all those loud things, rather something quiet with tea"))
    assert "rather something quiet with tea" in found
    assert list(parts("short, sweet")) == ["short, sweet", "short, sweet"]
