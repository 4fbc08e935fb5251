from dataclasses import replace

from bot.acts import Answer, Ask, Pick, Recommend, Say
from bot.briefs import briefed
from domain.preference import Constraint


def brief_of(catalog, acts, told=(), message="hm", named=(), language="en"):
    told = told or [""] * len(acts)
    return briefed(acts, told, message, named, catalog, language)


def test_no_title_is_in_the_brief_of_a_slate(catalog):
    heat, fargo = (
        catalog.get("6"),
        replace(catalog.get("608"), description="Snow falls.", pitch="Colder than it looks."),
    )
    slate = Recommend((Pick(fargo, because=heat, shares=(("genres", "Crime"),)),), liked=(heat,), asked=("snow",))
    found = brief_of(catalog, [slate], message="I loved Heat, snow please", named=[(8, 12, heat)])
    assert found.brief.message == "I loved #1, snow please"
    assert found.brief.moves == (("show", "@1"), ("liked", "#1"), ("asked for", "snow"))
    (item,) = found.brief.items
    assert item.endswith("about: Snow falls. | opinion: Colder than it looks. | liked with #1, shares crime")
    assert (found.items, found.others) == (("Fargo (1996)",), ("Heat",))
    assert "Heat" not in str(found.brief)
    assert "Fargo" not in str(found.brief)


def test_what_sets_items_apart_is_told(catalog):
    slate = Recommend((Pick(catalog.get("6")), Pick(catalog.get("608"))))
    moves = dict(brief_of(catalog, [slate]).brief.moves)
    assert "@2 least length" in moves["apart"]
    assert "@1 most length" in moves["apart"]


def test_what_was_heard_and_what_is_missing_is_told(catalog):
    heat = catalog.get("6")
    slate = Recommend(
        (Pick(heat),), unmet=(Constraint("genres", "War"),), disliked=(catalog.get("608"),), seen=(catalog.get("47"),),
        unknown=("Nonsense",), again=True, more=True, surprises=True,
    )  # fmt: skip
    moves = dict(brief_of(catalog, [slate]).brief.moves)
    assert moves["nothing fits, these are the nearest"] == "war"
    assert moves["not here"] == "“Nonsense”"
    assert (moves["not liked"], moves["known already"]) == ("#1", "#2")
    assert {"instead of those before", "more of these", "a surprise"} <= set(moves)


def test_an_answer_is_told_with_placeholders(catalog):
    heat = catalog.get("6")
    found = brief_of(catalog, [Answer(heat, "length")], ["Heat (1995) runs 170 minutes. Heat is long."])
    assert found.brief.moves == (("tell", "#1 runs 170 minutes. #1 is long."),)
    assert found.others == ("Heat",)


def test_a_title_in_another_language_is_masked_too(catalog):
    found = brief_of(
        catalog,
        [Answer(catalog.get("858"), "length")],
        ["喜欢《教父》的人知道《教父》（1972）很长。"],
        language="zh-CN",
    )
    assert found.brief.moves == (("tell", "喜欢#1的人知道#1很长。"),)
    assert found.others == ("《教父》",)


def test_a_title_that_is_an_ordinary_word_is_masked_only_with_its_year(catalog):
    found = brief_of(catalog, [Answer(catalog.get("7147"), "length")], ["It (1990) runs 192 minutes. It is long."])
    assert found.brief.moves == (("tell", "#1 runs 192 minutes. It is long."),)


def test_a_question_is_a_move_and_so_is_what_is_shown_beside_it(catalog):
    ask = Ask("genres", ("Crime", "War"), beside=Recommend((Pick(catalog.get("6")),)))
    found = brief_of(catalog, [ask])
    assert found.brief.moves[0] == ("show", "@1")
    assert found.brief.moves[-1] == ("ask", "genres: crime or war")
    assert found.brief.asks


def test_what_has_to_be_said_exactly_so_has_no_brief(catalog):
    assert brief_of(catalog, [Say("privacy")]) is None
    assert brief_of(catalog, [Say("welcome"), Say("introduction")]) is None
    assert brief_of(catalog, [Say("welcome")], ["You're welcome."]).brief.moves == (("welcome", "You're welcome."),)


def test_the_message_is_one_line_and_not_too_long(catalog):
    assert brief_of(catalog, [Say("chat")], message="a\n\nb " * 900).brief.message.startswith("a b a b")
    assert len(brief_of(catalog, [Say("chat")], message="a\n\nb " * 900).brief.message) <= 600
