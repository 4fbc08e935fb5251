import json

import numpy as np

from benchmarks.understanding import Linking, f1, liking, plain, predictions, tfidf_logistic
from bot.understander import Understander
from domain.liking import Liking
from domain.linking import Linker
from domain.phrases import Phrases


def test_a_mention_is_right_once_and_where_it_is_marked():
    linking = Linking()
    linking.add([(0, 4, "6"), (0, 4, "6"), (9, 12, "7")], [(1, 5, "6"), (20, 24, "7")])
    assert (linking.found, linking.right, linking.marked) == (3, 1, 2)
    precision, recall, score = linking.figures
    assert (round(precision, 3), recall, round(score, 3)) == (0.333, 0.5, 0.4)


def test_balanced_accuracy_is_one_half_for_who_says_always_the_same():
    disliked = np.array([False, False, False, True])
    assert liking(disliked, np.full(4, -1.0))["balanced accuracy"] == 0.5
    assert liking(disliked, np.array([-1.0, -1.0, -1.0, 0.5]))["balanced accuracy"] == 1.0
    assert liking(disliked, np.array([-1.0, -1.0, -1.0, 0.5]))["F1 where it counts as a dislike"] == 0.0
    assert f1(["a", "a", "b"], ["a", "b", "b"], "a") == 2 / 3


def test_the_peer_learns():
    guessed = tfidf_logistic(["good film", "good one", "bad film", "bad one"], ["+", "+", "-", "-"], ["good", "bad"])
    assert guessed == ["+", "-"]


def test_utterances_are_answered_in_their_order(catalog):
    linker = Linker(catalog)
    reader = Understander(catalog, linker, Phrases.load(), Liking.load())
    lines = [
        json.dumps({"id": "1", "text": "I loved Heat, no horror please"}),
        json.dumps({"id": "2", "text": "the second one?", "context": [{"role": "bot", "text": "Heat or Fargo."}]}),
    ]
    first, second = predictions(lines, reader)
    assert first["id"] == "1"
    assert first["mentions"] == [{"item_id": "6", "start": 8, "end": 12, "polarity": 1}]
    assert {"attribute": "genres", "value": "Horror", "include": False} in first["constraints"]
    assert second["mentions"][0]["item_id"] == "608"
    assert plain(reader.understand("hi"))["intent"] == "greet"
