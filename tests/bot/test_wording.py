import random
from dataclasses import replace

import pytest

from bot.acts import Answer, Ask, Pick, Recommend, Say, Words
from bot.presenting import contrasts
from bot.texts import Texts
from bot.wording import Wording
from domain.catalog import Catalog, Item, Vocabulary
from domain.preference import Constraint

TEXTS = Texts.load()
LANGUAGES = ("en", "zh-CN")


@pytest.fixture
def told(catalog):
    """The catalogue, with words of two films."""
    heat = replace(catalog.get("6"), description="A thief meets his hunter.", pitch="Two men drink coffee.")
    fargo = replace(catalog.get("608"), description="A chief follows the snow.")
    others = [item for item in catalog if item.item_id not in ("6", "608")]
    tells = {"length": {"en": ("{value}: so long is {name}.",)}}
    words = {"length<": {"en": ("{title} is the brief one.",)}, "length>": {"en": ("{title} is the long one.",)}}
    return Catalog([heat, fargo, *others], replace(catalog.vocabulary, tells=tells, contrasts=words))


def words_of(catalog, act, seed=1, language="en", before=""):
    return Wording(catalog, TEXTS).write(act, language, random.Random(seed), before)


def slate_of(catalog, *item_ids, **heard):
    return Recommend(tuple(Pick(catalog.get(item_id)) for item_id in item_ids), **heard)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_act_has_its_words(catalog, language):
    heat = catalog.get("6")
    missed = (Constraint("year", ">2000"),)
    acts = [
        Recommend(()),
        Recommend((Pick(heat),), unmet=missed, liked=(heat,), unknown=("Nonsense",), again=True),
        *(slate_of(catalog, "6", "608", **{occasion: True}) for occasion in ("again", "more", "surprises", "first")),
        slate_of(catalog, "6", asked=("war",), liked=(heat,)),
        slate_of(catalog, "6", asked=("war",), disliked=(heat,), again=True),
        slate_of(catalog, "6", seen=(heat,)),
        Ask(None, greets=True),
        Ask(None),
        Ask("genres", ("Crime", "War")),
        Ask("genres", ("Crime", "War"), beside=slate_of(catalog, "6")),
        Answer(heat),
        Answer(heat, "length"),
        Answer(heat, "director"),
        Answer(heat, why=True),
        Answer(heat, why=True, because=heat),
        Answer(heat, quote="It is of metal."),
        *(Say(key) for key in ("greet_again", "goodbye", "chat", "enjoy", "unclear", "corrected", "forgot_all")),
        Say("enjoy", item=heat),
    ]
    for act in acts:
        for seed in range(5):
            words = words_of(catalog, act, seed, language)
            said = " ".join((words.opening, *words.lines, words.close))
            assert said.strip()
            assert "{" not in said
            assert "  " not in said


def test_a_line_says_what_an_item_is_about_and_why_one_would_want_it(told):
    words = words_of(told, slate_of(told, "6", "608"))
    assert words.lines[0] == "A thief meets his hunter. Two men drink coffee."
    assert words.lines[1] == "A chief follows the snow."


def test_an_item_of_which_nothing_is_told_is_told_of_by_its_facts(catalog):
    (line,) = words_of(catalog, slate_of(catalog, "7147")).lines
    assert line.startswith("Drama, horror and mystery, 192 minutes.")


def test_what_it_shares_with_what_is_liked_is_told_once(told):
    heat = told.get("6")
    alike = tuple(Pick(told.get(i), because=heat, shares=(("genres", "Crime"),)) for i in ("608", "50"))
    first, second = words_of(told, Recommend(alike)).lines
    assert "Heat" in first
    assert "rime" in first.removeprefix("A chief follows the snow.")
    assert "rime" not in second.partition(".")[2]


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ({"asked": ("snow", "no war")}, ("now, no war",)),
        ({"unknown": ("Nonsense",)}, ("“Nonsense”",)),
        ({"unmet": (Constraint("genres", "War"),)}, ("war",)),
    ],
)
def test_the_opening_takes_up_what_was_said(catalog, heard, said):
    for seed in range(8):
        opening = words_of(catalog, slate_of(catalog, "6", **heard), seed).opening
        assert all(one in opening for one in said)


