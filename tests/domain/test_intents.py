"""What a person is doing, by what a message means and what was read in it."""

import dataclasses

import numpy as np
import pytest
from safetensors.numpy import save_file

from domain.intents import BEFORE, BIAS, CLUES, INTENTS, TEXT, Clues, IntentModel

SILENCE = np.zeros(2, np.float32)


def model(**tensors):
    clues = len(Clues("other", "").vector())
    shapes = {TEXT: (2, len(INTENTS)), BEFORE: (2, len(INTENTS)), CLUES: (clues, len(INTENTS)), BIAS: (len(INTENTS),)}
    weights = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    return weights | {name: weights[name] + np.asarray(value, np.float32) for name, value in tensors.items()}


def towards(intent, height=1.0):
    return height * (np.array(INTENTS) == intent)


def test_meaning_clues_and_what_was_said_before_all_count():
    text = np.array([1, 0], np.float32)
    told = IntentModel(model(text=towards("accept"), before=3 * np.outer([0, 1], towards("reject"))))
    assert told.intent(text, SILENCE, Clues("other", "fine")) == "accept"
    assert told.intent(text, np.array([0, 1], np.float32), Clues("other", "fine")) == "reject"
    rules = IntentModel(model(text=towards("accept"), clues=np.pad(2 * np.eye(len(INTENTS)), ((0, 13), (0, 0)))))
    assert rules.intent(text, SILENCE, Clues("leave", "fine")) == "leave"


@pytest.mark.parametrize("flag", [f.name for f in dataclasses.fields(Clues) if f.type == "bool"])
def test_every_clue_is_one_number_of_its_own(flag):
    without, with_it = Clues("other", "well"), Clues("other", "well", **{flag: True})
    assert np.abs(without.vector() - with_it.vector()).sum() == 1


def test_how_much_was_shown_and_the_shape_of_the_text_are_clues():
    vectors = {
        tuple(Clues("other", text, shown=shown).vector())
        for text in ("short", "neither short nor long", "long " * 20, "a question, is it?")
        for shown in (0, 1, 3)
    }
    assert len(vectors) == 12


def test_weights_are_read_and_their_absence_is_none(tmp_path):
    assert IntentModel.load(tmp_path / "none.safetensors") is None
    (tmp_path / "broken.safetensors").write_text("no weights")
    assert IntentModel.load(tmp_path / "broken.safetensors") is None
    save_file(model(bias=towards("greet")), tmp_path / "some.safetensors")
    assert IntentModel.load(tmp_path / "some.safetensors").intent(SILENCE, SILENCE, Clues("other", "x")) == "greet"
    assert IntentModel.load() is not None  # those that ship
