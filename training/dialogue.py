"""Fine-tunes the dialogue model: a LoRA adapter that turns briefs into replies, by cross-entropy on the replies alone.

``python -m training.dialogue --model BASE --out DIR``. What it learns from was written by hand (training.replies), and
no message of a user is in it. How long it will take is told after the first steps; a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from torch.nn.functional import cross_entropy
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm
from transformers import AutoModelForCausalLM, AutoTokenizer

from domain.prompt import BRIEFS, END, taught
from training import progress
from training.replies import ReplyError, Written, load

IGNORED = -100
STAGE = "training.dialogue"
say = partial(progress.say, STAGE)
SAVED_EVERY = 50
"""Steps between two checkpoints."""
CHECKPOINT = "checkpoint"


@dataclass(frozen=True)
class Config:
    """What makes an adapter."""

    rank: int = 8
    lowest_layer: int = 12  # layers below it stay as they are: half of the backward pass is saved
    passes: int = 3
    held_out: float = 0.05  # share of the replies that are measured on and not learned from
    share: float = 1.0  # of the rest that is learned from: a tenth is enough to choose the other settings by
    batch: int = 8
    learning_rate: float = 2e-3
    warmup: int = 10
    seed: int = 0


@dataclass(frozen=True)
class HeldOut:
    """How well replies that were not trained on are foreseen."""

    perplexity: float  # e ^ (cross-entropy a token)
    bits_per_byte: float  # cross-entropy in bits / bytes of the replies


Row = tuple[list[int], int]
"""Token ids of prompt and reply, and how many of them are prompt."""


def reply_loss(model: Any, ids: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of the reply's tokens given everything before them, summed.

    Args:
        model: causal language model.
        ids: token ids ``[B, T]``.
        labels: the same, with `IGNORED` for what is not reply ``[B, T]``.
    """
    first = int((labels != IGNORED).any(0).nonzero()[0])  # the vocabulary is wide: no logits where no row has a reply
    logits = model(input_ids=ids, logits_to_keep=ids.shape[1] - first + 1).logits[:, :-1].float()  # [B, T-first, V]
    return cross_entropy(logits.flatten(0, 1), labels[:, first:].flatten(), ignore_index=IGNORED, reduction="sum")


def encode(reply: Written, tokenizer: Any) -> Row:
    """A brief, in the chat format of the base model, and its reply."""
    prompt = tokenizer.apply_chat_template(taught(reply.brief), add_generation_prompt=True, tokenize=False)
    ids = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    return ids + tokenizer(reply.text + END, add_special_tokens=False)["input_ids"], len(ids)


