"""The dialogue model as ONNX: exported by onnxruntime-genai's builder, compared with torch, and only then published."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime_genai as og
import torch
from numpy.typing import NDArray
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

from domain.artifact import DIALOGUE_FACTS
from export.parity import ParityError, check_tokens
from training import progress

STAGE = "export.dialogue"
say = partial(progress.say, STAGE)
LOGITS_TOLERANCE = 1e-4
"""Largest difference of an fp32 logit from torch's, relative to 1 + its size."""
KL_TOLERANCE = 0.02
"""Largest mean divergence, in nats a token, of what is served from torch."""
BATCH = 4
"""Dialogues that torch reads at once: four of a length take a third of the time of four one by one."""
DOUBLE_UP_TO = 1_000_000_000
"""Models of so many parameters are compared with torch in double precision, so that only one side rounds."""


class ExportError(Exception):
    """The model cannot be exported or must not be published; the message is a sentence for the bot's owner."""


@dataclass(frozen=True, slots=True)
class Precision:
    """How the builder is asked for one kind of export: precision, execution provider, options."""

    name: str
    provider: str
    options: Mapping[str, Any]


# int8 rather than int4: the divergence from torch is about fifty times smaller and decoding as fast. `k_quant` instead
# of the default rounding brings it from .0057 to .0052 on the same replies and takes four times as long.
PRECISIONS: Mapping[str, Precision] = {
    "fp32": Precision("fp32", "cpu", {}),
    "int8": Precision("int8", "cpu", {"algo_config": "default", "block_size": 32, "accuracy_level": 4}),
    "fp16-cuda": Precision("fp16", "cuda", {}),
}
SHARED = {"hf_token": "false"}

HELD_OUT: tuple[tuple[str, ...], ...] = (
    (
        "I loved Heat and Fargo, hated Titanic. Something tense, not too long?",
        "Try The French Connection: a hard crime story with one of the best chases on film, over in less than two "
        "hours. If you want Fargo's black humour instead, Blood Simple is by the same brothers and just as tense.",
    ),
    (
        "hi",
        "Hello! Tell me something that you enjoyed lately, or what you are in the mood for, and I will look for more.",
    ),
    (
        "My kids want a cartoon tonight, any ideas?",
        "The Iron Giant is warm and funny, and grown-ups like it as well. How old are they?",
        "Six and nine. They have seen it.",
        "Then how about My Neighbor Totoro? It is gentle, nothing in it is frightening, and it is short enough for a "
        "school night.",
    ),
    (
        "Something like Alien but less gory",
        "Moon might suit you: a man alone on a lunar base, slow and eerie, with hardly any blood at all.",
    ),
    (
        "I've seen that one",
        "Good to know, I will leave it out. Did you like it?",
        "Not really, too slow for me.",
        "Understood. Something faster, then: Run Lola Run hardly stops for breath in eighty minutes.",
    ),
    (
        "Why do you think I would like that?",
        "Because you liked two other films in which a clever thief plans one last job, and people who liked those tend "
        "to like this one. It is also from the nineties, which you asked for.",
    ),
    (
        "Which of the two is shorter?",
        "The first, by half an hour. Both are crime films, but the second takes its time with the characters.",
    ),
    (
        "I need a good laptop bag, nothing in leather, below 60 dollars",
        "This grey canvas bag fits a fifteen inch computer and costs 45 dollars. People who bought your notebook stand "
        "often choose it, too.",
    ),
    (
        "I finished the beginner course on statistics, what next?",
        "A natural next step is the course on regression: it starts where yours ended, has exercises every week and "
        "takes about twenty hours.",
    ),
    (
        "Can you recommend a romantic comedy from the eighties for date night?",
        "When Harry Met Sally came out in 1989 and is still the one to beat: quick talk, New York in autumn, and two "
        "people who take twelve years to notice the obvious.",
    ),
    (
        "No more war films please",
        "All right, no war films from now on. Would you rather see a mystery or a comedy?",
    ),
    (
        "thanks, that is perfect, bye",
        "You are welcome. Enjoy the evening, and come back to tell me how you liked it!",
    ),
)
"""Short dialogues, person first, that no model here was trained on: where the exported model is compared with torch."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One held-out reply as tokens.

    Attributes:
        tokens: the conversation and its last reply, shape ``[n]``.
        start: the first position whose logits predict the reply.
        logits: torch's, of the positions from `start` to the last but one, shape ``[n - 1 - start, vocabulary]``.
    """

    tokens: NDArray[np.int32]
    start: int
    logits: NDArray[np.float64]


