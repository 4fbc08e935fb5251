"""What a person is doing, wants and likes, by what words mean and what was read in them."""

import dataclasses

import numpy as np
import pytest
from safetensors.numpy import save_file

from domain.meaning import HEARD, INTENTS, POLARITIES, IntentClues, LikingClues, MeaningModel, WishClues

SILENCE, TEXT = np.zeros(2, np.float32), np.array([1, 0], np.float32)
CLUES = {
    "title": None,
    "intent": IntentClues("other", ""),
    "wish": WishClues(0, "other"),
    "liking": LikingClues(0, "other"),
}


def weights(**tensors):
    """Weights of nothing but what is named: ``intent_bias=…``."""
    found = {}
    for model, clues in CLUES.items():
        classes = {"title": 2, "intent": len(INTENTS)}.get(model, len(POLARITIES))
        size = len(clues.vector()) if clues else 1
        shapes = {"meaning": (2, classes), "before": (2, classes), "clues": (size, classes)}
        for part, shape in {**shapes, "bias": (classes,)}.items():
            value = np.asarray(tensors.get(f"{model}_{part}", 0.0), np.float32)
            found[f"{model}.{part}"] = np.zeros(shape, np.float32) + value
    return found


def towards(intent, height=1.0):
    return height * (np.array(INTENTS) == intent)


def test_titles_are_told_by_meaning_and_by_what_the_linker_says_up_to_a_point():
    told = MeaningModel(weights(title_meaning=[[0, 1], [0, 0]], title_clues=[[0, 2]]))
    assert told.title(TEXT, 1.0) == pytest.approx(3)
    assert told.title(SILENCE, -1.5) == pytest.approx(-3)
    assert told.title(SILENCE, 100.0) == told.title(SILENCE, 8.0)


def test_meaning_clues_and_what_was_said_before_all_tell_the_intent():
    before = 3 * np.outer([0, 1], towards("reject"))
    told = MeaningModel(weights(intent_meaning=towards("accept"), intent_before=before))
    assert told.intent(TEXT, SILENCE, IntentClues("other", "fine")) == "accept"
    assert told.intent(TEXT, np.array([0, 1], np.float32), IntentClues("other", "fine")) == "reject"
    by_rule = np.zeros((len(CLUES["intent"].vector()), len(INTENTS)))
    by_rule[: len(INTENTS)] = 2 * np.eye(len(INTENTS))
    rules = MeaningModel(weights(intent_meaning=towards("accept"), intent_clues=by_rule))
    assert rules.intent(TEXT, SILENCE, IntentClues("leave", "fine")) == "leave"


@pytest.mark.parametrize("model", ["wish", "liking"])
def test_wishes_and_likings_are_told_by_meaning_and_by_rules(model):
    clues = {"wish": WishClues, "liking": LikingClues}[model]
    against = MeaningModel(weights(**{f"{model}_meaning": 3 * np.outer([1, -1], [1, 0, 0])}))
    assert getattr(against, model)(TEXT, clues(1, "prefer")) == -1
    by_rule = np.zeros((len(CLUES[model].vector()), 3))
    by_rule[:3] = np.eye(3)
    assert [
        getattr(MeaningModel(weights(**{f"{model}_clues": by_rule})), model)(TEXT, clues(p, "chat")) for p in (-1, 0, 1)
    ] == [
        -1,
        0,
        1,
    ]


@pytest.mark.parametrize(
    "clues", [IntentClues("other", "well"), LikingClues(0, "other", many=2)], ids=["intent", "liking"]
)
def test_every_flag_is_one_number_of_its_own(clues):
    vectors = [clues.vector()]
    for flag in dataclasses.fields(clues):
        if flag.type == "bool":
            vectors.append(dataclasses.replace(clues, **{flag.name: True}).vector())
            assert np.abs(vectors[-1] - vectors[0]).sum() == 1
    assert len({tuple(vector) for vector in vectors}) == len(vectors)


def test_how_much_was_shown_and_the_shape_of_the_text_are_clues():
    vectors = {
        tuple(IntentClues("other", text, shown=shown).vector())
        for text in ("short", "neither short nor long", "long " * 20, "a question, is it?")
        for shown in (0, 1, 3)
    }
    assert len(vectors) == 12


@pytest.mark.parametrize("clues", [WishClues, LikingClues])
def test_the_intent_stands_where_training_exchanges_it(clues):
    for at, intent in enumerate(INTENTS):
        assert clues(1, intent).vector()[HEARD].tolist() == np.eye(len(INTENTS))[at].tolist()


def test_weights_are_read_and_their_absence_is_none(tmp_path):
    assert MeaningModel.load(tmp_path / "none.safetensors") is None
    (tmp_path / "broken.safetensors").write_text("no weights")
    assert MeaningModel.load(tmp_path / "broken.safetensors") is None
    save_file(weights(intent_bias=towards("greet")), tmp_path / "some.safetensors")
    assert (
        MeaningModel.load(tmp_path / "some.safetensors").intent(SILENCE, SILENCE, IntentClues("other", "x")) == "greet"
    )


def test_a_wish_by_rule_is_dropped_or_turned_round_only_without_doubt():
    nearly, surely = (MeaningModel(weights(wish_bias=[0, height, 0])) for height in (1.9, 2.1))
    assert nearly.wish(SILENCE, WishClues(1, "prefer")) == 1
    assert nearly.wish(SILENCE, WishClues(-1, "prefer")) == -1
    assert surely.wish(SILENCE, WishClues(1, "prefer")) == 0
    assert MeaningModel(weights(wish_bias=[1.9, 0, 0])).wish(SILENCE, WishClues(1, "prefer")) == 1
    assert MeaningModel(weights(wish_bias=[0.1, 0, 0])).wish(SILENCE, WishClues(0, "prefer")) == -1


def test_that_something_is_taken_back_must_be_likelier_where_no_rule_says_so():
    nearly, surely = (MeaningModel(weights(intent_bias=towards("correct", height))) for height in (0.9, 1.1))
    assert nearly.intent(SILENCE, SILENCE, IntentClues("prefer", "")) != "correct"
    assert nearly.intent(SILENCE, SILENCE, IntentClues("correct", "")) == "correct"
    assert surely.intent(SILENCE, SILENCE, IntentClues("prefer", "")) == "correct"


def test_a_liking_by_rule_and_what_was_but_seen_change_only_without_doubt():
    def heard(margin, **clues):
        model = MeaningModel(weights(liking_bias=margin * np.array([p == -1 for p in POLARITIES])))
        return model.liking(SILENCE, LikingClues(intent="prefer", **clues))

    assert [heard(margin, rule=1) for margin in (0.9, 1.1)] == [1, -1]
    assert [heard(margin, rule=0, seen=True) for margin in (2.9, 3.1)] == [0, -1]
    assert heard(0.1, rule=0) == -1
