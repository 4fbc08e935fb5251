"""Who has the last word on what a message means."""

import numpy as np
import pytest

from bot.encoder import Meaning
from bot.meaning import ANY_TITLE, LearnedHearer, RulesAlone, hearer, moved, untitled
from bot.understander import Understander
from bot.understanding import Context
from domain.liking import Liking
from domain.linking import Linker
from domain.meaning import INTENTS, IntentClues, LikingClues, WishClues
from domain.phrases import Phrases

SLATE = Context(slate=("6", "608", "1387"))  # Heat (1995), Fargo (1996), Jaws (1975)


class Stubborn:
    """Hears the same in every message, and keeps what it was told."""

    def __init__(self, intent, polarity=0):
        self._intent, self._polarity = intent, polarity
        self.heard, self.clues = [], []

    def judge(self, text):
        return None

    def hear(self, text, titles, before):
        self.heard.append((untitled(text, titles), before))
        return self

    def intent(self, clues):
        self.clues.append(clues)
        return self._intent

    def wish(self, place, clues):
        self.clues.append(clues)
        return self._polarity

    def liking(self, place, clues):
        self.clues.append(clues)
        return self._polarity


class Letters:
    """An encoder to whom words mean the letters that they begin with."""

    def read(self, text):
        places, at = [], 0
        for word in text.split(" "):
            places.append((at, at + len(word)))
            at += len(word) + 1
        hidden = [np.eye(128, dtype=np.float32)[min(ord(text[start]) if text else 0, 127)] for start, _ in places]
        return Meaning(np.array(hidden), places)


def understander(catalog, hearer):
    return Understander(catalog, Linker(catalog), Phrases.load(), Liking.load(), hearer)


def test_the_hearer_is_told_the_message_without_titles_and_what_was_said_before(catalog):
    stubborn = Stubborn("reject", -1)
    reader = understander(catalog, stubborn)
    context = reader.context_of([("bot", "How about Heat (1995) or Fargo (1996)?")])
    said = reader.understand("I loved Jaws, a funny one", context)
    assert stubborn.heard == [(f"I loved {ANY_TITLE}, a funny one", "How about Heat (1995) or Fargo (1996)?")]
    intent, liking, wish = stubborn.clues
    assert (intent.shown, intent.asked, intent.begins, intent.named, intent.liked) == (2, True, False, True, True)
    assert (liking.rule, liking.intent, liking.shown, liking.many) == (1, "reject", False, 1)
    assert (wish.rule, wish.intent) == (1, "reject")
    assert said.intent == "reject"
    assert [mention.polarity for mention in said.mentions] == [-1]
    assert [(c.value, c.include) for c in said.constraints] == [("Comedy", False)]


def test_what_the_hearer_calls_neither_is_no_wish_and_no_liking(catalog):
    said = understander(catalog, Stubborn("prefer", 0)).understand("I loved Jaws, something funny", Context())
    assert [mention.polarity for mention in said.mentions] == [0]
    assert not said.constraints


@pytest.mark.parametrize("text", ["", "来个喜剧", "stop asking questions", "which one is the shortest?"])
def test_what_the_rules_settle_nobody_else_judges(catalog, text):
    stubborn = Stubborn("greet")
    assert understander(catalog, stubborn).understand(text, SLATE).intent != "greet"
    assert not stubborn.heard


def test_what_was_seen_and_liked_is_not_taken(catalog):
    said = understander(catalog, Stubborn("accept", 1)).understand("seen the first one, it was great", SLATE)
    assert said.intent != "accept"
    assert understander(catalog, Stubborn("accept")).understand("I've seen the first one", SLATE).intent != "accept"
    assert understander(catalog, Stubborn("accept")).understand("the first one then", SLATE).intent == "accept"


def test_a_word_for_a_mood_is_judged_by_the_rules_alone(catalog):
    said = understander(catalog, Stubborn("critique", 0)).understand("something funnier, and tense", SLATE)
    assert [c.value for c in said.constraints] == ["Comedy"]


@pytest.mark.parametrize(
    ("heard", "text", "intent"),
    [
        ("ask_item", "I loved Jaws, does that help?", "prefer"),
        ("ask_item", "do they both end well, in your view?", "ask_item"),
        ("critique", "do you think I should quit my job?", "chat"),
        ("critique", "well, they look so earnest", "critique"),
    ],
)
def test_what_is_heard_where_no_rule_says_so_has_to_be_possible(catalog, heard, text, intent):
    assert understander(catalog, Stubborn(heard, 1)).understand(text, SLATE).intent == intent


def test_titles_are_taken_out_and_places_move_along():
    text, titles = "Up and The Shining, not scary ones", [(0, 2), (7, 18)]
    bare = untitled(text, titles)
    assert bare == f"{ANY_TITLE} and {ANY_TITLE}, not scary ones"
    assert bare[slice(*moved((24, 29), titles))] == text[24:29] == "scary"
    assert [bare[slice(*moved(title, titles))] for title in titles] == [ANY_TITLE, ANY_TITLE]
    assert untitled("as it is", []) == "as it is"


def test_meaning_is_weighed_where_the_words_stand():
    class Model:
        def intent(self, message, before, clues):
            return INTENTS[0] if before.any() else INTENTS[1]

        def wish(self, words, clues):
            return 1 if words[ord("f")] else -1

        liking = wish

    heard = LearnedHearer(Letters(), Model()).hear("The Shining but funny", [(0, 11)], "")
    assert heard.intent(IntentClues("other", "")) == INTENTS[1]
    assert heard.wish((16, 21), WishClues(0, "other")) == 1
    assert heard.wish((12, 15), WishClues(0, "other")) == -1
    assert heard.liking((0, 11), LikingClues(0, "other")) == -1
    assert LearnedHearer(Letters(), Model()).hear("a", [], "hi").intent(IntentClues("other", "")) == INTENTS[0]


def test_titles_are_judged_where_they_stand_and_the_text_is_read_once(catalog):
    class Model:
        def title(self, words, log_odds):
            return 1.0 if words[ord("H")] else -1.0

    class Counting(Letters):
        read_so_far = 0

        def read(self, text):
            self.read_so_far += 1
            return super().read(text)

    encoder = Counting()
    reader = understander(catalog, LearnedHearer(encoder, Model()))
    assert [catalog[link.columns[0]].title for link in reader.links("I loved Jaws and Heat")] == ["Heat"]
    assert encoder.read_so_far == 1
    assert not reader.links("nothing of the kind")
    assert encoder.read_so_far == 1
    assert [catalog[link.columns[0]].title for link in reader.links("我喜欢Jaws")] == ["Jaws"]  # the linker's alone


def test_without_an_encoder_the_rules_have_the_last_word(tmp_path):
    alone = hearer(tmp_path)
    assert isinstance(alone, RulesAlone)
    assert alone.judge("anything") is None
    heard = alone.hear("anything", [], "")
    assert heard.intent(IntentClues("greet", "")) == "greet"
    assert (heard.wish((0, 1), WishClues(-1, "chat")), heard.liking((0, 1), LikingClues(1, "chat"))) == (-1, 1)