def test_who_complains_and_names_a_model_hears_that_the_complaint_was_heard(catalog):
    heat = catalog.get("6")
    said = TEXTS.variants("slate.liked_again", "en")
    openings = {
        words_of(catalog, slate_of(catalog, "608", liked=(heat,), again=True), seed).opening for seed in range(9)
    }
    assert openings == {sentence.format(names="Heat") for sentence in said}


def test_the_opening_names_what_is_liked_disliked_or_known(catalog):
    fargo = catalog.get("608")
    for heard in ("liked", "disliked", "seen", "missed"):
        for seed in range(8):
            assert "Fargo" in words_of(catalog, slate_of(catalog, "6", **{heard: (fargo,)}), seed).opening


def test_the_close_tells_what_sets_one_of_them_apart(told):
    closes = {words_of(told, slate_of(told, "6", "608"), seed).close for seed in range(60)}
    assert {"Heat is the long one.", "Fargo is the brief one.", ""} <= closes


def test_a_single_item_is_not_set_apart(told):
    assert {words_of(told, slate_of(told, "6"), seed).close for seed in range(20)} == {""}


def test_a_turn_of_phrase_is_not_used_again_while_there_are_others(catalog):
    slate = slate_of(catalog, "6", more=True)
    for seed in range(20):
        before = words_of(catalog, slate, seed).opening
        assert words_of(catalog, slate, seed + 1, before=before).opening != before


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (0, {"Yes": 1, "Part 1": 1, "Part 2": 1}),
        (1, {"Part 0": 1, "Part 2": 1}),
        (2, {"Part 0": 1, "Part 1": 1}),
    ],
)
def test_the_parts_of_a_series_are_named_around_the_one_asked_about(at, told):
    parts = tuple(Item(str(n), f"Part {n}", 1980 + n) for n in range(3))
    catalog = Catalog(parts, Vocabulary(series="saga"))
    first = words_of(catalog, Answer(parts[at], series=parts)).opening
    assert all(first.count(word) == times for word, times in told.items())
    assert words_of(catalog, Answer(parts[at], series=parts), before=first).opening != first


@pytest.mark.parametrize(("own", "other", "told"), [(3, 1, "ore"), (1, 3, "ess"), (2, 2, "both")])
def test_of_two_films_is_told_which_is_more_so_with_both_levels(own, other, told):
    levels = {"scary": {"en": ("calm", "odd", "eerie", "dire")}}
    films = [Item(n, n, attributes={"scary": float(level)}) for n, level in (("A", own), ("B", other))]
    catalog = Catalog(films, Vocabulary(levels=levels))
    for seed in range(6):
        said = words_of(catalog, Answer(films[0], "scary", against=films[1]), seed).opening
        assert told in said
        assert all(word in said for word in {levels["scary"]["en"][own], levels["scary"]["en"][other]})


def test_what_two_films_share_is_told(catalog):
    heat, seven = catalog.get("6"), catalog.get("47")
    assert "crime" in words_of(catalog, Answer(heat, against=seven, shares=(("genres", "Crime"),))).opening
    assert "Seven" in words_of(catalog, Answer(heat, against=seven)).opening
    assert "Heat" in words_of(catalog, Answer(heat, among=(heat,), against=seven)).opening


def test_more_of_what_a_film_is_about_is_told_where_that_was_told_before(told):
    heat = replace(told.get("6"), attributes={"mood": ("tense",), "director": ("Michael Mann",)})
    fuller = words_of(told, Answer(heat, "description", fuller=True)).opening
    assert all(word in fuller for word in ("tense", "Michael Mann", "Two men drink coffee."))
    assert "A thief" not in fuller
    nothing = replace(told.get("608"), attributes={})
    assert "A chief follows" in words_of(told, Answer(nothing, "description", fuller=True)).opening


