"""The weights of intents are learned, and held small as cross-validation asks for."""

import numpy as np
import pytest

from domain.intents import INTENTS, Clues, IntentModel
from training import intents


@pytest.fixture
def read():
    """Sixty messages whose first number of meaning tells greeting from leaving; clues say nothing."""
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 2, 60)
    text = rng.normal(0, 0.1, (60, 4)).astype(np.float32)
    text[:, 0] += 2 * truth - 1
    clues = np.tile(Clues("other", "well then, hello").vector(), (60, 1))
    labels = np.array([INTENTS.index("greet"), INTENTS.index("leave")])[truth]
    return {"text": text, "before": np.zeros_like(text), "clues": clues}, labels


def test_what_tells_intents_apart_is_learned(read):
    parts, labels = read
    weights = intents.fit(parts, labels, 0.1)
    assert (intents.guess(weights, parts) == labels).all()
    served = IntentModel(weights)
    zeros = np.zeros(4, np.float32)
    assert served.intent(np.array([1, 0, 0, 0], np.float32), zeros, Clues("other", "well then, hello")) == "leave"
    assert intents.cross_validated(parts, labels, 0.1) > 0.9
    assert intents.cross_validated(parts, np.random.default_rng(0).permutation(labels), 0.1) < 0.75


def test_a_ridge_holds_weights_small(read):
    free, held = (np.abs(intents.fit(*read, ridge)["text"]).sum() for ridge in (0.1, 100.0))
    assert held < free / 2


def test_the_command_writes_what_is_served(read, tmp_path, capsys):
    parts, labels = read
    np.savez(tmp_path / "read.npz", **parts, intent=labels)
    out = tmp_path / "weights" / "intents.safetensors"
    assert intents.main(["--read", str(tmp_path / "read.npz"), "--out", str(out)]) == 0
    assert IntentModel.load(out) is not None
    assert "60 messages" in capsys.readouterr().out
