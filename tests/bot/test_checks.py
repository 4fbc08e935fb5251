from dataclasses import replace

import pytest

from bot.checks import Checker
from domain.catalog import Catalog, Item, Vocabulary
from domain.linking import Linker
from domain.prompt import Brief, BriefItem
from training.corpus import examples

CRIME = BriefItem(("crime", "thriller"), ("106 minutes", "1995"), because=1)
WAR = BriefItem(("war",), ("1998",), meets=("war",))
SLATE = Brief("recommend", "film", (CRIME, WAR))
GOOD = "Since you liked #1, try @1, a crime thriller of 106 minutes. For war there is @2 from 1998."


@pytest.fixture(scope="module")
def checker(catalog):
    return Checker(catalog, Linker(catalog))


def test_a_true_and_whole_reply_passes(checker):
    assert checker.faults(SLATE, GOOD) == []


def test_what_is_popular_or_stands_out_may_be_said_to(checker):
    loved = BriefItem(("war",), ("1998",), popular=True, stands_out="oldest")
    draft = "@1 is a war film from 1998 that many people here like, the oldest of these."
    assert checker.faults(Brief("recommend", "film", (loved,)), draft) == []


@pytest.mark.parametrize(
    ("draft", "fault"),
    [
        ("", "sentence"),
        ("Try @1, a crime film, since you liked #1, and then @2", "sentence"),
        (GOOD.replace("@2", "it"), "names"),
        (GOOD.replace("@2", "@3"), "names"),
        (GOOD.replace("@2", "@2 and @2"), "names"),
        (GOOD.replace("#1", "#2"), "as a reason"),
        (GOOD.replace("For war there is @2 from 1998", "There is @2, close to #1"), "as a reason"),
        (GOOD.replace("106", "90"), "invents the number"),
        (GOOD.replace("of 106 minutes", "from 106"), "not what the number means"),
        (GOOD.replace("from 1998", "of 1998 minutes"), "not what the number means"),
        (GOOD.replace("from 1998", "with 1998 as its director"), "speaks of the director"),
        ("Sorry, nothing fits. " + GOOD, "regrets"),
        (GOOD.replace("from 1998", "from 1998 that many people here like"), "calls popular"),
        (GOOD.replace("from 1998", "from 1998, a favourite of many"), "calls popular"),
        (GOOD.replace("from 1998", "from 1998, the oldest of these"), "says oldest"),
        (GOOD.replace("from 1998", "with a touch of festival"), "festival"),
        (GOOD.replace("from 1998", "of 1998 from 1998"), "twice"),
        (GOOD.replace("of 106 minutes", "and 106 minutes"), "among kinds"),
        (GOOD.replace("of 106 minutes", "from 106 minutes"), "no date"),
        (GOOD.replace("from 1998", "from 1998, and those who like it like it"), "nothing in particular"),
        ("War: a favourite of many. " + GOOD, "calls popular"),
        ("Fair enough, here are others. " + GOOD, "begins anew"),
        ("Since you liked #1, try @1, a 106 minutes crime film. For war there is @2.", "a 90 minutes film"),
        ("Since you liked #1, try @1, a crime and co-production film. For war there is @2.", "co-production, which"),
        ("Since you liked #1, try @1, a crime, crime and thriller film. For war there is @2.", "says crime twice"),
        ("Since you liked #1, try @1, a crime, thriller film. For war there is @2.", "without an and"),
        ("Since you liked #1, try @1, a crime thriller. War: close to what you like there is @2.", "an opening and"),
        (
            "For somebody who liked @1, I would try @2: a war film of 106 minutes, since you liked #1.",
            "two items at once",
        ),
        (GOOD.replace("a crime thriller", "a mix of crime and a crime thriller"), "twice"),
        (GOOD.replace("from 1998", "from 1998, for fans of yours"), "fans of nothing"),
        (GOOD.replace("crime thriller of", "crime thriller, as you asked, of"), "a wish that it does not meet"),
        (GOOD.replace("from 1998", "from 1998, since you liked it"), "not what"),
        ("You asked for war and liked @2, a war film. Since you liked #1, try @1, a crime film.", "not what"),
        ("You asked for war. " + GOOD, "a wish that it does not meet"),
        (GOOD + " All of it meets your wish (war).", "brackets"),
        (GOOD + " You wanted something to you want.", "which nobody asked for"),
        (GOOD.replace("For war", "For something war"), "which nobody asked for"),
        ("Something for a war film, as you asked. " + GOOD, "which nobody asked for"),
        (GOOD.replace("from 1998", "from 1998, as its fans often like"), "whose fans"),
        (GOOD.replace("a crime", "an crime"), "wrong article"),
        (GOOD.replace("crime thriller", "comedy"), "says comedy"),
        (GOOD.replace("For war there is @2 from 1998", "Then watch @2"), "no reason"),
        (GOOD + " Do you like it?", "questions"),
        (GOOD + " It is like Inception.", "name"),
        (GOOD + " Go. Go.", "repeats"),
        ("Crime: as you asked: here it is. " + GOOD, "two colons"),
        ("Cody: here you are. " + GOOD, "called so"),
        (GOOD + " 好。", "sentence"),
        (GOOD.replace("@2", "@"), "placeholder"),
        (GOOD + " word" * 120 + ".", "too long"),
    ],
)
def test_what_is_wrong_is_found(checker, draft, fault):
    assert any(fault in said for said in checker.faults(SLATE, draft)), checker.faults(SLATE, draft)