def test_of_a_long_series_a_few_parts_are_named():
    parts = tuple(Item(str(n), f"Part {n}", 1980 + n) for n in range(30))
    said = words_of(Catalog(parts, Vocabulary(series="saga")), Answer(parts[0], series=parts)).opening
    assert "Part 5 (1985) and 24 more" in said
    assert "Part 6" not in said


def test_of_many_wishes_that_are_never_there_at_once_none_is_listed(catalog):
    many = tuple(Constraint("country", name) for name in ("Sweden", "Norway", "Finland", "Iceland"))
    opening = words_of(catalog, slate_of(catalog, "6", unmet=many)).opening
    assert "All of that at once I don't have" in opening
    assert "Norway" not in opening
    assert "Norway" in words_of(catalog, slate_of(catalog, "6", unmet=many[:3])).opening


def test_that_nobody_made_more_is_not_told_as_a_wish_that_fails(catalog):
    gone = slate_of(catalog, "6", unmet=(Constraint("director", "Michael Mann"),))
    assert "nothing else by or with Michael Mann" in words_of(catalog, gone).opening


def test_what_was_said_in_every_way_is_said_again_and_not_all_of_it(catalog):
    ways = sorted({words_of(catalog, Say("misread"), seed).opening for seed in range(20)})
    said = words_of(catalog, Say("misread"), before="\n".join(["Heat (1995).", *ways])).opening
    assert "Heat" not in said
    assert said.startswith(("Sorry", "My mistake"))


def test_a_question_closes_what_is_shown_beside_it(catalog):
    words = words_of(catalog, Ask("genres", ("Crime", "War"), beside=slate_of(catalog, "6")))
    assert len(words.lines) == 1
    assert "rime or war" in words.close


def test_a_fact_is_told_in_the_words_of_the_domain(told):
    assert words_of(told, Answer(told.get("6"), "length")).opening == "170 minutes: so long is Heat (1995)."


def test_an_unknown_fact_is_admitted_and_what_is_known_told(catalog):
    said = words_of(catalog, Answer(catalog.get("6"), "director")).opening
    assert "director" in said
    assert "action, crime and thriller, 170 minutes" in said


def test_a_reply_in_plain_text_has_each_item_on_a_line_behind_its_name(catalog):
    words = Words("First.", ("Snow.", "Rain."), "Last.")
    text = Wording(catalog, TEXTS).text(words, ["Fargo (1996)", "Seven (1995)"], "en")
    assert text == "First.\nFargo (1996): Snow.\nSeven (1995): Rain.\nLast."
    assert Wording(catalog, TEXTS).text(Words("All."), [], "en") == "All."
    assert Wording(catalog, TEXTS).text(Words("", ("",)), ["Fargo (1996)"], "en") == "Fargo (1996)"


def test_only_what_clearly_differs_sets_items_apart(catalog):
    items = [catalog.get(i) for i in ("608", "5902", "6")]  # 98, 114 and 170 minutes
    found = {(c.item.title, c.attribute, c.sign) for c in contrasts(items, catalog)}
    assert ("Heat", "length", ">") in found
    assert ("Fargo", "length", "<") not in found
    assert not contrasts(items[:1], catalog)
    unknown = catalog.get("914")
    assert not any(c.attribute == "length" for c in contrasts([*items, unknown], catalog))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("funny", "Yes. It feels darkly funny and tense."),
        ("tense", "Yes. It feels darkly funny and tense."),
        ("cosy", "No, not cosy, as far as I know. It feels darkly funny and tense."),
    ],
)
def test_whether_an_item_has_a_value_is_told_with_what_it_has(catalog, value, expected):
    fargo = catalog.get("608")
    fargo = replace(fargo, attributes={**fargo.attributes, "mood": ("darkly funny", "tense")})
    items = [fargo if item.item_id == "608" else item for item in catalog]
    vocabulary = replace(catalog.vocabulary, tells={"mood": {"en": ("It feels {value}.",)}})
    words = words_of(Catalog(items, vocabulary), Answer(fargo, value=("mood", value)))
    assert words.opening == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Al Pacino", "Yes, Al Pacino is in it."), ("Tom Hanks", "No, not Tom Hanks, as far as I know. With Al Pacino.")],
)
def test_that_somebody_is_in_it_is_confirmed_without_all_others(catalog, name, expected):
    heat = replace(catalog.get("6"), attributes={"cast": ("Al Pacino",)})
    cast = {"confirms": {"cast": {"en": ("Yes, {value} is in it.",)}}, "tells": {"cast": {"en": ("With {value}.",)}}}
    told = Catalog([heat], replace(catalog.vocabulary, **cast))
    assert words_of(told, Answer(heat, value=("cast", name))).opening == expected


