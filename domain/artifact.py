"""The seam between export and bot: file names, tensor names, the manifest, and which version is in use."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FORMAT = 6
"""Of the files in an artifact: `make run` builds anew what has another."""

RECOMMENDER = "recommender.onnx"
RECOMMENDER_FACTS = "recommender.json"
"""How its training went; nothing that serves is read from it."""
EVIDENCE = "evidence.onnx"
EVIDENCE_FACTS = "evidence.json"
"""``words``: those that `WORD_IDS` number."""
DIALOGUE = "dialogue"
DIALOGUE_FACTS = "dialogue.json"
"""In `DIALOGUE`: how the language model was exported; ``adapter`` is null if it was not fine-tuned; else ``briefs`` and
``languages`` say what it was trained on."""
BASE_MODEL_FACTS = "base_model.json"
"""In `DIALOGUE`: what the language model was made from."""
ENCODER_TOKENS = 128
"""Of a longer text, it reads the first so many tokens."""
ENCODER_MODEL, ENCODER_TOKENIZER, ENCODER_FACTS = "encoder.onnx", "tokenizer.json", "encoder.json"
SEARCH = "search"
"""Folder of the encoder that searches: `ENCODER_MODEL`, `ENCODER_TOKENIZER`, `ENCODER_FACTS`."""
READER = "reader"
"""Folder of the reader, of the same files; its outputs are `domain.reading.SIZES`."""
READER_WEIGHTS = "reader.safetensors"
"""Where they ship: the reader's adapter and heads."""
READER_TOKENS = 128
"""So many tokens are read at a time."""
MEANING_OF_VALUES = "values.npy"
"""What the values of attributes mean that say what items are, a row for each of `domain.searching.described_values`."""
DESCRIPTIONS, DESCRIBED_VALUES = "descriptions.safetensors", "values"
"""Which values descriptions mean: a linear layer, and in its metadata the (attribute, value) pairs of its rows."""
LIKELY = "likely.safetensors"
"""What items probably are though nobody says so: `LIKELY_ITEMS`, int32 columns, and `LIKELY_VALUES`, int16 places among
the (attribute, value) pairs in its metadata (`DESCRIBED_VALUES`), in order; `LIKELY_CHANCES`, float16; `LIKELY_SURE`,
whether an item is taken to be so."""
LIKELY_ITEMS, LIKELY_VALUES, LIKELY_CHANCES, LIKELY_SURE = "items", "values", "chances", "sure"
MEANING = "meaning.npy"
"""What each item means, float16 ``[items, 384]``, rows of length 1."""
SEARCH_WORDS = "words"
"""Folder of the index of the words by which items are found."""
CATALOG = "catalog.json"
MANIFEST = "manifest.json"
CURRENT = "current"

ITEM_IDS = "item_ids"
"""Input, int64 ``[batch, n]``: columns of the catalogue."""
WEIGHTS = "weights"
"""Input, float32 ``[batch, n]``: signed weights in [-1, 1]; 0 is padding."""
Z = "z"
"""Input, float32 ``[batch, noise]``: a standard normal draw times the person's scale; zeros give the safest list."""
SCORES = "scores"
"""Output, float32 ``[batch, items]``: higher is better; comparable within a row only."""
PRIOR = "prior"
"""Output, float32 ``[batch, items]``: what of `SCORES` is popularity that stands in for what is not known."""
ITEM_WEIGHTS = "item_weights"
"""Input of `EVIDENCE` beside `SCORES` and `ITEM_IDS`, float32 ``[batch, n]``: of items named; 0 is padding."""
WORD_IDS, WORD_WEIGHTS = "word_ids", "word_weights"
"""Inputs of `EVIDENCE`, ``[batch, m]``: words used; see `domain.evidence`."""
FUSED = "fused"
"""Output of `EVIDENCE`, float32 ``[batch, items]``: in standard deviations."""
TOKEN_IDS, ATTENTION_MASK = "input_ids", "attention_mask"
"""Inputs of the encoder, int64 ``[texts, tokens]``."""
HIDDEN = "hidden"
"""Output of the encoder, float32 ``[texts, tokens, 384]``: its mean over a text's tokens stands for the text."""


