import random
import re
from dataclasses import replace

import pytest

from bot.acts import Answer, Ask, Pick, Recommend, Say
from bot.texts import Texts
from bot.wording import Wording
from domain.preference import Constraint
from tests.fakes import models_of

TEXTS = Texts.load()


@pytest.fixture
def slate(catalog):
    heat, fargo, seven = (catalog.get(i) for i in ("6", "608", "47"))
    thriller = Constraint("genres", "Thriller")
    return Recommend((Pick(fargo, because=heat), Pick(seven, meets=(thriller,))))


def test_the_first_draft_that_passes_is_filled_in(catalog, slate):
    drafts = ["@1 is great.", "Since you liked #1, try @1. As you wanted a thriller, there is @2."]
    models = models_of(catalog, TEXTS, drafts)
    said = models.dialogue.write(slate, "en", seed=1)
    assert said == "Since you liked Heat (1995), try Fargo (1996). As you wanted a thriller, there is Seven (1995)."


def test_a_year_is_said_once_and_no_sentence_of_the_reply_before_is_said_again(catalog, slate):
    first = "Gladly. Since you liked #1, try @1 from 1996. As you wanted a thriller, there is @2."
    models = models_of(catalog, TEXTS, [first, first.replace("Gladly. ", "")])
    said = models.dialogue.write(slate, "en", seed=1)
    assert said.startswith("Gladly. Since you liked Heat (1995), try Fargo from 1996.")
    assert "Seven (1995)" in said
    assert models.dialogue.write(slate, "en", 1, before="Gladly. Which one?").startswith("Since you liked Heat")


def test_a_turn_of_phrase_is_not_said_twice_in_a_row_unless_there_is_no_other(catalog, slate):
    stale = "Since you liked #1, try @1. The one to consider is @2, as you wanted a thriller."
    fresh = "You liked #1, so I would go for @1. As you wanted a thriller, there is @2."
    before = "The one to consider is Casino. Since you liked Heat, try Casino."
    assert "go for Fargo" in models_of(catalog, TEXTS, [stale, fresh]).dialogue.write(slate, "en", 1, before)
    assert "try Fargo" in models_of(catalog, TEXTS, [stale, fresh]).dialogue.write(slate, "en", 1)
    assert "try Fargo" in models_of(catalog, TEXTS, [stale] * 4).dialogue.write(slate, "en", 1, before)


def test_two_sentences_of_a_reply_do_not_begin_alike_unless_there_is_no_other(catalog, slate):
    stale = "As you liked #1, try @1. As you wanted a thriller, there is @2."
    fresh = "Since you liked #1, try @1. As you wanted a thriller, there is @2."
    assert models_of(catalog, TEXTS, [stale, fresh]).dialogue.write(slate, "en", 1).startswith("Since")
    assert models_of(catalog, TEXTS, [stale] * 4).dialogue.write(slate, "en", 1).startswith("As")


def test_where_no_draft_of_a_slate_passes_each_item_is_written_of_by_itself(catalog, slate):
    wrong = "Fans of #1 like all of these. @1 is a thriller. @2 is one too."
    first = "My first pick is @1, a thriller, which is what you wanted."
    alone = ["Gladly. Since you liked #1, try @1. Tell me if you know it.", first, "You wanted a thriller, so take @1."]
    models = models_of(catalog, TEXTS, [wrong, *alone])
    said = models.dialogue.write(slate, "en", seed=1)
    assert said == "Since you liked Heat (1995), try Fargo (1996). You wanted a thriller, so take Seven (1995)."
    whole, first, second = models.drafter.prompts
    assert "@2" in whole
    assert "@2" not in first + second


def test_what_is_said_before_a_slate_is_kept_where_each_item_is_written_of_by_itself(catalog, slate):
    again = replace(slate, again=True)
    alone = ["No problem, here are others. Since you liked #1, try @1.", "You wanted a thriller, so take @1."]
    said = models_of(catalog, TEXTS, alone).dialogue.write(again, "en", seed=1)
    assert said.startswith("No problem, here are others. Since you liked Heat")


def test_titles_never_reach_the_model(catalog, slate):
    models = models_of(catalog, TEXTS, [])
    assert models.dialogue.write(slate, "en", seed=1) is None
    assert "because #1" in models.drafter.prompts[0]
    assert not any(title in prompt for title in ("Heat", "Fargo", "Seven") for prompt in models.drafter.prompts)


def test_other_languages_and_fixed_sentences_are_left_to_the_templates(catalog, slate):
    models = models_of(catalog, TEXTS, ["anything"])
    assert models.dialogue.write(slate, "zh-CN", seed=1) is None
    assert models.dialogue.write(Say("chat"), "en", seed=1) is None
    assert models.dialogue.write(Recommend(()), "en", seed=1) is None
    assert models.drafter.prompts == []


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_templates_name_every_item_with_its_reason(catalog, slate, language):
    said = Wording(catalog, TEXTS).write(slate, language, random.Random(1))
    assert all(name in said for name in ("Fargo (1996)", "Heat", "Seven (1995)"))
    assert "thriller" in said.lower()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_act_has_its_words(catalog, language):
    heat = catalog.get("6")
    acts = [
        Recommend(()),
        Recommend(
            (Pick(heat),), unmet=(Constraint("year", ">2000"),), liked=(heat,), unknown=("Nonsense",), again=True
        ),
        Ask(None, greets=True),
        Ask(None),
        Ask("genres", ("Crime", "War")),
        Answer(heat),
        Answer(heat, "length"),
        Answer(heat, "director"),
        Answer(heat, why=True),
        Answer(heat, why=True, because=heat),
        *(Say(key) for key in ("greet_again", "goodbye", "chat", "enjoy", "unclear", "corrected", "forgot_all")),
        Say("enjoy", item=heat),
    ]
    for act in acts:
        for seed in range(5):
            said = Wording(catalog, TEXTS).write(act, language, random.Random(seed))
            assert said.strip()
            assert "{" not in said


def test_an_unknown_fact_is_admitted_and_what_is_known_told(catalog):
    said = Wording(catalog, TEXTS).write(Answer(catalog.get("6"), "director"), "en", random.Random(1))
    assert "director" in said
    assert "action, crime and thriller, 170 minutes" in said


def test_titles_keep_their_small_letters_and_sentences_begin_with_large_ones(catalog):
    item = replace(catalog.get("6"), title="E.T. the Extra-Terrestrial")
    wording = Wording(catalog, TEXTS)
    for seed in range(8):
        assert item.name in wording.write(Recommend((Pick(item),)), "en", random.Random(seed))
        asked = wording.write(Ask("genres", ("Crime", "War")), "en", random.Random(seed))
        assert not re.search(r"[.!?] [a-z]", asked)
