"""Fine-tunes the dialogue model: a LoRA adapter that turns briefs into replies, by cross-entropy on the replies alone.

`python -m training.dialogue --model BASE --catalog catalog.json --out DIR`. Knows nothing of people: what it learns
from is written by a grammar over catalogue facts (training.corpus), and no message of a person is in it.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from torch.nn.functional import cross_entropy
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm
from transformers import AutoModelForCausalLM, AutoTokenizer

from domain.catalog import Catalog, CatalogError
from domain.prompt import END, render
from training import progress
from training.corpus import Example, examples

IGNORED = -100


STAGE = "training.dialogue"
say = partial(progress.say, STAGE)


@dataclass(frozen=True)
class Config:
    """What makes an adapter; the defaults made the one under weights/."""

    rank: int = 8
    lowest_layer: int = 12  # layers below it stay as they are: half of the backward pass is saved
    examples: int = 2400
    held_out: int = 32
    batch: int = 8
    learning_rate: float = 2e-3
    warmup: int = 10
    seed: int = 0


@dataclass(frozen=True)
class HeldOut:
    """How well replies that were not trained on are foreseen."""

    perplexity: float  # e ^ (cross-entropy a token)
    bits_per_byte: float  # cross-entropy in bits / bytes of the replies


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


def encode(example: Example, tokenizer: Any) -> tuple[list[int], int]:
    """Token ids of prompt and reply, and how many of them are prompt."""
    prompt = tokenizer(render(example.brief), add_special_tokens=False)["input_ids"]
    return prompt + tokenizer(example.reply + END, add_special_tokens=False)["input_ids"], len(prompt)


def collate(rows: Sequence[tuple[list[int], int]], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows of different lengths as ids and labels ``[B, T]``, padded on the right."""
    width = max(len(ids) for ids, _ in rows)
    ids = torch.full((len(rows), width), pad)
    labels = torch.full((len(rows), width), IGNORED)
    for row, (tokens, prompt) in enumerate(rows):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        labels[row, prompt : len(tokens)] = torch.tensor(tokens[prompt:])
    return ids, labels


def batches(rows: Sequence[tuple[list[int], int]], config: Config) -> Iterator[Sequence[tuple[list[int], int]]]:
    """Batches of like length, in random order: little of a step is padding."""
    generator = torch.Generator().manual_seed(config.seed)
    order = sorted(range(len(rows)), key=lambda i: len(rows[i][0]))
    groups = [order[i : i + config.batch] for i in range(0, len(order), config.batch)]
    for at in torch.randperm(len(groups), generator=generator).tolist():
        yield [rows[i] for i in groups[at]]


@torch.no_grad()
def held_out(model: Any, rows: Sequence[tuple[list[int], int]], texts: Sequence[str], pad: int, batch: int) -> HeldOut:
    """Measure on replies that were not trained on."""
    model.eval()
    loss, count = 0.0, 0
    for at in range(0, len(rows), batch):
        ids, labels = collate(rows[at : at + batch], pad)
        loss += float(reply_loss(model, ids, labels))
        count += int((labels != IGNORED).sum())
    model.train()
    return HeldOut(math.exp(loss / count), loss / math.log(2) / sum(len(text.encode()) for text in texts))


def train(model: Any, tokenizer: Any, drawn: Sequence[Example], config: Config, out: Path) -> dict[str, Any]:
    """Train the adapter of a PEFT model; returns the figures before and after."""
    pad = tokenizer.pad_token_id or tokenizer.eos_token_id
    rows = [encode(example, tokenizer) for example in drawn]
    test, texts = rows[: config.held_out], [example.reply for example in drawn[: config.held_out]]
    figures = {"before": asdict(held_out(model, test, texts, pad, config.batch))}
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=config.learning_rate, weight_decay=0.0)
    steps = math.ceil((len(rows) - config.held_out) / config.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / config.warmup) * 0.5 * (1 + math.cos(math.pi * step / steps))
    )
    started = time.monotonic()
    with SummaryWriter(f"runs/dialogue-{config.seed}") as board:
        progress = tqdm(batches(rows[config.held_out :], config), total=steps, file=sys.stderr, mininterval=5)
        for step, batch in enumerate(progress):
            ids, labels = collate(batch, pad)
            # Without matrix instructions for bfloat16, a CPU is four times slower with it than without.
            with torch.autocast("cuda", torch.bfloat16, enabled=torch.cuda.is_available()):
                loss = reply_loss(model, ids.to(model.device), labels.to(model.device)) / (labels != IGNORED).sum()
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
            board.add_scalar("loss/reply", loss.item(), step)
            if step % 10 == 0:
                say((step + 1) / steps, f"step {step + 1} of {steps}, loss {loss.item():.3f}")
            if step % 50 == 49:
                model.save_pretrained(out)  # what a stopped training leaves
    figures["after"] = asdict(held_out(model, test, texts, pad, config.batch))
    return {**figures, "steps": steps, "seconds": round(time.monotonic() - started, 1)}


def main(arguments: list[str] | None = None) -> int:
    """Train and save an adapter; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.dialogue", description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder of the base model (training.base_model)")
    parser.add_argument("--catalog", type=Path, required=True, help="catalog.json of the domain")
    parser.add_argument("--out", type=Path, required=True, help="folder for the adapter")
    parser.add_argument("--examples", type=int, default=Config.examples)
    parser.add_argument("--seed", type=int, default=Config.seed)
    options = parser.parse_args(arguments)
    config = Config(examples=options.examples, seed=options.seed)
    try:
        catalog = Catalog.load(options.catalog)
    except CatalogError as error:
        print(f"training.dialogue: {error}", file=sys.stderr)
        return 2
    torch.manual_seed(config.seed)
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    model: Any = AutoModelForCausalLM.from_pretrained(options.model, dtype=torch.float32)
    layers = range(min(config.lowest_layer, model.config.num_hidden_layers - 1), model.config.num_hidden_layers)
    lora = LoraConfig(
        r=config.rank,
        lora_alpha=2 * config.rank,
        target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
        layers_to_transform=list(layers),
        task_type="CAUSAL_LM",
    )
    adapted = get_peft_model(model.to("cuda" if torch.cuda.is_available() else "cpu"), lora)
    figures = train(
        adapted, tokenizer, examples(catalog, config.examples + config.held_out, config.seed), config, options.out
    )
    adapted.peft_config["default"].base_model_name_or_path = None  # a folder of this machine, of no use elsewhere
    adapted.half().save_pretrained(options.out)  # half the size to ship, and nothing that int8 would keep
    told = {"noun": catalog.vocabulary.noun[0], **asdict(config)}
    (options.out / "training.json").write_text(json.dumps({**told, **figures}, indent=1), encoding="utf-8")
    say(1.0, f"held-out perplexity {figures['before']['perplexity']:.2f} -> {figures['after']['perplexity']:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
