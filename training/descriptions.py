"""Learn which values of films a description means: one linear layer on what the search encoder reads.

It learns from the ways to say things under `training/phrases`, all written by hand, and from annotated messages that
tell of no kind of thing (`training/reader`). What it is worth on messages of others, `benchmarks.descriptions` prints.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from torch import Tensor

from domain.artifact import DESCRIBED_VALUES, DESCRIPTIONS
from domain.frame import Kind
from domain.languages import known
from domain.lexicon import Pairs
from domain.searching import LITTLE_KNOWN
from training import knowledge, progress
from training.annotation import FOLDER as MESSAGES
from training.annotation import load as annotated
from training.dataset import DataError
from training.embedding import digest, read_all, read_cache, write_cache
from training.wheels import default_data

STAGE = "training.descriptions"
say = partial(progress.say, STAGE)
FOLDER = Path(__file__).parent / "phrases"
SHIPPED = Path(__file__).parent.parent / "weights" / "descriptions"
NONE = "none"
"""What is written instead of a value where a phrase means none of them."""
VOCABULARIES = {"theme": "themes", "mood": "moods"}
"""Attributes -> the vocabularies of their values."""
BASES = frozenset({*knowledge.BASES.values(), "a true story"})
STEPS, BATCH, RATE = 2500, 2048, 0.05
SCALE = 20.0
"""Of the cosines, before the softmax."""
DECAY = 3e-4
"""Weight of the squares of the layer's weights beside the cross-entropy: of 3e-5, 1e-4 and this one."""
PLAIN, LONGEST = 4000, 160
"""So many messages that tell of no kind, of so many characters at most, are learned from as such."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A way to say something.

    Attributes:
        text: as typed.
        language: two letters.
        values: (attribute, value) pairs that it means, the one that it was written for first; empty if none.
    """

    text: str
    language: str
    values: Pairs


def labels() -> Pairs:
    """The (attribute, value) pairs that are learned: themes, moods, genres, forms, bases, and to be little known."""
    themes, moods = map(knowledge.vocabulary, VOCABULARIES.values())
    return (
        *(("theme", name) for name in themes), *(("mood", name) for name in moods),
        *(("genres", name) for name in sorted(knowledge.GENRES)), *(("form", name) for name in knowledge.FORMS),
        *(("basis", name) for name in sorted(BASES)), LITTLE_KNOWN,
    )  # fmt: skip


def load(paths: Sequence[Path]) -> Iterator[Phrase]:
    """The phrases of some files: values, language, phrase, with tabs between; values are ``theme: heist; mood: sad``.

    Raises:
        DataError: a line cannot be used: file, line, what is wrong.
    """
    allowed, seen = set(labels()), dict[tuple[str, str], str]()
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            where = f"{path.name}, line {number}"
            parts = line.split("\t")
            if len(parts) != 3 or not parts[2].strip():
                raise DataError(f"{where}: not values, language and phrase with tabs between")
            told = [tuple(one.strip().split(": ", 1)) for one in parts[0].split(";")] if parts[0] != NONE else []
            if unknown := [one for one in told if one not in allowed]:
                raise DataError(f"{where}: there is no value {': '.join(unknown[0])!r}")
            if parts[1] not in {language[:2] for language in known()}:
                raise DataError(f"{where}: {parts[1]!r} is no language of the bot")
            key = parts[0].split(";")[0], parts[2].casefold()
            if key in seen:
                raise DataError(f"{where}: {parts[2]!r} stands in {seen[key]} too")
            seen[key] = where
            yield Phrase(parts[2], parts[1], tuple((attribute, value) for attribute, value in told))


def plain_messages(paths: Sequence[Path]) -> list[str]:
    """Annotated messages in which no kind of thing is named or described."""
    return [
        message.text
        for message in annotated(paths)
        if len(message.text) <= LONGEST and not any(m.kind in (Kind.VALUE, Kind.THEME) for m in message.frame.mentions)
    ]


