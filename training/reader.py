"""The reader: the multilingual encoder, fine-tuned, and heads for all that a frame holds, trained together.

It learns from the annotated messages under `training/reader`, from real ones where their data sets are at hand
(`training.real`), and from `training/trouble` what a cry for help is. What it reads is a code of the bot's last reply
and the message, nothing else: no feature is made by a rule.

What fine-tuning changes is kept on one bit a weight and a scale a row (BitDelta: Liu et al., NeurIPS 2024), and the
last part of the training is done with such bits, so that all weights may move and what they learned fits into 3 MB.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits as binary
from torch.nn.functional import cross_entropy, linear
from torch.utils.data import DataLoader, Dataset
from transformers import BertModel

from domain.artifact import ENCODER_TOKENIZER, READER_TOKENS, READER_WEIGHTS
from domain.frame import Act, Frame, Kind, LastPlan
from domain.reading import ACTS, FLAGS, KINDS, LANGUAGES, OF_PIECES, ROLES, SIZES, TOPICS, Reading, frame, trimmed
from training import knowledge, progress, real
from training.annotation import FOLDER, Annotated, load
from training.base_encoder import prepare
from training.variation import Variation
from training.wheels import SetUpError, default_data

STAGE = "training.reader"
say = partial(progress.say, STAGE)
SCALE = ".scale"
SHIPPED = Path(__file__).parent.parent / "weights" / "reader"
CRIES = Path(__file__).parent / "trouble"
CRIES_LEARNED = 0.4
"""Of the cries for help, and of what only sounds so, such a share is learned from in each pass."""
WORKERS = 4
"""Processes that make batches for a GPU."""
LANGUAGE_WEIGHT = 0.3
"""Of the language's loss beside the others."""
HELD_OUT = 20
"""One message of so many is kept to look at while training is tried."""
IGNORED = -100
LITTLE_DROPOUT: Mapping[str, Any] = {"hidden_dropout_prob": 0.06, "attention_probs_dropout_prob": 0.06}
"""With the usual tenth, an encoder so small hardly fits the messages that it learns from."""
TO_BITS = (0.35, 0.6)
"""From and up to such a share of the training, the differences turn into bits."""
POSITIONS = "encoder.embeddings.position_embeddings.weight"
BITS, ROW_SCALE = ".bits", ".row_scale"

Names = Mapping[Kind, Sequence[str]]


@dataclass(frozen=True)
class Config:
    """How it is trained.

    Attributes:
        learning_rate: of the encoder, at its highest.
        head_rate: of the heads.
        dropout: of hidden states before the heads.
        epochs, batch: passes over all messages, messages a step.
        agreement: weight of what two readings of a message differ by, with other parts dropped (R-Drop: Liang et al.,
            NeurIPS 2021); 0 reads each message once.
        seed: of everything random.
    """

    learning_rate: float = 3e-4
    head_rate: float = 2e-3
    dropout: float = 0.1
    epochs: int = 15
    batch: int = 32
    agreement: float = 1.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Lesson:
    """A message to learn from; of a cry for help, or what is none, nothing but that is known."""

    message: Annotated
    trouble_only: bool = False


class Tuned(nn.Module):
    """A linear layer whose weights are frozen ones and a difference, which turns into one bit a weight while it learns.

    A bit says which way a weight moves, the mean size of its row's differences how far: ``W + s sign(D)``. Gradients
    pass to D as if there were no bits (straight-through: Bengio et al., 2013).
    """

    frozen: Tensor

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.register_buffer("frozen", linear.weight.detach().clone(), persistent=False)
        self.difference = nn.Parameter(torch.zeros_like(linear.weight))
        self.bias = nn.Parameter(linear.bias.detach().clone())
        self.share = 1.0
        """Of the bits beside the difference itself."""

    def bits(self) -> Tensor:
        """The difference on one bit a weight ``[out, in]``."""
        return self.difference.abs().mean(1, keepdim=True) * torch.where(self.difference >= 0, 1.0, -1.0)

    def forward(self, x: Tensor) -> Tensor:
        """``[..., in]`` -> ``[..., out]``."""
        change: Tensor = self.difference
        if self.share:
            change = change + self.share * (self.bits() - change).detach()
        return linear(x, self.frozen + change, self.bias)

    def merged(self) -> nn.Linear:
        """The plain layer that does the same, with bits."""
        plain = nn.Linear(self.frozen.shape[1], self.frozen.shape[0])
        plain.load_state_dict({"weight": self.frozen + self.bits(), "bias": self.bias})
        return plain