class ArtifactError(Exception):
    """An artifact cannot be used; the message is a sentence for the bot's owner."""


class OldFormatError(ArtifactError):
    """An artifact was made by another version of this program: it has to be built again."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an artifact is. Written last: its existence means that the artifact is whole.

    Attributes:
        domain: e.g. ``movies``.
        version: the name of its folder.
        created: ISO 8601, UTC.
        files: relative path -> ``{"bytes": int, "sha256": str}`` of every file but the manifest.
        noise: length of `Z`.
        value_range: lowest and highest value of the interactions it was trained on: what a dislike and a like are
            worth in the same data.
        metrics: name -> figure on the hold-out, from the exported model.
        parity: name -> largest difference between PyTorch and ONNX Runtime.
        training: settings that made it (model, seed, epochs, …).
        sources: one sentence a data set: name, licence.
    """

    domain: str
    version: str
    created: str
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    noise: int = 100
    value_range: tuple[float, float] = (-1.0, 1.0)
    metrics: Mapping[str, float] = field(default_factory=dict)
    parity: Mapping[str, float] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    format: int = FORMAT

    def save(self, folder: Path) -> None:
        """Write manifest.json atomically into the artifact's folder."""
        write_atomically(folder / MANIFEST, json.dumps(asdict(self), indent=1, sort_keys=True) + "\n")

    @classmethod
    def load(cls, folder: Path) -> Manifest:
        """Read and check the manifest of an artifact: every file it names is there and of its size.

        Raises:
            ArtifactError: there is no manifest, it cannot be read, or a file is missing or cut short.
        """
        path = folder / MANIFEST
        try:
            plain = json.loads(path.read_text(encoding="utf-8"))
            if plain.get("format") != FORMAT:
                raise OldFormatError(f"{path} has format {plain.get('format')!r}, this program reads {FORMAT}")
            plain["value_range"] = tuple(plain["value_range"])
            plain["sources"] = tuple(plain["sources"])
            manifest = cls(**plain)
            sizes = {name: int(facts["bytes"]) for name, facts in manifest.files.items()}
        except FileNotFoundError:
            raise ArtifactError(f"{folder} has no {MANIFEST}, so it is not whole") from None
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise ArtifactError(f"{path} cannot be read: {error}") from error
        for name, size in sizes.items():
            file = folder / name
            if not file.is_file() or file.stat().st_size != size:
                raise ArtifactError(f"{file} is missing or not the {size} bytes that {MANIFEST} names")
        return manifest

    def serves_as(self, other: Manifest) -> bool:
        """Whether this version serves exactly as another does: every file that is used is the same."""
        return self._used() == other._used()

    def _used(self) -> dict[str, str]:
        return {name: facts["sha256"] for name, facts in self.files.items() if name != RECOMMENDER_FACTS}


def describe_files(folder: Path) -> dict[str, dict[str, Any]]:
    """Size and sha256 of every file below a folder, as `Manifest.files` wants them."""
    return {
        str(path.relative_to(folder)): {"bytes": path.stat().st_size, "sha256": sha256(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomically(path: Path, text: str) -> None:
    """Replace a file so that a reader sees the old text or the new, whatever happens in between."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        Path(temporary).chmod(0o644)  # who serves need not be who built
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def versions(domain_folder: Path) -> list[str]:
    """Names of the whole versions of a domain, oldest first (a name is its moment, so names sort by age)."""
    if not domain_folder.is_dir():
        return []
    folders = (folder for folder in domain_folder.iterdir() if not folder.name.startswith("."))
    return sorted(folder.name for folder in folders if (folder / MANIFEST).is_file())


def current(domain_folder: Path) -> str | None:
    """The version in use; None if none was ever published."""
    try:
        return (domain_folder / CURRENT).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def publish(domain_folder: Path, version: str) -> None:
    """Make a whole version the one in use.

    Raises:
        ArtifactError: the version is not whole.
    """
    Manifest.load(domain_folder / version)
    write_atomically(domain_folder / CURRENT, version + "\n")