def known_phrases() -> Iterator[Phrase]:
    """What the vocabularies of themes and moods call their values."""
    for attribute, vocabulary in VOCABULARIES.items():
        for value, told in knowledge.vocabulary(vocabulary).items():
            yield Phrase(value, "en", ((attribute, value),))
            for language in {language[:2] for language in known()}:
                yield from (Phrase(text, language, ((attribute, value),)) for text in told[language])


def learn(
    meant: NDArray[np.float32], wanted: NDArray[np.float32], seed: int = 0
) -> tuple[NDArray[np.float16], NDArray[np.float16], NDArray[np.float16]]:
    """Fit the layer.

    Args:
        meant: what the encoder read, ``[phrases, width]``.
        wanted: shares of each value and, last, of none, ``[phrases, values + 1]``; rows sum to 1.
        seed: of the batches.

    Returns:
        weight ``[values + 1, width]``, bias ``[values + 1]`` and center ``[width]``, as `bot.descriptions` takes them.
    """
    chance = torch.Generator().manual_seed(seed)
    center = meant.mean(0)
    moved = torch.from_numpy(meant - center)
    moved, target = moved / moved.norm(dim=1, keepdim=True), torch.from_numpy(wanted)
    weight = torch.zeros(wanted.shape[1], meant.shape[1], requires_grad=True)
    bias = torch.zeros(wanted.shape[1], requires_grad=True)
    optimizer = torch.optim.Adam([weight, bias], lr=RATE)
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = RATE * (1 - step / STEPS)
        batch = torch.randint(0, len(moved), (BATCH,), generator=chance)
        logits: Tensor = SCALE * moved[batch] @ weight.T + bias
        loss = -(target[batch] * logits.log_softmax(1)).sum(1).mean() + DECAY * (weight**2).sum()
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
    numpy = ((SCALE * weight).detach().numpy(), bias.detach().numpy(), center)
    weight16, bias16, center16 = (part.astype(np.float16) for part in numpy)
    return weight16, bias16, center16


def targets(phrases: Sequence[Phrase], values: Pairs) -> NDArray[np.float32]:
    """What `learn` wants of some phrases, ``[phrases, values + 1]``."""
    rows = np.zeros((len(phrases), len(values) + 1), dtype=np.float32)
    for row, phrase in enumerate(phrases):
        at = [values.index(value) for value in phrase.values] or [len(values)]
        rows[row, at] = 1 / len(at)
    return rows


def read(encoder: Path, texts: Sequence[str], cache: Path) -> NDArray[np.float32]:
    """What texts mean in small letters ``[texts, width]``; what was read before is taken from the cache."""
    small, kept = [text.lower() for text in texts], read_cache(cache)
    new = [text for text in dict.fromkeys(small) if digest(text) not in kept]
    if new:
        kept |= read_all(encoder, new, STAGE)
        write_cache(cache, kept)
    return np.stack([kept[digest(text)] for text in small]).astype(np.float32)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where a phrase cannot be used."""
    parser = argparse.ArgumentParser(prog=f"python -m {STAGE}", description=__doc__)
    parser.add_argument("--encoder", type=Path, required=True, help="folder of the search encoder in an artifact")
    parser.add_argument("--phrases", type=Path, default=FOLDER)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--data", type=Path, default=default_data(), help="where what was read is kept")
    chosen = parser.parse_args(arguments)
    try:
        phrases = [*load(sorted(chosen.phrases.glob("*.tsv"))), *known_phrases()]
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    plain = plain_messages(sorted(MESSAGES.glob("*.txt")))
    plain = random.Random(0).sample(plain, min(PLAIN, len(plain)))  # noqa: S311
    phrases += [Phrase(text, "", ()) for text in plain]
    values, cache = labels(), chosen.data / "phrases.npz"
    meant = read(chosen.encoder, [phrase.text for phrase in phrases], cache)
    say(0.5, f"{len(phrases)} phrases are read")
    weight, bias, center = learn(meant, targets(phrases, values))
    chosen.out.mkdir(parents=True, exist_ok=True)
    layer = {"weight": weight, "bias": bias, "center": center}
    save_file(layer, chosen.out / DESCRIPTIONS, {DESCRIBED_VALUES: json.dumps(values)})
    print(f"{len(phrases)} phrases, {len(values)} values -> {chosen.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
