from dataclasses import replace

from bot.training_view import training_view
from domain.history import Interaction

KEY = b"k" * 32


def ratings(people, items=("a", "b")):
    return [Interaction(f"p{n}", item, 1.0, 86400) for n in range(people) for item in items]


def test_too_few_people_give_no_view_at_all():
    assert training_view(ratings(4), 0, 1, KEY) == []
    assert len(training_view(ratings(5), 0, 1, KEY)) == 10


def test_what_only_one_person_rated_is_left_out():
    view = training_view([*ratings(5), Interaction("p0", "rare", 1.0, 86400)], 0, 1, KEY)
    assert {r.item_id for r in view} == {"a", "b"}


def test_the_same_ratings_are_in_the_same_order_whatever_the_names():
    told = [*ratings(5), Interaction("p5", "a", -1.0, 86400), Interaction("p6", "a", 1.0, 2 * 86400)]
    first, *others = (training_view(told, 0, 1, bytes([n]) * 32) for n in range(8))
    for view in others:
        assert [replace(r, user_id="") for r in view] == [replace(r, user_id="") for r in first]
        assert len({(r.user_id, s.user_id) for r, s in zip(view, first, strict=True)}) == 7


def test_nobody_brings_more_than_their_share(monkeypatch):
    monkeypatch.setattr("bot.training_view.MAX_RATINGS_PER_PERSON", 3)
    view = training_view(ratings(5, items="abcdef"), 0, 1, KEY)
    assert len(view) == 15


def test_names_change_with_the_key_and_an_erased_person_leaves_no_trace():
    one, other = training_view(ratings(5), 0, 1, KEY), training_view(ratings(5), 0, 1, b"x" * 32)
    assert {r.user_id for r in one}.isdisjoint({r.user_id for r in other})
    never = training_view([r for r in ratings(6) if r.user_id != "p5"], 0, 1, KEY)
    assert never == one
