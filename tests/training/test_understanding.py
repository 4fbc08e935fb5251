"""The weights of understanding are learned, and held small as cross-validation asks for."""

import numpy as np
import pytest

from domain.meaning import HEARD, INTENTS, IntentClues, LikingClues, MeaningModel, WishClues, title_clues
from training import understanding
from training.understanding import Examples


class OneNumber:
    """Clues of titles."""

    @staticmethod
    def vector():
        return title_clues(0.5)


GREET, LEAVE = INTENTS.index("greet"), INTENTS.index("leave")


def examples(clues, classes, labels, seed=3):
    """Sixty examples whose first number of meaning tells two classes apart; their clues say nothing."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, 60)
    meaning = rng.normal(0, 0.1, (60, 4)).astype(np.float32)
    meaning[:, 0] += 2 * truth - 1
    parts = {"meaning": meaning, "clues": np.tile(clues.vector(), (60, 1))}
    return Examples(parts, np.array(labels)[truth], np.arange(60), classes)


@pytest.fixture
def wishes():
    return examples(WishClues(0, "other"), 3, [0, 2])


def test_what_tells_classes_apart_is_learned(wishes):
    learned = understanding.fit(wishes, 0.1)
    assert (understanding.guess(learned, wishes) == wishes.truth).all()
    assert (understanding.unseen(wishes, 0.1) == wishes.truth).mean() > 0.9
    shuffled = Examples(wishes.parts, np.random.default_rng(0).permutation(wishes.truth), wishes.message, 3)
    assert (understanding.unseen(shuffled, 0.1) == shuffled.truth).mean() < 0.75


def test_examples_of_one_message_are_left_out_together(wishes):
    """Five messages of twelve examples each, all of one class but one message: nothing else tells that class."""
    message = np.repeat(np.arange(5), 12)
    parts = {"meaning": np.eye(5, dtype=np.float32)[message], "clues": wishes.parts["clues"]}
    alone = Examples(parts, np.where(message == 0, 2, 0), message, 3)
    assert not (understanding.unseen(alone, 0.1)[message == 0] == 2).any()


def test_a_ridge_holds_weights_small(wishes):
    free, held = (np.abs(understanding.fit(wishes, ridge)["meaning"]).sum() for ridge in (0.1, 100.0))
    assert held < free / 2


def test_clues_hold_the_intent_that_is_guessed(wishes):
    intents = examples(IntentClues("other", "well then, hello"), len(INTENTS), [GREET, LEAVE])
    told = understanding.as_heard(wishes, intents.where(np.arange(60) < 50), np.full(50, LEAVE))
    assert len(told.truth) == 50
    assert (told.parts["clues"][:, HEARD].argmax(1) == LEAVE).all()


def test_the_command_writes_what_is_served(tmp_path, capsys):
    found = {
        "title": examples(OneNumber, 2, [0, 1]),
        "intent": examples(IntentClues("other", "well then, hello"), len(INTENTS), [GREET, LEAVE]),
        "wish": examples(WishClues(0, "other"), 3, [0, 2]),
        "liking": examples(LikingClues(0, "other"), 3, [1, 2]),
    }
    found["intent"].parts["before"] = np.zeros((60, 4), np.float32)
    read = {f"{model}.{name}": part for model, told in found.items() for name, part in told.parts.items()}
    read |= {f"{model}.truth": told.truth for model, told in found.items()}
    read |= {f"{model}.message": told.message for model, told in found.items()}
    np.savez(tmp_path / "read.npz", **read)
    out = tmp_path / "weights" / "understanding.safetensors"
    assert understanding.main(["--read", str(tmp_path / "read.npz"), "--out", str(out)]) == 0
    served, plus, zeros = MeaningModel.load(out), np.array([1, 0, 0, 0], np.float32), np.zeros(4, np.float32)
    assert served.intent(plus, zeros, IntentClues("other", "well then, hello")) == "leave"
    assert (served.wish(-plus, WishClues(0, "leave")), served.liking(plus, LikingClues(0, "leave"))) == (-1, 1)
    assert served.title(plus, 0.5) > 0 > served.title(-plus, 0.5)
    assert "liking: 60 examples" in capsys.readouterr().out
