import json
import random

import numpy as np

from benchmarks.corruption import corrupt
from benchmarks.understanding import Linking, f1, liking, plain, predictions, tfidf_logistic, typed
from bot.phrases import Phrases
from bot.understanding import Understander
from domain.linking import Linker


def test_titles_are_typed_as_people_type_them():
    chance = random.Random(0)
    typings = {corrupt("The Lord of the Rings: The Two Towers (2002)", chance) for _ in range(300)}
    assert any("2002" in text for text in typings)
    assert any(text.lower().startswith("lord of the rings") for text in typings)
    assert any(text == text.lower() for text in typings)
    assert any("two towers" not in text.lower() for text in typings)
    assert all(text.strip() for text in typings)


def test_marks_are_replaced_and_their_spans_known():
    message = typed("I loved @6, and @99 too", {"6": "Heat (1995)"}, random.Random(3))
    ((start, end, item_id),) = message.spans
    assert item_id == "6"
    assert message.text[:start] == "I loved "
    assert message.text[end:] == ", and @99 too"


def test_a_mention_is_right_once_and_where_it_is_marked():
    linking = Linking()
    linking.add([(0, 4, "6"), (0, 4, "6"), (9, 12, "7")], [(1, 5, "6"), (20, 24, "7")])
    assert (linking.found, linking.right, linking.marked) == (3, 1, 2)
    precision, recall, score = linking.figures
    assert (round(precision, 3), recall, round(score, 3)) == (0.333, 0.5, 0.4)


def test_balanced_accuracy_is_one_half_for_who_says_always_the_same():
    truth = np.array([1, 1, 1, -1])
    assert liking(truth, np.array([1, 1, 0, 1]))["balanced accuracy"] == 0.5
    assert liking(truth, truth)["balanced accuracy"] == 1.0
    assert f1(["a", "a", "b"], ["a", "b", "b"], "a") == 2 / 3


def test_the_peer_learns():
    guessed = tfidf_logistic(["good film", "good one", "bad film", "bad one"], ["+", "+", "-", "-"], ["good", "bad"])
    assert guessed == ["+", "-"]


def test_utterances_are_answered_in_their_order(catalog):
    linker = Linker(catalog)
    reader = Understander(catalog, linker, Phrases.load())
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