def test_a_question_asks_once_and_names_its_options(checker):
    brief = Brief("ask", "film", topic="genre", options=("crime", "war"))
    assert checker.faults(brief, "Would you like crime, war, or something else?") == []
    assert checker.faults(brief, "Would you like crime? Or war?")
    assert checker.faults(brief, "Would you like crime or something else?")


def test_an_answer_holds_its_fact_or_admits_that_there_is_none(checker):
    known = Brief("answer", "film", (CRIME,), topic="length", value="106 minutes")
    assert checker.faults(known, "The length of @1 is 106 minutes.") == []
    assert checker.faults(known, "I do not know the length of @1.")
    unknown = Brief("answer", "film", (CRIME,), topic="director")
    assert checker.faults(unknown, "I do not know the director of @1.") == []
    assert checker.faults(unknown, "The director of @1 is well known.")
    assert checker.faults(unknown, "I do not know that of @1.")


def test_what_nothing_satisfies_is_admitted(checker):
    brief = Brief("recommend", "film", (WAR,), unmet=("under 80 minutes",))
    assert checker.faults(brief, "Nothing is under 80 minutes, so take @2.".replace("@2", "@1, a war film")) == []
    assert checker.faults(brief, "Take @1, a war film.")


def test_what_the_model_is_taught_passes_the_checks_of_the_bot(catalog, checker):
    taught = examples(catalog, 300, seed=1)
    faulty = [example for example in taught if checker.faults(example.brief, example.reply)]
    assert len(faulty) <= 0.02 * len(taught), [checker.faults(e.brief, e.reply) for e in faulty]


def test_a_reason_that_all_share_may_be_said_before_them(checker):
    shared = Brief("recommend", "film", (CRIME, replace(WAR, because=1)))
    items = "@1 is a crime thriller. And @2 is a war film."
    assert checker.faults(shared, f"You liked #1, so here is what its fans tend to like too. {items}") == []
    assert checker.faults(SLATE, f"You liked #1, so here is what its fans tend to like too. {items}")
    again = "You liked #1, so here is what its fans tend to like too. @1 is a crime thriller. Try @2, a war film, as "
    assert checker.faults(shared, again + "you liked #1.") == ["gives a reason again that it gave for all"]
    twice = f"You liked #1. As you liked #1, here is what its fans tend to like too. {items}"
    assert "gives a reason again that it gave for all" in checker.faults(shared, twice)
    announced = f"Here is what I have in mind. You liked #1, so here is what its fans tend to like too. {items}"
    assert checker.faults(shared, announced) == ["announces what it shows twice"]


def test_a_decade_is_no_kind(checker):
    shown = Brief("recommend", "film", (replace(WAR, meets=("the 1990s",), because=None),))
    assert checker.faults(shown, "You wanted something from the 1990s, so try @1, a war film.") == []
    assert checker.faults(shown, "You wanted the 1990s film, so try @1, a war film.") == ["is garbled: the 1990s film"]


def test_that_many_like_all_of_them_may_be_said_before_them(checker):
    loved = [replace(item, popular=True, because=None, meets=()) for item in (CRIME, WAR)]
    draft = "Here is what many people here like. @1 is a crime thriller. And @2 is a war film."
    assert checker.faults(Brief("recommend", "film", tuple(loved)), draft) == []
    assert checker.faults(Brief("recommend", "film", (loved[0], WAR)), draft) == ["calls popular what is not"]