def collate(rows: Sequence[Row], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows of different lengths as ids and labels ``[B, T]``, padded on the right."""
    width = max(len(ids) for ids, _ in rows)
    ids = torch.full((len(rows), width), pad)
    labels = torch.full((len(rows), width), IGNORED)
    for row, (tokens, prompt) in enumerate(rows):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        labels[row, prompt : len(tokens)] = torch.tensor(tokens[prompt:])
    return ids, labels


def batches(rows: Sequence[Row], config: Config) -> Iterator[list[Row]]:
    """Batches of like length, in another random order in each pass: little of a step is padding."""
    chance = random.Random(config.seed)  # noqa: S311
    for _ in range(config.passes):
        order = sorted(range(len(rows)), key=lambda at: (len(rows[at][0]) // 16, chance.random()))
        groups = [order[at : at + config.batch] for at in range(0, len(order), config.batch)]
        chance.shuffle(groups)
        for group in groups:
            yield [rows[at] for at in group]


@torch.no_grad()
def measure(model: Any, rows: Sequence[Row], texts: Sequence[str], pad: int, batch: int) -> HeldOut:
    """Measure on replies that were not trained on."""
    model.eval()
    loss, count = 0.0, 0
    for at in range(0, len(rows), batch):
        ids, labels = collate(rows[at : at + batch], pad)
        loss += float(reply_loss(model, ids.to(model.device), labels.to(model.device)))
        count += int((labels != IGNORED).sum())
    model.train()
    return HeldOut(math.exp(loss / count), loss / math.log(2) / sum(len(text.encode()) for text in texts))


def divided(replies: Sequence[Written], config: Config) -> tuple[list[Written], list[Written]]:
    """The replies to learn from, and those to measure on."""
    shuffled = list(replies)
    random.Random(config.seed).shuffle(shuffled)  # noqa: S311
    kept = max(1, round(config.held_out * len(shuffled)))
    return shuffled[kept:][: max(1, round(config.share * (len(shuffled) - kept)))], shuffled[:kept]


class Trainer:
    """An adapter while it learns; what it has learned is saved now and then, and taken up again."""

    def __init__(self, model: Any, config: Config, steps: int, out: Path) -> None:
        """Prepare to train the weights of `model` that require gradients, in so many steps in all."""
        self.model = model
        self.step = 0
        self._config = config
        self._parameters = {name: p for name, p in model.named_parameters() if p.requires_grad}
        self._optimizer = torch.optim.AdamW(self._parameters.values(), lr=config.learning_rate, weight_decay=0.0)
        self._steps = steps
        self._folder = out / CHECKPOINT

    def learn(self, ids: torch.Tensor, labels: torch.Tensor) -> float:
        """One step on a batch; returns the loss a token."""
        ids, labels = ids.to(self.model.device), labels.to(self.model.device)
        # Without matrix instructions for bfloat16, a CPU is four times slower with it than without.
        with torch.autocast("cuda", torch.bfloat16, enabled=torch.cuda.is_available()):
            loss = reply_loss(self.model, ids, labels) / (labels != IGNORED).sum()
        for group in self._optimizer.param_groups:
            group["lr"] = self._rate()
        self._optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self._parameters.values(), 1.0)
        self._optimizer.step()
        self.step += 1
        return loss.item()

    def _rate(self) -> float:
        """The learning rate of the next step: it rises a few steps long, and then falls as a cosine does."""
        rising = min(1.0, (self.step + 1) / self._config.warmup)
        return self._config.learning_rate * rising * 0.5 * (1 + math.cos(math.pi * self.step / self._steps))

    def save(self) -> None:
        """Keep the weights and what the optimizer knows of them."""
        self._folder.mkdir(parents=True, exist_ok=True)
        kept = {f"weight {name}": p.detach() for name, p in self._parameters.items()}
        for name, p in self._parameters.items():
            kept |= {f"{key} {name}": value for key, value in self._optimizer.state[p].items()}
        save_file({name: value.contiguous().cpu() for name, value in kept.items()}, self._folder / "state.safetensors")
        told = {"step": self.step, "config": asdict(self._config)}
        (self._folder / "state.json").write_text(json.dumps(told), encoding="utf-8")

    def resume(self) -> None:
        """Go on from what was kept, if it was kept of the same settings."""
        try:
            told = json.loads((self._folder / "state.json").read_text(encoding="utf-8"))
            kept = load_file(self._folder / "state.safetensors")
        except (OSError, ValueError):
            return
        if told["config"] != asdict(self._config):
            return
        self.step = told["step"]
        with torch.no_grad():
            for name, p in self._parameters.items():
                p.copy_(kept[f"weight {name}"])
                state = ("step", "exp_avg", "exp_avg_sq")
                self._optimizer.state[p] = {
                    key: kept[f"{key} {name}"].to(p.device if key != "step" else "cpu") for key in state
                }

    def done(self) -> None:
        """Forget what was kept."""
        shutil.rmtree(self._folder, ignore_errors=True)


def train(model: Any, tokenizer: Any, replies: Sequence[Written], config: Config, out: Path) -> dict[str, Any]:
    """Train the adapter of a PEFT model; returns the figures before and after."""
    pad = tokenizer.eos_token_id if tokenizer.pad_token_id is None else tokenizer.pad_token_id
    learned, held_out = divided(replies, config)
    rows, test = ([encode(reply, tokenizer) for reply in some] for some in (learned, held_out))
    texts = [reply.text for reply in held_out]
    tokens = sorted(prompt for _, prompt in rows)
    say(0.0, f"{len(rows)} replies, {tokens[len(tokens) // 2]} tokens of prompt at the median, {tokens[-1]} at most")
    figures = {"before": asdict(measure(model, test, texts, pad, config.batch))}
    steps = config.passes * math.ceil(len(rows) / config.batch)
    trainer = Trainer(model, config, steps, out)
    trainer.resume()
    first, started = trainer.step, time.monotonic()
    with SummaryWriter(f"runs/dialogue-{config.seed}") as board:
        todo = tqdm(batches(rows, config), total=steps, file=sys.stderr, mininterval=5)
        for at, batch in enumerate(todo):
            if at < trainer.step:
                continue
            loss = trainer.learn(*collate(batch, pad))
            board.add_scalar("loss/reply", loss, at)
            hours = (time.monotonic() - started) / (trainer.step - first) * (steps - trainer.step) / 3600
            if at % 10 == 0 or trainer.step == first + 3:
                say(trainer.step / steps, f"step {trainer.step} of {steps}, loss {loss:.3f}, {hours:.1f} hours to go")
            if trainer.step % SAVED_EVERY == 0:
                trainer.save()
    figures["after"] = asdict(measure(model, test, texts, pad, config.batch))
    trainer.done()
    return {**figures, "replies": len(rows), "steps": steps, "seconds": round(time.monotonic() - started, 1)}


def main(arguments: list[str] | None = None) -> int:
    """Train and save an adapter; returns the exit code."""
    default = Config()
    parser = argparse.ArgumentParser(prog="python -m training.dialogue", description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder of the base model (training.base_model)")
    parser.add_argument("--replies", type=Path, nargs="*", help="files of replies; all that there are by default")
    parser.add_argument("--language", default="en", help="of the replies that are learned: what the base model writes")
    parser.add_argument("--out", type=Path, required=True, help="folder for the adapter")
    for name in ("rank", "lowest_layer", "passes", "share", "batch", "learning_rate", "seed"):
        value = getattr(default, name)
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    chosen = parser.parse_args(arguments)
    given = {name: value for name, value in vars(chosen).items() if hasattr(default, name)}
    config = Config(**given)
    try:
        replies = [reply for reply in load(chosen.replies) if reply.brief.language == chosen.language]
    except (OSError, ReplyError) as error:
        print(f"training.dialogue: {error}", file=sys.stderr)
        return 2
    if len(replies) < 2:
        print(f"training.dialogue: there are no replies in {chosen.language!r} to learn from", file=sys.stderr)
        return 2
    torch.manual_seed(config.seed)
    tokenizer = AutoTokenizer.from_pretrained(chosen.model)
    model: Any = AutoModelForCausalLM.from_pretrained(chosen.model, dtype=torch.float32)
    layers = range(min(config.lowest_layer, model.config.num_hidden_layers - 1), model.config.num_hidden_layers)
    lora = LoraConfig(
        r=config.rank,
        lora_alpha=2 * config.rank,
        target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
        layers_to_transform=list(layers),
        task_type="CAUSAL_LM",
    )
    adapted = get_peft_model(model.to("cuda" if torch.cuda.is_available() else "cpu"), lora)
    figures = train(adapted, tokenizer, replies, config, chosen.out)
    adapted.peft_config["default"].base_model_name_or_path = None  # a folder of this machine, of no use elsewhere
    adapted.half().save_pretrained(chosen.out)  # half the size to ship, and nothing that int8 would keep
    told = {"briefs": BRIEFS, "languages": [chosen.language], **asdict(config)}
    (chosen.out / "training.json").write_text(json.dumps({**told, **figures}, indent=1), encoding="utf-8")
    say(1.0, f"held-out perplexity {figures['before']['perplexity']:.2f} -> {figures['after']['perplexity']:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