def export(model: Path, out: Path, adapter: Path | None, precision: str) -> dict[str, Any]:
    """Export a model, compare it with torch and put it in place of `out`.

    Args:
        model: folder with config, safetensors, tokenizer and chat template.
        out: replaced as a whole, when everything held.
        adapter: folder of a PEFT adapter that is merged first.
        precision: ``int8`` or ``fp16-cuda``.

    Returns:
        what its `DIALOGUE_FACTS` say.

    Raises:
        ExportError: the builder fails, or the export differs from torch by more than the tolerances, or in its tokens.
    """
    started = time.monotonic()
    if precision == "fp16-cuda" and not torch.cuda.is_available():
        raise ExportError("--precision fp16-cuda needs a GPU with CUDA, and there is none here: use int8")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as name:
        work = Path(name)
        if adapter is not None:
            model = merge(model, adapter, work / "merged")
        say(0.1, f"exporting the dialogue model ({precision})")
        with building(model, work, "fp32") as plain, building(model, work, precision) as served:
            replies = held_out(model)
            wait_for(plain)
            say(0.5, "comparing the fp32 export with torch")
            absolute, relative = logits_difference(replies, work / "fp32")
            wait_for(served)
            shutil.rmtree(work / "fp32")
        texts = compare_tokens(model, work / precision)
        say(0.8, f"comparing the {precision} export with torch")
        divergence = mean_kl(replies, work / precision)
        judge(precision, relative, divergence)
        facts = {
            "precision": precision,
            "logits_max_difference": absolute,
            "logits_max_relative_difference": relative,
            "mean_kl": divergence,
            "texts_of_the_same_tokens": texts,
            "replies": len(replies),
            "tokens": sum(len(reply.logits) for reply in replies),
            "adapter": adapter.name if adapter else None,
            **taught(adapter),
            "seconds": round(time.monotonic() - started, 1),
        }
        (work / precision / DIALOGUE_FACTS).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        if out.exists():
            shutil.rmtree(out)
        os.replace(work / precision, out)
    return facts


def taught(adapter: Path | None) -> dict[str, Any]:
    """What an adapter was trained on, as `training.dialogue` wrote it: the format of briefs, and the languages."""
    try:
        told = json.loads((adapter / "training.json").read_text(encoding="utf-8")) if adapter else {}
    except (OSError, ValueError):
        told = {}
    return {name: told[name] for name in ("briefs", "languages") if name in told}


def merge(model: Path, adapter: Path, out: Path) -> Path:
    """The model with a PEFT adapter's weights added to its own, saved with its tokenizer.

    Raises:
        ExportError: the adapter cannot be read or does not belong to this model.
    """
    from peft import PeftModel

    network = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32)
    try:
        merged = PeftModel.from_pretrained(network, str(adapter)).merge_and_unload()
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        reason = str(error).strip().splitlines()[0]
        raise ExportError(f"the adapter {adapter} does not fit the model {model}: {reason}") from error
    merged.save_pretrained(out)
    AutoTokenizer.from_pretrained(model).save_pretrained(out)
    return out


class building:  # noqa: N801 - reads as what it is: with building(...)
    """A builder's process, started on entering and stopped on leaving."""

    def __init__(self, model: Path, work: Path, precision: str) -> None:
        chosen = PRECISIONS[precision]
        options = [f"{key}={value}" for key, value in {**SHARED, **chosen.options}.items()]
        self.what = f"{precision} export of {model}"
        self.log = work / f"{precision}.log"
        self.command = [sys.executable, "-m", "onnxruntime_genai.models.builder"]
        self.command += ["-i", str(model), "-o", str(work / precision), "-c", str(work / f"{precision}-cache")]
        self.command += ["-p", chosen.name, "-e", chosen.provider, "--extra_options", *options]

    def __enter__(self) -> building:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)  # noqa: S603
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def wait_for(build: building) -> None:
    """Wait until a builder has done its work.

    Raises:
        ExportError: it failed; the last line that it said is in the message.
    """
    if build.process.wait() != 0:
        said = build.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise ExportError(f"the {build.what} failed: {said[-1] if said else f'exit code {build.process.returncode}'}")


