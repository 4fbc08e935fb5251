import json

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from domain.prompt import Brief
from training.dialogue import CHECKPOINT, Config, collate, divided, encode, main, reply_loss
from training.replies import FOLDER, ReplyError, Written, load
from training.replies import main as check

BRIEF = Brief("films", "snow please", (("show", "@1"),), ("1996 | snow",))
REPLY = Written(BRIEF, "Snow it is.", ("All of it.",), "Wrap up.", "here")
TEMPLATE = (
    "{% for m in messages %}<u> {{ m['content'] }} </u> {% endfor %}{% if add_generation_prompt %}<a> {% endif %}"
)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A causal language model of two small random layers, with a chat template."""
    folder = tmp_path_factory.mktemp("base")
    known = {f"<{name}>": at for at, name in enumerate(("pad", "unk", "u", "a"))}
    tokenizer = Tokenizer(models.WordLevel({**known, "snow": 4, "films": 5}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>")
    fast.chat_template = TEMPLATE
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    LlamaForCausalLM(LlamaConfig(vocab_size=8, num_key_value_heads=2, **shape)).save_pretrained(folder)
    return folder


@pytest.fixture
def replies(tmp_path):
    path = tmp_path / "films.en.01.jsonl"
    line = {**BRIEF.to_json(), "opening": "Snow it is.", "lines": ["All of it."], "close": ""}
    path.write_text("\n".join(json.dumps({**line, "message": f"snow {n}"}) for n in range(24)))
    return path


def plain(**changed):
    return json.dumps({**BRIEF.to_json(), "opening": "Snow it is.", "lines": ["All of it."], "close": "", **changed})


def test_a_reply_is_read_with_its_brief(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(plain(close="Wrap up."))
    (found,) = load([path])
    assert found.brief == BRIEF
    assert found.text == "Snow it is.\n@1 All of it.\nWrap up."


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"lines": []}, "0 lines for 1 items"),
        ({"opening": " "}, "a part is empty"),
        ({"close": "See @2."}, "@2 stands for nothing"),
        ({"close": "Which one?"}, "a question that the plan does not ask"),
        ({"moves": [["ask", "genre"]]}, "the question of the plan is not asked"),
        ({"lines": ["One.\nTwo."]}, "more than one line"),
        ({"moves": 3}, "no reply to a brief"),
    ],
)
def test_what_cannot_be_learned_from_is_named_by_file_and_line(tmp_path, changed, wrong, capsys):
    path = tmp_path / "a.jsonl"
    path.write_text(plain() + "\n" + plain(**changed))
    with pytest.raises(ReplyError, match=r"a\.jsonl, line 2: .*" + wrong):
        load([path])
    assert check([str(path)]) == 2
    assert "line 2" in capsys.readouterr().err


def test_every_reply_that_ships_can_be_learned_from():
    found = load()
    assert len(found) > 1000
    assert len({reply.text for reply in found}) > 0.97 * len(found)
    assert list(FOLDER.glob("README.md"))


def test_only_the_reply_is_learned():
    ids, labels = collate([([1, 2, 3, 4], 2), ([1, 5], 1)], pad=0)
    assert ids.tolist() == [[1, 2, 3, 4], [1, 5, 0, 0]]
    assert labels.tolist() == [[-100, -100, 3, 4], [-100, 5, -100, -100]]


def test_the_loss_is_the_cross_entropy_of_the_reply(base):
    model = LlamaForCausalLM.from_pretrained(base)
    ids, labels = collate([([4, 5, 4, 5], 2), ([5, 4], 1)], pad=0)
    logits = model(input_ids=ids).logits[:, :-1].log_softmax(-1)
    told = [(row, at) for row in range(2) for at in range(1, 4) if labels[row, at] >= 0]
    expected = -sum(logits[row, at - 1, ids[row, at]] for row, at in told)
    assert reply_loss(model, ids, labels).item() == pytest.approx(expected.item(), rel=1e-5)


def test_the_prompt_is_in_the_chat_format_of_the_base_model(base):
    from transformers import AutoTokenizer

    ids, prompt = encode(REPLY, AutoTokenizer.from_pretrained(base))
    assert ids[0] == 2
    assert ids[prompt - 1] == 3
    assert len(ids) > prompt


def test_what_is_measured_on_is_not_learned_from():
    replies = [Written(BRIEF, str(n), ("x",), "", "") for n in range(100)]
    learned, held_out = divided(replies, Config())
    assert len(held_out) == 5
    assert not {r.opening for r in learned} & {r.opening for r in held_out}
    assert len(divided(replies, Config(share=0.1))[0]) == round(0.1 * 95)


def test_training_teaches_and_a_run_that_was_stopped_goes_on(base, replies, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    common = ["--model", str(base), "--replies", str(replies), "--lowest-layer", "0", "--passes", "4", "--batch", "4"]
    assert main([*common, "--out", str(tmp_path / "whole")]) == 0
    whole = json.loads((tmp_path / "whole" / "training.json").read_text())
    assert whole["after"]["perplexity"] < whole["before"]["perplexity"]
    assert (whole["briefs"], whole["languages"], whole["replies"]) == (2, ["en"], 23)

    from training import dialogue

    stopped = tmp_path / "stopped"
    monkeypatch.setattr(dialogue, "SAVED_EVERY", 5)
    learn, steps = dialogue.Trainer.learn, []

    def counted(self, ids, labels):
        if len(steps) == 12:
            steps.append(0)
            raise KeyboardInterrupt
        steps.append(self.step)
        return learn(self, ids, labels)

    monkeypatch.setattr(dialogue.Trainer, "learn", counted)
    with pytest.raises(KeyboardInterrupt):
        main([*common, "--out", str(stopped)])
    assert (stopped / CHECKPOINT).is_dir()
    assert main([*common, "--out", str(stopped)]) == 0
    assert steps[13] == 10  # the last checkpoint
    again = json.loads((stopped / "training.json").read_text())
    assert again["after"]["perplexity"] == pytest.approx(whole["after"]["perplexity"], rel=1e-4)
    assert not (stopped / CHECKPOINT).exists()


def test_no_replies_are_one_sentence(base, replies, tmp_path, capsys):
    given = ["--model", str(base), "--out", str(tmp_path / "out"), "--replies", str(replies)]
    assert main([*given, "--language", "xx"]) == 2
    assert "no replies in 'xx'" in capsys.readouterr().err