class Network(nn.Module):
    """The encoder with a linear head for each output of `SIZES`."""

    def __init__(self, encoder: nn.Module, width: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.ModuleDict(
            {name: nn.Linear(width if name in OF_PIECES else 2 * width, size) for name, size in SIZES.items()}
        )

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        """Token ids and mask ``[b, n]`` -> the logits of `SIZES` in order: ``[b, n, size]`` or ``[b, size]``."""
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask[..., None].to(hidden.dtype)
        mean = (hidden * weight).sum(1) / weight.sum(1)
        whole = self.dropout(torch.cat([hidden[:, 0], mean], dim=-1))[:, None]  # [b, 1, ·]: a MatMul when exported
        pieces = self.dropout(hidden)
        return tuple(head(pieces) if name in OF_PIECES else head(whole)[:, 0] for name, head in self.heads.items())


class Pieces:
    """Messages as token ids: the code of the last plan, then the message."""

    def __init__(self, tokenizer: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(READER_TOKENS, strategy="only_second")
        self._tokenizer.no_padding()

    def __call__(self, after: LastPlan, text: str) -> tuple[list[int], list[tuple[int, int]], int]:
        """Ids, places of the message's pieces in code points, and how many ids come before these."""
        found = self._tokenizer.encode(str(after), text)
        inside = [at for at, of in enumerate(found.sequence_ids) if of == 1]
        return found.ids, [trimmed(text, found.offsets[at]) for at in inside], inside[0] if inside else len(found.ids)


def labels(message: Annotated, places: Sequence[tuple[int, int]]) -> dict[str, list[int]]:
    """What each piece should be told to be, by output; `IGNORED` where there is nothing to say."""
    n = len(places)
    wanted = {"tags": [0] * n, **{name: [IGNORED] * n for name in ("roles", "theirs", "topics")}}
    for mention in message.frame.mentions:
        inside = [at for at, (a, b) in enumerate(places) if a < mention.end and mention.start < b]
        for at in inside:
            wanted["tags"][at] = 1 + 2 * KINDS.index(mention.kind) + (at != inside[0])
            if mention.topic:
                wanted["topics"][at] = TOPICS.index(mention.topic)
            elif mention.role and mention.kind is not Kind.COUNT:
                wanted["roles"][at], wanted["theirs"][at] = ROLES.index(mention.role), int(mention.theirs)
    return wanted


def loss_of(outputs: Sequence[Tensor], batch: Mapping[str, Tensor]) -> Tensor:
    """The sum of: cross-entropies of tags, roles, topics and language; binary ones of theirs, acts and flags."""
    by_name = dict(zip(SIZES, outputs, strict=True))
    total = _classified(by_name["languages"], batch["languages"]) * LANGUAGE_WEIGHT
    for name in ("tags", "roles", "topics"):
        total = total + _classified(by_name[name].flatten(0, 1), batch[name].flatten())
    known = (batch["theirs"] != IGNORED).float()
    theirs = binary(by_name["theirs"][..., 0], batch["theirs"].clamp(0).float(), reduction="none")
    total = total + (theirs * known).sum() / known.sum().clamp(1)
    for name in ("acts", "flags"):
        weight = batch[f"{name}_known"]
        total = total + (binary(by_name[name], batch[name], reduction="none") * weight).sum() / weight.sum().clamp(1)
    return total


def _classified(logits: Tensor, wanted: Tensor) -> Tensor:
    """Cross-entropy over what is not `IGNORED`; 0 where all is, with no look at the device's memory."""
    total = cross_entropy(logits, wanted, ignore_index=IGNORED, reduction="sum")
    return total / (wanted != IGNORED).sum().clamp(1)


def difference(outputs: Sequence[Tensor], batch: Mapping[str, Tensor]) -> Tensor:
    """How far the second half of a batch is read otherwise than the first, of the same messages.

    Half the sum of both Kullback-Leibler divergences: of tags, roles and topics where they are known, of acts, flags.
    """
    total = outputs[0].new_zeros(())
    half = len(batch["ids"]) // 2
    for name, output in zip(SIZES, outputs, strict=True):
        one, other = output[:half], output[half:]
        if name in ("tags", "roles", "topics"):
            p, q = one.log_softmax(-1), other.log_softmax(-1)
            known = batch[name][:half] != IGNORED
            apart = ((p.exp() - q.exp()) * (p - q)).sum(-1)
            total = total + (apart * known).sum() / known.sum().clamp(1) / 2
        elif name in ("acts", "flags"):
            total = total + ((one.sigmoid() - other.sigmoid()) * (one - other)).mean() / 2
    return total


def collate(lessons: Sequence[Lesson], pieces: Pieces) -> dict[str, Tensor]:
    """A batch: ids and mask ``[b, n]``, what is wanted of every output, and which acts and flags are known."""
    rows = [pieces(lesson.message.after, lesson.message.text) for lesson in lessons]
    longest = max(len(ids) for ids, _, _ in rows)
    b = len(rows)
    batch = {
        "ids": torch.ones((b, longest), dtype=torch.int64),
        "mask": torch.zeros((b, longest), dtype=torch.int64),
        **{name: torch.full((b, longest), IGNORED) for name in OF_PIECES},
        "acts": torch.zeros((b, len(ACTS))),
        "flags": torch.zeros((b, len(FLAGS))),
        "acts_known": torch.ones((b, len(ACTS))),
        "flags_known": torch.ones((b, len(FLAGS))),
        "languages": torch.full((b,), IGNORED),
    }
    for row, (lesson, (ids, places, before)) in enumerate(zip(lessons, rows, strict=True)):
        batch["ids"][row, : len(ids)] = torch.tensor(ids)
        batch["mask"][row, : len(ids)] = 1
        told = lesson.message.frame
        for act in told.acts:
            batch["acts"][row, ACTS.index(act)] = 1
        for flag in told.flags:
            batch["flags"][row, FLAGS.index(flag)] = 1
        batch["languages"][row] = LANGUAGES.index(told.language if told.language in LANGUAGES else "xx")
        if lesson.trouble_only:
            batch["flags_known"][row] = 0
            batch["acts_known"][row] = torch.tensor([float(act is Act.TROUBLE) for act in ACTS])
            continue
        for name, wanted in labels(lesson.message, places).items():
            batch[name][row, before : before + len(places)] = torch.tensor(wanted)
    return batch


def names() -> Names:
    """Titles, in any language, and people of the default films."""
    titles, people = set[str](), set[str]()
    for record in knowledge.load():
        titles.update((str(record.facts["title"]), *knowledge.names(record)))
        people.update((*record.facts.get("director", ()), *record.facts.get("cast", ())))
    return {Kind.TITLE: sorted(titles), Kind.PERSON: sorted(people)}


def cries(folder: Path = CRIES) -> Iterator[Lesson]:
    """Cries for help and what only sounds so."""
    for name, acts in (("cries", frozenset({Act.TROUBLE})), ("ordinary", frozenset[Act]())):
        for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            told = Frame(acts, (), frozenset(), row["language"])
            yield Lesson(Annotated(row["text"], told, LastPlan(), "any", name), trouble_only=True)


def is_held_out(message: Annotated) -> bool:
    """Whether a message is one of those kept to look at."""
    return zlib.crc32(message.text.encode()) % HELD_OUT == 0


class Batches(Dataset[dict[str, Tensor]]):
    """One pass: all lessons in random batches of like length, each message in a variation of its own.

    What a batch holds follows from the seed, the pass and its number, whichever process makes it.
    """

    def __init__(self, lessons: Sequence[Lesson], pieces: Pieces, names: Names, config: Config, epoch: int) -> None:
        chance = random.Random(f"{config.seed} {epoch}")  # noqa: S311
        taken = [x for x in lessons if not x.trouble_only or chance.random() < CRIES_LEARNED]
        order = sorted(chance.sample(taken, len(taken)), key=lambda lesson: len(lesson.message.text.encode()))
        groups = [order[at : at + config.batch] for at in range(0, len(order), config.batch)]
        self._groups = chance.sample(groups, len(groups))
        self._pieces = pieces
        self._names = names
        self._twice = config.agreement > 0
        self._seed = f"{config.seed} {epoch}"

    def __len__(self) -> int:
        return len(self._groups)

    def __getitem__(self, at: int) -> dict[str, Tensor]:
        vary = Variation(self._names, random.Random(f"{self._seed} {at}"))  # noqa: S311
        varied = [replace(lesson, message=vary(lesson.message)) for lesson in self._groups[at]]
        return collate([*varied, *varied] if self._twice else varied, self._pieces)


def tuned(raw: Path, dropout: float = 0.0, **options: Any) -> Network:
    """The encoder of a folder with differences to learn, and heads; options are those of `BertModel.from_pretrained`.

    The vectors of its pieces stay as they are.
    """
    encoder = BertModel.from_pretrained(raw, add_pooling_layer=False, **options)
    for parent, name, layer in list(_layers(encoder, nn.Linear)):
        setattr(parent, name, Tuned(layer))
    encoder.embeddings.word_embeddings.weight.requires_grad = False
    return Network(encoder, int(encoder.config.hidden_size), dropout)


def merge(network: Network) -> Network:
    """The same network, of plain layers."""
    for parent, name, layer in list(_layers(network.encoder, Tuned)):
        setattr(parent, name, layer.merged())
    return network.eval()


def _layers(encoder: nn.Module, kind: type[Any]) -> Iterator[tuple[nn.Module, str, Any]]:
    """Layers of a kind, with what they are part of, and their names in it."""
    for path, layer in encoder.named_modules():
        if isinstance(layer, kind):
            parent, _, name = path.rpartition(".")
            yield encoder.get_submodule(parent), name, layer


def fit(
    raw: Path, lessons: Sequence[Lesson], config: Config, checkpoint: Path | None = None, begin: Path | None = None
) -> Network:
    """Train encoder and heads, on a GPU where there is one.

    Args:
        raw: folder of the encoder, as `training.base_encoder.prepare` wrote it.
        lessons: what is learned from.
        config: how.
        checkpoint: where the weights are written after every pass.
        begin: weights to go on from, as they were written.
    """
    torch.manual_seed(config.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = tuned(raw, config.dropout, **LITTLE_DROPOUT)
    if begin:
        restore(network, begin)
    network.to(device)
    learning = [p for p in network.encoder.parameters() if p.requires_grad]
    groups: list[dict[str, Any]] = [{"params": learning}, {"params": list(network.heads.parameters())}]
    layers = [layer for _, _, layer in _layers(network.encoder, Tuned)]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    pieces, known = Pieces(raw / ENCODER_TOKENIZER), names()
    passes = [Batches(lessons, pieces, known, config, epoch) for epoch in range(config.epochs)]
    steps = sum(map(len, passes))
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [config.learning_rate, config.head_rate], total_steps=steps, pct_start=0.1
    )
    done = 0
    for epoch, one in enumerate(passes, 1):
        network.train()
        for batch in DataLoader(one, batch_size=None, num_workers=WORKERS if device.type == "cuda" else 0):
            for layer in layers:
                layer.share = _share_of_bits(done / steps)
            batch = {name: tensor.to(device, non_blocking=True) for name, tensor in batch.items()}
            with torch.autocast(device.type, dtype=torch.bfloat16):
                outputs = network(batch["ids"], batch["mask"])
            outputs = [output.float() for output in outputs]
            loss = loss_of(outputs, batch)
            if config.agreement:
                # Asked for from the first step on, readings agree by saying nothing at all.
                loss = loss + config.agreement * min(1.0, done / steps / TO_BITS[0]) * difference(outputs, batch)
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(learning, 1.0)
            optimizer.step()
            schedule.step()
            done += 1
            if done % 20 == 0:
                say(done / steps, f"pass {epoch} of {config.epochs}, loss {loss.item():.3f}")
        if checkpoint:
            write(network, checkpoint)
    return network.cpu().eval()


def _share_of_bits(done: float) -> float:
    """How far the differences have turned into bits at such a share of the training."""
    begin, end = TO_BITS
    return min(1.0, max(0.0, (done - begin) / (end - begin)))


@torch.no_grad()
def read(network: Network, pieces: Pieces, after: LastPlan, text: str) -> Reading:
    """A message as the network scores it."""
    ids, places, before = pieces(after, text)
    outputs = network(torch.tensor([ids]), torch.ones((1, len(ids)), dtype=torch.int64))
    logits = {}
    for name, output in zip(SIZES, outputs, strict=True):
        rows = output[0].float().numpy()
        logits[name] = rows[before : before + len(places)] if name in OF_PIECES else rows
    return Reading(text, places, logits)


def f1(hits: int, found: int, annotated: int) -> float:
    """Harmonic mean of precision and recall; 1 where there is nothing to find and nothing was found."""
    return 2 * hits / (found + annotated) if found + annotated else 1.0


def scored(pairs: Sequence[tuple[Frame, Frame]]) -> dict[str, float]:
    """Micro-F1 of (annotated, read) frames: acts, mentions by kind, with role, questions with topic, flags."""
    counts: dict[str, Counter[str]] = {}
    for annotated, found in pairs:
        for name, view in VIEWS.items():
            a, b = view(annotated), view(found)  # type: ignore[no-untyped-call]
            counts.setdefault(name, Counter()).update(hits=len(a & b), found=len(b), annotated=len(a))
    return {name: f1(c["hits"], c["found"], c["annotated"]) for name, c in counts.items()}


VIEWS = {
    "acts": lambda f: set(f.acts),
    "kinds": lambda f: {(m.start, m.end, m.kind) for m in f.mentions if m.kind is not Kind.QUESTION},
    "roles": lambda f: {(m.start, m.end, m.kind, m.role) for m in f.mentions if m.kind is not Kind.QUESTION},
    "theirs": lambda f: {(m.start, m.end) for m in f.mentions if m.theirs},
    "questions": lambda f: {m.topic for m in f.mentions if m.topic},
    "flags": lambda f: set(f.flags),
}
"""What of two frames is compared."""


def write(network: Network, out: Path) -> None:
    """Differences on one bit; positions and heads on int8, a scale a row; all else that was learned in half precision.

    Of the positions, those that a message can have.
    """
    out.mkdir(parents=True, exist_ok=True)
    small = {}
    for name, tensor in network.state_dict().items():
        stem = name.removesuffix(".difference")
        if stem != name:
            small[stem + BITS] = torch.from_numpy(np.packbits((tensor >= 0).cpu().numpy()))
            small[stem + ROW_SCALE] = tensor.abs().mean(1).half()
        elif name == POSITIONS or (name.startswith("heads.") and tensor.ndim > 1):
            rows = tensor[:READER_TOKENS]
            scale = rows.abs().amax(1, keepdim=True).clamp(1e-8) / 127
            small[name] = (rows / scale).round().to(torch.int8)
            small[name + SCALE] = scale.half()
        elif "word_embeddings" not in name:
            small[name] = tensor.half()
    save_file({name: tensor.contiguous().cpu() for name, tensor in small.items()}, out / READER_WEIGHTS)


def restore(network: Network, folder: Path) -> None:
    """Load what `write` wrote.

    Raises:
        ValueError: it was written of another network.
    """
    small, state = load_file(folder / READER_WEIGHTS), network.state_dict()
    for name, tensor in small.items():
        if name.endswith(BITS):
            stem = name.removesuffix(BITS)
            whole = state.get(f"{stem}.difference")
            if whole is None:
                raise ValueError(f"{folder} holds another reader")
            signs = np.unpackbits(tensor.numpy(), count=whole.numel()).reshape(whole.shape) * 2.0 - 1
            state[f"{stem}.difference"] = torch.from_numpy(signs).float() * small[stem + ROW_SCALE].float()[:, None]
        elif not name.endswith((SCALE, ROW_SCALE)):
            if name not in state or state[name].shape[1:] != tensor.shape[1:]:
                raise ValueError(f"{folder} holds another reader")
            known = tensor.float() * small.get(name + SCALE, torch.ones(())).float()
            state[name] = torch.cat([known, state[name][len(known) :]])
    network.load_state_dict(state)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where the encoder cannot be had."""
    parser = argparse.ArgumentParser(prog=f"python -m {STAGE}", description=__doc__)
    parser.add_argument("--messages", type=Path, default=FOLDER, help="folder of annotated messages")
    parser.add_argument("--real", type=Path, default=real.DATA, help="folder of the data sets of `training.real`")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--data", type=Path, default=default_data(), help="where what is fetched is kept")
    parser.add_argument("--epochs", type=int, default=Config.epochs)
    parser.add_argument("--begin", type=Path, help="go on from what was written into this folder")
    parser.add_argument("--try", dest="tried", action="store_true", help="hold a twentieth out and print its figures")
    chosen = parser.parse_args(arguments)
    config = Config(epochs=chosen.epochs)
    messages = [*load(sorted(chosen.messages.glob("*.txt"))), *real.messages(folder=chosen.real)]
    kept = [m for m in messages if is_held_out(m)] if chosen.tried else []
    lessons = [Lesson(m) for m in messages if not (chosen.tried and is_held_out(m))]
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder)
        try:
            prepare(chosen.data, raw, knowledge.texts())
        except SetUpError as error:
            print(error, file=sys.stderr)
            return 2
        say(0.01, f"{len(lessons)} messages to learn from, {asdict(config)}")
        network = fit(raw, [*lessons, *cries()], config, chosen.out, chosen.begin)
        pieces = Pieces(raw / ENCODER_TOKENIZER)
        if kept:
            pairs = [(m.frame, frame(read(network, pieces, m.after, m.text))) for m in kept]
            print(len(kept), {name: round(value, 3) for name, value in scored(pairs).items()})
    write(network, chosen.out)
    print(f"{len(lessons)} messages -> {chosen.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
