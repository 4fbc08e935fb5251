import json

import numpy as np
import pytest

from domain.liking import Liking
from domain.phrases import Phrases
from training import liking
from training.liking import balanced_accuracy, fit, opinions, table


def dialogue(number, texts, answers):
    """Seekers speak first; `answers` are 1 liked, 0 disliked, 2 not said."""
    messages = [{"senderWorkerId": n % 2, "text": text} for n, text in enumerate(texts)]
    form = {item_id: {"liked": answer} for item_id, answer in answers.items()}
    return {
        "conversationId": number,
        "messages": messages,
        "initiatorWorkerId": 0,
        "initiatorQuestions": form,
    }


GOOD = ["I loved @1", "Try @2 then", "That sounds great, thanks"]
BAD = ["I want a film", "Try @1", "meh, that bored my whole family", "And @2 ?", "Nope, meh"]


def test_opinions_are_those_of_the_form_on_films_that_were_named():
    found = list(opinions(dialogue(1, GOOD, {"1": 1, "2": 2, "3": 0}), Phrases.load()))
    assert [(o.dialogue, o.disliked) for o in found] == [(1, False)]
    assert found[0].rows


def test_a_film_that_was_shown_is_judged_by_the_reply():
    phrases = Phrases.load()
    shown = next(iter(opinions(dialogue(1, ["hi", "Try @1", "meh, boring"], {"1": 0}), phrases)))
    silent = next(iter(opinions(dialogue(1, ["hi", "Try @1", ""], {"1": 0}), phrases)))
    assert set(shown.rows) - set(silent.rows)


def test_weights_that_are_fitted_tell_dislikes():
    phrases = Phrases.load()
    found = [o for n in range(10) for o in opinions(dialogue(n, GOOD, {"1": 1, "2": 1}), phrases)]
    found += [o for n in range(10) for o in opinions(dialogue(n, BAD, {"1": 0, "2": 0}), phrases)]
    x, disliked = table(found), np.array([o.disliked for o in found])
    assert balanced_accuracy(x @ fit(x, disliked, 1.0), disliked) == 1.0
    assert balanced_accuracy(np.full(len(found), -1.0), disliked) == 0.5


def test_the_command_writes_a_table_that_is_read(tmp_path, capsys):
    lines = [json.dumps(dialogue(n, *([GOOD, {"1": 1}] if n % 2 else [BAD, {"1": 0}]))) for n in range(20)]
    (tmp_path / "d.jsonl").write_text("\n".join(lines))
    assert liking.main(["--dialogues", str(tmp_path / "d.jsonl"), "--out", str(tmp_path), "--rare", "2"]) == 0
    assert "balanced accuracy" in capsys.readouterr().out
    rows = next(iter(opinions(dialogue(1, BAD, {"1": 0}), Phrases.load()))).rows
    assert Liking.load(tmp_path / "liking.safetensors").log_odds(rows) > 0
    assert Liking.load(tmp_path / "missing").log_odds(rows) == 0


@pytest.mark.parametrize("content", ["", "not json", json.dumps(dialogue(1, GOOD, {"1": 1}))])
def test_dialogues_that_teach_nothing_are_one_sentence(content, tmp_path, capsys):
    (tmp_path / "d.jsonl").write_text(content)
    assert liking.main(["--dialogues", str(tmp_path / "d.jsonl"), "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
