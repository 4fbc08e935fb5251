import json

import numpy as np
import pytest

from benchmarks.understanding import Linking, f1, intent_of, liking, plain, predictions, tfidf_logistic
from domain.plan import Plan


def test_a_mention_is_right_once_and_where_it_is_marked():
    linking = Linking()
    linking.add([(0, 4, "6"), (0, 4, "6"), (9, 12, "7")], [(1, 5, "6"), (20, 24, "7")])
    assert (linking.found, linking.right, linking.marked) == (3, 1, 2)
    precision, recall, score = linking.figures
    assert (round(precision, 3), recall, round(score, 3)) == (0.333, 0.5, 0.4)


def test_balanced_accuracy_is_one_half_for_who_says_always_the_same():
    disliked = np.array([False, False, False, True])
    assert liking(disliked, np.full(4, 1))["balanced accuracy"] == 0.5
    assert liking(disliked, np.array([1, 0, 1, -1]))["balanced accuracy"] == 1.0
    told = liking(disliked, np.array([-1, 1, 1, 0]))
    assert (told["recall of disliked"], told["recall of liked"]) == (0.0, pytest.approx(2 / 3))
    assert f1(["a", "a", "b"], ["a", "b", "b"], "a") == 2 / 3


def test_the_peer_learns():
    guessed = tfidf_logistic(["good film", "good one", "bad film", "bad one"], ["+", "+", "-", "-"], ["good", "bad"])
    assert guessed == ["+", "-"]


def test_utterances_are_answered_in_their_order(reads):
    reads.reader.learn("inform request | I loved {Heat|title liked}, no {horror|value unwanted} please")
    reads.reader.learn("ask | {the second one|pointer asked}?")
    lines = [
        json.dumps({"id": "1", "text": "I loved Heat, no horror please"}),
        json.dumps({"id": "2", "text": "the second one?", "context": [{"role": "bot", "text": "Heat or Fargo."}]}),
    ]
    first, second = predictions(lines, reads)
    assert first["id"] == "1"
    assert first["intent"] == "recommend"
    assert first["mentions"] == [{"item_id": "6", "start": 8, "end": 12, "polarity": 1}]
    assert first["constraints"] == [{"attribute": "genres", "value": "Horror", "include": False}]
    assert second["intent"] == "ask_item"
    assert [mention["item_id"] for mention in second["mentions"]] == ["608"]


@pytest.mark.parametrize(
    ("line", "is_one_of"),
    [
        ("greet | hi", "greet"),
        ("greet request | hi, a {comedy|value wanted} please", "recommend"),
        ("request ask | a {comedy|value wanted}, and {how long|question length} is {Heat|title asked}?", "ask_item"),
        ("ask | {who are you|question bot}?", "chat"),
        ("ask | {what's the weather like|question outside}?", "other"),
        ("inform | I loved {Heat|title liked}", "prefer"),
        ("correct request forget | forget everything", "correct"),
        ("request critique | a {shorter|range wanted} one", "critique"),
        ("accept thank | {the first|pointer chosen}, thanks", "accept"),
        ("reject | nah", "reject"),
        ("thank leave | bye", "leave"),
        ("chat | lol", "chat"),
    ],
)
def test_of_all_that_a_message_does_one_thing_is_its_intent(reads, line, is_one_of):
    assert intent_of(reads.understand(reads.reader.learn(line))) == is_one_of


def test_somebody_elses_taste_is_no_polarity(reads):
    text = reads.reader.learn("inform | my wife loved {Heat|title liked theirs}, I hated {Fargo|title disliked}")
    assert [mention["polarity"] for mention in plain(reads.understand(text))["mentions"]] == [0, -1]


def test_what_the_bot_said_last_is_read_as_what_it_planned(reads):
    def after(*said):
        return reads.plan(said)

    assert after(("user", "I loved Heat")) == (Plan(), {"6"})
    shown = Plan(("recommend",), ("6", "608"), None, 2)
    assert after(("user", "hi"), ("bot", "Heat or Fargo."), ("user", "hm")) == (shown, {"6", "608"})
    one = Plan(("recommend",), ("6",), "6", 1)
    assert after(("bot", "Then try Heat.")) == (one, {"6"})
    asked = Plan(("ask",), ("6", "608"), None, 0, "opening")
    assert after(("bot", "Heat or Fargo."), ("user", "no"), ("bot", "What do you like?")) == (asked, {"6", "608"})
    assert after(("bot", "I see."))[0] == Plan(("chat",))
