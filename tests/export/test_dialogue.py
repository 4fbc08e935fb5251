"""The exported dialogue model agrees with torch, or nothing is published."""

import json
import shutil
import sys
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM

from bot.writer_process import language_model
from domain.artifact import DIALOGUE_FACTS
from export import dialogue
from export.dialogue import ExportError, judge, merge
from tests.fakes import tiny_llama

TASKS = Path("/proc/self/task")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Llama of two small random layers; its tokenizer has pieces of the held-out replies."""
    return tiny_llama(tmp_path_factory.mktemp("models") / "tiny", [text for said in dialogue.HELD_OUT for text in said])


@pytest.fixture(scope="module")
def adapter(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("adapters") / "loud"
    torch.manual_seed(1)
    network = get_peft_model(
        AutoModelForCausalLM.from_pretrained(model), LoraConfig(r=2, target_modules=["q_proj", "v_proj"])
    )
    for name, weight in network.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.5)
    network.save_pretrained(str(folder))
    return folder


@pytest.fixture(scope="module")
def exported(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("exports") / "int8"
    assert dialogue.main(["--model", str(model), "--out", str(out)]) == 0
    return out


def test_the_export_has_what_the_bot_reads_and_says_how_close_it_is(exported):
    facts = json.loads((exported / DIALOGUE_FACTS).read_text())
    assert facts["precision"] == "int8"
    assert 0 <= facts["logits_max_difference"] <= 1e-4
    assert 0 < facts["mean_kl"] <= dialogue.KL_TOLERANCE
    assert facts["replies"] == len(dialogue.HELD_OUT) >= 12
    names = {path.name for path in exported.iterdir()}
    assert {"genai_config.json", "model.onnx", "tokenizer.json", "chat_template.jinja", DIALOGUE_FACTS} <= names
    assert [path.name for path in exported.parent.iterdir()] == ["int8"]  # nothing of the work is left


def test_the_figures_are_those_of_the_served_model(model, exported):
    replies = dialogue.held_out(model)
    absolute, relative = dialogue.logits_difference(replies, exported)
    assert absolute > dialogue.LOGITS_TOLERANCE  # int8 is not fp32, so the comparison can tell them apart
    assert relative <= absolute
    assert dialogue.mean_kl(replies, exported) == pytest.approx(
        json.loads((exported / DIALOGUE_FACTS).read_text())["mean_kl"]
    )


@pytest.mark.skipif(not TASKS.is_dir(), reason="threads are counted in Linux's /proc")
def test_it_is_served_on_every_core(exported, monkeypatch):
    def threads_of_a_model(cores: int) -> int:
        monkeypatch.setattr("bot.writer_process.cores", lambda: cores)
        before = len(list(TASKS.iterdir()))
        served = language_model(exported)  # while it lives, so do its threads
        return len(list(TASKS.iterdir())) - before if served else 0

    assert threads_of_a_model(3) == threads_of_a_model(1) + 2


def test_padding_changes_no_logit(model):
    replies = dialogue.held_out(model)
    network = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float64)
    for reply in replies[:3]:
        with torch.inference_mode():
            alone = network(torch.tensor(reply.tokens[None].astype(np.int64))).logits[0, reply.start : -1]
        np.testing.assert_allclose(reply.logits, alone.numpy(), atol=1e-5)


def test_only_the_reply_is_compared(model):
    tokenizer = dialogue.AutoTokenizer.from_pretrained(model)
    tokens, start = dialogue.as_tokens(tokenizer, ("hi", "Hello! Tell me"))
    assert tokenizer.decode(tokens[start + 1 :]).strip() == "Hello! Tell me <end>"


def test_an_export_whose_tokenizer_is_another_is_refused(model, exported, tmp_path):
    assert dialogue.compare_tokens(model, exported) >= 50
    other = tmp_path / "other"
    shutil.copytree(exported, other)
    saved = json.loads((other / "tokenizer.json").read_text(encoding="utf-8"))
    saved["model"]["merges"] = saved["model"]["merges"][:20]
    (other / "tokenizer.json").write_text(json.dumps(saved), encoding="utf-8")
    with pytest.raises(ExportError, match=r"reads .* otherwise than that of the model: nothing was published"):
        dialogue.compare_tokens(model, other)


def test_an_export_whose_chat_template_is_another_is_refused(model, exported, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(exported, other)
    template = other / "chat_template.jinja"
    template.write_text(template.read_text(encoding="utf-8").replace("<end>", ""), encoding="utf-8")
    with pytest.raises(ExportError, match=r"chat template .* otherwise than the model's own: nothing was published"):
        dialogue.compare_tokens(model, other)


def copying(folder: Path) -> type[dialogue.building]:
    """A builder that copies a folder instead of exporting, and keeps what it was asked to export."""

    class Copying(dialogue.building):
        models: ClassVar[list[Path]] = []

        def __init__(self, model: Path, work: Path, precision: str) -> None:
            super().__init__(model, work, precision)
            self.models.append(model)
            copy = "import shutil, sys; shutil.copytree(sys.argv[1], sys.argv[2])"
            self.command = [sys.executable, "-c", copy, str(folder), str(work / precision)]

    return Copying


def test_an_adapter_is_merged_before_the_export(model, adapter, exported, tmp_path, monkeypatch):
    builder = copying(exported)
    monkeypatch.setattr(dialogue, "building", builder)
    monkeypatch.setattr(dialogue, "judge", lambda *figures: None)
    out = tmp_path / "out"
    assert dialogue.main(["--model", str(model), "--out", str(out), "--adapter", str(adapter)]) == 0
    assert json.loads((out / DIALOGUE_FACTS).read_text())["adapter"] == "loud"
    assert {path.name for path in builder.models} == {"merged"}


def test_a_merged_model_says_what_the_adapter_said(model, adapter, tmp_path):
    tokens = torch.tensor([[2, 5, 6, 7]])
    base = AutoModelForCausalLM.from_pretrained(model)
    with torch.inference_mode():
        plain = base(tokens).logits
        adapted = PeftModel.from_pretrained(base, str(adapter))(tokens).logits
        merged = AutoModelForCausalLM.from_pretrained(merge(model, adapter, tmp_path / "merged"))(tokens).logits
    torch.testing.assert_close(merged, adapted, atol=1e-5, rtol=1e-4)
    assert (merged - plain).abs().max() > 1e-3


def test_an_adapter_of_another_model_is_one_sentence(model, tmp_path, capsys):
    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter/adapter_config.json").write_text("{}")
    arguments = ["--model", str(model), "--out", str(tmp_path / "out"), "--adapter", str(tmp_path / "adapter")]
    assert dialogue.main(arguments) == 2
    assert "does not fit the model" in capsys.readouterr().err.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("relative", "divergence", "wrong"),
    [
        (2e-4, 0.0, "logits differ from torch's by 2.0e-04"),
        (float("nan"), 0.0, "logits differ"),
        (0.0, 0.03, "mean KL to torch is 0.0300, more than 0.02"),
        (0.0, float("nan"), "mean KL to torch is nan"),
    ],
)
def test_what_disagrees_is_refused(relative, divergence, wrong):
    with pytest.raises(ExportError, match=wrong):
        judge("int8", relative, divergence)
    judge("int8", 1e-4, 0.02)


def test_nothing_is_published_that_disagrees(model, exported, tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    out.mkdir()
    (out / "before").write_text("still here")
    monkeypatch.setattr(dialogue, "building", copying(exported))  # its fp32 export is int8
    assert dialogue.main(["--model", str(model), "--out", str(out)]) == 2
    assert "the fp32 export's logits differ" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (out / "before").read_text() == "still here"


def test_a_builder_that_fails_is_one_sentence(model, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(dialogue, "building", copying(tmp_path / "nowhere"))
    assert dialogue.main(["--model", str(model), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith("the fp32 export of")
    assert "No such file" in said


def test_a_folder_that_is_no_model_is_one_sentence(tmp_path, capsys):
    assert dialogue.main(["--model", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith(f"{tmp_path} is not a language model that can be loaded")
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_without_a_gpu_its_precision_is_refused(model, tmp_path, capsys):
    assert dialogue.main(["--model", str(model), "--out", str(tmp_path / "out"), "--precision", "fp16-cuda"]) == 2
    assert "needs a GPU" in capsys.readouterr().err
