"""The exported sentence encoder agrees with torch, reads texts alone as in a batch, or nothing is published."""

import json

import numpy as np
import pytest
import torch
from transformers import BertModel, PreTrainedTokenizerFast

from bot.encoder import OnnxEncoder
from domain.artifact import (
    ENCODER_FACTS,
    ENCODER_HEADS,
    ENCODER_MODEL,
    ENCODER_TOKENIZER,
    ENCODER_TOKENS,
    ArtifactError,
)
from export import encoder
from export.parity import ParityError
from tests.fakes import tiny_encoder
from training import understanding
from training.understanding import Config, Lesson, Question, _direction


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    return tiny_encoder(tmp_path_factory.mktemp("models") / "tiny", " ".join(encoder.PROBES))


@pytest.fixture(scope="module")
def learned(raw, tmp_path_factory):
    """An adapter that changes what words mean, and heads of one model."""
    folder = tmp_path_factory.mktemp("learned")
    lessons = [
        Lesson(0, probe, "", (Question("title", (0, 2), (0.0,), n % 2),)) for n, probe in enumerate(encoder.PROBES)
    ]
    understanding.write(understanding.fit(raw, lessons, Config(learning_rate=0.1, epochs=5)), folder)
    return folder


@pytest.fixture(scope="module")
def exported(raw, learned, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported") / "encoder"
    encoder.convert(raw, folder, learned)
    return folder


def test_the_export_is_small_and_says_how_close_it_is(exported):
    assert {p.name for p in exported.iterdir()} == {ENCODER_MODEL, ENCODER_TOKENIZER, ENCODER_HEADS, ENCODER_FACTS}
    facts = json.loads((exported / ENCODER_FACTS).read_text())
    assert 0 <= facts["parity"] <= 1e-4
    assert encoder.LEAST_COSINE <= facts["least_cosine"] <= 1 + 1e-6


def test_what_is_served_means_what_torch_says_with_the_adapter(raw, learned, exported):
    served, bare = OnnxEncoder(exported), BertModel.from_pretrained(raw).eval()
    network = encoder.adapted(raw, learned).eval()
    tokenizer = PreTrainedTokenizerFast.from_pretrained(raw)
    for text in encoder.PROBES:
        with torch.inference_mode():
            asked = tokenizer(text, return_tensors="pt")
            truth, other = (
                _direction(model(**asked).last_hidden_state[0].mean(0)).numpy() for model in (network, bare)
            )
        meant = served.read(text).whole
        assert np.linalg.norm(meant) == pytest.approx(1, abs=1e-5)
        assert meant @ truth > encoder.LEAST_COSINE
        assert meant @ truth > meant @ other


def test_of_a_long_text_the_beginning_is_read(exported):
    served = OnnxEncoder(exported)
    whole = served.read("wife " * 500)
    np.testing.assert_allclose(whole.whole, served.read("wife " * ENCODER_TOKENS).whole, atol=1e-6)
    np.testing.assert_allclose(whole.of(2000, 2004), whole.whole)  # what was not read means what the rest does


def test_words_mean_what_they_do_where_they_stand(exported):
    served = OnnxEncoder(exported)
    text = "my wife loved it"
    said = served.read(text)
    words = {word: said.of(text.index(word), text.index(word) + len(word)) for word in text.split()}
    for word, meant in words.items():
        assert np.linalg.norm(meant) == pytest.approx(1, abs=1e-5)
        assert all(meant @ other < 0.999 for name, other in words.items() if name != word)
    assert said.of(0, len(text)) == pytest.approx(said.whole, abs=1e-6)


def test_what_torch_does_not_bear_out_is_not_published(raw, learned, tmp_path, monkeypatch):
    monkeypatch.setattr(encoder, "TOLERANCE", -1.0)
    with pytest.raises(ParityError, match="in the encoder"):
        encoder.convert(raw, tmp_path / "out", learned)
    monkeypatch.undo()
    monkeypatch.setattr(encoder, "LEAST_COSINE", 1.1)
    with pytest.raises(ParityError, match="int8 encoder is off"):
        encoder.convert(raw, tmp_path / "other", learned)


@pytest.mark.parametrize("broken", [ENCODER_MODEL, ENCODER_TOKENIZER])
def test_a_broken_encoder_is_one_sentence(exported, tmp_path, broken):
    for file in exported.iterdir():
        (tmp_path / file.name).write_bytes(b"{" if file.name == broken else file.read_bytes())
    with pytest.raises(ArtifactError, match=r"the encoder in .* cannot be loaded"):
        OnnxEncoder(tmp_path)
