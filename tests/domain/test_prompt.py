import pytest

from domain.prompt import Brief, fill, instructed, task, taught, written

BRIEF = Brief("films", "like #1, shorter", (("show", "@1"), ("more of these", ""), ("liked", "#1")), ("1996 | crime",))


def test_a_brief_is_a_line_for_each_thing_it_tells():
    assert task(BRIEF) == "films\nthey: like #1, shorter\nshow: @1\nmore of these\nliked: #1\n@1 1996 | crime"


def test_a_brief_is_read_as_it_was_written():
    chinese = Brief("电影", "短一点", (("show", "@1"),), ("1996",), "zh-CN")
    for brief in (BRIEF, chinese):
        assert Brief.from_json(brief.to_json()) == brief


def test_a_reply_is_written_part_by_part():
    assert written("Shorter, then.", ["Snow.", "Rain."], "") == "Shorter, then.\n@1 Snow.\n@2 Rain."
    assert written("Enjoy.", [], "Bye.") == "Enjoy.\nBye."


def test_a_model_that_was_taught_is_given_the_brief_alone():
    assert taught(BRIEF) == [{"role": "user", "content": task(BRIEF)}]


def test_another_model_is_told_how_and_shown_examples():
    how, shown, answer, asked = instructed(BRIEF, "French", [(BRIEF, "Shorter, then.\n@1 Snow.")])
    assert "French" in how["content"]
    assert "films" in how["content"]
    assert (shown["role"], answer["role"], asked["role"]) == ("user", "assistant", "user")
    assert answer["content"] == "Shorter, then.\n@1 Snow."
    assert asked["content"] == task(BRIEF)


def test_names_take_the_place_of_placeholders():
    assert fill("@2 and @1, like #1.", ["A", "B"], ["C"]) == "B and A, like C."


@pytest.mark.parametrize("reply", ["@3", "#2", "@0"])
def test_a_placeholder_that_stands_for_nothing_is_an_error(reply):
    with pytest.raises(IndexError):
        fill(reply, ["A", "B"], ["C"])