def test_one_value_rules_out_another_where_an_item_has_one_alone(catalog):
    heat = replace(catalog.get("6"), attributes={"colour": ("colour",)})
    vocabulary = replace(catalog.vocabulary, single=("colour",), tells={"colour": {"en": ("It is in {value}.",)}})
    words = words_of(Catalog([heat], vocabulary), Answer(heat, value=("colour", "black and white")))
    assert words.opening == "No. It is in colour."


@pytest.mark.parametrize(("level", "expected"), [(0.0, "No, {} is not sad."), (2.0, "Yes, {} is very sad.")])
def test_whether_an_item_is_much_of_something_is_told_by_yes_or_no(catalog, level, expected):
    heat = replace(catalog.get("6"), attributes={"sadness": level})
    levels = {"sadness": {"en": ("not sad", "sad", "very sad")}}
    told = Catalog([heat], replace(catalog.vocabulary, levels=levels))
    assert words_of(told, Answer(heat, "sadness", whether=True)).opening == expected.format(heat.name)


@pytest.mark.parametrize(
    ("pen", "said"),
    [
        (Item("1", "Pen", attributes={"brand": ("Sharpie",)}), "know of Pen: brand Sharpie."),
        (Item("1", "Pen", description="It writes."), "know of Pen: It writes."),
        (Item("1", "Pen"), "I know the title of Pen, but nothing more about it."),
    ],
)
def test_where_an_answer_is_not_known_what_is_told_is_more_than_the_title(pen: Item, said: str) -> None:
    assert words_of(Catalog([pen]), Answer(pen, unsure=True)).opening.endswith(said)


def test_of_what_has_no_kinds_none_are_told() -> None:
    said = words_of(Catalog([Item("1", "Pen")], Vocabulary(noun=("pen", "pens"))), Say("kinds")).opening
    assert said.startswith("I am Parley, a program that recommends pens")


def test_a_slate_calls_films_what_the_language_calls_them(catalog):
    godfather, suspects = catalog.get("858"), catalog.get("50")
    pick = Pick(catalog.get("608"), godfather, (), (("genres", "Crime"),))
    words = words_of(catalog, Recommend((pick,), liked=(suspects,)), language="de")
    assert "Die üblichen Verdächtigen" in words.opening
    assert "Der Pate" in words.lines[0]


@pytest.mark.parametrize(
    "asked",
    [
        {}, {"attribute": "length"}, {"why": True}, {"has": True}, {"unsure": True}, {"suits": 0.2},
        {"attribute": "director"}, {"value": ("genres", "Crime")},
    ],
)  # fmt: skip
def test_an_answer_calls_a_film_what_the_language_calls_it(catalog, asked):
    for seed in range(4):
        words = words_of(catalog, Answer(catalog.get("858"), **asked), seed, "de")
        assert "Der Pate" in words.opening
        assert "Godfather" not in words.opening


def test_the_facts_of_several_have_the_marks_of_the_language(catalog):
    both = Answer(catalog.get("858"), "length", among=(catalog.get("858"), catalog.get("6")))
    assert (
        "《教父》（1972）：175minutes；《Heat》（1995）：170minutes。"
        in words_of(catalog, both, language="zh-CN").opening
    )
    assert (
        "«\N{NO-BREAK SPACE}Heat\N{NO-BREAK SPACE}» (1995)\N{NO-BREAK SPACE}: 170 minutes."
        in words_of(catalog, both, language="fr").opening
    )


