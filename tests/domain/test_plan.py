"""What a reply did is kept with it, and tells the reader what the next message answers."""

import itertools

import pytest

from domain.frame import ASKED, DID, LastPlan
from domain.plan import Plan


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (Plan(), "start"),
        (Plan(("greet",)), "greet"),
        (Plan(("greet",), asked="opening"), "greet ask opening"),
        (Plan(("chat",), ("6", "608"), spoken=2), "chat"),
        (Plan(("recommend",), ("6", "608"), spoken=2), "recommend 2"),
        (Plan(("noted", "recommend", "ask"), ("6", "608"), spoken=2, asked="kind"), "recommend 2 ask kind"),
        (Plan(("answer", "recommend"), ("6", "608"), spoken=2), "recommend 2"),
        (Plan(("answer", "chat"), ("6", "608"), "6", 1), "answer 1"),
        (Plan(("noted", "ask"), asked="criticism"), "ask criticism"),
        (Plan(("ask",)), "ask other"),
        (Plan(("noted",), ("6",), spoken=1), "noted"),
        (Plan(("console", "noted")), "console"),
        (Plan(("chat", "close")), "close"),
    ],
)
def test_the_reader_is_told_the_little_that_matters(plan: Plan, code: str) -> None:
    assert str(plan.code) == code
    assert LastPlan.parse(code) == plan.code


def test_what_the_reader_is_told_is_a_code_that_annotators_use() -> None:
    for move, spoken, asked in itertools.product(DID, (0, 3), ("", *ASKED)):
        code = Plan((move,), spoken=spoken, asked=asked).code
        assert LastPlan.parse(str(code)) == code


@pytest.mark.parametrize(
    "plan",
    [
        Plan(),
        Plan(("recommend",), ("6", "608"), None, 2),
        Plan(("recommend",), ("6",), meant=(("mood", "cosy", 0.9), ("popularity", "low", 0.25))),
        Plan(("answer", "recommend"), ("6",), "6", 1, "kind", ("a man who lives the same day again", "海")),
    ],
)
def test_a_plan_survives_as_it_is_stored(plan: Plan) -> None:
    assert Plan.from_json(plan.to_json()) == plan


def test_of_what_an_older_version_stored_nothing_is_known() -> None:
    assert Plan.from_json("") == Plan()
