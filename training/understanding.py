"""How messages are read: an adapter (LoRA) of the sentence encoder, and the weights of `domain.meaning` above it.

Both learn together from what `benchmarks.lessons` writes: annotated messages and ReDial's titles, each with what is
asked of it when it is served, what the rules read, and what was annotated.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from peft import LoraConfig, get_peft_model
from safetensors.numpy import save_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize
from tqdm import tqdm
from transformers import AutoModel, AutoTokenizer

from domain.artifact import ENCODER_ADAPTER, ENCODER_HEADS, ENCODER_TOKENS
from domain.meaning import BEFORE, BIAS, CLUES, HEARD, INTENT, INTENTS, LIKING, MEANING, POLARITIES, TITLE, WISH, Vector
from training.wheels import SetUpError, default_data, minilm

CLASSES = {TITLE: 2, INTENT: len(INTENTS), WISH: len(POLARITIES), LIKING: len(POLARITIES)}
SHIPPED = Path(__file__).parent.parent / "weights" / "understanding"
SCALE = 4.0
"""What meaning is multiplied by before it is weighed: vectors of length 1 say little by each number."""
FOLDS = 5
"""One message of so many is held out where the fit is measured."""


@dataclass(frozen=True)
class Config:
    """How both are trained.

    Attributes:
        rank: of the adapter.
        learning_rate: of the adapter, at its highest.
        head_rate: of the weights above it.
        dropout: of meaning before it is weighed.
        epochs, batch: passes over all lessons, lessons a step.
        seed: of everything random.
    """

    rank: int = 8
    learning_rate: float = 1e-3
    head_rate: float = 3e-3
    dropout: float = 0.1
    epochs: int = 5
    batch: int = 32
    seed: int = 0


@dataclass(frozen=True)
class Question:
    """What one model is asked of a text.

    Attributes:
        model: `TITLE`, `INTENT`, `WISH` or `LIKING`.
        place: of the words in question, in code points; of `INTENT`, the whole text.
        clues: what was read.
        truth: index of the class that was annotated.
    """

    model: str
    place: tuple[int, int]
    clues: tuple[float, ...]
    truth: int


@dataclass(frozen=True)
class Lesson:
    """A text, what is asked of it, and the text before it; several may be of one message."""

    message: int
    text: str
    before: str
    questions: tuple[Question, ...]


Answers = dict[str, tuple[Tensor, Tensor]]
"""Of each model: logits ``[questions, classes]`` and what was annotated, int64 ``[questions]``."""


def read(lines: Iterable[str]) -> Iterator[Lesson]:
    """The lessons of a file of JSON lines."""
    for line in filter(str.strip, lines):
        row = json.loads(line)
        questions = (Question(q["model"], tuple(q["place"]), tuple(q["clues"]), q["truth"]) for q in row["questions"])
        yield Lesson(row["message"], row["text"], row["before"], tuple(questions))


class Head(nn.Module):
    """Logits of one model, from what words mean ``[questions, width]`` and clues ``[questions, clues]``."""

    def __init__(self, width: int, clues: int, classes: int, dropout: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.meaning = nn.Linear(width, classes)
        self.clues = nn.Linear(clues, classes, bias=False)
        for part in (self.meaning, self.clues):
            nn.init.zeros_(part.weight)

    def forward(self, meaning: Tensor, clues: Tensor) -> Tensor:
        """See the class."""
        logits: Tensor = self.meaning(self.dropout(SCALE * meaning)) + self.clues(clues)
        return logits


class Reader(nn.Module):
    """The encoder with a head for each model; answers as what is served does."""

    def __init__(self, encoder: nn.Module, tokenizer: Any, clues: dict[str, int], dropout: float) -> None:
        super().__init__()
        self.encoder = encoder
        self.tokenizer = tokenizer
        self.width = int(encoder.config.hidden_size)  # type: ignore[union-attr, arg-type]
        widths = {model: self.width * (2 if model == INTENT else 1) for model in clues}
        self.heads = nn.ModuleDict({m: Head(widths[m], clues[m], CLASSES[m], dropout) for m in clues})

    def forward(self, lessons: Sequence[Lesson]) -> Answers:
        """The logits of all questions of some lessons."""
        hidden, mask, places = self._hidden([lesson.text for lesson in lessons])
        whole = _direction((hidden * mask[..., None]).sum(1))  # (lessons, width)
        asked = [(at, q) for at, lesson in enumerate(lessons) for q in lesson.questions]
        answers: Answers = {}
        guessed: dict[int, int] = {}
        intents = [(at, q) for at, q in asked if q.model == INTENT]
        if intents:
            rows = [at for at, _ in intents]
            meaning = torch.cat([whole[rows], self._before([lessons[at].before for at in rows])], dim=1)
            answers[INTENT] = self._answer(INTENT, meaning, [q.clues for _, q in intents], [q for _, q in intents])
            guessed = dict(zip(rows, answers[INTENT][0].argmax(1).tolist(), strict=True))
        for model in (TITLE, WISH, LIKING):
            questions = [(at, q) for at, q in asked if q.model == model]
            if questions:
                inside = [_inside(places[at], q.place) for at, q in questions]
                words = [
                    _direction(hidden[at][here].sum(0)) if here.any() else whole[at]
                    for (at, _), here in zip(questions, inside, strict=True)
                ]
                clues = [q.clues if model == TITLE else _as_heard(q.clues, guessed.get(at)) for at, q in questions]
                answers[model] = self._answer(model, torch.stack(words), clues, [q for _, q in questions])
        return answers

    def _answer(
        self, model: str, meaning: Tensor, clues: Sequence[Sequence[float]], questions: Sequence[Question]
    ) -> tuple[Tensor, Tensor]:
        return self.heads[model](meaning, torch.tensor(clues)), torch.tensor([q.truth for q in questions])

    def _hidden(self, texts: Sequence[str]) -> tuple[Tensor, Tensor, Tensor]:
        """Hidden states ``[texts, tokens, width]``, mask ``[texts, tokens]``, places ``[texts, tokens, 2]``."""
        batch = self.tokenizer(
            list(texts), padding=True, truncation=True, max_length=ENCODER_TOKENS, return_tensors="pt",
            return_offsets_mapping=True,
        )  # fmt: skip
        ids, mask = batch["input_ids"], batch["attention_mask"]
        return self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state, mask, batch["offset_mapping"]

    @torch.no_grad()
    def _before(self, texts: Sequence[str]) -> Tensor:
        """What the messages before mean, ``[texts, width]``; zeros where there are none."""
        found = torch.zeros(len(texts), self.width)
        told = [at for at, text in enumerate(texts) if text]
        if told:
            hidden, mask, _ = self._hidden([texts[at] for at in told])
            found[told] = _direction((hidden * mask[..., None]).sum(1))
        return found

    def weights(self) -> dict[str, Vector]:
        """The tensors of `domain.meaning.MeaningModel`."""
        tensors: dict[str, Tensor] = {}
        for model in CLASSES.keys() & self.heads.keys():
            head: Any = self.heads[model]
            meaning = SCALE * head.meaning.weight.T
            tensors[f"{model}.{MEANING}"] = meaning[: self.width]
            if model == INTENT:
                tensors[f"{model}.{BEFORE}"] = meaning[self.width :]
            tensors[f"{model}.{CLUES}"], tensors[f"{model}.{BIAS}"] = head.clues.weight.T, head.meaning.bias
        return {name: np.ascontiguousarray(tensor.detach().numpy()) for name, tensor in tensors.items()}


def _direction(vectors: Tensor) -> Tensor:
    return normalize(vectors, dim=-1)


def _inside(places: Tensor, place: tuple[int, int]) -> Tensor:
    """Which tokens are the words at a place; none frames the text."""
    start, end = places[:, 0], places[:, 1]
    return (start < place[1]) & (place[0] < end) & (start < end)


def _as_heard(clues: Sequence[float], intent: int | None) -> list[float]:
    """The clues with the intent that is guessed: with the one that was annotated, a model would trust it too far."""
    heard = list(clues)
    if intent is not None:
        heard[HEARD] = [float(at == intent) for at in range(len(INTENTS))]
    return heard


def fit(raw: Path, lessons: Sequence[Lesson], config: Config) -> Reader:
    """Train adapter and heads.

    Args:
        raw: folder of the encoder, as transformers saves it.
        lessons: what they learn from.
        config: how.
    """
    torch.manual_seed(config.seed)
    chance = random.Random(config.seed)  # noqa: S311
    lora = LoraConfig(
        r=config.rank,
        lora_alpha=2 * config.rank,
        lora_dropout=0.05,
        target_modules=r".*encoder\.layer\..*\.(query|key|value|dense)",
    )
    encoder: Any = get_peft_model(AutoModel.from_pretrained(raw, attn_implementation="eager"), lora)
    sizes = {q.model: len(q.clues) for lesson in lessons for q in lesson.questions}
    reader = Reader(encoder, AutoTokenizer.from_pretrained(raw), sizes, config.dropout)
    adapter = [p for p in encoder.parameters() if p.requires_grad]
    rates = [config.learning_rate, config.head_rate]
    groups: list[dict[str, Any]] = [{"params": adapter}, {"params": list(reader.heads.parameters())}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = config.epochs * -(-len(lessons) // config.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rates, total_steps=steps, pct_start=0.1)
    reader.train()
    with tqdm(total=steps, file=sys.stderr, mininterval=5) as progress:
        for _ in range(config.epochs):
            for batch in batches(lessons, config.batch, chance):
                answers = reader(batch)
                loss = torch.stack([cross_entropy(logits, truth) for logits, truth in answers.values()]).sum()
                optimizer.zero_grad()
                torch.autograd.backward(loss)
                torch.nn.utils.clip_grad_norm_(adapter, 1.0)
                optimizer.step()
                schedule.step()
                progress.update()
    return reader.eval()


def batches(lessons: Sequence[Lesson], size: int, chance: random.Random) -> Iterator[Sequence[Lesson]]:
    """All lessons in random batches of like length, so that little of a step is padding."""
    order = sorted(chance.sample(lessons, len(lessons)), key=lambda lesson: len(lesson.text))
    groups = [order[at : at + size] for at in range(0, len(order), size)]
    yield from chance.sample(groups, len(groups))


@torch.no_grad()
def measure(reader: Reader, lessons: Sequence[Lesson], batch: int) -> dict[str, tuple[int, float, float]]:
    """Of each model: questions, macro-F1, accuracy."""
    found: dict[str, list[tuple[Tensor, Tensor]]] = {}
    for at in range(0, len(lessons), batch):
        for model, (logits, truth) in reader(lessons[at : at + batch]).items():
            found.setdefault(model, []).append((logits.argmax(1), truth))
    figures = {}
    for model, parts in found.items():
        guessed, truth = (torch.cat(part).numpy() for part in zip(*parts, strict=True))
        figures[model] = len(truth), macro_f1(truth, guessed), float((truth == guessed).mean())
    return figures


def macro_f1(truth: NDArray[np.int64], guessed: NDArray[np.int64]) -> float:
    """Mean over the classes that occur of 2 hits / (annotated + guessed)."""
    scores = []
    for one in np.unique(truth):
        hits = int(((truth == one) & (guessed == one)).sum())
        scores.append(2 * hits / int((truth == one).sum() + (guessed == one).sum()))
    return float(np.mean(scores))


def held_out(lessons: Sequence[Lesson]) -> tuple[list[Lesson], list[Lesson]]:
    """(to learn from, to measure on): a fifth of the messages, whole."""
    messages = sorted({lesson.message for lesson in lessons})
    random.Random(0).shuffle(messages)  # noqa: S311
    out = set(messages[: len(messages) // FOLDS])
    return [x for x in lessons if x.message not in out], [x for x in lessons if x.message in out]


def main(arguments: list[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where the encoder cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m training.understanding", description=__doc__)
    parser.add_argument("--lessons", type=Path, required=True, help="what `benchmarks.lessons` wrote")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--data", type=Path, default=default_data(), help="where what is fetched is kept")
    parser.add_argument("--epochs", type=int, default=Config.epochs)
    parser.add_argument("--measure", action="store_true", help="hold a fifth out, measure on it, and write nothing")
    chosen = parser.parse_args(arguments)
    config = Config(epochs=chosen.epochs)
    lessons = list(read(chosen.lessons.read_text(encoding="utf-8").splitlines()))
    with tempfile.TemporaryDirectory() as folder:
        try:
            raw = minilm(chosen.data, Path(folder))
        except SetUpError as error:
            print(error, file=sys.stderr)
            return 2
        learned, kept = held_out(lessons) if chosen.measure else (lessons, [])
        reader = fit(raw, learned, config)
    for model, (count, macro, accuracy) in measure(reader, kept, config.batch).items():
        print(f"{model}: {count} questions held out, macro-F1 {macro:.3f}, accuracy {accuracy:.3f}")
    if not chosen.measure:
        write(reader, chosen.out)
        print(f"{len(lessons)} lessons -> {chosen.out}")
    return 0


def write(reader: Reader, out: Path) -> None:
    """The adapter and the heads, as `export.encoder` wants them."""
    out.mkdir(parents=True, exist_ok=True)
    encoder: Any = reader.encoder
    # A folder of this machine, of no use elsewhere; PEFT would fill it in from the model.
    encoder.base_model.model.name_or_path = encoder.peft_config["default"].base_model_name_or_path = None
    encoder.half().save_pretrained(out / ENCODER_ADAPTER)
    (out / ENCODER_ADAPTER / "README.md").unlink(missing_ok=True)
    save_file(reader.weights(), out / ENCODER_HEADS)


if __name__ == "__main__":
    sys.exit(main())