@pytest.mark.parametrize(
    ("item", "plain", "told"),
    [
        (CRIME, "@1 is a crime thriller.", "@1 is a crime thriller, and fans of #1 tend to like it."),
        (replace(WAR, popular=True, meets=()), "@1 is a war film.", "@1 is a war film that many people here like."),
        (replace(WAR, values=("war", "drama")), "@1 is a drama, as you asked.", "@1 is a war drama, as you asked."),
    ],
    ids=["liked", "popular", "asked for"],
)
def test_the_best_reason_there_is_had_better_be_given(checker, item, plain, told):
    brief = Brief("recommend", "film", (item,))
    assert checker.faults(brief, plain) == checker.faults(brief, told) == []
    assert checker.leaves_out_a_reason(brief, [plain])
    assert not checker.leaves_out_a_reason(brief, [told])


def test_a_reason_that_was_given_for_all_is_not_left_out(checker):
    loved = Brief("recommend", "film", (replace(WAR, popular=True, meets=()),))
    assert not checker.leaves_out_a_reason(loved, ["Here is what many people here like.", "@1 is a war film."])


@pytest.mark.parametrize(
    "draft",
    [
        "Like #1, @1 is a crime thriller.",
        "@1 is a crime thriller, just like #1.",
        "There is @1, which is a crime thriller like #1.",
    ],
)
def test_an_item_is_like_another_only_in_what_they_share(checker, draft):
    def said_of(*shared):
        return checker.faults(Brief("recommend", "film", (replace(CRIME, shared=shared),)), draft)

    assert said_of("crime", "thriller") == []
    assert said_of("thriller") == said_of() == ["says that it is like another in what it is not"]
    assert not checker.faults(Brief("recommend", "film", (CRIME,)), "People who like #1 like @1, a crime thriller.")


def test_what_all_satisfy_is_said_once(checker):
    brief = Brief("recommend", "film", (WAR,))
    assert checker.faults(brief, "War: that fits your wish for war. There is @1, a war film.") == ["says a wish twice"]
    assert checker.faults(brief, "This fits your wish for war. There is @1, a war film.") == []


def test_nobody_is_thanked_for_what_they_did_not_say(checker):
    draft = "That tells me a lot. There is @1, a war film from 1998."
    knows_nothing = Brief("recommend", "film", (BriefItem(("war",), ("1998",)),))
    assert checker.faults(knows_nothing, draft) == ["is glad to hear what nobody said"]
    assert checker.faults(Brief("recommend", "film", (WAR,)), draft) == []


def test_a_draft_is_given_up_at_its_first_bad_sentence(checker):
    assert checker.is_promising(SLATE, "Since you liked #1, try @1, a crime thriller.")
    assert not checker.is_promising(SLATE, "Since you liked #1, try @1, a comedy.")
    assert not checker.is_promising(SLATE, "Gladly. Gladly.")


def test_a_wish_is_spoken_of_once_and_for_something(checker):
    shown = Brief("recommend", "film", (replace(WAR, meets=("war",), because=None),))
    twice = "@1 is a war film, just as you asked, and it is what you asked for."
    assert checker.faults(shown, twice) == ["says twice that it was asked for"]
    assert checker.faults(shown, "Just as you asked: what I have is @1, a war film.") != []
    assert checker.faults(shown, "You wanted a war film, so try @1, a war film.") == []


@pytest.mark.parametrize(
    ("draft", "fault"),
    [
        ("Try @1, an office film from 2019.", "says film, which is not what these are"),
        ("Try @1, an office product from 2019, as good as any book.", "says book"),
        ("Try @1, an office product of 12.", "not what the number means"),
        ("Try @1, an office product of 12 minutes.", "not what the number means"),
        ("Try @1, an office product of 12 dollars.", ""),
    ],
)
def test_another_domains_noun_and_a_number_without_its_unit_are_refused(draft, fault):
    lamp = Item("a", "Lamp", 2019, attributes={"kind": ("office",), "price": 12.0})
    words = Vocabulary(("product", "products"), ("product", "products"), ask=("kind",), common_nouns=("kind",))
    shop = Catalog([lamp], words)
    brief = Brief("recommend", "product", (BriefItem(("office",), ("12 dollars", "2019"), popular=True),))
    found = Checker(shop, Linker(shop)).faults(brief, draft)
    assert any(fault in one for one in found) if fault else found == []
