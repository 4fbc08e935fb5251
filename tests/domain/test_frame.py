"""What the bot did last is a short code, and a frame is stored in JSON's own types."""

import itertools
import json

import pytest

from domain.frame import ASKED, DID, Act, Flag, Frame, Kind, LastPlan, Mention, Role, Topic, to_plain


@pytest.mark.parametrize(
    ("code", "plan"),
    [
        ("start", LastPlan()),
        ("recommend 3", LastPlan("recommend", 3)),
        ("recommend 3 ask kind", LastPlan("recommend", 3, "kind")),
        ("ask which", LastPlan("ask", 0, "which")),
        ("answer 1", LastPlan("answer", 1)),
        ("greet ask opening", LastPlan("greet", 0, "opening")),
        ("close", LastPlan("close")),
    ],
)
def test_a_code_says_what_the_bot_did_last(code: str, plan: LastPlan) -> None:
    assert LastPlan.parse(code) == plan
    assert str(plan) == code


def test_every_plan_is_read_as_it_is_printed() -> None:
    plans = [LastPlan(*told) for told in itertools.product(DID, (0, 1, 12), ("", *ASKED)) if told[0] != "ask"]
    plans += [LastPlan("ask", 0, asked) for asked in ASKED]
    assert [LastPlan.parse(str(plan)) for plan in plans] == plans
    assert len({str(plan) for plan in plans}) == len(plans)


@pytest.mark.parametrize(
    "code",
    [
        "", "danced", "recommend three", "recommend -1", "recommend 3 4", "recommend 3 kind", "recommend 3 ask",
        "recommend 3 ask shoes", "recommend 3 ask kind title", "ask", "ask shoes", "3",
    ],
)  # fmt: skip
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        LastPlan.parse(code)


def test_a_frame_is_stored_in_types_that_json_has() -> None:
    frame = Frame(
        frozenset({Act.REQUEST, Act.ASK}),
        (
            Mention(0, 4, Kind.TITLE, Role.LIKED, theirs=True),
            Mention(5, 8, Kind.QUESTION, topic=Topic.LENGTH),
            Mention(9, 10, Kind.COUNT),
        ),
        frozenset({Flag.MORE, Flag.CHILD}),
        "zh",
    )
    plain = to_plain(frame)
    assert plain == {
        "acts": ["ask", "request"],
        "flags": ["child", "more"],
        "language": "zh",
        "mentions": [
            [0, 4, "title", "liked", True],
            [5, 8, "question", "length", False],
            [9, 10, "count", "mentioned", False],
        ],
    }
    assert json.loads(json.dumps(plain)) == plain
