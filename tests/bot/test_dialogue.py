import pytest

from bot.briefs import Briefed
from bot.dialogue import DraftingDialogue, NoDialogue
from domain.prompt import Brief, taught
from tests.fakes import ScriptedModel

BRIEF = Brief("films", "like #1", (("show", "@1, @2"), ("liked", "#1")), ("1996 | snow", "1995 | rain"))
BRIEFED = Briefed(BRIEF, ("Fargo (1996)", "Seven (1995)"), ("Heat",))
GOOD = "After #1, then.\n@1 All snow.\n@2 All rain.\nStart with @2."


async def parts_of(dialogue, briefed=BRIEFED):
    return [parts async for parts in dialogue.write(briefed, seed=1)]


async def test_the_parts_come_one_by_one_with_their_names():
    found = await parts_of(DraftingDialogue(ScriptedModel([GOOD]), taught))
    assert [sorted(parts) for parts in found] == [[0], [0, 1], [0, 1, 2], [-1, 0, 1, 2]]
    assert found[-1] == {0: "After Heat, then.", 1: "All snow.", 2: "All rain.", -1: "Start with Seven (1995)."}


async def test_a_part_that_is_not_true_is_drawn_once_more_and_the_others_stay():
    first, second = "After #1, then.\n@1 All snow.\n@2 A submarine.", "Other words.\n@1 Snowy.\n@2 All rain."
    model = ScriptedModel([first, second])
    found = await parts_of(DraftingDialogue(model, taught))
    assert found[-1] == {0: "After Heat, then.", 1: "All snow.", 2: "All rain."}
    assert len(model.asked) == 2


async def test_what_fails_twice_is_left_out():
    model = ScriptedModel(["After #1, then.\n@1 All snow.\n@2 A submarine."] * 3)
    found = await parts_of(DraftingDialogue(model, taught))
    assert sorted(found[-1]) == [0, 1]
    assert len(model.asked) == 2


async def test_a_model_that_fails_leaves_what_came_before():
    assert await parts_of(DraftingDialogue(ScriptedModel([]), taught)) == []
    found = await parts_of(DraftingDialogue(ScriptedModel(["After #1, then.\n@1 All snow."]), taught))
    assert sorted(found[-1]) == [0, 1]


async def test_a_draft_that_is_good_is_drawn_once():
    model = ScriptedModel([GOOD, GOOD])
    await parts_of(DraftingDialogue(model, taught))
    assert len(model.asked) == 1


async def test_only_languages_that_the_model_knows_are_asked_of_it():
    model = ScriptedModel([GOOD])
    assert await parts_of(DraftingDialogue(model, taught, frozenset({"zh-CN"}))) == []
    assert model.asked == []


async def test_where_nothing_is_shown_all_is_one_part():
    thanks = Briefed(Brief("films", "thanks", (("welcome", "You are welcome."),)), (), ())
    found = await parts_of(DraftingDialogue(ScriptedModel(["You are welcome.\nAny time."]), taught), thanks)
    assert found == [{0: "You are welcome. Any time."}]


async def test_no_model_writes_nothing():
    assert await parts_of(NoDialogue()) == []


@pytest.mark.parametrize(
    "draft", ["@1 All snow.\n@2 All rain.\n@3 All wind.", "Then.\n@1 All snow.\n@2 All rain.\n@9 x"]
)
async def test_lines_of_items_that_are_not_there_are_left_out(draft):
    found = await parts_of(DraftingDialogue(ScriptedModel([draft, draft]), taught))
    assert set(found[-1]) <= {0, 1, 2, -1}
