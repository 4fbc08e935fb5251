import pytest

from bot.checks import Checker, Parts, carried_out
from domain.prompt import Brief

BRIEF = Brief(
    "films",
    "something like #1 but less violent",
    (("show", "@1, @2"), ("liked", "#1"), ("apart", "@2 least length")),
    (
        "1996 | comedy and crime, 98 minutes | about: A police chief follows the bodies in the snow. | liked with #1",
        "1995 | mystery, 106 minutes | about: Five crooks meet in a line-up. | opinion: Spacey talks fast.",
    ),
)
CHECKER = Checker()


def parts_of(text, count, ended=True):
    parts = Parts(count)
    for piece in text:
        parts.add(piece)
    return dict(parts.whole(ended=ended))


def test_a_draft_has_an_opening_a_line_for_each_item_and_a_close():
    text = "Gentler, then.\n@1 Snow and manners.\n@2: The talky one.\nStart with @2."
    assert parts_of(text, 2) == {0: "Gentler, then.", 1: "Snow and manners.", 2: "The talky one.", -1: "Start with @2."}


def test_a_part_is_told_only_when_it_has_ended():
    text = "Gentler, then.\n@1 Snow and ma"
    assert parts_of(text, 2, ended=False) == {0: "Gentler, then."}
    assert parts_of(text, 2)[1] == "Snow and ma"


def test_a_reply_without_items_is_all_opening():
    assert parts_of("Enjoy it.\nTell me how it was.", 0) == {0: "Enjoy it. Tell me how it was."}
    assert parts_of("Enjoy it.\nTell", 0, ended=False) == {}


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (0, "As far from the shooting in #1 as I can get."),
        (1, "A polite chief in all that snow, and it is funnier than it has any right to be."),
        (2, "The talky one, with five crooks in a row."),
        (-1, "I'd start with @2, the shorter of the two."),
        (0, "Less violent it is. Here are two."),
    ],
)
def test_what_is_true_of_the_brief_passes(part, text):
    assert CHECKER.faults(BRIEF, part, text) == []


@pytest.mark.parametrize(
    ("part", "text", "fault"),
    [
        (0, "Like #2, then.", "names #2"),
        (-1, "Start with @3.", "names @3"),
        (1, "It runs 97 minutes.", "number 97"),
        (1, "Seventy minutes of snow.", "number seventy"),
        (1, "A snow film by Joel Coen.", "name Joel"),
        (2, "Funnier than Seven, and Spacey talks.", "name Seven"),
        (1, "A submarine under the snow.", "word submarine"),
        (2, "A chief in a line-up.", "word chief"),
        (0, "What would you like?", "asks"),
        (-1, "Which one is it?", "asks"),
        (0, "# Films", "markup"),
        (0, "Look at https://films", "markup"),
        (0, "…", "says nothing"),
        (1, "snow " * 60, "too long"),
    ],
)
def test_what_is_not_in_the_brief_does_not_pass(part, text, fault):
    assert fault in CHECKER.faults(BRIEF, part, text)


def test_a_question_is_put_where_the_plan_asks_one_and_only_last():
    asking = Brief("films", "hm", (("show", "@1"), ("ask", "genre: crime or war")), ("1996 | crime",))
    assert CHECKER.faults(asking, -1, "Crime, or war?") == []
    assert CHECKER.faults(asking, 0, "Crime, or war?") == ["asks"]
    assert CHECKER.faults(asking, -1, "Crime? Or war?") == ["asks"]
    alone = Brief("films", "hi", (("ask", "what they loved"),))
    assert CHECKER.faults(alone, 0, "Hello. Which one did you love?") == []


def test_another_language_is_held_to_numbers_and_names():
    chinese = Brief("电影", "像#1一样", (("show", "@1"),), ("1996 | 犯罪",), "zh-CN")
    assert CHECKER.faults(chinese, 1, "雪地里的犯罪，冷得好笑。") == []
    assert CHECKER.faults(chinese, 1, "1994年的雪地。") == ["number 1994"]
    assert CHECKER.faults(chinese, 1, "和 Joel 一样冷。") == ["name Joel"]


def test_a_draft_is_carried_out_when_nothing_is_missing():
    assert carried_out(BRIEF, [0, 1, 2])
    assert not carried_out(BRIEF, [0, 1])
    asking = Brief("films", "hm", (("ask", "what they loved"),), ("1996",))
    assert not carried_out(asking, [0, 1])
    assert carried_out(asking, [0, 1, -1])
    assert carried_out(Brief("films", "hi", (("welcome", ""),)), [0])
