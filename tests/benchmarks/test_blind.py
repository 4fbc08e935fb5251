import pytest

from benchmarks import blind

WAYS = ["dialogue model", "templates"]


def test_a_verdict_counts_for_whoever_wrote_the_reply():
    lines = [{"n": n, "ways": WAYS} for n in range(4)]
    letter = {n: blind.LETTERS[blind.order(n, WAYS).index("templates")] for n in range(4)}
    verdicts = [{"n": n, "best": letter[n], "fit": [letter[n]], "knowing": []} for n in range(4)]
    told = blind.count(lines, verdicts)
    assert "templates: the best 1.00, fit to be sent 1.00, knowing 0.00" in told
    assert "dialogue model: the best 0.00, fit to be sent 0.00, knowing 0.00" in told


def test_the_order_hides_whose_a_reply_is():
    assert {blind.order(n, WAYS)[0] for n in range(20)} == set(WAYS)
    assert blind.order(7, WAYS) == blind.order(7, WAYS[::-1])


def test_a_verdict_of_a_turn_that_is_not_there_is_refused():
    with pytest.raises(KeyError):
        blind.count([{"n": 0, "ways": WAYS}], [{"n": 1, "best": "A", "fit": [], "knowing": []}])


def test_only_turns_with_the_same_plan_are_compared():
    turn = {"message": "hi", "plan": "films\nshow: Heat"}
    mine = {(0, 0): {**turn, "reply": "mine"}, (0, 1): {**turn, "reply": "other"}}
    theirs = {(0, 0): {**turn, "reply": "theirs"}, (0, 1): {**turn, "plan": "films\nask", "reply": "x"}}
    (line,) = blind.sheet({"templates": mine, "dialogue model": theirs})
    assert sorted(line["replies"].values()) == ["mine", "theirs"]
    assert line["replies"][blind.LETTERS[blind.order(0, WAYS).index("templates")]] == "mine"