def held_out(model: Path) -> list[Reply]:
    """`HELD_OUT` as tokens, with torch's logits of every reply.

    Raises:
        ExportError: torch cannot load the model.
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(model)
        network = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32).requires_grad_(False)
    except (OSError, ValueError, KeyError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ExportError(f"{model} is not a language model that can be loaded: {reason}") from error
    if network.num_parameters() <= DOUBLE_UP_TO:
        network = network.double()
    spoken = sorted((as_tokens(tokenizer, dialogue) for dialogue in HELD_OUT), key=lambda said: len(said[0]))
    batches = (spoken[at : at + BATCH] for at in range(0, len(spoken), BATCH))
    return [reply for batch in batches for reply in torch_replies(network, batch)]


def compare_tokens(model: Path, folder: Path) -> int:
    """Compare the tokenizer beside an export with the model's own; returns on how many texts.

    Raises:
        ExportError: they differ: every reply would be off, whatever the weights are.
    """
    trained, served = AutoTokenizer.from_pretrained(model), og.Tokenizer(str(folder))
    try:
        count = check_tokens(lambda text: trained(text)["input_ids"], served.encode, "model")
        return count + check_chats(trained, served)
    except ParityError as error:
        raise ExportError(f"{error}: nothing was published; try the versions of requirements.lock") from error


def check_chats(trained: Any, served: Any) -> int:
    """Compare what two tokenizers make of the chats of `HELD_OUT`; returns how many there are.

    Raises:
        ParityError: they make different tokens of one.
    """
    for dialogue in HELD_OUT:
        chat = [{"role": ("user", "assistant")[i % 2], "content": text} for i, text in enumerate(dialogue[:-1])]
        tokens = trained.apply_chat_template(chat, add_generation_prompt=True, return_dict=False)
        told = served.encode(served.apply_chat_template(json.dumps(chat), add_generation_prompt=True))
        if list(tokens) != list(told):
            raise ParityError(f"the chat template beside it puts {dialogue[0]!r} otherwise than the model's own")
    return len(HELD_OUT)


def as_tokens(tokenizer: Any, dialogue: Sequence[str]) -> tuple[list[int], int]:
    """A dialogue's tokens by the model's own chat template, and the first position that predicts its last reply."""
    turns = [{"role": ("user", "assistant")[i % 2], "content": text} for i, text in enumerate(dialogue)]
    tokens = tokenizer.apply_chat_template(turns, return_dict=False)
    prompt = tokenizer.apply_chat_template(turns[:-1], add_generation_prompt=True, return_dict=False)
    return tokens, min(len(prompt), len(tokens) - 1) - 1


def torch_replies(network: Any, batch: Sequence[tuple[list[int], int]]) -> list[Reply]:
    """One batch of dialogues with torch's logits; padding stands on the right, where nothing before it can see it."""
    longest = max(len(tokens) for tokens, _ in batch)
    padded = torch.tensor([tokens + [0] * (longest - len(tokens)) for tokens, _ in batch])
    mask = torch.tensor([[1] * len(tokens) + [0] * (longest - len(tokens)) for tokens, _ in batch])
    with torch.inference_mode():
        logits = network(padded, attention_mask=mask).logits.double().numpy()
    return [
        Reply(np.asarray(tokens, dtype=np.int32), start, logits[row, start : len(tokens) - 1])
        for row, (tokens, start) in enumerate(batch)
    ]


def served_logits(replies: Sequence[Reply], folder: Path) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Torch's logits of each reply and those of the runtime that serves, both ``[positions, vocabulary]``."""
    model = og.Model(str(folder))
    for reply in replies:
        params = og.GeneratorParams(model)
        params.set_search_options(max_length=len(reply.tokens) + 1)
        generator = og.Generator(model, params)
        generator.append_tokens(reply.tokens)
        logits = generator.get_output("logits")[0, reply.start : -1]
        yield reply.logits, np.asarray(logits, dtype=np.float64)


def logits_difference(replies: Sequence[Reply], folder: Path) -> tuple[float, float]:
    """Largest ``|ours - torch's|``, and largest ``|ours - torch's| / (1 + |torch's|)``, over all replies."""
    absolute = relative = 0.0
    for theirs, ours in served_logits(replies, folder):
        apart = np.abs(ours - theirs)
        absolute = max(absolute, float(apart.max()))
        relative = max(relative, float((apart / (1 + np.abs(theirs))).max()))
    return absolute, relative


def mean_kl(replies: Sequence[Reply], folder: Path) -> float:
    """Mean over the replies' positions of KL(p_torch || p_ours) = Σ p_torch (log p_torch - log p_ours), in nats."""
    found = [
        torch.nn.functional.kl_div(
            torch.log_softmax(torch.from_numpy(ours), -1),
            torch.log_softmax(torch.from_numpy(theirs), -1),
            reduction="none",
            log_target=True,
        ).sum(-1)
        for theirs, ours in served_logits(replies, folder)
    ]
    return float(torch.cat(found).mean())


def judge(precision: str, relative: float, divergence: float) -> None:
    """Let through what agrees with torch.

    Raises:
        ExportError: it does not; both figures and limits are in the message.
    """
    # Written so that a figure that is not a number does not pass.
    if not relative <= LOGITS_TOLERANCE:
        raise ExportError(
            f"the fp32 export's logits differ from torch's by {relative:.1e}, more than {LOGITS_TOLERANCE:.0e}: "
            "nothing was published"
        )
    if not divergence <= KL_TOLERANCE:
        raise ExportError(
            f"the {precision} export's mean KL to torch is {divergence:.4f}, more than {KL_TOLERANCE}: "
            "nothing was published; try another --precision or base model"
        )


def main(arguments: list[str] | None = None) -> int:
    """Export a dialogue model to ONNX; nothing is published that differs from torch."""
    parser = argparse.ArgumentParser(prog="python -m export.dialogue", description=main.__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder of the torch model")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--adapter", type=Path, help="folder of a PEFT adapter that is merged first")
    parser.add_argument("--precision", choices=("int8", "fp16-cuda"), default="int8")
    chosen = parser.parse_args(arguments)
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        facts = export(chosen.model, chosen.out, chosen.adapter, chosen.precision)
    except ExportError as error:
        print(error, file=sys.stderr)
        return 2
    say(
        1,
        f"dialogue model: fp32 logits within {facts['logits_max_difference']:.1e} of torch, {chosen.precision} mean KL "
        f"{facts['mean_kl']:.4f} over {facts['tokens']} tokens of {facts['replies']} held-out replies",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