def test_sentences_of_chinese_have_no_space_between_them(told):
    slate = slate_of(told, "6", asked=("war",), disliked=(told.get("608"),))
    words = words_of(told, slate, language="zh-CN")
    assert "。 " not in words.opening


def test_a_title_has_its_marks_once(catalog):
    older = Catalog([*catalog], replace(catalog.vocabulary, tells={"length": {"zh-CN": ("《{name}》片长{value}。",)}}))
    assert (
        words_of(older, Answer(catalog.get("858"), "length"), language="zh-CN").opening
        == "《教父》（1972）片长175minutes。"
    )
    for seed in range(9):
        assert words_of(catalog, Say("enjoy", item=catalog.get("858")), seed, "zh-CN").opening.count("《") == 1


GRADED = {"scary": {"en": ("calm", "odd", "eerie", "dire")}, "sadness": {"en": ("not sad", "sad", "very sad")}}


def graded(catalog, **parts):
    heat = replace(catalog.get("6"), attributes={"scary": 1.0, "sadness": 2.0}, **parts)
    return Catalog([heat], replace(catalog.vocabulary, levels=GRADED)), heat


def test_how_much_there_is_of_two_things_is_told_at_once_the_most_first(catalog):
    films, heat = graded(catalog)
    act = Answer(heat, "scary", whether=True, also=(Answer(heat, "sadness", whether=True),))
    assert words_of(films, act).opening == "Heat (1995) is very sad and odd."


def test_what_is_told_next_of_the_same_item_calls_it_it_where_the_language_has_such_a_word(told):
    heat, fargo = told.get("6"), told.get("608")
    act = Answer(heat, "length", also=(Answer(heat, "year"),))
    for seed in range(8):
        assert words_of(told, act, seed).opening.count("Heat") == 1
        assert words_of(told, act, seed, "zh-CN").opening.count("Heat") == 2
    other = Answer(heat, "length", also=(Answer(fargo, "length"),))
    assert "Fargo" in words_of(told, other).opening
    each = Answer(heat, "length", among=(heat, fargo), also=(Answer(heat, "year", among=(heat, fargo)),))
    assert words_of(told, each).opening.count("Heat") == 2


def test_whether_it_suits_tells_why_one_would_watch_it_and_warns_of_what_there_is_much_of(catalog):
    films, heat = graded(catalog, pitch="Two men drink coffee.")
    shown = Answer(heat, suits=0.5, shown=True)
    said = {words_of(films, shown, seed).opening for seed in range(12)}
    assert all("Two men drink coffee." in one and "very sad" in one and "odd" not in one for one in said)
    assert not any("first I'd have named" in one or "nearest to what" in one for one in said)
    assert "Two men" not in words_of(films, shown, before="Two men drink coffee.").opening
    unwanted = [words_of(films, replace(shown, suits=0.0), seed).opening for seed in range(12)]
    assert all("first I'd have named" in one or "nearest to what" in one for one in unwanted)


@pytest.mark.parametrize("language", ["en", "zh-CN", "es", "de", "fr", "pt"])
def test_what_was_surely_meant_is_told_by_name(told, language):
    words = words_of(told, slate_of(told, "6", "608", recalled=True), language=language)
    assert "Heat" in words.opening


def test_what_is_introduced_already_needs_no_opening(told):
    assert words_of(told, slate_of(told, "6", "608", again=True, introduced=True)).opening == ""
    assert words_of(told, slate_of(told, "6", "608", again=True)).opening


def test_two_sentences_of_an_opening_do_not_begin_alike(catalog):
    fargo = catalog.get("608")
    for seed in range(40):
        slate = slate_of(catalog, "6", seen=(fargo,), asked=("funny",))
        opening = words_of(catalog, slate, seed).opening
        assert opening.count("Right") < 2, opening
