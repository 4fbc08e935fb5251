"""The exported sentence encoder agrees with torch, reads texts alone as in a batch, or nothing is published."""

import json

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from bot.encoder import LONGEST, OnnxEncoder
from domain.artifact import ENCODER_FACTS, ENCODER_MODEL, ENCODER_TOKENIZER, ArtifactError
from export import encoder
from export.parity import ParityError


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    """A Bert of two small random layers; its tokenizer knows the words of the probes."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    words = dict.fromkeys(("[PAD]", "[UNK]", *" ".join(encoder.PROBES).split()))
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]").save_pretrained(folder)
    torch.manual_seed(0)
    shape = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 2}
    BertModel(BertConfig(vocab_size=len(words), **shape)).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def exported(raw, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported") / "encoder"
    encoder.convert(raw, folder)
    return folder


def test_the_export_is_small_and_says_how_close_it_is(exported):
    assert {p.name for p in exported.iterdir()} == {ENCODER_MODEL, ENCODER_TOKENIZER, ENCODER_FACTS}
    facts = json.loads((exported / ENCODER_FACTS).read_text())
    assert 0 <= facts["parity"] <= 1e-4
    assert encoder.LEAST_COSINE <= facts["least_cosine"] <= 1 + 1e-6


def test_what_is_served_means_what_torch_says(raw, exported):
    served, network = OnnxEncoder(exported), BertModel.from_pretrained(raw).eval()
    tokenizer = PreTrainedTokenizerFast.from_pretrained(raw)
    for text in encoder.PROBES:
        with torch.inference_mode():
            truth = network(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].mean(0).numpy()
        meant = served.read(text).whole
        assert np.linalg.norm(meant) == pytest.approx(1, abs=1e-5)
        assert meant @ truth / np.linalg.norm(truth) > encoder.LEAST_COSINE


def test_of_a_long_text_the_beginning_is_read(exported):
    served = OnnxEncoder(exported)
    whole = served.read("wife " * 500)
    np.testing.assert_allclose(whole.whole, served.read("wife " * LONGEST).whole, atol=1e-6)
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


def test_what_torch_does_not_bear_out_is_not_published(raw, tmp_path, monkeypatch):
    monkeypatch.setattr(encoder, "TOLERANCE", -1.0)
    with pytest.raises(ParityError, match="in the encoder"):
        encoder.convert(raw, tmp_path / "out")
    monkeypatch.undo()
    monkeypatch.setattr(encoder, "LEAST_COSINE", 1.1)
    with pytest.raises(ParityError, match="int8 encoder is off"):
        encoder.convert(raw, tmp_path / "other")


@pytest.mark.parametrize("broken", [ENCODER_MODEL, ENCODER_TOKENIZER])
def test_a_broken_encoder_is_one_sentence(exported, tmp_path, broken):
    for file in exported.iterdir():
        (tmp_path / file.name).write_bytes(b"{" if file.name == broken else file.read_bytes())
    with pytest.raises(ArtifactError, match=r"the encoder in .* cannot be loaded"):
        OnnxEncoder(tmp_path)
